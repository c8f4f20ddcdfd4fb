/** Resources: units taken and given back, those who wait for them, units that break, and work that is interrupted. */
import type { FlatResource } from '../../ir/process.ts';
import {
  branch,
  branchIf,
  block,
  f64,
  forRange,
  i32,
  label,
  loop,
  returns,
  run,
  select,
  set,
  when,
} from '../wasm/index.ts';
import type {
  F64,
  FunctionBuilder,
  FunctionHandle,
  I32,
  Local,
  LocalOwner,
  Statement,
} from '../wasm/index.ts';
import { NOT_NEGATIVE } from './demands.ts';
import type { Flow } from './flow.ts';
import { callI32 } from './heap.ts';
import { first, runs } from './lists.ts';
import { Actor, Item, Resource, Unit, UnitState } from './plan.ts';

export interface Resources {
  available: (resource: I32) => I32;
  /** onDuty(resource): what it tells of units on duty follows its shift and its size. */
  onDuty: FunctionHandle;
  /** waits(resource, item): into its waiting list. */
  waits: FunctionHandle;
  /** stopsWaiting(item): out of whatever resource's list it is in. */
  stopsWaiting: FunctionHandle;
  /** take(resource, units, item) */
  take: FunctionHandle;
  /** give(resource, units, item): back, and on to those who wait. */
  give: FunctionHandle;
  /** serve(resource): those who wait, in order, as far as there are units. */
  serve: FunctionHandle;
  /** unitOf(resource, item): the first unit that the item holds, or 0. */
  unitOf: FunctionHandle;
  /** victim(resource, rank): the least urgent item that works here and is less urgent than the rank, or 0. */
  victim: FunctionHandle;
  /** Work begins on a unit that breaks by the time that it has worked, until a time; and ends. */
  wears: (unit: I32, until: F64) => Statement[];
  worn: (unit: I32) => Statement[];
  /** starts(resource, item, until), stops(resource, item): work on the units that the item holds. */
  starts: FunctionHandle;
  stops: FunctionHandle;
  breakDown: FunctionHandle;
  repair: FunctionHandle;
  /** Filled by the steps: grant(item) → 1 granted, 0 not yet, 2 waits for another resource now. */
  grant: FunctionBuilder<{ item: 'i32' }>;
}

export const isKnown = (resource: FlatResource): boolean => resource.units !== undefined;

export function resources(made: Flow): Resources {
  const { context, flow, plan, agenda, lists, measures, values } = made;
  const { module } = context;
  const { now } = measures;
  const anyUnits = flow.resources.some(isKnown);
  const anyBreaks = flow.resources.some(({ breaks }) => breaks);
  const anyDown = anyBreaks ? (resource: I32) => i32.load(resource, Resource.down) : () => i32.const(0);
  const anyShifts = flow.resources.some(({ shifts }) => shifts);

  const available = (resource: I32): I32 => {
    const working = i32.sub(i32.load(resource, Resource.capacity), anyDown(resource));
    const onDuty = i32.load(resource, Resource.onDuty);
    const there = anyShifts ? select(i32.lt(onDuty, working), onDuty, working) : working;
    return i32.sub(there, i32.load(resource, Resource.taken));
  };

  /** Units on duty are as many as the shift says, or as there are. */
  const onDuty = module.function('units on duty', { params: { resource: 'i32' } });
  {
    const { resource } = onDuty.params;
    const [capacity, shift] = [i32.load(resource, Resource.capacity), i32.load(resource, Resource.onDuty)];
    const cell = i32.load(resource, Resource.onDutyCell);
    onDuty.body = [
      when(cell, [
        run(measures.add, [
          cell,
          i32.load(resource, Resource.onDutyLevel),
          f64.sub(f64.fromI32(select(i32.lt(shift, capacity), shift, capacity)), f64.load(cell)),
        ]),
      ]),
    ];
  }
  const level = (resource: I32, cell: number, statistic: number, by: number): Statement =>
    run(measures.add, [i32.load(resource, cell), i32.load(resource, statistic), f64.const(by)]);

  const waits = module.function('wait for units', { params: { resource: 'i32', item: 'i32' } });
  waits.body = [
    runs(lists.insert, waits.params.resource, waits.params.item),
    level(waits.params.resource, Resource.waitingCell, Resource.waitingLevel, 1),
  ];
  const stopsWaiting = module.function('stop waiting', { params: { item: 'i32' } });
  stopsWaiting.body = [
    level(i32.load(stopsWaiting.params.item, Item.list), Resource.waitingCell, Resource.waitingLevel, -1),
    runs(lists.remove, stopsWaiting.params.item),
  ];

  /** Each unit of a resource in turn. */
  const eachUnit = (f: LocalOwner, resource: I32, body: (unit: Local<'i32'>) => Statement[]): Statement[] => {
    const unit = f.local('i32', 'unit');
    const end = f.local('i32', 'end of units');
    return [
      set(unit, i32.load(resource, Resource.units)),
      set(end, i32.add(unit, i32.mul(i32.load(resource, Resource.unitCount), Unit.size))),
      when(unit, [forRange(unit, unit, end, body(unit), Unit.size)]),
    ];
  };
  const stateOf = (unit: I32): I32 => i32.load(unit, Unit.state);
  const held = (unit: I32, item: I32): I32 => i32.eq(i32.load(unit, Unit.holder), item);

  const take = module.function('take units', { params: { resource: 'i32', units: 'i32', item: 'i32' } });
  {
    const { resource, units, item } = take.params;
    const [left] = take.named('i32', 'left');
    take.body = [
      i32.store(resource, i32.add(i32.load(resource, Resource.taken), units), Resource.taken),
      run(measures.add, [
        i32.load(resource, Resource.busyCell),
        i32.load(resource, Resource.busyLevel),
        f64.fromI32(units),
      ]),
      ...(anyUnits
        ? [
            set(left, units),
            ...eachUnit(take, resource, (unit) => [
              when(i32.and(i32.gt(left, 0), i32.eq(stateOf(unit), UnitState.idle)), [
                i32.store(unit, UnitState.held, Unit.state),
                i32.store(unit, item, Unit.holder),
                set(left, i32.sub(left, 1)),
              ]),
            ]),
          ]
        : []),
    ];
  }

  const serve = module.function('serve', { params: { resource: 'i32' } });
  const grant = module.function('grant', { params: { item: 'i32' }, results: ['i32'] });
  {
    const { resource } = serve.params;
    const [item, result] = serve.named('i32', 'item', 'result');
    const [again, done] = [label('next'), label('served')];
    serve.body = [
      block(done, [
        loop(again, [
          set(item, first(resource)),
          branchIf(done, i32.eqz(item)),
          set(result, callI32(grant, item)),
          branchIf(done, i32.eqz(result)),
          when(i32.eq(result, 1), [runs(lists.ready, item)]),
          branch(again),
        ]),
      ]),
    ];
  }

  /** A unit goes down; who repairs it begins at once. */
  const breakDown = module.function('break down', { params: { unit: 'i32' } });
  {
    const { unit } = breakDown.params;
    const [resource, item, code] = breakDown.named('i32', 'resource', 'item', 'code');
    const codes = flow.resources.flatMap(({ breaks }, id) =>
      breaks
        ? [
            when(i32.eq(i32.load(unit, Actor.code), plan.unitCodes[id]!), [
              set(code, plan.codes[breaks.repair]!),
            ]),
          ]
        : [],
    );
    breakDown.body = [
      set(resource, i32.load(unit, Unit.resource)),
      i32.store(unit, UnitState.down, Unit.state),
      i32.store(unit, 0, Unit.broken),
      i32.store(resource, i32.add(i32.load(resource, Resource.down), 1), Resource.down),
      level(resource, Resource.downCell, Resource.downLevel, 1),
      set(item, callI32(lists.obtain)),
      ...codes,
      i32.store(item, code, Item.code),
      i32.store(item, i32.load(unit, Actor.instance), Item.instance),
      i32.store(item, unit, Item.unit),
      runs(lists.ready, item),
    ];
  }

  const give = module.function('give units', { params: { resource: 'i32', units: 'i32', item: 'i32' } });
  {
    const { resource, units, item } = give.params;
    const [left] = give.named('i32', 'left');
    give.body = [
      i32.store(resource, i32.sub(i32.load(resource, Resource.taken), units), Resource.taken),
      run(measures.add, [
        i32.load(resource, Resource.busyCell),
        i32.load(resource, Resource.busyLevel),
        f64.neg(f64.fromI32(units)),
      ]),
      ...(anyUnits
        ? [
            set(left, units),
            ...eachUnit(give, resource, (unit) => [
              when(i32.and(i32.gt(left, 0), held(unit, item)), [
                i32.store(unit, UnitState.idle, Unit.state),
                i32.store(unit, 0, Unit.holder),
                set(left, i32.sub(left, 1)),
                ...(anyBreaks ? [when(i32.load(unit, Unit.broken), [runs(breakDown, unit)])] : []),
              ]),
            ]),
          ]
        : []),
      when(first(resource), [runs(serve, resource)]),
    ];
  }

  const unitOf = module.function('unit of item', {
    params: { resource: 'i32', item: 'i32' },
    results: ['i32'],
  });
  unitOf.body = [
    ...eachUnit(unitOf, unitOf.params.resource, (unit) => [
      when(held(unit, unitOf.params.item), [returns(unit)]),
    ]),
    returns(i32.const(0)),
  ];

  const victim = module.function('least urgent', {
    params: { resource: 'i32', rank: 'f64' },
    results: ['i32'],
  });
  {
    const [worst, holder] = victim.named('i32', 'worst', 'holder');
    const rank = victim.local('f64', 'worst rank');
    victim.body = [
      set(rank, victim.params.rank),
      ...eachUnit(victim, victim.params.resource, (unit) => [
        set(holder, i32.load(unit, Unit.holder)),
        when(i32.eq(stateOf(unit), UnitState.working), [
          when(f64.gt(f64.load(holder, Item.rank), rank), [
            set(rank, f64.load(holder, Item.rank)),
            set(worst, holder),
          ]),
        ]),
      ]),
      returns(worst),
    ];
  }

  const codesOf = (of: 'time' | 'busy' | 'uses'): number[] =>
    flow.resources.flatMap(({ breaks }, id) => (breaks?.of === of ? [plan.unitCodes[id]!] : []));
  const isOneOf = (unit: I32, codes: readonly number[]): I32 =>
    codes
      .map((code) => i32.eq(i32.load(unit, Actor.code), code))
      .reduce((a, b) => i32.or(a, b), i32.const(0));
  const [busyCodes, useCodes] = [codesOf('busy'), codesOf('uses')];

  // Most work is done before the unit breaks: then there is no event.
  const wears: Resources['wears'] = (unit, until) => [
    f64.store(unit, f64.add(now(), f64.load(unit, Unit.life)), Unit.due),
    when(f64.le(f64.load(unit, Unit.due), until), [run(agenda.schedule, [unit, f64.load(unit, Unit.due)])]),
  ];
  const worn: Resources['worn'] = (unit) => [
    f64.store(unit, f64.sub(f64.load(unit, Unit.due), now()), Unit.life),
    when(i32.load(unit), [runs(agenda.cancel, unit)]),
  ];

  const starts = module.function('work starts', {
    params: { resource: 'i32', item: 'i32', until: 'f64' },
  });
  starts.body = eachUnit(starts, starts.params.resource, (unit) => [
    when(held(unit, starts.params.item), [
      i32.store(unit, UnitState.working, Unit.state),
      ...(busyCodes.length > 0 ? [when(isOneOf(unit, busyCodes), wears(unit, starts.params.until))] : []),
    ]),
  ]);
  const stops = module.function('work stops', { params: { resource: 'i32', item: 'i32' } });
  stops.body = eachUnit(stops, stops.params.resource, (unit) => [
    when(held(unit, stops.params.item), [
      i32.store(unit, UnitState.held, Unit.state),
      ...(busyCodes.length > 0 ? [when(isOneOf(unit, busyCodes), worn(unit))] : []),
      ...(useCodes.length > 0
        ? [
            when(isOneOf(unit, useCodes), [
              f64.store(unit, f64.sub(f64.load(unit, Unit.life), 1), Unit.life),
              when(f64.le(f64.load(unit, Unit.life), 0), [i32.store(unit, 1, Unit.broken)]),
            ]),
          ]
        : []),
    ]),
  ]);

  /** A unit begins a new life: when it will break is drawn. */
  const repair = module.function('new life', { params: { unit: 'i32' } });
  {
    const { unit } = repair.params;
    repair.body = flow.resources.flatMap(({ breaks, loops, name, source }, id) => {
      if (!breaks) return [];
      const life = values.of(`${name} breaks after`, loops, breaks.after, unit, {
        what: `The ${breaks.of === 'uses' ? 'number of uses' : 'time'} after which a unit breaks`,
        name,
        source,
        ...NOT_NEGATIVE,
        ...(breaks.of === 'uses' ? {} : { is: 'time' as const }),
      });
      return [
        when(i32.eq(i32.load(unit, Actor.code), plan.unitCodes[id]!), [
          f64.store(unit, life, Unit.life),
          ...(breaks.of === 'time'
            ? [run(agenda.schedule, [unit, f64.add(now(), f64.max(f64.load(unit, Unit.life), 0))])]
            : []),
        ]),
      ];
    });
  }

  return {
    available,
    onDuty,
    waits,
    stopsWaiting,
    take,
    give,
    serve,
    unitOf,
    victim,
    wears,
    worn,
    starts,
    stops,
    breakDown,
    repair,
    grant,
  };
}
