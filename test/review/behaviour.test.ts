import { describe, expect, it } from 'vitest';
import { compareSignals, USUAL_TOLERANCE, valueAt } from '../../review/behaviour.ts';
import type { Signal } from '../../review/trace.ts';
import { isSame } from '../../review/review.ts';
import { reviewOf } from './versions.ts';

/** x = exp(-t / tau): the difference of two versions has a closed form. */
const decay = (tau: string, more = ''): string => `package p

asset Decay {
  param tau = ${tau}
  param bias = 0
  state x = 1
  der(x) = -x / tau
  let shown = x + bias
${more}}

scenario long for Decay {
  run 10 s
  method rk4 step 10 ms
}

test "fades" on long {
  expect x < 0.1
}
`;

describe('signals', () => {
  it('differ as their closed forms do', () => {
    const { behaviour, causes, changes } = reviewOf(decay('2 s'), decay('3 s'));
    const [scenario] = behaviour.scenarios;
    const signal = scenario!.signals.find(({ name }) => name === 'x')!;
    // exp(-t/3) - exp(-t/2) is largest where its derivative is zero: t = 6 ln(3/2).
    const most = 6 * Math.log(1.5);
    expect(signal.at).toBeCloseTo(most, 1);
    expect(signal.largest).toBeCloseTo(Math.exp(-most / 3) - Math.exp(-most / 2), 4);
    expect(signal.before).toBeCloseTo(Math.exp(-signal.at / 2), 6);
    expect(signal.after).toBeCloseTo(Math.exp(-signal.at / 3), 6);
    // By series, the difference is t/6 at first, and the tolerance a thousandth of the span (nearly 1): about 6 ms.
    expect(signal.first).toBeLessThanOrEqual(0.05);
    expect(causes.flatMap((cause) => cause.changes.map((at) => changes[at]!.path))).toEqual(['Decay.tau']);
  });

  it('are not told apart by what is measured while an event comes a hair sooner', () => {
    // At 8 s and 10 µs before: the sample that is due at 8 s is there when it happens, or only right after.
    const sampled = (level: string): string => `package p

asset Ramp {
  state x = 0
  der(x) = 1 / 1 s
  sensor seen measures x every 250 ms  noise normal(0.5)
  state done = false
  rule end {
    when x > ${level}
    set done = true
  }
}

scenario ride for Ramp {
  output every 3 s
  run 20 s
}
`;
    const { behaviour } = reviewOf(sampled('8'), sampled('7.99999'));
    expect(behaviour.scenarios.map(({ signals, events }) => [signals, events])).toEqual([[[], []]]);
    const { behaviour: later } = reviewOf(sampled('8'), sampled('7.9'));
    expect(later.scenarios[0]!.signals.map(({ name }) => name)).toContain('done');
    expect(later.scenarios[0]!.events).toHaveLength(1);
  });

  it('are the same to the last bit when only the text is another', () => {
    const review = reviewOf(decay('2 s'), decay('2000 ms').replace('-x / tau', '(-x) / tau'));
    expect(isSame(review)).toBe(true);
    expect(review.verdict.text).toBe('Nothing changed: neither what the text says nor what it does.');
  });

  it('are told apart by the change that moves them', () => {
    const head = decay('3 s').replace('param bias = 0', 'param bias = 0.5');
    const { causes, changes } = reviewOf(decay('2 s'), head);
    const effects = Object.fromEntries(
      causes.map((cause) => [changes[cause.changes[0]!]!.path, cause.effects]),
    );
    expect(effects).toEqual({ 'Decay.tau': ['x', 'shown'], 'Decay.bias': ['shown'] });
  });

  it('are compared under their new names', () => {
    const review = reviewOf(decay('2 s'), decay('2 s').replaceAll(/\bx\b/g, 'rest'));
    expect(
      review.behaviour.scenarios.every(({ signals, compared }) => signals.length === 0 && compared === 2),
    ).toBe(true);
    expect(review.changes.map(({ kind }) => kind)).toEqual(['renamed']);
  });
});

const signal = (times: number[], values: number[], base: Signal['base'] = 'number'): Signal => ({
  name: 'x',
  unit: { text: '', label: '', factor: 1, offset: 0 },
  base,
  sensor: false,
  times: Float64Array.from(times),
  values: Float64Array.from(values),
});

it('takes what a sensor measures at an event of one version alone for no difference', () => {
  // At 3.7 s, which is no output time, the rule fires and the sensor measures the square of 3.7, and noise.
  const measured = (more: string): string => `package p

asset Rising {
  state x = 0
  input counted: Boolean = false
  der(x) = 1 1/s
  let square = x * x
  sensor eye measures square every 100 ms noise normal(5)
${more}}

scenario rising for Rising {
  run 20 s
  output every 250 ms
}
`;
  const counting = '  rule count {\n    when x > 3.7\n    set counted = true\n  }\n';
  const { behaviour } = reviewOf(measured(counting), measured(''));
  const [scenario] = behaviour.scenarios;
  expect(scenario!.events.map(({ name, before, after }) => [name, before.length, after.length])).toEqual([
    ['count', 1, 0],
  ]);
  // That it counted is a difference; what it measured is none.
  expect(scenario!.signals.map(({ name }) => name)).toEqual(['counted']);
});

describe('tolerances', () => {
  const step = (at: number, height = 1): Signal => signal([0, at, at, 10], [0, 0, height, height]);

  it('forgive a step that comes within the time tolerance, and none that is higher', () => {
    const tolerance = { relative: 1e-3, absolute: {}, time: 0.01 };
    expect(compareSignals(step(5), step(5.05), 10, tolerance)).toBeUndefined();
    expect(compareSignals(step(5), step(5.3), 10, tolerance)).toBeDefined();
    expect(compareSignals(step(5), step(5, 1.002), 10, tolerance)).toMatchObject({
      largest: expect.closeTo(0.002, 9),
    });
    expect(compareSignals(step(5), step(5, 1.0005), 10, tolerance)).toBeUndefined();
  });

  it('take no bend or jump between rows for a difference', () => {
    // A price that doubles at 5.9 in both versions, which have rows at whole times; the first has one of its own, at an event.
    const tolerance = { relative: 1e-3, absolute: {}, time: 1e-3 };
    const price = signal([0, 5, 5.8, 6, 10], [1, 1, 1, 2, 2]);
    const same = signal([0, 5, 6, 10], [1, 1, 2, 2]);
    expect(compareSignals(price, same, 10, tolerance)).toBeUndefined();
    expect(compareSignals(same, price, 10, tolerance)).toBeUndefined();
    // One that leaves these values, or keeps others at a common row, differs.
    const spike = signal([0, 5, 5.8, 6, 10], [1, 1, 3, 2, 2]);
    expect(compareSignals(spike, same, 10, tolerance)).toMatchObject({ first: 5.8, largest: 1 });
    expect(compareSignals(signal([0, 5, 6, 10], [1, 2, 2, 2]), same, 10, tolerance)).toMatchObject({
      first: 5,
    });
  });

  it('are absolute where that is said', () => {
    const absolute = { relative: 1e-3, absolute: { x: 0.5 }, time: 0 };
    expect(compareSignals(step(5), step(5, 1.4), 10, absolute)).toBeUndefined();
    expect(compareSignals(step(5), step(5, 1.6), 10, absolute)).toBeDefined();
    const named = { relative: 1e-3, absolute: { 'pump.x': 0.5 }, time: 0 };
    const second = (height: number): Signal => ({ ...step(5, height), name: 'pump[2].x' });
    expect(compareSignals(second(1), second(1.4), 10, named)).toBeUndefined();
    expect(compareSignals(second(1), second(1.6), 10, named)).toBeDefined();
  });

  it('see a value that is none', () => {
    const broken = signal([0, 5, 10], [0, NaN, 0]);
    const whole = signal([0, 5, 10], [0, 1, 0]);
    expect(compareSignals(whole, broken, 10, USUAL_TOLERANCE)).toMatchObject({ first: 5 });
    expect(compareSignals(broken, broken, 10, USUAL_TOLERANCE)).toBeUndefined();
  });

  it('read between rows, and on both sides of a jump', () => {
    expect(valueAt(signal([0, 2], [0, 4]), 0.5)).toBe(1);
    expect(valueAt(step(5), 5)).toBe(1);
    expect(valueAt(step(5), 4.999)).toBe(0);
    expect(valueAt(signal([0, 2], [0, 4], 'integer'), 1.5)).toBe(0);
  });
});

describe('events and requirements', () => {
  const alarm = (limit: string): string =>
    decay('2 s', `  alarm low: warning "Nearly gone" {\n    raise when x < ${limit}\n  }\n`);

  it('alarms that are lost and gained', () => {
    const { findings } = reviewOf(alarm('0.5'), alarm('0.001'));
    expect(findings.filter(({ breaking }) => breaking).map(({ rule }) => rule)).toEqual(['alarm-lost']);
    const back = reviewOf(alarm('0.001'), alarm('0.5'));
    expect(back.findings.map(({ rule }) => rule)).toEqual(['alarm-gained']);
    // x = 0.5 at 2 ln 2.
    expect(back.behaviour.scenarios[0]!.events[0]!.after[0]).toBeCloseTo(2 * Math.LN2, 6);
  });

  it('requirements that fail, hold, or lose margin', () => {
    const rules = (base: string, head: string): string[] =>
      reviewOf(decay(base), decay(head)).findings.map(({ rule, level }) => `${level} ${rule}`);
    expect(rules('2 s', '9 s')).toContain('behaviour requirement-fails');
    expect(rules('9 s', '2 s')).toContain('behaviour requirement-holds');
    expect(rules('2 s', '3 s')).toEqual(['behaviour requirement-margin']);
  });
});
