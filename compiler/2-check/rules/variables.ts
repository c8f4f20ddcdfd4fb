/** Declarations: values, sizes, ranges. */
import {
  isListLiteral,
  isVariableDecl,
  type ConstDecl,
  type Expression,
  type ForStatement,
  type PartDecl,
  type Range,
  type VariableDecl,
} from '../../../grammar/generated/ast.ts';
import { sourceOfProperty } from '../../1-parse/source.ts';
import * as structure from '../../diagnostics/structure.ts';
import * as types from '../../diagnostics/types.ts';
import { textOf, type Analysis } from '../analysis.ts';
import { constantsIn, isConstant, numberValue } from '../constants.ts';
import { signedLiteral, unitTextOf } from '../literals.ts';
import { requireFit, type Place } from '../mismatch.ts';
import { wayBack } from '../settled.ts';
import { INTEGER, isNumeric } from '../type.ts';
import { unitMustBeOf } from './statistics.ts';

export function valueMustBeGiven(variable: VariableDecl, analysis: Analysis): void {
  const { role, name } = variable;
  // Without any type it was said already that there is nothing to go by.
  if (
    variable.value !== undefined ||
    variable.guess !== undefined ||
    variable.type === undefined ||
    (name as string | undefined) === undefined
  )
    return;
  if (role !== 'state' && role !== 'input') return;
  analysis.report(structure.valueMissing, { name, role }, variable, {
    place: sourceOfProperty(variable, 'name'),
  });
}

export function valueMustFitItsType(declaration: VariableDecl | ConstDecl, analysis: Analysis): void {
  if (declaration.type === undefined || declaration.value === undefined) return;
  requireFit(declaration.value, placeOf(declaration, analysis), analysis);
}

export function placeOf(declaration: VariableDecl | ConstDecl, analysis: Analysis): Place {
  return { text: `'${declaration.name}'`, type: analysis.declaredType(declaration) };
}

export function fixedValueMustBeKnown(variable: VariableDecl, analysis: Analysis): void {
  const { value } = variable;
  if (variable.role !== 'fixed' || value === undefined) return;
  for (const item of itemsOf(value)) mustBeKnown(item, variable.name, 'fixed', analysis);
}

export function constantMustBeKnown(constant: ConstDecl, analysis: Analysis): void {
  if ((constant.value as Expression | undefined) === undefined) return;
  const path = analysis.isSettled(constant)
    ? undefined
    : wayBack(constant, ({ value }) => constantsIn(value));
  const said = analysis.findingsAt(constant).length > 0;
  if (path !== undefined && !said) {
    const names = [constant, ...path].map((each) => each.name);
    analysis.report(types.valueCycle, { name: constant.name, path: names }, constant, {
      place: sourceOfProperty(constant, 'name'),
    });
  }
  mustBeKnown(constant.value, constant.name, 'const', analysis);
}

function mustBeKnown(
  value: Expression | undefined,
  name: string,
  keyword: 'fixed' | 'const',
  analysis: Analysis,
): void {
  if (value === undefined || isListLiteral(value) || isConstant(value, keyword)) return;
  analysis.report(structure.fixedNotConstant, { name, text: textOf(value), keyword }, value);
}

export function arraySizeMustBeKnown(declaration: VariableDecl | PartDecl, analysis: Analysis): void {
  sizeMustBeKnown(declaration.size, analysis);
  if (isVariableDecl(declaration)) sizeMustBeKnown(declaration.columns, analysis);
}

function sizeMustBeKnown(size: Expression | undefined, analysis: Analysis): void {
  if (size === undefined) return;
  const type = analysis.typeOf(size);
  if (type.base === 'unknown') return;
  const value = numberValue(size, analysis);
  const sound = isConstant(size, 'fixed') && type.base === 'integer' && (value === undefined || value >= 1);
  if (!sound) analysis.report(structure.sizeNotConstant, { text: textOf(size) }, size);
}

export function rangeMustFit(variable: VariableDecl, analysis: Analysis): void {
  checkRange(variable.range, placeOf(variable, analysis), analysis);
}

/** `kpi throughput = rate(bottle.left) as 1/h`: only numbers have a unit, and it is one of theirs. */
export function declaredUnitMustFit(variable: VariableDecl, analysis: Analysis): void {
  if (variable.unit === undefined) return;
  const type = analysis.declaredType(variable);
  if (type.base === 'boolean' || type.base === 'mode') {
    const is = type.base === 'mode' ? 'a name' : 'true or false';
    const holes = { text: variable.name, is, place: 'A unit to be shown in' };
    analysis.report(types.numberExpected, holes, variable, { place: sourceOfProperty(variable, 'unit') });
  } else unitMustBeOf(variable, variable.unit, variable.name, type, analysis);
}

/** Both bounds fit what the range is of, and are in order. */
export function checkRange(range: Range | undefined, place: Place, analysis: Analysis): void {
  if (range === undefined) return;
  // A bare bound takes the other's unit, so what is wrong with it is said at the other.
  const bounds = ([range.low, range.high] as (Expression | undefined)[]).filter(
    (bound) => !takesUnitOfOther(bound),
  );
  if (place.type.base === 'boolean') {
    const is = 'true or false';
    analysis.report(
      types.numberExpected,
      { text: place.text.replaceAll("'", ''), is, place: 'A range' },
      range,
    );
    return;
  }
  if (!bounds.map((bound) => requireFit(bound, rangePlace(place), analysis)).every(Boolean)) return;
  const [low, high] = [numberValue(range.low, analysis), numberValue(range.high, analysis)];
  if (low !== undefined && high !== undefined && low > high) {
    analysis.report(types.rangeReversed, { low: textOf(range.low), high: textOf(range.high) }, range);
  }
}

function takesUnitOfOther(bound: Expression | undefined): boolean {
  const literal = signedLiteral(bound)?.literal;
  return literal !== undefined && literal.unit === undefined && unitTextOf(literal) !== undefined;
}

/** Bounds of a whole number need not be whole. */
function rangePlace(place: Place): Place {
  return place.type.base === 'integer' ? { ...place, type: { ...place.type, base: 'number' } } : place;
}

export function valueMustLieInItsRange(variable: VariableDecl, analysis: Analysis): void {
  const { value } = variable;
  for (const item of itemsOf(value)) checkInside(item, variable, analysis);
}

/** The values in a list, and in the lists in it; or the one value. */
export function itemsOf(value: Expression | undefined): (Expression | undefined)[] {
  return isListLiteral(value) ? value.items.flatMap(itemsOf) : [value];
}

/** A value that is known when compiled lies in the range of what it is for. */
export function checkInside(value: Expression | undefined, variable: VariableDecl, analysis: Analysis): void {
  const { range, name } = variable;
  const known = numberValue(value, analysis);
  if (range === undefined || known === undefined || value === undefined) return;
  const [type, declared] = [analysis.typeOf(value), analysis.declaredType(variable)];
  if (!isNumeric(type) || !isNumeric(declared)) return;
  // A value of another quantity was reported; its number says nothing here.
  if (type.quantity.kind !== 'zero' && !type.quantity.dimension.equals(declared.quantity.dimension)) return;
  const bounds = [analysis.typeOf(range.low), analysis.typeOf(range.high)];
  if (
    !bounds.every(
      ({ quantity }) => quantity.kind === 'zero' || quantity.dimension.equals(declared.quantity.dimension),
    )
  )
    return;
  const [low, high] = [numberValue(range.low, analysis), numberValue(range.high, analysis)];
  const below = low !== undefined && known < low;
  if (!below && !(high !== undefined && known > high)) return;
  analysis.report(
    types.outsideRange,
    { name, value: textOf(value), low: textOf(range.low), high: textOf(range.high) },
    value,
  );
}

export function loopRangeMustBeKnown(loop: ForStatement, analysis: Analysis): void {
  for (const bound of [loop.range?.low, loop.range?.high] as (Expression | undefined)[]) {
    if (bound === undefined) continue;
    const type = analysis.typeOf(bound);
    if (type.base === 'unknown') continue;
    if (!isConstant(bound, 'fixed')) {
      analysis.report(types.constantExpected, { text: textOf(bound), place: 'The range of for' }, bound);
    } else requireFit(bound, { text: 'A bound of for', type: INTEGER }, analysis);
  }
}
