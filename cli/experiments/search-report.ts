/** What a search found: as a table with a chart, as CSV, as JSON. */
import type { ManifestExperiment } from '../../runtime/contract/studies.ts';
import type { Reported } from '../../runtime/experiments/one-run.ts';
import type { Candidate } from '../../runtime/experiments/search/by-runs.ts';
import { chart } from '../terminal/chart.ts';
import { inColumns } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { GradientsCame, Searched } from './search-runs.ts';
import { betterOf, estimateText, factorText, headed, inUnit, quoted, valueText, withUnit } from './report.ts';

export interface SearchOutcome {
  experiment: ManifestExperiment;
  reports: Reported[];
  /** What was chosen without the search. */
  defaults: readonly (number | undefined)[];
  seed: number;
  result: Searched;
  seconds: number;
}

export const gradientsText = (gradients: GradientsCame): string =>
  gradients.by === 'exact' ? 'gradients exact' : `gradients by differences, because ${gradients.because}`;

export function writeSearch(outcome: SearchOutcome, terminal: Terminal): void {
  const { experiment, reports, defaults, result, seconds, seed } = outcome;
  const { factors } = experiment;
  const { goal, method, constraints } = experiment.search!;
  const { best, history, runs, gradients } = result;
  terminal.out(
    `${terminal.style('bold', experiment.name)}: ${goal} ${reports[0]!.name}, ${history.length} candidates by ${method}, seed ${seed}\n`,
  );
  const how = gradients === undefined ? '' : `, ${gradientsText(gradients)}`;
  terminal.out(terminal.style('dim', `${runs} runs in ${seconds.toFixed(seconds < 10 ? 1 : 0)} s${how}\n\n`));
  const bold = (text: string): string => terminal.style('bold', text);
  const bound = (low: boolean, at: number): string => {
    const { levels } = factors[at]!;
    return 'low' in levels ? factorText(low ? levels.low : levels.high, factors[at]!) : '';
  };
  terminal.out(
    inColumns([
      ['', 'best', 'as written', 'from', 'to'].map(bold),
      ...factors.map((factor, at) => [
        headed(factor.text, factor.unit),
        factorText(best.values[at]!, factor),
        defaults[at] === undefined ? '–' : factorText(defaults[at], factor),
        bound(true, at),
        bound(false, at),
      ]),
    ]),
  );
  terminal.out('\n');
  const first = history[0]!;
  const number = (value: number, { unit }: Reported): string =>
    Number.isFinite(value) ? String(Number((value / unit.factor).toPrecision(5))) : '–';
  terminal.out(
    inColumns([
      ['', 'best', 'as written'].map(bold),
      [
        headed(reports[0]!.name, reports[0]!.unit),
        estimateText(best.objective, reports[0]!),
        estimateText(first.objective, reports[0]!),
      ],
      ...reports
        .slice(1, 1 + constraints)
        .map((report, at) => [
          `margin of ${headed(report.name, report.unit)}`,
          number(best.margins[at]!, report),
          number(first.margins[at]!, report),
        ]),
    ]),
  );
  if (!best.feasible)
    terminal.out(
      `\n${terminal.style('red', 'no candidate holds all constraints')}: this one breaks them least.\n`,
    );
  if (best.trouble !== undefined)
    terminal.out(`\n${terminal.style('red', 'every candidate stopped early')}: ${best.trouble}\n`);
  else {
    const stopped = history.filter(({ trouble }) => trouble !== undefined);
    if (stopped.length > 0)
      terminal.out(
        `\n${stopped.length} of ${history.length} candidates stopped early, and were not looked at further. The first, with ${stopped[0]!.values
          .map((value, at) => `${factors[at]!.text} = ${valueText(value, factors[at]!)}`)
          .join(', ')}: ${stopped[0]!.trouble}\n`,
      );
  }
  const steps = bestSoFar(outcome);
  const known = steps.filter(Number.isFinite);
  if (known.length < 3) return;
  const lines = chart(
    steps.map((_, n) => n + 1),
    steps,
    Math.min(terminal.width, 80),
    6,
    (value) => String(Number(value.toPrecision(4))),
  );
  terminal.out(`\n${headed(reports[0]!.name, reports[0]!.unit)}, best so far over candidates\n`);
  terminal.out(lines.map((line) => terminal.style('cyan', line) + '\n').join(''));
}

/** In the unit shown; NaN until a candidate holds all constraints. */
function bestSoFar({ experiment, reports, result }: SearchOutcome): number[] {
  let best = NaN;
  return result.history.map(({ objective, feasible }) => {
    if (feasible) best = betterOf(experiment, best, objective.mean);
    return inUnit(best, reports[0]!.unit);
  });
}

export function searchCsv({ experiment, reports, result }: SearchOutcome): string {
  const { constraints } = experiment.search!;
  const heads = [
    ...experiment.factors.map(({ text, unit }) => withUnit(text, unit)),
    withUnit(reports[0]!.name, reports[0]!.unit),
    ...reports.slice(1, 1 + constraints).map(({ name, unit }) => withUnit(`margin of ${name}`, unit)),
  ];
  const rows = result.history.map(({ values, objective, margins }) => [
    ...values.map((value, at) => inUnit(value, experiment.factors[at]!.unit)),
    inUnit(objective.mean, reports[0]!.unit),
    ...margins.map((margin, at) => margin / reports[1 + at]!.unit.factor),
  ]);
  return [
    heads.map(quoted),
    ...rows.map((row) => row.map((value) => (Number.isFinite(value) ? String(value) : ''))),
  ]
    .map((row) => row.join(',') + '\n')
    .join('');
}

export function searchJson({ experiment, reports, defaults, seed, result }: SearchOutcome): string {
  const { goal, method, constraints } = experiment.search!;
  const shown = ({ values, objective, margins, feasible, trouble }: Candidate) => ({
    values: values.map((value, at) => inUnit(value, experiment.factors[at]!.unit)),
    objective: inUnit(objective.mean, reports[0]!.unit),
    half: objective.half / reports[0]!.unit.factor,
    margins: margins.map((margin, at) => margin / reports[1 + at]!.unit.factor),
    feasible,
    ...(trouble === undefined ? {} : { trouble }),
  });
  return JSON.stringify(
    {
      name: experiment.name,
      goal,
      method,
      seed,
      repeat: experiment.repeat,
      candidates: result.history.length,
      runs: result.runs,
      ...(result.gradients === undefined ? {} : { gradients: result.gradients }),
      choices: experiment.factors.map(({ text, unit }, at) => ({
        name: text,
        unit: unit.text,
        before: defaults[at] === undefined ? null : inUnit(defaults[at], unit),
      })),
      objective: { name: reports[0]!.name, unit: reports[0]!.unit.text },
      constraints: reports.slice(1, 1 + constraints).map(({ name, unit }) => ({ name, unit: unit.text })),
      best: shown(result.best),
    },
    undefined,
    2,
  );
}
