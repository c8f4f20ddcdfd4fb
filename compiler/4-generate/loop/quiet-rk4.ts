/** Quiet steps of Runge and Kutta's method on the grid: operation for operation those of `stages.ts`. */
import { block, branchIf, f64, i32, label, loop, returns, set } from '../wasm/index.ts';
import type { FunctionHandle, Local, Statement, ValueType, FunctionBuilder } from '../wasm/index.ts';
import type { LoopContext } from './index.ts';
import { isSmall, quietIn } from './quiet.ts';
import { keptStart } from './stages.ts';

/**
 * `(n, step, until, earlier, after, most)`: steps from the time n · step, to `until` at most and before `earlier`, until one reaches `after`;
 * twice their number, and 1 where one more was tried that somebody has to look at. Undefined where they would be no gain.
 */
export function quietRk4(shared: LoopContext): FunctionHandle | undefined {
  const { context } = shared;
  if (!isSmall(context)) return undefined;
  const f = context.module.function('quiet steps of rk4', {
    params: { n: 'f64', step: 'f64', until: 'f64', earlier: 'f64', after: 'f64', most: 'i32' },
    results: ['i32'],
  });
  const { n, step, until, earlier, after, most } = f.params;
  const quiet = quietIn(f as unknown as FunctionBuilder<Readonly<Record<string, ValueType>>>, shared);
  const { x, slopes, next, from, to, count } = quiet;
  const [h, half, sixth, middle] = ['step taken', 'half step', 'sixth of step', 'middle'].map((name) =>
    f.local('f64', name),
  ) as [Local<'f64'>, Local<'f64'>, Local<'f64'>, Local<'f64'>];
  const [stage, slope, sums] = [
    quiet.single('stage'),
    quiet.single('slope of stage'),
    quiet.single('slopes'),
  ];
  const each = (statement: (n: number) => Statement): Statement[] => x.map((_, state) => statement(state));
  const [eventful, done, again] = [label('something happens'), label('done'), label('next step')];
  const starts = keptStart(context);

  /** The slopes of a stage, what they add to the sums, and the next stage that they lead to. */
  const stageAt = (at: Local<'f64'>, before: Local<'f64'>[], length: Local<'f64'>): Statement[] => [
    ...quiet.evaluated(at, stage, slope).statements,
    ...each((i) => set(sums[i]!, f64.add(before[i]!, f64.add(slope[i]!, slope[i]!)))),
    ...each((i) => set(stage[i]!, f64.add(x[i]!, f64.mul(length, slope[i]!)))),
  ];
  const ended = quiet.ended();
  f.body = [
    ...quiet.enter,
    block(eventful, [
      block(done, [
        branchIf(done, f64.ne(f64.mul(n, step), from)),
        loop(again, [
          set(n, f64.add(n, 1)),
          set(to, f64.mul(n, step)),
          branchIf(done, i32.eqz(quiet.mayEnd(until, earlier))),
          set(h, f64.sub(to, from)),
          set(half, f64.mul(h, 0.5)),
          set(sixth, f64.div(h, 6)),
          set(middle, f64.add(from, half)),
          ...each((i) => set(stage[i]!, f64.add(x[i]!, f64.mul(half, slopes[i]!)))),
          ...stageAt(middle, slopes, half),
          ...stageAt(middle, sums, h),
          ...quiet.evaluated(to, stage, slope).statements,
          ...each((i) => set(next[i]!, f64.add(x[i]!, f64.mul(sixth, f64.add(sums[i]!, slope[i]!))))),
          ...ended.statements,
          ...quiet.look(eventful, ended),
          ...quiet.commit,
          branchIf(again, i32.and(f64.lt(from, after), i32.lt(count, most))),
        ]),
      ]),
      ...quiet.leave,
      returns(i32.shl(count, 1)),
    ]),
    ...quiet.leaveTried(starts),
    returns(i32.or(i32.shl(count, 1), 1)),
  ];
  return f;
}
