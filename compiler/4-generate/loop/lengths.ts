/** How long the next step is, as `adaptiveStepper` (runtime/adaptive.ts) chooses it. */
import { f64, i32, select, set } from '../wasm/index.ts';
import type { F64, FunctionBuilder, I32, Local, Statement, ValueType } from '../wasm/index.ts';

const SAFETY = 0.9;

type Owner = FunctionBuilder<Readonly<Record<string, ValueType>>>;
type F = Local<'f64'>;

/** After a step that was `taken` with an `error`; `lastError` that of the one before, both over what is tolerated. */
export function stepLengths(
  f: Owner,
  { taken, error, planned, longest, lastError }: { taken: F; error: F; planned: F; longest: F; lastError: F },
) {
  const [root, factor, divisor] = [
    f.local('f64', 'root'),
    f.local('f64', 'factor'),
    f.local('f64', 'divisor'),
  ];
  /** x^(1/2^a + 1/2^b) by square roots. */
  const power = (x: F64, a: number, b: number, into: F): Statement[] => {
    const statements: Statement[] = [set(root, x)];
    for (let i = 1; i <= b; i += 1) {
      statements.push(set(root, f64.sqrt(root)));
      if (i === a) statements.push(set(into, root));
      if (i === b) statements.push(set(into, f64.mul(into, root)));
    }
    return statements;
  };
  return {
    smallestAt: (time: F64): F64 => f64.mul(16 * Number.EPSILON, f64.max(f64.abs(time), 1e-9)),
    /** For another try of a step whose error was too large. */
    shorter: (step: F): Statement[] => [
      ...power(error, 3, 4, divisor),
      set(step, f64.mul(taken, f64.max(0.1, f64.div(SAFETY, divisor)))),
    ],
    /** Sets `planned` and `lastError`, after a step to its own end; `step` is at hand for that. */
    next: (tried: I32, step: F): Statement[] => [
      set(factor, select(f64.eq(lastError, 0), f64.const(1), lastError)),
      ...power(factor, 4, 6, divisor),
      set(factor, f64.mul(SAFETY, divisor)),
      ...power(f64.max(error, 1e-10), 3, 6, divisor),
      set(factor, f64.div(factor, divisor)),
      set(step, f64.mul(taken, f64.min(5, f64.max(0.2, factor)))),
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
      set(lastError, f64.max(error, 1e-4)),
    ],
  };
}
