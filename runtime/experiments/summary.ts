/** Results of all runs → what an experiment says: an estimate for each variant and report, and how it differs from the base. */
import type { ManifestExperiment } from '../contract/studies.ts';
import type { Design } from './design.ts';
import type { Reported, RunResult } from './one-run.ts';
import { estimate, paired } from './statistics.ts';
import type { Estimate } from './statistics.ts';

export interface Summary {
  variants: VariantSummary[];
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

/** `results` in the order of the runs. */
export function summarise(
  { repeat, variants }: Design,
  factors: ManifestExperiment['factors'],
  defaults: readonly (number | undefined)[],
  reports: readonly Reported[],
  results: readonly RunResult[],
): Summary {
  const own = variants.findIndex((values) => values.every((value, at) => close(value, defaults[at])));
  const base = Math.max(own, 0);
  const of = (variant: number, report: number): number[] =>
    results.slice(variant * repeat, (variant + 1) * repeat).map(({ values }) => values[report]!);
  return {
    base,
    baseIsModel: own >= 0 && factors.length > 0,
    variants: variants.map((values, variant) => {
      const runs = results.slice(variant * repeat, (variant + 1) * repeat);
      const troubles = runs.flatMap(({ trouble }) => trouble ?? []);
      return {
        values,
        failed: troubles.length,
        ...(troubles[0] === undefined ? {} : { trouble: troubles[0] }),
        reports: reports.map(({ confidence, labels }, report) => ({
          ...estimate(of(variant, report), confidence),
          ...(labels === undefined ? {} : { names: namesAmong(of(variant, report), labels) }),
          ...(variant === base || repeat < 2 || labels !== undefined
            ? {}
            : { difference: paired(of(variant, report), of(base, report), confidence) }),
        })),
      };
    }),
  };
}

function namesAmong(values: readonly number[], labels: readonly string[]): NameCount[] {
  return labels
    .map((label, at) => ({ name: label || 'none', count: values.filter((value) => value === at).length }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count);
}

const close = (a: number, b: number | undefined): boolean =>
  b !== undefined && Math.abs(a - b) <= 1e-12 * Math.max(Math.abs(a), Math.abs(b));
