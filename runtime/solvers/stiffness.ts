/**
 * The fastest rate of a system, by which the steps of an explicit method are limited whatever the accuracy asked for: some rounds of the power
 * method on differences of its derivatives, so that it needs no matrix. Everything is put back to the last bit.
 */
import { Status } from '../contract/kernel.ts';
import { firstDirection, ROUNDS } from '../contract/stiffness.ts';
import type { Machine } from '../machine.ts';

/** Up to so many states the directions are made once; of more each is made when it is asked for. */
const KEPT = 1000;

/** Asks for it; 1/s; NaN where it cannot be told. The machine is at a committed state, evaluated. */
export function fastestRate(machine: Machine): (relativeTolerance: number) => number {
  const { kernel, states, derivatives, absoluteTolerances, iterated, status } = machine;
  const n = states.length;
  // Between steps there is room where they work.
  const { before: x } = machine.work;
  const [rates, direction] = machine.work.others;
  // Of large systems they are computed again, where the same comes out.
  const copies = n <= KEPT || machine.iterates || machine.manifest.delays !== undefined;
  const kept = new Float64Array(copies ? iterated.length : 0);
  const first = Float64Array.from({ length: n <= KEPT ? n : 0 }, (_, i) => firstDirection(i));
  let total = 0;
  for (let i = 0; i < n; i += 1) total += firstDirection(i) * firstDirection(i);
  const firstLength = Math.sqrt(total / n);
  return (relativeTolerance) => {
    const scaleOf = (i: number): number => absoluteTolerances[i]! + relativeTolerance * Math.abs(x[i]!);
    for (let i = 0; i < n; i += 1) {
      x[i] = states[i]!;
      rates[i] = derivatives[i]!;
      direction[i] = n <= KEPT ? first[i]! : firstDirection(i);
    }
    for (let i = 0; i < kept.length; i += 1) kept[i] = iterated[i]!;
    let length = firstLength;
    let rate = NaN;
    for (let round = 0; round < ROUNDS; round += 1) {
      for (let i = 0; i < n; i += 1) states[i] = x[i]! + (direction[i]! / length) * scaleOf(i);
      kernel.derivatives();
      let sum = 0;
      for (let i = 0; i < n; i += 1) {
        direction[i] = (derivatives[i]! - rates[i]!) / scaleOf(i);
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
    if (!copies) kernel.derivatives();
    return failed ? NaN : rate;
  };
}
