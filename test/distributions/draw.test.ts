/** `draw` in its places: when a number is drawn, from whose stream, and that emitted code and interpreter agree. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generate } from '../../compiler/4-generate/generate.ts';
import { analyse, compile } from '../../compiler/index.ts';
import { interpret } from '../../compiler/interpret/index.ts';
import { libraryFiles } from '../../library/embedded.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';
import type { Twin } from '../../runtime/twin.ts';
import { flat } from '../flatten/systems.ts';

/** A value that is there. */
const at = (of: Twin, name: string): number => of.value(name)!;

function twin(text: string, { root = 'A', seed = 1, interpreted = false } = {}): Twin {
  const system = flat(text, root);
  const artefact = generate(system);
  const kernel = interpreted ? () => interpret(system) : kernelFactory(artefact);
  return createTwin({ manifest: artefact.manifest, kernel, seed });
}

/** Times at which something named happened. */
function times(of: Twin, until: number, name: string): number[] {
  const found: number[] = [];
  of.listen({ event: (event) => void (event.name === name && found.push(event.time)) });
  of.advance(until);
  expect(of.trouble()).toBeUndefined();
  return found;
}

const EVERYTHING = `
asset Machine {
  param mtbf = draw lognormal(40 h, 10 h)
  param slots[3] = draw triangular(1 m, 2 m, 4 m)
  state level = draw normal(20 degC, 2 K)
  state load = 0
  state count = 0
  input gain = draw uniform(1, 2)
  rule tired {
    when load > 1 for gamma(2, 20 s)
    set load = 0
  }
  every exponential(3 s) { set load = pre(load) + draw weibull(1.6, 0.5)   set count = pre(count) + 1 }
  every 10 s -> set level = draw normal(20 degC, 2 K)
  sensor gauge measures level every 1 s noise lognormal(1 K, 1 K)
}
asset A {
  part machine[3]: Machine
  part special: Machine(mtbf = draw erlang(3, 2 h), gain = draw exponential(2))
}`;

describe('it should draw', () => {
  it('the same bits in emitted code and interpreter', () => {
    const [interpreted, emitted] = [true, false].map((which) => {
      const one = twin(EVERYTHING, { interpreted: which });
      one.advance(120);
      return { hash: one.hash(), trouble: one.trouble(), count: one.value('machine[2].count') };
    });
    expect(interpreted).toEqual(emitted);
    expect(emitted!.trouble).toBeUndefined();
    expect(emitted!.count).toBeGreaterThan(10);
  });

  it('a parameter once a run, however often it is computed', () => {
    const one = twin(EVERYTHING);
    const before = one.value('machine[1].slots[2]');
    const other = one.value('machine[1].slots[3]');
    expect(before).not.toBe(other);
    one.set('special.mtbf', 1);
    one.advance(10);
    expect(one.value('machine[1].slots[2]')).toBe(before);
    expect(one.value('machine[1].mtbf')).toBe(twin(EVERYTHING).value('machine[1].mtbf'));
    expect(one.value('machine[1].mtbf')).not.toBe(twin(EVERYTHING, { seed: 2 }).value('machine[1].mtbf'));
  });

  it('with parameters that the draw depends on: the same place in the distribution', () => {
    const one = twin('asset A { param mean = 4 s  param x = draw exponential(mean) }');
    const x = at(one, 'x');
    one.set('mean', 8);
    one.advance(1);
    expect(one.value('x')).toBe(2 * x);
  });

  it('anew in each action, and each time between ticks', () => {
    const one = twin(`asset A {
      state x = 0
      state gap = 0 s  state last = 0 s
      every exponential(2 s) { set x = draw normal(0, 1)  set gap = time - last  set last = time }
    }`);
    const gaps: number[] = [];
    const xs: number[] = [];
    for (let stops = 0; stops < 400; stops += 1) {
      const before = one.value('last');
      while (one.value('last') === before) one.advance(one.time() + 0.01, {});
      gaps.push(at(one, 'gap'));
      xs.push(at(one, 'x'));
    }
    expect(new Set(xs).size).toBe(400);
    expect(gaps.reduce((a, b) => a + b, 0) / 400).toBeGreaterThan(2 - 4 * (2 / 20));
    expect(gaps.reduce((a, b) => a + b, 0) / 400).toBeLessThan(2 + 4 * (2 / 20));
  });

  it('a wait anew each time that a condition becomes true', () => {
    const text = `asset A {
      state phase = 0 s
      state busy: Boolean = false
      every 10 s -> set busy = true
      rule off { when busy for uniform(1 s, 3 s)  set busy = false }
    }`;
    const offs = times(twin(text), 200, 'off').map((time, n) => time - 10 * n);
    expect(offs).toHaveLength(20);
    for (const wait of offs) expect(wait >= 1 && wait <= 3).toBe(true);
    expect(new Set(offs.map((wait) => wait.toFixed(9))).size).toBe(20);
  });

  it('the time in a mode', () => {
    const text = `asset A {
      state changes = 0
      modes operation {
        initial Works { after exponential(5 s) -> Broken { set changes = changes + 1 } }
        Broken        { after gamma(2, 1 s) in 1 s..3 s -> Works { set changes = changes + draw constant(1) } }
      }
      every exponential(2 s) after 10 s -> set changes = changes + 100
    }`;
    const [a, b] = [true, false].map((interpreted) => {
      const one = twin(text, { interpreted });
      one.advance(10);
      expect(at(one, 'changes')).toBeLessThan(100);
      one.advance(100);
      expect(one.trouble()).toBeUndefined();
      return one;
    });
    expect(a!.hash()).toBe(b!.hash());
    expect(at(a!, 'changes') % 100).toBeGreaterThan(10);
    expect(at(a!, 'changes') % 100).toBeLessThan(60);
    expect(at(a!, 'changes')).toBeGreaterThan(2000);
  });

  it('the same after save and restore, and in a branch', () => {
    const whole = twin(EVERYTHING);
    whole.advance(100);
    const part = twin(EVERYTHING);
    part.advance(33.3);
    const other = twin(EVERYTHING);
    expect(other.restore(part.save())).toBeUndefined();
    other.advance(100);
    expect(other.hash()).toBe(whole.hash());
    const branch = part.branch();
    branch.advance(100);
    expect(branch.hash()).toBe(whole.hash());
  });
});

describe('it should give each place a stream of its own', () => {
  const machine = `asset Machine {
    param mtbf = draw exponential(10 s)
    state broken = 0
    rule fails { when broken < 1 for exponential(5 s)  set broken = 2 }
    every exponential(7 s) -> set broken = draw uniform(0, 2)
  }`;

  it('so that adding machines and reactions shifts nobody', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 5 }),
        fc.boolean(),
        (n, m, first) => {
          const plant = (size: number, more: string) =>
            twin(
              `${machine} asset A { ${first ? more : ''} part machine[${size}]: Machine ${first ? '' : more} }`,
            );
          const a = plant(n, '');
          const b = plant(m, 'part other: Machine  param extra = draw uniform(0, 1)');
          a.advance(60);
          b.advance(60);
          for (let i = 1; i <= Math.min(n, m); i += 1)
            for (const name of ['mtbf', 'broken'])
              expect(b.value(`machine[${i}].${name}`)).toBe(a.value(`machine[${i}].${name}`));
          expect(b.value('other.mtbf')).not.toBe(b.value('machine[1].mtbf'));
        },
      ),
      { numRuns: 6, seed: 20261122 },
    );
  });

  it('named by its path', () => {
    const { streams } = generate(flat(EVERYTHING)).manifest;
    expect(streams.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'machine[].mtbf',
        'machine[].slots[]',
        'machine[].tired/for',
        'machine[].every exponential(3 s)/every',
        'machine[].every exponential(3 s)/load',
        'machine[].gauge',
        'special.mtbf',
      ]),
    );
    expect(new Set(streams.map(({ name }) => name)).size).toBe(streams.length);
  });
});

describe('it should stop and say so', () => {
  it.each([
    [
      'param s = 1  every 1 s -> set x = draw normal(0, s - time / 3 s)',
      /x draws at t = 4 s from a distribution/,
    ],
    ['param s = 0 s  every exponential(s) -> set x = 1', /every exponential\(s\)\/every draws at t = 0 s/],
    ['param s = -1 s  rule r { when x < 1 for weibull(2, s)  set x = 1 }', /r\/for draws at t = 0 s/],
    ['param y = draw gamma(-x0, 1)  param x0 = 2', /y draws at t = 0 s/],
    ['sensor g measures x every 1 s noise exponential(x)', /g draws at t = 0 s/],
  ])('where a distribution cannot exist: %s', (text, message) => {
    for (const interpreted of [true, false]) {
      const one = twin(`asset A { state x = 0  ${text} }`, { interpreted });
      one.advance(10);
      expect(one.trouble()?.code).toBe('PX9040');
      expect(one.trouble()?.message).toMatch(message);
    }
  });

  it('where a drawn period is not positive', () => {
    const one = twin('asset A { state x = 0  every normal(1 s, 2 s) -> set x = 1 }');
    one.advance(1000);
    expect(one.trouble()?.code).toBe('PX9007');
  });
});

describe('it should draw together what is correlated', () => {
  const text = (by: string) => `asset Part {
    param strength  = draw lognormal(20, 5)
    param stiffness = draw gamma(3, 2)
    param age       = draw exponential(10)
    correlated { strength, stiffness, age } by ${by}
  }
  asset A { part piece[4000]: Part(age = draw exponential(20)) part fixedAge: Part(age = 3) }`;
  const matrix = '[[1, 0.6, -0.3], [0.6, 1, 0.2], [-0.3, 0.2, 1]]';

  /** Spearman's rank correlation: of a Gaussian copula it is 6/π · asin(ρ/2) (Kruskal 1958). */
  function rankCorrelation(x: number[], y: number[]): number {
    const ranks = (values: number[]): number[] => {
      const order = values.map((_, i) => i).toSorted((i, j) => values[i]! - values[j]!);
      const rank = values.map(() => 0);
      order.forEach((i, r) => (rank[i] = r));
      return rank;
    };
    const [a, b] = [ranks(x), ranks(y)];
    const n = x.length;
    return 1 - (6 * a.reduce((sum, r, i) => sum + (r - b[i]!) ** 2, 0)) / (n * (n * n - 1));
  }

  it('with the correlation asked for, each with its own distribution', () => {
    const one = twin(text(matrix));
    const values = (name: string) =>
      Array.from({ length: 4000 }, (_, i) => at(one, `piece[${i + 1}].${name}`));
    const [strength, stiffness, age] = ['strength', 'stiffness', 'age'].map(values) as [
      number[],
      number[],
      number[],
    ];
    const wanted = (rho: number) => (6 / Math.PI) * Math.asin(rho / 2);
    expect(Math.abs(rankCorrelation(strength, stiffness) - wanted(0.6))).toBeLessThan(4 / Math.sqrt(4000));
    expect(Math.abs(rankCorrelation(strength, age) - wanted(-0.3))).toBeLessThan(4 / Math.sqrt(4000));
    expect(Math.abs(rankCorrelation(stiffness, age) - wanted(0.2))).toBeLessThan(4 / Math.sqrt(4000));
    const mean = (x: number[]) => x.reduce((a, b) => a + b, 0) / x.length;
    expect(Math.abs(mean(strength) - 20)).toBeLessThan((4 * 5) / Math.sqrt(4000));
    expect(Math.abs(mean(stiffness) - 6)).toBeLessThan((4 * 2 * Math.sqrt(3)) / Math.sqrt(4000));
    expect(Math.abs(mean(age) - 20)).toBeLessThan((4 * 20) / Math.sqrt(4000));
    expect(one.value('fixedAge.age')).toBe(3);
  });

  it('to the same bits when interpreted', () => {
    const small = text('[[1, 0.6, 0], [0.6, 1, 0], [0, 0, 1]]').replace('4000', '5');
    const [a, b] = [true, false].map((interpreted) => twin(small, { interpreted }).hash());
    expect(a).toBe(b);
  });
});

describe('it should truncate', () => {
  it('in every place, to the same bits when interpreted', () => {
    const text = `asset A {
      param x = draw normal(10 s, 20 s) in 5 s..20 s
      param many = draw poisson(3.5) in 2..4
      state share = draw beta(2, 5)
      state estimate = draw pert(1 s, 2 s, 9 s)
      state n = draw binomial(20, 0.3)
      state last = 0 s
      state ticks: Integer = 0
      every normal(1 s, 5 s) in 0.5 s..2 s {
        set ticks = ticks + 1
        set last = time
        set share = draw beta(0.5, 0.5) in 0.2..0.9
      }
      rule r { when last > 0 s for gamma(2, 3 s) in 1 s..4 s  set estimate = 0 s }
    }`;
    const [a, b] = [true, false].map((interpreted) => {
      const one = twin(text, { interpreted });
      one.advance(100);
      expect(one.trouble()).toBeUndefined();
      return one;
    });
    expect(a!.hash()).toBe(b!.hash());
    expect(at(a!, 'x') >= 5 && at(a!, 'x') <= 20).toBe(true);
    expect([2, 3, 4]).toContain(at(a!, 'many'));
    expect(at(a!, 'ticks')).toBeGreaterThan(60);
    expect(at(a!, 'ticks')).toBeLessThan(130);
    expect(flat(text).variables.find(({ name }) => name === 'x')).toMatchObject({ low: 5, high: 20 });
  });

  it('and say where nothing is left', () => {
    const one = twin('asset A { param far = 400 s  param x = draw normal(10 s, 2 s) in far..far + 1 s }');
    expect(one.trouble()?.code).toBe('PX9040');
  });
});

describe('it should draw from what was measured', () => {
  const shares = (values: number[]): Record<string, number> => {
    const found: Record<string, number> = {};
    for (const value of values) found[value] = (found[value] ?? 0) + 1 / values.length;
    return found;
  };

  it('as often as a value is there, to the same bits when interpreted', () => {
    const text = `
      asset Part { param x = draw empirical([4 s, 3 s, 4 s, 10 s])  param y = draw empirical([1, 2, 3]) in 2..3 }
      asset A {
        part piece[2000]: Part
        state n = 0
        every empirical([1 s, 3 s]) -> set n = n + draw empirical([1, 2])
        sensor s measures n noise empirical([-0.5, 0.5])
      }`;
    const [one, other] = [twin(text), twin(text, { interpreted: true })];
    const found = shares(Array.from({ length: 2000 }, (_, i) => at(one, `piece[${i + 1}].x`)));
    expect(Object.keys(found)).toEqual(['3', '4', '10']);
    expect(Math.abs(found['4']! - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / 2000));
    const cut = shares(Array.from({ length: 2000 }, (_, i) => at(one, `piece[${i + 1}].y`)));
    expect(Object.keys(cut)).toEqual(['2', '3']);
    one.advance(50);
    other.advance(50);
    expect(one.trouble()).toBeUndefined();
    expect(other.hash()).toBe(one.hash());
    expect(Math.abs(at(one, 's.measured') - at(one, 's.predicted'))).toBe(0.5);
  });

  it('from a column of a file', () => {
    const { model, roots, diagnostics } = analyse(
      [
        {
          uri: 'file:///plant/a.twin',
          text: 'package t asset A { param x[500] = draw empirical("repairs.csv", "duration") }',
        },
      ],
      libraryFiles,
      undefined,
      (uri) =>
        uri === 'file:///plant/repairs.csv' ? 'machine,duration [min]\n1,2\n2,0.5\n3,2\n' : undefined,
    );
    expect(diagnostics).toEqual([]);
    const { artefact } = compile(model!, roots[0]!).value!;
    const one = createTwin({ manifest: artefact.manifest, kernel: kernelFactory(artefact), seed: 1 });
    const found = shares(Array.from({ length: 500 }, (_, i) => at(one, `x[${i + 1}]`)));
    expect(Object.keys(found)).toEqual(['30', '120']);
    expect(Math.abs(found['120']! - 2 / 3)).toBeLessThan(4 * Math.sqrt(2 / 9 / 500));
  });

  it.each([
    ['mass [kg]\n1,5\n1,75\n', 'cannot read "m.csv": line 2: it has 2 cells, and the header 1; where commas'],
    ['mass [kg],mass [kg]\n1,2\n', 'finds two columns "mass" in "m.csv"'],
  ])('and not from %j, where a column may be another', (data, problem) => {
    const text = 'package t asset A { param x = draw empirical("m.csv", "mass") }';
    const files = [{ uri: 'file:///plant/a.twin', text }];
    const { diagnostics } = analyse(files, libraryFiles, undefined, () => data);
    expect(diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual([
      expect.stringContaining(problem),
    ]);
  });
});

describe('gamma should', () => {
  const text = `
asset A {
  param shape = 2.2
  param life  = draw gamma(2, 3 h)
  state count: Integer = 0
  state s     = gamma(0.5)
  let mean    = 9000 h * gamma(1 + 1 / shape)
  let tail    = erfc(3 / sqrt(2))
  let x: Number guess 3
  lgamma(x) = 2
  der(s) = -erf(s) / 1 s
  every gamma(2, 20 s) -> set count = count + 1
}`;

  it('be the function with one argument, and the distribution with two', () => {
    const one = twin(text);
    expect(at(one, 's')).toBe(1.772453850905516);
    one.advance(200);
    expect(one.trouble()).toBeUndefined();
    // Weibull, 1951: the mean of a lifetime, and twice the tail beyond three deviations, by mpmath with 50 digits
    expect(at(one, 'mean') / 3600).toBeCloseTo(7970.62284405186, 8);
    expect(at(one, 'tail')).toBeCloseTo(0.0026997960632601866, 16);
    // Solved by its slope; the root by mpmath, too.
    expect(at(one, 'x')).toBeCloseTo(4.1628304744487, 12);
    expect(at(one, 'count')).toBeGreaterThan(0);
  });

  it('have the same bits when interpreted', () => {
    const [compiled, interpreted] = [twin(text), twin(text, { interpreted: true })];
    for (const time of [1, 7, 60]) {
      for (const each of [compiled, interpreted]) each.advance(time);
      for (const name of ['mean', 'tail', 'x', 's', 'count', 'life'])
        expect(at(interpreted, name), name).toBe(at(compiled, name));
    }
  });
});
