/**
 * The run that is shown: of which model, mode and scenario, how far it is, and where it goes. Time passes here: by the clock, towards
 * a moment that was asked for, and backwards. Who is told of it is not known here.
 */
import { together } from '../../runtime/samples/together.ts';
import type { StopAt, Twin } from '../../runtime/twin.ts';
import type { Mode } from '../../preview/protocol.ts';
import type { SessionOptions } from './contract.ts';
import { niceSpeed, prepare } from './model.ts';
import type { Prepared, SessionModel } from './model.ts';
import { inPortions } from './portions.ts';
import type { RecordedSample } from './replay.ts';

/** ms of work in a row. */
export const SLICE = 8;
/** s that the live twin stays behind the clock, unless said otherwise. */
const LAG = 0.25;

export type PlaybackOptions = Pick<
  SessionOptions,
  'now' | 'wall' | 'mode' | 'scenario' | 'playing' | 'speed' | 'seed' | 'replay' | 'lag'
>;

interface Goal {
  until: number;
  stopAt?: StopAt;
  then?: () => void;
}

export interface Playback {
  model: SessionModel | undefined;
  mode: Mode;
  playing: boolean;
  /** Simulated seconds a second; null: as fast as possible; undefined: what suits the run. */
  speed: number | null | undefined;
  /** Clock at time 0 of a live twin, ms. */
  epoch: number;
  /** What was set, for a run from the start: SI, by element name. */
  readonly overrides: Map<string, number>;
  /** null: none. */
  readonly scenario: string | null;
  readonly prepared: Prepared | undefined;
  readonly twin: Twin | undefined;
  /** s; how far the run is known. */
  readonly computed: number;
  /** ms of computing for the run so far, to tell what going over it again would take. */
  readonly spent: number;
  /** s; when it is over. */
  end(): number;
  /** s: how long a run was asked to be, where that is not the scenario's. */
  readonly asked: number | undefined;
  choose(scenario: string | null, duration?: number): void;
  /** A fresh twin at time 0 of `model`, for mode, scenario and settings as they are. */
  build(): void;
  /** A fresh twin looks at its start. */
  begin(): void;
  /** A fresh twin goes to a time, at once where that takes no more than `limit` ms. */
  again(until: number, limit: number): void;
  /** From here on a kept state goes on: time passes from there. */
  resumed(): void;
  /** Time passes from now on, from where the run is. */
  anchor(): void;
  /** Asks for a time, which need not be reached at once. */
  go(until: number, then?: () => void): void;
  /** On to the next row, or to the next event. */
  step(to: 'step' | 'next-event'): void;
  /** Returns whether it went back. */
  seek(time: number): boolean;
  /** Whether something is asked for that was not reached yet. */
  isGoing(): boolean;
  /** Goes on for a slice: to what was asked for, else as far as the clock says. */
  advance(): void;
  /** The same of a live twin that follows the clock. */
  follow(): void;
  /** s that a live twin is behind the clock. */
  behind(): number;
  /** Whether time passes at all. */
  moves(): boolean;
  /** Whether there is more to do than the clock asks for. */
  isBusy(): boolean;
}

export function createPlayback(options: PlaybackOptions): Playback {
  const { now, seed, replay } = options;
  const wall = options.wall ?? now;
  let prepared: Prepared | undefined;
  let twin: Twin | undefined;
  let scenario: string | null = options.scenario ?? null;
  let asked: number | undefined;
  let chosen = options.scenario !== undefined;
  let computed = 0;
  let spent = 0;
  /** s: how far the recording was replayed, and how far it is gone over again. */
  let replayed = -Infinity;
  let repeated = -Infinity;
  let goal: Goal | undefined;
  /** Run time and clock that belong together; time passes from there. */
  let anchorTime = 0;
  let anchorClock = now();
  /** A live twin has not got to where it should be by the clock. */
  let isBehind = false;

  const anchor = (): void => {
    anchorTime = twin?.time() ?? 0;
    anchorClock = now();
  };

  /** Samples of the recording. */
  const replayAll = (current: Twin, recorded: readonly RecordedSample[]): void => {
    const offering = together(current);
    for (const { target, time, value } of recorded) {
      const again = time <= repeated ? true : undefined;
      replayed = Math.max(replayed, time);
      if (target.kind === 'sensor') offering.sample(target.sensor, target.instance, time, value, again);
      else offering.input(target.variable, target.element, time, value, again);
    }
    offering.flush();
  };

  /** Advances in small portions until there or out of time. Returns whether the twin got there. */
  const work = (target: number, stopAt: StopAt, limit: number): boolean => {
    const current = twin!;
    const begun = now();
    let there = false;
    const horizon = (): number => (run.mode === 'replay' ? Math.min(target, current.time() + 10) : target);
    inPortions(now, limit, { first: 16, most: 4096 }, (steps) => {
      if (run.mode === 'replay') replayAll(current, replay?.take(horizon()) ?? []);
      const until = horizon();
      const stop = current.advance(until, { ...stopAt, steps });
      computed = Math.max(computed, stop.time);
      if (stop.reason === 'trouble' || stop.reason === 'end')
        run.playing &&= run.mode === 'live' && stop.reason !== 'trouble';
      there = stop.reason !== 'steps' && (stop.reason !== 'reached' || until >= target);
      return there;
    });
    spent += now() - begun;
    return there;
  };

  const run: Playback = {
    model: undefined,
    mode: options.mode ?? 'simulate',
    playing: options.playing ?? true,
    speed: options.speed,
    epoch: wall(),
    overrides: new Map(),
    get scenario() {
      return scenario;
    },
    get prepared() {
      return prepared;
    },
    get twin() {
      return twin;
    },
    get computed() {
      return computed;
    },
    get spent() {
      return spent;
    },
    end: () => (twin === undefined || run.mode === 'live' ? Infinity : twin.duration),
    get asked() {
      return asked;
    },
    choose: (wanted, duration) => {
      scenario = wanted;
      asked = duration;
      chosen = true;
    },
    build: () => {
      const { mode, overrides } = run;
      const { scenarios } = run.model!.manifest;
      if (!chosen || (scenario !== null && !scenarios.some(({ name }) => name === scenario))) {
        scenario = scenarios[0]?.name ?? null;
        asked = undefined;
        chosen = scenario !== null;
      }
      prepared?.recording.close();
      prepared = prepare(run.model!, { mode, scenario, asked, seed, overrides, replayed: replay?.duration });
      twin = prepared.twin;
      twin.listen({ revised: (time) => (computed = Math.min(computed, time)) });
      computed = 0;
      spent = 0;
      replay?.restart();
      replayed = repeated = -Infinity;
      if (mode === 'live') run.epoch = wall();
      if (run.speed === undefined) run.speed = niceSpeed(twin.duration);
      anchor();
    },
    begin: () => {
      goal = undefined;
      work(0, {}, SLICE);
      anchor();
    },
    again: (until, limit) => {
      goal = { until };
      if (work(until, {}, limit)) goal = undefined;
      anchor();
    },
    resumed: () => {
      computed = twin!.time();
      anchor();
    },
    anchor,
    go: (until, then) => {
      goal = then === undefined ? { until } : { until, then };
    },
    step: (to) => {
      goal =
        to === 'step'
          ? { until: Math.min(run.end(), twin!.time() + twin!.outputPeriod) }
          : { until: run.end(), stopAt: { event: true } };
    },
    seek: (time) => {
      const current = twin!;
      goal = undefined;
      const target = Math.max(0, Math.min(time, run.end()));
      const back = target < current.time();
      if (back) {
        // Values set and samples offered are taken from the journal; nothing is told again.
        const isHeld = target >= current.heldFrom();
        current.rewind(target);
        if (!isHeld) {
          // What was measured so long ago is not held any more: it is replayed up to there.
          repeated = replayed;
          replay?.restart();
          replay?.take(current.time());
          goal = { until: target };
        }
      } else if (target > current.time()) goal = { until: target };
      anchor();
      return back;
    },
    isGoing: () => goal !== undefined,
    advance: () => {
      if (goal !== undefined) {
        const { until, stopAt = {}, then } = goal;
        if (!work(until, stopAt, SLICE)) return;
        goal = undefined;
        then?.();
        anchor();
      } else if (run.playing) {
        const rate = run.speed ?? Infinity;
        const target = Number.isFinite(rate)
          ? Math.min(run.end(), anchorTime + ((now() - anchorClock) / 1000) * rate)
          : run.end();
        // A machine that cannot keep up goes as fast as it can, and does not race to catch up later.
        if (target > twin!.time() && !work(target, {}, SLICE)) anchor();
        if (twin!.time() >= run.end()) run.playing = false;
      }
    },
    follow: () => {
      const target = (wall() - run.epoch) / 1000 - (options.lag ?? LAG);
      isBehind = target > twin!.time() && !work(target, {}, SLICE);
    },
    behind: () => (wall() - run.epoch) / 1000 - twin!.time(),
    moves: () =>
      twin !== undefined &&
      twin.trouble() === undefined &&
      (goal !== undefined || run.mode === 'live' || run.playing),
    isBusy: () =>
      goal !== undefined ||
      (run.mode === 'live' ? isBehind : run.playing && (run.speed === null || run.speed === Infinity)),
  };
  return run;
}
