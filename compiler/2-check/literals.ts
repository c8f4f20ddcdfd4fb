/** Numbers as written: their unit and exact value. */
import type { AstNode } from 'langium';
import {
  isNumberLiteral,
  isParenExpr,
  isRange,
  type Expression,
  type NumberLiteral,
} from '../../grammar/generated/ast.ts';
import { plain } from './environment.ts';
import { toSI, type Unit, type UnitTable } from './units/index.ts';

/** A number with the sign before it: `-5 degC` is five degrees below zero, not the negative of a temperature. */
export interface SignedLiteral {
  literal: NumberLiteral;
  negative: boolean;
  /** The sign, where there is one, else the literal. */
  node: Expression;
}

/** A number, with a minus before it or without; undefined for all else. */
export function signedLiteral(expression: Expression | undefined): SignedLiteral | undefined {
  if (expression?.$type === 'NumberLiteral')
    return { literal: expression, negative: false, node: expression };
  if (
    expression?.$type === 'UnaryExpr' &&
    expression.operator === '-' &&
    isNumberLiteral(expression.operand)
  ) {
    return { literal: expression.operand, negative: true, node: expression };
  }
  return undefined;
}

/** A literal inside any brackets. */
export function literalWithin(expression: Expression | undefined): SignedLiteral | undefined {
  let inner = expression;
  while (isParenExpr(inner)) inner = inner.inner;
  return signedLiteral(inner);
}

/** The unit as written, or, in a range, that of the other bound: `0..400 m3/h`, `20..95 degC`. */
export function unitTextOf(literal: NumberLiteral): string | undefined {
  if (literal.unit !== undefined) return literal.unit;
  const around: AstNode = literal.$container;
  const signed: AstNode = around.$type === 'UnaryExpr' ? around : literal;
  const range = signed.$container;
  if (range?.$type !== 'Range' || !isRange(range)) return undefined;
  return signedLiteral(signed === range.low ? range.high : range.low)?.literal.unit;
}

export const NO_UNIT = Symbol('no unit');

/** The unit a literal is read in; NO_UNIT for a plain number, undefined for a text that is no unit. */
export function unitOfLiteral(literal: NumberLiteral, table: UnitTable): Unit | typeof NO_UNIT | undefined {
  const text = unitTextOf(literal);
  if (text === undefined) return NO_UNIT;
  const result = table.resolve(text, { suggest: false });
  return result.ok ? result.unit : undefined;
}

/** As text, exactly as many as were written. */
export function digitsOf({ literal, negative }: SignedLiteral): string {
  return (negative ? '-' : '') + plain(literal.value);
}

/** The SI value, rounded once. Undefined when the unit is not known or the digits are no number. */
export function literalValue(signed: SignedLiteral, table: UnitTable): number | undefined {
  if ((signed.literal.value as string | undefined) === undefined) return undefined;
  const digits = digitsOf(signed);
  const unit = unitOfLiteral(signed.literal, table);
  if (unit === undefined) return undefined;
  // A decimal is rounded alike here and by the exact way, which is slower.
  const plainly = unit === NO_UNIT || (unit.factor.isOne && unit.offset === undefined);
  const value = plainly ? Number(digits) : toSI(digits, unit);
  return Number.isNaN(value) ? undefined : value;
}

/** A bare `0` (also `0.0`, `-0`), which fits any unit. */
export function isBareZero(expression: Expression | undefined): boolean {
  const signed = signedLiteral(expression);
  if (signed === undefined || unitTextOf(signed.literal) !== undefined) return false;
  return /^[0_.]+(e[+-]?\d+)?$/i.test(signed.literal.value ?? '');
}

/** `12`, `1_000`: written without a point or an exponent. */
export function isWhole(literal: NumberLiteral): boolean {
  return /^[0-9_]+$/.test(literal.value ?? '');
}
