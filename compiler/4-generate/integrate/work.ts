/** How much memory the step methods work in: one of them at a time, each with the states that a step started from first. */
import { foldedBytes, FREE, isFolded } from './tsitouras-folded.ts';
import { tsitourasBytes } from './tsitouras.ts';

export interface WorkSize {
  bytes: number;
  /** Where there is room for as many numbers as there are states that no method touches while its step is in flight. */
  spare: number;
}

/** `implicit`: bytes of methods with a matrix, where there is one. */
export function workSize(stateCount: number, implicit: number): WorkSize {
  // What Tsitouras' pair leaves free at the end of a step, Runge and Kutta's does not use at all.
  if (isFolded(stateCount) && implicit === 0)
    return { bytes: foldedBytes(stateCount), spare: 8 * stateCount * FREE };
  const bytes = Math.max(tsitourasBytes(stateCount), implicit);
  return { bytes: bytes + 8 * stateCount, spare: bytes };
}
