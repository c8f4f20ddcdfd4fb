/** How long the next step is, as `adaptiveStepper` (runtime/solvers/adaptive.ts) chooses it. */
import * as length from '../../../runtime/contract/step-length.ts';
import { f64, i32, i64, select, set } from '../wasm/index.ts';
import type { F64, FunctionBuilder, I32, Local, Statement, ValueType } from '../wasm/index.ts';

type Owner = FunctionBuilder<Readonly<Record<string, ValueType>>>;
type F = Local<'f64'>;

/** After a step that was `taken` with an `error`; `lastError` that of the one before, both over what is tolerated and squared. */
export function stepLengths(
  f: Owner,
  { taken, error, planned, longest, lastError }: { taken: F; error: F; planned: F; longest: F; lastError: F },
) {
  const half = f.local('i32', 'half of the factor');
  const scaled = (x: F64, { down, times }: { down: number; times: number }): I32 =>
    i32.mul(i32.shr(i32.fromI64(i64.shrU(i64.bitsOf(x), 32n)), down), times);
  const ofHalf = (one: I32): F64 =>
    f64.mul(f64.mul(taken, length.SHARE), f64.fromBits(i64.shl(i64.fromU32(one), 32n)));
  const most = (limit: number): Statement => set(half, select(i32.lt(half, limit), half, i32.const(limit)));
  const least = (limit: number): Statement => set(half, select(i32.gt(half, limit), half, i32.const(limit)));
  return {
    smallestAt: (time: F64): F64 => f64.mul(16 * Number.EPSILON, f64.max(f64.abs(time), 1e-9)),
    /** For another try of a step whose error was too large. */
    shorter: (step: F): Statement[] => [
      set(half, i32.sub(length.FOR_ANOTHER_TRY, scaled(error, length.AGAIN))),
      least(length.LEAST_AGAIN),
      set(step, ofHalf(half)),
    ],
    /** Sets `planned` and `lastError`, after a step to its own end; `step` is at hand for that. */
    next: (tried: I32, step: F): Statement[] => [
      set(
        half,
        i32.add(
          length.AFTER_STEP,
          scaled(select(f64.eq(lastError, 0), f64.const(1), lastError), length.BEFORE),
        ),
      ),
      set(half, i32.sub(half, scaled(error, length.NOW))),
      least(length.LEAST),
      most(length.MOST),
      set(step, ofHalf(half)),
      set(
        planned,
        f64.min(
          longest,
          f64.max(
            step,
            select(i32.and(i32.eqz(tried), f64.lt(taken, f64.mul(planned, 0.99))), planned, f64.const(0)),
          ),
        ),
      ),
      set(lastError, f64.max(error, length.LEAST_ERROR)),
    ],
  };
}
