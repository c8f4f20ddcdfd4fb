/** Conditions of requirements with operators over time → formulas. */
import {
  isBinaryExpr,
  isFunctionCall,
  isParenExpr,
  isUnaryExpr,
  type Expression,
} from '../../../grammar/generated/ast.ts';
import type { Formula } from '../../../runtime/contract/formula.ts';
import type { Expression as Lowered } from '../../model/expression.ts';
import type { Analysis } from '../analysis.ts';
import { hasOverTime, overTimeOf } from '../over-time.ts';
import { constantNumber, lowerExpression, needed } from './expressions.ts';

/** A condition, and its formula where it has operators over time. */
export function lowerCondition(tree: Expression | undefined, analysis: Analysis) {
  if (!hasOverTime(tree)) return { condition: lowerExpression(tree, analysis) };
  const formula = formulaOf(needed(tree, 'a condition'), analysis);
  return { condition: firstAtom(formula), formula };
}

function formulaOf(tree: Expression, analysis: Analysis): Formula<Lowered> {
  const inner = (one: Expression | undefined) => formulaOf(needed(one, 'a condition'), analysis);
  if (!hasOverTime(tree)) return { kind: 'atom', atom: lowerExpression(tree, analysis) };
  if (isParenExpr(tree)) return inner(tree.inner);
  if (isUnaryExpr(tree)) return { kind: 'not', operand: inner(tree.operand) };
  if (isBinaryExpr(tree) && (tree.operator === 'and' || tree.operator === 'or'))
    return { kind: tree.operator, left: inner(tree.left), right: inner(tree.right) };
  if (!isFunctionCall(tree)) throw new Error(`The checked ${tree.$type} has an operator over time in it`);
  const { name } = needed(overTimeOf(tree), tree.function);
  const first = tree.window === undefined ? undefined : constantNumber(tree.window, analysis);
  const second = tree.upTo === undefined ? undefined : constantNumber(tree.upTo, analysis);
  const span = {
    from: second === undefined ? 0 : needed(first, 'a time'),
    ...(first === undefined ? {} : { to: second ?? first }),
  };
  const [operand, other] = tree.arguments;
  switch (name) {
    case 'always':
    case 'eventually':
    case 'historically':
    case 'once':
      return { kind: name, ...span, operand: inner(operand) };
    case 'until':
    case 'since':
      return { kind: name, ...span, left: inner(operand), right: inner(other) };
    default:
      throw new Error(`${name} is no operator of requirements`);
  }
}

function firstAtom(formula: Formula<Lowered>) {
  let at = formula;
  while (at.kind !== 'atom') at = 'operand' in at ? at.operand : at.left;
  return at.atom;
}
