/** `every` and durations as the loops see them: where their cells lie, and when the next tick is. */
import type { FlatHandler } from '../../ir/flat-system.ts';
import type { Context } from '../context.ts';
import { number } from '../expression.ts';
import type { Scope } from '../expression.ts';
import { f64, i32, select, set } from '../wasm/index.ts';
import type { F64, I32, Statement } from '../wasm/index.ts';
import { isTicking, isWaiting } from './eligible.ts';

export function ticksOf({ system, plan }: Context) {
  const { handlers } = plan.manifest;
  const each = (is: (handler: FlatHandler) => boolean) =>
    system.handlers.flatMap((handler, id) =>
      is(handler) && plan.handlerInstances[id]! > 0 ? [{ handler, id }] : [],
    );
  return {
    ticking: each(isTicking),
    waiting: each(isWaiting),
    instances: (id: number): number => plan.handlerInstances[id]!,
    cellOf: (region: { address: number }, id: number): number => region.address + 8 * handlers[id]!.offset,
    /** The time of the next tick of an instance; `scope` has its loops' counters. */
    tickTime: (scope: Scope, { period, offset }: FlatHandler, done: F64): F64 => {
      const product = f64.mul(done, number(scope, period!));
      if (offset === undefined) return product;
      const phase = number(scope, offset);
      return f64.add(product, select(f64.gt(phase, 0), phase, f64.const(0)));
    },
    /** Sets the counters of a handler's loops to those of an instance, given in bytes (8 an instance). */
    counters: (scope: Scope, handler: FlatHandler, instance: I32): Statement[] => {
      const statements: Statement[] = [];
      let stride = 1;
      for (const each of handler.loops.toReversed()) {
        const size = each.to - each.from;
        const quotient = stride === 1 ? instance : i32.divU(instance, stride);
        const own = each === handler.loops[0] ? quotient : i32.remU(quotient, Math.max(size, 1));
        statements.push(set(scope.counters.get(each.variable)!, i32.shl(i32.add(own, each.from), 3)));
        stride *= size;
      }
      return statements;
    },
  };
}
