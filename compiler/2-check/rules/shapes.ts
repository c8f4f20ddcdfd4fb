/** Vectors and matrices: what is given has the shape of what it is for. */
import {
  isExpression,
  isListLiteral,
  type Equation,
  type Expression,
  type Override,
  type SetAction,
  type VariableDecl,
} from '../../../grammar/generated/ast.ts';
import { MOST_SET_AT_ONCE } from '../../model/asset.ts';
import type { Fix } from '../../diagnostics/diagnostic.ts';
import * as shapes from '../../diagnostics/shapes.ts';
import * as structure from '../../diagnostics/structure.ts';
import { replace, textOf, type Analysis } from '../analysis.ts';
import { contextOf } from '../infer/path.ts';
import { eachFixes, isOfOne, shapeOfType } from '../infer/shape.ts';
import { featureOf, isPartLike, pathOf, sizeOf } from '../paths.ts';
import { agree, shapesAgree, shapeWords, type Shape } from '../shape.ts';
import type { Type } from '../type.ts';

/** All of its dims: those of `[*]`, then its own. */
const allDims = (type: Type): Shape => [...(type.stars ?? []), ...shapeOfType(type)];

export function sidesMustHaveOneShape(equation: Equation, analysis: Analysis): void {
  const target = {
    // Only what does not fit is put into words.
    get text() {
      return `'${textOf(equation.left)}'`;
    },
    type: analysis.typeOf(equation.left),
  };
  requireShape(equation.right, target, equation.left, analysis);
}

export function valueMustHaveShapeOfTarget(action: SetAction, analysis: Analysis): void {
  const target = { text: `'${textOf(action.target)}'`, type: analysis.typeOf(action.target) };
  requireShape(action.value, target, action.target, analysis);
  const size = allDims(target.type).reduce((product, one) => product * (one.size ?? 1), 1);
  if (size <= MOST_SET_AT_ONCE) return;
  const holes = { name: textOf(action.target), size, most: MOST_SET_AT_ONCE };
  analysis.report(shapes.wholeTooLong, holes, action.target);
}

/** One value for all elements is given by each side that is one by one, and a plain 0 is of any shape. */
function requireShape(
  value: Expression | undefined,
  target: { text: string; type: Type },
  written: Expression,
  analysis: Analysis,
): void {
  const type = analysis.typeOf(value);
  if (value === undefined || type.base === 'unknown' || target.type.base === 'unknown') return;
  if (isOfOne(type) && isOfOne(target.type)) return;
  const [wanted, given] = [allDims(target.type), allDims(type)];
  if (shapesAgree(wanted, given)) return;
  if (given.length === 0 && (type.quantity.kind === 'zero' || shapeOfType(target.type).length === 0)) return;
  if (type.stars === undefined && shapesAgree(shapeOfType(target.type), given)) return;
  reportShape(
    value,
    { text: target.text, shape: wanted },
    analysis,
    given.length === 0 ? written : undefined,
  );
}

function reportShape(
  value: Expression,
  target: { text: string; shape: Shape },
  analysis: Analysis,
  each?: Expression,
): void {
  const given = allDims(analysis.typeOf(value));
  const [a, b] = [target.shape, given];
  const turned = a.length === 2 && b.length === 2 && shapesAgree(a, [b[1]!, b[0]!]);
  const name = target.text.replaceAll("'", '');
  const hint = turned
    ? `Try transpose(${textOf(value)}).`
    : each !== undefined
      ? `To give each element that value write ${name}[${a.map(() => '*').join(', ')}].`
      : a.length === 0
        ? 'Pick an element, or make one value of it: sum, max, norm.'
        : ofOtherLength(a, given, textOf(value));
  const fixes: Fix[] = turned
    ? [replace(value, `transpose(${textOf(value, Infinity)})`, `Write transpose(${textOf(value)})`)]
    : each === undefined
      ? []
      : eachFixes([each], analysis);
  const holes = {
    target: { text: target.text, is: shapeWords(a) },
    value: { text: `'${textOf(value)}'`, is: shapeWords(b) },
    hint,
  };
  analysis.report(shapes.valueHasOtherShape, holes, value, { fixes });
}

/** One value is for all elements; what is many has the stated sizes. */
export function valueMustHaveStatedShape(variable: VariableDecl, analysis: Analysis): void {
  const { value, guess, name, size } = variable;
  if (size === undefined) return;
  for (const one of [value, guess])
    if (one !== undefined) requireSizes(one, `'${name}'`, analysis.shapeOf(variable), analysis);
}

function requireSizes(value: Expression, text: string, wanted: Shape, analysis: Analysis): void {
  const type = analysis.typeOf(value);
  const given = allDims(type);
  if (type.base === 'unknown' || given.length === 0 || shapesAgree(wanted, given)) return;
  if (isListLiteral(value) && given.length === 1 && wanted.length === 1) {
    const { length } = value.items;
    const problem = `${text} has ${shownSize(wanted)} elements, and this list has ${length}.`;
    const size = wanted[0]?.size;
    analysis.report(structure.listShape, { problem, ...(size === undefined ? {} : { size }) }, value);
  } else reportShape(value, { text, shape: wanted }, analysis);
}

const shownSize = ([one]: Shape): string => (one?.size === undefined ? (one?.text ?? '') : String(one.size));

/** A list is for the elements of the variable, or else of the array of parts that has no index. */
export function overriddenMustHaveShape(override: Override, analysis: Analysis): void {
  const path = pathOf(override.target);
  const feature = featureOf(path);
  const { value } = override;
  if (path === undefined || feature === undefined || isPartLike(feature)) return;
  const last = path.steps.at(-1)!;
  const own = last.index === undefined ? analysis.shapeOf(feature) : starred(override, analysis);
  const text = `'${textOf(override.target)}'`;
  const parts = path.steps
    .slice(0, -1)
    .filter((step) => sizeOf(step) !== undefined && (step.index === undefined || step.index.all));
  if (own.length > 0 || parts.length === 0 || !isListLiteral(value)) {
    requireSizes(value, text, own, analysis);
    return;
  }
  if (parts.length > 1) {
    const problem = `${text} spans two arrays; a list gives values to one. Choose an element of the other.`;
    analysis.report(structure.listShape, { problem }, value);
    return;
  }
  const wanted = analysis.shapeOf(parts[0]!.feature);
  const given = allDims(analysis.typeOf(value));
  if (given.length === 0 || (given.length === 1 && agree(given[0]!, wanted[0]!))) return;
  requireSizes(value, text, wanted, analysis);
}

/** `r[*] = …`, `A[1, *] = …`: what the indexes of a target leave open. */
function starred(override: Override, analysis: Analysis): Shape {
  return allDims(analysis.typeOf(override.target));
}

export function vectorMustStandWhereOneIsTaken(expression: Expression, analysis: Analysis): void {
  // The distribution of noise is written as a call, but is none.
  if (expression.$containerProperty === 'noise') return;
  const type = analysis.typeOf(expression);
  if (type.shape === undefined && type.stars === undefined) return;
  if (isExpression(expression.$container) || contextOf(expression) !== 'one') return;
  const dims = allDims(type);
  if (dims.length === 0) return;
  const value = { text: textOf(expression), is: shapeWords(dims) };
  analysis.report(shapes.oneValueNeeded, { value }, expression);
}

/** Of two vectors: what makes of one length the other. */
function ofOtherLength([wanted]: Shape, given: Shape, text: string): string {
  const size = given.length === 1 ? given[0]!.size : undefined;
  return size === undefined || wanted?.size === undefined
    ? ''
    : shapes.lengthAdvice(wanted.size, size, /^[\w.]+$/.test(text) ? text : undefined);
}
