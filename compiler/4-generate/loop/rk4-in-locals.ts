/**
 * A step of Runge and Kutta's method whose states and slopes are locals: operation for operation that of `stages.ts`. `look` is what each stage looks at.
 */
import type { Scope } from '../expression.ts';
import { f64, set } from '../wasm/index.ts';
import type { FunctionBuilder, Local, Statement, ValueType } from '../wasm/index.ts';
import type { equationsIn } from './quiet.ts';

type F = Local<'f64'>;

/** What a step is made of; `h` is its length, and is known. */
interface Step {
  x: readonly F[];
  /** At `x`. */
  slopes: readonly F[];
  /** What the states become. */
  next: readonly F[];
  from: F;
  to: F;
  h: F;
}

export function rk4InLocals(
  f: FunctionBuilder<Readonly<Record<string, ValueType>>>,
  evaluated: ReturnType<typeof equationsIn>,
  { x, slopes, next, from, to, h }: Step,
  look: (scope: Scope) => Statement[] = () => [],
): Statement[] {
  const [half, sixth, middle] = f.named('f64', 'half step', 'sixth of step', 'middle');
  const [stage, slope, sums] = f.namedEach('f64', x.length, 'stage', 'slope of stage', 'slopes');
  const each = (statement: (n: number) => Statement): Statement[] => x.map((_, state) => statement(state));
  /** The slopes of a stage, what they add to the sums, and the next stage that they lead to. */
  const evaluatedAt = (at: F): Statement[] => {
    const { statements, scope } = evaluated(at, stage, slope);
    return [...statements, ...look(scope)];
  };
  const stageAt = (at: F, before: readonly F[], length: F): Statement[] => [
    ...evaluatedAt(at),
    ...each((i) => set(sums[i]!, f64.add(before[i]!, f64.add(slope[i]!, slope[i]!)))),
    ...each((i) => set(stage[i]!, f64.add(x[i]!, f64.mul(length, slope[i]!)))),
  ];
  return [
    set(half, f64.mul(h, 0.5)),
    set(sixth, f64.div(h, 6)),
    set(middle, f64.add(from, half)),
    ...each((i) => set(stage[i]!, f64.add(x[i]!, f64.mul(half, slopes[i]!)))),
    ...stageAt(middle, slopes, half),
    ...stageAt(middle, sums, h),
    ...evaluatedAt(to),
    ...each((i) => set(next[i]!, f64.add(x[i]!, f64.mul(sixth, f64.add(sums[i]!, slope[i]!))))),
  ];
}
