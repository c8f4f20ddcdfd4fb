/**
 * The fastest rate of a system, by which the steps of an explicit method are limited whatever the accuracy asked for: some rounds of the power
 * method on differences of its derivatives, so that it needs no matrix. Everything is put back to the last bit.
 */
import { Status } from './contract/kernel.ts';
import { firstDirection, ROUNDS } from './contract/stiffness.ts';
import type { Machine } from './machine.ts';

/** Up to so many states the work is kept from one time to the next. */
const KEPT = 1000;

/** Asks for it; 1/s; NaN where it cannot be told. The machine is at a committed state, evaluated. */
export function fastestRate(machine: Machine): (relativeTolerance: number) => number {
  const { kernel, states, derivatives, absoluteTolerances, iterated, status } = machine;
  const n = states.length;
  const made = () => {
    const first = states.map((_, i) => firstDirection(i));
    let total = 0;
    for (const part of first) total += part * part;
    const [x, rates, scale, direction] = [states.slice(), states.slice(), states.slice(), states.slice()];
    return { x, rates, scale, direction, kept: iterated.slice(), first, firstLength: Math.sqrt(total / n) };
  };
  let own: ReturnType<typeof made> | undefined;
  return (relativeTolerance) => {
    const work = own ?? made();
    // Asked every few steps: of small systems, making it takes as long as the rest.
    if (n <= KEPT) own = work;
    const { x, rates, scale, direction, kept, first, firstLength } = work;
    for (let i = 0; i < n; i += 1) {
      x[i] = states[i]!;
      rates[i] = derivatives[i]!;
      scale[i] = absoluteTolerances[i]! + relativeTolerance * Math.abs(x[i]!);
      direction[i] = first[i]!;
    }
    for (let i = 0; i < kept.length; i += 1) kept[i] = iterated[i]!;
    let length = firstLength;
    let rate = NaN;
    for (let round = 0; round < ROUNDS; round += 1) {
      for (let i = 0; i < n; i += 1) states[i] = x[i]! + (direction[i]! / length) * scale[i]!;
      kernel.derivatives();
      let sum = 0;
      for (let i = 0; i < n; i += 1) {
        direction[i] = (derivatives[i]! - rates[i]!) / scale[i]!;
        sum += direction[i]! * direction[i]!;
      }
      length = Math.sqrt(sum / n);
      rate = length;
      if (!(length > 0)) break;
    }
    const failed = status[0] !== Status.ok;
    if (failed) status.fill(0);
    for (let i = 0; i < n; i += 1) states[i] = x[i]!;
    for (let i = 0; i < kept.length; i += 1) iterated[i] = kept[i]!;
    return failed ? NaN : rate;
  };
}
