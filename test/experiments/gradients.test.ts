/** Exact slopes against closed forms and central differences; searches with them against searches without. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gradientsOf } from '../../compiler/gradients.ts';
import { interpret } from '../../compiler/interpret/index.ts';
import { example, flat } from '../flatten/systems.ts';
import { reusing, runOnce } from '../../runtime/experiments/one-run.ts';
import type { RunResult } from '../../runtime/experiments/one-run.ts';
import { runSearch } from '../../cli/experiments/search-runs.ts';
import type { GradientsCame, Searched } from '../../cli/experiments/search-runs.ts';
import { defaultsOf } from '../../runtime/experiments/one-run.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { compiled } from './fixture.ts';
import { apart, named, parametersOf, sense } from './sensitive.ts';
import type { Sensed } from './sensitive.ts';

const sensed = (...given: Parameters<typeof sense>): Sensed => {
  const found = sense(...given);
  if ('because' in found) throw new Error(found.because);
  return found;
};
const whyNot = (text: string, names: string[], chosen: string[]): string => {
  const system = flat(text);
  const found = sense(system, names, { parameters: named(system, ...chosen), until: 2 });
  return 'because' in found ? found.because : 'smooth';
};
describe('slopes by sensitivities', () => {
  it.each([false, true])('are those of exponential decay (interpreted: %s)', (interpreted) => {
    const system = flat(`asset A { param rate = 0.3 Hz param first = 2 state x = first der(x) = -rate * x }`);
    const { exact } = sensed(system, [], {
      parameters: named(system, 'rate', 'first'),
      until: 2,
      interpreted,
    });
    expect(exact[0]![0]).toBeCloseTo(-2 * 2 * Math.exp(-0.6), 8);
    expect(exact[0]![1]).toBeCloseTo(Math.exp(-0.6), 8);
  });

  it('are those of an oscillator: x = a cos(w t), by w and by a', () => {
    const system = flat(
      `asset A { param w = 1.7 Hz param a = 0.4 state x = a state v = 0 Hz der(x) = v der(v) = -w^2 * x let twice = 2 * x + w * 1 s }`,
    );
    const { exact } = sensed(system, ['x', 'v', 'twice'], { parameters: named(system, 'w', 'a'), until: 3 });
    const [s, c] = [Math.sin(5.1), Math.cos(5.1)];
    expect(exact[0]![0]).toBeCloseTo(-0.4 * 3 * s, 7);
    expect(exact[0]![1]).toBeCloseTo(c, 7);
    expect(exact[1]![0]).toBeCloseTo(-0.4 * s - 0.4 * 1.7 * 3 * c, 7);
    expect(exact[2]![0]).toBeCloseTo(-0.8 * 3 * s + 1, 7);
  });

  it('go through coupled equations, start conditions and arrays', () => {
    const system = flat(`asset A {
      param a = 0.7  param b[3] = [1, 2, 3]  param target = 0.8
      state x[3] = 0.1
      state free guess 1
      initially free^2 = target + a
      let u: Number guess 0.5
      let w: Number guess 0.5
      u + exp(w / 4) = 2 + a * sum(x[*])
      w - 0.3 * sin(u) = b[2]
      for i in 1..3 { der(x[i]) = (b[i] * u - x[i] * w + max(b[*]) * free) / 5 s }
      der(free) = -free * a / 1 s
      let most = max(x[*])
      let size = hypot(x[1], x[2])
    }`);
    const parameters = [
      ...named(system, 'a', 'target'),
      ...[0, 1, 2].map((at) => ({ variable: named(system, 'b[]')[0]!.variable, index: [at] })),
    ];
    const names = ['x[]', 'free', 'u', 'w', 'most', 'size'];
    const wanted = { parameters, until: 2 };
    const found = sensed(system, names, wanted);
    expect(found.exact).toHaveLength(8);
    expect(apart(found)).toBeLessThan(1e-6);
    expect(sensed(system, names, { ...wanted, interpreted: true, exactOnly: true }).exact).toEqual(
      found.exact,
    );
  });

  it.each(['epidemic', 'heater-board', 'pendulum'])('are those of differences in %s', (folder) => {
    const { system } = example(folder).systems[0]!;
    const found = sensed(system, [], {
      parameters: parametersOf(system, 4),
      until: Math.min(system.scenarios[0]!.duration, 5000),
      scenario: 0,
      tolerance: 1e-9,
    });
    expect(found.exact.length).toBeGreaterThan(1);
    expect(apart(found)).toBeLessThan(1e-5);
  });

  it('are kept by implicit methods, and by what is set at fixed times', () => {
    const system = flat(`asset A {
      param a = 0.7  param k = 300
      state x = 1  state dose = 0
      der(x) = (cos(a * time / 1 s) - x) * k / 1 s
      der(dose) = -a * dose / 1 s
      every 1 s -> set dose = 0.5 * dose + a^2 * x
    }`);
    const found = sensed(system, [], { parameters: named(system, 'a', 'k'), until: 3.5, method: 'rodas5p' });
    expect(apart(found)).toBeLessThan(1e-5);
  });

  it('random smooth equations', () => {
    const { tree } = fc.letrec<{ tree: string }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom('x', 'y', 'p', 'q', '0.5', '1.5'),
        fc
          .tuple(fc.constantFrom('+', '-', '*'), tie('tree'), tie('tree'))
          .map(([by, a, b]) => `(${a} ${by} ${b})`),
        fc.tuple(fc.constantFrom('sin', 'tanh', 'atan', 'cos'), tie('tree')).map(([f, a]) => `${f}(${a})`),
        fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => `(${a} / (2 + ${b}^2))`),
        tie('tree').map((a) => `sqrt(1 + ${a}^2)`),
      ),
    }));
    fc.assert(
      fc.property(tree, tree, tree, fc.boolean(), (f, g, h, interpreted) => {
        const system = flat(`asset A {
          param p = 0.8  param q = -0.6
          state x = p  state y = 0.3
          let z = tanh(${h})
          der(x) = tanh(${f}) * z / 1 s - x / 2 s
          der(y) = tanh(${g}) / 1 s + z * q / 3 s
        }`);
        const found = sensed(system, ['x', 'y', 'z'], {
          parameters: named(system, 'p', 'q'),
          until: 1,
          interpreted,
        });
        expect(apart(found)).toBeLessThan(1e-5);
      }),
      { numRuns: 8, seed: 7 },
    );
  });
});

describe('what is not smooth is said', () => {
  const state = 'param p = 1\nstate x = 0.2\nder(x) = p / 1 s\n';
  it.each([
    ['let y = floor(3 * x)', 'y', 'the equation of y has a floor, which jumps'],
    ['sensor s measures x every 1 s\nlet y = s', 'y', 'it depends on what the sensor s last measured'],
    ['param y = draw normal(p, 1)', 'y', 'the equation of y has a draw that what is chosen moves'],
    [
      'state y = 1\nder(y) = -sign(y - x) * sqrt(abs(y - x)) / 1 s',
      'y',
      'the equation of der(y) has a root that is zero where a sign changes, infinitely steep',
    ],
    ['let y = delay(x, 0.5 s)', 'y', 'the equation of y looks back by a delay'],
  ])('%s', (more, name, because) => {
    expect(whyNot(`asset A { ${state} ${more} }`, [name], ['p'])).toBe(because);
  });

  it('but not what does not matter', () => {
    const more =
      'let y = floor(3 * x) alarm high: warning "High" { raise when x > 1 } param luck = draw normal(1, 1)';
    expect(whyNot(`asset A { ${state} ${more} }`, ['x'], ['p'])).toBe('smooth');
  });
});

const TANKS = `package t
asset Tank {
  param area  = 2 m2
  param drain = 0.01 m2/s
  param heat  = 3 kW
  input inflow = 0.02 m3/s
  state level = 1 m
  state temperature = 20 degC
  let cost = ((level - 1.4 m) / 1 m)^2 + ((temperature - 60 degC) / 10 K)^2 + area / 20 m2
  der(level) = (inflow - drain * sqrt(1 m * level)) / area
  der(temperature) = (heat - 40 W/K * (temperature - 15 degC)) / (5 MJ/K * level / 1 m)
}
experiment best on Tank {
  choose area in 0.5 m2..4 m2, drain in 0.005..0.02 m2/s, heat in 0 kW..9 kW
  subject to level > 0.5 m
  subject to heat < 8 kW
  minimise mean of cost
  search by gradient with 900 runs
  run 2 h
}
experiment spread on Tank {
  choose area in 0.5 m2..4 m2
  minimise sd of level
  search by gradient with 1 runs
  run 20 min
}
experiment middle on Tank {
  choose area in 0.5 m2..4 m2, heat in 0 kW..9 kW
  minimise quantile 70 % of temperature
  search by gradient with 1 runs
  run 20 min
}
`;
const { system, artefact } = compiled(TANKS);

const searched = async (name: string, exact: boolean): Promise<Searched> => {
  const experiment = artefact.manifest.experiments!.find((one) => one.name === name)!;
  const slopes = gradientsOf(system, name);
  if ('because' in slopes) throw new Error(slopes.because);
  const kernels = [artefact, slopes.artefact].map((one) => ({
    manifest: one.manifest,
    kernel: reusing(kernelFactory(one)),
  }));
  const came: GradientsCame = exact ? { by: 'exact' } : { by: 'differences', because: 'asked for' };
  const defaults = defaultsOf(artefact.manifest, kernelFactory(artefact), experiment);
  const found = await runSearch(experiment, 1, defaults, came, (runs) =>
    Promise.resolve(
      runs.map(({ structure, values, seed }): RunResult => {
        const { manifest, kernel } = kernels[structure]!;
        const own = manifest.experiments!.find((one) => one.name === name)!;
        return runOnce(manifest, kernel, own, values, seed);
      }),
    ),
  );
  return found!;
};

describe('a search with exact slopes', () => {
  it('finds the same best with less than half of the runs', async () => {
    const [exact, differences] = [await searched('t.best', true), await searched('t.best', false)];
    expect(exact.gradients).toEqual({ by: 'exact' });
    expect(exact.runs).toBeLessThan(differences.runs / 2);
    expect(exact.best.objective.mean).toBeCloseTo(differences.best.objective.mean, 5);
    exact.best.values.forEach((value, at) => {
      const { low, high } = artefact.manifest.experiments![0]!.factors[at]!.levels as {
        low: number;
        high: number;
      };
      expect((value - differences.best.values[at]!) / (high - low)).toBeCloseTo(0, 3);
    });
  });

  it.each(['t.best', 't.spread', 't.middle'])('has the slopes of its statistics: %s', (name) => {
    const slopes = gradientsOf(system, name);
    if ('because' in slopes) throw new Error(slopes.because);
    const method = { name: 'rk4', step: 10 } as const;
    const plain = { ...artefact.manifest.experiments!.find((one) => one.name === name)!, method };
    const own = { ...slopes.artefact.manifest.experiments![0]!, method };
    const values = plain.factors.map(({ levels }) =>
      'low' in levels ? 0.6 * levels.low + 0.4 * levels.high : 0,
    );
    const of = (at: readonly number[]): number[] =>
      runOnce(artefact.manifest, kernelFactory(artefact), plain, at, 1).values;
    for (const kernel of [kernelFactory(slopes.artefact), () => interpret(slopes.system)]) {
      const found = runOnce(slopes.artefact.manifest, kernel, own, values, 1).values;
      expect(found.slice(0, plain.reports.length)).toEqual(of(values));
      plain.factors.forEach(({ levels }, at) => {
        const width = 'low' in levels ? levels.high - levels.low : 0;
        const h = 1e-4;
        const side = (by: number): number[] =>
          of(values.map((one, n) => (n === at ? one + by * width : one)));
        const [up, down] = [side(h), side(-h)];
        plain.reports.forEach((_, report) => {
          const expected = (up[report]! - down[report]!) / (2 * h);
          const slope = found[plain.reports.length + report * plain.factors.length + at]!;
          expect(Math.abs(slope - expected)).toBeLessThan(1e-5 * Math.max(1, Math.abs(expected)));
        });
      });
    }
  });

  it('goes on by differences where a run with slopes stops, and says why', async () => {
    const experiment = artefact.manifest.experiments![0]!;
    const told = await runSearch(experiment, 1, [2, 0.01, 3000], { by: 'exact' }, (runs) =>
      Promise.resolve(
        runs.map(({ structure, values: [area = 0, drain = 0, heat = 0] }) =>
          structure === 1
            ? { values: [NaN], trouble: 'PX9005: the step became too small' }
            : { values: [(area - 1) ** 2 + drain + (heat / 1000 - 2) ** 2, 1, 1] },
        ),
      ),
    );
    expect(told!.gradients).toEqual({
      by: 'differences',
      because: 'the run with slopes stopped: PX9005: the step became too small',
    });
    expect(told!.best.values[0]).toBeCloseTo(1, 4);
  });
});
