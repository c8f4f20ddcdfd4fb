/** Vectors and matrices as wholes → the model's: products, lists, functions of vectors, and elements of what has no name. */
import {
  isListLiteral,
  type Expression as Tree,
  type FunctionCall,
  type IndexExpr,
  type ListLiteral,
  type VariableDecl,
} from '../../../grammar/generated/ast.ts';
import { sourceOf } from '../../1-parse/source.ts';
import type { Override, Variable } from '../../model/asset.ts';
import type {
  Expression,
  Index,
  LinearOperation,
  Reference,
  ReferenceSegment,
  ValueType,
} from '../../model/expression.ts';
import type { Analysis } from '../analysis.ts';
import { slotsOf } from '../infer/path-shape.ts';
import { indexOf } from '../infer/path.ts';
import { sizeOf, type Path, type Step } from '../paths.ts';
import type { Type } from '../type.ts';
import { lowerExpression, needed } from './expressions.ts';

export function lowerLinear(call: FunctionCall, type: ValueType, analysis: Analysis): Expression {
  return {
    kind: 'linear',
    operation: call.function as LinearOperation,
    arguments: call.arguments.map((each) => lowerExpression(each, analysis)),
    type,
    source: sourceOf(call),
  };
}

export function lowerList(
  list: ListLiteral,
  type: ValueType,
  expected: Type | undefined,
  analysis: Analysis,
): Expression {
  const own = analysis.typeOf(list);
  const context = own.quantity.kind === 'zero' ? expected : own;
  return {
    kind: 'linear',
    operation: 'list',
    arguments: list.items.map((each) => lowerExpression(each, analysis, context)),
    type,
    source: sourceOf(list),
  };
}

/** `(A * x)[2]`; `g[3]` of a constant or a parameter of a function. */
export function pick(
  base: Expression,
  index: IndexExpr | undefined,
  type: ValueType,
  analysis: Analysis,
): Expression {
  if (index === undefined) return base;
  const indexes = slotIndexes(index, analysis);
  return { kind: 'linear', operation: 'pick', arguments: [base], indexes, type, source: sourceOf(index) };
}

function slotIndexes(index: IndexExpr, analysis: Analysis): Index[] {
  return slotsOf(index).map(({ all, index: from, upTo }): Index => {
    if (all) return { kind: 'all' };
    if (upTo !== undefined)
      return { kind: 'whole', from: lowerExpression(from, analysis), to: lowerExpression(upTo, analysis) };
    const known = needed(from === undefined ? undefined : indexOf(from, analysis), 'an index');
    switch (known.kind) {
      case 'constant':
        return known;
      case 'loop':
        return { kind: 'loop', variable: known.variable.name, offset: known.offset };
      case 'fixed':
        return { kind: 'fixed', value: lowerExpression(known.value, analysis) };
    }
  });
}

/** The indexes of one name in a path. `omitted`: what stands where none is written. */
export function indexesOf(
  step: Step,
  omitted: 'all' | undefined,
  analysis: Analysis,
): Pick<ReferenceSegment, 'index' | 'column'> {
  const rank = analysis.shapeOf(step.feature).length;
  if (rank === 0) return {};
  const [index, column] =
    step.index === undefined
      ? Array.from({ length: rank }, (): Index => ({ kind: omitted ?? 'whole' }))
      : slotIndexes(step.index, analysis);
  return { index: needed(index, 'an index'), ...(column === undefined ? {} : { column }) };
}

/** The sizes of a variable, and its value: element by element where that was written. */
export function lowerSized(
  tree: VariableDecl,
  type: Type,
  analysis: Analysis,
): Pick<Variable, 'size' | 'columns' | 'sizedByValue' | 'value' | 'values'> {
  const rank = analysis.shapeOf(tree).length;
  const items = scalarItems(tree.value, analysis);
  const lower = (each: Tree | undefined) => lowerExpression(each, analysis, type);
  const values = items === undefined ? undefined : items.map(lower);
  const value = tree.value === undefined || values ? {} : { value: lower(tree.value) };
  const sizes =
    tree.size !== undefined
      ? {
          size: lowerExpression(tree.size, analysis),
          ...(tree.columns === undefined ? {} : { columns: lowerExpression(tree.columns, analysis) }),
        }
      : rank === 0
        ? {}
        : { sizedByValue: rank };
  if (values === undefined || tree.size !== undefined || rank !== 2)
    return {
      ...(rank === 1 && values && tree.size === undefined ? {} : sizes),
      ...value,
      ...(values ? { values } : {}),
    };
  const list = tree.value as ListLiteral;
  const [first] = list.items;
  const counted = [list.items.length, isListLiteral(first) ? first.items.length : 0].map(
    (size): Expression => ({
      kind: 'number',
      value: size,
      type: { base: 'integer', dimension: '1', scale: 'either' },
      source: sourceOf(list),
    }),
  );
  return { size: counted[0]!, columns: counted[1]!, values };
}

/** The values in a list of numbers, or in a list of such lists, row by row; undefined where it is anything else. */
export function scalarItems(tree: Tree | undefined, analysis: Analysis): Tree[] | undefined {
  if (!isListLiteral(tree)) return undefined;
  const rank = analysis.typeOf(tree).shape?.length ?? 1;
  if (rank === 1) return tree.items;
  if (!tree.items.every(isListLiteral)) return undefined;
  return tree.items.flatMap((row) => row.items);
}

/** One override for each element of a list: of the variable, or of the array of parts that has no index. */
export function elementOverrides(
  list: ListLiteral,
  path: Path,
  target: Reference,
  type: Type,
  analysis: Analysis,
): Override[] | undefined {
  const last = path.steps.at(-1)!;
  const rank = analysis.shapeOf(last.feature).length;
  const open = rank > 0 && (last.index === undefined || (rank === 1 && last.index.all));
  const items = scalarItems(list, analysis);
  if (items === undefined || (rank === 2 && !open)) return undefined;
  const at = open
    ? path.steps.length - 1
    : path.steps.findIndex(
        (step) => sizeOf(step) !== undefined && (step.index === undefined || step.index.all),
      );
  const columns = analysis.typeOf(list).shape?.[1]?.size;
  if (rank === 2 && columns === undefined) return undefined;
  return items.map((item, position) => {
    const row = columns === undefined ? position : Math.floor(position / columns);
    const places = {
      index: { kind: 'constant' as const, value: row + 1 },
      ...(columns === undefined
        ? {}
        : { column: { kind: 'constant' as const, value: (position % columns) + 1 } }),
    };
    return {
      target: {
        ...target,
        segments: target.segments.map((segment, step) => (step === at ? { ...segment, ...places } : segment)),
      },
      value: lowerExpression(item, analysis, type),
      ...(open && position === 0
        ? { listed: analysis.typeOf(list).shape?.map(({ size }) => size ?? 0) }
        : {}),
      source: sourceOf(item),
    };
  });
}
