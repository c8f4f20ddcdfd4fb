/** The shapes of operators and functions: what goes together, and what comes out. Units are looked at elsewhere. */
import {
  isFunctionCall,
  type Expression,
  type FunctionCall,
  type FunctionDecl,
  type ListLiteral,
} from '../../../grammar/generated/ast.ts';
import type { Fix } from '../../diagnostics/diagnostic.ts';
import { sourceOfProperty } from '../../1-parse/source.ts';
import * as shapes from '../../diagnostics/shapes.ts';
import * as structure from '../../diagnostics/structure.ts';
import { insertAfter, replace, textOf, type Analysis } from '../analysis.ts';
import { isConstant, numberValue } from '../constants.ts';
import { FUNCTIONS } from '../functions.ts';
import { reportOperands } from '../mismatch.ts';
import { isPath } from '../paths.ts';
import { agree, dim, dimOf, merge, shapesAgree, shapeWords, type Dim, type Shape } from '../shape.ts';
import { numberOf, PLAIN, UNKNOWN, type Type } from '../type.ts';
import { multiply, ZERO_QUANTITY } from '../units/index.ts';

const NONE: Shape = [];

export const shapeOfType = (type: Type): Shape => type.shape ?? NONE;

/** Whether it is of a single value, as most are. */
export const isOfOne = (type: Type): boolean => type.shape === undefined && type.stars === undefined;

/** The same of one value. */
export function elementType(type: Type): Type {
  if (isOfOne(type)) return type;
  const { shape: _shape, stars: _stars, ...element } = type;
  return element;
}

export function withShape(type: Type, shape: Shape, stars: Shape): Type {
  if (type.base === 'unknown') return type;
  if (shape.length === 0 && stars.length === 0) return elementType(type);
  return {
    ...elementType(type),
    ...(shape.length > 0 ? { shape } : {}),
    ...(stars.length > 0 ? { stars } : {}),
  };
}

/** `[*]` of several values go side by side: the first of each together, the second of each, and so on. */
export function starsOf(types: readonly Type[]): Shape {
  if (types.every(({ stars }) => stars === undefined)) return NONE;
  return types.reduce<Shape>((all, { stars = [] }) => {
    const [long, short] = all.length >= stars.length ? [all, stars] : [stars, all];
    return merge(long, short);
  }, []);
}

const words = (type: Type): string => shapeWords(shapeOfType(type));

/** `x` as `x[*]`, where that is how one would write it. */
function eachOf(expression: Expression, type: Type): string | undefined {
  if (!isPath(expression) || textOf(expression).endsWith(']')) return undefined;
  return `${textOf(expression)}[${shapeOfType(type)
    .map(() => '*')
    .join(', ')}]`;
}

export function eachFixes(expressions: readonly Expression[], analysis: Analysis): Fix[] {
  const edits = expressions.flatMap((expression) => {
    const type = analysis.typeOf(expression);
    const text = eachOf(expression, type);
    return text === undefined ? [] : insertAfter(expression, text.slice(textOf(expression).length), '').edits;
  });
  const bare = expressions.filter((one) => shapeOfType(analysis.typeOf(one)).length > 0);
  return edits.length > 0 && edits.length === bare.length
    ? [{ title: 'Write [*], for each element', edits }]
    : [];
}

/** Reports where a vector as a whole is given to what takes one number. */
export function requireOne(expression: Expression | undefined, taker: string, analysis: Analysis): boolean {
  const type = analysis.typeOf(expression);
  if (expression === undefined || shapeOfType(type).length === 0) return true;
  const each = eachOf(expression, type);
  const call = expression.$container;
  const whole =
    each === undefined
      ? ''
      : isFunctionCall(call) && call.arguments.length === 1
        ? `${call.function}(${each})`
        : each;
  const holes = { taker, value: { text: textOf(expression), is: words(type) }, each: whole };
  analysis.report(shapes.oneNumberTaken, holes, expression, { fixes: eachFixes([expression], analysis) });
  return false;
}

/** The shape that both sides of `+` have; undefined where that was reported. A plain 0 is of any shape. */
export function sameShape(
  node: Expression,
  operator: string,
  left: Expression,
  right: Expression,
  analysis: Analysis,
): Shape | undefined {
  const leftType = analysis.typeOf(left);
  const rightType = analysis.typeOf(right);
  const a = shapeOfType(leftType);
  const b = shapeOfType(rightType);
  if (a.length === 0 && (b.length === 0 || leftType.quantity.kind === 'zero')) return b;
  if (b.length === 0 && rightType.quantity.kind === 'zero') return a;
  if (shapesAgree(a, b)) return merge(a, b);
  const cut = [...analysis.shapesInProgress].find(([, { again }]) => again)?.[0];
  if (cut !== undefined) {
    analysis.report(shapes.shapeUnknown, { name: cut.name }, cut, { place: sourceOfProperty(cut, 'name') });
    return undefined;
  }
  const one = a.length === 0 || b.length === 0;
  const vector = a.length === 0 ? right : left;
  const each = eachOf(vector, analysis.typeOf(vector));
  const hint = one
    ? each === undefined
      ? ''
      : `For each element by itself write ${each}.`
    : transposedFits(a, b)
      ? `Try transpose(${textOf(right)}).`
      : '';
  const fixes = one
    ? eachFixes([vector], analysis)
    : transposedFits(a, b)
      ? [replace(right, `transpose(${textOf(right, Infinity)})`, `Write transpose(${textOf(right)})`)]
      : [];
  const holes = {
    operator,
    left: { text: textOf(left), is: shapeWords(a) },
    right: { text: textOf(right), is: shapeWords(b) },
    hint,
  };
  analysis.report(shapes.shapesDiffer, holes, node, { fixes });
  return undefined;
}

const transposedFits = (a: Shape, b: Shape): boolean =>
  a.length === 2 && b.length === 2 && shapesAgree(a, [b[1]!, b[0]!]);

/** A number times anything, or a product of matrices and vectors. */
export function productShape(
  node: Expression,
  left: Expression,
  right: Expression,
  analysis: Analysis,
): Shape | undefined {
  const a = shapeOfType(analysis.typeOf(left));
  const b = shapeOfType(analysis.typeOf(right));
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  const [rows, columns] = a;
  if (columns !== undefined && agree(columns, b[0]!)) return b.length === 1 ? [rows!] : [rows!, b[1]!];
  const [x, y] = [textOf(left), textOf(right)];
  const fixes: Fix[] = [];
  let hint = '';
  if (a.length === 1 && b.length === 1) {
    const dot = `dot(${x}, ${y})`;
    const [ex, ey] = [eachOf(left, analysis.typeOf(left)), eachOf(right, analysis.typeOf(right))];
    const each = ex === undefined || ey === undefined ? '' : `${ex} * ${ey}`;
    const cross = [...a, ...b].every(({ size }) => size === 3) ? `cross(${x}, ${y})` : '';
    hint = `There are several: ${[dot, cross, each].filter((one) => one !== '').join(', ')}.`;
    for (const each of [dot, cross].filter((one) => one !== ''))
      fixes.push(replace(node, each, `Write ${each}`));
    fixes.push(...eachFixes([left, right], analysis));
  } else if (a.length === 2 && agree(rows!, b[0]!)) {
    hint = `Try transpose(${x}) * ${y}.`;
    fixes.push(replace(left, `transpose(${textOf(left, Infinity)})`, `Write transpose(${x})`));
  } else if (a.length === 1 && agree(rows!, b[0]!)) {
    hint = `A vector stands on the right: try transpose(${y}) * ${x}.`;
    const text = `transpose(${textOf(right, Infinity)}) * ${textOf(left, Infinity)}`;
    fixes.push(replace(node, text, `Write transpose(${y}) * ${x}`));
  } else if (a.length === 2 && b.length === 2 && agree(columns!, b[1]!)) {
    hint = `Try ${x} * transpose(${y}).`;
    fixes.push(replace(right, `transpose(${textOf(right, Infinity)})`, `Write transpose(${y})`));
  } else if (columns !== undefined)
    hint = `The columns of the left one (${shownSize(columns)}) must be as many as the rows of the right one (${shownSize(b[0]!)}).`;
  const holes = {
    left: { text: x, is: shapeWords(a) },
    right: { text: y, is: shapeWords(b) },
    hint,
  };
  analysis.report(shapes.productImpossible, holes, node, { fixes });
  return undefined;
}

const shownSize = (one: Dim): string => (one.size === undefined ? one.text : String(one.size));

/** `[1, 2]`, `[[1, 2], [3, 4]]`, `[v, w]` with vectors as rows. */
export function listShape(list: ListLiteral, analysis: Analysis): Shape | undefined {
  let first: Shape | undefined;
  for (const item of list.items as (Expression | undefined)[]) {
    const type = analysis.typeOf(item);
    if (item === undefined || type.base === 'unknown') continue;
    if (type.stars !== undefined) {
      analysis.report(shapes.eachInside, { text: textOf(item) }, item);
      return undefined;
    }
    const shape = shapeOfType(type);
    first ??= shape;
    if (shapesAgree(first, shape)) continue;
    const holes = { first: shapeWords(first), other: shapeWords(shape), text: textOf(item) };
    analysis.report(shapes.rowsUneven, holes, item);
    return undefined;
  }
  const found = [dim(list.items.length), ...(first ?? [])];
  if (found.length <= 2) return found;
  analysis.report(
    structure.listShape,
    { problem: 'A matrix has rows and columns, and no more than those.' },
    list,
  );
  return undefined;
}

// ── functions of vectors ─────────────────────────────────────────────────────────────────────────

interface Linear {
  takes: string;
  /** The ranks of its arguments. */
  ranks: number[];
  shape: (given: Shape[]) => Shape | undefined;
}

const LINEAR: Readonly<Record<string, Linear>> = {
  dot: {
    takes: 'two vectors of one length',
    ranks: [1, 1],
    shape: ([a, b]) => (shapesAgree(a!, b!) ? [] : undefined),
  },
  cross: {
    takes: 'two vectors of 3',
    ranks: [1, 1],
    shape: ([a, b]) => (agree(a![0]!, dim(3)) && agree(b![0]!, dim(3)) ? [dim(3)] : undefined),
  },
  norm: { takes: 'a vector', ranks: [1], shape: () => [] },
  transpose: { takes: 'a matrix', ranks: [2], shape: ([a]) => [a![1]!, a![0]!] },
  outer: { takes: 'two vectors', ranks: [1, 1], shape: ([a, b]) => [a![0]!, b![0]!] },
  diagonal: { takes: 'a vector', ranks: [1], shape: ([a]) => [a![0]!, a![0]!] },
  trace: { takes: 'a square matrix', ranks: [2], shape: ([a]) => (agree(a![0]!, a![1]!) ? [] : undefined) },
};

export function inferLinear(call: FunctionCall, analysis: Analysis): Type {
  const name = call.function;
  if (name === 'identity' || name === 'zeros' || name === 'ones') return inferFilled(call, name, analysis);
  const linear = LINEAR[name]!;
  const types = call.arguments.map((each) => analysis.typeOf(each));
  if (types.some((type) => type.base === 'unknown')) return UNKNOWN;
  const given = types.map(shapeOfType);
  const wrong = given.findIndex((shape, at) => shape.length !== linear.ranks[at]);
  const found = wrong < 0 ? linear.shape(given) : undefined;
  if (found === undefined) {
    const at = Math.max(wrong, 0);
    const [first, second] = given;
    const [a, b] = call.arguments;
    const pair = wrong < 0 && second !== undefined;
    const text = pair ? `${textOf(a)}, ${textOf(b)}` : textOf(call.arguments[at]);
    const is = pair ? `${shapeWords(first!)} and ${shapeWords(second)}` : shapeWords(given[at]!);
    const starred = types[at]?.stars !== undefined && given[at]!.length === 0;
    const hint = starred ? `[*] means each element by itself: leave it away for all of them together.` : '';
    analysis.report(shapes.vectorNeeded, { name, takes: linear.takes, value: { text, is }, hint }, call);
    return UNKNOWN;
  }
  const stars = starsOf(types);
  const [type = UNKNOWN, other = PLAIN] = types;
  if (types.length === 1) {
    const point = type.quantity.kind === 'absolute' && name !== 'transpose';
    const quantity = point ? { ...type.quantity, kind: 'either' as const } : type.quantity;
    return withShape({ ...type, base: 'number', quantity }, found, stars);
  }
  const result = multiply(type.quantity, other.quantity);
  if (!result.ok) {
    reportOperands(result.failure, call, name, call.arguments[0]!, call.arguments[1]!, analysis);
    return UNKNOWN;
  }
  return withShape(numberOf(result.quantity), found, stars);
}

/** `identity(3)`, `zeros(3)`, `ones(2, 4)`. */
function inferFilled(call: FunctionCall, name: string, analysis: Analysis): Type {
  const sizes = call.arguments;
  for (const size of sizes) {
    const type = analysis.typeOf(size);
    if (type.base === 'unknown') return UNKNOWN;
    const value = numberValue(size, analysis);
    if (isConstant(size, 'fixed') && type.base === 'integer' && (value === undefined || value >= 1)) continue;
    analysis.report(structure.sizeNotConstant, { text: textOf(size) }, size);
    return UNKNOWN;
  }
  const dims = sizes.map((size) => dimOf(size, analysis));
  const shape = name === 'identity' ? [dims[0]!, dims[0]!] : dims;
  const quantity = name === 'zeros' ? ZERO_QUANTITY : PLAIN.quantity;
  return withShape({ ...PLAIN, quantity }, shape, []);
}

// ── declared functions ───────────────────────────────────────────────────────────────────────────

/** Whether the arguments have the shapes that the parameters say. */
export function argumentsFit(call: FunctionCall, declared: FunctionDecl, analysis: Analysis): boolean {
  return declared.parameters
    .map((parameter, at) => {
      const given = call.arguments[at];
      const type = analysis.typeOf(given);
      const wanted = analysis.shapeOf(parameter);
      if (given === undefined || type.base === 'unknown') return true;
      if (wanted.length === 0) return requireOne(given, `'${parameter.name}' of ${declared.name}`, analysis);
      const shape = shapeOfType(type);
      if (shapesAgree(wanted, shape)) return true;
      const holes = {
        name: `'${parameter.name}' of ${declared.name}`,
        takes: shapeWords(wanted),
        value: { text: textOf(given), is: shapeWords(shape) },
        hint: '',
      };
      analysis.report(shapes.vectorNeeded, holes, given);
      return false;
    })
    .every(Boolean);
}

/** The shape of what a function returns, for these arguments. */
export function resultShape(call: FunctionCall, declared: FunctionDecl, analysis: Analysis): Shape {
  return analysis.shapeOf(declared).map((one) => {
    const { of } = one;
    const at = of === undefined ? -1 : declared.parameters.indexOf(of.parameter);
    return at < 0 ? one : (shapeOfType(analysis.typeOf(call.arguments[at]))[of!.axis] ?? one);
  });
}

export const isLinear = (name: string): boolean => FUNCTIONS.get(name)?.rule === 'linear';
