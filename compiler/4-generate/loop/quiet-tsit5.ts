/** Quiet steps of Tsitouras' pair: operation for operation those of `tsitouras-in-one.ts`, and their lengths those of `adaptive.ts`. */
import { Cell } from '../../../runtime/contract/cells.ts';
import { block, branch, branchIf, f64, i32, label, loop, returns, run, set } from '../wasm/index.ts';
import type { F64, FunctionBuilder, FunctionHandle, Local, Statement, ValueType } from '../wasm/index.ts';
import { errorWeights, nodes, weights } from '../integrate/tsitouras.ts';
import { readsSlopes } from '../beyond.ts';
import type { Scope } from '../expression.ts';
import { stepLengths } from './lengths.ts';
import type { LoopContext } from './index.ts';
import { isSmall, quietIn } from './quiet.ts';
import { MOST } from './tsitouras-in-one.ts';

/**
 * `(tolerance, longest, until, earlier, limit, after, most)`: steps from the committed state, to `until` at most, before `earlier` and not cut by
 * `limit`, until one reaches `after`; how many. Undefined where they would be no gain.
 */
export function quietTsit5(shared: LoopContext): FunctionHandle | undefined {
  const { context, derivatives, looks } = shared;
  const { layout } = context.plan.manifest;
  if (!isSmall(context) || layout.states.count > MOST || readsSlopes(context.system)) return undefined;
  const f = context.module.function('quiet steps of tsit5', {
    params: {
      tolerance: 'f64',
      longest: 'f64',
      until: 'f64',
      earlier: 'f64',
      limit: 'f64',
      after: 'f64',
      most: 'i32',
    },
    results: ['i32'],
  });
  const { tolerance, longest, until, earlier, limit, after, most } = f.params;
  const owner = f as unknown as FunctionBuilder<Readonly<Record<string, ValueType>>>;
  const quiet = quietIn(owner, shared, false);
  const { x, next, from, to, count } = quiet;
  const cell = (which: number): number => layout.runtime + 8 * which;
  const [step, h, planned] = f.named('f64', 'step', 'step taken', 'planned step');
  const [smallest, error, lastError] = f.named('f64', 'smallest step', 'error', 'last error');
  const tried = f.local('i32', 'a try was taken back');
  const lengths = stepLengths(owner, { taken: h, error, planned, longest, lastError });
  const each = (statement: (n: number) => Statement): Statement[] => x.map((_, state) => statement(state));
  const slopes = nodes.map((_, s) =>
    s === 0 ? quiet.slopes : s === nodes.length - 1 ? quiet.nextSlopes : quiet.single(`slope ${s + 1} of`),
  );
  const stage = quiet.single('stage');
  const [even, odd, part] = f.named('f64', 'sum of even', 'sum of odd', 'part');
  const combined = (row: readonly number[], n: number): F64 =>
    row.map((weight, s): F64 => f64.mul(weight, slopes[s]![n]!)).reduce((sum, term) => f64.add(sum, term));
  const moved = (row: readonly number[], into: readonly F[]): Statement[] =>
    each((n) => set(into[n]!, f64.add(x[n]!, f64.mul(h, combined(row, n)))));

  const beyond = looks === undefined ? undefined : f.local('i32', 'a stage is beyond');
  const lookedAt = (scope: Scope): Statement[] => {
    if (beyond === undefined) return [];
    const [here, there] = [label('on this side'), label('on the other')];
    return [block(here, [block(there, [...quiet.lookInStage(there, scope), branch(here)]), set(beyond, 1)])];
  };

  const ended = quiet.ended();
  const stages = weights.flatMap((row, s) => {
    const node = nodes[s + 1]!;
    if (s + 1 === nodes.length - 1) return moved(row, next);
    const at = node === 1 ? f64.add(from, h) : f64.add(from, f64.mul(node, h));
    const { statements, scope } = quiet.evaluated(at, stage, slopes[s + 1]!);
    return [...moved(row, stage), ...statements, ...lookedAt(scope)];
  });
  const errors = x.flatMap((_, n) => {
    const sum = n % 2 === 0 ? even : odd;
    const larger = f64.max(f64.abs(x[n]!), f64.abs(next[n]!));
    const tolerated = f64.add(
      f64.load(0, layout.absoluteTolerances.address + 8 * n),
      f64.mul(tolerance, larger),
    );
    return [
      set(part, f64.mul(combined(errorWeights, n), f64.div(h, tolerated))),
      // A square is never -0, which adding it to 0 would change.
      set(sum, n < 2 ? f64.mul(part, part) : f64.add(sum, f64.mul(part, part))),
    ];
  });
  const [done, again, retry, accepted] = [
    label('done'),
    label('next step'),
    label('try again'),
    label('accepted'),
  ];
  f.body = [
    run(derivatives),
    ...quiet.enter,
    set(planned, f64.load(0, cell(Cell.stepSize))),
    set(lastError, f64.load(0, cell(Cell.lastError))),
    block(done, [
      branchIf(done, i32.or(f64.ne(f64.load(0, cell(Cell.blind)), 0), f64.eq(planned, 0))),
      loop(again, [
        set(step, f64.min(planned, longest)),
        set(smallest, lengths.smallestAt(from)),
        set(tried, 0),
        block(accepted, [
          loop(retry, [
            set(to, f64.add(from, step)),
            set(h, f64.sub(to, from)),
            branchIf(
              done,
              i32.or(
                i32.or(i32.eqz(quiet.mayEnd(until, earlier)), i32.eqz(f64.lt(to, limit))),
                i32.or(f64.le(h, smallest), f64.ne(f64.add(from, h), to)),
              ),
            ),
            ...(beyond === undefined ? [] : [set(beyond, 0)]),
            ...stages,
            ...ended.statements,
            ...(x.length < 2 ? [set(odd, 0)] : []),
            ...errors,
            set(error, f64.mul(f64.add(even, odd), 1 / x.length)),
            branchIf(accepted, f64.le(error, 1)),
            // What is no number, too, is looked at with all that the loop knows.
            branchIf(done, i32.or(f64.ne(error, error), f64.le(step, f64.mul(smallest, 2)))),
            set(tried, 1),
            ...lengths.shorter(step),
            branch(retry),
          ]),
        ]),
        ...(beyond === undefined ? [] : [branchIf(done, beyond)]),
        ...quiet.look(done, ended),
        ...lengths.next(tried, step),
        ...quiet.commit,
        set(count, i32.add(count, 1)),
        branchIf(again, i32.and(f64.lt(from, after), i32.lt(count, most))),
      ]),
    ]),
    ...quiet.leave,
    f64.store(0, planned, cell(Cell.stepSize)),
    f64.store(0, lastError, cell(Cell.lastError)),
    returns(count),
  ];
  return f;
}

type F = Local<'f64'>;
