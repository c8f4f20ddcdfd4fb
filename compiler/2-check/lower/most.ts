/** `most(…)` → the position of the largest; `bottleneck == filler` → whether it is that of the name. */
import type { Expression as Tree, FunctionCall } from '../../../grammar/generated/ast.ts';
import { sourceOf } from '../../1-parse/source.ts';
import { BOOLEAN } from '../../model/expression.ts';
import type { Expression, ValueType } from '../../model/expression.ts';
import type { Analysis } from '../analysis.ts';
import { candidatesOf, positionOf } from '../most.ts';
import { Incomplete, lowerExpression } from './expressions.ts';
import { MODE } from './mode-tests.ts';

export function lowerMost(call: FunctionCall, type: ValueType, analysis: Analysis): Expression {
  const shared = call.arguments
    .map((each) => analysis.typeOf(each))
    .find((each) => each.quantity.kind !== 'zero');
  const candidates = candidatesOf(call, analysis);
  return {
    kind: 'call',
    function: 'most',
    labels: ['', ...candidates.map(({ name }) => name)],
    arguments: candidates.map(({ argument, elements }) =>
      elementOf(lowerExpression(argument, analysis, shared), [...elements]),
    ),
    type,
    source: sourceOf(call),
  };
}

/** Each `[*]` in turn stands for one element. */
function elementOf<T>(node: T, elements: number[]): T {
  if (Array.isArray(node)) return node.map((one: unknown) => elementOf(one, elements)) as T;
  if (typeof node !== 'object' || node === null) return node;
  if ((node as { kind?: unknown }).kind === 'all') return { kind: 'constant', value: elements.shift() } as T;
  return Object.fromEntries(Object.entries(node).map(([key, one]) => [key, elementOf(one, elements)])) as T;
}

export function lowerNameTest(
  { left, right, operator }: { left: Tree; right: Tree; operator?: string },
  analysis: Analysis,
): Expression {
  const position = positionOf(analysis.typeOf(left).names ?? [], left, right);
  if (position === 0) throw new Incomplete('a name');
  const source = sourceOf(right);
  return {
    kind: 'binary',
    operator: operator === '!=' ? '!=' : '==',
    left: lowerExpression(left, analysis),
    right: { kind: 'number', value: position, type: MODE, source },
    type: BOOLEAN,
    source: { ...sourceOf(left), end: source.end, endLine: source.endLine, endColumn: source.endColumn },
  };
}
