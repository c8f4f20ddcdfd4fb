/** Events that accumulate at a point of time would hang a run: they are counted, in saved cells, and named. */
import type { Instance } from './due.ts';
import { handlerName } from './describe.ts';
import { Cell } from './machine.ts';
import type { Machine } from './machine.ts';
import { timeText } from './trouble.ts';
import type { Trouble } from './trouble.ts';

const WINDOW = 1e-6;
const CROSSINGS = 10_000;
/** Crossings nearer together than this, relative to the time, cannot be told apart much longer. */
const NEAR = 1e-12;
const REPEATS = 5;

/**
 * Call after each instant at a located crossing. Trouble when the same handler fired five times with gaps of less than 1e-12 of the time,
 * or when more than 10,000 crossings fell in a millionth of the run's length `span` (s).
 */
export function watchZeno(machine: Machine, span: number, fired: readonly Instance[]): Trouble | undefined {
  const { cells, manifest } = machine;
  const time = machine.time();
  if (!(time - cells[Cell.windowStart]! <= WINDOW * span)) {
    cells[Cell.windowStart] = time;
    cells[Cell.windowCount] = 0;
  }
  cells[Cell.windowCount]! += 1;
  const first = fired[0];
  const blame = (which: number, instance: number): Trouble => ({
    code: 'PX9006',
    message:
      `The events of ${handlerName(manifest, which, instance)} follow one another ever faster and accumulate at t = ${timeText(time)}. ` +
      'Let it come to rest below some size (another mode, or a condition with a small distance), so that time can go on.',
    time,
    source: manifest.handlers[which]!.source,
  });
  if (first !== undefined) {
    const near = time - cells[Cell.lastCrossing]! <= NEAR * time;
    const same = (f: Instance): boolean =>
      f.which === cells[Cell.crossingHandler] && f.instance === cells[Cell.crossingInstance];
    if (!near) {
      cells[Cell.crossingHandler] = first.which;
      cells[Cell.crossingInstance] = first.instance;
      cells[Cell.crossingRepeats] = 0;
    } else if (fired.some(same)) {
      cells[Cell.crossingRepeats]! += 1;
      if (cells[Cell.crossingRepeats]! >= REPEATS) return blame(first.which, first.instance);
    }
    cells[Cell.lastCrossing] = time;
  }
  if (cells[Cell.windowCount]! <= CROSSINGS) return undefined;
  return first === undefined && manifest.handlers.length === 0
    ? undefined
    : blame(first?.which ?? cells[Cell.crossingHandler]!, first?.instance ?? cells[Cell.crossingInstance]!);
}
