/**
 * The fastest rate of a system, by which the steps of an explicit method are limited whatever the accuracy asked for: some rounds of the power
 * method on differences of its derivatives, so that it needs no matrix. Everything is put back to the last bit.
 */
import { Status } from './contract/kernel.ts';
import type { Machine } from './machine.ts';

const ROUNDS = 3;

/** 1/s; NaN where it cannot be told. The machine is at a committed state, evaluated. */
export function fastestRate(machine: Machine, relativeTolerance: number): number {
  const { kernel, states, derivatives, absoluteTolerances, iterated, status } = machine;
  const n = states.length;
  const x = states.slice();
  const rates = derivatives.slice();
  const kept = iterated.slice();
  const scale = x.map((value, i) => absoluteTolerances[i]! + relativeTolerance * Math.abs(value));
  // Neighbours move against each other: what a chain resists most.
  const direction = x.map((_, i) => (i % 2 === 0 ? 1 : -1) * (1 + (i % 7) / 7));
  let length = 0;
  for (const part of direction) length += part * part;
  length = Math.sqrt(length / n);
  let rate = NaN;
  for (let round = 0; round < ROUNDS; round += 1) {
    for (let i = 0; i < n; i += 1) states[i] = x[i]! + (direction[i]! / length) * scale[i]!;
    kernel.derivatives();
    let total = 0;
    for (let i = 0; i < n; i += 1) {
      direction[i] = (derivatives[i]! - rates[i]!) / scale[i]!;
      total += direction[i]! * direction[i]!;
    }
    length = Math.sqrt(total / n);
    rate = length;
    if (!(length > 0)) break;
  }
  const failed = status[0] !== Status.ok;
  if (failed) status.fill(0);
  states.set(x);
  iterated.set(kept);
  return failed ? NaN : rate;
}
