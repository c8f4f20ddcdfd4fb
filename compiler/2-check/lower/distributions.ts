/** Distributions → draws of the model. */
import type { FunctionCall, Range } from '../../../grammar/generated/ast.ts';
import { sourceOf } from '../../1-parse/source.ts';
import type { DrawExpression, ValueType } from '../../model/expression.ts';
import type { Analysis } from '../analysis.ts';
import { isEmpirical, sampleOf } from '../empirical.ts';
import { WRITTEN } from '../distributions.ts';
import { constantNumber, lowerExpression, lowerRange, needed } from './expressions.ts';

export function lowerDraw(
  call: FunctionCall,
  type: ValueType,
  analysis: Analysis,
  truncation?: Range,
): DrawExpression {
  if (isEmpirical(call)) return lowerSample(call, type, analysis, truncation);
  const distribution = needed(WRITTEN.get(call.function), call.function);
  const shared = call.arguments
    .filter((_, at) => ['value', 'scale', 'spread'].includes(distribution.parameters[at]?.is ?? ''))
    .map((each) => analysis.typeOf(each))
    .find((each) => each.quantity.kind !== 'zero');
  const source = sourceOf(call);
  const given = call.arguments.map((each) => lowerExpression(each, analysis, shared));
  // `beta(2, 5)` lies between 0 and 1.
  if (given.length < distribution.parameters.length)
    given.push({ kind: 'number', value: 0, type, source }, { kind: 'number', value: 1, type, source });
  const within = lowerRange(truncation, analysis.typeOf(call), analysis);
  return {
    kind: 'draw',
    distribution: distribution.of,
    arguments: given,
    ...(within === undefined ? {} : { within }),
    type,
    source,
  };
}

/** A place among the values, drawn evenly. */
function lowerSample(
  call: FunctionCall,
  type: ValueType,
  analysis: Analysis,
  truncation: Range | undefined,
): DrawExpression {
  const source = sourceOf(call);
  const [low, high] = truncation
    ? [constantNumber(truncation.low, analysis), constantNumber(truncation.high, analysis)]
    : [-Infinity, Infinity];
  const { values } = needed(sampleOf(call, analysis), 'a sample');
  const sample = values.filter((value) => value >= low && value <= high);
  const plain = (value: number) => ({ kind: 'number' as const, value, type, source });
  return {
    kind: 'draw',
    distribution: 'uniform',
    arguments: [plain(0), plain(sample.length)],
    sample,
    type,
    source,
  };
}
