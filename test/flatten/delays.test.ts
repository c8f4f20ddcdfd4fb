/** Delays: against the method of steps, and emitted against interpreted code, saved and restored. */
import { describe, expect, it } from 'vitest';
import { generate } from '../../compiler/4-generate/generate.ts';
import { interpret } from '../../compiler/interpret/index.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';
import { flat, said } from './systems.ts';

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));

/** x' = -x(t - 1) with x = 1 before 0, by the method of steps: Σ (-1)^k (t - k + 1)^k / k! over k up to t + 1. */
function steps(t: number): number {
  let sum = 0;
  for (let k = 0; k <= Math.floor(t) + 1; k += 1) sum += ((-1) ** k * (t - k + 1) ** k) / factorial(k);
  return sum;
}

/** Values at a time, emitted and interpreted, which must be the same bits. */
function both(text: string, scenario: string | undefined, until: number, names: readonly string[]): number[] {
  const system = flat(text);
  const artefact = generate(system);
  const { manifest } = artefact;
  const [interpreted, emitted] = [() => interpret(system), kernelFactory(artefact)].map((kernel) => {
    const twin = createTwin({
      manifest,
      kernel,
      ...(scenario === undefined ? {} : { scenario: `t.${scenario}` }),
    });
    twin.advance(until);
    expect(twin.trouble()).toBeUndefined();
    return { hash: twin.hash(), values: names.map((name) => twin.value(name)!) };
  });
  expect(emitted).toEqual(interpreted);
  return emitted!.values;
}

describe('x(t - 1) drives x', () => {
  const text = `
    asset A { param tau = 1 s  state x = 1  der(x) = -delay(x, tau) / 1 s }
    scenario adaptive for A { run 20 s  method tsit5 tolerance 1e-9 }
    scenario fixed1 for A { run 20 s  method rk4 step 10 ms }`;
  it.each([
    ['adaptive', 3e-6],
    ['fixed1', 1e-7],
  ])('as the method of steps says: %s', (scenario, tolerance) => {
    for (const t of [0.5, 1.7, 3, 7.3])
      expect(Math.abs(both(text, scenario, t, ['x'])[0]! - steps(t))).toBeLessThan(tolerance);
  });

  it('saved in the middle and restored it goes on to the same bits', () => {
    const { manifest, ...artefact } = generate(flat(text));
    const make = () =>
      createTwin({ manifest, kernel: kernelFactory({ manifest, ...artefact }), scenario: 't.adaptive' });
    const whole = make();
    whole.advance(4.3);
    const state = whole.save();
    whole.advance(9);
    const other = make();
    other.restore(state);
    other.advance(9);
    expect(other.hash()).toBe(whole.hash());
    expect(other.value('x')).toBe(whole.value('x'));
  });
});

describe('a delay', () => {
  it('that changes looks back by what it is now', () => {
    const [past] = both(
      `asset A { state x = 0 m  der(x) = 2 m/s * x / 1 m + 1 m/s
         let tau = 1 s + 0.5 s * sin(time / 1 s)
         let past = delay(x, tau, 2 s) }`,
      undefined,
      4,
      ['past'],
    );
    const at = 4 - 1 - 0.5 * Math.sin(4);
    expect(past! / ((Math.exp(2 * at) - 1) / 2)).toBeCloseTo(1, 5);
  });

  it('of a jump jumps that much later', () => {
    const text = `asset A { state lit = false  at time >= 2 s -> set lit = true  let past = delay(if lit then 3 m else 1 m, 1.5 s) }
      scenario run1 for A { run 9 s }`;
    expect(both(text, 'run1', 3.49, ['past'])[0]).toBe(1);
    expect(both(text, 'run1', 3.51, ['past'])[0]).toBe(3);
  });

  it('of each element is its own', () => {
    const values = both(
      `asset A { fixed n = 3  param tau[n] = [0.5 s, 1 s, 1.5 s]  state x[n] = 0 m  let past[n]: Length
         for i in 1..n { der(x[i]) = i * 1 m/s  past[i] = delay(x[i], tau[i]) } }`,
      undefined,
      4,
      ['past[1]', 'past[2]', 'past[3]'],
    );
    [3.5, 6, 7.5].forEach((expected, i) => expect(values[i]).toBeCloseTo(expected, 9));
  });

  it('of what jumps too often stops by name', () => {
    const system = flat(
      `asset A { state x = 0  every 1 ms -> set x = x + 1  let past = delay(x * 1 m, 1 s) }`,
    );
    const artefact = generate(system);
    const twin = createTwin({ manifest: artefact.manifest, kernel: kernelFactory(artefact) });
    twin.advance(2);
    expect(twin.trouble()?.code).toBe('PX9050');
  });

  it('must be bounded, positive, a time, and in an equation', () => {
    const inA = (line: string) =>
      said(`asset A { state x = 0 m  der(x) = 1 m/s  let tau = 1 s + time  ${line} }`).map((each) =>
        each.slice(0, 6),
      );
    expect(inA('let y = delay(x, tau)')).toEqual(['PX3211']);
    expect(inA('let y = delay(x, tau, 5 s)')).toEqual([]);
    expect(inA('let y = delay(x, 0 s)')).toEqual(['PX3111']);
    expect(inA('let y = delay(x, 1 m)')).toEqual(['PX3002']);
    expect(inA('when x > 3 m -> set x = delay(x, 1 s)')).toEqual(['PX3212']);
  });
});
