/**
 * The algebra of quantities: a dimension, and whether a value is a point on a scale or a difference.
 *
 * `20 degC` is a point (absolute), `T1 - T2` a difference, `5 K` may be either until its use decides, and
 * a bare `0` fits anything. Absolute values may be compared, subtracted from each other and shifted by a
 * difference; adding two is an error. Products and powers take them as plain kelvins (p V = n R T).
 * All rules stand here and nowhere else.
 */
import { DIMENSIONLESS, type Dimension } from './dimension.ts';
import type { Rational } from './rational.ts';
import type { Unit } from './unit.ts';

export type QuantityKind = 'absolute' | 'difference' | 'either' | 'zero';

export interface Quantity {
  /** `DIMENSIONLESS` for kind `zero`, whose dimension is still open. */
  readonly dimension: Dimension;
  readonly kind: QuantityKind;
}

export type QuantityFailure =
  /** The dimensions differ. */
  | { readonly reason: 'dimensionMismatch'; readonly left: Quantity; readonly right: Quantity }
  /** 20 degC + 10 degC. */
  | { readonly reason: 'absolutePlusAbsolute'; readonly left: Quantity; readonly right: Quantity }
  /** A difference minus a point on a scale. */
  | { readonly reason: 'differenceMinusAbsolute'; readonly left: Quantity; readonly right: Quantity }
  /** A point compared with, assigned to or chosen against a difference. */
  | { readonly reason: 'absoluteAgainstDifference'; readonly left: Quantity; readonly right: Quantity }
  /** Divided by a bare 0, or 0 raised to a negative power. */
  | { readonly reason: 'divisionByZero'; readonly left: Quantity; readonly right: Quantity }
  /** An exponent with a unit. */
  | { readonly reason: 'exponentHasUnit'; readonly left: Quantity; readonly right: Quantity }
  /** A value with a unit to a power that is not known when compiled: its unit would be unknown. */
  | { readonly reason: 'exponentNotConstant'; readonly left: Quantity; readonly right: Quantity };

export type QuantityResult =
  | { readonly ok: true; readonly quantity: Quantity }
  | { readonly ok: false; readonly failure: QuantityFailure };

/** A bare `0`. */
export const ZERO_QUANTITY: Quantity = { dimension: DIMENSIONLESS, kind: 'zero' };
/** A plain number. */
export const NUMBER: Quantity = { dimension: DIMENSIONLESS, kind: 'either' };

/** The quantity of a number written with this unit: degC makes a point, everything else may be either. */
export function quantityOfLiteral(unit: Unit): Quantity {
  return { dimension: unit.dimension, kind: unit.absolute ? 'absolute' : 'either' };
}

/** A point (20 degC) and a difference make a point; two points cannot be added. */
export function add(left: Quantity, right: Quantity): QuantityResult {
  return sameDimension(left, right, () => {
    if (left.kind === 'absolute' && right.kind === 'absolute')
      return failed('absolutePlusAbsolute', left, right);
    if (left.kind === 'absolute' || right.kind === 'absolute') return 'absolute';
    return left.kind === 'difference' && right.kind === 'difference' ? 'difference' : 'either';
  });
}

/** Of two points it is their difference; a point cannot be taken from a difference. */
export function subtract(left: Quantity, right: Quantity): QuantityResult {
  if (left.kind === 'zero') return negate(right);
  return sameDimension(left, right, () => {
    if (right.kind === 'absolute') {
      return left.kind === 'difference' ? failed('differenceMinusAbsolute', left, right) : 'difference';
    }
    if (left.kind === 'difference') return 'difference';
    // A point less an undecided value: a point when that is a difference, else a difference.
    return left.kind === 'absolute' && right.kind === 'difference' ? 'absolute' : 'either';
  });
}

/** For `<`, `==` and the like: the common quantity of both sides. */
export function compare(left: Quantity, right: Quantity): QuantityResult {
  return join(left, right);
}

/** For `if … then a else b`, `min`, `max`, array literals: the quantity that covers both. */
export function join(left: Quantity, right: Quantity): QuantityResult {
  return sameDimension(left, right, () => {
    if (left.kind === right.kind) return left.kind;
    if (left.kind === 'either') return right.kind;
    if (right.kind === 'either') return left.kind;
    return failed('absoluteAgainstDifference', left, right);
  });
}

/** Whether `value` may stand where `target` is declared; gives the target's quantity. */
export function assign(target: Quantity, value: Quantity): QuantityResult {
  const joined = join(target, value);
  return joined.ok ? { ok: true, quantity: target } : joined;
}

/** A scaled difference stays a difference; a scaled point is plain kelvins, free to be either. */
export function multiply(left: Quantity, right: Quantity): QuantityResult {
  if (left.kind === 'zero' || right.kind === 'zero') return done(ZERO_QUANTITY);
  const scaledDifference =
    (right.kind === 'difference' && left.dimension.isNone) ||
    (left.kind === 'difference' && right.dimension.isNone);
  const dimension = left.dimension.mul(right.dimension);
  return done({ dimension, kind: scaledDifference ? 'difference' : 'either' });
}

/** Dimensions are divided; nothing can be divided by a zero that fits all. */
export function divide(left: Quantity, right: Quantity): QuantityResult {
  if (right.kind === 'zero') return { ok: false, failure: { reason: 'divisionByZero', left, right } };
  if (left.kind === 'zero') return done(ZERO_QUANTITY);
  const scaledDifference = left.kind === 'difference' && right.dimension.isNone;
  const dimension = left.dimension.div(right.dimension);
  return done({ dimension, kind: scaledDifference ? 'difference' : 'either' });
}

/**
 * left ^ right. `exponent` is the value of the right side where it is known when compiled.
 */
export function power(left: Quantity, right: Quantity, exponent: Rational | undefined): QuantityResult {
  if (!right.dimension.isNone) return { ok: false, failure: { reason: 'exponentHasUnit', left, right } };
  if (left.kind === 'zero') {
    const negative = exponent !== undefined && exponent.numerator < 0n;
    if (negative) return { ok: false, failure: { reason: 'divisionByZero', left, right } };
    return done(exponent?.isZero === true ? NUMBER : ZERO_QUANTITY);
  }
  if (left.dimension.isNone) return done(NUMBER);
  if (exponent === undefined) return { ok: false, failure: { reason: 'exponentNotConstant', left, right } };
  return done({ dimension: left.dimension.pow(exponent), kind: 'either' });
}

/** Of a point it may be a point or a difference. */
export function negate(value: Quantity): QuantityResult {
  return done(value.kind === 'absolute' ? { ...value, kind: 'either' } : value);
}

/** der(value): a rate of change is never a point, whatever it is the rate of. `time` is the dimension of s. */
export function derivative(value: Quantity, time: Dimension): QuantityResult {
  if (value.kind === 'zero') return done(ZERO_QUANTITY);
  const kind = value.kind === 'either' ? 'either' : 'difference';
  return done({ dimension: value.dimension.div(time), kind });
}

function sameDimension(
  left: Quantity,
  right: Quantity,
  kindOf: () => QuantityKind | QuantityResult,
): QuantityResult {
  if (left.kind === 'zero') return done(right);
  if (right.kind === 'zero') return done(left);
  if (!left.dimension.equals(right.dimension)) return failed('dimensionMismatch', left, right);
  const kind = kindOf();
  return typeof kind === 'string' ? done({ dimension: left.dimension, kind }) : kind;
}

function done(quantity: Quantity): QuantityResult {
  return { ok: true, quantity };
}

function failed(reason: QuantityFailure['reason'], left: Quantity, right: Quantity): QuantityResult {
  return { ok: false, failure: { reason, left, right } };
}
