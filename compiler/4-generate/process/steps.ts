/**
 * The steps of all processes as one state machine: `proceed(actor)` takes an actor from its code as far as it can go. Items,
 * sources, units, shifts and belts are actors, so that one table of jumps serves all events.
 */
import type { FlatExpression } from '../../ir/flat-expression.ts';
import type { FlatStep } from '../../ir/process.ts';
import { block, call, comment, f64, i32, returns, run, set, switchOn, tee, when } from '../wasm/index.ts';
import type { F64, FunctionHandle, I32, Statement } from '../wasm/index.ts';
import { FlowTrouble } from '../../../runtime/contract/kernel.ts';
import { alikeAsOne } from './alike.ts';
import { arrivals } from './arrivals.ts';
import { awaiting, toldOf } from './conditions.ts';
import { choosing } from './choosing.ts';
import { riding } from './riding.ts';
import { setting } from './setting.ts';
import { NOT_NEGATIVE } from './demands.ts';
import type { Demand } from './demands.ts';
import { duties } from './duties.ts';
import { givenBack, keepsUnits } from './coming.ts';
import { beltAt, found, resourceAt, trouble, troubled } from './flow.ts';
import { record } from './record.ts';
import type { Flow } from './flow.ts';
import { holdsLess } from './held.ts';
import { first, runs } from './lists.ts';
import { machineOf } from './machine.ts';
import type { Machine, StepPlace } from './machine.ts';
import { packing } from './packing.ts';
import type { Places } from './places.ts';
import { Actor, Header, Item, List, Place, Resource, Source, stepKey, Unit, UnitState } from './plan.ts';
import type { Resources } from './resources.ts';
import { seizing } from './seizing.ts';
import { WANTED } from './stores.ts';
import { using } from './using.ts';

/** Steps at one instant beyond which the flow goes round in circles. */
const MOST_STEPS = 5_000_000;

export interface Steps extends Machine {
  /** `proceed(actor or 0, until, most)` is to be filled with it, in the loop `again`: it takes the actor as far as it can go. */
  dispatch: Statement;
  /** spawn by process: (instance of the actor) → statements that make an item at a code. */
  spawn: FunctionHandle[];
  /** Puts items on whose conditions hold; whether there were any. Absent without such steps. */
  conditions: FunctionHandle | undefined;
}

const SETUP = { ...NOT_NEGATIVE, is: 'time' } as const;

export function steps(
  made: Flow,
  places: Places,
  resources: Resources,
  /** Statistics begin anew. */
  warm: FunctionHandle,
  /** Steps that are alike share their code. */
  inVectors: boolean,
): Steps {
  const machine = machineOf(made, places, resources);
  const {
    context,
    flow,
    plan,
    agenda,
    lists,
    measures,
    values,
    proceed,
    actor,
    rests,
    goesOnAt,
    releasePending,
    useNumber,
    store,
    anyPending,
    goTo,
    checked,
  } = machine;
  const { now } = measures;
  const { header } = plan;
  const used = using(machine);
  const { giveAll, known, work, stays, releases, settled } = used;
  const { grantOf, orderOf, seize, withoutPlaces } = seizing(machine, used);
  const { spawn, arrive, endOf, leaveFor } = arrivals(machine, used);
  const { batch, unbatch, split } = packing(machine, used);
  const { waitingFor, waitsForArrival, asked } = awaiting(machine);
  const { breaking, shiftChanges } = duties(machine, used);

  const belts = riding(machine);
  const chooses = choosing(machine);
  const sets = setting(machine);

  const grants: { code: number; grant: FunctionHandle }[] = [];

  /** The source makes the next item, once for each that it made. */
  const refills = ({ process, id, codeOf }: StepPlace, demanding: number): Statement[] => {
    const source = record(
      plan.sources.get(stepKey(id, demanding))!,
      Source.size,
      i32.load(actor, Actor.instance),
    );
    const arrival = process.steps[demanding]!;
    const most =
      arrival.kind === 'arrive' && arrival.most
        ? values.of(`${process.name} at most`, process.loops, arrival.most, actor, {
            what: `The number of items of '${arrival.text}'`,
            name: process.name,
            source: arrival.source,
            ...NOT_NEGATIVE,
          })
        : undefined;
    const isOpen: I32 =
      arrival.kind === 'arrive' && arrival.until
        ? f64.le(now(), endOf(process, arrival, arrival.until))
        : i32.const(1);
    const [from] = proceed.named('i32', 'source');
    return [
      when(i32.eqz(i32.load(actor, Item.refilled)), [
        i32.store(actor, 1, Item.refilled),
        set(from, source),
        when(i32.and(isOpen, most ? f64.lt(f64.fromI32(i32.load(from, Source.made)), most) : i32.const(1)), [
          i32.store(from, i32.add(i32.load(from, Source.made), 1), Source.made),
          run(spawn[id]!, [from, i32.const(codeOf(demanding) + 1)]),
          when(troubled(made), [rests]),
        ]),
      ]),
    ];
  };

  const compiled = (place: StepPlace, step: FlatStep): Statement[] => {
    const { process, id, code, codeOf, at, coming } = place;
    /** `what` of the step it is, and where it must lie. */
    const value = (name: string, of: FlatExpression, what?: string, must?: Partial<Demand>): F64 =>
      values.of(
        `${process.name} ${name}`,
        process.loops,
        of,
        actor,
        what === undefined
          ? undefined
          : { what: `${what} '${step.text}'`, name: process.name, source: step.source, ...must },
      );
    const onward = goTo(code + 1);
    switch (step.kind) {
      case 'arrive':
        return arrive(place, step);
      case 'refill':
        return [...refills(place, step.arrive), ...onward];
      case 'assign':
        return [
          f64.store(actor, value(step.text, step.value, 'The value of'), Item.attributes + 8 * step.slot),
          ...onward,
        ];
      case 'set':
        return sets(place, step);
      case 'reserve': {
        const belt = step.on === 'queue' ? undefined : proceed.named('i32', 'belt')[0];
        const queue = belt ? undefined : found(made, proceed, 'queues', process, step.place, actor);
        const there = belt ?? queue!.record;
        return [
          ...(belt
            ? [set(belt, beltAt(made, process, step.place, actor)), ...belts.moves(place, step.place, belt)]
            : []),
          ...(queue ? [...queue.statements, ...withoutPlaces(place, step, there)] : []),
          when(i32.and(i32.eqz(first(there)), queue ? places.hasRoom(queue) : places.mayEnter(there)), [
            i32.store(there, i32.add(i32.load(there, Place.taken), 1), Place.taken),
            ...(step.on === 'belt' ? [f64.store(there, now(), Place.lastOn)] : []),
            ...onward,
          ]),
          ...(step.full === 'block'
            ? [
                i32.store(actor, code + 1, Actor.code),
                ...stays(coming),
                runs(places.waitInFront, there, actor),
                rests,
              ]
            : goTo(codeOf(step.full))),
        ];
      }
      case 'enter': {
        const belt = step.on === 'queue' ? undefined : proceed.named('i32', 'belt')[0];
        const queue = belt ? undefined : found(made, proceed, 'queues', process, step.place, actor);
        const there = belt ?? queue!.record;
        const patience = step.patience
          ? checked(place, step.patience, value('patience', step.patience))
          : undefined;
        return [
          ...settled(proceed, process, actor, coming),
          ...(belt ? [set(belt, beltAt(made, process, step.place, actor))] : queue!.statements),
          i32.store(actor, there, Item.place),
          ...(flow.tallies.some(({ of }) => of.kind === step.on && of.id === step.place.id)
            ? [f64.store(actor, now(), Item.entered)]
            : []),
          ...(queue
            ? measures.change(flow.queues[step.place.id]!.length, queue.instance, 1)
            : [
                run(measures.add, [
                  i32.load(there, Place.length),
                  i32.load(there, Place.level),
                  f64.const(1),
                ]),
              ]),
          ...(patience && step.gaveUp !== undefined
            ? [
                i32.store(actor, codeOf(step.gaveUp), Item.gaveUp),
                ...patience.statements,
                run(agenda.schedule, [actor, f64.add(now(), patience.value)]),
              ]
            : []),
          ...onward,
        ];
      }
      case 'ride':
        return belts.ride(place, step);
      case 'alight':
        return belts.alight(place, step);
      case 'seize': {
        const grant = grantOf(place, step);
        grants.push({ code, grant });
        return seize(place, step, grant);
      }
      case 'delay': {
        const use = step.use === undefined ? undefined : process.uses[step.use];
        const length = proceed.local('f64', 'duration');
        const setup: Statement[] = [];
        if (step.setup && use) {
          const unit = proceed.local('i32', 'unit');
          const kind = proceed.local('f64', 'kind');
          const firstKnown = known(use)[0];
          if (firstKnown)
            setup.push(
              set(
                unit,
                call<'i32'>(resources.unitOf, resourceAt(made, process, firstKnown.resource, actor), actor),
              ),
              set(kind, value('setup kind', step.setup.kind, 'The kind of item in')),
              when(f64.ne(f64.load(unit, Unit.kind), kind), [
                when(f64.eq(f64.load(unit, Unit.kind), f64.load(unit, Unit.kind)), [
                  set(
                    length,
                    f64.add(length, value('setup', step.setup.duration, 'The setup time of', SETUP)),
                  ),
                ]),
                f64.store(unit, kind, Unit.kind),
              ]),
            );
        }
        const drawn = checked(
          place,
          step.duration,
          values.within(proceed, `${process.name} ${step.text} takes`, process.loops, step.duration, actor),
        );
        const fresh: Statement[] = [...drawn.statements, set(length, drawn.value), ...setup];
        return [
          ...(use ? [] : settled(proceed, process, actor, coming)),
          i32.store(actor, code + 1, Actor.code),
          // Only work on units that are known one by one is interrupted.
          ...(use && known(use).length > 0
            ? [
                when(
                  f64.ge(f64.load(actor, Item.left), 0),
                  [set(length, f64.load(actor, Item.left)), f64.store(actor, -1, Item.left)],
                  fresh,
                ),
                ...work(proceed, process, use, actor, f64.add(now(), length)),
              ]
            : fresh),
          ...goesOnAt(f64.add(now(), length)),
        ];
      }
      case 'finish': {
        const use = process.uses[step.use]!;
        return [
          ...work(proceed, process, use, actor),
          ...(keepsUnits(process, at)
            ? [i32.store(actor, useNumber(id, step.use), Item.pending)]
            : giveAll(proceed, process, use.needs, actor)),
          ...onward,
        ];
      }
      case 'release':
        return [
          ...step.needs.flatMap((need) => [
            ...holdsLess(made, process, {
              resource: need.resource.id,
              units: machine.amount(proceed, 'units', process, need.units, actor).value,
              item: actor,
              code,
              stops: rests,
            }),
            ...giveAll(proceed, process, [need], actor),
          ]),
          ...onward,
        ];
      case 'choose':
        return chooses(place, step);
      case 'go':
        return goTo(codeOf(step.to));
      case 'wait': {
        const list = record(plan.lists.get(stepKey(id, at))!, List.size, i32.load(actor, Actor.instance));
        waitingFor(process, id, at, code, step.condition);
        return [
          ...releases(proceed, actor, coming),
          // Who waits already is asked first.
          when(
            i32.and(
              i32.eqz(first(list)),
              f64.ne(
                values.of(
                  `${process.name} waits until`,
                  process.loops,
                  step.condition,
                  actor,
                  toldOf(process, step),
                ),
                0,
              ),
            ),
            [...settled(proceed, process, actor, givenBack(coming, false)), ...onward],
          ),
          i32.store(actor, code, Actor.code),
          runs(lists.append, list, actor),
          rests,
        ];
      }
      case 'batch':
        return batch(place, step);
      case 'unbatch':
        return unbatch(place);
      case 'split':
        return split(place, step);
      case 'keep': {
        const [there] = proceed.named('i32', 'store');
        return [
          set(there, store.at(process, step.place, actor)),
          f64.store(actor, step.rank ? value('order', step.rank, 'The order of') : f64.const(0), Item.rank),
          ...orderOf(step.lifo),
          i32.store(actor, codeOf(step.taken), Actor.code),
          runs(lists.insert, there, actor),
          runs(store.fetch, there),
          rests,
        ];
      }
      case 'take': {
        const [there] = proceed.named('i32', 'store');
        return [
          ...(anyPending ? [when(i32.load(actor, Item.pending), [runs(releasePending, actor)])] : []),
          set(there, store.at(process, step.place, actor)),
          i32.store(actor, code + 1, Actor.code),
          i32.store(actor, step.units, WANTED),
          runs(lists.append, store.takers(there), actor),
          runs(store.fetch, there),
          rests,
        ];
      }
      case 'make': {
        const begins = plan.codes[step.process]! + flow.processes[step.process]!.start;
        return [
          ...Array.from({ length: step.count }, () => [
            run(spawn[step.process]!, [actor, i32.const(begins)]),
            when(troubled(made), [rests]),
          ]).flat(),
          ...onward,
        ];
      }
      case 'leave':
        return [
          ...(step.refill === undefined ? [] : refills(place, step.refill)),
          runs(leaveFor(place, step), actor),
          rests,
        ];
      case 'repaired': {
        const [unit, resource] = proceed.named('i32', 'unit', 'resource');
        return [
          ...settled(proceed, process, actor, coming),
          set(unit, i32.load(actor, Item.unit)),
          set(resource, i32.load(unit, Unit.resource)),
          i32.store(unit, UnitState.idle, Unit.state),
          i32.store(resource, i32.sub(i32.load(resource, Resource.down), 1), Resource.down),
          run(measures.add, [
            i32.load(resource, Resource.downCell),
            i32.load(resource, Resource.downLevel),
            f64.const(-1),
          ]),
          runs(resources.repair, unit),
          runs(lists.giveBack, actor),
          when(first(resource), [runs(resources.serve, resource)]),
          rests,
        ];
      }
    }
  };

  // ── the table ───────────────────────────────────────────────────────────────────────────────────

  const cases: Statement[][] = [[]];
  flow.processes.forEach((process, id) => {
    const codeOf = (step: number): number => plan.codes[id]! + step;
    process.steps.forEach((step, at) => {
      machine.present.code = codeOf(at);
      const statements = compiled(
        { process, id, code: codeOf(at), codeOf, at, coming: machine.coming[id]![at]! },
        step,
      );
      const passed = context.plan.manifest.coverage?.passed;
      const mark = passed ? [i32.store(0, 1, passed.address + 4 * codeOf(at))] : [];
      cases[codeOf(at)] = [comment(`${process.name}: ${step.text}`), ...mark, ...statements];
      if (step.kind === 'arrive' && step.condition) waitsForArrival(process, id, at, step.condition);
    });
  });
  flow.resources.forEach((_, id) => {
    cases[plan.unitCodes[id]!] = [...breaking(), rests];
    cases[plan.shiftCodes[id]!] = [...shiftChanges(id), rests];
  });
  flow.belts.forEach((_, id) => {
    cases[plan.beltCodes[id]!] = [runs(places.admit, i32.load(actor, Actor.previous)), rests];
  });
  cases[plan.warmUpCode] = [run(warm), rests];
  for (let code = 0; code < plan.codeCount; code += 1) cases[code] ??= [rests];

  machine.units.done();
  resources.grant.body = [
    switchOn(
      i32.load(resources.grant.params.item, Item.code),
      Array.from({ length: (grants.at(-1)?.code ?? -1) + 1 }, (_, code) => {
        const own = grants.find((one) => one.code === code);
        return own === undefined ? [] : [returns(call<'i32'>(own.grant, resources.grant.params.item))];
      }),
    ),
    returns(i32.const(0)),
  ];

  const { rest, timed, due } = machine;
  const table = inVectors
    ? alikeAsOne({
        module: context.module,
        owner: proceed,
        code: machine.code,
        cases,
        entries: machine.entries,
        listedAt: context.plan.scratch.listed,
      })
    : { cases, entries: machine.entries, targets: undefined };
  const dispatch: Statement = block(rest, [
    block(timed, [
      set(machine.steps, i32.add(machine.steps, 1)),
      when(i32.gt(machine.steps, MOST_STEPS), [
        ...trouble(made, FlowTrouble.endless, 0, i32.load(actor, Actor.instance)),
        i32.store(0, i32.load(actor, Actor.code), header + Header.detail),
        rests,
      ]),
      switchOn(
        inVectors ? tee(machine.code, i32.load(actor, Actor.code)) : i32.load(actor, Actor.code),
        table.cases,
        [],
        table.entries,
        table.targets,
      ),
      rests,
    ]),
    ...agenda.scheduled(proceed, actor, due),
  ]);

  return { ...machine, dispatch, spawn, conditions: asked() };
}
