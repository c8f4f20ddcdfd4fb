/** Why two quantities do not go together, and what to try: the second half of a diagnostic's message. */
import { describe, quantityName, quantityWords } from './describe.ts';
import type { Dimension } from './dimension.ts';
import type { Quantity, QuantityFailure } from './quantity.ts';
import type { UnitTable } from './unit-table.ts';

/** What `right` has too much of: right / left. */
export function difference(left: Dimension, right: Dimension): Dimension {
  return right.div(left);
}

/**
 * What would make `right` fit `left`, as the rest of a sentence: "divide by a time (s)", "an energy divided by
 * a time is a power", "give it a unit of power, such as W". Empty when they have the same dimension.
 */
export function hintForMismatch(left: Dimension, right: Dimension, table: UnitTable): string {
  if (left.equals(right)) return '';
  if (right.isNone) return `give it a unit${ofQuantity(table, left)}, such as ${describe(table, left)}`;
  if (left.isNone) return `a plain number is expected here; divide by ${article(nameWithUnit(table, right))}`;

  if (left.equals(right.pow(-1))) return 'take the reciprocal';
  const surplus = difference(left, right);
  const lack = difference(right, left);
  const byDividing = nameable(table, surplus);
  const byMultiplying = nameable(table, lack);
  if (!byDividing && !byMultiplying) return `they differ by a factor in ${describe(table, surplus)}`;

  // Of the two ways to say it, the one with the simpler unit: times a time, not divided by a rate.
  const shorter = describe(table, surplus).length <= describe(table, lack).length;
  const verb = byDividing && (shorter || !byMultiplying) ? 'divide' : 'multiply';
  const factor = verb === 'divide' ? surplus : lack;
  const rightName = properName(table, right);
  const leftName = properName(table, left);
  if (rightName !== undefined && leftName !== undefined) {
    const action = verb === 'divide' ? 'divided by' : 'times';
    return `${article(rightName)} ${action} ${article(shortName(table, factor))} is ${article(leftName)}`;
  }
  return `${verb} by ${article(nameWithUnit(table, factor))}`;
}

/** One sentence for any failure of the quantity algebra, with a remedy where there is one. */
export function explainFailure(failure: QuantityFailure, table: UnitTable): string {
  const { left, right } = failure;
  switch (failure.reason) {
    case 'dimensionMismatch': {
      const hint = hintForMismatch(left.dimension, right.dimension, table);
      return `The left side is ${sideText(table, left)}, the right side is ${sideText(table, right)}: ${hint}.`;
    }
    case 'absolutePlusAbsolute':
      return `Two ${absoluteWords(table, left)} cannot be added: one of them must be a difference (5 ${describe(table, left.dimension)}). For a mean, write a + (b - a) / 2.`;
    case 'differenceMinusAbsolute':
      return `A difference less a point on a scale has no meaning: swap the two sides, or subtract a difference.`;
    case 'absoluteAgainstDifference': {
      const unit = describe(table, left.dimension);
      const first = left.kind === 'absolute' ? 'left' : 'right';
      return `The ${first} side is a point on a scale (as 20 °C), the other a difference (as 5 ${unit}): subtract the reference point from the ${first} side.`.replace(
        '20 °C',
        examplePoint(table, left.dimension),
      );
    }
    case 'divisionByZero':
      return 'This divides by zero.';
    case 'exponentHasUnit':
      return `An exponent must be a plain number, and this one is ${sideText(table, right)}.`;
    case 'exponentNotConstant':
      return `A value in ${describe(table, left.dimension)} can only be raised to a fixed number; divide it by a reference value first.`;
  }
}

function sideText(table: UnitTable, quantity: Quantity): string {
  if (quantity.dimension.isNone) return 'a plain number';
  const name = properName(table, quantity.dimension, quantity.kind === 'absolute');
  const unit = describe(table, quantity.dimension);
  return name === undefined ? `in ${unit}` : `${article(name)} (${unit})`;
}

function absoluteWords(table: UnitTable, quantity: Quantity): string {
  const name = quantityName(table, quantity.dimension, true);
  return name === undefined ? 'points on a scale' : `absolute ${quantityWords(name)}s`;
}

function examplePoint(table: UnitTable, dimension: Dimension): string {
  const name = quantityName(table, dimension, true);
  return name === undefined
    ? `a ${describe(table, dimension)} reading`
    : name === 'Temperature'
      ? '20 °C'
      : `a ${quantityWords(name)}`;
}

/** A dimension that a sentence can use: it has a declared name, or is one base unit. */
function nameable(table: UnitTable, dimension: Dimension): boolean {
  return quantityName(table, dimension) !== undefined;
}

function properName(table: UnitTable, dimension: Dimension, absolute = false): string | undefined {
  const name = quantityName(table, dimension, absolute);
  return name === undefined ? undefined : quantityWords(name);
}

function shortName(table: UnitTable, dimension: Dimension): string {
  return properName(table, dimension) ?? describe(table, dimension);
}

function nameWithUnit(table: UnitTable, dimension: Dimension): string {
  const name = properName(table, dimension);
  const unit = describe(table, dimension);
  return name === undefined ? `value in ${unit}` : `${name} (${unit})`;
}

function ofQuantity(table: UnitTable, dimension: Dimension): string {
  const name = properName(table, dimension);
  return name === undefined ? '' : ` of ${name}`;
}

/** a time, an energy, an hour; by sound for the few that differ. */
function article(words: string): string {
  const vowel = /^[aeio]/.test(words) || /^u(?!ni|se)/.test(words);
  return `${vowel ? 'an' : 'a'} ${words}`;
}
