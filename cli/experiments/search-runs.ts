/** A search → runs of its candidates; with exact gradients, where there are any, each run brings the slopes with it. */
import type { ManifestExperiment } from '../../runtime/contract/manifest.ts';
import { seedOf } from '../../runtime/experiments/design.ts';
import type { RunResult } from '../../runtime/experiments/one-run.ts';
import { searchRuns, slopesOf } from '../../runtime/experiments/search/by-runs.ts';
import type { SearchResult } from '../../runtime/experiments/search/by-runs.ts';
import type { Run } from './pool.ts';

export type RunAll = (runs: readonly Run[]) => Promise<(RunResult | undefined)[]>;

/** How a search by gradient came to its gradients. */
export type GradientsCame = { by: 'exact' } | { by: 'differences'; because: string };

export interface Searched extends SearchResult {
  gradients?: GradientsCame;
  /** Repetitions included. */
  runs: number;
}

/** Candidate by candidate, as the search asks for them; undefined when it was stopped. Structure 1 is that with slopes. */
export async function runSearch(
  experiment: ManifestExperiment,
  seed: number,
  defaults: readonly (number | undefined)[],
  gradients: GradientsCame | undefined,
  runAll: RunAll,
): Promise<Searched | undefined> {
  const { repeat, reports, factors, search: wanted } = experiment;
  const constraints = wanted!.constraints;
  const search = searchRuns(experiment, defaults, seed, constraints);
  let count = 0;
  const runWith = async (
    structure: number,
    points: readonly number[][],
  ): Promise<RunResult[][] | undefined> => {
    const results = await runAll(
      points.flatMap((values) =>
        Array.from({ length: repeat }, (_, repetition) => ({
          run: count++,
          structure,
          values,
          seed: seedOf(seed, repetition),
        })),
      ),
    );
    if (!results.every((result) => result !== undefined)) return undefined;
    return points.map((_, at) => results.slice(at * repeat, (at + 1) * repeat));
  };
  const hasSlopes = (results: readonly RunResult[]): boolean =>
    slopesOf(results, reports.length, factors.length, constraints) !== undefined;
  const hasValues = (results: readonly RunResult[]): boolean =>
    results.every(({ values }) => values.slice(0, 1 + constraints).every(Number.isFinite));
  let came = gradients;
  let step = search.next();
  while (step.done !== true) {
    const points = step.value;
    let told = await runWith(came?.by === 'exact' ? 1 : 0, points);
    if (told !== undefined && came?.by === 'exact' && !told.every(hasSlopes)) {
      const without = told.findIndex((results) => !hasSlopes(results));
      const trouble = told[without]!.find((one) => one.trouble !== undefined)?.trouble;
      told = await runWith(0, points);
      if (told !== undefined && hasValues(told[without]!))
        came = {
          by: 'differences',
          because: trouble ?? 'a slope has no value at a place that was looked at',
        };
    }
    if (told === undefined) return undefined;
    step = search.next(told);
  }
  return { ...step.value, runs: count, ...(came === undefined ? {} : { gradients: came }) };
}
