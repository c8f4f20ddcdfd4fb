import type { Context } from './context.ts';
import { untilBends } from './delays.ts';
import { number, Scope } from './expression.ts';
import { f64, returns, set } from './wasm/index.ts';
import type { FunctionBuilder } from './wasm/index.ts';

/** The earliest time beyond which a step from here must not go; infinite where there is none. */
export function limit(context: Context): FunctionBuilder {
  const f = context.module.function('limit', { results: ['f64'] });
  const least = f.local('f64', 'least');
  const outer = new Scope(context, f);
  f.body.push(set(least, Infinity));
  for (const { loops, value } of context.system.limits) {
    const scope = outer.inner(loops);
    f.body.push(...scope.loop(loops, [set(least, f64.min(least, number(scope, value)))]));
  }
  f.body.push(...untilBends(context, outer, least), returns(least));
  return f;
}
