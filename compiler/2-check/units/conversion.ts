/** Values between units: exact rational arithmetic, then at most one rounding to a double. */
import { Factor } from './factor.ts';
import { Rational, ZERO } from './rational.ts';
import type { Unit } from './unit.ts';

/** The SI value of a decimal as written, rounded once. NaN when the text is no decimal. */
export function toSI(decimalText: string, unit: Unit): number {
  const value = Rational.parse(decimalText);
  return value === undefined ? NaN : exactSI(value, unit).toNumber();
}

/** The exact SI value. */
export function exactSI(value: Rational, unit: Unit): Factor {
  return new Factor(unit.offset === undefined ? value : value.add(unit.offset)).mul(unit.factor);
}

/** The value in this unit of a double in SI, rounded once. Infinities and NaN pass through. */
export function fromSI(si: number, unit: Unit): number {
  if (!Number.isFinite(si)) return si;
  return new Factor(Rational.fromNumber(si)).div(unit.factor).toNumber(unit.offset?.negate());
}

/** si ≈ x · scale + shift in doubles, for loops that convert many values. */
export function linearToSI(unit: Unit): { readonly scale: number; readonly shift: number } {
  return { scale: unit.factor.toNumber(), shift: exactSI(ZERO, unit).toNumber() };
}

export interface ExactConversion {
  readonly value: Rational;
  /** Decimal text when the decimal ends (`2.2`), else a ratio (`11/3`). */
  readonly text: string;
  readonly isDecimal: boolean;
}

/**
 * The same quantity in another unit, exactly. Undefined when the dimensions differ, the text is no
 * decimal, or pi stays in the ratio so that there is no exact rational (degrees to radians).
 */
export function convertExactly(decimalText: string, from: Unit, to: Unit): ExactConversion | undefined {
  const value = Rational.parse(decimalText);
  if (value === undefined || !from.dimension.equals(to.dimension)) return undefined;
  const scaled = exactSI(value, from).div(to.factor);
  if (scaled.piPower !== 0) return undefined;
  const result = to.offset === undefined ? scaled.ratio : scaled.ratio.sub(to.offset);
  const text = result.toString();
  return { value: result, text, isDecimal: !text.includes('/') };
}

/** Whether two literals are the same quantity: `120 m3/h` and `2 m3/min` are. */
export function sameValue(leftText: string, left: Unit, rightText: string, right: Unit): boolean {
  const a = Rational.parse(leftText);
  const b = Rational.parse(rightText);
  if (a === undefined || b === undefined || !left.dimension.equals(right.dimension)) return false;
  return exactSI(a, left).equals(exactSI(b, right));
}
