/** What the host leaves to the kernel at an instant at which samples come from outside: what all instances have of a sample, and ticks. */
import { loads, some } from '../../ir/expressions.ts';
import type { FlatSystem, VariableId } from '../../ir/flat-system.ts';
import type { Context } from '../context.ts';
import { elementOffset, number, place, Scope } from '../expression.ts';
import { call, f64, forElements, i32, i64, returns, run, set, switchOn, when } from '../wasm/index.ts';
import type { FunctionBuilder, FunctionHandle, ValueType } from '../wasm/index.ts';
import { elementsOf } from './kept.ts';
import type { InstantParts, Instants } from './instant.ts';

/** Whether its instances are the elements of an array, and the prediction reads nothing that samples write, and leaves no trace. */
function isApart(sensor: FlatSystem['sensors'][number], written: ReadonlySet<VariableId>): boolean {
  return (
    sensor.loops.length > 0 &&
    sensor.loops.length === sensor.dims.length &&
    sensor.loops.every(
      ({ from, to, descending }, axis) => from === 0 && to === sensor.dims[axis] && descending !== true,
    ) &&
    !some(sensor.target, ({ kind }) => ['draw', 'sampled', 'window', 'delayed', 'quantile'].includes(kind)) &&
    loads(sensor.target).every(({ load }) => !written.has(load.variable))
  );
}

/** `sampleAll(sensor, act)`: see `Kernel`. */
export function sampleAll(context: Context): FunctionHandle | undefined {
  const { module, system, plan } = context;
  const { layout } = plan.manifest;
  const written = new Set(
    system.sensors.flatMap(({ measured, predicted, stale }) => [measured, predicted, stale]),
  );
  const apart = new Set(system.sensors.filter((sensor) => isApart(sensor, written)));
  if (apart.size === 0) return undefined;
  const f = module.function('sampleAll', { params: { sensor: 'i32', act: 'i32' }, results: ['i32'] });
  const cases = system.sensors.map((sensor, id) => {
    const { loops, measured, predicted, stale } = sensor;
    if (!apart.has(sensor)) return [];
    const own = module.function(`samples of ${sensor.name}`, {});
    const plain = own as unknown as FunctionBuilder<Readonly<Record<string, ValueType>>>;
    const scope = new Scope(context, own as unknown as FunctionBuilder).inner(loops);
    const index = loops.map(({ variable }) => ({ loop: variable, offset: 0 }));
    const { dynamic, constant } = elementOffset(scope, predicted, index);
    const [address, offset] = place(dynamic, plan.addresses[predicted]! + constant);
    const value = own.local('f64', 'predicted');
    const staleness = own.local('i64', 'bits of all that are stale');
    const [at, now] = [own.local('i32', 'at'), own.local('f64', 'now')];
    const bytes = 8 * elementsOf(system, measured);
    const first = 8 * plan.manifest.sensors[id]!.offset;
    own.body = [
      ...scope.loop(
        loops,
        [set(value, number(scope, sensor.target)), f64.store(address, value, offset)],
        true,
      ),
      set(now, f64.load(0, layout.time)),
      // As a rule none is stale, and reading takes less than writing.
      set(staleness, 0n),
      ...forElements(plain, at, 0, bytes, [
        set(staleness, i64.or(staleness, i64.bitsOf(f64.load(at, plan.addresses[stale]!)))),
      ]),
      when(
        i64.ne(staleness, 0n),
        forElements(plain, at, 0, bytes, [f64.store(at, f64.const(0), plan.addresses[stale]!)]),
      ),
      ...forElements(plain, at, 0, bytes, [
        f64.store(at, now, layout.sampleTimes.address + first),
        f64.store(
          at,
          f64.add(f64.load(at, layout.samples.address + first), 1),
          layout.samples.address + first,
        ),
      ]),
    ];
    return [when(f.params.act, [run(own)]), returns(i32.const(1))];
  });
  f.body = [switchOn(f.params.sensor, cases), returns(i32.const(0))];
  return f as unknown as FunctionHandle;
}

/** `tickAll(microstep)`: see `Kernel`. */
export function tickAll(
  { module, plan, system }: Context,
  { instant, undo }: Instants,
  { derivatives, outputs }: InstantParts,
): FunctionHandle | undefined {
  if (!system.handlers.some(({ kind }) => kind === 'every')) return undefined;
  const { status } = plan.manifest.layout;
  const f = module.function('tickAll', { params: { microstep: 'f64' }, results: ['i32'] });
  const result = f.local('i32', 'result');
  f.body = [
    set(result, call<'i32'>(instant, 0, f64.const(NaN), f.params.microstep, 1)),
    when(i32.eq(result, 1), [
      ...undo,
      i32.store(0, 0, plan.scratch.pendingCount),
      run(derivatives),
      run(outputs),
      ...[0, 4, 8, 12].map((at) => i32.store(0, 0, status + at)),
    ]),
    returns(result),
  ];
  return f as unknown as FunctionHandle;
}
