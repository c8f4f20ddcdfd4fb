/**
 * Equations chosen by a condition → equations with a condition in them. What stands alone on the left in each branch is
 * determined by one equation, `x = if … then … else …`; the others are taken in their order, as `if … then left - right else … = 0`.
 */
import { isIfStatement, type IfStatement } from '../../../grammar/generated/ast.ts';
import type { Equation, Loop } from '../../model/asset.ts';
import type { Expression } from '../../model/expression.ts';
import type { Analysis } from '../analysis.ts';
import { lowerEquation } from './assets.ts';
import { Incomplete, lowerExpression } from './expressions.ts';

export function lowerIf(tree: IfStatement, loops: Loop[], analysis: Analysis): Equation[] {
  const condition = lowerExpression(tree.condition, analysis);
  const branch = (members: IfStatement['then']): Equation[] =>
    members.flatMap((member) =>
      isIfStatement(member) ? lowerIf(member, loops, analysis) : [lowerEquation(member, loops, analysis)],
    );
  const then = branch(tree.then);
  const otherwise =
    tree.alternative === undefined ? branch(tree.otherwise) : lowerIf(tree.alternative, loops, analysis);
  if (then.length !== otherwise.length) throw new Incomplete('an equation');
  const rest = [...otherwise];
  const partners = then.map((one) => {
    const at = rest.findIndex((other) => isOne(one.left) && sameVariable(one.left, other.left));
    return at < 0 ? undefined : rest.splice(at, 1)[0];
  });
  return then.map((one, at) => {
    const partner = partners[at];
    if (partner) return { ...one, right: choice(condition, one.right, partner.right) };
    const other = rest.shift()!;
    const zero: Expression = { kind: 'number', value: 0, type: one.left.type, source: one.source };
    return { ...one, left: choice(condition, difference(one), difference(other)), right: zero };
  });
}

const isOne = (expression: Expression) => expression.kind === 'variable';

function sameVariable(a: Expression, b: Expression): boolean {
  return (
    a.kind === 'variable' &&
    b.kind === 'variable' &&
    a.modifier === b.modifier &&
    JSON.stringify(a.reference) === JSON.stringify(b.reference)
  );
}

function choice(condition: Expression, then: Expression, otherwise: Expression): Expression {
  return { kind: 'conditional', condition, then, else: otherwise, type: then.type, source: condition.source };
}

function difference({ left, right }: Equation): Expression {
  return { kind: 'binary', operator: '-', left, right, type: left.type, source: left.source };
}
