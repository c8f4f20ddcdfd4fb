/**
 * The process flow as functions of the kernel: `flowStart`, `flowNext`, `flowRun`. Everything lies in the saved region, so a flow
 * is saved, branched and rewound with the rest. Between two calls no item can go on at the present time.
 */
import type { Context } from '../context.ts';
import type { FlatExpression, FlatLoop } from '../../ir/flat-expression.ts';
import { number, Scope } from '../expression.ts';
import { branchIf, f64, i32, label, loop, memoryFill, returns, run, set, when } from '../wasm/index.ts';
import type { F64, FunctionBuilder, I32, Local, Statement } from '../wasm/index.ts';
import { carriesOn } from './carries-on.ts';
import { demanded, isBeyondDoubt, NOT_NEGATIVE, onDutyOf, ROUNDED, wholeUnits } from './demands.ts';
import type { Demand } from './demands.ts';
import { flowOf } from './flow.ts';
import { record } from './record.ts';
import type { Flow } from './flow.ts';
import { first, runs } from './lists.ts';
import { LEVEL_CELLS, TALLY_CELLS } from './measures.ts';
import { places } from './places.ts';
import { Actor, Header, Place, Resource, Shift, Source, stepKey, Unit, WEEK } from './plan.ts';
import { resources } from './resources.ts';
import type { Resources } from './resources.ts';
import { ALL_UNITS } from '../../ir/process.ts';
import { steps } from './steps.ts';
import { BUCKETS } from '../../ir/histogram.ts';
import type { FlowValue } from './values.ts';

export interface FlowFunctions {
  /** flowStart(warmUp): sources, units and shifts begin; statistics begin anew at that time (s; NaN: never). */
  flowStart: FunctionBuilder<{ warmUp: 'f64' }>;
  /** Time of the next event; Infinity for none. */
  flowNext: FunctionBuilder;
  /** flowRun(until) → events carried out up to and including that time; negative: trouble. */
  flowRun: FunctionBuilder<{ until: 'f64' }>;
}

export function processFlow(
  context: Context,
  /** Where the machine is walked, it does one thing after the other. */
  inVectors = true,
): { functions: FlowFunctions; values: readonly FlowValue[] } {
  const { module } = context;
  const made = flowOf(context, inVectors);
  const { plan, agenda } = made;
  const room = places(made);
  const units = resources(made);
  const warm = module.function('statistics begin anew', {});
  const machine = steps(made, room, units, warm, inVectors);
  const { header } = plan;
  const time = context.plan.manifest.layout.time;
  const address = (variable: number): number => context.plan.addresses[variable]!;

  warm.body = statisticsBegin(made, warm, address);

  const flowNext = module.function('flowNext', { results: ['f64'] });
  flowNext.body = [when(agenda.any(), [returns(agenda.firstTime())]), returns(f64.const(Infinity))];

  const refresh = module.function('capacities', {});
  refresh.body = capacities(made, refresh as unknown as FunctionBuilder, units, room.admit);

  const flowRun = module.function('flowRun', { params: { until: 'f64' }, results: ['i32'] });
  flowRun.body = carriesOn(made, flowRun, { machine, units, room, refresh, time });

  const flowStart = module.function('flowStart', { params: { warmUp: 'f64' } });
  flowStart.body = [
    ...records(made, flowStart as unknown as FunctionBuilder, units.repair, machine.goes, address),
    runs(refresh),
    when(f64.ge(flowStart.params.warmUp, 0), [
      i32.store(0, plan.warmUpCode, header + Header.warmUp + Actor.code),
      run(agenda.schedule, [i32.const(header + Header.warmUp), flowStart.params.warmUp]),
    ]),
    ...made.tells,
  ];
  return { functions: { flowStart, flowNext, flowRun }, values: made.values.made };
}

/** Loops over the instances of a thing, with its record's address in a local. */
function eachInstance(
  made: Flow,
  f: FunctionBuilder,
  loops: FlatLoop[],
  base: number,
  size: number,
  body: (scope: Scope, there: I32, instance: Local<'i32'>) => Statement[],
): Statement[] {
  const scope = new Scope(made.context, f).inner(loops);
  const [there, instance] = f.named('i32', 'there', 'instance');
  return [
    set(instance, 0),
    ...scope.loop(loops, [
      set(there, record(base, size, instance)),
      ...body(scope, there, instance),
      set(instance, i32.add(instance, 1)),
    ]),
  ];
}

/** Capacities follow parameters, so they are looked at whenever the flow goes on. */
function capacities(
  made: Flow,
  f: FunctionBuilder,
  { serve, onDuty }: Resources,
  admit: Parameters<typeof runs>[0],
): Statement[] {
  const { flow, plan, context } = made;
  const size = f.local('f64', 'size');
  /** Into `size`; what cannot be stops the flow. */
  const measured = (
    scope: Scope,
    loops: FlatLoop[],
    of: FlatExpression,
    demand: Demand,
    instance: Local<'i32'>,
  ): Statement[] => [
    set(size, number(scope, of)),
    ...(isBeyondDoubt(of, demand) ? [] : [demanded(context, loops, demand, size, instance)]),
  ];
  return [
    ...flow.queues.flatMap(({ loops, capacity, name, source }, id) =>
      eachInstance(made, f, loops, plan.queues[id]!, Place.size, (scope, there, instance) => [
        ...(capacity
          ? measured(
              scope,
              loops,
              capacity,
              { what: 'The number of places', name, source, ...NOT_NEGATIVE },
              instance,
            )
          : [set(size, Infinity)]),
        f64.store(there, f64.ceil(f64.sub(size, ROUNDED)), Place.capacity),
        ...(capacity && capacity.kind !== 'number' ? [when(first(there), [runs(admit, there)])] : []),
      ]),
    ),
    ...flow.belts.flatMap(({ loops, travel, headway, name, source }, id) =>
      eachInstance(made, f, loops, plan.belts[id]!, Place.size, (scope, there, instance) => [
        ...measured(
          scope,
          loops,
          travel,
          { what: 'The time from end to end', name, source, ...NOT_NEGATIVE, is: 'time' },
          instance,
        ),
        f64.store(there, size, Place.travel),
        ...measured(
          scope,
          loops,
          headway,
          { what: 'The time between two items', name, source, ...NOT_NEGATIVE, is: 'time' },
          instance,
        ),
        f64.store(there, size, Place.headway),
        f64.store(
          there,
          f64.max(
            f64.floor(f64.add(f64.div(f64.load(there, Place.travel), f64.load(there, Place.headway)), 1e-9)),
            1,
          ),
          Place.capacity,
        ),
      ]),
    ),
    ...flow.resources.flatMap(({ loops, capacity, shifts, name, source }, id) =>
      eachInstance(made, f, loops, plan.resources[id]!, Resource.size, (scope, there, instance) => [
        ...measured(
          scope,
          loops,
          capacity,
          { what: 'The number of units', name, source, ...NOT_NEGATIVE },
          instance,
        ),
        i32.store(there, wholeUnits(size), Resource.capacity),
        ...(shifts ? [runs(onDuty, there)] : []),
        ...(capacity.kind !== 'number' ? [when(first(there), [runs(serve, there)])] : []),
      ]),
    ),
  ];
}

/** Records know where their measures are; sources, units and shifts begin. */
function records(
  made: Flow,
  f: FunctionBuilder,
  repair: Parameters<typeof runs>[0],
  goes: (actor: I32) => Statement,
  address: (variable: number) => number,
): Statement[] {
  const { flow, plan, agenda, measures, values } = made;
  const cell = (variable: number, instance: I32): I32 => i32.add(i32.shl(instance, 3), address(variable));
  const statistic = (variable: number, instance: I32): I32 => {
    const level = measures.levelOf(variable);
    return level === undefined ? i32.const(0) : i32.add(i32.mul(instance, 8 * LEVEL_CELLS), address(level));
  };
  const place = (there: I32, instance: I32, length: number, belt: I32 | number): Statement[] => [
    i32.store(there, cell(length, instance), Place.length),
    i32.store(there, statistic(length, instance), Place.level),
    i32.store(there, belt, Place.belt),
    f64.store(there, -Infinity, Place.lastOn),
    f64.store(there, -Infinity, Place.lastOff),
  ];
  const tallied = (kind: 'queue' | 'belt', there: I32, instance: I32, id: number): Statement[] => {
    const tally = flow.tallies.find(({ of }) => of.kind === kind && of.id === id);
    if (!tally) return [];
    return [
      i32.store(there, i32.add(i32.mul(instance, 8 * TALLY_CELLS), address(tally.statistic)), Place.tally),
      ...(tally.histogram === undefined
        ? []
        : [
            i32.store(
              there,
              i32.add(i32.mul(instance, 8 * BUCKETS), address(tally.histogram)),
              Place.histogram,
            ),
          ]),
    ];
  };
  const queues = flow.queues.flatMap(({ loops, length }, id) =>
    eachInstance(made, f, loops, plan.queues[id]!, Place.size, (_, there, instance) => [
      ...place(there, instance, length, 0),
      ...tallied('queue', there, instance, id),
    ]),
  );
  const belts = flow.belts.flatMap(({ loops, length }, id) =>
    eachInstance(made, f, loops, plan.belts[id]!, Place.size, (_, there, instance) => {
      const actor = record(plan.beltActors[id]!, 24, instance);
      return [
        ...place(there, instance, length, actor),
        ...tallied('belt', there, instance, id),
        i32.store(actor, plan.beltCodes[id]!, Actor.code),
        i32.store(actor, there, Actor.previous),
      ];
    }),
  );
  const resourceRecords = flow.resources.flatMap((resource, id) =>
    eachInstance(made, f, resource.loops, plan.resources[id]!, Resource.size, (_, there, instance) => [
      i32.store(there, ALL_UNITS, Resource.onDuty),
      i32.store(there, cell(resource.busy, instance), Resource.busyCell),
      i32.store(there, statistic(resource.busy, instance), Resource.busyLevel),
      i32.store(there, cell(resource.waiting, instance), Resource.waitingCell),
      i32.store(there, statistic(resource.waiting, instance), Resource.waitingLevel),
      ...(resource.down === undefined
        ? []
        : [
            i32.store(there, cell(resource.down, instance), Resource.downCell),
            i32.store(there, statistic(resource.down, instance), Resource.downLevel),
          ]),
      ...(resource.onDuty === undefined
        ? []
        : [
            i32.store(there, cell(resource.onDuty, instance), Resource.onDutyCell),
            i32.store(there, statistic(resource.onDuty, instance), Resource.onDutyLevel),
          ]),
      ...unitsBegin(id, there, instance),
      ...shiftsBegin(id, there, instance),
    ]),
  );

  function unitsBegin(id: number, there: I32, instance: I32): Statement[] {
    const resource = flow.resources[id]!;
    if (resource.units === undefined) return [];
    const [unit, left] = f.named('i32', 'unit', 'left');
    const next = label('next unit');
    return [
      set(unit, record(plan.units[id]!, Unit.size * resource.units, instance)),
      i32.store(there, unit, Resource.units),
      i32.store(there, resource.units, Resource.unitCount),
      set(left, resource.units),
      loop(next, [
        i32.store(unit, plan.unitCodes[id]!, Actor.code),
        i32.store(unit, instance, Actor.instance),
        i32.store(unit, there, Unit.resource),
        f64.store(unit, NaN, Unit.kind),
        ...(resource.breaks ? [runs(repair, unit)] : []),
        set(unit, i32.add(unit, Unit.size)),
        set(left, i32.sub(left, 1)),
        branchIf(next, left),
      ]),
    ];
  }

  function shiftsBegin(id: number, there: I32, instance: I32): Statement[] {
    const { shifts, loops, name } = flow.resources[id]!;
    if (!shifts) return [];
    const { changes, cycle } = shifts;
    const [actor] = f.named('i32', 'shift');
    const next = changes[1] ?? { time: changes[cycle]!.time + WEEK };
    return [
      set(actor, record(plan.shifts[id]!, Shift.size, instance)),
      i32.store(actor, plan.shiftCodes[id]!, Actor.code),
      i32.store(actor, instance, Actor.instance),
      i32.store(actor, there, Actor.previous),
      i32.store(actor, changes.length > 1 ? 1 : cycle, Actor.next),
      f64.store(actor, changes.length > 1 ? 0 : WEEK, Shift.week),
      i32.store(
        there,
        wholeUnits(
          values.of(
            `units of ${name} at first`,
            loops,
            changes[0]!.units,
            actor,
            onDutyOf(flow.resources[id]!),
          ),
        ),
        Resource.onDuty,
      ),
      run(agenda.schedule, [actor, f64.const(next.time)]),
    ];
  }

  const sources = flow.processes.flatMap(({ steps: all, loops, name }, process) =>
    all.flatMap((step, at) => {
      if (step.kind !== 'arrive') return [];
      const [source] = f.named('i32', 'source');
      const arrival = {
        what: `The time of '${step.text}'`,
        name,
        source: step.source,
        is: 'time',
      } satisfies Demand;
      const code = plan.codes[process]! + at;
      return eachInstance(
        made,
        f,
        loops,
        plan.sources.get(stepKey(process, at))!,
        Source.size,
        (_, there, instance) => {
          const firstTime = (): F64 =>
            step.first
              ? values.of(`${name} first arrival`, loops, step.first, source, {
                  ...arrival,
                  what: `The first time of '${step.text}'`,
                })
              : values.of(`${name} arrives every`, loops, step.interval!, source, {
                  ...arrival,
                  ...NOT_NEGATIVE,
                });
          return [
            set(source, there),
            i32.store(source, code, Actor.code),
            i32.store(source, instance, Actor.instance),
            ...(step.condition
              ? []
              : step.first || step.interval
                ? [run(agenda.schedule, [source, f64.max(firstTime(), 0)])]
                : [goes(source)]),
          ];
        },
      );
    }),
  );
  return [
    memoryFill(plan.address, 0, plan.bytes),
    ...agenda.begin,
    ...queues,
    ...belts,
    ...resourceRecords,
    ...sources,
  ];
}

function statisticsBegin(made: Flow, f: FunctionBuilder, address: (variable: number) => number): Statement[] {
  const { flow, measures, context } = made;
  const elements = (variable: number): number =>
    context.dims[variable]!.reduce((total, size) => total * size, 1);
  const [at, cell] = f.named('i32', 'at', 'cell');
  return [
    ...flow.levels.flatMap(({ variable, statistic }) => {
      const next = label('next level');
      return [
        set(at, address(statistic)),
        set(cell, address(variable)),
        loop(next, [
          f64.store(at, 0),
          f64.store(at, measures.now(), 8),
          f64.store(at, f64.load(cell), 16),
          f64.store(at, measures.now(), 24),
          f64.store(at, f64.load(cell), 32),
          set(cell, i32.add(cell, 8)),
          set(at, i32.add(at, 8 * LEVEL_CELLS)),
          branchIf(next, i32.lt(cell, address(variable) + 8 * elements(variable))),
        ]),
      ];
    }),
    ...flow.tallies.flatMap(({ statistic, histogram }) =>
      [statistic, histogram].flatMap((one) =>
        one === undefined ? [] : [memoryFill(address(one), 0, 8 * elements(one))],
      ),
    ),
  ];
}
