/** Divisors of what rates are computed by, followed from one step's end to the next: see `3-flatten/events/poles.ts`. */
import type { Context } from './context.ts';
import { position } from './events.ts';
import { number, place, Scope } from './expression.ts';
import { f64, forElements, forRange, i32, returns, run, when } from './wasm/index.ts';
import type { F64, FunctionBuilder, FunctionHandle, I32, Statement } from './wasm/index.ts';

/** A divisor has changed its side: whether a pole lies between is for the host to say. */
export const changesSide = (before: F64, after: F64): I32 => f64.lt(f64.mul(before, after), 0);

/** Writes the value of each, as `FlatPole` says; expects what rates are computed by to be up to date. Undefined where there are none. */
export function poles(context: Context): FunctionBuilder | undefined {
  const { manifest, poleOffsets } = context.plan;
  if (manifest.poles === undefined) return undefined;
  const f = context.module.function('poles', {});
  const outer = new Scope(context, f);
  context.system.poles.forEach((pole, id) => {
    const scope = outer.inner(pole.loops);
    const { dynamic, constant } = position(scope, pole.loops);
    const value = number(scope, pole.value);
    const [address, offset] = place(dynamic, manifest.poles!.address + 8 * poleOffsets[id]! + constant);
    f.body.push(...scope.loop(pole.loops, [f64.store(address, value, offset)]));
  });
  return f;
}

/** For steps of a loop. */
export interface PolesPassed {
  /** Where a step starts. */
  mark: FunctionHandle;
  /** 1 where a step that ends here may have passed a pole; else the next one starts here. */
  passed: FunctionHandle;
}

export function polesPassed(context: Context, evaluate: FunctionHandle): PolesPassed {
  const { address, begin, count } = context.plan.manifest.poles!;
  const mark = context.module.function('mark poles', {});
  const passed = context.module.function('passes a pole', { results: ['i32'] });
  const marked = (f: FunctionBuilder): Statement[] => {
    const at = f.local('i32', 'pole');
    return forElements(f, at, 0, 8 * count, [f64.store(at, f64.load(at, address), begin)]);
  };
  mark.body = [run(evaluate), ...marked(mark)];
  const at = passed.local('i32', 'pole');
  passed.body = [
    run(evaluate),
    forRange(
      at,
      0,
      8 * count,
      [when(changesSide(f64.load(at, begin), f64.load(at, address)), [returns(i32.const(1))])],
      8,
    ),
    ...marked(passed as unknown as FunctionBuilder),
    returns(i32.const(0)),
  ];
  return { mark, passed };
}
