/**
 * What steps do with the units of a resource: in place, as its size, its way of breaking and the order in which it serves are
 * known when a step is compiled. `resources.ts` has what is done to any resource.
 */
import type { FlatProcess, FlatStep } from '../../ir/process.ts';
import { branch, branchIf, block, f64, i32, label, loop, run, select, set, when } from '../wasm/index.ts';
import type {
  F64,
  FunctionBuilder,
  FunctionHandle,
  I32,
  Local,
  LocalOwner,
  Statement,
} from '../wasm/index.ts';
import type { Flow, Found } from './flow.ts';
import { first, runs } from './lists.ts';
import { Resource, Unit, UnitState } from './plan.ts';
import { record } from './record.ts';
import { isKnown } from './resources.ts';
import type { Resources } from './resources.ts';

type Seize = FlatStep & { kind: 'seize' };

/** For the first of those who wait: whether its units are there, and then how it takes them. */
export type Granting = (
  f: LocalOwner,
  item: Local<'i32'>,
) => { before: Statement[]; isShort: I32; taken: Statement[] };

export interface Units {
  available: (of: Found) => I32;
  /** Whoever comes later is served later. */
  isFirstCome: (id: number) => boolean;
  /** Into the list of those who wait, behind all others where whoever comes later is served later. */
  waits: (of: Found, item: I32, last: boolean) => Statement[];
  /** The first of those who wait is taken out. */
  firstStopsWaiting: (f: LocalOwner, of: Found, item: I32) => Statement[];
  takes: (of: Found, units: I32, item: I32) => Statement[];
  gives: (f: LocalOwner, of: Found, units: I32, item: I32) => Statement[];
  /** Work that goes on until a time, unless something comes between. */
  starts: (of: Found, units: I32, item: I32, until: F64) => Statement[];
  stops: (of: Found, units: I32, item: I32) => Statement[];
  /** A step that asks for units, and how they are granted to an item that waits; before `done`. */
  grants: (step: Seize, granting: Granting) => void;
  done: () => void;
}

export function unitsOf(
  { context, flow, plan, lists, measures }: Flow,
  resources: Resources,
  owner: LocalOwner,
  /** An item goes on as soon as those before it have: among the steps. */
  readied: (item: Local<'i32'>) => Statement[],
): Units {
  const seizing = flow.processes.flatMap(({ steps }: FlatProcess) =>
    steps.flatMap((step) => (step.kind === 'seize' ? [step] : [])),
  );
  const asking = flow.resources.map((_, id) =>
    seizing.filter(({ needs }) => needs.some(({ resource }) => resource.id === id)),
  );
  const rankOf = ({ rank }: Seize): number =>
    rank === undefined ? 0 : rank.kind === 'number' ? rank.value : NaN;
  const firstCome = asking.map((steps) =>
    steps.every((step) => !step.lifo && rankOf(step) === rankOf(steps[0]!)),
  );
  /** The unit that is meant, where a resource has one alone that is known; undefined where there are more, or none is. */
  const onlyUnit = ({ id, instance }: Found, units: I32): I32 | undefined =>
    flow.resources[id]!.units === 1 && units.kind === 'constant' && units.value === 1
      ? record(plan.units[id]!, Unit.size, instance)
      : undefined;

  const served = new Map<number, FunctionBuilder<{ resource: 'i32' }>>();
  /** serve(resource), where one step alone asks for it. */
  const serveOf = (id: number): FunctionHandle => {
    if (asking[id]!.length !== 1 || asking[id]![0]!.needs.length !== 1) return resources.serve;
    let serve = served.get(id);
    if (serve === undefined)
      served.set(
        id,
        (serve = context.module.function(`serve ${flow.resources[id]!.name}`, {
          params: { resource: 'i32' },
        })),
      );
    return serve;
  };
  const granting = new Map<Seize, Granting>();
  /** There are never units for two of those who wait. */
  const servesOne = (id: number): boolean => {
    const { capacity } = flow.resources[id]!;
    const [need] = asking[id]!.length === 1 ? asking[id]![0]!.needs : [];
    return (
      capacity.kind === 'number' &&
      need?.units.kind === 'number' &&
      2 * Math.round(need.units.value) > capacity.value
    );
  };
  /** Those who wait, in order, as far as there are units. */
  const serving = (f: LocalOwner, id: number, resource: I32, how: Granting): Statement[] => {
    const [item] = f.named('i32', 'item');
    const { before, isShort, taken } = how(f, item);
    const [again, end] = [label('next'), label('served')];
    const one = [
      set(item, first(resource)),
      branchIf(end, i32.eqz(item)),
      ...before,
      branchIf(end, isShort),
      ...taken,
      ...(f === owner ? readied(item) : [runs(lists.ready, item)]),
    ];
    return [block(end, servesOne(id) ? one : [loop(again, [...one, branch(again)])])];
  };
  /** In place among the steps, where the step that asks has been made before. */
  const serves = (f: LocalOwner, id: number, resource: I32): Statement[] => {
    const how = asking[id]!.length === 1 ? granting.get(asking[id]![0]!) : undefined;
    return f === owner && how !== undefined ? serving(f, id, resource, how) : [runs(serveOf(id), resource)];
  };

  return {
    available: ({ id, record: resource }) => {
      const { capacity, breaks, shifts } = flow.resources[id]!;
      const size =
        capacity.kind === 'number' && Math.abs(capacity.value) < 2 ** 31
          ? i32.const(Math.floor(capacity.value))
          : i32.load(resource, Resource.capacity);
      const working = breaks ? i32.sub(size, i32.load(resource, Resource.down)) : size;
      const onDuty = i32.load(resource, Resource.onDuty);
      const there = shifts ? select(i32.lt(onDuty, working), onDuty, working) : working;
      return i32.sub(there, i32.load(resource, Resource.taken));
    },
    isFirstCome: (id) => firstCome[id]!,
    waits: ({ id, record: resource, instance }, item, last) => [
      ...(last && firstCome[id]!
        ? lists.appended(owner, resource, item)
        : [runs(lists.insert, resource, item)]),
      ...measures.change(flow.resources[id]!.waiting, instance, 1),
    ],
    firstStopsWaiting: (f, { id, record: resource, instance }, item) => [
      ...measures.change(flow.resources[id]!.waiting, instance, -1),
      ...lists.firstRemoved(f, resource, item),
    ],
    takes: (of, units, item) => {
      const { id, record: resource, instance } = of;
      const unit = onlyUnit(of, units);
      if (unit === undefined && isKnown(flow.resources[id]!))
        return [run(resources.take, [resource, units, item])];
      return [
        i32.store(resource, i32.add(i32.load(resource, Resource.taken), units), Resource.taken),
        ...measures.change(flow.resources[id]!.busy, instance, countOf(units)),
        ...(unit === undefined
          ? []
          : [i32.store(unit, UnitState.held, Unit.state), i32.store(unit, item, Unit.holder)]),
      ];
    },
    gives: (f, of, units, item) => {
      const { id, record: resource, instance } = of;
      const { busy, breaks } = flow.resources[id]!;
      const unit = onlyUnit(of, units);
      if (unit === undefined && isKnown(flow.resources[id]!))
        return [run(resources.give, [resource, units, item])];
      return [
        i32.store(resource, i32.sub(i32.load(resource, Resource.taken), units), Resource.taken),
        ...measures.change(busy, instance, countOf(units, -1)),
        ...(unit === undefined
          ? []
          : [
              i32.store(unit, UnitState.idle, Unit.state),
              i32.store(unit, 0, Unit.holder),
              ...(breaks ? [when(i32.load(unit, Unit.broken), [runs(resources.breakDown, unit)])] : []),
            ]),
        when(first(resource), serves(f, id, resource)),
      ];
    },
    starts: (of, units, item, until) => {
      const unit = onlyUnit(of, units);
      if (unit === undefined) return [run(resources.starts, [of.record, item, until])];
      return [
        i32.store(unit, UnitState.working, Unit.state),
        ...(flow.resources[of.id]!.breaks?.of === 'busy' ? resources.wears(unit, until) : []),
      ];
    },
    stops: (of, units, item) => {
      const unit = onlyUnit(of, units);
      const kind = flow.resources[of.id]!.breaks?.of;
      if (unit === undefined || kind === 'uses') return [runs(resources.stops, of.record, item)];
      return [i32.store(unit, UnitState.held, Unit.state), ...(kind === 'busy' ? resources.worn(unit) : [])];
    },
    grants: (step, how) => {
      granting.set(step, how);
    },
    done: () => {
      for (const [id, serve] of served)
        serve.body = serving(serve, id, serve.params.resource, granting.get(asking[id]![0]!)!);
    },
  };
}

const countOf = (units: I32, sign = 1) =>
  units.kind === 'constant'
    ? sign * (units.value as number)
    : sign < 0
      ? f64.neg(f64.fromI32(units))
      : f64.fromI32(units);
