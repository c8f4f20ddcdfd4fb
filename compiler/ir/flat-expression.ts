/** Expressions of a flat system, and what they look up: windows, delays, tables, draws. */
import type { TableBetween, TableOutside } from '../model/checked-model.ts';
import type { Distribution } from '../model/distribution.ts';
import type { BinaryOperator, ElementaryFunction, Statistic } from '../model/expression.ts';
import type { SourceRange } from '../model/source.ts';
import type { VariableId } from './flat-system.ts';

/** Zero-based: a number, or a loop variable with an offset. */
export type FlatIndex = number | { loop: string; offset: number };

/** One element of a variable: an index for each of its dims. */
export interface FlatTarget {
  variable: VariableId;
  index: FlatIndex[];
}

/** From `from` up to, not including, `to`. `descending` where element i needs element i + 1. */
export interface FlatLoop {
  variable: string;
  from: number;
  to: number;
  descending?: boolean;
}

export type FlatExpression =
  | { kind: 'number'; value: number }
  | { kind: 'load'; variable: VariableId; index: FlatIndex[] }
  | { kind: 'time' }
  /** A loop variable, which counts from zero, and an offset, as a number. */
  | { kind: 'position'; loop: string; offset: number }
  | { kind: 'unary'; operator: 'negate' | 'not'; operand: FlatExpression }
  /** `smooth`: said to be without a jump, so that nothing is located (`smooth(…)`). `steep`: found to be so, for what it decides is a root there. */
  | {
      kind: 'binary';
      operator: BinaryOperator;
      left: FlatExpression;
      right: FlatExpression;
      smooth?: true;
      steep?: true;
    }
  | { kind: 'conditional'; condition: FlatExpression; then: FlatExpression; else: FlatExpression }
  | { kind: 'call'; function: ElementaryFunction; arguments: FlatExpression[]; smooth?: true; steep?: true }
  /** In ascending order of the loops, the last one fastest. `mean` and `count` are written with the others by then. */
  | {
      kind: 'reduction';
      operator: 'sum' | 'product' | 'min' | 'max' | 'any' | 'all';
      loops: FlatLoop[];
      body: FlatExpression;
    }
  /** The value, computed once, stands where `local` has the name in the body; the nearest let of a name counts. */
  | { kind: 'let'; name: string; value: FlatExpression; body: FlatExpression }
  | { kind: 'local'; name: string }
  /** The value of a delay's element, that many seconds ago. */
  | { kind: 'delayed'; delay: DelayId; index: FlatIndex[]; duration: FlatExpression }
  | { kind: 'lookup'; table: TableId; ask: TableAsk; arguments: FlatExpression[]; smooth?: true }
  /** A value of the item that goes through a step; slot 0 is its priority, -1 how long it has been inside, s. */
  | { kind: 'attribute'; slot: number }
  /** The time that a share of all items is below, from counts by size (see `histogram.ts`). */
  | { kind: 'quantile'; histogram: VariableId; index: FlatIndex[]; share: FlatExpression }
  | FlatDraw
  /**
   * Looks at a signal once more and gives the statistic over what was seen. Stands in one action of an `every` alone, as each
   * evaluation counts.
   */
  | {
      kind: 'window';
      window: WindowId;
      index: FlatIndex[];
      input: FlatExpression;
      parameters: FlatExpression[];
    }
  /** s: when a sensor was sampled last; NaN before the first sample. */
  | { kind: 'sampled'; sensor: number; index: FlatIndex[] }
  /** How far off a state may be without mattering to the method that asks for the matrix; 0 where none says so. Stands in matrices alone. */
  | { kind: 'blur'; variable: VariableId; index: FlatIndex[] };

/** Position in `FlatSystem.windows`. */
export type WindowId = number;

export interface FlatWindow {
  /** `pump[].mean(casing over 5 min)` */
  name: string;
  dims: number[];
  statistic: Statistic;
  /** How many of the last values it is over; 0 for those that forget by and by. */
  capacity: number;
}

/** Position in `FlatSystem.delays`. */
export type DelayId = number;

/** A value that is remembered for a time; `history.ts` says how. Its points lie in hidden discrete variables. */
export interface FlatDelay {
  loops: FlatLoop[];
  /** The loops' variables, as indexes. */
  index: FlatIndex[];
  value: FlatExpression;
  /** s; the longest time it is looked back over. */
  most: FlatExpression;
  /** It is looked back over that time always: its jumps come back then. */
  fixed?: true;
  times: VariableId;
  values: VariableId;
  count: VariableId;
  source: SourceRange;
}

/** Position in `FlatSystem.tables`. */
export type TableId = number;

/**
 * What is asked of a table: its value, or that many times differentiated by each argument; a function that changes its
 * sign at the points of an axis; or the next point above the argument. `tables.ts` says what each gives.
 */
export type TableAsk = { of: 'value'; orders: number[] } | { of: 'bend'; axis: number } | { of: 'next' };

/** Points of a function of one value, or of two with `y`; then `values` has a row for each x. Both increase. */
export interface FlatTable {
  name: string;
  x: number[];
  y?: number[];
  values: number[];
  /** At the points, where it is cubic. */
  slopes?: number[];
  between: TableBetween;
  outside: TableOutside;
  source: SourceRange;
}

/** No step goes beyond the time (s) that this is at its start. */
export interface FlatLimit {
  loops: FlatLoop[];
  value: FlatExpression;
}

/**
 * A number from a distribution, drawn from one element of a stream. `moves`: each evaluation draws the next number, so it
 * may stand only where it is evaluated exactly when a number is wanted: in actions, durations, periods that are `renewed`,
 * and noise. Without it each evaluation gives the stream's first number: for parameters and start values, which so have
 * one value in a run however often they are computed. Never in equations, conditions or probes.
 *
 * To draw in a new place: make a stream with `streamFor` (3-flatten/expressions/draws.ts) named by the path of what draws, or lower
 * the model's expression with `Scope.draws` set, and evaluate the expression in emitted code and interpreter as any other.
 */
export interface FlatDraw {
  kind: 'draw';
  stream: StreamId;
  /** One for each of the stream's dims. */
  index: FlatIndex[];
  distribution: Distribution;
  arguments: FlatExpression[];
  /** Truncated to these bounds, both included. */
  within?: { low: FlatExpression; high: FlatExpression };
  /**
   * A standard normal number that takes the place of the stream's: the draw is the value whose probability from below is that
   * of the score. For correlated draws.
   */
  score?: FlatExpression;
  moves: boolean;
}

/** Position in `FlatSystem.streams`. */
export type StreamId = number;

export interface FlatStream {
  /** Path of what draws, `[]` for each dim: `line.press[].repair`. With the run's seed it is the stream's key. */
  name: string;
  dims: number[];
  source: SourceRange;
}
