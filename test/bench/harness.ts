/** Fair comparisons on a busy machine: interleaved rounds, medians with their spread, ratios to the first entry. */

export interface Contender {
  name: string;
  /** The work that is timed. */
  run(): unknown;
  /** For work in another process: does it so many times, and gives the processor time it took, in ns. */
  elsewhere?(calls: number): Promise<number>;
}

export interface ComparisonOptions {
  /** Unit of the table; `ns`, `us`, `ms` or `s`, with anything after it: `ns/node`. */
  unit: string;
  /** Things done in one call, by which the time is divided; 1 when left out. */
  perCall?: number;
  /** Rounds; 15 when left out. */
  rounds?: number;
  /** Shortest time of one contender's turn in a round, in milliseconds; calls are repeated to reach it. 20 when left out. */
  turn?: number;
  /** Which clock: the processor's time for this process with all its threads, when left out; or the time that passed. */
  clock?: 'processor' | 'wall';
  /** What the last contender is to reach: a ratio to the first, at most. */
  goal?: number;
}

export interface Measured {
  name: string;
  /** Median over the rounds, in the unit asked for. */
  median: number;
  /** First and third quartile. */
  low: number;
  high: number;
  /** Median over the rounds of time ÷ time of the first contender in the same round. */
  ratio: number;
  /** First and third quartile of these. */
  ratioLow: number;
  ratioHigh: number;
}

const nanoseconds: Readonly<Record<string, number>> = { ns: 1, us: 1e3, ms: 1e6, s: 1e9 };

/** What a bench module reports to; prints as it goes, and keeps Markdown. */
export class Report {
  readonly #lines: string[] = [];
  readonly #print: (line: string) => void;
  readonly #goals: string[][] = [];

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  /** Everything reported so far. */
  get markdown(): string {
    return `${this.#lines.join('\n')}\n`;
  }

  title(text: string): void {
    this.#write(`\n## ${text}\n`);
  }

  note(text: string): void {
    this.#write(`\n${text}\n`);
  }

  /** The goals of all comparisons so far, and what was measured. */
  goals(): void {
    if (this.#goals.length === 0) return;
    this.title('Goals');
    this.#table(['work', 'against', 'goal', 'measured', ''], this.#goals);
  }

  /** A figure with a goal of its own. */
  goal(work: string, against: string, goal: number, measured: number, unit: string): void {
    this.value(work, measured, unit);
    this.#goals.push([
      work,
      against,
      `≤ ${format(goal)} ${unit}`,
      `${format(measured)} ${unit}`,
      measured <= goal ? 'reached' : 'not reached',
    ]);
  }

  /** A single figure that was measured elsewhere. */
  value(name: string, value: number, unit: string): void {
    this.#write(`- ${name}: ${format(value)} ${unit}`);
  }

  /** What could not be measured here, and what would change that. */
  missing(name: string, reason: string): void {
    this.#write(`- ${name}: not measured (${reason})`);
  }

  /** Times the contenders against each other; the first is the base. */
  async compare(
    title: string,
    options: ComparisonOptions,
    contenders: readonly Contender[],
  ): Promise<readonly Measured[]> {
    const measured = await measure(options, contenders);
    const rows = measured.map(({ name, median, low, high, ratio, ratioLow, ratioHigh }, index) => [
      name,
      format(median),
      `${format(low)} – ${format(high)}`,
      `${three(ratio)} ×`,
      index === 0 ? '' : `${three(ratioLow)} – ${three(ratioHigh)}`,
    ]);
    this.#write(`\n### ${title}\n`);
    this.#table(['', options.unit, 'middle half', 'to the first', 'middle half'], rows);
    const [base, last] = [measured[0], measured.at(-1)];
    if (options.goal !== undefined && base !== undefined && last !== undefined && base !== last)
      this.#goals.push([
        title,
        base.name,
        `≤ ${format(options.goal)} ×`,
        `${three(last.ratio)} × (${three(last.ratioLow)} – ${three(last.ratioHigh)})`,
        last.ratio <= options.goal ? 'reached' : 'not reached',
      ]);
    return measured;
  }

  #table(head: readonly string[], rows: readonly (readonly string[])[]): void {
    const widths = head.map((cell, column) =>
      Math.max(cell.length, ...rows.map((row) => row[column]?.length ?? 0)),
    );
    const line = (cells: readonly string[]) =>
      `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`;
    this.#write(line(head));
    this.#write(
      `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`,
    );
    for (const row of rows) this.#write(line(row));
  }

  #write(line: string): void {
    this.#lines.push(line);
    this.#print(line);
  }
}

/** Times per thing done, in the unit of the options; the first contender is the base of the ratios. */
export async function measure(
  options: ComparisonOptions,
  contenders: readonly Contender[],
): Promise<readonly Measured[]> {
  const unit = nanoseconds[/^[a-z]+/.exec(options.unit)?.[0] ?? ''];
  if (unit === undefined) throw new Error(`A unit starts with ns, us, ms or s, not as "${options.unit}".`);
  const scale = unit * (options.perCall ?? 1);
  const turn = (options.turn ?? 20) * 1e6;
  const time = options.clock === 'wall' ? passed : processor;
  const calls: number[] = [];
  // Warm up, and find how many calls fill a turn.
  for (const contender of contenders) {
    let count = 1;
    for (let spent = await time(contender, 1); spent < turn; spent = await time(contender, count)) {
      count = Math.ceil(count * Math.min(10, Math.max(1.5, (1.2 * turn) / Math.max(spent, 1))));
    }
    calls.push(count);
  }
  const rounds = Array.from(
    { length: Math.min(options.rounds ?? 15, Number(process.env['POLLUX_BENCH_ROUNDS'] ?? 15)) },
    () => new Float64Array(contenders.length),
  );
  for (const round of rounds) {
    for (const [index, contender] of contenders.entries()) {
      const count = calls[index] ?? 1;
      round[index] = (await time(contender, count)) / count / scale;
    }
  }
  return contenders.map(({ name }, index) => {
    const times = rounds.map((round) => round[index] ?? NaN);
    const ratios = rounds.map((round) => (round[index] ?? NaN) / (round[0] ?? NaN));
    return {
      name,
      median: quantile(times, 0.5),
      low: quantile(times, 0.25),
      high: quantile(times, 0.75),
      ratio: quantile(ratios, 0.5),
      ratioLow: quantile(ratios, 0.25),
      ratioHigh: quantile(ratios, 0.75),
    };
  });
}

/** Nanoseconds that `count` calls took of the clock. */
async function passed({ run }: Contender, count: number): Promise<number> {
  const start = process.hrtime.bigint();
  await repeat(run, count);
  return Number(process.hrtime.bigint() - start);
}

/** Nanoseconds that the processor worked for them, in all threads: what else runs on the machine counts little. */
async function processor({ run, elsewhere }: Contender, count: number): Promise<number> {
  if (elsewhere !== undefined) return elsewhere(count);
  const start = process.cpuUsage();
  await repeat(run, count);
  const { user, system } = process.cpuUsage(start);
  return (user + system) * 1e3;
}

/** Awaited only when a call answers with a promise, which would cost a turn. */
async function repeat(run: () => unknown, count: number): Promise<void> {
  for (let call = 0; call < count; call++) {
    const result = run();
    if (result instanceof Promise) await result;
  }
}

/** Linear between the order statistics. `p` is from 0 to 1. */
export function quantile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * p;
  const below = sorted[Math.floor(at)] ?? NaN;
  const above = sorted[Math.ceil(at)] ?? NaN;
  return below + (above - below) * (at - Math.floor(at));
}

/** Three significant digits. */
const three = (value: number): string => String(Number(value.toPrecision(3)));

/** Four significant digits, without an exponent where that reads well. */
function format(value: number): string {
  if (value !== 0 && (Math.abs(value) >= 1e7 || Math.abs(value) < 1e-3)) return value.toExponential(3);
  return String(Number(value.toPrecision(4)));
}
