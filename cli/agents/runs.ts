/** The runs that an agent has made and may ask about: the latest few, put aside. */
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
    if (this.runs.size > KEPT && oldest !== undefined) {
      this.runs.get(oldest)!.close?.();
      this.runs.delete(oldest);
    }
    return name;
  }

  ask(name: string, { names, from = -Infinity, to = Infinity, points }: Question): Answer[] {
    const recorded = this.runs.get(name);
    if (recorded === undefined) {
      const list = [...this.runs.keys()].join(', ');
      throw new Refusal(`there is no ${name}; ${list === '' ? 'nothing has run yet' : `there are ${list}`}`);
    }
    const columns = names.map((each) => columnOf(recorded, each));
    function* within(): Generator<number[]> {
      for (const row of recorded!.rows) if (row[0]! >= from && row[0]! <= to) yield shown(recorded!, row);
    }
    const seen = columns.map((column) => seenOf(column, within()));
    const rows = seen[0]?.rows ?? 0;
    if (rows === 0) throw new Refusal(`${name} has no row from ${from} s to ${to} s`);
    const chosen = [...chosenOf(within(), rows, points)];
    return seen.map(({ rows: _, ...answer }, n) => {
      const column = columns[n]!;
      const { name: own, unit } = recorded.columns[column]!;
      return {
        name: own,
        unit: unit.text,
        ...answer,
        series: chosen.map((row) => [row[0]!, row[column]!]),
      };
    });
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

function seenOf(
  column: number,
  all: Iterable<readonly number[]>,
): Omit<Answer, 'name' | 'unit' | 'series'> & { rows: number } {
  let [rows, area, begun] = [0, 0, 0];
  let [first, last, minimum, maximum] = Array.from({ length: 4 }, () => ({ value: NaN, time: NaN })) as [
    Answer['minimum'],
    Answer['minimum'],
    Answer['minimum'],
    Answer['maximum'],
  ];
  for (const row of all) {
    const at = { value: row[column]!, time: row[0]! };
    rows += 1;
    if (rows === 1) {
      [first, minimum, maximum] = [at, at, at];
      begun = at.time;
    } else {
      if (at.value < minimum.value) minimum = at;
      if (at.value > maximum.value) maximum = at;
      area += ((at.value + last.value) / 2) * (at.time - last.time);
    }
    last = at;
  }
  const length = last.time - begun;
  return {
    rows,
    first: first.value,
    last: last.value,
    minimum,
    maximum,
    mean: length > 0 ? area / length : last.value,
  };
}

/** Rows evenly chosen, the first and the last among them; of one, the last. */
function* chosenOf(
  all: Iterable<readonly number[]>,
  rows: number,
  points: number,
): Generator<readonly number[]> {
  const count = Math.min(points, rows);
  let next = 0;
  let n = 0;
  for (const row of all) {
    const wanted = count === 1 ? rows - 1 : Math.round((next * (rows - 1)) / (count - 1));
    if (n === wanted && next < count) {
      yield row;
      next += 1;
    }
    n += 1;
  }
}
