/** Where vectors can stand: parts and arrays of them, events, scenarios, tests, views; and that loops stay loops. */
import { describe, expect, it } from 'vitest';
import { printFlat } from '../../compiler/3-flatten/index.ts';
import { generate } from '../../compiler/4-generate/generate.ts';
import { elementName, elementNames, parseElementName } from '../../runtime/names.ts';
import { flat, said } from '../flatten/systems.ts';
import { expectClose, matrixOf, ran, vectorOf } from './both.ts';

describe('parts', () => {
  const body = `
    asset Body {
      param mass = 2 kg
      param pull[3] = 0 N
      input push = [0 N, 0 N, 0 N]
      state r = [0 m, 0 m, 0 m]
      state v[3] = 0 m/s
      der(r) = v
      mass * der(v) = pull + push
    }`;

  it('in an array have vectors of their own, each element one by one', () => {
    const twin = ran(
      `${body}
      asset A {
        input force = [1 N, 0 N, 2 N]
        part body[4]: Body(pull = [0 N, 0 N, -4 N], push = force, body_mass_unused)
      }`.replace(', body_mass_unused', '') +
        `
      asset B {
        part body[3]: Body(mass = 1 kg)
      }
      scenario go for A { run 2 s  force = [3 N, 0 N, 0 N]  method rk4 step 0.1 s }`,
      2,
      'go',
    );
    // From rest: r = a t^2 / 2 with t = 2 s, a = F / m.
    expectClose(
      [1, 2, 3].map((axis) => twin.value(`body[4].r[${axis}]`)!),
      [3, 0, -4],
      9,
    );
  });

  it('are summed to a vector, and the largest of their lengths is found', () => {
    const twin = ran(
      `${body}
      asset A {
        part body[3]: Body
        let momentum = sum(body[*].mass * body[*].v)
        let centre = sum(body[*].mass * body[*].r) / sum(body[*].mass)
        let far = max(norm(body[*].r))
        let all = body[*].v
      }
      twin T: A(body.mass = [1 kg, 2 kg, 3 kg], body[1].r = [3 m, 4 m, 0 m], body[2].v = [0 m/s, 0 m/s, 5 m/s], body[3].v[1] = 7 m/s)`,
      0,
      undefined,
      'T',
    );
    expectClose(vectorOf(twin, 'momentum', 3), [21, 0, 10]);
    expectClose(vectorOf(twin, 'centre', 3), [0.5, 4 / 6, 0]);
    expect(twin.value('far')).toBe(5);
    expectClose(matrixOf(twin, 'all', 3, 3).flat(), [0, 0, 0, 0, 0, 5, 7, 0, 0]);
  });

  it('take sizes from what is fixed, and a vector of that size', () => {
    const text = `
      asset Chain { fixed n = 2  param K[n, n] = 1  state x[n] = 1  let y = K * x  der(x) = -y / 1 s }
      asset A { part chain: Chain(n = 3, K = [[1, 0, 0], [0, 2, 0], [0, 0, 3]], x = [1, 10, 100]) }`;
    expectClose(vectorOf(ran(text, 0), 'chain.y', 3), [1, 20, 300]);
    expect(said(text.replace('x = [1, 10, 100]', 'x = [1, 10]')).join()).toContain('PX3235');
  });
});

describe('events', () => {
  it('set a vector, with the values from before', () => {
    const twin = ran(
      `asset A {
        state x = [1, 2]
        state M = identity(2)
        state k = 0
        every 1 s {
          set x = [x[2], pre(x[1]) + 10]
          set M = M * [[1, 1], [0, 1]]
          set k = k + norm(x)
        }
      }`,
      1.5,
    );
    // Twice, at 0 and at 1 s.
    expectClose(vectorOf(twin, 'x', 2), [11, 12]);
    expectClose(matrixOf(twin, 'M', 2, 2).flat(), [1, 2, 0, 1]);
    expect(twin.value('k')).toBeCloseTo(Math.sqrt(5) + Math.hypot(2, 11), 12);
  });

  it('set each by itself, and do not set one element twice', () => {
    const twin = ran(
      `asset A {
        state x = [1, 2, 3]
        at time >= 1 s { set x[*] = 2 * x[*] + 1 }
      }`,
      2,
    );
    expectClose(vectorOf(twin, 'x', 3), [3, 5, 7]);
    const twice = said(
      'asset A { state x = [1, 2]  input go: Boolean = false  when go { set x = [3, 4] set x[1] = 5 } }',
    );
    expect(twice.join()).toMatch(/PX5104|PX51/);
  });

  it('of a scenario, and of modes', () => {
    const twin = ran(
      `asset A {
        input wind = [1 m/s, 0 m/s]
        state r = [0 m, 0 m]
        modes m {
          initial Free { der(r) = wind  when r[1] > 2 m -> Held }
          Held { der(r) = 0 }
        }
      }
      scenario go for A {
        wind = [2 m/s, 1 m/s]
        at 0.5 s: set wind = [4 m/s, 0 m/s]
        run 2 s
        method rk4 step 0.125 s
      }`,
      2,
      'go',
    );
    expectClose(vectorOf(twin, 'r', 2), [2, 0.5], 6);
  });
});

describe('what is written', () => {
  it('in loops stays loops, whatever the size', () => {
    const text = (n: number) =>
      `
      function half(v[*]: Number) { let w = 0.5 * v  return w }
      asset A {
        fixed n = ${n}
        param A[n, 3] = 1
        param d[n] = 2
        state x[n] = 1
        state y[3] = 0
        let z = diagonal(d) * x + A * y - half(x)
        let s = norm(z) + sum(x) + dot(x, z)
        der(x) = (z - x) / 1 s
        der(y) = (transpose(A) * x - s * y) / 1 s
        der(y[*]) = 0
      }`.replace('        der(y[*]) = 0\n', '');
    const small = flat(text(100));
    const large = flat(text(10_000));
    const plain = (text: string) =>
      text.replaceAll(/\\b(10000|9999|100|99)\\b/g, 'N').replaceAll(/10000|10_000|\\b100\\b/g, 'N');
    expect(printFlat(large).length - printFlat(small).length).toBeLessThan(100);
    expect(plain(printFlat(large)).split('\\n').length).toBe(plain(printFlat(small)).split('\\n').length);
    const bytes = (system: ReturnType<typeof flat>) => generate(system).wasm.byteLength;
    expect(bytes(large) - bytes(small)).toBeLessThan(1000);
  });

  it('in a list is written out', () => {
    expect(printFlat(flat('asset A { state x = [1, 2]  der(x) = [x[2], -x[1]] / 1 s }'))).toContain('x[2]');
  });
});

describe('sizes that are known when flattened only', () => {
  it.each([
    ['fixed n = 3  param a[n] = 1  param b[2] = 1  let c = a + b', 'PX3230'],
    ['fixed n = 3  param M[2, n] = 1  param b[2] = 1  let c = M * b', 'PX3231'],
    ['fixed n = 3  param a[n] = 1  param b[2] = 1  let c = dot(a, b)', 'PX3234'],
    ['fixed n = 3  param a[n] = 1  let b[2] = a', 'PX3235'],
    ['fixed n = 3  state a[n] = 1  param b[2] = 1  der(a) = b / 1 s', 'PX3235'],
    ['fixed n = 3  state a[n] = 1  param b[2] = 1  input u = 0  when u > 1 { set a = b }', 'PX3235'],
    ['fixed n = 3  param a[n] = 1  let b = a[2..4]', 'PX4'],
    ['fixed n = 2  param a[n] = 1  let c = cross(a, a)', 'PX3234'],
  ])('%s', (members, code) => {
    expect(said(`asset A { ${members} }`).join()).toContain(code);
  });
});

describe('sensors', () => {
  it('measure a vector: an instance for each element, in each part', () => {
    const twin = ran(
      `asset Body {
        param rate = 1 m/s
        state r = [0 m, 10 m, 20 m]
        der(r[*]) = rate
        sensor place measures r every 1 s noise normal(1 mm) range 0 m..21 m
        let off = norm(place - r)
        let beyond = count(place[*].outOfRange)
      }
      asset A {
        part body[2]: Body
        let far = max(body[*].off)
        let last = body[2].place[3]
      }`,
      2.5,
    );
    // Held since 2 s.
    expect(twin.value('body[2].place[3].measured')).toBeCloseTo(22, 1);
    expect(twin.value('last')).toBe(twin.value('body[2].place[3].measured'));
    expect(twin.value('far')).toBeCloseTo(0.5 * Math.sqrt(3), 1);
    expect(twin.value('body[1].beyond')).toBe(1);
    const noise = [1, 2, 3].map(
      (axis) => twin.value(`body[1].place[${axis}].measured`)! - [2, 12, 22][axis - 1]!,
    );
    expect(new Set(noise).size).toBe(3);
    expect(Math.max(...noise.map(Math.abs))).toBeLessThan(6e-3);
  });
});

describe('names', () => {
  const text = `asset A {
    param K = [[4, 1], [1, 3]]
    state y = [1, 2]
    der(y) = -K * y / 1 s
  }
  scenario go for A { K[1, 2] = 2  run 1 s }
  view A { chart y, 2 * y  number K[2, 1] }`;

  it('of elements are those that one writes', () => {
    const twin = ran(text, 0, 'go');
    expect(twin.value('K[1, 2]')).toBe(2);
    expect(twin.value('K[1,1]')).toBe(4);
    const { manifest } = twin;
    expect(elementNames('K[][]', [2, 2])).toEqual(['K[1,1]', 'K[1,2]', 'K[2,1]', 'K[2,2]']);
    expect(parseElementName('body[3].K[2, 1]')).toEqual({ name: 'body[].K[][]', index: [2, 1, 0] });
    expect(manifest.probes.map((probe) => probe.text)).toEqual(
      expect.arrayContaining(['y[*]', '2 * y', 'K[2, 1]']),
    );
    expect(elementName('y', [2], 1)).toBe('y[2]');
  });
});
