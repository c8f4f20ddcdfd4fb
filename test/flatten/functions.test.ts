/** Declared functions: formulas in place of calls, with what they share computed once. */
import { describe, expect, it } from 'vitest';
import { generate } from '../../compiler/4-generate/generate.ts';
import { interpret } from '../../compiler/interpret/index.ts';
import { printFlat } from '../../compiler/3-flatten/index.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';
import { flat, running, said } from './systems.ts';

const power = `
function windSpeedAt(v: Velocity, z: Length, shear: Number): Velocity = v * (z / 10 m)^shear
function kinetic(v: Velocity) {
  let rho = 1.2 kg/m3
  let cubed = v * v * v
  return rho * cubed / 2
}`;

describe('it should compute a call', () => {
  it('as its formula', () => {
    const system = flat(`${power}
      asset A { param z = 80 m  input v: Velocity = 7 m/s
        let hub = windSpeedAt(v, z, 0.2)
        let density = kinetic(windSpeedAt(v, z, 0.2)) }`);
    const twin = running(system);
    const hub = 7 * 8 ** 0.2;
    expect(twin.get('hub')).toBeCloseTo(hub, 12);
    expect(twin.get('density')).toBeCloseTo(0.6 * hub ** 3, 9);
    expect(printFlat(system)).toContain('let t.kinetic.v = v * (z / 10) ^ 0.2 in');
  });

  it('in conditions, actions, defaults, starts, sensors, tests and reductions', () => {
    const text = `function half(x: Length) { let h = x / 2  return h * 1 }
      function both(a: Boolean, b: Boolean): Boolean = a and b
      asset A {
        fixed n = 3
        param d = half(4 m)
        state x[n] = half(d)
        state hits = 0
        for i in 1..n { der(x[i]) = half(1 m) / 1 s }
        let total = sum(half(x[*]))
        when both(half(x[1]) > 1 m, true) -> set hits = hits + half(2 m) / 1 m
        sensor s measures half(x[2])
      }
      scenario run1 for A { run 4 s  method rk4 step 0.5 s }
      test "holds" on run1 { expect half(x[3]) > 1.4 m  expect both(total > 4 m, hits > 0) }`;
    const system = flat(text);
    const artefact = generate(system);
    const [interpreted, emitted] = [() => interpret(system), kernelFactory(artefact)].map((kernel) => {
      const twin = createTwin({ manifest: artefact.manifest, kernel, scenario: 't.run1' });
      twin.advance(4);
      return {
        hash: twin.hash(),
        total: twin.value('total'),
        hits: twin.value('hits'),
        x: twin.value('x[1]'),
      };
    });
    expect(interpreted).toEqual(emitted);
    // x = 1 + t / 2, so 3 at the end; each half of it is 1.5.
    expect(emitted!.x).toBeCloseTo(3, 12);
    expect(emitted!.total).toBeCloseTo(4.5, 12);
    expect(emitted!.hits).toBe(1);
  });

  it('with a fixed value as the size of an array', () => {
    const system = flat(
      'function twice(n: Integer): Integer = n * 2\nasset A { fixed n = twice(2)  let x[n] = 1 m }',
    );
    expect(system.variables.find(({ name }) => name === 'x[]')?.dims).toEqual([4]);
  });
});

describe('it should solve through a call', () => {
  it('by rearranging, where the formula is linear in the unknown', () => {
    const system = flat(`function drop(r: Resistance, i: Current) { let u = r * i  return u + 0 V }
      asset A { param r = 5 ohm  param u = 12 V  let i: Current  drop(r, i) + drop(r, i) = u }`);
    expect(printFlat(system)).not.toContain('solve');
    expect(running(system).get('i')).toBeCloseTo(1.2, 12);
  });

  it('by Newton with exact derivatives, where it is not', () => {
    // x e^x = 1 is solved by the omega constant.
    const system =
      flat(`function lift(x: Number) { let e = exp(x)  let both = x * e  return both * both / both }
      asset A { let x: Number  lift(x) = 1 }`);
    const twin = running(system);
    expect(twin.status()).toBe(0);
    expect(twin.get('x')).toBeCloseTo(0.567143290409784, 12);
  });
});

describe('it should write each shared value once', () => {
  it('however often functions of functions use it', () => {
    const levels = Array.from({ length: 24 }, (_, level) =>
      level === 0
        ? 'function f0(x: Number): Number = exp(x / 1e9)'
        : `function f${level}(x: Number): Number { let y = f${level - 1}(x)  return y * y / y + (y - y) }`,
    );
    const system = flat(`${levels.join('\n')}\nasset A { state x = 1  der(x) = f23(x) / 1 s }`);
    expect(printFlat(system).length).toBeLessThan(6000);
    expect(running(system).get('der(x)')).toBeCloseTo(1, 8);
  });

  it('and refuse what unfolds without end', () => {
    const levels = Array.from({ length: 16 }, (_, level) =>
      level === 0
        ? 'function f0(x: Number): Number = x + 1'
        : `function f${level}(x: Number): Number = f${level - 1}(x) + f${level - 1}(x * 2) + 1`,
    );
    expect(said(levels.join('\n')).map((each) => each.slice(0, 6))).toEqual(['PX3204']);
  });
});

describe('it should follow functions that call functions', () => {
  /** Each of a level calls both of the level below: 2^60 ways lead down. */
  const woven = (back: string): string =>
    Array.from({ length: 60 }, (_, level) =>
      ['f', 'g']
        .map((name) =>
          level === 0
            ? `function ${name}0(x: Number): Number = x + ${back}`
            : `function ${name}${level}(x: Number): Number = f${level - 1}(x) + g${level - 1}(x)`,
        )
        .join('\n'),
    ).join('\n');

  it('by as many ways as lead to one', () => {
    const found = said(woven('1')).map((each) => each.slice(0, 6));
    expect(new Set(found)).toEqual(new Set(['PX3204']));
    expect(found).toHaveLength(2);
  });

  it('round every circle, and says so of each that lies on it', () => {
    const found = said(woven('f59(x)')).map((each) => each.slice(0, 6));
    // All but g59, which nobody calls.
    expect(found.filter((code) => code === 'PX3201')).toHaveLength(119);
  });

  const chain = (levels: number): string =>
    [
      'function f0(x: Number): Number = x + 1',
      ...Array.from(
        { length: levels },
        (_, level) => `function f${level + 1}(x: Number): Number = f${level}(x) + 1`,
      ),
    ].join('\n');

  it('as deep as they may lie in each other', () => {
    const system = flat(`${chain(240)}\nasset A { state x = 1  der(x) = f240(x) / 1 s }`);
    expect(running(system).get('der(x)')).toBe(242);
  });

  it('and says where they lie deeper', () => {
    const found = said(`${chain(3000)}\nasset A { state x = 1  der(x) = f3000(x) / 1 s }`);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain('more than 500 deep in each other');
  });

  it('whose lets are as deep', () => {
    const lets = Array.from({ length: 3000 }, (_, at) => `  let l${at + 1} = l${at} + 1`).join('\n');
    const found = said(`function f(x: Number): Number {\n  let l0 = x\n${lets}\n  return l3000\n}`);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain('more than 500 deep in each other');
  });
});

describe('it should find the crossings inside a call', () => {
  it('and step to them', () => {
    const system =
      flat(`function clip(x: Length, most: Length) { let doubled = 2 * x  return if doubled > most then most else doubled }
      asset A { state x = 0 m  der(x) = 1 m/s  let y = clip(x, 3 m)  state z = 0 m*s  der(z) = y }`);
    expect(system.crossings).toHaveLength(1);
    expect(system.crossings[0]!.bends).toBe(true);
    expect(printFlat(system)).toContain('2 * x - 3');
  });
});
