/** What an experiment showed, as CSV and as JSON: in pieces, since either may be longer than memory. */
import type { Unit } from '../../runtime/contract/manifest.ts';
import { seedOf } from '../../runtime/experiments/design.ts';
import type { Estimate } from '../../runtime/experiments/statistics.ts';
import { inUnit, quoted, withUnit } from './report.ts';
import type { Outcome } from './report.ts';

/** A row for each variant. */
export function* asCsv({ experiment, reports, summary }: Outcome): Generator<string> {
  const heads = [
    ...experiment.factors.map(({ text, unit }) => withUnit(text, unit)),
    ...reports.flatMap(({ name, unit, labels }) =>
      labels === undefined
        ? ['', ' deviation', ' low', ' high'].map((of) => withUnit(name + of, unit))
        : [name, `${name} share`],
    ),
    'runs',
    'stopped early',
  ];
  yield lineOf(heads);
  for (let variant = 0; variant < summary.count; variant += 1) {
    const { values, reports: found, failed } = summary.variant(variant);
    yield lineOf([
      ...values.map((value, at) => inUnit(value, experiment.factors[at]!.unit)),
      ...found.flatMap(({ mean, deviation, half, names }, at): (number | string)[] => {
        const { unit } = reports[at]!;
        if (names !== undefined)
          return names[0] === undefined
            ? ['', '']
            : [names[0].name, names[0].count / names.reduce((sum, one) => sum + one.count, 0)];
        return [
          inUnit(mean, unit),
          deviation / unit.factor,
          inUnit(mean - half, unit),
          inUnit(mean + half, unit),
        ];
      }),
      found[0]?.count ?? 0,
      failed,
    ]);
  }
}

const lineOf = (row: readonly (string | number)[]): string =>
  row
    .map((value) => (typeof value === 'string' ? quoted(value) : Number.isFinite(value) ? String(value) : ''))
    .join(',') + '\n';

/** Values in the units said; what is no number is null. */
export function* asJson({ experiment, design, reports, results, summary }: Outcome): Generator<string> {
  const shown = ({ count, mean, deviation, half }: Estimate, unit: Unit, offset: number) => ({
    count,
    mean: mean / unit.factor - offset,
    deviation: deviation / unit.factor,
    low: (mean - half) / unit.factor - offset,
    high: (mean + half) / unit.factor - offset,
  });
  const ended = new Float64Array(reports.length);
  function* runsOf(variant: number): Generator<string[]> {
    for (let repetition = 0; repetition < design.repeat; repetition += 1) {
      results.read(variant * design.repeat + repetition, ended);
      const values = reports.map(({ unit, labels }, at) => {
        const value = ended[at]!;
        if (labels === undefined) return inUnit(value, unit);
        return labels[value] === '' ? 'none' : (labels[value] ?? null);
      });
      yield [indented({ seed: seedOf(design.seed, repetition), values }, 8)];
    }
  }
  function* variants(): Generator<Iterable<string>> {
    for (let variant = 0; variant < summary.count; variant += 1) {
      const { values, reports: found, failed, trouble } = summary.variant(variant);
      const head = {
        values: values.map((value, at) => inUnit(value, experiment.factors[at]!.unit)),
        failed,
        ...(trouble === undefined ? {} : { trouble }),
        reports: found.map(({ difference, names, ...one }, at) => ({
          ...(names === undefined
            ? shown(one, reports[at]!.unit, reports[at]!.unit.offset)
            : { count: one.count, names: Object.fromEntries(names.map(({ name, count }) => [name, count])) }),
          ...(difference === undefined ? {} : { difference: shown(difference, reports[at]!.unit, 0) }),
        })),
        runs: [],
      };
      yield withItems(head, 4, runsOf(variant));
    }
  }
  const head = {
    name: experiment.name,
    seed: design.seed,
    repeat: design.repeat,
    duration: experiment.duration,
    warmup: experiment.warmup,
    factors: experiment.factors.map(({ text, unit }) => ({ name: text, unit: unit.text })),
    reports: reports.map(({ name, unit, confidence }) => ({ name, unit: unit.text, confidence })),
    base: summary.base,
    variants: [],
  };
  yield* withItems(head, 0, variants());
  yield '\n';
}

/** As `JSON.stringify` writes it, from a column on. */
const indented = (value: object, column: number): string =>
  JSON.stringify(value, undefined, 2).replaceAll('\n', `\n${' '.repeat(column)}`);

/** The same of an object whose last entry, an empty list, gets its items one after the other. */
function* withItems(head: object, column: number, items: Iterable<Iterable<string>>): Generator<string> {
  const text = indented(head, column);
  const end = text.lastIndexOf('[]') + 1;
  yield text.slice(0, end);
  let isFirst = true;
  for (const item of items) {
    yield `${isFirst ? '' : ','}\n${' '.repeat(column + 4)}`;
    yield* item;
    isFirst = false;
  }
  yield `${isFirst ? '' : `\n${' '.repeat(column + 2)}`}${text.slice(end)}`;
}
