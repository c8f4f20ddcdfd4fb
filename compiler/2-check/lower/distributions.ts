/** Distributions → draws of the model. */
import type { FunctionCall } from '../../../grammar/generated/ast.ts';
import { sourceOf } from '../../1-parse/source.ts';
import type { DrawExpression, ValueType } from '../../model/expression.ts';
import type { Analysis } from '../analysis.ts';
import { WRITTEN } from '../distributions.ts';
import { lowerExpression, needed } from './expressions.ts';

export function lowerDraw(call: FunctionCall, type: ValueType, analysis: Analysis): DrawExpression {
  const distribution = needed(WRITTEN.get(call.function), call.function);
  const shared = call.arguments
    .filter((_, at) => ['value', 'scale', 'spread'].includes(distribution.parameters[at]?.is ?? ''))
    .map((each) => analysis.typeOf(each))
    .find((each) => each.quantity.kind !== 'zero');
  return {
    kind: 'draw',
    distribution: distribution.of,
    arguments: call.arguments.map((each) => lowerExpression(each, analysis, shared)),
    type,
    source: sourceOf(call),
  };
}
