/** Where kinks' sides begin: `runtime/contract/sides.ts` says what they are. */
import { Cell } from '../machine.ts';
import type { Machine } from '../machine.ts';

/** With steps that are fixed, as a part of what is compared. */
const FIXED_WIDTH = 1e-9;

/** Before the first instant. `tolerance`: of the method, where it has one. */
export function beginSides({ manifest, numbers, cells }: Machine, tolerance: number | undefined): void {
  const { kinks } = manifest.layout;
  cells[Cell.kinkWidth] = tolerance ?? FIXED_WIDTH;
  if (kinks) numbers.fill(1, kinks.side / 8, kinks.side / 8 + kinks.count);
}
