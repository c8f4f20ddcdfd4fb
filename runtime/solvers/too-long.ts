/**
 * Whether the fixed steps of an explicit method are too long for what they follow: now and then one is compared with two of half the length, beside the run and
 * without a trace in it, as Richardson (1911) compared. A state for which one step is off by much of all that it changes in the run is told of. Only while
 * somebody hears of a run.
 */
import type { RunEvent } from '../describe.ts';
import { differenceText } from '../describe.ts';
import type { Machine } from '../machine.ts';
import { count, elementName } from '../names.ts';
import { timeText } from '../trouble.ts';

/** One step may be off by so much of what a state changes: by Euler's method some 4 % in all, where what it follows dies away. */
const MUCH = 0.01;
/** So much is aimed at by the step that is proposed. */
const LITTLE = 0.001;
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
  method: { name: string; step: number },
  span: number,
): StepWatch | undefined {
  const { manifest, kernel, states, iterated, status } = machine;
  const n = states.length;
  if (method.name !== 'rk4' && method.name !== 'euler') return undefined;
  if (n === 0 || n > MOST_STATES || manifest.delays !== undefined || manifest.flow !== undefined)
    return undefined;
  const go = method.name === 'rk4' ? kernel.rk4 : kernel.euler;
  const order = method.name === 'rk4' ? 4 : 1;
  const numbers = (): Float64Array => new Float64Array(n);
  let room: Record<'start' | 'whole' | 'error' | 'length' | 'low' | 'high', Float64Array> | undefined;
  let computed: Float64Array;
  let looks = 0;
  let next = -Infinity;
  let isSaid = false;

  const step = (from: number, length: number): boolean => {
    go(from, length, from + length);
    machine.setTime(from + length);
    machine.project();
    return machine.evaluate() === undefined && status[0] === 0;
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
    const isTaken = step(from, length);
    whole.set(states);
    back();
    if (isTaken && step(from, length / 2) && step(from + length / 2, length / 2))
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
    let most = MUCH;
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
    return said(machine, method, worst, { part: most, error: error[worst]!, length: length[worst]!, order });
  };

  return {
    look: (due) => {
      const from = machine.time();
      if (isSaid || from < next) return undefined;
      const length = Math.min(method.step, due - from);
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
  { name: method, step }: { name: string; step: number },
  at: number,
  found: { part: number; error: number; length: number; order: number },
): Said {
  const address = manifest.layout.states.address + 8 * at;
  const id = manifest.variables.findIndex(
    ({ role, address: first, dims }) =>
      role === 'state' && address >= first && address < first + 8 * count(dims),
  );
  const variable = manifest.variables[id]!;
  const name = elementName(variable.name, variable.dims, (address - variable.address) / 8);
  const short = found.length * (LITTLE / found.part) ** (1 / (found.order + 1));
  const digit = 10 ** Math.floor(Math.log10(short));
  const proposed = Number((Math.floor(short / digit) * digit).toPrecision(1));
  const much = variable.private === true ? '' : `${differenceText(found.error, variable)}, `;
  const share = found.part > 1 ? 'more than' : `${Number((100 * found.part).toPrecision(1))} % of`;
  return {
    kind: 'event',
    code: 'PX9054',
    name,
    text:
      `the steps of ${timeText(step)} are too long for it: one is off by ${much}${share} all that it has changed. ` +
      `Take method ${method} step ${timeText(proposed)}, or method auto (PX9054)`,
    severity: 'warning',
    source: variable.source,
  };
}
