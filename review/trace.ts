/** A run of a version → what one can see of it: signals on a grid of times, events, results of tests. */
import type { Manifest, Unit } from '../runtime/contract/manifest.ts';
import type { ManifestTest } from '../runtime/contract/studies.ts';
import type { RunEvent } from '../runtime/describe.ts';
import type { KernelFactory } from '../runtime/load.ts';
import { elementNames } from '../runtime/names.ts';
import { record, type Series } from '../runtime/recording.ts';
import { runTest } from '../runtime/run-test.ts';
import type { RequirementResult } from '../runtime/requirements.ts';
import type { Trouble } from '../runtime/trouble.ts';
import { createTwin } from '../runtime/twin.ts';
import type { Twin } from '../runtime/twin.ts';

export interface Signal {
  /** `pump[2].temperature` */
  name: string;
  unit: Unit;
  base: 'number' | 'integer' | 'boolean';
  /** What values are called: the names of modes. */
  labels?: readonly string[];
  /** SI bounds that the text declares. */
  low?: number;
  high?: number;
  /** Written by the modeller, or the measured value of a sensor. */
  sensor: boolean;
  times: Float64Array;
  /** SI, as many as times. Two of the same time are the two sides of a jump. */
  values: Float64Array;
}

export interface Happened extends Pick<RunEvent, 'name' | 'severity' | 'kind'> {
  /** s, ascending. */
  times: number[];
}

export interface Trace {
  scenario: string;
  /** s */
  duration: number;
  signals: Map<string, Signal>;
  /** What rules, alarms and events told, by kind and name; an alarm that clears is told by the one that it raised. */
  happened: Map<string, Happened>;
  trouble?: Trouble;
  /** Of the committed state at the end: equal runs have equal hashes. */
  hash: string;
  /** Rows × signals is limited: what did not fit. */
  leftOut: number;
}

export interface TraceSettings {
  /** s between rows; both versions must have the same. */
  outputPeriod?: number;
  duration?: number;
  seed?: number;
  /** s, ascending: moments that are looked at besides. */
  also?: readonly number[];
}

const MOST_SIGNALS = 400;
const MOST_ROWS = 5000;

/** Runs a scenario, by its position in the manifest, to its end or to where it stops; what was seen of it, SI. */
export function traceScenario(
  manifest: Manifest,
  kernel: KernelFactory,
  scenario: number,
  settings: TraceSettings = {},
): Trace {
  const { seed, also, ...rest } = settings;
  const twin = createTwin({
    manifest,
    kernel,
    scenario,
    ...(seed === undefined ? {} : { seed }),
    settings: { ...rest, checkpoints: { keep: 'recent', limit: 2 } },
  });
  const finish = observe(twin, manifest.scenarios[scenario]!.name, also);
  twin.advance(twin.duration);
  return finish();
}

type Column = Series & Omit<Signal, 'times' | 'values'>;

/** Everything that can be seen: what is measured first, then what has a name; parameters do not move. */
export function columnsOf(manifest: Manifest): Column[] {
  const columns: Column[] = [];
  const seen = new Set<number>();
  const add = (variable: number, name: string, sensor: boolean): void => {
    const { dims, address, unit, base, labels, low, high } = manifest.variables[variable]!;
    elementNames(name, dims).forEach((id, element) =>
      columns.push({
        id,
        name: id,
        unit,
        base,
        ...(labels === undefined ? {} : { labels }),
        ...(low === undefined ? {} : { low }),
        ...(high === undefined ? {} : { high }),
        sensor,
        read: ({ machine }) => machine.numbers[address / 8 + element]!,
      }),
    );
    seen.add(variable);
  };
  for (const { name, measured } of manifest.sensors)
    if (manifest.variables[measured]!.private !== true) add(measured, name, true);
  manifest.variables.forEach(({ name, visible, role }, variable) => {
    if (visible && role !== 'parameter' && !seen.has(variable)) add(variable, name, false);
  });
  return columns;
}

/** Listens to a twin that is about to run; what it returns says what was seen. */
export function observe(twin: Twin, name: string, also: readonly number[] = []): () => Trace {
  const all = columnsOf(twin.manifest);
  const kept = all.slice(0, MOST_SIGNALS);
  const recording = record(twin, kept, { rows: MOST_ROWS });
  const besides = lookAt(twin, kept, also);
  const happened = new Map<string, Happened>();
  twin.listen({
    event: ({ kind, name: own, severity, time, alarm }) => {
      if (kind === 'trouble' || kind === 'command' || alarm?.active === false) return;
      const key = `${kind} ${own}`;
      const known = happened.get(key);
      if (known === undefined) happened.set(key, { name: own, severity, kind, times: [time] });
      else known.times.push(time);
    },
  });
  return () => {
    const trouble = twin.trouble();
    const rows = recording.times();
    const merge = besides.among(rows);
    const times = merge(rows, besides.times);
    return {
      scenario: name,
      duration: twin.duration,
      signals: new Map(
        kept.map(({ id, read: _, ...signal }, at) => [
          id,
          { ...signal, times, values: merge(recording.column(id)!, besides.columns[at]!) },
        ]),
      ),
      happened,
      ...(trouble === undefined ? {} : { trouble }),
      hash: twin.hash(),
      leftOut: all.length - kept.length,
    };
  };
}

interface Besides {
  times: readonly number[];
  /** As many as there are series. */
  columns: readonly (readonly number[])[];
  /** How these go among rows at other times. */
  among(rows: Float64Array): (rows: Float64Array, besides: readonly number[]) => Float64Array;
}

/** What is seen at some moments, on both sides of what happens there. */
function lookAt(twin: Twin, series: readonly Series[], moments: readonly number[]): Besides {
  const times: number[] = [];
  const columns = series.map((): number[] => []);
  if (moments.length > 0) {
    const wanted = new Set(moments);
    twin.observeAt(moments);
    twin.listen({
      accepted: (time) => {
        if (!wanted.has(time)) return;
        times.push(time);
        series.forEach(({ read }, at) => columns[at]!.push(read(twin)));
      },
      revised: (time, including) => {
        while (times.length > 0 && (times.at(-1)! > time || (including && times.at(-1) === time))) {
          times.pop();
          for (const column of columns) column.pop();
        }
      },
    });
  }
  return {
    times,
    columns,
    among: (rows) => {
      if (times.length === 0) return (own) => own;
      const known = new Set(rows);
      const fresh = times.flatMap((time, at) => (known.has(time) ? [] : [at]));
      const order = [
        ...Array.from(rows, (time, at) => ({ time, at, own: true })),
        ...fresh.map((at) => ({ time: times[at]!, at, own: false })),
      ].toSorted((a, b) => a.time - b.time);
      return (own, besides) => Float64Array.from(order, (each) => (each.own ? own : besides)[each.at]!);
    },
  };
}

export interface TestOutcome {
  name: string;
  scenario: string;
  holds: boolean;
  requirements: RequirementResult[];
  trouble?: Trouble;
}

/** One that stops early does not hold, and says why. */
export function outcomeOfTest(manifest: Manifest, kernel: KernelFactory, test: ManifestTest): TestOutcome {
  const { name, scenario, holds, requirements, trouble } = runTest(manifest, kernel, test);
  return { name, scenario, holds, requirements, ...(trouble === undefined ? {} : { trouble }) };
}
