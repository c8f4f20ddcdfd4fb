import type { DisplayUnit } from './asset.ts';
import type { Distribution } from './distribution.ts';
import type { SourceRange } from './source.ts';

/**
 * A checked expression: names are resolved, every number is in SI coherent units, and each node knows its quantity.
 * No unit conversion is left to do: literals were converted exactly and rounded once.
 */
export type Expression =
  | NumberExpression
  | BooleanExpression
  | VariableExpression
  | TimeExpression
  | LoopExpression
  | UnaryExpression
  | BinaryExpression
  | ConditionalExpression
  | CallExpression
  | ReductionExpression
  | DrawExpression
  | WindowExpression
  | LetExpression
  | LocalExpression
  | LinearExpression
  | LookupExpression
  | DelayExpression
  | StatisticExpression;

/** What a value is. Booleans and integers are dimensionless numbers as far as arithmetic goes. */
export interface ValueType {
  base: 'number' | 'integer' | 'boolean';
  /** Key of the dimension (see 2-check/units), '1' when dimensionless. */
  dimension: string;
  /** 'absolute' is a point on a scale (20 degC), 'difference' an interval (5 K), 'either' fits both. */
  scale: 'absolute' | 'difference' | 'either';
  /** Of an expression that is a vector (1) or a matrix (2) as a whole. */
  rank?: number;
  /** Of an expression that is so many-fold one by one: how many `[*]` it goes along. */
  stars?: number;
}

export const NUMBER: ValueType = { base: 'number', dimension: '1', scale: 'either' };
export const BOOLEAN: ValueType = { base: 'boolean', dimension: '1', scale: 'either' };

interface Common {
  type: ValueType;
  source: SourceRange;
}

export interface NumberExpression extends Common {
  kind: 'number';
  /** SI value. */
  value: number;
  /** The unit text as written, when there was one: numbers are shown as they were written. */
  unit?: string;
  /** The same as a unit to show values in. */
  shown?: DisplayUnit;
}
export interface BooleanExpression extends Common {
  kind: 'boolean';
  value: boolean;
}
/** `time`: seconds since the start of the run. */
export interface TimeExpression extends Common {
  kind: 'time';
}
/** A `for` variable as a number: which element it is at, from one. */
export interface LoopExpression extends Common {
  kind: 'loop';
  variable: string;
}
export interface VariableExpression extends Common {
  kind: 'variable';
  reference: Reference;
  /** `der(x)` on either side of an equation; `pre(x)` is the value before the event. */
  modifier?: 'der' | 'pre';
}
export interface UnaryExpression extends Common {
  kind: 'unary';
  operator: 'negate' | 'not';
  operand: Expression;
}
export type BinaryOperator =
  | '+'
  | '-'
  | '*'
  | '/'
  | '^'
  | '<'
  | '<='
  | '>'
  | '>='
  | '=='
  | '!='
  | 'and'
  | 'or';
export interface BinaryExpression extends Common {
  kind: 'binary';
  operator: BinaryOperator;
  left: Expression;
  right: Expression;
  /** Within `smooth(…)`. */
  smooth?: true;
}
export interface ConditionalExpression extends Common {
  kind: 'conditional';
  condition: Expression;
  then: Expression;
  else: Expression;
}
/** Functions of one value per argument. `min` and `max` take two or more. Angles are in radians. */
export type ElementaryFunction =
  | 'abs'
  | 'sign'
  | 'sqrt'
  | 'cbrt'
  | 'exp'
  | 'expm1'
  | 'log'
  | 'log1p'
  | 'log2'
  | 'log10'
  | 'sin'
  | 'cos'
  | 'tan'
  | 'asin'
  | 'acos'
  | 'atan'
  | 'atan2'
  | 'sinh'
  | 'cosh'
  | 'tanh'
  | 'hypot'
  | 'erf'
  | 'erfc'
  | 'gamma'
  | 'lgamma'
  /** polygamma(n, x): the n-th derivative of that of lgamma; what slopes of gamma and lgamma are made of. */
  | 'polygamma'
  | 'floor'
  | 'ceil'
  | 'round'
  | 'trunc'
  | 'mod'
  | 'min'
  | 'max'
  /** Which of its arguments is the largest, from 1 on, the first of those alike; 0 while all are 0. */
  | 'most';
export interface CallExpression extends Common {
  kind: 'call';
  function: ElementaryFunction;
  arguments: Expression[];
  /** Of `most`: names of its values from 0 on, '' for none. */
  labels?: string[];
  smooth?: true;
}
/** `sum(pump[*].power)`: over all elements that the `[*]` in the body range over, in index order. */
export interface ReductionExpression extends Common {
  kind: 'reduction';
  operator: 'sum' | 'product' | 'min' | 'max' | 'mean' | 'any' | 'all' | 'count';
  body: Expression;
}

/**
 * A statistic over the last values of a signal. Each evaluation looks at the signal once more, so it stands in nothing but the
 * action of a handler that the compiler makes, which puts it into a hidden variable.
 */
export interface WindowExpression extends Common {
  kind: 'window';
  statistic: Statistic;
  input: Expression;
  /** What the statistic takes beside the signal; see `STATISTICS`. */
  parameters: Expression[];
  /** s; absent for those that forget by and by. Constant, as is the period. */
  span?: Expression;
  period: Expression;
}

/** Statistics over a window, and what they take beside the signal. */
export const STATISTICS = {
  mean: [],
  deviation: [],
  min: [],
  max: [],
  quantile: ['probability'],
  slope: ['period'],
  rate: ['period'],
  ewma: ['weight'],
  cusum: ['target', 'slack'],
} as const satisfies Record<string, readonly string[]>;
export type Statistic = keyof typeof STATISTICS;

/** What became of a counter, a number of items or a time so far, since the warm-up: `rate(bottle.left)`. */
export interface StatisticExpression extends Common {
  kind: 'statistic';
  operator: 'rate' | 'mean' | 'max' | 'utilisation' | 'quantile';
  /** A measure; for utilisation the resource itself. */
  reference: Reference;
  /** Of a quantile. */
  share?: Expression;
}

/** `draw normal(10 s, 2 s)`: drawn each time it is evaluated, from the stream of what it stands in. */
export interface DrawExpression extends Common {
  kind: 'draw';
  distribution: Distribution;
  /** As `DISTRIBUTIONS` in `distribution.ts` names them; all are there. */
  arguments: Expression[];
  /** Truncated: as though all outside these bounds were drawn again. */
  within?: { low: Expression; high: Expression };
  /** One of these: the one at what is drawn, rounded down. */
  sample?: number[];
}
/** The value of a function's parameter or let, computed once, in the formula that a call became. */
export interface LetExpression extends Common {
  kind: 'let';
  /** `reynolds.v`: as functions do not call themselves, the nearest let of a name is the one that is meant. */
  name: string;
  value: Expression;
  body: Expression;
}
/**
 * What is made of vectors and matrices as wholes. `product` has a matrix on a side; `list` has the elements, or the rows;
 * `identity`, `zeros` and `ones` have their sizes as arguments.
 */
export interface LinearExpression extends Common {
  kind: 'linear';
  operation: LinearOperation;
  arguments: Expression[];
  /** Of `pick`: which elements of its argument, by dim. */
  indexes?: Index[];
}
export type LinearOperation =
  | 'product'
  | 'dot'
  | 'cross'
  | 'norm'
  | 'transpose'
  | 'outer'
  | 'identity'
  | 'zeros'
  | 'ones'
  | 'diagonal'
  | 'trace'
  | 'list'
  | 'pick';

/** What the value was that long ago, at most `most`. */
export interface DelayExpression extends Common {
  kind: 'delay';
  value: Expression;
  duration: Expression;
  most?: Expression;
}
/** What a table says for these arguments. */
export interface LookupExpression extends Common {
  kind: 'lookup';
  /** Qualified name. */
  table: string;
  arguments: Expression[];
  smooth?: true;
}
export interface LocalExpression extends Common {
  kind: 'local';
  name: string;
}

/**
 * A path from the asset that owns the expression (or from a twin) to a variable, sensor or alarm:
 * `bearing.vibration`, `pump[2].temperature`, `node[i - 1].T`. A sensor's field (`casing.residual`) is no
 * segment: it stands in `target`. In the target of an override `all` stands for an array without an index.
 */
export interface Reference {
  segments: ReferenceSegment[];
  target: ReferenceTarget;
}
export interface ReferenceSegment {
  name: string;
  /** Absent for a thing that is no array. */
  index?: Index;
  /** Of a matrix: which column; `index` is the row. */
  column?: Index;
}
/** Indexes are one-based, as written. */
export type Index =
  | { kind: 'constant'; value: number }
  /** `i`, `i - 1`, `i + 2`: a `for` variable with an offset. */
  | { kind: 'loop'; variable: string; offset: number }
  /** `T[n]`, `T[n - 1]`: a whole number made of `fixed` values of the asset that owns the expression. */
  | { kind: 'fixed'; value: Expression }
  /** `[*]`. */
  | { kind: 'all' }
  /** All of them together, in a vector as a whole; or those from here to there, both included. */
  | { kind: 'whole'; from?: Expression; to?: Expression };
export type ReferenceTarget =
  | { kind: 'variable' }
  /** How far off the estimate of a state may be: `level.sd`. */
  | { kind: 'deviation' }
  /** A port as a whole, in a join; a part as a whole, which a link leads to. */
  | { kind: 'port' }
  | { kind: 'sensor'; field: SensorField }
  | { kind: 'alarm' }
  /** Of a process, queue or resource: `arrived`, `length`, `busy`, the name of an exit; '' for itself. */
  | { kind: 'measure'; field: string }
  /** A value of the item at a step. */
  | { kind: 'item' };
/** `measured` is what a plain reference to a sensor means. */
/** `age` is how long ago it was sampled. */
export type SensorField = 'age' | 'measured' | 'predicted' | 'residual' | 'stale' | 'outOfRange' | 'surprise';
