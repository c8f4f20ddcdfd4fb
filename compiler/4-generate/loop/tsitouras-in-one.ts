/**
 * A trial step by Tsitouras' pair whose stages are one with the equations: of systems with few single states, all of which stay in locals.
 * Operation for operation `tsit5Try` of `integrate/tsitouras.ts`, and leaves in the integrator's memory what that does.
 */
import { lookInStage, readsSlopes } from '../beyond.ts';
import type { StageLooks } from '../beyond.ts';
import { evaluateInto } from '../blocks.ts';
import type { Context } from '../context.ts';
import { movingIn } from '../moving.ts';
import { elementOffset, Scope } from '../expression.ts';
import { unseen } from '../integrate/looks.ts';
import { errorWeights, nodes, slopesAt, weights } from '../integrate/tsitouras.ts';
import { f64, i32, returns, run, set, when } from '../wasm/index.ts';
import type { F64, FunctionBuilder, FunctionHandle, Local, Statement } from '../wasm/index.ts';
import { fitsInOne, readsSingly, statesOf } from './stages.ts';

/** The equations stand there six times over: longer ones are called. */
const LONGEST = 600;
/** Of states, whose slopes are in locals too. */
export const MOST = 8;

/** `(t, h, rtol, fresh)`; undefined where it would be no gain, or its stages could not be looked at. */
export function tsit5InOne(
  context: Context,
  derivatives: FunctionHandle,
  looks: StageLooks | undefined,
): FunctionHandle | undefined {
  const { system, plan, module } = context;
  const { layout } = plan.manifest;
  const { count, address: x } = layout.states;
  if (count === 0 || count > MOST || !fitsInOne(system, LONGEST) || !readsSingly(system)) return undefined;
  if (readsSlopes(system)) return undefined;

  const f = module.function('tsit5Try in one', {
    params: { t: 'f64', h: 'f64', rtol: 'f64', fresh: 'i32' },
    results: ['f64'],
  });
  const { t, h, rtol, fresh } = f.params;
  const owner = f as unknown as FunctionBuilder<Record<string, 'i32' | 'f64'>>;
  const { slope, old, start, length } = slopesAt(plan.scratch.integrator, count);
  const each = [...Array(count).keys()];
  const single = (name: string): Local<'f64'>[] => each.map((n) => f.local('f64', `${name} ${n + 1}`));
  const [before, stage] = [single('x'), single('stage')];
  const slopes = [...nodes.keys()].map((n) => single(`slope ${n + 1} of`));
  const targets = statesOf(context);
  const dx = layout.derivatives.address;

  /** w1 k1 + w2 k2 + …, from left to right. */
  const combined = (row: readonly number[], n: number): F64 =>
    row.map((weight, s): F64 => f64.mul(weight, slopes[s]![n]!)).reduce((sum, term) => f64.add(sum, term));
  const moved = (row: readonly number[]): Statement[] =>
    each.map((n) => set(stage[n]!, f64.add(before[n]!, f64.mul(h, combined(row, n)))));

  /** The equations at a stage; the last one's states and slopes are those of the step's end. */
  const evaluated = (s: number): Statement[] => {
    const node = nodes[s]!;
    const isLast = s === nodes.length - 1;
    const scope = new Scope(context, owner);
    targets.forEach((target, n) => scope.known.set(target, stage[n]!));
    const body = evaluateInto(context, scope, movingIn(system).blocks, {
      instead: (inner, target, value) => {
        const { role, partner } = system.variables[target.variable]!;
        if (role !== 'derivative' || partner === undefined) return undefined;
        const { constant } = elementOffset(inner, partner, target.index);
        const n = (plan.addresses[partner]! - x + constant) / 8;
        return [
          set(slopes[s]![n]!, value),
          f64.store(0, value, slope(s + 1) + 8 * n),
          ...(isLast ? [f64.store(0, value, dx + 8 * n)] : []),
        ];
      },
    });
    const look = isLast || looks === undefined ? [] : lookInStage(context, scope, looks.seen);
    return [
      f64.store(0, node === 1 ? f64.add(t, h) : f64.add(t, f64.mul(node, h)), layout.time),
      ...body,
      ...look,
    ];
  };

  const [even, odd] = f.named('f64', 'sum of even', 'sum of odd');
  const error = f.local('f64', 'error');
  const errors = each.flatMap((n) => {
    const sum = n % 2 === 0 ? even : odd;
    const larger = f64.max(f64.abs(before[n]!), f64.abs(stage[n]!));
    const tolerated = f64.add(f64.load(0, layout.absoluteTolerances.address + 8 * n), f64.mul(rtol, larger));
    return [
      set(error, f64.mul(combined(errorWeights, n), f64.div(h, tolerated))),
      set(sum, f64.add(sum, f64.mul(error, error))),
    ];
  });
  f.body = [
    f64.store(0, t, start),
    f64.store(0, h, length),
    ...unseen(looks),
    when(
      fresh,
      [
        f64.store(0, t, layout.time),
        run(derivatives),
        ...each.map((n) => set(slopes[0]![n]!, f64.load(i32.const(0), dx + 8 * n))),
      ],
      each.map((n) => set(slopes[0]![n]!, f64.load(0, slope(nodes.length) + 8 * n))),
    ),
    ...each.flatMap((n) => [
      set(before[n]!, f64.load(0, x + 8 * n)),
      f64.store(0, before[n]!, old + 8 * n),
      f64.store(0, slopes[0]![n]!, slope(1) + 8 * n),
    ]),
    ...weights.flatMap((row, s) => [...moved(row), ...evaluated(s + 1)]),
    ...each.map((n) => f64.store(0, stage[n]!, x + 8 * n)),
    ...errors,
    returns(f64.mul(f64.add(even, odd), 1 / count)),
  ];
  return f;
}
