/**
 * A Runge–Kutta step whose stages are one with the equations: a slope goes into the next stage's states as soon as it is known, and single
 * numbers stay in locals through all stages. Operation for operation the step of `integrate/runge-kutta.ts`.
 */
import { children, loads } from '../../ir/expressions.ts';
import type { FlatExpression, FlatTarget } from '../../ir/flat-expression.ts';
import type { FlatSystem } from '../../ir/flat-system.ts';
import { lookInStage, readsSlopes } from '../beyond.ts';
import type { StageLooks } from '../beyond.ts';
import { evaluateInto } from '../blocks.ts';
import type { Context } from '../context.ts';
import { movingIn } from '../moving.ts';
import { elementOffset, place, Scope } from '../expression.ts';
import { f64, forElements, run, set, setGlobal } from '../wasm/index.ts';
import type { F64, FunctionBuilder, FunctionHandle, Local, Statement } from '../wasm/index.ts';

/** The equations stand there three times over: longer ones are called. */
const LONGEST = 1500;
/** Up to this many single states stay in locals. */
const MOST_LOCALS = 30;

/** The nodes of an expression, counted up to somewhat more than that. */
function sizeOf(expression: FlatExpression, longest: number): number {
  let size = 1;
  for (const child of children(expression)) if (size <= longest) size += sizeOf(child, longest - size);
  return size;
}

/** Whether equations are without iterations, and not longer than that. */
export function fitsInOne({ dynamics }: FlatSystem, longest: number): boolean {
  let total = 0;
  for (const block of dynamics) {
    if (block.kind !== 'assign') return false;
    total += sizeOf(block.value, longest) + block.loops.length;
    if (total > longest) return false;
  }
  return true;
}

/** Whether each state is read by itself: one that a sum goes through is looked for in memory. */
export const readsSingly = ({ dynamics, variables }: FlatSystem): boolean =>
  dynamics.every(
    (block) =>
      block.kind === 'assign' &&
      block.loops.length === 0 &&
      loads(block.value).every(
        ({ load }) =>
          variables[load.variable]!.role !== 'state' || load.index.every((i) => typeof i === 'number'),
      ),
  );

/** `(t, h, next)`: a step from the states. */
export interface FusedRk4 {
  /** From those in memory, with their slopes; they are in the integrator's memory then. */
  onward: FunctionHandle;
  /** Another step from where the last one began, where its slopes were kept. */
  again: FunctionHandle | undefined;
}

/** Where the states at a step's start are kept, and their slopes where those are single numbers. */
export const keptStart = ({ plan }: Context): { states: number; slopes: number } => ({
  states: plan.scratch.integrator,
  slopes: plan.scratch.integrator + 8 * plan.manifest.layout.states.count,
});

/** Undefined where it would be no gain, or its stages could not be looked at. */
export function fusedRk4(context: Context, looks: StageLooks | undefined): FusedRk4 | undefined {
  const { system, plan } = context;
  const { dynamics } = system;
  if (!fitsInOne(system, LONGEST) || dynamics.some(({ loops }) => loops.length > 1)) return undefined;
  if (readsSlopes(system)) return undefined;
  const { count } = plan.manifest.layout.states;
  const straight = count <= MOST_LOCALS && readsSingly(system);
  const onward = stepInOne(context, straight, 'rk4 in one', looks);
  return {
    onward,
    again: straight ? stepInOne(context, straight, 'rk4 in one again', 'again') : undefined,
  };
}

/** `again`: from what a step before kept, of which nobody asks what its stages saw. */
function stepInOne(
  context: Context,
  straight: boolean,
  name: string,
  looks: StageLooks | 'again' | undefined,
): FunctionHandle {
  const again = looks === 'again';
  const seen = again ? undefined : looks?.seen;
  const { system, plan, module } = context;
  const { layout } = plan.manifest;
  const { variables } = system;
  const { count, address: x } = layout.states;

  const f = module.function(name, { params: { t: 'f64', h: 'f64', next: 'f64' } });
  const { t, h, next } = f.params;
  const owner = f as unknown as FunctionBuilder<Record<string, 'i32' | 'f64'>>;
  const kept = keptStart(context);
  const old = kept.states;
  const [sum, first, second] = [1, 2, 3].map((n) => old + 8 * count * n) as [number, number, number];
  const [half, sixth, middle] = ['half step', 'sixth of step', 'middle'].map((name) =>
    f.local('f64', name),
  ) as [Local<'f64'>, Local<'f64'>, Local<'f64'>];

  /** Of single numbers: the states of the stage, what they were, and the sums of slopes. */
  const single = (name: string): Local<'f64'>[] =>
    straight ? Array.from({ length: count }, (_, n) => f.local('f64', `${name} ${n + 1}`)) : [];
  const [before, slopes, stage] = [single('x'), single('slopes'), single('stage')];
  const targets = straight ? statesOf(context) : [];

  const begin: Statement[] = straight
    ? before.flatMap((value, n) => [
        set(value, f64.load(0, (again ? old : x) + 8 * n)),
        set(slopes[n]!, f64.load(0, (again ? kept.slopes : layout.derivatives.address) + 8 * n)),
        ...(again ? [] : [f64.store(0, value, old + 8 * n), f64.store(0, slopes[n]!, kept.slopes + 8 * n)]),
        set(stage[n]!, f64.add(value, f64.mul(half, slopes[n]!))),
      ])
    : ((): Statement[] => {
        const at = f.local('i32', 'state');
        const [value, slope] = f.named('f64', 'x', 'slope');
        return forElements(owner, at, 0, 8 * count, [
          set(value, f64.load(at, x)),
          set(slope, f64.load(at, layout.derivatives.address)),
          f64.store(at, f64.add(value, f64.mul(half, slope)), first),
        ]);
      })();

  /** The equations with the states of a stage, and what becomes of each slope. */
  const stageAt = (
    time: F64,
    states: number,
    slopeBecomes: (slope: Local<'f64'>, sums: F64, was: F64) => { sum?: F64; state: F64 },
    into: number,
    sums = sum,
  ): Statement[] => {
    const addresses = plan.addresses.map((address, id) =>
      variables[id]!.role === 'state' ? address - x + states : address,
    );
    const moved = { ...context, plan: { ...plan, addresses } };
    const scope = new Scope(moved, owner);
    targets.forEach((target, n) => scope.known.set(target, stage[n]!));
    const after: Statement[] = [];
    const body = evaluateInto(moved, scope, movingIn(system).blocks, {
      instead: (inner, target, slope) => {
        const { role, partner } = variables[target.variable]!;
        if (role !== 'derivative' || partner === undefined) return undefined;
        const { dynamic, constant } = elementOffset(inner, partner, target.index);
        const offset = plan.addresses[partner]! - x + constant;
        if (straight) {
          const n = offset / 8;
          const became = slopeBecomes(slope, slopes[n]!, before[n]!);
          if (became.sum) after.push(set(slopes[n]!, became.sum));
          after.push(into === x ? f64.store(0, became.state, x + offset) : set(stage[n]!, became.state));
          return [];
        }
        const cell = (base: number): [ReturnType<typeof place>[0], number] => place(dynamic, base + offset);
        const read = (base: number): F64 => f64.load(...cell(base));
        const was = f.local('f64', 'x before');
        const became = slopeBecomes(slope, read(sums), was);
        const write = (base: number, value: F64): Statement => {
          const [address, at] = cell(base);
          return f64.store(address, value, at);
        };
        return [
          set(was, read(x)),
          ...(became.sum ? [write(sum, became.sum)] : [write(old, was)]),
          write(into, became.state),
        ];
      },
    });
    const look = seen === undefined ? [] : lookInStage(moved, scope, seen);
    return [f64.store(0, time, layout.time), ...body, ...look, ...after];
  };
  const inner =
    (length: Local<'f64'>) =>
    (slope: Local<'f64'>, sums: F64, was: F64): { sum: F64; state: F64 } => ({
      sum: f64.add(sums, f64.add(slope, slope)),
      state: f64.add(was, f64.mul(length, slope)),
    });

  f.body = [
    set(half, f64.mul(h, 0.5)),
    set(sixth, f64.div(h, 6)),
    set(middle, f64.add(t, half)),
    ...(seen === undefined ? [] : [setGlobal(seen, 0)]),
    ...begin,
    // The first slopes are still where the equations put them.
    ...stageAt(middle, first, inner(half), second, layout.derivatives.address),
    ...stageAt(middle, second, inner(h), first),
    ...stageAt(
      next,
      first,
      (slope, sums, was) => ({ state: f64.add(was, f64.mul(sixth, f64.add(sums, slope))) }),
      x,
    ),
  ];
  return f;
}

/** The same from the states alone. */
export function fromStates(
  { module, plan }: Context,
  onward: FunctionHandle,
  derivatives: FunctionHandle,
): FunctionHandle {
  const f = module.function(`${onward.name} from the states`, {
    params: { t: 'f64', h: 'f64', next: 'f64' },
  });
  const { t, h, next } = f.params;
  f.body = [f64.store(0, t, plan.manifest.layout.time), run(derivatives), run(onward, [t, h, next])];
  return f;
}

/** Each element of the states, in the order of memory. */
export function statesOf({ system, plan }: Context): FlatTarget[] {
  const { address } = plan.manifest.layout.states;
  const targets: FlatTarget[] = [];
  system.variables.forEach(({ role, dims }, variable) => {
    if (role !== 'state') return;
    const elements = dims.reduce((a, b) => a * b, 1);
    for (let element = 0; element < elements; element += 1) {
      let rest = element;
      const index = dims.toReversed().map((size) => {
        const own = rest % size;
        rest = Math.floor(rest / size);
        return own;
      });
      targets[(plan.addresses[variable]! - address) / 8 + element] = { variable, index: index.toReversed() };
    }
  });
  return targets;
}
