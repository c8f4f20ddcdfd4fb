/** The runs that an agent has made and may ask about: the latest few, whole, in memory. */
import { shown } from '../record.ts';
import type { Recorded } from '../record.ts';
import { Refusal } from '../terminal/terminal.ts';

const KEPT = 8;

export interface Question {
  names: readonly string[];
  /** s, of the run. */
  from?: number;
  to?: number;
  /** Rows of the series, evenly chosen; the extremes are told exactly all the same. */
  points: number;
}

/** In the unit of the column. */
export interface Answer {
  name: string;
  unit: string;
  first: number;
  last: number;
  minimum: { value: number; time: number };
  maximum: { value: number; time: number };
  /** Over time, between rows along straight lines; the value where the stretch is one instant. */
  mean: number;
  series: [time: number, value: number][];
}

export class Runs {
  private readonly runs = new Map<string, Recorded>();
  private made = 0;

  /** The name to ask about it by. */
  keep(recorded: Recorded): string {
    const name = `run-${++this.made}`;
    this.runs.set(name, recorded);
    const oldest = this.runs.keys().next().value;
    if (this.runs.size > KEPT && oldest !== undefined) this.runs.delete(oldest);
    return name;
  }

  ask(name: string, { names, from = -Infinity, to = Infinity, points }: Question): Answer[] {
    const recorded = this.runs.get(name);
    if (recorded === undefined) {
      const list = [...this.runs.keys()].join(', ');
      throw new Refusal(`there is no ${name}; ${list === '' ? 'nothing has run yet' : `there are ${list}`}`);
    }
    const rows = recorded.rows
      .filter(([time]) => time! >= from && time! <= to)
      .map((row) => shown(recorded, row));
    if (rows.length === 0) throw new Refusal(`${name} has no row from ${from} s to ${to} s`);
    return names.map((each) => answerOf(columnOf(recorded, each), recorded, rows, points));
  }
}

function columnOf({ columns }: Recorded, name: string): number {
  const found = columns.findIndex((column) => column.name === name);
  if (found >= 0) return found;
  const last = name.split('.').at(-1)!.toLowerCase();
  const near = columns.map((column) => column.name).filter((other) => other.toLowerCase().includes(last));
  const some = (near.length > 0 ? near : columns.map((column) => column.name)).slice(0, 12).join(', ');
  throw new Refusal(`nothing named ${name} was recorded; there is ${some}`);
}

function answerOf(column: number, { columns }: Recorded, rows: readonly number[][], points: number): Answer {
  const at = (n: number): { value: number; time: number } => ({
    value: rows[n]![column]!,
    time: rows[n]![0]!,
  });
  let [low, high, area] = [0, 0, 0];
  for (let n = 1; n < rows.length; n += 1) {
    if (at(n).value < at(low).value) low = n;
    if (at(n).value > at(high).value) high = n;
    area += ((at(n).value + at(n - 1).value) / 2) * (at(n).time - at(n - 1).time);
  }
  const last = rows.length - 1;
  const length = at(last).time - at(0).time;
  const count = Math.min(points, rows.length);
  const chosen = Array.from({ length: count }, (_, n) =>
    count === 1 ? last : Math.round((n * last) / (count - 1)),
  );
  return {
    name: columns[column]!.name,
    unit: columns[column]!.unit.text,
    first: at(0).value,
    last: at(last).value,
    minimum: at(low),
    maximum: at(high),
    mean: length > 0 ? area / length : at(last).value,
    series: chosen.map((n) => [at(n).time, at(n).value]),
  };
}
