/**
 * What is due next: scheduled actions, samples, `every`, `for` durations, sensors becoming stale. All of it is derived from the
 * saved state (ticks, since, samples, sample times), so nothing else need be remembered; periods are evaluated again whenever
 * something was set.
 *
 * `ticks` of a handler instance: `every`: ticks done, the next is at ticks · period (and its offset); the time of the next, where periods are
 * drawn. `scheduled`: 1 when done.
 * With `for`: the time at which the duration has run out; NaN while none is running.
 */
import type { ManifestSensor } from '../contract/manifest.ts';
import { handlerName } from '../describe.ts';
import type { Machine } from '../machine.ts';
import { count } from '../contract/elements.ts';
import { elementName } from '../names.ts';
import { timeText } from '../trouble.ts';
import type { Trouble } from '../trouble.ts';

/** One instance of something. */
export interface Instance {
  which: number;
  instance: number;
}

export interface DueSettings {
  scenario: number | undefined;
  /** Whether the model makes this sensor's samples itself. */
  simulated: (sensor: number) => boolean;
  /** s between samples of sensors that do not say. */
  samplePeriod: number;
  /** Time of the next event of the process flow that ends a step. */
  flow?: () => number;
  /** Time at which what an input follows bends or jumps next. */
  inputs?: () => number;
  /** s without a sample after which a sensor is stale, by sensor and instance. */
  stale: (sensor: number, instance: number) => number | undefined;
}

/** What is to happen at times that are known before: ticks, schedules, samples. */
export interface Dues {
  /** Draws the first tick of each `every` whose period is drawn. */
  begin(): Trouble | undefined;
  /** Draws the tick after the present one of an `every` whose period is drawn. */
  renew(item: Instance): Trouble | undefined;
  /** Evaluates periods and finds what is next. Needs an evaluated machine. */
  refresh(): Trouble | undefined;
  /** Finds what is next where periods are what they were. `sampled`: samples came. */
  look(sampled?: boolean): void;
  /** Time of what is next; Infinity for nothing. */
  next(): number;
  /** The same without `every` and durations, which a kernel can see to. */
  others(): number;
  scheduled(time: number): Instance[];
  samples(time: number): Instance[];
  stale(time: number): Instance[];
  ticks(time: number): Instance[];
  durations(time: number): Instance[];
  /** Whether there are ticks at the time. */
  ticking(time: number): boolean;
  /** Whether any of them has a drawn period. */
  drawn(time: number): boolean;
}

interface Clock extends Instance {
  /** Position in ticks or samples. */
  at: number;
  period: number;
  /** s: time of the first one. */
  phase: number;
  /** Instances that go with it, from this one on. */
  size: number;
}

export function createDues(machine: Machine, settings: DueSettings): Dues {
  const { manifest, kernel, ticks, since, samples, sampleTimes, numbers } = machine;
  /** By `every`: one for all instances where they have one period, one each elsewhere. */
  const clocks: Clock[] = [];
  const renewals: (Instance & { at: number })[] = [];
  const plans: (Instance & { at: number; time: number })[] = [];
  /** Positions in ticks of the instances of a handler, from one up to another. */
  const waits: { which: number; from: number; to: number }[] = [];
  manifest.handlers.forEach((handler, which) => {
    if (handler.kind === 'every' && !handler.renewed) {
      const size = count(handler.dims);
      const each = handler.oneCount ? size : 1;
      for (let instance = 0; instance < size; instance += each)
        clocks.push({ which, instance, at: handler.offset + instance, period: NaN, phase: 0, size: each });
      return;
    }
    if (!handler.renewed && handler.scheduled === undefined) {
      const { offset, dims, hasDuration } = handler;
      if (hasDuration) waits.push({ which, from: offset, to: offset + count(dims) });
      return;
    }
    for (let instance = 0; instance < count(handler.dims); instance += 1) {
      const at = handler.offset + instance;
      if (handler.renewed) renewals.push({ which, instance, at });
      else if (handler.scheduled!.scenario === settings.scenario)
        plans.push({ which, instance, at, time: handler.scheduled!.time });
    }
  });
  const sensors: Clock[] = [];
  const watched: (Instance & { at: number; limit: number; staleAt: number })[] = [];
  manifest.sensors.forEach((sensor, which) => {
    for (let instance = 0; instance < count(sensor.dims); instance += 1) {
      const at = sensor.offset + instance;
      if (settings.simulated(which)) sensors.push({ which, instance, at, period: NaN, phase: 0, size: 1 });
      const limit = settings.stale(which, instance);
      if (limit !== undefined)
        watched.push({
          which,
          instance,
          at,
          limit,
          staleAt: manifest.variables[sensor.stale]!.address / 8 + instance,
        });
    }
  });

  /** The k-th tick; k moves on when a period was changed so that ticks would lie in the past. */
  const tick = (clock: Clock, done: Float64Array, now: number): number => {
    const { period, phase } = clock;
    const due = done[clock.at]! * period + phase;
    if (due >= now || done[clock.at] === 0) return due;
    let k = Math.floor((now - phase) / period);
    while (k * period + phase < now) k += 1;
    done[clock.at] = Math.max(k, done[clock.at]!);
    return done[clock.at]! * period + phase;
  };
  const instances = ({ which, instance, size }: Clock): Instance[] =>
    Array.from({ length: size }, (_, n) => ({ which, instance: instance + n }));
  const staleTime = ({ at, limit, staleAt }: (typeof watched)[number]): number =>
    numbers[staleAt] === 0 ? (Number.isNaN(sampleTimes[at]!) ? 0 : sampleTimes[at]!) + limit : Infinity;
  /** The earliest end of a duration that runs: where none does there is NaN. */
  const firstEnd = (): number => {
    let first = Infinity;
    for (const { from, to } of waits)
      for (let at = from; at < to; at += 1) if (ticks[at]! < first) first = ticks[at]!;
    return first;
  };
  const dueBy = <T extends Instance>(all: readonly T[], due: (item: T) => number, time: number): T[] =>
    all.filter((item) => due(item) <= time);

  const renew = ({ which, instance }: Instance): Trouble | undefined => {
    const { offset, source } = manifest.handlers[which]!;
    const time = machine.time();
    const period = kernel.interval(which, instance);
    ticks[offset + instance] = time + period;
    const missing = machine.unsolved();
    if (missing !== undefined) return missing;
    return period > 0
      ? undefined
      : wrongPeriod(machine, handlerName(manifest, which, instance), period, source);
  };

  let next = Infinity;
  let others = Infinity;
  /** The same without sensors that become stale. */
  let unwatched = Infinity;
  const isDrawn = (time: number): boolean => renewals.some(({ at }) => ticks[at]! <= time);
  return {
    begin: () => {
      for (const item of renewals) {
        const wrong = renew(item);
        if (wrong !== undefined) return wrong;
        // `after 10 s`: the first drawn time counts from there.
        ticks[item.at]! += Math.max(0, kernel.phase(item.which, item.instance) || 0);
      }
      return undefined;
    },
    renew,
    refresh: () => {
      const now = machine.time();
      next = Infinity;
      for (const clock of clocks) {
        clock.period = kernel.interval(clock.which, clock.instance);
        clock.phase = Math.max(0, kernel.phase(clock.which, clock.instance) || 0);
        if (!(clock.period > now * Number.EPSILON))
          return wrongPeriod(
            machine,
            handlerName(manifest, clock.which, clock.instance),
            clock.period,
            manifest.handlers[clock.which]!.source,
          );
        next = Math.min(next, tick(clock, ticks, now));
      }
      others = settings.inputs?.() ?? Infinity;
      for (const clock of sensors) {
        const sensor = manifest.sensors[clock.which]!;
        clock.period = sensor.hasPeriod
          ? kernel.samplePeriod(clock.which, clock.instance)
          : settings.samplePeriod;
        if (!(clock.period > now * Number.EPSILON))
          return wrongPeriod(machine, sensorName(sensor, clock.instance), clock.period, sensor.source);
        others = Math.min(others, tick(clock, samples, now));
      }
      for (const { at } of renewals) others = Math.min(others, ticks[at]!);
      for (const { at, time } of plans) if (ticks[at] === 0) others = Math.min(others, time);
      next = Math.min(next, firstEnd());
      unwatched = others;
      for (const item of watched) others = Math.min(others, staleTime(item));
      next = Math.min(next, others);
      return undefined;
    },
    look: (sampled) => {
      const now = machine.time();
      if (sampled === true && watched.length > 0) {
        others = unwatched;
        for (const item of watched) others = Math.min(others, staleTime(item));
      }
      next = others;
      for (const clock of clocks) next = Math.min(next, tick(clock, ticks, now));
      next = Math.min(next, firstEnd());
    },
    others: () => others,
    next: () => (settings.flow === undefined ? next : Math.min(next, settings.flow())),
    scheduled: (time) => dueBy(plans, ({ at, time: due }) => (ticks[at] === 0 ? due : Infinity), time),
    samples: (time) => dueBy(sensors, (clock) => tick(clock, samples, time), time),
    stale: (time) => dueBy(watched, staleTime, time),
    ticks: (time) => [
      ...dueBy(clocks, (clock) => tick(clock, ticks, time), time).flatMap(instances),
      ...dueBy(renewals, ({ at }) => ticks[at]!, time),
    ],
    ticking: (time) => clocks.some((clock) => tick(clock, ticks, time) <= time) || isDrawn(time),
    drawn: isDrawn,
    durations: (time) => {
      const found: Instance[] = [];
      for (const { which, from, to } of waits)
        for (let at = from; at < to; at += 1)
          if (ticks[at]! <= time && !Number.isNaN(since[at]!)) found.push({ which, instance: at - from });
      return found;
    },
  };
}

export const sensorName = (sensor: ManifestSensor, instance: number): string =>
  elementName(sensor.name, sensor.dims, instance);

/** None at all, or one by which the time does not go on any more. */
function wrongPeriod(machine: Machine, name: string, period: number, source: Trouble['source']): Trouble {
  const time = machine.time();
  const where = source === undefined ? {} : { source };
  if (period > 0)
    return {
      code: 'PX9009',
      message:
        `Time stands still at t = ${timeText(time)}: ${name} has a period of ${timeText(period)} there, less than the digits of the time can tell. ` +
        'Give it a least value, as in max(…, 1 ms).',
      time,
      ...where,
    };
  return {
    code: 'PX9007',
    message: `${name} has a period of ${timeText(period)} at t = ${timeText(time)}: it must be longer than 0 s.`,
    time,
    ...where,
  };
}
