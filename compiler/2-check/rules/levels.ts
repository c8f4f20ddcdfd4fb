/** The values that something is varied over are of its quantity, known, and in its range. */
import type { Expression, Range, VariableDecl, VaryStep } from '../../../grammar/generated/ast.ts';
import * as experiments from '../../diagnostics/experiments.ts';
import * as types from '../../diagnostics/types.ts';
import { textOf, type Analysis } from '../analysis.ts';
import { numberValue, valueOf } from '../constants.ts';
import { requireFit, type Place } from '../mismatch.ts';
import { levelsOf } from '../experiments.ts';
import { numberOf, type Type } from '../type.ts';
import { checkInside, checkRange, placeOf } from './variables.ts';

export function levelsMustFit(vary: VaryStep, feature: VariableDecl, analysis: Analysis): void {
  const place = { ...placeOf(feature, analysis), text: `'${textOf(vary.target)}'` };
  if (place.type.base === 'unknown') return;
  if (vary.values !== undefined) {
    for (const item of vary.values.items as (Expression | undefined)[]) {
      if (item === undefined || !requireFit(item, place, analysis)) continue;
      if (known(item, 'A value to vary', analysis)) checkInside(item, feature, analysis);
    }
    return;
  }
  const { range, step } = vary;
  if (range === undefined || !rangeMustBeKnown(range, textOf(vary.target), feature, analysis)) return;
  if (step !== undefined) stepMustLead(vary, step, place, analysis);
}

/** A range of values that a variable may be given; whether it is known. */
export function rangeMustBeKnown(
  range: Range,
  text: string,
  feature: VariableDecl,
  analysis: Analysis,
): boolean {
  checkRange(range, { ...placeOf(feature, analysis), text: `'${text}'` }, analysis);
  const bounds = [range.low, range.high] as (Expression | undefined)[];
  const sound = bounds.map((bound) => bound !== undefined && known(bound, 'A range to go over', analysis));
  if (!sound.every(Boolean)) return false;
  for (const bound of bounds) checkInside(bound, feature, analysis);
  return true;
}

function known(value: Expression, place: string, analysis: Analysis): boolean {
  if (analysis.typeOf(value).base === 'unknown') return false;
  if (valueOf(value, analysis) !== undefined) return true;
  analysis.report(types.constantExpected, { text: textOf(value), place }, value);
  return false;
}

function stepMustLead(vary: VaryStep, step: Expression, place: Place, analysis: Analysis): void {
  if (!requireFit(step, { text: 'A step', type: intervalOf(place.type) }, analysis)) return;
  if (!known(step, 'A step', analysis)) return;
  const [low, high] = [numberValue(vary.range?.low, analysis), numberValue(vary.range?.high, analysis)];
  const length = numberValue(step, analysis);
  if (low === undefined || high === undefined || length === undefined || low > high) return;
  const fail = (problem: string) => analysis.report(experiments.stepProblem, { problem }, step);
  if (length <= 0) return fail(`A step of ${textOf(step)} leads nowhere.`);
  if (length > high - low)
    return fail(`A step of ${textOf(step)} is longer than the range ${textOf(vary.range)}.`);
  const levels = levelsOf(vary, analysis);
  if (levels === undefined) return fail(`Steps of ${textOf(step)} are too many.`);
  if (place.type.base === 'integer' && 'values' in levels && !levels.values.every(Number.isInteger))
    fail(`${place.text} is a whole number, and these steps pass others.`);
}

/** The distance between two values: of points on a scale that is a difference. */
function intervalOf(type: Type): Type {
  const wide: Type = type.base === 'integer' ? { ...type, base: 'number' } : type;
  return type.quantity.kind === 'absolute' ? numberOf({ ...type.quantity, kind: 'difference' }) : wide;
}
