/**
 * Results of all runs → what an experiment says: an estimate for each variant and report, and how it differs from the base. A variant is summed up
 * when it is asked for, from wherever the results are kept.
 */
import type { ManifestExperiment } from '../contract/studies.ts';
import type { Design } from './design.ts';
import type { Reported, RunResult } from './one-run.ts';
import { estimating } from './statistics.ts';
import type { Estimate, Estimating } from './statistics.ts';

/** What all runs have ended with. */
export interface RunResults {
  /** Puts what a run reported into an array, SI in the order of the reports; NaN where there is none, and for a run that stopped early. */
  read(run: number, into: Float64Array): void;
  /** How many runs of a variant stopped early, and why the first of them did. */
  stopped(variant: number): { count: number; trouble?: string };
}

export interface Summary {
  /** How many variants there are. */
  count: number;
  variant(at: number): VariantSummary;
  /** Of one report the means of all variants. */
  means(report: number): Float64Array;
  /** The variant that others are compared with: that of the model's own values, else the first. */
  base: number;
  baseIsModel: boolean;
}
export interface VariantSummary {
  values: number[];
  /** Runs that stopped early. */
  failed: number;
  /** Why the first of them did. */
  trouble?: string;
  reports: (Estimate & { difference?: Estimate; names?: NameCount[] })[];
}

/** How many of the runs ended with a name, the most frequent first. */
export interface NameCount {
  name: string;
  count: number;
}

/**
 * Results by run, variant after variant → what is told of each. `defaults`: what factors (SI) are in the model as written, undefined where
 * elements differ.
 */
export function summarise(
  design: Design,
  factors: ManifestExperiment['factors'],
  defaults: readonly (number | undefined)[],
  reports: readonly Reported[],
  results: RunResults,
): Summary {
  const { repeat, count } = design;
  const own = ownAmong(design.variants(), defaults);
  const base = Math.max(own, 0);
  const [values, others] = [new Float64Array(reports.length), new Float64Array(reports.length)];
  /** What is told of a report's value in each run of a variant, and of what it differs by from the base. */
  const pass = (
    variant: number,
    isCompared: boolean,
    tell: (report: number, value: number, difference: number) => void,
  ): void => {
    for (let repetition = 0; repetition < repeat; repetition += 1) {
      results.read(variant * repeat + repetition, values);
      if (isCompared) results.read(base * repeat + repetition, others);
      for (let report = 0; report < reports.length; report += 1)
        tell(report, values[report]!, values[report]! - others[report]!);
    }
  };
  return {
    count,
    base,
    baseIsModel: own >= 0 && factors.length > 0,
    variant: (variant) => {
      const found = reports.map(({ confidence }) => estimating(confidence));
      const isCompared = variant !== base && repeat >= 2;
      const differences = reports.map(({ confidence, labels }): Estimating | undefined =>
        isCompared && labels === undefined ? estimating(confidence) : undefined,
      );
      const names = reports.map(({ labels }) => labels && new Float64Array(labels.length));
      pass(variant, isCompared, (report, value, difference) => {
        found[report]!.first(value);
        differences[report]?.first(difference);
        const counts = names[report];
        if (counts !== undefined && value in counts) counts[value]! += 1;
      });
      pass(variant, isCompared, (report, value, difference) => {
        found[report]!.second(value);
        differences[report]?.second(difference);
      });
      const stopped = results.stopped(variant);
      return {
        values: design.variant(variant),
        failed: stopped.count,
        ...(stopped.trouble === undefined ? {} : { trouble: stopped.trouble }),
        reports: reports.map(({ labels }, report) => {
          const counts = names[report];
          const difference = differences[report]?.result();
          return {
            ...found[report]!.result(),
            ...(labels === undefined || counts === undefined ? {} : { names: namesAmong(counts, labels) }),
            ...(difference === undefined ? {} : { difference }),
          };
        }),
      };
    },
    means: (report) => {
      const { confidence } = reports[report]!;
      return Float64Array.from({ length: count }, (_, variant) => {
        const mean = estimating(confidence);
        pass(variant, false, (at, value) => {
          if (at === report) mean.first(value);
        });
        return mean.mean();
      });
    },
  };
}

/** Results in the order of the runs, all of them at hand. */
export function resultsAmong(results: readonly RunResult[], repeat: number): RunResults {
  return {
    read: (run, into) => into.set(results[run]!.values),
    stopped: (variant) => {
      const own = results.slice(variant * repeat, (variant + 1) * repeat);
      const troubles = own.flatMap(({ trouble }) => trouble ?? []);
      return { count: troubles.length, ...(troubles[0] === undefined ? {} : { trouble: troubles[0] }) };
    },
  };
}

function ownAmong(variants: Iterable<readonly number[]>, defaults: readonly (number | undefined)[]): number {
  let at = 0;
  for (const values of variants) {
    if (values.every((value, n) => close(value, defaults[n]))) return at;
    at += 1;
  }
  return -1;
}

function namesAmong(counts: Float64Array, labels: readonly string[]): NameCount[] {
  return labels
    .map((label, at) => ({ name: label || 'none', count: counts[at]! }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count);
}

const close = (a: number, b: number | undefined): boolean =>
  b !== undefined && Math.abs(a - b) <= 1e-12 * Math.max(Math.abs(a), Math.abs(b));
