/** The indexes of a path → what it leaves open: `[*]` for each, nothing or a range for all of them together. */
import { AstUtils, type AstNode } from 'langium';
import {
  isBinaryExpr,
  isVariableDecl,
  type Expression,
  type IndexExpr,
} from '../../../grammar/generated/ast.ts';
import * as shapes from '../../diagnostics/shapes.ts';
import * as structure from '../../diagnostics/structure.ts';
import { insertAfter, replace, textOf, type Analysis } from '../analysis.ts';
import { isConstant, numberValue } from '../constants.ts';
import { contextOf, indexOf, type IndexContext } from './path.ts';
import { isPartLike, pathOf, type Path, type Step } from '../paths.ts';
import { dim, shapeWords, type Dim, type Shape } from '../shape.ts';

export interface Open {
  stars: Shape;
  shape: Shape;
}

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);

/** Of one value. */
const CLOSED: Open = { stars: [], shape: [] };

/** One place between the brackets: `*`, `i`, `2..4`. */
interface Slot {
  all: boolean;
  index?: Expression;
  upTo?: Expression;
}

/** Undefined where something was reported. */
export function openDims(expression: Expression, path: Path, analysis: Analysis): Open | undefined {
  // Most paths lead to one value.
  if (path.steps.every(({ index, feature }) => index === undefined && analysis.shapeOf(feature).length === 0))
    return CLOSED;
  const context = contextOf(expression);
  const stars: Dim[] = [];
  const shape: Dim[] = [];
  const fits = path.steps.map((step) => stepFits(step, context, expression, stars, shape, analysis));
  return fits.every(Boolean) ? { stars, shape } : undefined;
}

function stepFits(
  step: Step,
  context: IndexContext,
  expression: Expression,
  stars: Dim[],
  shape: Dim[],
  analysis: Analysis,
): boolean {
  const dims = analysis.shapeOf(step.feature);
  const { name, index } = step;
  if (dims.length === 0) {
    if (index === undefined) return true;
    // Of what kind it would be, and how many, was asked where its value is told to be wrong.
    if (isVariableDecl(step.feature) && analysis.declaredType(step.feature).base === 'unknown') return false;
    analysis.report(structure.indexOfScalar, { name }, expression);
    return false;
  }
  if (index === undefined) {
    if (context === 'optional') return true;
    if (context !== 'one' && !isPartLike(step.feature)) {
      shape.push(...dims);
      return true;
    }
    const all = dims.map(() => '*').join(', ');
    const one = dims.map(() => '1').join(', ');
    const written = context === 'one' ? one : all;
    const fixes = [insertAfter(step.node, `[${written}]`, `Write ${name}[${written}]`)];
    const compared = context === 'all' ? undefined : comparedEach(step, all, expression, analysis);
    if (compared !== undefined)
      for (const call of [`any(${compared})`, `all(${compared})`])
        fixes.push(replace(expression.$container!, call, `Write ${call}`));
    const holes = { name, context: 'this place', ...(compared === undefined ? {} : { compared }) };
    analysis.report(structure.indexMissing, holes, expression, { fixes });
    return false;
  }
  const slots = slotsOf(index);
  if (slots.length !== dims.length) {
    const example = dims.length === 1 ? `${name}[1]` : `${name}[1, 2], or the row ${name}[1, *]`;
    const holes = { name, is: shapeWords(dims), given: slots.length, example };
    analysis.report(shapes.indexCount, holes, index);
    return false;
  }
  return slots
    .map((slot, axis) =>
      slotFits(slot, dims[axis]!, name, index, context, expression, stars, shape, analysis),
    )
    .every(Boolean);
}

/** `v.level > 1 m` of an array `v`, as it is asked of each: `v[*].level > 1 m`. Undefined where that is no such comparison. */
function comparedEach({ node }: Step, all: string, path: Expression, analysis: Analysis): string | undefined {
  const comparison = path.$container;
  if (!isBinaryExpr(comparison) || !COMPARISONS.has(comparison.operator)) return undefined;
  const leadsOn = ({ $containerProperty }: AstNode): boolean =>
    $containerProperty === 'base' || $containerProperty === 'receiver';
  const isWhole = (part: AstNode): boolean =>
    !leadsOn(part) &&
    pathOf(part as Expression)?.steps.some(
      (step) => step.node !== node && step.index === undefined && analysis.shapeOf(step.feature).length > 0,
    ) === true;
  if (AstUtils.streamAst(comparison).some(isWhole)) return undefined;
  const written = (side: Expression): string => {
    const text = textOf(side, Infinity);
    const head = textOf(node, Infinity);
    return side === path ? `${head}[${all}]${text.slice(head.length)}` : text;
  };
  return `${written(comparison.left)} ${comparison.operator} ${written(comparison.right)}`;
}

function slotFits(
  { all, index, upTo }: Slot,
  whole: Dim,
  name: string,
  node: IndexExpr,
  context: IndexContext,
  expression: Expression,
  stars: Dim[],
  shape: Dim[],
  analysis: Analysis,
): boolean {
  if (all) {
    stars.push(whole);
    if (context !== 'one') return true;
    analysis.report(structure.allOutsideReduction, { name }, expression);
    return false;
  }
  if (upTo !== undefined) {
    const ends = [index, upTo].map((end) => fixedIndex(end, name, whole, node, analysis));
    if (ends.includes(undefined)) return false;
    if (context === 'one') {
      const is = shapeWords([sliceOf(index, upTo, analysis)]);
      analysis.report(shapes.oneValueNeeded, { value: { text: textOf(expression), is } }, expression);
      return false;
    }
    shape.push(sliceOf(index, upTo, analysis));
    return true;
  }
  if (index === undefined) return true;
  const known = indexOf(index, analysis);
  if (known === undefined) {
    analysis.report(structure.indexNotConstant, { text: textOf(index) }, node);
    return false;
  }
  return known.kind !== 'constant' || inside(known.value, name, whole, node, analysis);
}

/** `2..4`, `2..n`. */
function sliceOf(from: Expression | undefined, to: Expression, analysis: Analysis): Dim {
  const [low, high] = [numberValue(from, analysis), numberValue(to, analysis)];
  return low !== undefined && high !== undefined
    ? dim(high - low + 1)
    : { text: `${textOf(to)} - ${textOf(from)} + 1` };
}

function fixedIndex(
  end: Expression | undefined,
  name: string,
  whole: Dim,
  node: IndexExpr,
  analysis: Analysis,
): true | undefined {
  const value = numberValue(end, analysis);
  const { base } = analysis.typeOf(end);
  if (!isConstant(end, 'fixed') || (base !== 'integer' && base !== 'unknown')) {
    analysis.report(structure.indexNotConstant, { text: textOf(end) }, node);
    return undefined;
  }
  return value === undefined || inside(value, name, whole, node, analysis) ? true : undefined;
}

function inside(value: number, name: string, { size }: Dim, node: IndexExpr, analysis: Analysis): boolean {
  if (value >= 1 && (size === undefined || value <= size)) return true;
  const holes = { index: String(value), name, size: size ?? Infinity };
  analysis.report(structure.indexOutOfBounds, holes, node);
  return false;
}

export function slotsOf(index: IndexExpr): Slot[] {
  const second = index.allColumns || index.column !== undefined;
  return [
    {
      all: index.all,
      ...(index.index ? { index: index.index } : {}),
      ...(index.upTo ? { upTo: index.upTo } : {}),
    },
    ...(second
      ? [
          {
            all: index.allColumns,
            ...(index.column ? { index: index.column } : {}),
            ...(index.upToColumn ? { upTo: index.upToColumn } : {}),
          },
        ]
      : []),
  ];
}

/** `(A * x)[2]`, `cross(a, b)[1]`: elements of what is no name. */
export function pickDims(
  node: IndexExpr,
  context: IndexContext,
  whole: Shape,
  analysis: Analysis,
): Open | undefined {
  const stars: Dim[] = [];
  const shape: Dim[] = [];
  const slots = slotsOf(node);
  const name = textOf(node.base);
  if (whole.length === 0) {
    analysis.report(structure.indexOfScalar, { name }, node);
    return undefined;
  }
  if (slots.length !== whole.length) {
    const example = whole.length === 1 ? `${name}[1]` : `${name}[1, 2]`;
    analysis.report(shapes.indexCount, { name, is: shapeWords(whole), given: slots.length, example }, node);
    return undefined;
  }
  const fits = slots.map((slot, axis) =>
    slotFits(slot, whole[axis]!, name, node, context, node, stars, shape, analysis),
  );
  return fits.every(Boolean) ? { stars, shape } : undefined;
}
