/** Model, mode, scenario and settings → a twin at time 0 with what a session needs to know of it. */
import type { Manifest } from '../../runtime/contract/manifest.ts';
import type { KernelFactory } from '../../runtime/load.ts';
import { record } from '../../runtime/recording.ts';
import type { Recording } from '../../runtime/recording.ts';
import { findElement } from '../../runtime/lookup.ts';
import { createTwin } from '../../runtime/twin.ts';
import type { Twin } from '../../runtime/twin.ts';
import type { Mode } from '../../preview/protocol.ts';
import { parametersOf } from './hello.ts';
import { sessionSeries } from './series.ts';
import type { SessionSeries } from './series.ts';

export interface SessionModel {
  manifest: Manifest;
  kernel: KernelFactory;
}

export interface Wanted {
  mode: Mode;
  /** null: none. */
  scenario: string | null;
  /** s; how long the run is to be, where that is not the scenario's. */
  asked: number | undefined;
  seed: number | undefined;
  /** SI, by element name; those that fit no variable are passed over. */
  overrides: ReadonlyMap<string, number>;
  /** s; length of the recording that is replayed. */
  replayed: number | undefined;
}

export interface Prepared {
  twin: Twin;
  series: SessionSeries[];
  byId: Map<string, SessionSeries>;
  recording: Recording;
  /** Values of parameters and inputs as the text and the scenario have them, by id. */
  initial: Map<string, number>;
}

/** s; length of a run that has no scenario. */
export const UNPLANNED = 3600;
/** Numbers that a recording may hold. */
const RECORDED = 4e6;

export function prepare({ manifest, kernel }: SessionModel, wanted: Wanted): Prepared {
  const { mode, seed, overrides, replayed } = wanted;
  const scenario = mode === 'live' ? null : wanted.scenario;
  const planned =
    wanted.asked ?? manifest.scenarios.find(({ name }) => name === scenario)?.duration ?? UNPLANNED;
  const duration = mode === 'live' ? Infinity : mode === 'replay' ? (replayed ?? planned) : planned;
  const given = [...overrides].flatMap(([id, value]) => {
    const place = findElement(manifest, id);
    return place === undefined ? [] : [{ ...place, value }];
  });
  const make = (values: typeof given): Twin =>
    createTwin({
      manifest,
      kernel,
      ...(scenario === null ? {} : { scenario }),
      ...(seed === undefined ? {} : { seed }),
      settings: {
        duration,
        overrides: values,
        offered: mode === 'simulate' ? 'none' : 'all',
        // A recording is replayed from its start where one goes back further than is held of it.
        ...(mode === 'replay' ? { checkpoints: { again: true as const } } : {}),
        ...(mode === 'live' ? { checkpoints: { interval: 5, limit: 240, keep: 'recent' as const } } : {}),
      },
    });
  const twin = make(given);
  const plain = given.length === 0 ? twin : make([]);
  const series = sessionSeries(manifest);
  return {
    twin,
    series,
    byId: new Map(series.map((one) => [one.id, one])),
    recording: record(twin, series, {
      rows: Math.max(500, Math.min(20_000, Math.floor(RECORDED / Math.max(series.length, 1)))),
      full: mode === 'live' ? 'ring' : 'thin',
    }),
    initial: new Map(parametersOf(plain, new Map()).map(({ id, value }) => [id, value])),
  };
}

const SPEEDS = [1, 2, 5, 10, 20, 60, 120, 300, 600, 1200, 3600, 7200, 21_600, 86_400, 604_800];

/** The speed at which a run takes about half a minute; 1 for what is shorter or has no end. */
export const niceSpeed = (duration: number): number =>
  Number.isFinite(duration) ? (SPEEDS.find((each) => duration / each <= 40) ?? SPEEDS.at(-1)!) : 1;
