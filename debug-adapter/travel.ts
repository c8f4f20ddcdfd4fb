/** A run as something to go forward and back in: times, firings, moments. See README.md. */
import { Cell } from '../runtime/contract/cells.ts';
import type { Manifest } from '../runtime/contract/manifest.ts';
import type { Instance } from '../runtime/events/due.ts';
import { elementOfInstance } from '../runtime/describe.ts';
import type { Machine } from '../runtime/machine.ts';
import { count } from '../runtime/contract/elements.ts';
import { hashBytes } from '../runtime/snapshot.ts';
import { createTwin } from '../runtime/twin.ts';
import type { RunEvent, Twin, TwinOptions, TwinSettings } from '../runtime/twin.ts';
import type { Moment } from './program.ts';

/** A handler's instance that fires, and where in the run that is. */
export interface Firing {
  /** s */
  time: number;
  /** How many fired at this time before it. */
  index: number;
  microstep: number;
  handler: number;
  instance: number;
  /** s: where its condition has to hold for a time, since when it did. */
  since?: number;
  /** Values (SI) that its condition compared, by `reads` of the handler. */
  reads: readonly number[];
  /** What it changed. */
  changes: Change[];
}
export interface Change {
  variable: number;
  element: number;
  before: number;
  after: number;
}

/** Before firing number `index` of a time, or after all that happens then. */
export interface Place {
  time: number;
  index: number | 'end';
}

export const isBefore = (a: Place, b: Place): boolean =>
  a.time !== b.time ? a.time < b.time : order(a.index) < order(b.index);
const order = (index: Place['index']): number => (index === 'end' ? Infinity : index);

/** Who looks on while the run goes forward. */
export interface Watcher {
  /** These are about to fire. `moment` makes a copy of the state as they see it. */
  firing?(fired: readonly Firing[], moment: () => Moment): void;
  /** A time was reached, with all that happens at it: where to stop, if at all. Not in the future. */
  reached?(time: number, fired: readonly Firing[], moment: () => Moment): Place | undefined;
  /** s: also at each multiple of this. */
  period?: number;
  /** Also whenever an item of a process goes on. */
  atItems?: boolean;
}

export interface TravelOptions {
  manifest: Manifest;
  kernel: TwinOptions['kernel'];
  scenario?: number;
  seed?: number;
  settings: TwinSettings;
  event: (event: RunEvent) => void;
  /** The past was changed by hand, from a time on. */
  revised: (time: number) => void;
}

export type Halt = 'there' | 'end' | 'trouble';

/** Firings that are remembered: enough for hours, bounded for days. */
const MOST_REMEMBERED = 200_000;
/** Elements of a variable beyond which changes of them are not told one by one. */
const MOST_COMPARED = 4096;
/** Solver steps in a row, before somebody else may speak. */
const PORTION = 128;

export function createTravel(options: TravelOptions) {
  const { manifest } = options;
  let overrides = options.settings.overrides ?? [];
  let twin: Twin;
  let history: Firing[] = [];
  /** History before this was forgotten. */
  let forgotten = false;
  /** Firings of the instant that happened last, or is happening. */
  let instant: Firing[] = [];
  let open: { firings: Firing[]; before: Float64Array[] } | undefined;
  let watcher: Watcher | undefined;
  let stopsAt: number | undefined;
  let moment: Moment;
  let place: Place = { time: 0, index: 0 };
  /** The first instant happens but once in a twin, so its moments are kept. */
  const first: Moment[] = [];

  const copy = (machine: Machine): Moment => ({
    saved: machine.bytes.slice(0, manifest.layout.savedBytes),
    iterated: machine.iterated.slice(),
  });
  const elementsOf = ({ handler, instance }: Firing): { variable: number; elements: number[] }[] => {
    const { sets, setElements, dims } = manifest.handlers[handler]!;
    return sets.map((variable, n) => {
      const own = manifest.variables[variable]!.dims;
      const one = setElements?.[n] ?? elementOfInstance(own, dims, instance);
      const size = count(own);
      if (one !== undefined) return { variable, elements: [one] };
      return { variable, elements: size > MOST_COMPARED ? [] : Array.from({ length: size }, (_, i) => i) };
    });
  };
  const valuesOf = (firing: Firing): Float64Array =>
    Float64Array.from(
      elementsOf(firing).flatMap(({ variable, elements }) =>
        elements.map((element) => twin.machine.read(variable, element)),
      ),
    );

  const firing = (fired: readonly Instance[]): void => {
    const { machine } = twin;
    const time = machine.time();
    if (instant.length > 0 && instant[0]!.time !== time) instant = [];
    const firings = fired.map(({ which, instance }, n): Firing => {
      const { reads = [], dims, hasDuration, kind, offset } = manifest.handlers[which]!;
      return {
        time,
        index: instant.length + n,
        microstep: machine.cells[Cell.microstep]!,
        handler: which,
        instance,
        ...(hasDuration && kind !== 'every' ? { since: machine.since[offset + instance]! } : {}),
        reads: reads.map((variable) => {
          const { dims: own, address } = manifest.variables[variable]!;
          const element = elementOfInstance(own, dims, instance);
          return element === undefined ? NaN : machine.numbers[address / 8 + element]!;
        }),
        changes: [],
      };
    });
    if (time === 0 && first.length === instant.length) {
      const made = copy(machine);
      firings.forEach(() => first.push(made));
    }
    open = { firings, before: firings.map(valuesOf) };
    instant.push(...firings);
    if (stopsAt !== undefined) {
      if (instant.length > stopsAt && place.index === 'end') {
        moment = copy(machine);
        place = { time, index: stopsAt };
      }
      return;
    }
    watcher?.firing?.(firings, () => copy(machine));
  };
  const fired = (): void => {
    if (open === undefined) return;
    const { firings, before } = open;
    open = undefined;
    firings.forEach((one, n) => {
      const after = valuesOf(one);
      const changes: Change[] = [];
      let at = 0;
      for (const { variable, elements } of elementsOf(one))
        for (const element of elements) {
          if (before[n]![at] !== after[at])
            changes.push({ variable, element, before: before[n]![at]!, after: after[at]! });
          at += 1;
        }
      one.changes = changes;
      const last = history.at(-1);
      if (last !== undefined && !isBefore(last, one)) return;
      history.push(one);
      if (history.length <= MOST_REMEMBERED) return;
      history.splice(0, MOST_REMEMBERED / 4);
      forgotten = true;
    });
  };

  const begin = (): void => {
    first.length = 0;
    twin = createTwin({
      manifest,
      kernel: options.kernel,
      ...(options.scenario === undefined ? {} : { scenario: options.scenario }),
      ...(options.seed === undefined ? {} : { seed: options.seed }),
      settings: { ...options.settings, overrides },
    });
    twin.listen({
      firing,
      fired,
      event: options.event,
      revised: (time, including) => {
        history = history.filter((one) => one.time < time || (!including && one.time === time));
        options.revised(time);
      },
    });
    instant = [];
    history = [];
    forgotten = false;
  };

  /** The place is after all that happens at the time shown. */
  const atEnd = (): void => {
    place = { time: twin.time(), index: 'end' };
    moment = copy(twin.machine);
  };
  const halted = (): Halt | undefined => {
    if (twin.trouble() !== undefined) return 'trouble';
    return twin.time() >= twin.duration ? 'end' : undefined;
  };
  const rewind = (time: number): void => {
    instant = [];
    twin.rewind(time);
  };

  /** Goes to a place of the past, or of the instant that has just happened. */
  const goTo = (target: Place): void => {
    const before = watcher;
    watcher = undefined;
    try {
      if (target.time === 0 && target.index !== 'end') {
        rewind(0);
        place = { time: 0, index: target.index };
        moment = first[target.index] ?? copy(twin.machine);
        return;
      }
      if (target.index === 'end') {
        rewind(target.time);
        atEnd();
        return;
      }
      rewind(justBefore(target.time));
      stopsAt = target.index;
      place = { time: target.time, index: 'end' };
      twin.advance(target.time);
      if (place.index === 'end') atEnd();
    } finally {
      stopsAt = undefined;
      watcher = before;
    }
  };

  /** Runs from the time shown up to a time, in portions; a watcher may stop it. */
  function* run(until: number, by: Watcher, steps = Infinity): Generator<void, Halt> {
    watcher = by;
    let wanted: Place | undefined;
    const reached = (): boolean => {
      const { machine } = twin;
      const time = twin.time();
      const now = instant.length > 0 && instant[0]!.time === time ? instant : [];
      wanted = by.reached?.(time, now, () => copy(machine));
      return wanted !== undefined;
    };
    const last = Math.min(until, twin.duration);
    let left = steps;
    try {
      for (;;) {
        const { period } = by;
        const row = period === undefined ? last : (Math.floor(twin.time() / period) + 1) * period;
        const item = by.atItems === true ? (twin.machine.kernel.flowNext?.() ?? last) : last;
        const next = Math.min(last, row, item > twin.time() ? item : last);
        const portion = Math.min(left, PORTION);
        const stop = twin.advance(next, { steps: portion, asked: reached });
        if (stop.reason === 'reached' && next < last && wanted === undefined) reached();
        if (wanted !== undefined) {
          goTo(wanted);
          return 'there';
        }
        const halt = halted();
        if (halt !== undefined || twin.time() >= last) {
          atEnd();
          return halt ?? 'there';
        }
        left -= stop.reason === 'steps' ? portion : 0;
        if (left <= 0) {
          atEnd();
          return 'there';
        }
        yield;
      }
    } finally {
      watcher = undefined;
    }
  }

  begin();
  twin!.save();
  moment = copy(twin!.machine);

  return {
    twin: (): Twin => twin,
    place: (): Place => place,
    moment: (): Moment => moment,
    hash: (): string => hashBytes(moment.saved),
    history: (): readonly Firing[] => history,
    isForgotten: (): boolean => forgotten,
    goTo,
    run,
    /** The firing that is about to happen; undefined after all of an instant. */
    firing: (): Firing | undefined => {
      const { time, index } = place;
      return index === 'end' ? undefined : instantAt(time).find((one) => one.index === index);
    },
    instantAt,
    atEnd,
    /** Runs the first instant if it has not happened yet. */
    begin: (): void => {
      twin.advance(0);
      place = first.length > 0 ? { time: 0, index: 0 } : { time: 0, index: 'end' };
      moment = first[0] ?? copy(twin.machine);
    },
    /** Changes a value at this moment; within an instant, before all else of it. Returns what is wrong, in words. */
    change: (variable: number, element: number, value: number): string | undefined => {
      const { time, index } = place;
      if (index === 'end') {
        // What was looked at is what the run is at.
        if (twin.time() !== time) twin.rewind(time);
        const wrong = twin.intervene(variable, element, value);
        if (wrong === undefined) atEnd();
        return wrong;
      }
      if (time === 0) {
        overrides = [
          ...overrides.filter((one) => one.variable !== variable || one.element !== element),
          { variable, element, value },
        ];
        begin();
        twin.advance(0);
        options.revised(0);
        place = first.length > 0 ? { time: 0, index: 0 } : { time: 0, index: 'end' };
        moment = first[0] ?? copy(twin.machine);
        return undefined;
      }
      rewind(justBefore(time));
      const wrong = twin.intervene(variable, element, value, time);
      goTo({ time, index: 0 });
      return wrong;
    },
  };

  function instantAt(time: number): readonly Firing[] {
    if (instant.length > 0 && instant[0]!.time === time) return instant;
    return history.filter((one) => one.time === time);
  }
}
export type Travel = ReturnType<typeof createTravel>;

/** The largest time before another, s: nothing of that one has happened. */
export function justBefore(time: number): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, time);
  view.setBigUint64(0, view.getBigUint64(0) - 1n);
  return view.getFloat64(0);
}
