/**
 * Whether fixed steps are too long for what they follow: now and then one is compared with two of half the length, beside the run and
 * without a trace in it, as Richardson (1911) compared. A state for which one step is off by much of all that it changes in the run is told of. Only while
 * somebody hears of a run. Of the implicit method several steps in a row are compared: it is taken for what dies away within few of them, and need not follow that.
 */
import type { RunEvent } from '../describe.ts';
import { differenceText } from '../describe.ts';
import type { Machine } from '../machine.ts';
import { count } from '../contract/elements.ts';
import { stateAt } from '../state-at.ts';
import { timeText } from '../trouble.ts';
import { FIXED_TOLERANCE } from './implicit.ts';

interface Look {
  order: number;
  /** How many steps are compared. */
  steps: number;
  /** They may be off by so much of what a state changes: by Euler's methods some 4 % in all, where what is followed dies away. */
  much: number;
}

const LOOKS: Readonly<Record<'rk4' | 'euler' | 'implicitEuler', Look>> = {
  rk4: { order: 4, steps: 1, much: 0.01 },
  euler: { order: 1, steps: 1, much: 0.01 },
  implicitEuler: { order: 1, steps: 4, much: 0.03 },
};
/** Of that, so much is aimed at by the step that is proposed. */
const LITTLE = 0.1;
/** Rounding: what a state changes counts as at least this part of itself, and of its unit. */
const LEAST = 1e-6;
/** Looks until which nothing is said, unless the run ends before. */
const FIRST = 16;
/** Steps between looks, at most; they begin with one and double. */
const MOST_APART = 300;
/** Of more states room would be needed that a large system has not. */
const MOST_STATES = 20_000;

type Said = Omit<RunEvent, 'id' | 'time' | 'microstep'>;

export interface StepWatch {
  /** At a committed state, evaluated: `due` is when the next step ends at the latest (s). What to log, once. */
  look(due: number): Said | undefined;
  /** At the end of the run, or where it stops. */
  verdict(): Said | undefined;
}

export function createStepWatch(
  machine: Machine,
  method: { name: keyof typeof LOOKS; step: number },
  span: number,
): StepWatch | undefined {
  const { manifest, kernel, states, iterated, status } = machine;
  const n = states.length;
  if (n === 0 || n > MOST_STATES || manifest.flow !== undefined) return undefined;
  const { name } = method;
  if (name === 'implicitEuler' && kernel.implicitEuler === undefined) return undefined;
  const go = (from: number, length: number, to: number): boolean => {
    if (name === 'implicitEuler') {
      const left = kernel.implicitEuler!(from, length, to, FIXED_TOLERANCE);
      return left >= 0 && left <= 1;
    }
    kernel[name](from, length, to);
    return true;
  };
  const { order, steps, much } = LOOKS[name];
  const numbers = (): Float64Array => new Float64Array(n);
  let room: Record<'start' | 'whole' | 'error' | 'length' | 'low' | 'high', Float64Array> | undefined;
  let computed: Float64Array;
  let looks = 0;
  let next = -Infinity;
  let isSaid = false;

  /** So many steps of a length; whether all went well. */
  const take = (from: number, length: number, count: number): boolean => {
    for (let k = 0; k < count; k += 1) {
      const to = from + (k + 1) * length;
      if (!go(from + k * length, length, to)) return false;
      machine.setTime(to);
      machine.project();
      if (machine.evaluate() !== undefined || status[0] !== 0) return false;
    }
    return true;
  };

  const compare = (from: number, length: number): void => {
    room ??= {
      start: numbers(),
      whole: numbers(),
      error: numbers(),
      length: numbers(),
      low: numbers().fill(Infinity),
      high: numbers().fill(-Infinity),
    };
    const { start, whole, error, low, high } = room;
    computed ??= new Float64Array(iterated.length);
    start.set(states);
    computed.set(iterated);
    for (let i = 0; i < n; i += 1) {
      low[i] = Math.min(low[i]!, start[i]!);
      high[i] = Math.max(high[i]!, start[i]!);
    }
    const back = (): void => {
      machine.setTime(from);
      states.set(start);
      iterated.set(computed);
      status.fill(0);
    };
    const isTaken = take(from, length, steps);
    whole.set(states);
    back();
    if (isTaken && take(from, length / 2, 2 * steps))
      for (let i = 0; i < n; i += 1) {
        const off = Math.abs(states[i]! - whole[i]!) / (1 - 2 ** -order);
        if (!(off > error[i]!)) continue;
        error[i] = off;
        room.length[i] = length;
      }
    back();
  };

  const verdict = (): Said | undefined => {
    if (isSaid || room === undefined) return undefined;
    const { error, length, low, high } = room;
    let worst = -1;
    let most = much;
    for (const { role, address, dims, unit } of manifest.variables) {
      if (role !== 'state') continue;
      const first = (address - manifest.layout.states.address) / 8;
      for (let i = first; i < first + count(dims); i += 1) {
        const size = Math.max(Math.abs(low[i]!), Math.abs(high[i]!), Math.abs(unit.factor));
        const part = error[i]! / Math.max(high[i]! - low[i]!, LEAST * size);
        if (part > most && Number.isFinite(part)) [worst, most] = [i, part];
      }
    }
    if (worst < 0) return undefined;
    isSaid = true;
    return said(machine, method, worst, { part: most, error: error[worst]!, length: length[worst]! });
  };

  return {
    look: (due) => {
      const from = machine.time();
      if (isSaid || from < next) return undefined;
      const bend = manifest.limited === true ? kernel.limit() : Infinity;
      const limit = bend > from && bend < due ? bend : due;
      // Of several steps none is cut.
      if (steps > 1 && limit - from < steps * method.step) return undefined;
      const length = Math.min(method.step, limit - from);
      // What is due cuts the step to next to nothing: another time.
      if (!(length > 1e-3 * method.step)) return undefined;
      compare(from, length);
      looks += 1;
      const apart = method.step * Math.min(MOST_APART, 2 ** (looks - 1));
      next = from + Math.max(apart, Number.isFinite(span) ? span / 100 : 0);
      return looks >= FIRST && (looks & (looks - 1)) === 0 ? verdict() : undefined;
    },
    verdict,
  };
}

function said(
  { manifest }: Machine,
  { name: method, step }: { name: keyof typeof LOOKS; step: number },
  at: number,
  found: { part: number; error: number; length: number },
): Said {
  const { variable, name } = stateAt(manifest, at)!;
  const { order, steps, much: most } = LOOKS[method];
  const short = found.length * ((LITTLE * most) / found.part) ** (1 / (order + 1));
  const digit = 10 ** Math.floor(Math.log10(short));
  const proposed = Number((Math.floor(short / digit) * digit).toPrecision(1));
  const much = variable.private === true ? '' : `${differenceText(found.error, variable)}, `;
  const share = found.part > 1 ? 'more than' : `${Number((100 * found.part).toPrecision(1))} % of`;
  return {
    kind: 'event',
    code: 'PX9054',
    name,
    text:
      `the steps of ${timeText(step)} are too long for it: ${steps > 1 ? `${steps} are` : 'one is'} off by ${much}${share} all that it has changed. ` +
      `Take method ${method} step ${timeText(proposed)}, or method auto (PX9054)`,
    severity: 'warning',
    source: variable.source,
  };
}
