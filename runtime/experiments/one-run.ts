/** One run of an experiment: a value for each thing reported. */
import type { Kernel } from '../contract/kernel.ts';
import type { Manifest } from '../contract/manifest.ts';
import type { ManifestExperiment, ManifestReport } from '../contract/studies.ts';
import type { KernelFactory } from '../load.ts';
import { count, elementAt } from '../contract/elements.ts';
import { elementName } from '../names.ts';
import { timeText } from '../trouble.ts';
import { createTwin } from '../twin.ts';
import type { Twin, TwinSettings } from '../twin.ts';
import { courseOf } from './course.ts';
import { slopeCourse } from './course-slopes.ts';

export interface Reported extends ManifestReport {
  /** With the element's number where the report spans an array. */
  name: string;
  instance: number;
  /** Names of its values from 0 on. */
  labels?: readonly string[];
}

/** Each `[*]` in a report makes one for every element. */
export const reportsOf = (manifest: Manifest, { reports }: ManifestExperiment): Reported[] =>
  reports.flatMap((report) => {
    const { dims, first, labels } = manifest.probes[report.probe]!;
    return Array.from({ length: count(dims) }, (_, instance) => ({
      ...report,
      name:
        dims.length === 0
          ? report.text
          : elementName(report.text.replaceAll('[*]', '[]'), dims, instance, first),
      instance,
      ...(labels === undefined || report.statistic !== 'end' ? {} : { labels }),
    }));
  });

export interface RunResult {
  /**
   * SI, in the order of `reportsOf`; NaN where there is none. Then, of each report with slopes, the derivatives by each factor, as
   * shares of its range.
   */
  values: number[];
  /** Why the run stopped early, in words; then no value counts. */
  trouble?: string;
}

/** A run to be made, as the arguments of `Runs.start`. */
export interface ReplicaRun {
  values: readonly number[];
  seed: number;
}

/** A run before its first instant, and what is said of it when it has come to its end. */
export interface StartedRun {
  twin: Twin;
  finish(): RunResult;
}

/** All runs of one experiment of a manifest. */
export interface Runs {
  /** What each of them reports. */
  reports: readonly Reported[];
  /**
   * Makes a run ready. `values` (SI): one for each factor, in their order; those of structural ones are in the artefact already. `seed` is
   * that of its random streams.
   */
  start(kernel: KernelFactory, values: readonly number[], seed: number): StartedRun;
  /** What such a run is to be, over what the manifest says. */
  settings(values: readonly number[]): TwinSettings;
  /** One run, to its end. */
  once(kernel: KernelFactory, values: readonly number[], seed: number): RunResult;
}

/** What its runs have in common is found here, as a short run takes no longer than that. */
export function runsOf(manifest: Manifest, experiment: ManifestExperiment): Runs {
  const { duration, warmup, scenario, method, outputPeriod } = experiment;
  const reports = reportsOf(manifest, experiment);
  const overrides = overridesOf(manifest, experiment);
  const common: TwinSettings = {
    duration,
    ...(warmup > 0 ? { warmUp: warmup } : {}),
    ...(method === undefined ? {} : { method }),
    ...(outputPeriod === undefined ? {} : { outputPeriod }),
    checkpoints: { keep: 'recent', limit: 0, interval: Infinity },
  };
  const settings: Runs['settings'] = (values) => ({ ...common, overrides: overrides(values) });
  const start: Runs['start'] = (kernel, values, seed) => {
    const twin = createTwin({
      manifest,
      kernel,
      seed,
      ...(scenario === undefined ? {} : { scenario }),
      settings: settings(values),
    });
    return { twin, finish: reporting(twin, reports, experiment) };
  };
  return {
    reports,
    start,
    settings,
    once: (kernel, values, seed) => {
      const { twin, finish } = start(kernel, values, seed);
      twin.advance(duration);
      return finish();
    },
  };
}

/** Looks at what is reported, where it goes over the whole run; returns what is to be said of it at its end. */
function reporting(
  twin: Twin,
  reports: readonly Reported[],
  { warmup, factors }: ManifestExperiment,
): () => RunResult {
  const courses = reports.map(({ statistic, level }) =>
    statistic === 'end' ? undefined : courseOf(statistic, level),
  );
  const slopes = slopesOf(twin, reports, factors.length);
  /** Which report was no number first, and when. */
  let untold: readonly [report: number, time: number] | undefined;
  if (courses.some((course) => course !== undefined)) {
    if (warmup > 0) twin.observeAt([warmup]);
    twin.listen({
      accepted: (time) => {
        if (time < warmup) return;
        reports.forEach(({ probe, margin, doubt, instance }, n) => {
          if (courses[n] && doubt !== undefined && twin.probe(doubt, instance) !== 0) untold ??= [n, time];
          const by = margin === undefined ? NaN : twin.probe(margin, instance);
          courses[n]?.see(time, twin.probe(probe, instance), by);
        });
        slopes.see(time);
      },
    });
  }
  return () => {
    const trouble = twin.trouble();
    if (trouble !== undefined)
      return { values: reports.map(() => NaN), trouble: `${trouble.code}: ${trouble.message}` };
    reports.forEach(({ doubt, instance }, n) => {
      if (!courses[n] && doubt !== undefined && twin.probe(doubt, instance) !== 0)
        untold ??= [n, twin.time()];
    });
    if (untold !== undefined)
      return { values: reports.map(() => NaN), trouble: noNumber(reports[untold[0]]!, untold[1]) };
    return {
      values: [
        ...reports.map(({ probe, instance }, n) => courses[n]?.result() ?? twin.probe(probe, instance)),
        ...slopes.result(),
      ],
    };
  };
}

function noNumber({ name, base, statistic }: Reported, time: number): string {
  const isCondition = base === 'boolean' || ['share', 'time', 'count'].includes(statistic);
  const [code, what] = isCondition ? ['PX9053', 'cannot be told'] : ['PX9003', 'is not a number'];
  return (
    `${code}: what is reported, ${name}, ${what} at t = ${timeText(time)}. ` +
    'Look for a division by zero, or a root or logarithm of a negative number, in it.'
  );
}

/** Derivatives of what is reported, where the artefact has them. */
function slopesOf(
  twin: Twin,
  reports: readonly Reported[],
  directions: number,
): { see(time: number): void; result(): number[] } {
  const own = reports.flatMap(({ probe, slopes, statistic, level }) => {
    if (slopes === undefined) return [];
    const all = (id: number): number[] => Array.from({ length: directions }, (_, at) => twin.probe(id, at));
    const now = (): number[] => all(slopes.probe);
    if (statistic === 'end') return [{ see: () => undefined, result: now }];
    if (statistic === 'share' || statistic === 'time' || statistic === 'count') return [];
    const course = slopeCourse(statistic, level, directions);
    const { rate, shift } = slopes;
    const see = (time: number): void =>
      course.see(time, twin.probe(probe, 0), now(), {
        rate: rate === undefined ? 0 : twin.probe(rate, 0),
        shift: shift === undefined ? undefined : all(shift),
      });
    return [{ see, result: course.result }];
  });
  return {
    see: (time) => own.forEach(({ see }) => see(time)),
    result: () => own.flatMap(({ result }) => result()),
  };
}

/** One run of an experiment, to its end; see `runsOf`. */
export const runOnce = (
  manifest: Manifest,
  kernel: KernelFactory,
  experiment: ManifestExperiment,
  values: readonly number[],
  seed: number,
): RunResult => runsOf(manifest, experiment).once(kernel, values, seed);

/** Values → the experiment's own settings, then what it varies. */
function overridesOf(
  manifest: Manifest,
  { settings, factors }: ManifestExperiment,
): (values: readonly number[]) => NonNullable<TwinSettings['overrides']> {
  /** `factor`: by which it has its value, which is its own else. */
  const of = (
    { variable, index }: { variable: number; index?: readonly number[] },
    value: number,
    factor?: number,
  ): { variable: number; element: number; value: number; factor: number | undefined }[] => {
    const { dims } = manifest.variables[variable]!;
    if (index !== undefined) return [{ variable, element: elementAt(dims, index), value, factor }];
    return Array.from({ length: count(dims) }, (_, element) => ({ variable, element, value, factor }));
  };
  const all = [
    ...settings.flatMap((setting) => of(setting, setting.value)),
    ...factors.flatMap(({ targets }, factor) => targets.flatMap((target) => of(target, NaN, factor))),
  ];
  return (values) =>
    all.map(({ variable, element, value, factor }) => ({
      variable,
      element,
      value: factor === undefined ? value : values[factor]!,
    }));
}

/** What factors are without the experiment, SI; undefined where elements differ. */
export function defaultsOf(
  manifest: Manifest,
  kernel: KernelFactory,
  experiment: ManifestExperiment,
): (number | undefined)[] {
  const { scenario, factors } = experiment;
  const overrides = overridesOf(manifest, { ...experiment, factors: [] })([]);
  const twin = createTwin({
    manifest,
    kernel,
    ...(scenario === undefined ? {} : { scenario }),
    settings: { duration: 0, overrides },
  });
  return factors.map(({ structural, targets, default: own }) => {
    if (structural) return own;
    const found = targets.flatMap(({ variable, index }) => {
      const { dims, address } = manifest.variables[variable]!;
      const elements = index === undefined ? [...Array(count(dims)).keys()] : [elementAt(dims, index)];
      return elements.map((element) => twin.value(address + 8 * element)!);
    });
    return found.every((value) => value === found[0]) ? found[0] : undefined;
  });
}

/** One kernel for many runs, put back to how it was made before each: cheaper than a new one. One run at a time. */
export function reusing(factory: KernelFactory): KernelFactory {
  let kernel: Kernel | undefined;
  let fresh: Uint8Array | undefined;
  let used: Uint8Array | undefined;
  return () => {
    if (kernel === undefined) {
      kernel = factory();
      // The last page is beyond all that is laid out.
      used = new Uint8Array(kernel.memory, 0, kernel.used ?? kernel.memory.byteLength - 65536);
      fresh = used.slice();
    } else used!.set(fresh!);
    return kernel;
  };
}
