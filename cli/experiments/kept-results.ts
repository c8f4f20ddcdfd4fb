/** Results of the runs of an experiment, put aside as they come, in whatever order: none is held. */
import type { RunResult } from '../../runtime/experiments/one-run.ts';
import type { RunResults } from '../../runtime/experiments/summary.ts';
import { PagedNumbers } from './paged-numbers.ts';

const [DONE, STOPPED] = [1, 2] as const;

export class KeptResults implements RunResults {
  /** How many have come. */
  finished = 0;
  /** How many of them stopped early. */
  failed = 0;
  /** The first that did, and why. */
  firstFailed: { run: number; trouble: string } | undefined;
  private readonly width: number;
  private readonly repeat: number;
  private readonly numbers = new PagedNumbers();
  /** Of each run. */
  private readonly state: Uint8Array;
  /** By variant, of those that had any: the first run that stopped early. */
  private readonly troubles = new Map<number, { run: number; trouble: string; count: number }>();

  /** @param width numbers that a run reports @param repeat runs of a variant */
  constructor(count: number, width: number, repeat: number) {
    this.width = width;
    this.repeat = repeat;
    this.state = new Uint8Array(count);
  }

  get count(): number {
    return this.state.length;
  }

  has(run: number): boolean {
    return this.state[run] !== 0;
  }

  put(run: number, { values, trouble }: RunResult): void {
    // What comes from elsewhere may be of another experiment.
    if (!(run in this.state) || this.has(run)) return;
    this.finished += 1;
    this.state[run] = trouble === undefined ? DONE : STOPPED;
    if (trouble !== undefined) this.stop(run, trouble);
    else for (let n = 0; n < this.width; n += 1) this.numbers.set(run * this.width + n, values[n] ?? NaN);
  }

  read(run: number, into: Float64Array): void {
    if (this.state[run] !== DONE) into.fill(NaN);
    else for (let n = 0; n < this.width; n += 1) into[n] = this.numbers.get(run * this.width + n);
  }

  stopped(variant: number): { count: number; trouble?: string } {
    return this.troubles.get(variant) ?? { count: 0 };
  }

  close(): void {
    this.numbers.close();
  }

  private stop(run: number, trouble: string): void {
    this.failed += 1;
    if (this.firstFailed === undefined || run < this.firstFailed.run) this.firstFailed = { run, trouble };
    const variant = Math.floor(run / this.repeat);
    const known = this.troubles.get(variant);
    if (known === undefined) this.troubles.set(variant, { run, trouble, count: 1 });
    else {
      known.count += 1;
      if (run < known.run) [known.run, known.trouble] = [run, trouble];
    }
  }
}
