/** Events that accumulate at a point of time would hang a run: they are counted, in saved cells, and named. */
import type { Instance } from './due.ts';
import { AHEAD } from '../contract/sides.ts';
import { handlerName } from '../describe.ts';
import { fastest } from './still.ts';
import { Cell } from '../machine.ts';
import type { Machine } from '../machine.ts';
import { timeText } from '../trouble.ts';
import type { Trouble } from '../trouble.ts';

const WINDOW = 1e-6;
const CROSSINGS = 10_000;
/** Crossings nearer together than this, relative to the time, cannot be told apart much longer. */
const NEAR = 1e-12;
const REPEATS = 5;
/** As many crossings without an event, each that near to the one before. */
const SILENT_REPEATS = 1000;

/**
 * Call after each instant at a located crossing. Trouble when the same handler fired five times with gaps of less than 1e-12 of the time,
 * or when more than 10,000 crossings fell in a millionth of the run's length `span` (s), or when a condition in the equations changes sides
 * without end.
 */
export function watchZeno(machine: Machine, span: number, fired: readonly Instance[]): Trouble | undefined {
  const { cells } = machine;
  const time = machine.time();
  if (!(time - cells[Cell.windowStart]! <= WINDOW * span)) {
    cells[Cell.windowStart] = time;
    cells[Cell.windowCount] = 0;
  }
  cells[Cell.windowCount]! += 1;
  const first = fired[0];
  if (first === undefined && isChattering(machine)) return chattering(machine);
  const blame = (which: number, instance: number): Trouble => accumulating(machine, which, instance);
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
  if (first !== undefined) return blame(first.which, first.instance);
  // What fired within the window, or a condition in the equations that changes too often.
  return cells[Cell.lastCrossing]! >= cells[Cell.windowStart]!
    ? blame(cells[Cell.crossingHandler]!, cells[Cell.crossingInstance]!)
    : chattering(machine);
}

function accumulating(machine: Machine, which: number, instance: number): Trouble {
  const { manifest } = machine;
  const time = machine.time();
  return {
    code: 'PX9006',
    message:
      `The events of ${handlerName(manifest, which, instance)} follow one another ever faster and accumulate at t = ${timeText(time)}. ` +
      'Let it come to rest below some size (another mode, or a condition with a small distance), so that time can go on.',
    time,
    source: manifest.handlers[which]!.source,
  };
}

/** Relative: what states may be wrong by after an event, by rounding, with room. */
export const ROUNDING = 64 * Number.EPSILON;
/** So many times as far it is looked at a second time where the rates at a step's start lead. */
const FURTHER = 8;
/** A step moves a function by so much more than what it was left with after the event, which then was rounding. */
const NEXT_TO_NOTHING = 1e-6;

/**
 * Of a step that begins with an event and may have gone back over it and come again unseen (`returning` of the locator): the trouble that the next
 * events come too fast to be told apart, where the rates at its start do drive something back that the event left at zero. Nothing would
 * ever stop it on the other side: a ball would fall through its floor. Leaves memory at the start of the step, or somewhere.
 */
export function unfollowed(
  machine: Machine,
  { from, length, begin, before, end }: Returning,
  putStart: () => void,
): Trouble | undefined {
  const { cells, states, derivatives, crossings, kernel, manifest } = machine;
  const isLocated = cells[Cell.lastCrossing] === from || cells[Cell.lastSilent] === from;
  const which = cells[Cell.crossingHandler]!;
  if (!isLocated || !(from - cells[Cell.lastCrossing]! <= length) || manifest.handlers[which] === undefined)
    return undefined;
  const look = (change: (state: number, at: number) => number, time: number): Float64Array | undefined => {
    states.forEach((state, at) => (states[at] = change(state, at)));
    machine.setTime(time);
    const trouble = machine.evaluate();
    machine.status.fill(0);
    if (trouble !== undefined) return undefined;
    kernel.crossings();
    return crossings.slice();
  };
  putStart();
  if (machine.evaluate() !== undefined) return undefined;
  const rates = derivatives.slice();
  const lookAhead = (share: number): Float64Array | undefined => {
    const values = look((state, at) => state + rates[at]! * share * length, from + share * length);
    putStart();
    return values;
  };
  const ahead = lookAhead(AHEAD);
  const further = lookAhead(FURTHER * AHEAD);
  // Each state by another part, so that differences of states that are alike show their rounding, too.
  const beside = look(
    (state, at) => state * (1 + ROUNDING * (1 + ((at * 7) % 13) / 13)),
    from * (1 + ROUNDING),
  );
  putStart();
  if (ahead === undefined || further === undefined || beside === undefined) return undefined;
  for (let i = 0; i < begin.length; i += 1) {
    const [a, b] = [begin[i]!, end[i]!];
    const isBeyond = a > 0 !== before[i]! > 0 || a < 0 !== before[i]! < 0;
    if (!isBeyond || a * b < 0 || !(Math.abs(a) < Math.abs(b))) continue;
    const rounding = Math.abs(beside[i]! - a);
    const back = (a - ahead[i]!) * Math.sign(b);
    // What rates drive goes on; the last digit of a difference of two states that move together does not.
    const goesOn = (a - further[i]!) * Math.sign(b) > (FURTHER / 2) * back;
    if (
      goesOn &&
      back > rounding * 1e-3 &&
      (Math.abs(a) <= rounding || Math.abs(a) <= NEXT_TO_NOTHING * Math.abs(b))
    )
      return accumulating(machine, which, cells[Cell.crossingInstance]!);
  }
  return undefined;
}

/** A step (s), and values of the crossing functions at its start, before the event there, and at its end. */
export interface Returning {
  from: number;
  length: number;
  begin: Float64Array;
  before: Float64Array;
  end: Float64Array;
}

function isChattering({ cells, time }: Machine): boolean {
  const now = time();
  const isNear = now - cells[Cell.lastSilent]! <= NEAR * Math.max(now, 1e-9);
  cells[Cell.lastSilent] = now;
  cells[Cell.silentRepeats] = isNear ? cells[Cell.silentRepeats]! + 1 : 0;
  return cells[Cell.silentRepeats]! >= SILENT_REPEATS;
}

/** Sliding motion (Filippov 1988): on either side of a condition the system drives back to it. */
export function chattering(machine: Machine): Trouble {
  const { manifest, crossings, time } = machine;
  const state = fastest(machine);
  let nearest = 0;
  crossings.forEach((value, i) => {
    if (Math.abs(value) < Math.abs(crossings[nearest]!)) nearest = i;
  });
  const source = manifest.crossings?.findLast(({ offset }) => offset <= nearest)?.source;
  const place = source === undefined ? '' : ` of line ${source.line}`;
  return {
    code: 'PX9008',
    message:
      `The condition${place} changes sides without end at t = ${timeText(time())}: on either side the equations drive back to it` +
      `${state === undefined ? '' : ` (${state} changes fastest)`}. ` +
      'Give it a width, with one level to switch on and another to switch off, or a smooth transition; a fixed step (method rk4 step …) ' +
      'goes on with an error of the size of its step.',
    time: time(),
    ...(source === undefined ? {} : { source }),
  };
}
