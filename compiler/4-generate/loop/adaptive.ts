/** Steps whose length follows from their error, as `adaptiveStepper` (runtime/solvers/adaptive.ts) takes and chooses them. */
import { STANDS_STILL } from '../../../runtime/contract/sides.ts';
import { Cell } from '../../../runtime/contract/cells.ts';
import {
  block,
  branch,
  branchIf,
  call,
  f64,
  i32,
  label,
  loop,
  run,
  select,
  set,
  when,
} from '../wasm/index.ts';
import type { FunctionHandle, Global, I32, Statement } from '../wasm/index.ts';
import type { LoopContext } from './index.ts';
import { looksIn } from './looks.ts';
import { stepLengths } from './lengths.ts';
import { ROUNDS } from './quiet.ts';
import { frameLabels, stepsIn } from './steps.ts';
import type { LoopFunction, Method } from './steps.ts';

/**
 * `attempt(t, h, rtol, fresh)` tries a step and gives its scaled error; `restore` takes it back. What it `keeps` serves the next trial: its last
 * stage the step after it, its matrix (an error below 0: there is none) another try of the same step. `beyond` is 1 after a trial of which the host has
 * to look at the stages.
 */
export function adaptive(
  shared: LoopContext,
  name: string,
  {
    attempt,
    restore,
    keeps,
    beyond,
  }: {
    attempt: FunctionHandle;
    restore: FunctionHandle;
    keeps: 'last stage' | 'matrix';
    beyond?: Global<'i32'> | undefined;
  },
  method: Method | undefined,
  { quiet, rate }: { quiet?: FunctionHandle | undefined; rate?: FunctionHandle | undefined } = {},
): FunctionHandle {
  const { context, iterates } = shared;
  const { time, status, runtime } = context.plan.manifest.layout;
  const f = context.module.function(name, {
    params: {
      tolerance: 'f64',
      longest: 'f64',
      limit: 'f64',
      before: 'f64',
      bound: 'f64',
      after: 'f64',
      most: 'i32',
      span: 'f64',
      looks: 'i32',
    },
    results: ['i32'],
  });
  const { tolerance, longest, limit, before, bound, after, most, span, looks } = f.params;
  const steps = stepsIn(f as unknown as LoopFunction, shared, method, { limit, span, isAdaptive: true });
  const { from, to } = steps;
  const [step, taken, error] = f.named('f64', 'step', 'taken', 'error');
  const [planned, end, smallest] = f.named('f64', 'planned step', 'limit of the step', 'smallest step');
  const [fresh, count, reason] = f.named('i32', 'fresh', 'steps', 'reason');
  const labels = frameLabels();
  const { blocked, eventful, enough, next } = labels;
  const atOnce = f.local('i32', 'steps at once');
  const tried = f.local('i32', 'a try was taken back');
  const [again, accepted] = [label('try again'), label('accepted')];
  const cell = (which: number): number => runtime + 8 * which;
  const lastError = f.local('f64', 'last error');
  const lengths = stepLengths(f as unknown as LoopFunction, { taken, error, planned, longest, lastError });
  const { smallestAt } = lengths;
  const looking = rate && looksIn(context, rate, tolerance);
  /** After steps that were committed. */
  const looked = (steps: I32 | number): Statement[] =>
    looking === undefined ? [] : [when(looks, [branchIf(enough, looking.after(steps))])];
  const least = (a: I32, b: I32): I32 => select(i32.lt(a, b), a, b);
  const room = least(i32.sub(most, count), i32.const(ROUNDS));
  const asked = f.local('i32', 'steps asked for');
  /** Steps in which nothing happens, as many as there are. */
  const quietly: Statement[] =
    quiet === undefined
      ? []
      : [
          when(steps.isKnown, [
            set(
              asked,
              looking === undefined ? room : least(room, select(looks, looking.room, i32.const(ROUNDS))),
            ),
            set(
              atOnce,
              call<'i32'>(quiet, tolerance, longest, bound, steps.before(before), end, after, asked),
            ),
            when(atOnce, [
              set(count, i32.add(count, atOnce)),
              set(from, f64.load(0, time)),
              ...steps.resume,
              set(planned, f64.load(0, cell(Cell.stepSize))),
              set(fresh, 1),
              ...looked(atOnce),
              branchIf(enough, i32.eqz(i32.and(f64.lt(from, after), i32.lt(count, most)))),
              branchIf(next, i32.eq(atOnce, asked)),
            ]),
          ]),
        ];

  const enter = [
    ...steps.enter(blocked),
    set(planned, f64.load(0, cell(Cell.stepSize))),
    branchIf(blocked, f64.eq(planned, 0)),
    set(fresh, 1),
  ];
  const oneStep = [
    ...steps.limited(end),
    ...quietly,
    set(step, f64.min(planned, longest)),
    set(smallest, smallestAt(from)),
    set(tried, 0),
    ...steps.begin,
    block(accepted, [
      loop(again, [
        set(to, f64.add(from, step)),
        set(to, select(f64.ge(to, end), end, to)),
        set(taken, f64.sub(to, from)),
        set(
          steps.found,
          i32.or(
            i32.or(f64.le(taken, smallest), f64.le(to, f64.mul(from, STANDS_STILL))),
            i32.or(f64.ge(to, before), f64.gt(to, bound)),
          ),
        ),
        branchIf(blocked, i32.and(steps.found, i32.eqz(tried))),
        branchIf(eventful, steps.found),
        set(error, call<'f64'>(attempt, from, taken, tolerance, fresh)),
        branchIf(eventful, f64.ne(error, error)),
        // Without a matrix the runtime takes the step by the explicit method.
        ...(keeps === 'matrix' ? [branchIf(eventful, f64.lt(error, 0))] : []),
        ...(iterates || context.system.projection.length > 0
          ? [
              when(f64.le(error, 1), [f64.store(0, to, time), run(shared.project)]),
              set(steps.found, i32.load(0, status)),
              branchIf(eventful, steps.found),
            ]
          : []),
        branchIf(accepted, f64.le(error, 1)),
        run(restore),
        ...steps.putStartOfIterations,
        set(fresh, iterates && keeps !== 'matrix' ? 1 : 0),
        branchIf(eventful, f64.le(step, f64.mul(smallest, 2))),
        set(tried, 1),
        ...lengths.shorter(step),
        branch(again),
      ]),
    ]),
    ...(beyond === undefined ? [] : [branchIf(eventful, beyond)]),
    // 2: the derivatives at the next start are in place.
    set(fresh, iterates ? 1 : keeps === 'matrix' ? 2 : f64.ne(f64.add(from, taken), to)),
    f64.store(0, to, time),
    ...steps.look(eventful, [when(fresh, [run(shared.moving)])]),
    f64.store(0, f64.max(0, f64.sub(f64.load(0, cell(Cell.blind)), 1)), cell(Cell.blind)),
    when(
      steps.isWhole,
      [
        set(lastError, f64.load(0, cell(Cell.lastError))),
        ...lengths.next(tried, step),
        f64.store(0, lastError, cell(Cell.lastError)),
      ],
      [
        set(planned, select(f64.lt(taken, f64.mul(1e-6, planned)), planned, taken)),
        set(planned, f64.max(planned, smallestAt(to))),
        f64.store(0, f64.const(1), cell(Cell.lastError)),
        set(fresh, 1),
      ],
    ),
    f64.store(0, planned, cell(Cell.stepSize)),
    ...(steps.isDisturbed === undefined
      ? []
      : [when(steps.isDisturbed, [f64.store(0, f64.const(1), cell(Cell.lastError)), set(fresh, 1)])]),
  ];
  f.body = steps.frame(
    { ...labels, count, reason, after, most },
    { enter, step: oneStep, committed: looked(1), undo: [run(restore)] },
  );
  return f;
}
