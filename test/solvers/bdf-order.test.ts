/**
 * The order of each of the formulas of `bdf`, by steps of one length and one order from a past that is exact. The equations are linear with constant coefficients, so
 * that one round of Newton's method solves them, and what is measured is the formula's own error.
 */
import { describe, expect, it } from 'vitest';
import { Cell } from '../../runtime/machine.ts';
import { bdfStepper } from '../../runtime/solvers/bdf.ts';
import { room } from '../../runtime/solvers/past.ts';
import { adaptive, compiled, twinOf } from './compiled.ts';

const value = compiled(`asset Three {
  param pace = 1 1/s
  state x = 0
  state v = 1
  state z = 1
  der(x) = v * pace
  der(v) = -x * pace
  der(z) = (40 * (cos(time * pace) - z) - sin(time * pace)) * pace
}\n`);
const exact = (t: number): number[] => [Math.sin(t), Math.cos(t), Math.cos(t)];

/** Greatest errors after `time`, at the ends of steps and within them. */
function errors(order: number, step: number, time: number): { ends: number; within: number } {
  const { machine } = twinOf(value, { method: adaptive('bdf', 1e-6), end: time });
  const { past, states, cells } = machine;
  const n = states.length;
  // Wide enough for any step to be taken.
  machine.absoluteTolerances.fill(1e6);
  const stepper = bdfStepper(machine, { relativeTolerance: 1, maxStep: step });
  const differences = Array.from({ length: order + 1 }, (_, j) => exact(-j * step));
  for (let k = 1; k <= order; k += 1)
    for (let j = order; j >= k; j -= 1)
      differences[j] = differences[j]!.map((_, i) => differences[j - 1]![i]! - differences[j]![i]!);
  past.differences = room(n);
  differences.forEach((numbers, k) => past.differences[k]!.set(numbers));
  Object.assign(past, { step, time: 0, equal: 0, diagonal: 0, rate: 0 });
  const worst = { ends: 0, within: 0 };
  const look = (at: number): number =>
    Math.max(...exact(at).map((wanted, i) => Math.abs(states[i]! - wanted)));
  for (let from = 0; from < time; from += step) {
    past.order = order;
    cells[Cell.stepSize] = step;
    expect(stepper.attempt(1e9)).toBe(from + step);
    for (const share of [0.3, 0.7]) {
      stepper.show(from + share * step);
      worst.within = Math.max(worst.within, look(from + share * step));
    }
    stepper.show(from + step);
    worst.ends = Math.max(worst.ends, look(from + step));
    stepper.settle(from + step, true);
  }
  return worst;
}

describe('bdf', () => {
  it.each([1, 2, 3, 4, 5])('has the order %d, at the ends of steps and within them', (order) => {
    const step = [0, 1 / 128, 1 / 64, 1 / 32, 1 / 32, 1 / 32][order]!;
    const [coarse, fine] = [errors(order, step, 2), errors(order, step / 2, 2)];
    for (const where of ['ends', 'within'] as const)
      expect(Math.abs(Math.log2(coarse[where] / fine[where]) - order), where).toBeLessThan(0.25);
  });
});
