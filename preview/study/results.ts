/** What an experiment has told so far → points, families of lines, cells, sorted rows and CSV. Pure, in the units of the text. */
import type { ExperimentPlan, Factor, MaybeNumber, Report, Row, SearchCandidate } from './protocol.ts';

/** What is drawn over what, and what of the other factors. */
export interface Look {
  /** Positions of factors. */
  over: number;
  by: number | null;
  /** By factor: the value that is shown of one that is neither; absent where all are. */
  held: ReadonlyMap<number, number>;
}

export interface Point {
  x: number;
  mean: number;
  /** NaN where there is no interval. */
  half: number;
  row: Row;
}
/** Points in the order of x; `value` is that of the factor by which lines are told apart. */
export interface Family {
  value: number | null;
  points: Point[];
}

const number = (value: MaybeNumber | undefined): number => value ?? NaN;

/** Its values are listed, and not drawn from a range. */
export const isListed = ({ range }: Factor): boolean => range === undefined;

/** The different values of a factor, in their order as numbers. */
export function levelsOf(rows: readonly Row[], factor: number): number[] {
  return [...new Set(rows.map(({ values }) => values[factor]!))].sort((a, b) => a - b);
}

const isShown = ({ values }: Row, { held }: Look): boolean =>
  [...held].every(([factor, value]) => values[factor] === value);

export function familiesOf(rows: readonly Row[], report: number, look: Look): Family[] {
  const found = new Map<number | null, Point[]>();
  for (const row of rows) {
    const mean = number(row.reports[report]?.mean);
    if (!isShown(row, look) || !Number.isFinite(mean)) continue;
    const value = look.by === null ? null : row.values[look.by]!;
    const point = { x: row.values[look.over]!, mean, half: number(row.reports[report]!.half), row };
    const points = found.get(value);
    if (points === undefined) found.set(value, [point]);
    else points.push(point);
  }
  return [...found]
    .map(([value, points]) => ({ value, points: points.sort((a, b) => a.x - b.x) }))
    .sort((a, b) => (a.value ?? 0) - (b.value ?? 0));
}

export interface Cells {
  xs: number[];
  ys: number[];
  /** Row-major, `ys` first; undefined where nothing has come yet. */
  rows: (Row | undefined)[];
  low: number;
  high: number;
}

/** A value for each pair of two listed factors. */
export function cellsOf(rows: readonly Row[], report: number, look: Look & { by: number }): Cells {
  const shown = rows.filter((row) => isShown(row, look));
  const [xs, ys] = [levelsOf(shown, look.over), levelsOf(shown, look.by)];
  const found: (Row | undefined)[] = new Array<Row | undefined>(xs.length * ys.length).fill(undefined);
  let [low, high] = [Infinity, -Infinity];
  for (const row of shown) {
    const mean = number(row.reports[report]?.mean);
    if (!Number.isFinite(mean)) continue;
    found[ys.indexOf(row.values[look.by]!) * xs.length + xs.indexOf(row.values[look.over]!)] = row;
    low = Math.min(low, mean);
    high = Math.max(high, mean);
  }
  return { xs, ys, rows: found, low, high };
}

/** What is looked at first: the factor with most values over which it goes, the next one by lines, of others their first values. */
export function firstLook({ factors }: ExperimentPlan, rows: readonly Row[]): Look {
  const counts = factors.map((_, at) => levelsOf(rows, at).length);
  const order = factors
    .map((_, at) => at)
    .sort(
      (a, b) => Number(isBoolean(factors[a]!)) - Number(isBoolean(factors[b]!)) || counts[b]! - counts[a]!,
    );
  const [over = 0, ...others] = order;
  const by = others.find((at) => isListed(factors[at]!)) ?? null;
  return { over, by, held: heldOf(factors, rows, over, by) };
}

const isBoolean = ({ base }: Factor): boolean => base === 'boolean';

/** Of the listed factors that are neither, the value as written, or the first. */
export function heldOf(
  factors: readonly Factor[],
  rows: readonly Row[],
  over: number,
  by: number | null,
): Map<number, number> {
  return new Map(
    factors.flatMap((factor, at): [number, number][] => {
      if (at === over || at === by || !isListed(factor)) return [];
      const levels = levelsOf(rows, at);
      const own = levels.find((level) => level === factor.written);
      return levels.length === 0 ? [] : [[at, own ?? levels[0]!]];
    }),
  );
}

/** A column of the table: a factor, a report, or how many runs stopped early. */
export interface Sorting {
  column: number;
  descending: boolean;
}

/** Rows by what stands in a column; those without a value last. `undefined`: as they are. */
export function sorted<T>(
  rows: readonly T[],
  valueOf: (row: T, column: number) => number | string,
  sorting: Sorting | undefined,
): T[] {
  if (sorting === undefined) return [...rows];
  const { column, descending } = sorting;
  const sign = descending ? -1 : 1;
  return rows
    .map((row, at) => ({ row, at, value: valueOf(row, column) }))
    .sort((a, b) => {
      const [none, other] = [Number.isNaN(a.value), Number.isNaN(b.value)];
      if (none || other) return Number(none) - Number(other) || a.at - b.at;
      if (typeof a.value === 'string' || typeof b.value === 'string')
        return sign * String(a.value).localeCompare(String(b.value)) || a.at - b.at;
      return sign * (a.value - b.value) || a.at - b.at;
    })
    .map(({ row }) => row);
}

export function cellValue({ values, reports, failed }: Row, column: number): number | string {
  if (column < values.length) return values[column]!;
  const report = reports[column - values.length];
  if (report === undefined) return failed;
  return report.names === undefined ? number(report.mean) : (report.names[0]?.name ?? NaN);
}

export function candidateValue(candidate: SearchCandidate, column: number): number {
  const { values, objective, margins } = candidate;
  if (column < values.length) return values[column]!;
  return number(column === values.length ? objective : margins[column - values.length - 1]);
}

export const best = (
  candidates: readonly SearchCandidate[],
): { at: number; candidate: SearchCandidate } | undefined => {
  const last = candidates.at(-1)?.best;
  if (last === undefined || last === null) return undefined;
  const at = candidates.findIndex(({ feasible, objective }) => feasible && objective === last);
  return at < 0 ? undefined : { at, candidate: candidates[at]! };
};

/** As `pollux experiment --csv` has it. */
export function csvOf({ factors, reports }: ExperimentPlan, rows: readonly Row[]): string {
  const heads = [
    ...factors.map(headed),
    ...reports.flatMap((report) =>
      report.labels === undefined
        ? ['', ' deviation', ' low', ' high'].map((of) => headed({ ...report, name: report.name + of }))
        : [report.name, `${report.name} share`],
    ),
    'runs',
    'stopped early',
  ];
  return lines([
    heads,
    ...rows.map(({ values, reports: found, failed }) => [
      ...values,
      ...found.flatMap(({ mean, deviation, half, names }): (string | number)[] => {
        if (names !== undefined) {
          const all = names.reduce((sum, { count }) => sum + count, 0);
          return names[0] === undefined ? ['', ''] : [names[0].name, names[0].count / all];
        }
        return [number(mean), number(deviation), number(mean) - number(half), number(mean) + number(half)];
      }),
      found[0]?.count ?? 0,
      failed,
    ]),
  ]);
}

export function candidatesCsv(
  { factors, reports }: ExperimentPlan,
  candidates: readonly SearchCandidate[],
): string {
  const [objective, ...margins] = reports;
  return lines([
    [
      ...factors.map(headed),
      ...(objective === undefined ? [] : [headed(objective)]),
      ...margins
        .slice(0, candidates[0]?.margins.length ?? 0)
        .map((report) => headed({ ...report, name: `margin of ${report.name}` })),
    ],
    ...candidates.map(({ values, objective: found, margins: own }) => [
      ...values,
      number(found),
      ...own.map(number),
    ]),
  ]);
}

const headed = ({ name, unit }: Pick<Report, 'name' | 'unit'>): string =>
  unit.text === '' ? name : `${name} [${unit.text}]`;

export const lines = (rows: readonly (readonly (string | number)[])[]): string =>
  rows
    .map((row) => {
      const cells = row.map((value) =>
        typeof value === 'string' ? quoted(value) : Number.isFinite(value) ? String(value) : '',
      );
      return `${cells.join(',')}\n`;
    })
    .join('');

const quoted = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** What a run of these values is set to, SI by id; undefined where that cannot be done in a preview. */
export function settingsOf(
  { factors, settings }: ExperimentPlan,
  values: readonly number[],
): [string, number][] | undefined {
  if (factors.some(({ ids }) => ids.length === 0)) return undefined;
  return [
    ...settings,
    ...factors.flatMap(({ ids, unit }, at) =>
      ids.map((id): [string, number] => [id, (values[at]! + unit.offset) * unit.factor]),
    ),
  ];
}
