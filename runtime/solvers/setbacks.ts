/**
 * Steps that are held back: by a place without a value (`Cell.blind`), or by a pole they would pass (`Cell.cut`). They are counted in a saved cell: one that is
 * held back adds ten, one that is not takes one away. Beyond `MOST` the run only creeps along such a place.
 */
import type { Cell, Machine } from '../machine.ts';

const MOST = 10_000;

type Counted = (typeof Cell)['blind' | 'cut'];

/** A step was held back. Returns whether the run only creeps by now. */
export function heldBack({ cells }: Machine, which: Counted): boolean {
  cells[which]! += 10;
  return cells[which]! > MOST;
}

/** A step was taken. */
export function gotOn({ cells }: Machine, which: Counted): void {
  cells[which] = Math.max(0, cells[which]! - 1);
}
