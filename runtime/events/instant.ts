/**
 * Everything that happens at one time, in superdense time (t, microstep). The order is in the README: what came from outside,
 * scheduled actions, samples, statistics, `every`, then rounds of conditions and durations until nothing changes.
 */
import { Status } from '../contract/kernel.ts';
import type { Entry } from '../journal.ts';
import type { SampleColumn } from '../samples/sample-columns.ts';
import type { Dues, Instance } from './due.ts';
import { causeText, handlerName } from '../describe.ts';
import type { RunEvent } from '../describe.ts';
import { Cell } from '../machine.ts';
import type { Estimator } from '../estimator/estimator.ts';
import type { Inputs } from '../inputs.ts';
import { isAwaited } from '../machine.ts';
import type { Machine } from '../machine.ts';
import { count } from '../contract/elements.ts';
import { createOrder } from './order.ts';
import { notFinite, wrongWait } from '../trouble.ts';
import type { Trouble } from '../trouble.ts';
import { createEntries } from './entries.ts';
import { endless, twoWriters } from './event-troubles.ts';
import { rememberStart } from '../initial.ts';
import { createReport } from './report.ts';

const MICROSTEPS = 1000;
/** Of an instant with more microsteps than these, events are told when it has ended well: an endless loop is told once. */
const TOLD = 20;

export type Emit = (event: Omit<RunEvent, 'id' | 'time' | 'microstep'>) => void;

export interface SampleTaken {
  sensor: number;
  instance: number;
  time: number;
  measured: number;
  predicted: number;
}

/** The same of many instances at once. */
export interface ColumnTaken extends SampleColumn {
  time: number;
  /** Of each. Nobody keeps them. */
  predicted: Float64Array;
}

export interface InstantHooks {
  /** Carries out what is due of the process flow now: how many events. */
  flow?: () => number | Trouble;
  /** What inputs follow. */
  inputs?: Inputs;
  /** What samples correct. */
  estimator?: Estimator;
  emit: Emit;
  sample: (taken: SampleTaken) => void;
  column: (taken: ColumnTaken) => void;
  /** Whether anyone is told of handlers that fire together. */
  followed: () => boolean;
  /** What the kernel knew of its numbers is no longer so. */
  distrust: () => void;
  /** Handlers are about to fire together, and have. */
  firing: (fired: readonly Instance[]) => void;
  fired: (fired: readonly Instance[]) => void;
  /** Called once before the first value changes at this instant, with everything evaluated. */
  before: () => void;
  /** The same, but not for samples and `every`, which are too many to be rows of their own: the left side of a jump. */
  beforeJump: () => void;
}

export interface InstantResult {
  /** Some value may have been set. */
  changed: boolean;
  /** A duration was started or stopped. */
  waiting: boolean;
  /** Something other than samples and `every` happened. */
  jumped: boolean;
  /** Handlers that fired because a condition changed or a duration had run out. */
  conditions: Instance[];
  /** Nothing but columns of samples came, and nothing but ticks and conditions happened. */
  plain: boolean;
  /** Handlers fired here, and not in the kernel. */
  fired: boolean;
  /** All numbers are known to be numbers. */
  sound: boolean;
}

export function createInstant(machine: Machine, dues: Dues, hooks: InstantHooks) {
  const { manifest, kernel, cells, ticks, since, samples, truths, queue, status, read } = machine;
  const order = createOrder(machine);
  const conditioned = manifest.handlers.some(({ kind }) => kind !== 'every' && kind !== 'scheduled');
  const durations = manifest.handlers.some(({ hasDuration, kind }) => hasDuration && kind !== 'every');
  const ofLooks = new Set(
    manifest.handlers.flatMap(({ ofLooks, offset, dims }) =>
      ofLooks === true ? Array.from({ length: count(dims) }, (_, instance) => offset + instance) : [],
    ),
  );

  const turns = [
    ...new Set(manifest.handlers.flatMap(({ kind, turn = 0 }) => (kind === 'every' ? [turn] : []))),
  ].toSorted((a, b) => a - b);

  /** What happens at the start happens before all else: what is delayed was so already. */
  const evaluate = (): Trouble | undefined =>
    machine.evaluate() ?? (machine.time() === 0 ? rememberStart(machine) : undefined);

  const held: { microstep: number; event: Parameters<Emit>[0] }[] = [];
  const emit: Emit = (event) => {
    const microstep = cells[Cell.microstep]!;
    if (microstep < TOLD) hooks.emit(event);
    else held.push({ microstep, event });
  };
  const tellHeld = (): void => {
    const now = cells[Cell.microstep]!;
    for (const { microstep, event } of held) {
      cells[Cell.microstep] = microstep;
      hooks.emit(event);
    }
    cells[Cell.microstep] = now;
    held.length = 0;
  };

  const { wasActive, report } = createReport(machine, emit);
  const { sampled, stale: becameStale, apply } = createEntries(machine, { ...hooks, emit });

  /** Fires all of a microstep and lets their writes take effect together. */
  const fireTogether = (fired: readonly Instance[]): Trouble | undefined => {
    const texts = fired.map(({ which, instance }) => causeText(manifest, which, instance, read));
    const active = fired.map(({ which, instance }) => wasActive(which, instance));
    hooks.firing(fired);
    for (const { which, instance } of fired) {
      kernel.fire(which, instance);
      if (status[0] === Status.twoWriters) {
        const trouble = twoWriters(machine, fired, { which, instance });
        status.fill(0);
        kernel.commit();
        return trouble;
      }
    }
    kernel.commit();
    machine.project();
    fired.forEach(({ which, instance }, i) => report(which, instance, texts[i]!, active[i]!));
    const trouble = machine.unsolved() ?? checkSet(fired) ?? evaluate();
    hooks.fired(fired);
    return trouble;
  };

  /** Many instances that set one array, as a hot row of pumps does, are one scan of it. */
  const checkSet = (fired: readonly Instance[]): Trouble | undefined => {
    const scanned = new Set<number>();
    for (const { which } of fired)
      for (const variable of manifest.handlers[which]!.sets) {
        if (scanned.has(variable)) continue;
        scanned.add(variable);
        const awaited = isAwaited(manifest.variables[variable]!);
        const elements = count(manifest.variables[variable]!.dims);
        for (let element = 0; element < elements; element += 1) {
          const value = read(variable, element);
          if (!Number.isFinite(value) && !(awaited && Number.isNaN(value))) {
            const trouble = notFinite(
              manifest,
              variable,
              element,
              value,
              machine.time(),
              read,
              machine.unmeasured(),
            );
            return { ...trouble, source: manifest.handlers[which]!.source };
          }
        }
      }
    return undefined;
  };

  /** Has the kernel carry out the `every` that are due, where nobody is told of each; returns whether it did, and all are numbers. */
  const ticked = (): boolean =>
    kernel.tickAll !== undefined &&
    manifest.projects !== true &&
    !hooks.followed() &&
    kernel.tickAll(cells[Cell.microstep]!) === 2;

  let waiting = false;
  /** Reads what `detect` found: conditions that fire now; starts and stops durations. Crossings of a mode just `entered`, or first looked at, are where they begin. */
  const conditions = (
    time: number,
    fired: Instance[],
    entered: ReadonlySet<number> | undefined,
  ): Trouble | undefined => {
    let wrong: Trouble | undefined;
    for (;;) {
      const changes = kernel.detect(0);
      for (let i = 0; i < changes; i += 1) {
        const which = queue[2 * i]!;
        const instance = queue[2 * i + 1]! >> 1;
        const became = (queue[2 * i + 1]! & 1) === 1;
        const handler = manifest.handlers[which]!;
        const at = handler.offset + instance;
        since[at] = became ? time : NaN;
        if (handler.hasDuration) {
          const wait = became ? kernel.interval(which, instance) : NaN;
          if (became && !(wait >= 0))
            wrong ??= wrongWait(handlerName(manifest, which, instance), wait, handler.source, time);
          ticks[at] = time + wait;
          waiting = true;
        } else if ((became || handler.edge === 'any') && entered?.has(at) !== true)
          fired.push({ which, instance });
      }
      if (changes === 0 || 2 * changes < queue.length) break;
    }
    if (wrong !== undefined || !durations) return wrong;
    for (const { which, instance } of dues.durations(time)) {
      const at = manifest.handlers[which]!.offset + instance;
      ticks[at] = NaN;
      if (truths[at] !== 0) fired.push({ which, instance });
    }
    return undefined;
  };

  /**
   * Goes through one instant. The machine is evaluated, at its time, and is so again afterwards. On trouble the state is
   * whatever it was then: the caller puts the last good one back.
   */
  const run = (entries: readonly Entry[], own: boolean): InstantResult | Trouble => {
    const time = machine.time();
    held.length = 0;
    cells[Cell.microstep] = own ? 0 : cells[Cell.microstep]!;
    let changed = false;
    let jumped = false;
    let plain = entries.every(({ kind }) => kind === 'column');
    let byHand = false;
    let sound = false;
    waiting = false;
    const all: Instance[] = [];
    const history: Instance[][] = [];
    const touch = (jump: boolean): void => {
      if (jump && !jumped) hooks.beforeJump();
      if (!changed) hooks.before();
      changed = true;
      jumped ||= jump;
    };
    const next = (): void => {
      cells[Cell.microstep]! += 1;
    };
    /** What happens at a tick comes before the draw of the next, which may depend on it. */
    const renewAll = (list: readonly Instance[]): Trouble | undefined => {
      for (const item of list) {
        const trouble = manifest.handlers[item.which]!.renewed ? dues.renew(item) : undefined;
        if (trouble !== undefined) return trouble;
      }
      return undefined;
    };
    /** Items go on, one after the other, each seeing what those before it did; then all is evaluated again. */
    const flow = (): Trouble | undefined => {
      const events = hooks.flow?.() ?? 0;
      if (typeof events !== 'number') return events;
      if (events === 0) return undefined;
      touch(false);
      const trouble = evaluate();
      next();
      return trouble;
    };
    const apart = (list: readonly Instance[], jump: boolean): Trouble | undefined => {
      if (list.length === 0) return undefined;
      touch(jump);
      byHand = true;
      sound = false;
      for (const { which, instance } of list) {
        const { offset, renewed, oneCount } = manifest.handlers[which]!;
        if (!renewed && (!oneCount || instance === 0)) ticks[offset + instance]! += 1;
      }
      const trouble = fireTogether(list) ?? renewAll(list);
      next();
      return trouble;
    };
    const inTurn = (time: number, is: (turn: number) => boolean): Trouble | undefined => {
      const ticking = dues.ticks(time);
      for (const turn of turns.filter(is)) {
        const own = ticking.filter(({ which }) => (manifest.handlers[which]!.turn ?? 0) === turn);
        const trouble = apart(own, false);
        if (trouble !== undefined) return trouble;
      }
      return undefined;
    };
    const flowed = flow();
    if (flowed !== undefined) return flowed;
    if (entries.length > 0) {
      touch(entries.some(({ kind }) => kind !== 'sample' && kind !== 'column'));
      const trouble = apply(entries);
      if (trouble !== undefined) return trouble;
      const corrected = hooks.estimator?.correct(entries) ?? 'nothing';
      if (typeof corrected !== 'string') return corrected;
      if (corrected === 'corrected') plain = false;
      next();
    }
    if (own && hooks.inputs?.due(time) === true) {
      plain = false;
      touch(false);
      hooks.inputs.apply(time);
      machine.project();
      const trouble = machine.unsolved() ?? evaluate();
      if (trouble !== undefined) return trouble;
      next();
    }
    if (own && dues.next() <= time) {
      const plans = dues.scheduled(time);
      if (plans.length > 0) plain = false;
      const early = apart(plans, true) ?? (turns[0]! < 0 ? inTurn(time, (turn) => turn < 0) : undefined);
      if (early !== undefined) return early;
      const due = dues.samples(time);
      const stale = dues.stale(time);
      if (due.length + stale.length > 0) {
        plain = false;
        touch(false);
        const predicted = due.map(({ which, instance }) => kernel.predict(which, instance));
        due.forEach(({ which, instance }, i) => {
          const { hasNoise, offset } = manifest.sensors[which]!;
          sampled(
            which,
            instance,
            predicted[i]! + (hasNoise ? kernel.noise(which, instance) : 0),
            predicted[i]!,
          );
          samples[offset + instance]! += 1;
        });
        for (const { which, instance } of stale) becameStale(which, instance);
        const trouble = evaluate();
        if (trouble !== undefined) return trouble;
        next();
      }
      if (dues.ticking(time)) {
        touch(false);
        const drawn = dues.drawn(time);
        if (drawn) plain = false;
        if (byHand || !plain) hooks.distrust();
        sound = !drawn && ticked();
        if (!sound) {
          const late = inTurn(time, (turn) => turn >= 0);
          if (late !== undefined) return late;
        }
      }
    }
    // Statistics have nothing to be compared before their first look.
    let entered: ReadonlySet<number> | undefined = own && time === 0 ? ofLooks : undefined;
    for (;;) {
      const late = flow();
      if (late !== undefined) return late;
      if (!conditioned) break;
      const fired: Instance[] = [];
      const wrong = conditions(time, fired, entered);
      const missing = machine.unsolved() ?? wrong;
      if (missing !== undefined) return missing;
      if (fired.length === 0) break;
      touch(true);
      byHand = true;
      sound = false;
      fired.sort((a, b) => a.which - b.which || a.instance - b.instance);
      if (cells[Cell.microstep]! >= MICROSTEPS) return endless(machine, [...history, fired]);
      const going = order.first(fired, time);
      const trouble = fireTogether(going);
      if (trouble !== undefined) return trouble;
      entered = order.again(going);
      next();
      history.push(going);
      if (history.length > 12) history.shift();
      all.push(...going);
    }
    tellHeld();
    return { changed, waiting, jumped, conditions: all, plain, fired: byHand, sound };
  };

  return { run };
}
