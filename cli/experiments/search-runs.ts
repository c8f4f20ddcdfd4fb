/** A search → runs of its candidates and, where gradients are exact, runs that bring the slopes. */
import type { ManifestExperiment } from '../../runtime/contract/studies.ts';
import { seedOf } from '../../runtime/experiments/design.ts';
import type { RunResult } from '../../runtime/experiments/one-run.ts';
import { searchRuns, slopesOf } from '../../runtime/experiments/search/by-runs.ts';
import type { Candidate, SearchResult } from '../../runtime/experiments/search/by-runs.ts';
import type { Run } from './pool.ts';

/** Both runs differ by the errors of their steps, which are less than this share of the largest value. */
const ALIKE = 0.01;

export type RunAll = (runs: readonly Run[]) => Promise<(RunResult | undefined)[]>;

/** How a search by gradient came to its gradients. */
export type GradientsCame = { by: 'exact' } | { by: 'differences'; because: string };

export interface Searched extends SearchResult {
  gradients?: GradientsCame;
  /** Repetitions included. */
  runs: number;
}

/** Candidate by candidate, as the search asks for them; undefined when it was stopped. Structure 1 is that with slopes. `told` hears of candidates as they have been looked at. */
export async function runSearch(
  experiment: ManifestExperiment,
  seed: number,
  defaults: readonly (number | undefined)[],
  gradients: GradientsCame | undefined,
  runAll: RunAll,
  told: (candidates: readonly Candidate[]) => void = () => undefined,
): Promise<Searched | undefined> {
  const { repeat, search: wanted } = experiment;
  const constraints = wanted!.constraints;
  const search = searchRuns(experiment, defaults, seed, constraints, gradients?.by === 'exact', told);
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
  /** Of runs without slopes: by values of what is chosen. */
  const before = new Map<string, readonly RunResult[]>();
  /** The largest of each report so far. */
  const sizes: number[] = [];
  let step = search.next();
  while (step.done !== true) {
    const points = step.value;
    const isExact = came?.by === 'exact';
    // Once a run with slopes has failed, none is tried again.
    const found =
      points.slopes !== true
        ? await runWith(0, points)
        : isExact
          ? await runWith(1, points)
          : points.map(() => []);
    if (found === undefined) return undefined;
    if (points.slopes !== true && isExact)
      points.forEach((point, at) => {
        before.set(String(point), found[at]!);
        for (const { values } of found[at]!)
          for (const [report, value] of values.entries())
            if (Number.isFinite(value)) sizes[report] = Math.max(sizes[report] ?? 0, Math.abs(value));
      });
    if (points.slopes === true && isExact) {
      const because = points
        .map((point, at) => whyNot(found[at]!, before.get(String(point)) ?? [], sizes, experiment))
        .find((one) => one !== undefined);
      if (because !== undefined) {
        came = { by: 'differences', because };
        found.fill([]);
      }
    }
    step = search.next(found);
  }
  return { ...step.value, runs: count, ...(came === undefined ? {} : { gradients: came }) };
}

/** In words, what is wrong with runs with slopes; `plain` are those without, of the same values. */
function whyNot(
  results: readonly RunResult[],
  plain: readonly RunResult[],
  sizes: readonly number[],
  { reports, factors, search }: ManifestExperiment,
): string | undefined {
  const trouble = results.find((one) => one.trouble !== undefined)?.trouble;
  if (trouble?.startsWith('PX9002') === true)
    return 'two events that move with what is chosen come at one time';
  if (trouble?.includes('event shift') === true) return 'a value only touches what it is compared with';
  // What the compiler made by itself has no name in the text.
  if (trouble !== undefined)
    return `the run with slopes stopped: ${trouble.replaceAll(/\bswitch \d+(?: \[[^\]]*\])?/g, 'a condition')}`;
  const constraints = search!.constraints;
  if (slopesOf(results, reports.length, factors.length, constraints) === undefined)
    return 'a slope has no value at a place that was looked at';
  // Slopes of another course would be of no use, however exact.
  const isOther = plain.some(({ values }, at) =>
    values
      .slice(0, 1 + constraints)
      .some((value, report) => Math.abs(results[at]!.values[report]! - value) > ALIKE * sizes[report]!),
  );
  return isOther ? 'the run with slopes goes another way' : undefined;
}
