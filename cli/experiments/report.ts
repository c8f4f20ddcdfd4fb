/** What an experiment showed: as a table with a chart, as CSV, as JSON. */
import type { ManifestExperiment } from '../../runtime/contract/studies.ts';
import type { Unit } from '../../runtime/contract/manifest.ts';
import type { Design } from '../../runtime/experiments/design.ts';
import type { Reported } from '../../runtime/experiments/one-run.ts';
import { rankCorrelation } from '../../runtime/experiments/rank-correlation.ts';
import type { Estimate } from '../../runtime/experiments/statistics.ts';
import type { NameCount, Summary, VariantSummary } from '../../runtime/experiments/summary.ts';
import { timeText } from '../../runtime/trouble.ts';
import { chart } from '../terminal/chart.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { inColumns } from '../terminal/table.ts';
import type { KeptResults } from './kept-results.ts';

export interface Outcome {
  experiment: ManifestExperiment;
  design: Design;
  reports: Reported[];
  results: KeptResults;
  summary: Summary;
  seconds: number;
}

/** Of what is smaller, powers of ten are easier to read. */
const MOST_DECIMALS = 8;
const VARIANTS_SHOWN = 40;
const CHARTS_SHOWN = 2;

export function writeSummary(outcome: Outcome, terminal: Terminal): void {
  const { experiment, design, reports, results, summary, seconds } = outcome;
  const { factors, duration, warmup } = experiment;
  const count = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`;
  terminal.out(
    `${terminal.style('bold', experiment.name)}: ${count(summary.count, 'variant')}, ${count(design.repeat, 'run')} each of ${timeText(duration)}` +
      `${warmup > 0 ? ` (${timeText(warmup)} of warm-up)` : ''}, seed ${design.seed}\n`,
  );
  terminal.out(
    terminal.style('dim', `${count(results.count, 'run')} in ${seconds.toFixed(seconds < 10 ? 1 : 0)} s\n\n`),
  );

  const heads = [
    ...factors.map(({ text, unit }) => headed(text, unit)),
    ...reports.map(({ name, unit }) => headed(name, unit)),
    ...(results.failed > 0 ? ['stopped early'] : []),
  ];
  const shown = firstOf(summary, VARIANTS_SHOWN);
  const rows = shown.map(({ values, reports: found, failed }, variant) => [
    ...values.map((value, at) => factorText(value, factors[at]!)),
    ...found.map((one, at) => (one.names ? namesText(one.names) : estimateText(one, reports[at]!))),
    ...(failed > 0 ? [String(failed)] : heads.length > values.length + found.length ? [''] : []),
    ...(variant === summary.base && summary.baseIsModel ? [terminal.style('dim', 'as written')] : []),
  ]);
  terminal.out(inColumns([heads.map((head) => terminal.style('bold', head)), ...rows]));
  if (summary.count > shown.length)
    terminal.out(terminal.style('dim', `  … and ${summary.count - shown.length} more: --csv has them all\n`));
  if (design.repeat > 1)
    terminal.out(
      terminal.style(
        'dim',
        `± is half the confidence interval of the mean (${confidences(reports)}, Student's t)\n`,
      ),
    );
  writeDifferences(outcome, terminal);
  writeSensitivities(outcome, terminal);
  writeCharts(outcome, terminal);
}

/** The first so many variants, without one of them. */
function firstOf(summary: Summary, most: number, without = -1): VariantSummary[] {
  const found: VariantSummary[] = [];
  for (let at = 0; at < summary.count && found.length < most; at += 1)
    if (at !== without) found.push(summary.variant(at));
  return found;
}

/** Runs with equal seeds are compared one by one, so that only what the variants differ in is left. */
function writeDifferences({ experiment, design, reports, summary }: Outcome, terminal: Terminal): void {
  const { factors } = experiment;
  const { base } = summary;
  const others = firstOf(summary, VARIANTS_SHOWN, base);
  if (!others.some((one) => one.reports.some(({ difference }) => difference !== undefined))) return;
  const from = design
    .variant(base)
    .map((value, at) => `${factors[at]!.text} = ${valueText(value, factors[at]!)}`);
  terminal.out(`\nDifference from ${from.join(', ')}, run by run with equal seeds; * is more than chance\n`);
  const rows = others.map(({ values, reports: found }) => [
    ...values.map((value, at) => factorText(value, factors[at]!)),
    ...found.flatMap(({ mean, difference, names }, at) => {
      if (names !== undefined) return [];
      if (difference === undefined) return '';
      const size = Math.max(Math.abs(mean), Math.abs(mean - difference.mean));
      const text = estimateText(difference, reports[at]!, size);
      return isMore(difference, size) ? `${text} *` : terminal.style('dim', `${text}  `);
    }),
  ]);
  const heads = [
    ...factors.map(({ text, unit }) => headed(text, unit)),
    ...reports.flatMap(({ name, unit, labels }) => (labels === undefined ? [headed(name, unit)] : [])),
  ];
  terminal.out(inColumns([heads.map((head) => terminal.style('bold', head)), ...rows]));
}

/** Which factor matters: where points were sampled there is no other way to see it. */
function writeSensitivities({ experiment, design, reports, summary }: Outcome, terminal: Terminal): void {
  const { factors, sample } = experiment;
  if (sample === undefined || summary.count < 8) return;
  terminal.out('\nRank correlation of each factor with what is reported\n');
  const rows = factors.map(({ text }) => [text]);
  reports.forEach(({ labels }, at) => {
    const means = labels === undefined ? summary.means(at) : undefined;
    rows.forEach((row, factor) => {
      const value = means === undefined ? NaN : rankCorrelation(valuesOf(design, factor), means);
      row.push(Number.isNaN(value) ? '–' : `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`);
    });
  });
  terminal.out(inColumns([['', ...reports.map(({ name }) => terminal.style('bold', name))], ...rows]));
}

const valuesOf = (design: Design, factor: number): Float64Array =>
  Float64Array.from({ length: design.count }, (_, variant) => design.variant(variant)[factor]!);

function writeCharts({ experiment, design, reports, summary }: Outcome, terminal: Terminal): void {
  const [factor, ...others] = experiment.factors;
  if (factor === undefined || others.length > 0 || factor.base === 'boolean') return;
  const values = valuesOf(design, 0);
  const order = Uint32Array.from(values, (_, n) => n).sort((i, j) => values[i]! - values[j]! || i - j);
  let steps = 0;
  for (let n = 1; n < order.length; n += 1) if (values[order[n]!] !== values[order[n - 1]!]) steps += 1;
  if (steps < 2) return;
  const charted = reports.flatMap(({ labels, ...one }, at) => (labels === undefined ? [{ ...one, at }] : []));
  charted.slice(0, CHARTS_SHOWN).forEach(({ name, unit, at }) => {
    const means = summary.means(at);
    const lines = chart(
      Array.from(order, (n) => inUnit(values[n]!, factor.unit)),
      Array.from(order, (n) => inUnit(means[n]!, unit)),
      Math.min(terminal.width, 80),
      6,
      (value) => String(Number(value.toPrecision(4))),
    );
    if (lines.length === 0) return;
    terminal.out(`\n${headed(name, unit)} over ${headed(factor.text, factor.unit)}\n`);
    terminal.out(lines.map((line) => terminal.style('cyan', line) + '\n').join(''));
  });
}

const confidences = (reports: readonly Reported[]): string =>
  [...new Set(reports.map(({ confidence }) => `${Number((confidence * 100).toPrecision(6))} %`))].join(
    ' and ',
  );

/** In the unit, as it was written where 15 digits say the same SI value: 250 mg, not 250.00000000000003. */
export function inUnit(value: number, { factor, offset }: Unit): number {
  const shown = value / factor - offset;
  const short = Number(shown.toPrecision(15));
  return (short + offset) * factor === value ? short : shown;
}
/** Of two objectives, as the search wants it; the second where the first is none. */
export function betterOf({ search }: ManifestExperiment, best: number, other: number): number {
  const isBetter = search!.goal === 'maximise' ? other > best : other < best;
  return Number.isNaN(best) || isBetter ? other : best;
}
export const headed = (name: string, { label }: Unit): string => (label === '' ? name : `${name} [${label}]`);

const plain = (value: number, digits: number): string =>
  Number.isFinite(value) ? String(Number(value.toPrecision(digits))) : '–';

export const factorText = (value: number, { base, unit }: ManifestExperiment['factors'][number]): string =>
  base === 'boolean' ? String(value !== 0) : plain(inUnit(value, unit), 6);
export const valueText = (value: number, factor: ManifestExperiment['factors'][number]): string =>
  `${factorText(value, factor)}${factor.unit.label === '' ? '' : ` ${factor.unit.label}`}`;

/** The name that most of the runs ended with, and how many did; those that are rarer follow. */
function namesText(names: readonly NameCount[]): string {
  const total = names.reduce((sum, { count }) => sum + count, 0);
  const [only, ...others] = names;
  if (only === undefined) return '–';
  if (others.length === 0) return only.name;
  return names
    .map(({ name, count }) => `${name} ${Math.round((100 * count) / total)} %`)
    .slice(0, 3)
    .join(', ');
}

/** What sums of doubles come to be off by, as a share of what is summed: nothing below it is a result. */
const ROUNDING = 1e-12;

/**
 * To the second digit of its interval: what lies beyond is chance.
 * @param size of the values that a difference is between (SI); what rounding alone makes of these counts as none
 */
export function estimateText(
  one: Estimate,
  { unit, base }: Pick<Reported, 'unit' | 'base'>,
  size?: number,
): string {
  const isDifference = size !== undefined;
  const noise = (ROUNDING * Math.max(Math.abs(one.mean), size ?? 0)) / unit.factor;
  const given = isDifference || base === 'boolean' ? one.mean / unit.factor : inUnit(one.mean, unit);
  if (!Number.isFinite(given)) return '–';
  const mean = Math.abs(given) <= noise ? 0 : given;
  const sign = isDifference && mean > 0 ? '+' : '';
  const half = one.half / unit.factor;
  if (!(half > noise)) return sign + plain(mean, 5).replace(/^-/, '−');
  const place = Math.floor(Math.log10(half)) - 1;
  const rounded = (value: number): string => {
    if (place > 0) return String(Math.round(value / 10 ** place) * 10 ** place);
    if (place >= -MOST_DECIMALS) return value.toFixed(-place);
    const digits = value === 0 ? 1 : Math.floor(Math.log10(Math.abs(value))) - place + 1;
    return plain(value, Math.min(15, Math.max(1, digits)));
  };
  return `${sign}${rounded(mean)} ± ${rounded(half)}`.replace(/^-/, '−');
}

/** Whether it is more than chance, and than rounding. */
export const isMore = ({ mean, half }: Estimate, size: number): boolean =>
  Math.abs(mean) > half && Math.abs(mean) > ROUNDING * size;

export const withUnit = (name: string, { text }: Unit): string => (text === '' ? name : `${name} [${text}]`);
export const quoted = (text: string): string =>
  /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
