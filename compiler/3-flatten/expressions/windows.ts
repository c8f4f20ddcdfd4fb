/** Statistics over time → windows with a memory for each element. */
import type { Expression } from '../../model/expression.ts';
import type { FlatExpression } from '../../ir/flat-expression.ts';
import { report } from '../../diagnostics/diagnostic.ts';
import { windowSize } from '../../diagnostics/temporal.ts';
import { constant } from '../instances/instances.ts';
import { lower } from './lower.ts';
import type { Flattening } from '../flattening.ts';
import type { Scope } from './scope.ts';

/** Values beyond which a window would take more memory than is reasonable. */
const MOST = 100_000;

export function lowerWindow(
  flattening: Flattening,
  expression: Extract<Expression, { kind: 'window' }>,
  scope: Scope,
): FlatExpression {
  const { statistic, span, period, source } = expression;
  const inner = (one: Expression) => lower(flattening, one, scope);
  let capacity = 0;
  if (span) {
    const [length, step] = [constant(span, scope.group), constant(period, scope.group)];
    capacity = Math.max(1, Math.round((length ?? NaN) / (step ?? NaN)));
    if (!(length !== undefined && step !== undefined && length > 0 && step > 0) || capacity > MOST) {
      flattening.diagnostics.push(
        report(windowSize, { count: Number.isFinite(capacity) ? capacity : undefined, most: MOST }, source),
      );
      capacity = 1;
    }
  }
  const window = flattening.windows.length;
  flattening.windows.push({
    name: scope.group.path === '' ? statistic : `${scope.group.path}.${statistic}`,
    dims: scope.loops.map((loop) => loop.to),
    statistic,
    capacity,
  });
  return {
    kind: 'window',
    window,
    index: scope.loops.map((loop) => ({ loop: loop.variable, offset: 0 })),
    input: inner(expression.input),
    parameters: expression.parameters.map(inner),
  };
}
