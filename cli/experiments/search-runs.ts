/** A search → runs of its candidates and, where gradients are exact, runs that bring the slopes. */
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
  const search = searchRuns(experiment, defaults, seed, constraints, gradients?.by === 'exact');
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
  let came = gradients;
  let step = search.next();
  while (step.done !== true) {
    const points = step.value;
    // Once a run with slopes has failed, none is tried again.
    const told =
      points.slopes !== true
        ? await runWith(0, points)
        : came?.by === 'exact'
          ? await runWith(1, points)
          : points.map(() => []);
    if (told === undefined) return undefined;
    const without =
      points.slopes === true && came?.by === 'exact'
        ? told.find((results) => !slopesOf(results, reports.length, factors.length, constraints))
        : undefined;
    if (without !== undefined) {
      const trouble = without.find((one) => one.trouble !== undefined)?.trouble;
      came = { by: 'differences', because: trouble ?? 'a slope has no value at a place that was looked at' };
    }
    step = search.next(told);
  }
  return { ...step.value, runs: count, ...(came === undefined ? {} : { gradients: came }) };
}
