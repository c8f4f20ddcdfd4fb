/** Slopes through events whose time moves with what is chosen: closed forms, differences, both kernels. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gradientsOf } from '../../compiler/gradients.ts';
import { interpret } from '../../compiler/interpret/index.ts';
import type { FlatSystem } from '../../compiler/ir/flat-system.ts';
import { runOnce } from '../../runtime/experiments/one-run.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { example, flat } from '../flatten/systems.ts';
import { compiled } from './fixture.ts';
import { apart, named, parametersOf, sense } from './sensitive.ts';
import type { Sensed } from './sensitive.ts';

const sensed = (...given: Parameters<typeof sense>): Sensed => {
  const found = sense(...given);
  if ('because' in found) throw new Error(found.because);
  return found;
};
const whyNot = (system: FlatSystem, chosen: string[]): string => {
  const found = sense(system, [], { parameters: named(system, ...chosen), until: 2 });
  return 'because' in found ? found.because : 'smooth';
};

describe('slopes go through', () => {
  it.each([false, true])('a bounce, as the closed form has it (interpreted: %s)', (interpreted) => {
    const system = flat(`asset A {
      param e = 0.8  param first = 1 m
      state h = first  state v = 0 m/s
      der(h) = v  der(v) = -gravity
      at h <= 0 m falling { set v = -e * pre(v) }
    }`);
    const { exact } = sensed(system, [], {
      parameters: named(system, 'e', 'first'),
      until: 0.9,
      interpreted,
    });
    // h = e g t1 (t - t1) - g (t - t1)^2 / 2 after the bounce at t1 = sqrt(2 first / g).
    const [g, e, t] = [9.80665, 0.8, 0.9];
    const t1 = Math.sqrt(2 / g);
    const byTime = e * g * (t - 2 * t1) + g * (t - t1);
    expect(exact[0]![0]).toBeCloseTo(g * t1 * (t - t1), 7);
    expect(exact[0]![1]).toBeCloseTo((byTime * t1) / 2, 7);
    expect(exact[1]![0]).toBeCloseTo(g * t1, 7);
    expect(exact[1]![1]).toBeCloseTo(((e + 1) * g * t1) / 2, 7);
  });

  it('an if that jumps: x = c + b (t - c / a) beyond c', () => {
    const system = flat(`asset A {
      param a = 2  param b = 0.5  param c = 1
      state x = 0
      der(x) = if x > c then b / 1 s else a / 1 s
    }`);
    const { exact } = sensed(system, [], { parameters: named(system, 'a', 'b', 'c'), until: 2 });
    expect(exact[0]![0]).toBeCloseTo((0.5 * 1) / 4, 8);
    expect(exact[0]![1]).toBeCloseTo(2 - 1 / 2, 8);
    expect(exact[0]![2]).toBeCloseTo(1 - 0.5 / 2, 8);
  });

  it.each([
    [
      'a thermostat with two thresholds',
      `param low = 18.3  param high = 21.2  param power = 9  param leak = 0.4
       state x = 15  state heating = true  state used = 0
       der(x) = ((if heating then power else 0) - leak * (x - 5)) / 1 s
       der(used) = if heating then power / 1 s else 0
       when x > high -> set heating = false
       when x < low -> set heating = true`,
    ],
    [
      'modes, an entry that sets, and a rule that follows from another',
      `param a = 1.3  param b = 0.7  param c = 0.45
       state x = 0  state y = 1  state flag = false
       modes way {
         initial Up { der(x) = a / 1 s  when x > 1 -> Down { set y = pre(y) * x + b } }
         Down { der(x) = -b * y / 1 s  when x < c -> Up }
       }
       der(y) = -0.1 * y / 1 s + (if flag then 0.2 / 1 s else 0)
       rule r { when x < 0.8 * a and y > 0.5  set flag = not pre(flag) }`,
    ],
    [
      'arrays, with coupled equations and ticks at fixed times',
      `param k[3] = [1, 1.7, 2.3]  param most = 2.05
       state x[3] = [0.1, 0.2, 0.35]  state n = 0
       let u: Number guess 0.3
       u + 0.2 * sin(u) = sum(x[*]) / 4
       for i in 1..3 { der(x[i]) = (if x[i] > most then 0.3 * x[i] else k[i] * u + 0.4) / 1 s }
       for i in 1..3 { when x[i] > most + 0.013 * i -> set x[i] = pre(x[i]) - 0.7 * u }
       every 1 s -> set n = pre(n) + x[2]`,
    ],
    [
      'crossings of the time with what is chosen',
      `param period = 0.83  param shift = 0.3
       state x = 1
       der(x) = (if sin(time / 1 s / period + shift) > 0.2 then 1.5 else -0.3 * x) / 1 s
       when time > period * 2.2 s -> set x = 0.5 * pre(x)`,
    ],
  ])('%s', (_, text) => {
    const system = flat(`asset A { ${text.replaceAll(/ {2,}/g, '\n')} }`);
    const parameters = parametersOf(system, 5);
    const wanted = { parameters, until: 6.3 };
    const found = sensed(system, [], { ...wanted, step: 1e-5, ofSwitched: true });
    expect(Math.max(...found.differences.flat().map(Math.abs))).toBeGreaterThan(0.1);
    expect(apart(found)).toBeLessThan(2e-5);
    expect(sensed(system, [], { ...wanted, interpreted: true, exactOnly: true }).exact).toEqual(found.exact);
  });

  it.each(['bouncing-ball', 'micro-grid'])('the events of %s', (folder) => {
    const { system } = example(folder).systems[0]!;
    const found = sensed(system, [], {
      parameters: parametersOf(system, 8).slice(-4),
      until: folder === 'micro-grid' ? 15_000 : 3,
      scenario: 0,
      tolerance: 1e-9,
    });
    expect(apart(found)).toBeLessThan(1e-5);
  });
});

/** Two states with conditions, events and rules over them, from a stream of numbers. */
function hybrid(next: () => number): string {
  const pick = <T>(all: readonly T[]): T => all[Math.floor(next() * all.length)]!;
  const side = (): string => pick(['x', 'y', 'x + y', 'x * y', 'y - x', 'sin(time / 1 s)']);
  const bound = (): string => pick(['p', 'q', '0.3', '0.9', 'p * q', 'p + 0.3']);
  const rate = (): string =>
    pick(['p', 'q - 0.3 * x', 'cos(time / 1 s) + p', '-0.5 * y + q', '1.2 - x * 0.4', '-p']);
  const value = (): string =>
    pick(['0.3 * pre(x)', 'q', 'pre(y) - 0.5', 'pre(x) + p * time / 10 s', '0', 'z - 0.4']);
  const compare = (): string => `${side()} ${pick(['>', '<'])} ${bound()}`;
  return [
    `param p = ${0.4 + next()}`,
    `param q = ${0.2 + 0.8 * next()}`,
    'state x = 0.1',
    'state y = p / 2',
    'state m = 0',
    'state high = false',
    `let z = ${pick(['x + 0.5 * y', 'x * q', `if ${compare()} then x else y + 0.2`])}`,
    `der(x) = (if ${compare()} then ${rate()} else ${rate()}) / 1 s`,
    `der(y) = (if high then ${rate()} else ${rate()}) / 1 s`,
    `when ${compare()} -> set x = ${value()}`,
    `when ${compare()} -> set high = not pre(high)`,
    pick([`when high -> set y = q * x`, '', 'when high -> set m = x * p']),
    pick(['every 0.7 s -> set m = pre(m) + y', '']),
  ].join('\n');
}

it('slopes of random models with events are those of differences, or there are none', () => {
  let compared = 0;
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 60, maxLength: 60 }),
      (numbers) => {
        let at = 0;
        const system = flat(`asset A {\n${hybrid(() => numbers[at++ % 60]!)}\n}`);
        const parameters = named(system, 'p', 'q');
        try {
          const found = sensed(system, ['x', 'y', 'm'], {
            parameters,
            until: 4.1,
            step: 1e-6,
            ofSwitched: true,
          });
          // What came so that the derivatives are lost is no number, and a search takes differences.
          if (!found.exact.flat().every(Number.isFinite)) return;
          compared += 1;
          expect(apart(found)).toBeLessThan(1e-3);
        } catch (error) {
          // Conditions without end, and two events at one time: the run stops, and a search takes differences.
          expect(String(error)).toMatch(/changes sides|accumulate|both set|event shift/);
        }
      },
    ),
    { numRuns: 25, seed: 11 },
  );
  expect(compared).toBeGreaterThan(10);
});

describe('statistics have slopes across events', () => {
  const text = `package t
asset Ball {
  param e = 0.8
  param first = 1 m
  param air = 0.1 Hz
  state h = first
  state v = 0 m/s
  der(h) = v
  der(v) = -gravity - air * v
  at h <= 0 m falling { set v = -e * pre(v) }
  let speed = v + 0.3 * h / 1 s
}
${['mean of speed', 'sd of speed', 'max of speed', 'min of speed', 'quantile 70 % of speed', 'speed']
  .map(
    (what, at) => `experiment e${at} on Ball {
  choose e in 0.5..0.9, first in 0.5 m..2 m, air in 0 Hz..0.5 Hz
  minimise ${what}
  search by gradient with 1 runs
  method rk4 step 1 ms
  run 1.35 s
}`,
  )
  .join('\n')}`;
  const { system, artefact } = compiled(text);

  it.each(artefact.manifest.experiments!.map(({ reports, name }) => [reports[0]!.text, name]))(
    '%s',
    (_, name) => {
      const slopes = gradientsOf(system, name!);
      if ('because' in slopes) throw new Error(slopes.because);
      const plain = artefact.manifest.experiments!.find((one) => one.name === name)!;
      const own = slopes.artefact.manifest.experiments![0]!;
      const values = [0.75, 0.9, 0.12];
      const widths = [0.4, 1.5, 0.5];
      const of = (at: readonly number[]): number =>
        runOnce(artefact.manifest, kernelFactory(artefact), plain, at, 1).values[0]!;
      const [value, ...found] = runOnce(
        slopes.artefact.manifest,
        kernelFactory(slopes.artefact),
        own,
        values,
        1,
      ).values;
      expect(value).toBeCloseTo(of(values), 10);
      const read = runOnce(slopes.artefact.manifest, () => interpret(slopes.system), own, values, 1).values;
      expect(read).toEqual([value, ...found]);
      widths.forEach((width, at) => {
        const side = (by: number): number => of(values.map((one, n) => (n === at ? one + by * width : one)));
        const expected = (side(1e-4) - side(-1e-4)) / 2e-4;
        expect(Math.abs(found[at]! - expected)).toBeLessThan(2e-3 * Math.max(1, Math.abs(expected)));
      });
    },
  );
});

describe('it says what stands in the way of events', () => {
  it.each([
    [
      'when x > 1 for 0.3 s -> set y = 2',
      'when y is set (when x > 1 for 0.3 s) waits from a time that depends on what is chosen',
    ],
    ['every p * 1 s -> set y = 2', 'when y is set (every p * 1 s) waits for as long as is chosen'],
  ])('%s', (event, because) => {
    const system = flat(
      `asset A {\nparam p = 1\nstate x = 0.2\nstate y = 0\nder(x) = (p + y) / 1 s\n${event}\n}`,
    );
    expect(whyNot(system, ['p'])).toBe(because);
  });

  it('two at one instant are nobody’s', () => {
    const system = flat(`asset A {
      param p = 1
      state x = 0  state y = 0
      der(x) = p / 1 s  der(y) = p / 1 s
      when x > 1 -> set x = 0
      when y > 1 -> set y = 0
    }`);
    expect(() => sense(system, [], { parameters: named(system, 'p'), until: 2.5 })).toThrow(/both set/);
  });
});
