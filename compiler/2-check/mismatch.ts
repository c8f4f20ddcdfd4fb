/** Two quantities that do not fit → a message in the modeller's words, with the changes that would mend it. */
import type { AstNode } from 'langium';
import {
  isConditionalExpr,
  isListLiteral,
  isParenExpr,
  type Expression,
} from '../../grammar/generated/ast.ts';
import type { Fix } from '../diagnostics/diagnostic.ts';
import * as types from '../diagnostics/types.ts';
import * as units from '../diagnostics/units.ts';
import { insertAfter, textOf, type Analysis } from './analysis.ts';
import { isBareZero, literalWithin, unitTextOf, type SignedLiteral } from './literals.ts';
import { isNumeric, wordsOf, type Type } from './type.ts';
import {
  assign,
  explainFailure,
  hintForMismatch,
  lookAlikes,
  suggestDisplayUnit,
  type QuantityFailure,
  type UnitTable,
} from './units/index.ts';
import { sourceOfProperty, uriOf } from '../1-parse/source.ts';

/** What a value is checked against: `temperature`, `the duration`. */
export interface Place {
  /** As it begins a sentence: `'temperature'`, `The duration`. */
  text: string;
  type: Type;
}

/** Reports at `node` that the two sides of an operator do not go together. */
export function reportOperands(
  failure: QuantityFailure,
  node: AstNode,
  operator: string,
  left: Expression,
  right: Expression,
  analysis: Analysis,
): void {
  const table = analysis.tableOf(node);
  const [leftType, rightType] = [analysis.typeOf(left), analysis.typeOf(right)];
  switch (failure.reason) {
    case 'dimensionMismatch': {
      if (reportMissingUnit(right, { text: `'${textOf(left)}'`, type: leftType }, analysis)) return;
      if (reportMissingUnit(left, { text: `'${textOf(right)}'`, type: rightType }, analysis)) return;
      const fixes = [...wrongUnitFixes(right, leftType, table), ...wrongUnitFixes(left, rightType, table)];
      const holes = {
        operator: operator === 'a list' ? 'A list' : `'${operator}'`,
        left: { text: textOf(left), is: wordsOf(leftType, table) },
        right: { text: textOf(right), is: wordsOf(rightType, table) },
        hint:
          meant(fixes) ?? hintForMismatch(leftType.quantity.dimension, rightType.quantity.dimension, table),
      };
      return analysis.report(units.unitMismatch, holes, node, { fixes });
    }
    case 'absolutePlusAbsolute': {
      const holes = { left: textOf(left), right: textOf(right), problem: explainFailure(failure, table) };
      const fixes = [...differenceFixes(right, table), ...differenceFixes(left, table)];
      return analysis.report(units.pointsAdded, holes, node, { fixes });
    }
    case 'differenceMinusAbsolute':
    case 'absoluteAgainstDifference':
      return analysis.report(
        units.pointAgainstDifference,
        { problem: explainFailure(failure, table) },
        node,
        {
          fixes: [...differenceFixes(right, table), ...differenceFixes(left, table)],
        },
      );
    case 'divisionByZero':
      return analysis.report(units.divisionByZero, { text: textOf(node) }, node);
    case 'exponentHasUnit':
    case 'exponentNotConstant':
      return analysis.report(units.exponentProblem, { problem: explainFailure(failure, table) }, node);
  }
}

/**
 * Checks that a value may stand where `place` is, and reports it where not. Looks into brackets, lists and both branches
 * of if, so that a message stands at the number it is about.
 */
export function requireFit(value: Expression | undefined, place: Place, analysis: Analysis): boolean {
  if (value === undefined) return true;
  if (isParenExpr(value)) return requireFit(value.inner, place, analysis);
  const type = analysis.typeOf(value);
  if (type.base === 'unknown') return true;
  if (isConditionalExpr(value)) {
    const then = requireFit(value.then, place, analysis);
    return requireFit(value.else, place, analysis) && then;
  }
  if (isListLiteral(value)) {
    return value.items
      .map((item) => requireFit(item as Expression | undefined, place, analysis))
      .every(Boolean);
  }
  const expected = place.type;
  if (expected.base === 'unknown') return true;
  const table = analysis.tableOf(value);
  if (expected.base === 'boolean' || !isNumeric(type)) {
    if (type.base === expected.base) return true;
    const holes = { text: textOf(value), is: wordsOf(type, table), place: place.text };
    analysis.report(expected.base === 'boolean' ? types.booleanExpected : types.numberExpected, holes, value);
    return false;
  }
  const result = assign(expected.quantity, type.quantity);
  if (!result.ok) {
    reportAssignment(result.failure, value, place, analysis);
    return false;
  }
  if (expected.base === 'integer' && type.base !== 'integer') {
    analysis.report(types.wholeNumberExpected, { text: textOf(value), place: place.text }, value);
    return false;
  }
  warnOfZero(value, expected, () => place.text, analysis);
  return true;
}

function reportAssignment(
  failure: QuantityFailure,
  value: Expression,
  place: Place,
  analysis: Analysis,
): void {
  const table = analysis.tableOf(value);
  const type = analysis.typeOf(value);
  if (failure.reason === 'dimensionMismatch') {
    if (reportMissingUnit(value, place, analysis)) return;
    const fixes = wrongUnitFixes(value, place.type, table);
    const holes = {
      target: { text: place.text, is: wordsOf(place.type, table) },
      value: { text: textOf(value), is: wordsOf(type, table) },
      hint: meant(fixes) ?? hintForMismatch(place.type.quantity.dimension, type.quantity.dimension, table),
    };
    analysis.report(units.quantityExpected, holes, value, { fixes });
    return;
  }
  const [point, other] =
    place.type.quantity.kind === 'absolute'
      ? [place.text, `'${textOf(value)}'`]
      : [`'${textOf(value)}'`, midSentence(place.text)];
  const problem = `${capital(point)} is a point on a scale (as 20 °C), and ${other} is a difference (as 5 K).`;
  analysis.report(units.pointAgainstDifference, { problem }, value, { fixes: differenceFixes(value, table) });
}

/** A bare number where a unit is due: says so, and offers the unit of the other side. */
function reportMissingUnit(value: Expression, place: Place, analysis: Analysis): boolean {
  const signed = literalWithin(value);
  if (signed === undefined || unitTextOf(signed.literal) !== undefined) return false;
  const table = analysis.tableOf(value);
  const candidates = unitsFor(place.type, table);
  const digits = textOf(signed.node);
  const holes = {
    value: digits,
    target: { text: midSentence(place.text), is: wordsOf(place.type, table) },
    example: candidates.map((unit) => `${digits} ${unit}`).join(' or '),
  };
  const fixes = candidates.map((unit) => insertAfter(signed.literal, ` ${unit}`, `Write ${digits} ${unit}`));
  analysis.report(units.unitMissing, holes, value, { fixes });
  return true;
}

/** Units to offer for a value of this type, the one it is shown in first. */
function unitsFor(type: Type, table: UnitTable): string[] {
  const { dimension, kind } = type.quantity;
  const found = [
    type.unit,
    suggestDisplayUnit(table, dimension, kind === 'absolute'),
    ...(table.hasAbsoluteScale(dimension) ? [suggestDisplayUnit(table, dimension)] : []),
  ];
  return [...new Set(found.flatMap((unit) => (unit === undefined || unit.text === '1' ? [] : [unit.text])))];
}

/** `20 C` where a temperature is due: the unit that was meant. */
function wrongUnitFixes(value: Expression, expected: Type, table: UnitTable): Fix[] {
  const literal = literalWithin(value);
  const unit = literal?.literal.unit;
  if (literal === undefined || unit === undefined) return [];
  return lookAlikes(table, unit, expected.quantity.dimension).map((text) => changeUnit(literal, text));
}

/** What the first change says, as a question. */
function meant([first]: readonly Fix[]): string | undefined {
  return first === undefined ? undefined : `did you mean ${first.title.replace('Write ', '')}?`;
}

/** `5 degC` where a difference is due: `5 K`. */
function differenceFixes(value: Expression, table: UnitTable): Fix[] {
  const literal = literalWithin(value);
  const text = literal?.literal.unit;
  const unit = text === undefined ? undefined : table.resolve(text);
  if (literal === undefined || unit?.ok !== true || !unit.unit.absolute) return [];
  const { dimension, factor } = unit.unit;
  return table
    .allUnits()
    .filter((candidate) => {
      const resolved = candidate.offset === undefined ? table.resolve(candidate.name) : undefined;
      if (resolved?.ok !== true || resolved.unit.absolute) return false;
      return resolved.unit.dimension.equals(dimension) && resolved.unit.factor.equals(factor);
    })
    .map((candidate) => changeUnit(literal, candidate.name));
}

function changeUnit({ literal, node }: SignedLiteral, unit: string): Fix {
  const { start, end } = sourceOfProperty(literal, 'unit');
  const digits = textOf(node)
    .slice(0, -(end - start))
    .trimEnd();
  return { title: `Write ${digits} ${unit}`, edits: [{ uri: uriOf(literal), start, end, text: unit }] };
}

/** `temperature > 0` compares with 0 K, which is seldom meant. */
export function warnOfZero(
  zero: Expression | undefined,
  other: Type,
  text: () => string,
  analysis: Analysis,
): void {
  if (zero === undefined || other.quantity.kind !== 'absolute' || !isBareZero(zero)) return;
  const table = analysis.tableOf(zero);
  const unit = other.unit?.text ?? suggestDisplayUnit(table, other.quantity.dimension, true)?.text;
  const literal = literalWithin(zero)?.literal;
  if (unit === undefined || literal === undefined) return;
  const base = suggestDisplayUnit(table, other.quantity.dimension)?.text ?? unit;
  const fixes = [...new Set([unit, base])].map((each) => insertAfter(literal, ` ${each}`, `Write 0 ${each}`));
  analysis.report(units.zeroOnAScale, { text: text().replaceAll("'", ''), unit, zero: `0 ${base}` }, zero, {
    fixes,
  });
}

function midSentence(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
