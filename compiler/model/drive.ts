import type { Reference } from './expression.ts';
import type { SourceRange } from './source.ts';

/** What an input follows from a time on, until something sets it: a ramp, a profile, a column of a recording. */
export interface Drive {
  target: Reference;
  /** s: from when on. */
  start: number;
  /** s after the start, increasing. Before the first of one that does not repeat, the first value holds; after the last, the last. */
  times: number[];
  /** SI, one for each time; null in the place of the first one: what the input is when it starts. */
  values: (number | null)[];
  between: 'linear' | 'previous';
  /** s after which it begins again, more than from the first time to the last. */
  period?: number;
  source: SourceRange;
}
