/**
 * What a handler turns back at its condition (`manifest.crossings`, `turnedBy`) has to come back over it before it goes further. With no speed left, or less
 * than digits or steps can follow, it would go through unseen: a ball with restitution 0, through its floor. It is awaited for some steps, which the saved
 * signs of the locator say.
 */
import { handlerName } from '../describe.ts';
import { isAwaited, isAway, turnedAt } from './locate.ts';
import type { Crossings } from './locate.ts';
import type { Machine } from '../machine.ts';
import { count } from '../contract/elements.ts';
import { timeText } from '../trouble.ts';
import type { Trouble } from '../trouble.ts';

/** Relative: what states may be wrong by after an event, by rounding. */
const ROUNDING = 64 * Number.EPSILON;
/** A change is one when it is that many times what rounding may make. */
const CLEAR = 4;
/** Beginning with this share of a step, rates are looked at ever further ahead until they show. */
const AHEAD = 1 / 1024;
/** So many steps, as long as the present one, are awaited. */
const MOST_AWAITED = 16;

export interface Rebounds {
  /** Of the step from `from` over `length`, with these values of the functions at its end: what is gone through, or the functions to go on waiting for. */
  gone(from: number, length: number, end: Float64Array, putStart: () => void): Trouble | readonly number[];
  /**
   * At the crossing at which the step in flight ends, whose state is in memory and evaluated: handlers by whose condition things cannot come to it with the
   * rates there, which lead away from it. The step was too long.
   */
  unlikely(putBack: () => void): readonly { which: number; instance: number; trouble: Trouble }[];
}

/** `known`: signs at the step's start. `grid`: of fixed steps (s); `nominal`: how long a step may be (s). Undefined where nothing is turned back. */
export function createRebounds(
  machine: Machine,
  known: Crossings,
  { grid = 0, nominal }: { grid?: number; nominal: number },
): Rebounds | undefined {
  const turned = turnedAt(machine);
  if (turned.length === 0) return undefined;
  const { manifest, states, derivatives, crossings, kernel, truths, since } = machine;
  const owners = new Map<number, { which: number; instance: number; at: number }>();
  manifest.crossings!.forEach(({ offset, turnedBy }, position) => {
    if (turnedBy === undefined) return;
    const { dims, offset: first } = manifest.handlers[turnedBy]!;
    const end = manifest.crossings![position + 1]?.offset ?? crossings.length;
    const own = turned.filter((i) => i >= offset && i < end);
    if (own.length === count(dims))
      own.forEach((i, instance) => owners.set(i, { which: turnedBy, instance, at: first + instance }));
  });

  const look = (change: (state: number, at: number) => number, time: number): Float64Array | undefined => {
    states.forEach((state, at) => (states[at] = change(state, at)));
    machine.setTime(time);
    const wrong = machine.evaluate();
    machine.status.fill(0);
    if (wrong !== undefined) return undefined;
    kernel.crossings();
    return crossings.slice();
  };

  /** Of these functions at the state that `put` brings: how they change, 0 where that is rounding, and what rounding makes. */
  const rates = (
    functions: readonly number[],
    time: number,
    length: number,
    put: () => void,
  ): Map<number, { value: number; rate: number; rounding: number }> => {
    const found = new Map<number, { value: number; rate: number; rounding: number }>();
    put();
    const here = look((state) => state, time);
    const own = derivatives.slice();
    put();
    const beside = look(
      (state, at) => state * (1 + ROUNDING * (1 + ((at * 7) % 13) / 13)),
      time * (1 + ROUNDING),
    );
    if (here !== undefined && beside !== undefined)
      for (const i of functions)
        found.set(i, { value: here[i]!, rate: 0, rounding: Math.abs(beside[i]! - here[i]!) });
    for (let ahead = length * AHEAD; ahead <= Math.max(length, nominal); ahead *= 32) {
      if (!functions.some((i) => found.get(i)?.rate === 0)) break;
      put();
      const values = look((state, at) => state + own[at]! * ahead, time + ahead);
      for (const i of functions) {
        const one = found.get(i);
        const change = values === undefined || one === undefined ? 0 : values[i]! - one.value;
        if (one?.rate === 0 && Math.abs(change) > CLEAR * one.rounding) one.rate = change / ahead;
      }
    }
    put();
    return found;
  };

  return {
    gone: (from, length, end, putStart) => {
      const away = turned.filter((i) => {
        const owner = owners.get(i);
        if (owner === undefined || !Number.isNaN(known.beforeTime) || !isAway(known, i, end[i]!))
          return false;
        // What another event crossed while the condition held for something else was not turned back.
        if (since[owner.at] !== from && !isAwaited(known, i)) return false;
        return truths[owner.at] !== 0 && from - since[owner.at]! <= MOST_AWAITED * Math.max(length, grid);
      });
      if (away.length === 0) return [];
      const at = rates(away, from, length, putStart);
      const awaited = away.filter((i) => {
        const back = Math.sign(known.before[i]!);
        const isFirst = since[owners.get(i)!.at] === from;
        return at.has(i) && !(isFirst && at.get(i)!.rate * back < 0);
      });
      const through = awaited.find((i) => {
        const further = (known.begin[i]! - end[i]!) * Math.sign(known.before[i]!);
        return further > 2 * CLEAR * at.get(i)!.rounding;
      });
      return through === undefined ? awaited : wentThrough(machine, owners.get(through)!);
    },
    unlikely: (putBack) => {
      const time = machine.time();
      kernel.crossings();
      const values = crossings.slice();
      const passed = turned.filter(
        (i) => owners.has(i) && known.begin[i] !== 0 && !(known.begin[i]! * values[i]! > 0),
      );
      if (passed.length === 0) return [];
      const at = rates(passed, time, nominal, putBack);
      return passed
        .filter((i) => at.has(i) && at.get(i)!.rate * known.begin[i]! > 0)
        .map((i) => ({ ...owners.get(i)!, trouble: unseen(machine, owners.get(i)!, time) }));
    },
  };
}

interface Owner {
  which: number;
  instance: number;
  at: number;
}

function wentThrough({ manifest, since, time }: Machine, { which, instance, at }: Owner): Trouble {
  return {
    code: 'PX9052',
    message:
      `${handlerName(manifest, which, instance)} turns back what comes to its condition at t = ${timeText(since[at]!)}, but the equations drive it on ` +
      'before it has come back: it would go through unseen. Let it come to rest there below some speed ' +
      '(another mode, or a state that its equations look at), or take shorter steps.',
    time: time(),
    source: manifest.handlers[which]!.source,
  };
}

function unseen({ manifest }: Machine, { which, instance }: Owner, time: number): Trouble {
  return {
    code: 'PX9052',
    message:
      `The condition of ${handlerName(manifest, which, instance)} is reached at t = ${timeText(time)} while its rates lead away from it: ` +
      'within one step things have come to it and were turned back unseen. Take shorter steps, or method auto.',
    time,
    source: manifest.handlers[which]!.source,
  };
}
