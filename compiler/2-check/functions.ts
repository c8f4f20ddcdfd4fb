/** The functions of the language: what they take and give. */
import type { ElementaryFunction, ReductionExpression } from '../model/expression.ts';

export interface FunctionInfo {
  name: string;
  /** Fewest and most arguments. */
  arguments: [number, number];
  /**
   * `plain`: plain numbers to a plain number; `whole`: a plain number to a whole one; `same`: keeps the quantity that all
   * arguments share; `sign`: any quantity to a plain number; `root`: the quantity's root; `angle`: two of one
   * quantity to a plain number; `reduction`: `[*]`; `event`: der and pre, which take a name. Written with others when
   * lowered: `shape`: keeps the shared quantity; `share`: of a shared quantity to a plain number; `quotient`: of two
   * quantities to theirs; `truth`: to true or false; `map`: three of one quantity, then two of another, which the result has.
   */
  rule:
    | 'plain'
    | 'whole'
    | 'same'
    | 'sign'
    | 'root'
    | 'angle'
    | 'reduction'
    | 'event'
    | 'shape'
    | 'share'
    | 'truth'
    | 'quotient'
    | 'map'
    | 'delay'
    /** The value itself, of a promise about it. */
    | 'promise'
    /** Of vectors and matrices as a whole. */
    | 'linear'
    /** What a process tells. */
    | 'statistic'
    /** Values of one quantity to the name of one of them. */
    | 'name';
  /** One line for people. */
  doc: string;
}

const table: Record<FunctionInfo['rule'], Record<string, [fewest: number, most: number, doc: string]>> = {
  event: {
    der: [1, 1, 'The derivative of a state with respect to time.'],
    pre: [1, 1, 'The value just before an event.'],
  },
  plain: {
    exp: [1, 1, 'e to the power x.'],
    expm1: [1, 1, 'exp(x) - 1, exact for small x.'],
    log: [1, 1, 'The natural logarithm.'],
    log1p: [1, 1, 'log(1 + x), exact for small x.'],
    log2: [1, 1, 'The logarithm to base 2.'],
    log10: [1, 1, 'The logarithm to base 10.'],
    sin: [1, 1, 'The sine of an angle (rad, or written with deg).'],
    cos: [1, 1, 'The cosine of an angle.'],
    tan: [1, 1, 'The tangent of an angle.'],
    asin: [1, 1, 'The angle with this sine, in rad.'],
    acos: [1, 1, 'The angle with this cosine, in rad.'],
    atan: [1, 1, 'The angle with this tangent, in rad.'],
    sinh: [1, 1, 'The hyperbolic sine.'],
    cosh: [1, 1, 'The hyperbolic cosine.'],
    tanh: [1, 1, 'The hyperbolic tangent.'],
    erf: [1, 1, 'The error function, 2/sqrt(pi) times the integral of exp(-t^2) from 0 to x.'],
    erfc: [1, 1, '1 - erf(x), exact where that is small.'],
    gamma: [1, 1, 'The gamma function; gamma(n + 1) is n! of a whole number.'],
    lgamma: [1, 1, 'The natural logarithm of the magnitude of gamma(x), which does not overflow.'],
  },
  whole: {
    floor: [1, 1, 'The next whole number below.'],
    ceil: [1, 1, 'The next whole number above.'],
    round: [1, 1, 'The nearest whole number.'],
    trunc: [1, 1, 'The whole part.'],
  },
  same: {
    abs: [1, 1, 'The magnitude.'],
    hypot: [2, 2, 'sqrt(x^2 + y^2), without overflow.'],
    mod: [2, 2, 'What is left of x when y is taken from it as often as it goes.'],
    min: [1, Infinity, 'The least of its arguments, or of all elements: min(x).'],
    max: [1, Infinity, 'The greatest of its arguments, or of all elements: max(x).'],
  },
  shape: {
    clamp: [3, 3, 'clamp(x, low, high): x, but no less than low and no more than high.'],
    wrap: [3, 3, 'wrap(x, low, high): x moved by whole turns of high - low into low..high.'],
    deadband: [2, 2, 'deadband(x, width): 0 up to width to either side, beyond it what x is more.'],
    softplus: [2, 2, 'softplus(x, width): max(x, 0) with a rounded corner, as wide as width.'],
    softabs: [2, 2, 'softabs(x, width): abs(x) with a rounded corner, as wide as width.'],
  },
  share: {
    smoothstep: [3, 3, 'smoothstep(x, from, to): 0 up to from, 1 beyond to, and smooth in between.'],
  },
  quotient: {
    ratio: [2, 2, 'ratio(a, b): a / b, and 0 while both are 0, as shares are before anything has come.'],
  },
  truth: { between: [3, 3, 'between(x, low, high): whether low <= x <= high.'] },
  delay: {
    delay: [
      2,
      3,
      'delay(x, time, most): what x was that long ago. A time that changes needs the most that it can be.',
    ],
  },
  promise: {
    smooth: [
      1,
      1,
      'smooth(x): x, with the promise that it has neither jump nor sharp bend, so that no step ends where a condition in it changes.',
    ],
  },
  map: {
    interpolate: [5, 5, 'interpolate(x, x0, x1, y0, y1): on the straight line from (x0, y0) to (x1, y1).'],
  },
  linear: {
    dot: [2, 2, 'dot(a, b): the scalar product of two vectors of one length.'],
    cross: [2, 2, 'cross(a, b): the vector product of two vectors of 3.'],
    norm: [1, 1, 'norm(v): the length of a vector, the root of the sum of its squares.'],
    transpose: [1, 1, 'transpose(A): the matrix with rows and columns exchanged.'],
    outer: [2, 2, 'outer(a, b): the matrix with a[i] * b[j] in row i and column j.'],
    diagonal: [1, 1, 'diagonal(v): the matrix with the vector on its diagonal, and 0 elsewhere.'],
    trace: [1, 1, 'trace(A): the sum of the diagonal of a square matrix.'],
    identity: [1, 1, 'identity(n): the n × n matrix that changes nothing.'],
    zeros: [1, 2, 'zeros(n), zeros(n, m): a vector or matrix of zeros, of any quantity.'],
    ones: [1, 2, 'ones(n), ones(n, m): a vector or matrix of ones.'],
  },
  sign: { sign: [1, 1, '-1, 0 or 1.'] },
  root: {
    sqrt: [1, 1, 'The square root; of m2 it is m.'],
    cbrt: [1, 1, 'The cube root.'],
  },
  statistic: {
    utilisation: [
      1,
      1,
      'The share of its units that worked on average, since the warm-up, blocked ones left out: utilisation(filler).',
    ],
  },
  name: {
    most: [
      1,
      Infinity,
      'most(utilisation(filler), utilisation(capper)): the name of what has the largest value, the first of those alike; none while all are 0.',
    ],
  },
  angle: { atan2: [2, 2, 'The angle of the point (x, y), written atan2(y, x), in rad.'] },
  reduction: {
    sum: [1, 1, 'The sum over all elements: sum(x), sum(pump[*].power).'],
    product: [1, 1, 'The product over all elements.'],
    mean: [
      1,
      1,
      'The mean of all elements; of a number of items, of units or of times of items, since the warm-up.',
    ],
    any: [1, 1, 'Whether one of the elements is true.'],
    all: [1, 1, 'Whether all elements are true.'],
    count: [1, 1, 'How many elements are true.'],
  },
};

export const FUNCTIONS: ReadonlyMap<string, FunctionInfo> = new Map(
  (Object.keys(table) as FunctionInfo['rule'][]).flatMap((rule) =>
    Object.entries(table[rule]).map(([name, [fewest, most, doc]]): [string, FunctionInfo] => [
      name,
      { name, arguments: [fewest, most], rule, doc },
    ]),
  ),
);

/** Whether a call reduces over `[*]`: `sum(…)`, and `min`, `max` of a single argument. */
export function isReduction(
  name: string | undefined,
  argumentCount: number,
): name is ReductionExpression['operator'] {
  const info = name === undefined ? undefined : FUNCTIONS.get(name);
  return info?.rule === 'reduction' || ((name === 'min' || name === 'max') && argumentCount === 1);
}

const NOT_ELEMENTARY: ReadonlySet<FunctionInfo['rule']> = new Set([
  'reduction',
  'event',
  'statistic',
  'shape',
  'share',
  'truth',
  'quotient',
  'map',
  'delay',
  'name',
  'linear',
  'promise',
]);

export function isElementary(name: string): name is ElementaryFunction {
  const info = FUNCTIONS.get(name);
  return info !== undefined && !NOT_ELEMENTARY.has(info.rule);
}
