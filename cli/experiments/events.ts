/** What an experiment comes to while it runs, a line of JSON for each step, for whoever shows it: `preview/study/protocol.ts`. */
import type {
  ExperimentPlan,
  Factor,
  MaybeNumber,
  Report,
  Row,
  SearchCandidate,
  StudyEvent,
} from '../../preview/study/protocol.ts';
import type { Manifest, Unit } from '../../runtime/contract/manifest.ts';
import type { ManifestExperiment, ManifestFactor } from '../../runtime/contract/studies.ts';
import { count, elementAt } from '../../runtime/contract/elements.ts';
import type { Design } from '../../runtime/experiments/design.ts';
import type { Reported, RunResult } from '../../runtime/experiments/one-run.ts';
import { rankCorrelation } from '../../runtime/experiments/rank-correlation.ts';
import type { Candidate } from '../../runtime/experiments/search/by-runs.ts';
import type { Summary } from '../../runtime/experiments/summary.ts';
import { elementName } from '../../runtime/names.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { KeptResults } from './kept-results.ts';
import { betterOf, inUnit } from './report.ts';

/** ms between two tellings, and how much of the time telling may take. */
const PERIOD = 150;
const SHARE = 0.2;
/** What a page can hold and draw; of more there are the table's first rows, and means. */
const MOST_ROWS = 20_000;
const MOST_NUMBERS = 400_000;
/** Rows and runs in a line. */
const LINE = 500;

export const finite = (value: number): MaybeNumber => (Number.isFinite(value) ? value : null);
export const shown = (value: number, unit: Unit): MaybeNumber => finite(inUnit(value, unit));

export const writer =
  (terminal: Terminal) =>
  (event: StudyEvent): void =>
    terminal.out(`${JSON.stringify(event)}\n`);

/** Everything about a result goes beside the lines, and not among them. */
export const aside = (terminal: Terminal): Terminal => ({
  ...terminal,
  out: (text) => terminal.err(text),
  interactive: false,
});

export interface Planned {
  manifest: Manifest;
  experiment: ManifestExperiment;
  design: Design;
  reports: readonly Reported[];
  defaults: readonly (number | undefined)[];
  root: string;
}

/** What is told of an experiment. */
export interface ExperimentTold {
  /** A batch of runs has been put among the results. */
  came(batch: readonly { run: number; result: RunResult }[], finished: number): void;
  candidates(found: readonly Candidate[]): void;
  gradients(text: string): void;
  end(how: 'done' | 'stopped', text?: string): void;
}

/** s since it is made. */
export function stopwatch(): () => number {
  const started = performance.now();
  return () => (performance.now() - started) / 1000;
}

/** `summary` is asked while results still come; `kept`: how many runs were done before. */
export function tellExperiment(
  planned: Planned,
  { results, summary, kept }: { results: KeptResults; summary: Summary; kept: number },
  write: (event: StudyEvent) => void,
  seconds: () => MaybeNumber = stopwatch(),
): ExperimentTold {
  const { experiment, design, reports } = planned;
  const plan = planOf(planned, summary);
  write({ type: 'plan', plan });
  const isSearch = experiment.search !== undefined;
  const touched = new Set<number>();
  const waiting: MaybeNumber[][] = [];
  const numbers = new Float64Array(reports.length);
  let finished = kept;
  let next = 0;
  const note = (run: number): void => {
    const variant = Math.floor(run / design.repeat);
    if (variant < MOST_ROWS) touched.add(variant);
    if (!plan.tellsRuns) return;
    results.read(run, numbers);
    waiting.push([
      run,
      ...reports.map(({ unit, labels }, at) =>
        labels === undefined ? shown(numbers[at]!, unit) : finite(numbers[at]!),
      ),
    ]);
  };
  if (kept > 0 && !isSearch) for (let run = 0; run < results.count; run += 1) if (results.has(run)) note(run);
  const flush = (): void => {
    const begun = performance.now();
    write({ type: 'progress', finished, failed: results.failed, kept, seconds: seconds() });
    const variants = [...touched].sort((a, b) => a - b);
    touched.clear();
    for (let at = 0; at < variants.length; at += LINE)
      write({
        type: 'rows',
        rows: variants.slice(at, at + LINE).map((variant) => rowOf(variant, summary, experiment, reports)),
      });
    while (waiting.length > 0) write({ type: 'runs', runs: waiting.splice(0, LINE) });
    const now = performance.now();
    next = now + Math.max(PERIOD, (now - begun) / SHARE);
  };
  flush();
  let best = NaN;
  return {
    came: (batch, count) => {
      finished = kept + count;
      if (!isSearch) for (const { run } of batch) note(run);
      if (performance.now() >= next) flush();
    },
    candidates: (found) =>
      write({
        type: 'candidates',
        candidates: found.map(({ values, objective, margins, feasible, trouble }): SearchCandidate => {
          if (feasible) best = betterOf(experiment, best, objective.mean);
          return {
            values: values.map((value, at) => inUnit(value, experiment.factors[at]!.unit)),
            objective: shown(objective.mean, reports[0]!.unit),
            half: finite(objective.half / reports[0]!.unit.factor),
            margins: margins.map((margin, at) => finite(margin / reports[1 + at]!.unit.factor)),
            feasible,
            best: shown(best, reports[0]!.unit),
            ...(trouble === undefined ? {} : { trouble }),
          };
        }),
      }),
    gradients: (text) => write({ type: 'gradients', text }),
    end: (how, text) => {
      flush();
      if (how === 'done' && !isSearch && experiment.sample !== undefined && summary.count >= 8)
        write({ type: 'ranks', ranks: ranksOf(design, experiment, reports, summary) });
      write({ type: 'end', how, seconds: seconds(), ...(text === undefined ? {} : { text }) });
    },
  };
}

function planOf(
  { manifest, experiment, design, reports, defaults, root }: Planned,
  { base, baseIsModel }: Summary,
): ExperimentPlan {
  const { search, repeat, scenario, settings } = experiment;
  const total = search === undefined ? design.count * repeat : search.runs;
  return {
    kind: search === undefined ? 'variants' : 'search',
    name: experiment.name,
    doc: experiment.doc,
    root,
    scenario: scenario === undefined ? null : manifest.scenarios[scenario]!.name,
    seed: design.seed,
    repeat,
    duration: experiment.duration,
    warmup: experiment.warmup,
    count: search === undefined ? design.count : Math.max(1, Math.floor(search.runs / repeat)),
    total,
    factors: experiment.factors.map((factor, at) => factorOf(factor, manifest, defaults[at])),
    reports: reports.map(({ name, unit, base: kind, statistic, confidence, labels }): Report => ({
      name,
      unit,
      base: kind,
      statistic,
      confidence,
      ...(labels === undefined ? {} : { labels: labels.map((label) => label || 'none') }),
    })),
    base,
    baseIsModel,
    settings: settings.flatMap(({ value, ...target }) =>
      idsOf(manifest, target).map((id): [string, number] => [id, value]),
    ),
    tellsRuns: search === undefined && total * reports.length <= MOST_NUMBERS,
    tellsRows: search === undefined && design.count <= MOST_ROWS,
    ...(search === undefined ? {} : { search: { goal: search.goal, method: search.method } }),
  };
}

function factorOf(
  { text, unit, base, structural, targets, levels }: ManifestFactor,
  manifest: Manifest,
  written: number | undefined,
): Factor {
  return {
    name: text,
    unit,
    base,
    ids: structural ? [] : targets.flatMap((target) => idsOf(manifest, target)),
    ...('low' in levels
      ? { range: [inUnit(levels.low, unit), inUnit(levels.high, unit)] as [number, number] }
      : {}),
    written: written === undefined ? null : shown(written, unit),
  };
}

/** Names of the elements that a setting is of, as a preview knows them. */
export function idsOf(
  manifest: Manifest,
  { variable, index }: { variable: number; index?: readonly number[] },
): string[] {
  const { name, dims } = manifest.variables[variable]!;
  const elements = index === undefined ? [...Array(count(dims)).keys()] : [elementAt(dims, index)];
  return elements.map((element) => elementName(name, dims, element));
}

function rowOf(
  variant: number,
  summary: Summary,
  { factors }: ManifestExperiment,
  reports: readonly Reported[],
): Row {
  const { values, failed, trouble, reports: found } = summary.variant(variant);
  return {
    variant,
    values: values.map((value, at) => inUnit(value, factors[at]!.unit)),
    failed,
    ...(trouble === undefined ? {} : { trouble }),
    reports: found.map(({ count: runs, mean, deviation, half, difference, names }, at) => {
      const { unit } = reports[at]!;
      if (names !== undefined) return { count: runs, mean: null, deviation: null, half: null, names };
      return {
        count: runs,
        mean: shown(mean, unit),
        deviation: finite(deviation / unit.factor),
        half: finite(half / unit.factor),
        ...(difference === undefined
          ? {}
          : {
              difference: {
                mean: finite(difference.mean / unit.factor),
                half: finite(difference.half / unit.factor),
              },
            }),
      };
    }),
  };
}

/** By report and factor. */
function ranksOf(
  design: Design,
  { factors }: ManifestExperiment,
  reports: readonly Reported[],
  summary: Summary,
): MaybeNumber[][] {
  const columns = factors.map((_, factor) =>
    Float64Array.from({ length: design.count }, (__, variant) => design.variant(variant)[factor]!),
  );
  return reports.map(({ labels }, at) => {
    if (labels !== undefined) return [];
    const means = summary.means(at);
    return columns.map((values) => finite(rankCorrelation(values, means)));
  });
}
