/** Quiet steps of Runge and Kutta's method on the grid: operation for operation those of `stages.ts`. */
import { readsSlopes } from '../beyond.ts';
import { block, branchIf, f64, i32, label, loop, returns, set, setGlobal, when } from '../wasm/index.ts';
import type { FunctionBuilder, FunctionHandle, Statement, ValueType } from '../wasm/index.ts';
import type { LoopContext } from './index.ts';
import { isSmall, quietIn } from './quiet.ts';
import { rk4InLocals } from './rk4-in-locals.ts';
import { keptStart } from './stages.ts';

type Owner = FunctionBuilder<Readonly<Record<string, ValueType>>>;

/** Up to this step the lengths of steps differ by less than a thousandth, though times are rounded. */
const EVEN = 1e12;

/**
 * `(n, step, until, earlier, after, most)`: steps from the time n · step, to `until` at most and before `earlier`, until one reaches `after`;
 * twice their number, and 1 where one more was tried that somebody has to look at. Undefined where they would be no gain.
 */
export function quietRk4(shared: LoopContext): FunctionHandle | undefined {
  const { context } = shared;
  if (!isSmall(context) || readsSlopes(context.system)) return undefined;
  const seen = shared.looks?.seen;
  const f = context.module.function('quiet steps of rk4', {
    params: { n: 'f64', step: 'f64', until: 'f64', earlier: 'f64', after: 'f64', most: 'i32' },
    results: ['i32'],
  });
  const { n, step, until, earlier, after, most } = f.params;
  const quiet = quietIn(f as unknown as Owner, shared, true);
  const { x, slopes, next, from, to, count } = quiet;
  const [first, last] = f.named('f64', 'number at first', 'number of the last in a row');
  const h = f.local('f64', 'step taken');
  const [beyond, eventful, done, row, again] = [
    label('a stage is beyond'),
    label('something happens'),
    label('done'),
    label('steps in a row'),
    label('next step'),
  ];
  const starts = keptStart(context);

  const moved = rk4InLocals(
    f as unknown as Owner,
    quiet.evaluated,
    { x, slopes, next, from, to, h },
    (scope) => quiet.lookInStage(beyond, scope),
  );
  const ended = quiet.ended();
  const counted = set(count, i32.fromF64(f64.sub(n, first)));
  const quietly: Statement[] = [
    block(done, [
      branchIf(done, i32.or(f64.ne(f64.mul(n, step), from), i32.eqz(f64.lt(f64.abs(n), EVEN)))),
      loop(row, [
        // As many as end before all times by more than a step: none of them is compared to a time.
        set(last, f64.sub(f64.div(f64.sub(f64.min(f64.min(until, earlier), after), from), step), 3)),
        set(last, f64.add(n, f64.min(last, f64.sub(f64.add(first, f64.fromI32(most)), f64.add(n, 1))))),
        when(i32.eqz(f64.ge(last, n)), [
          set(last, n),
          set(to, f64.mul(f64.add(n, 1), step)),
          branchIf(done, i32.eqz(quiet.mayEnd(until, earlier))),
        ]),
        loop(again, [
          set(n, f64.add(n, 1)),
          set(to, f64.mul(n, step)),
          set(h, f64.sub(to, from)),
          ...moved,
          ...ended.statements,
          ...quiet.look(eventful, ended),
          ...quiet.commit,
          branchIf(again, f64.lt(n, last)),
        ]),
        counted,
        branchIf(row, i32.and(f64.lt(from, after), i32.lt(count, most))),
      ]),
    ]),
    counted,
    ...quiet.leave,
    returns(i32.shl(count, 1)),
  ];
  f.body = [
    ...quiet.enter,
    set(first, n),
    ...(seen === undefined ? [] : [setGlobal(seen, 0)]),
    block(eventful, seen === undefined ? quietly : [block(beyond, quietly), setGlobal(seen, 1)]),
    set(n, f64.sub(n, 1)),
    counted,
    ...quiet.leaveTried(starts),
    returns(i32.or(i32.shl(count, 1), 1)),
  ];
  return f;
}
