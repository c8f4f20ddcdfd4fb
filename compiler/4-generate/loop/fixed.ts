/** Steps on the grid n · step, as `fixedStepper` (runtime/solvers/integrate.ts) takes them, or of time alone. */
import { both, branchIf, call, either, f64, i32, run, select, set, when, whileLoop } from '../wasm/index.ts';
import type { FunctionHandle, Global, Statement } from '../wasm/index.ts';
import type { LoopContext } from './index.ts';
import { STANDS_STILL } from '../../../runtime/contract/sides.ts';
import { ROUNDS } from './quiet.ts';
import { frameLabels, stepsIn } from './steps.ts';
import type { LoopFunction, Method } from './steps.ts';

/** What is that much before a time of the grid, as a share, is so when counted in steps, too. */
const SURELY = 8 * Number.EPSILON;

/**
 * `whole` is a step from the states; `onward` the same where the derivatives are those of the states already. Both leave the states
 * from before in the integrator's memory. Without them steps are of time alone, and no longer than `step`. `complete`, in place of `onward`,
 * evaluates at its end, and says by a number that is one if all computed are. `beyond` is 1 after a step of which the host has to look at the stages. `quiet`
 * takes many at once.
 */
export function fixed(
  shared: LoopContext,
  name: string,
  stepping:
    | {
        whole: FunctionHandle;
        onward: FunctionHandle;
        complete?: FunctionHandle | undefined;
        beyond?: Global<'i32'> | undefined;
      }
    | undefined,
  method: Method | undefined,
  quiet?: FunctionHandle,
): FunctionHandle {
  const { context, iterates } = shared;
  const { time, states, status } = context.plan.manifest.layout;
  const f = context.module.function(name, {
    params: {
      step: 'f64',
      limit: 'f64',
      before: 'f64',
      bound: 'f64',
      after: 'f64',
      most: 'i32',
      span: 'f64',
    },
    results: ['i32'],
  });
  const { step, limit, before, bound, after, most, span } = f.params;
  const steps = stepsIn(f as unknown as LoopFunction, shared, method, { limit, span, isAdaptive: false });
  const { from, to } = steps;
  const [n, cut] = f.named('f64', 'number of the next grid time', 'limit of the step');
  const [count, reason] = f.named('i32', 'steps', 'reason');
  const labels = frameLabels();
  const { blocked, eventful, enough } = labels;
  const [taken, tried] = f.named('i32', 'steps at once', 'one more was tried');
  /** Steps from a time of the grid in which nothing happens, as many as there are. */
  const quietly: Statement[] =
    quiet === undefined
      ? []
      : [
          set(tried, 0),
          when(steps.isKnown, [
            set(
              taken,
              call<'i32'>(
                quiet,
                n,
                step,
                f64.min(cut, bound),
                steps.before(before),
                after,
                select(i32.lt(i32.sub(most, count), ROUNDS), i32.sub(most, count), i32.const(ROUNDS)),
              ),
            ),
            set(tried, i32.and(taken, 1)),
            set(taken, i32.shrU(taken, 1)),
            when(taken, [
              set(n, f64.add(n, f64.fromI32(taken))),
              set(count, i32.add(count, taken)),
              set(from, f64.mul(n, step)),
              ...steps.resume,
              branchIf(
                enough,
                i32.and(i32.eqz(tried), i32.eqz(i32.and(f64.lt(from, after), i32.lt(count, most)))),
              ),
            ]),
            when(tried, [set(n, f64.add(n, 1)), set(to, f64.mul(n, step))]),
          ]),
        ];
  const nextTime: Statement[] =
    stepping === undefined
      ? [set(to, f64.min(cut, f64.add(from, step)))]
      : [
          // From one time of the grid to the next, as a rule, or on to the same one after a crossing: what follows waits for no division then.
          when(
            f64.eq(f64.mul(n, step), from),
            [set(n, f64.add(n, 1))],
            [
              when(
                i32.eqz(
                  both(
                    f64.le(f64.mul(f64.sub(n, 1), step), from),
                    f64.lt(f64.add(from, f64.mul(f64.abs(from), SURELY)), f64.mul(n, step)),
                  ),
                ),
                [set(n, f64.add(f64.floor(f64.div(from, step)), 1))],
              ),
            ],
          ),
          whileLoop(f64.le(f64.mul(n, step), from), [set(n, f64.add(n, 1))]),
          set(to, f64.min(f64.mul(n, step), cut)),
        ];
  const numbers = stepping?.complete && f.local('f64', 'all numbers');
  const onward: Statement[] =
    stepping === undefined
      ? [f64.store(0, to, time)]
      : numbers && stepping.complete
        ? [set(numbers, call<'f64'>(stepping.complete, from, f64.sub(to, from), to))]
        : [
            run(iterates ? stepping.whole : stepping.onward, [from, f64.sub(to, from), to]),
            ...(context.system.projection.length > 0 ? [run(shared.project)] : []),
            ...(iterates ? [set(steps.found, i32.load(0, status)), branchIf(eventful, steps.found)] : []),
          ];

  const stepped: Statement[] = [
    ...nextTime,
    branchIf(blocked, f64.le(to, f64.mul(from, STANDS_STILL))),
    branchIf(blocked, either(f64.ge(to, before), f64.gt(to, bound))),
    ...steps.begin,
    ...onward,
  ];

  const enter = [...steps.enter(blocked), ...(iterates ? [] : [run(shared.derivatives)])];
  const oneStep = [
    ...steps.limited(cut),
    ...quietly,
    ...(quiet === undefined ? stepped : [when(i32.eqz(tried), stepped)]),
    ...(stepping?.beyond === undefined ? [] : [branchIf(eventful, stepping.beyond)]),
    ...steps.look(eventful, numbers ? [] : [run(shared.moving)], { numbers, eyed: quiet && tried }),
  ];
  const undo = steps.copied(context.plan.scratch.integrator, states.address, states.count);
  f.body = steps.frame({ ...labels, count, reason, after, most }, { enter, step: oneStep, undo });
  return f;
}
