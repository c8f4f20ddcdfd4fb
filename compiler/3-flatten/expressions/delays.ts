/** Delayed values → histories in hidden discrete variables, which are saved like all others. */
import { hiddenVariable } from '../../ir/hidden.ts';
import type { FlatDelay, FlatExpression } from '../../ir/flat-expression.ts';
import { POINTS } from '../../ir/history.ts';
import { loopName, loopsIn, substitute } from '../../ir/expressions.ts';
import type { Substitution } from '../../ir/expressions.ts';
import type { Expression } from '../../model/expression.ts';
import type { Flattening } from '../flattening.ts';
import type { Scope } from './scope.ts';

export function lowerDelay(
  flattening: Flattening,
  expression: Extract<Expression, { kind: 'delay' }>,
  scope: Scope,
  lower: (one: Expression) => FlatExpression,
): FlatExpression {
  const [value, given, longest] = [
    lower(expression.value),
    lower(expression.duration),
    expression.most && lower(expression.most),
  ];
  const duration: FlatExpression = longest
    ? { kind: 'call', function: 'min', arguments: [given, longest] }
    : given;
  const used = new Set([value, longest ?? given].flatMap((one) => [...loopsIn(one)]));
  const around = [...scope.loops, ...(scope.stars ?? [])].filter(({ variable }) => used.has(variable));
  const by: Substitution = new Map(
    around.map(({ variable }, at) => [variable, { loop: loopName(at), offset: 0 }]),
  );
  const loops = around.map((loop, at) => ({ variable: loopName(at), from: loop.from, to: loop.to }));
  const most = substitute(longest ?? given, by);
  const own = substitute(value, by);
  const key = JSON.stringify([own, most, loops]);
  let delay = flattening.delays.findIndex((one) => JSON.stringify([one.value, one.most, one.loops]) === key);
  if (delay < 0) {
    const dims = loops.map(({ to }) => to);
    const hidden = (name: string, more: number[]): number =>
      flattening.variables.push(
        hiddenVariable({
          name: `delay ${flattening.delays.length + 1} ${name}${'[]'.repeat(dims.length + more.length)}`,
          role: 'discrete',
          dims: [...dims, ...more],
          type: expression.type,
          final: true,
          source: expression.source,
        }),
      ) - 1;
    const made: FlatDelay = {
      loops,
      index: loops.map(({ variable }) => ({ loop: variable, offset: 0 })),
      value: own,
      most,
      ...(longest ? {} : { fixed: true as const }),
      times: hidden('times', [POINTS]),
      values: hidden('values', [POINTS]),
      count: hidden('count', []),
      source: expression.source,
    };
    delay = flattening.delays.push(made) - 1;
  } else if (!longest) flattening.delays[delay]!.fixed = true;
  const index = around.map(({ variable }) => ({ loop: variable, offset: 0 }));
  return { kind: 'delayed', delay, index, duration };
}
