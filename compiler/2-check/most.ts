/** `most(utilisation(filler), utilisation(capper))`: which of several things has the largest value, by name. */
import {
  isBinaryExpr,
  isFunctionCall,
  isParenExpr,
  isResponseStatement,
  type Expression,
  type FunctionCall,
} from '../../grammar/generated/ast.ts';
import { closestNames } from '../1-parse/names/closest-names.ts';
import * as findings from '../diagnostics/process.ts';
import { replace, textOf, type Analysis } from './analysis.ts';
import { numberValue } from './constants.ts';
import { joinAll, requireNumber } from './infer/infer.ts';
import { isPath, pathOf, sizeOf } from './paths.ts';
import { nameAmong, UNKNOWN, type Type } from './type.ts';

/** One of the values compared: an argument, and of its `[*]` one element each. */
export interface Candidate {
  argument: Expression;
  /** Numbers of elements, from 1 on, in the order of its `[*]`. */
  elements: number[];
  name: string;
}

export function inferMost(call: FunctionCall, analysis: Analysis): Type {
  const given = call.arguments as (Expression | undefined)[];
  const numbers = given.map((argument) => requireNumber(argument, 'most', analysis));
  if (!numbers.every(Boolean) || joinAll(call, given, 'most', analysis).base === 'unknown') return UNKNOWN;
  const fail = (problem: string, help: string, place: Expression = call): Type => {
    analysis.report(findings.mostOfWhat, { problem, help }, place);
    return UNKNOWN;
  };
  for (const argument of given) {
    if (pathWithin(argument) === undefined)
      return fail(
        `'${textOf(argument)}' has no name of its own.`,
        'Give it one: let … =, and write that name here.',
        argument,
      );
    if (sizesOf(argument, analysis).includes(undefined))
      return fail(
        `How many elements '${textOf(argument)}' has is not known here, so they have no names.`,
        'Write them one by one, or give the array a number as its size.',
        argument,
      );
  }
  const names = candidatesOf(call, analysis).map(({ name }) => name);
  const [twice] = names.filter((name, at) => names.indexOf(name) < at);
  if (twice !== undefined) return fail(`Two of the values are called '${twice}'.`, 'Leave one of them out.');
  if (names.length < 2)
    return fail(
      'There is one value, and nothing to compare it with.',
      'Name all that may be the largest: most(utilisation(filler), utilisation(capper)).',
    );
  return nameAmong(names);
}

/** All that are compared, in order. Names leave out what all of them end with: `pump[1]` for `pump[1].power`. */
export function candidatesOf(call: FunctionCall, analysis: Analysis): Candidate[] {
  const all = (call.arguments as (Expression | undefined)[]).flatMap((argument) => {
    const path = pathWithin(argument);
    if (argument === undefined || path === undefined) return [];
    const sizes = sizesOf(argument, analysis).map((size) => size ?? 0);
    return combinations(sizes).map((elements) => ({ argument, elements, name: elementName(path, elements) }));
  });
  const [first = '', ...others] = all.map(({ name }) => name);
  const last = first.slice(first.lastIndexOf('.'));
  const common = first.includes('.') && others.length > 0 && others.every((name) => name.endsWith(last));
  return common ? all.map((one) => ({ ...one, name: one.name.slice(0, -last.length) })) : all;
}

/** The path that gives a value its name: itself, or what a function of one path is of. */
function pathWithin(argument: Expression | undefined): Expression | undefined {
  if (isPath(argument)) return argument;
  if (!isFunctionCall(argument) || argument.clause !== undefined) return undefined;
  const [only] = argument.arguments as (Expression | undefined)[];
  return isPath(only) ? only : undefined;
}

function sizesOf(argument: Expression | undefined, analysis: Analysis): (number | undefined)[] {
  const path = pathOf(pathWithin(argument));
  return (path?.steps ?? [])
    .filter((step) => step.index?.all)
    .map((step) => numberValue(sizeOf(step), analysis));
}

const combinations = (sizes: readonly number[]): number[][] =>
  sizes.reduce<number[][]>(
    (all, size) => all.flatMap((before) => Array.from({ length: size }, (_, at) => [...before, at + 1])),
    [[]],
  );

function elementName(path: Expression, elements: readonly number[]): string {
  let next = 0;
  return bare(path).replaceAll('[*]', () => `[${elements[next++]}]`);
}

const bare = (path: Expression): string => textOf(path, Infinity).replaceAll(/\s/g, '');

// ── compared ────────────────────────────────────────────────────────────────────────────────────

/** Position of the name among those that the other side may be, from 1 on; 0 if it is none of them. */
export function positionOf(names: readonly string[], tested: Expression, name: Expression): number {
  const inner = isParenExpr(tested) ? tested.inner : tested;
  const owner = isPath(inner) ? bare(inner).slice(0, bare(inner).lastIndexOf('.') + 1) : '';
  return names.findIndex((one) => owner + one === bare(name)) + 1;
}

export function nameMustBeAmong(
  names: readonly string[],
  tested: Expression,
  name: Expression | undefined,
  analysis: Analysis,
): boolean {
  if (name === undefined) return false;
  if (positionOf(names, tested, name) > 0) return true;
  const text = textOf(name);
  const close = closestNames(text, names, 1)[0];
  const fixes = (close === undefined ? names : [close]).map((one) => replace(name, one, `Write ${one}`));
  analysis.report(findings.nameNotAmong, { text, tested: textOf(tested), names }, name, { fixes });
  return false;
}

/** Whether it stands where a name is compared, so that it needs no value. */
export function isComparedName(expression: Expression, analysis: Analysis): boolean {
  const { $container: container, $containerProperty: property } = expression;
  if (property !== 'right' && property !== 'value') return false;
  if (property === 'right' && isBinaryExpr(container))
    return (
      (container.operator === '==' || container.operator === '!=') &&
      analysis.typeOf(container.left).names !== undefined
    );
  return (
    isResponseStatement(container) &&
    property === 'value' &&
    analysis.typeOf(container.trigger).names !== undefined
  );
}
