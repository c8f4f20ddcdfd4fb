/** A search over runs of an experiment: points of the cube ↔ values of what is chosen, results of runs ↔ what is made best. */
import type { ManifestExperiment } from '../../contract/studies.ts';
import type { RunResult } from '../one-run.ts';
import { estimate } from '../statistics.ts';
import type { Estimate } from '../statistics.ts';
import { SEARCHES, violation } from './search.ts';
import type { Value } from './search.ts';

export interface Candidate {
  /** SI, one for each factor. */
  values: number[];
  /** Over the repetitions; in the sense of the goal, as reported. */
  objective: Estimate;
  /** Least margins over the repetitions, SI. */
  margins: number[];
  /** All constraints hold. */
  feasible: boolean;
  /** Of the first repetition that stopped early. */
  trouble?: string;
}

export interface SearchResult {
  best: Candidate;
  /** Of all candidates, in the order in which they were looked at. */
  history: Candidate[];
}

/** Values to run with; with `slopes` by the structure whose runs bring them. */
export type Wanted = number[][] & { readonly slopes?: true };

/** Of the objective, and of each margin, by each factor as shares of its range. */
export interface Slopes {
  objective: number[];
  margins: number[][];
}

/** Yields values to run with, `repeat` runs for each; is told the results in that order, or none where there are no slopes. `seen` hears of candidates as they come. */
export function* searchRuns(
  experiment: ManifestExperiment,
  defaults: readonly (number | undefined)[],
  seed: number,
  constraintCount: number,
  slopes: boolean,
  seen: (candidates: readonly Candidate[]) => void = () => undefined,
): Generator<Wanted, SearchResult, readonly (readonly RunResult[])[]> {
  const { factors, repeat, reports } = experiment;
  const { goal, method, runs } = experiment.search!;
  const ranges = factors.map(({ levels }) => ('low' in levels ? levels : { low: 0, high: 0 }));
  const valuesAt = (point: readonly number[]): number[] =>
    point.map((share, i) => {
      const { low, high } = ranges[i]!;
      const value = low + share * (high - low);
      return factors[i]!.base === 'integer'
        ? Math.min(Math.max(Math.round(value), Math.ceil(low)), Math.floor(high))
        : value;
    });
  const start = ranges.map(({ low, high }, i) => {
    const share = ((defaults[i] ?? (low + high) / 2) - low) / (high - low);
    return Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 0.5;
  });
  const sign = goal === 'maximise' ? -1 : 1;
  // Constraints of different quantities are added up in parts of what they were at the start.
  let scales: number[] | undefined;
  const history: Candidate[] = [];
  const scaleOf = (i: number): number => scales?.[i] ?? 1;
  const valueOf = ({ objective, margins }: Candidate): Value => ({
    objective: sign * objective.mean,
    margins: margins.map((margin, i) => margin / scaleOf(i)),
  });
  const sloped = (results: readonly RunResult[]): Value => {
    const found = slopesOf(results, reports.length, factors.length, constraintCount);
    if (found === undefined) return { objective: NaN, margins: [] };
    const { objective, margins } = found;
    const slopes = {
      objective: objective.map((value) => sign * value),
      margins: margins.map((row, i) => row.map((value) => value / scaleOf(i))),
    };
    return { objective: NaN, margins: [], slopes };
  };
  const search = SEARCHES[method]({ start, seed, most: Math.max(1, Math.floor(runs / repeat)), slopes });
  let step = search.next();
  const points: number[][] = [];
  while (step.done !== true) {
    const asked = step.value;
    if (asked.slopes) {
      const told = yield Object.assign(asked.map(valuesAt), { slopes: true as const });
      step = search.next(told.map(sloped));
      continue;
    }
    const told = yield asked.map(valuesAt);
    const candidates = asked.map((point, i): Candidate => {
      const results = told[i]!;
      const trouble = results.find((one) => one.trouble !== undefined)?.trouble;
      const margins = Array.from({ length: constraintCount }, (_, n) =>
        results.reduce((least, { values }) => Math.min(least, values[1 + n]!), Infinity),
      );
      // A run that stops early is no candidate, however the others did.
      const values = results.map((one) => (trouble === undefined ? one.values[0]! : NaN));
      points.push([...point]);
      return {
        values: valuesAt(point),
        objective: estimate(values, 0.95),
        margins,
        feasible: margins.every((margin) => margin >= 0),
        ...(trouble === undefined ? {} : { trouble }),
      };
    });
    scales ??= candidates[0]!.margins.map((margin) =>
      Number.isFinite(margin) && margin !== 0 ? Math.abs(margin) : 1,
    );
    history.push(...candidates);
    seen(candidates);
    step = search.next(candidates.map(valueOf));
  }
  const found = step.value.point;
  const at = points.findIndex((point) => point.every((x, i) => x === found[i]));
  const best = history[at]!;
  return {
    best: { ...best, feasible: best.feasible || violation(valueOf(best)) < 1e-6 },
    history,
  };
}

/** Of the mean objective, and of the least margin, over the repetitions; undefined where a run came without. */
export function slopesOf(
  results: readonly RunResult[],
  reports: number,
  factors: number,
  constraints: number,
): Slopes | undefined {
  if (results.length === 0 || results.some(({ trouble }) => trouble !== undefined)) return undefined;
  const of = ({ values }: RunResult, report: number): number[] =>
    values.slice(reports + report * factors, reports + (report + 1) * factors);
  const objective = Array.from(
    { length: factors },
    (_, at) => results.reduce((sum, one) => sum + (of(one, 0)[at] ?? NaN), 0) / results.length,
  );
  const margins = Array.from({ length: constraints }, (_, n) =>
    of(
      results.reduce((least, one) => (one.values[1 + n]! < least.values[1 + n]! ? one : least)),
      1 + n,
    ),
  );
  return [objective, ...margins].every((row) => row.length === factors && row.every(Number.isFinite))
    ? { objective, margins }
    : undefined;
}
