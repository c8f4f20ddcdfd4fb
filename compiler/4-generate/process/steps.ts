/**
 * The steps of all processes as one state machine: `proceed(actor)` takes an actor from its code as far as it can go. Items,
 * sources, units, shifts and belts are actors, so that one table of jumps serves all events.
 */
import type { FlatNeed, FlatProcess, FlatStep, FlatUse } from '../../ir/process.ts';
import type { FlatExpression } from '../../ir/flat-system.ts';
import { BUCKETS } from '../../ir/histogram.ts';
import { elementOffset, number, place as placed } from '../expression.ts';
import {
  branch,
  branchIf,
  block,
  call,
  comment,
  f64,
  i32,
  label,
  loop,
  memoryCopy,
  returns,
  run,
  set,
  switchOn,
  tee,
  when,
} from '../wasm/index.ts';
import type { F64, FunctionBuilder, FunctionHandle, I32, Label, Local, Statement } from '../wasm/index.ts';
import { FlowTrouble } from '../../../runtime/contract/kernel.ts';
import { beltAt, queueAt, record, resourceAt, trouble, troubled } from './flow.ts';
import type { Flow } from './flow.ts';
import { callI32, locals } from './heap.ts';
import { first, runs } from './lists.ts';
import { TALLY_CELLS } from './measures.ts';
import { hasPlace } from './places.ts';
import type { Places } from './places.ts';
import {
  Actor,
  Header,
  Item,
  List,
  Place,
  Resource,
  Shift,
  Source,
  stepKey,
  Unit,
  UnitState,
  WEEK,
} from './plan.ts';
import { isKnown } from './resources.ts';
import type { Resources } from './resources.ts';
import { stores, WANTED } from './stores.ts';
import { instanceOf, scopeAt } from './values.ts';

/** Steps at one instant beyond which the flow goes round in circles. */
const MOST_STEPS = 5_000_000;

interface Place1 {
  process: FlatProcess;
  id: number;
  /** Code of the step and of the one after it. */
  code: number;
  /** Code of a step of this process. */
  codeOf: (step: number) => number;
  at: number;
}

export interface Steps {
  proceed: FunctionHandle;
  /** spawn by process: (instance of the actor) → statements that make an item at a code. */
  spawn: FunctionHandle[];
  /** Puts items on whose conditions hold; whether there were any. Absent without such steps. */
  conditions: FunctionHandle | undefined;
  interrupt: FunctionHandle;
}

export function steps(made: Flow, places: Places, resources: Resources): Steps {
  const { context, flow, plan, heap, lists, measures, values } = made;
  const { module } = context;
  const { now } = measures;
  const { header } = plan;

  const proceed = module.function('proceed', { params: { actor: 'i32' } });
  const { actor } = proceed.params;
  const again = label('again');
  const interrupt = module.function('interrupt', { params: { item: 'i32' } });
  const releasePending = module.function('release pending', { params: { item: 'i32' } });

  const uses: { process: FlatProcess; id: number; use: FlatUse; position: number }[] = [];
  flow.processes.forEach((process, id) =>
    process.uses.forEach((use, position) => uses.push({ process, id, use, position })),
  );
  const useNumber = (id: number, position: number): number =>
    uses.findIndex((one) => one.id === id && one.position === position) + 1;
  const store = stores(made, places);
  const anyPending = flow.processes.some(({ steps: all }) => all.some(({ kind }) => kind === 'finish'));

  const amount = (
    f: Pick<FunctionBuilder, 'local'>,
    name: string,
    process: FlatProcess,
    of: FlatExpression,
    item: I32,
  ) => {
    if (of.kind === 'number') return { statements: [], value: i32.const(Math.round(of.value)) as I32 };
    const local = f.local('i32', 'units');
    const value = values.of(name, process.loops, of, item);
    return { statements: [set(local, i32.fromF64Saturating(f64.nearest(value)))], value: local as I32 };
  };

  const goTo = (code: number): Statement[] => [i32.store(actor, code, Actor.code), branch(again)];

  // ── units taken and given back ──────────────────────────────────────────────────────────────────

  const giveAll = (
    f: Pick<FunctionBuilder, 'local'>,
    process: FlatProcess,
    needs: FlatNeed[],
    item: I32,
  ): Statement[] =>
    needs.flatMap((need) => {
      const units = amount(f, 'units', process, need.units, item);
      return [
        ...units.statements,
        run(resources.give, [resourceAt(made, process, need.resource, item), units.value, item]),
      ];
    });
  const known = (use: FlatUse): FlatNeed[] =>
    use.needs.filter(({ resource }) => isKnown(flow.resources[resource.id]!));
  const work = (f: FunctionHandle, process: FlatProcess, use: FlatUse, item: I32): Statement[] =>
    known(use).map(({ resource }) => run(f, [resourceAt(made, process, resource, item), item]));

  /** Units of a use that are blocked, or are so no more. */
  const blocked = ({ process, use }: (typeof uses)[number], item: I32, sign: number): Statement[] =>
    use.needs.flatMap(({ resource, units }) => {
      const { dims, blocked: variable } = flow.resources[resource.id]!;
      const count = units.kind === 'number' ? Math.round(units.value) : 1;
      return [measures.change(variable, instanceOf(process.loops, dims, resource, item), sign * count)];
    });
  const blocks = module.function('blocks', { params: { item: 'i32' } });
  {
    const { item } = blocks.params;
    blocks.body = [
      i32.store(item, 1, Item.blocks),
      switchOn(
        i32.sub(i32.load(item, Item.pending), 1),
        uses.map((one) => blocked(one, item, 1)),
      ),
    ];
  }
  /** The item cannot go on now: the units that it keeps are blocked. */
  const stays = (): Statement[] =>
    anyPending ? [when(i32.load(actor, Item.pending), [runs(blocks, actor)])] : [];

  {
    const { item } = releasePending.params;
    const [which] = locals(releasePending, 'use');
    releasePending.body = [
      set(which, i32.load(item, Item.pending)),
      i32.store(item, 0, Item.pending),
      when(i32.load(item, Item.blocks), [
        i32.store(item, 0, Item.blocks),
        switchOn(
          i32.sub(which, 1),
          uses.map((one) => blocked(one, item, -1)),
        ),
      ]),
      switchOn(
        i32.sub(which, 1),
        uses.map(({ process, use }) => giveAll(releasePending, process, use.needs, item)),
      ),
    ];
  }

  /** The item has found a place to be: it leaves the one before, and gives back what it used. */
  const settled = (item: Local<'i32'>): Statement[] => [
    ...(anyPending ? [when(i32.load(item, Item.pending), [runs(releasePending, item)])] : []),
    when(hasPlace(item), [runs(places.leave, item)]),
  ];

  // ── asking for units ────────────────────────────────────────────────────────────────────────────

  const grantOf = (
    process: FlatProcess,
    step: FlatStep & { kind: 'seize' },
    code: number,
  ): FunctionHandle => {
    const f = module.function(`grant ${process.name} ${step.text}`, {
      params: { item: 'i32' },
      results: ['i32'],
    });
    const { item } = f.params;
    const [list] = locals(f, 'list');
    const asked = step.needs.map((need) => {
      const resource = f.local('i32', 'resource');
      const units = amount(f, 'units', process, need.units, item);
      return { resource, units, where: resourceAt(made, process, need.resource, item) };
    });
    const refused = (resource: Local<'i32'>): Statement[] => [
      set(list, i32.load(item, Item.list)),
      when(i32.eq(list, resource), [returns(i32.const(0))]),
      when(i32.eqz(list), [runs(resources.waits, resource, item), returns(i32.const(0))]),
      runs(resources.stopsWaiting, item),
      runs(resources.waits, resource, item),
      returns(i32.const(2)),
    ];
    f.body = [
      ...asked.flatMap(({ resource, units, where }) => [
        set(resource, where),
        ...units.statements,
        when(i32.lt(resources.available(resource), units.value), refused(resource)),
      ]),
      when(i32.load(item, Item.list), [runs(resources.stopsWaiting, item)]),
      i32.store(item, code + 1, Item.code),
      ...asked.map(({ resource, units }) => run(resources.take, [resource, units.value, item])),
      ...(anyPending
        ? [i32.store(item, 0, Item.keeps), when(i32.load(item, Item.pending), [runs(releasePending, item)])]
        : []),
      when(hasPlace(item), [runs(places.leave, item)]),
      returns(i32.const(1)),
    ];
    return f;
  };

  /** Later ones come behind, or before. */
  const orderOf = (lifo: boolean): Statement[] => {
    const sequence = f64.load(0, header + Header.sequence);
    return [
      f64.store(actor, lifo ? f64.neg(sequence) : sequence, Item.order),
      f64.store(0, f64.add(sequence, 1), header + Header.sequence),
    ];
  };

  /** Asks for units in the order of coming; those who wait already come first. */
  const seize = (place: Place1, step: FlatStep & { kind: 'seize' }, grant: FunctionHandle): Statement[] => {
    const { process, code } = place;
    const [head] = locals(proceed, 'head');
    const rank = step.rank ?? { kind: 'number' as const, value: 0 };
    const behind: I32 = i32.or(
      f64.lt(f64.load(head, Item.rank), f64.load(actor, Item.rank)),
      i32.and(
        f64.eq(f64.load(head, Item.rank), f64.load(actor, Item.rank)),
        f64.lt(f64.load(head, Item.order), f64.load(actor, Item.order)),
      ),
    );
    const refuse = label('refused');
    const preempt: Statement[] = step.preempts
      ? step.needs.slice(0, 1).flatMap(({ resource }) => {
          const [target] = locals(proceed, 'victim');
          return [
            set(
              target,
              call<'i32'>(
                resources.victim,
                resourceAt(made, process, resource, actor),
                f64.load(actor, Item.rank),
              ),
            ),
            when(target, [runs(interrupt, target)]),
          ];
        })
      : [];
    return [
      // Waiting for units is a place to be: what was used before is given back first.
      ...(anyPending
        ? [
            when(i32.and(i32.ne(i32.load(actor, Item.pending), 0), i32.eqz(i32.load(actor, Item.keeps))), [
              runs(releasePending, actor),
            ]),
          ]
        : []),
      f64.store(actor, values.of(`${step.text} rank`, process.loops, rank, actor), Item.rank),
      ...orderOf(step.lifo),
      i32.store(actor, code, Item.code),
      block(refuse, [
        ...step.needs.flatMap((need) => [
          set(head, first(resourceAt(made, process, need.resource, actor))),
          when(head, [
            when(behind, [
              runs(resources.waits, resourceAt(made, process, need.resource, actor), actor),
              branch(refuse),
            ]),
          ]),
        ]),
        when(callI32(grant, actor), [branch(again)]),
      ]),
      ...stays(),
      ...preempt,
      returns(),
    ];
  };

  /** A queue of no places before units: whoever comes has them at once, or waits where it is, or goes elsewhere. */
  const withoutPlaces = (
    place: Place1,
    step: FlatStep & { kind: 'reserve' },
    there: Local<'i32'>,
  ): Statement[] => {
    const { process, at, code, codeOf } = place;
    const after = process.steps.slice(at + 2).find(({ kind }) => kind !== 'refill');
    if (after?.kind !== 'seize') return [];
    const through = goTo(code + 2);
    const free = after.needs
      .map((need): I32 => {
        const resource = resourceAt(made, process, need.resource, actor);
        const units = need.units.kind === 'number' ? i32.const(need.units.value) : i32.const(1);
        return i32.and(i32.ge(resources.available(resource), units), i32.eqz(first(resource)));
      })
      .reduce((a, b) => i32.and(a, b));
    return [
      when(
        f64.lt(f64.load(there, Place.capacity), 1),
        step.full === 'block'
          ? [i32.store(actor, 1, Item.keeps), ...through]
          : [when(free, through), ...goTo(codeOf(step.full))],
      ),
    ];
  };

  // ── items made and gone ─────────────────────────────────────────────────────────────────────────

  /** spawn(actor, code): an item of the actor's instance. */
  const spawn = flow.processes.map((process, id) => {
    const f = module.function(`new item of ${process.name}`, { params: { source: 'i32', code: 'i32' } });
    const [item, instance] = locals(f, 'item', 'instance');
    const inside = context.plan.addresses[process.inside]!;
    f.body = [
      set(instance, i32.load(f.params.source, Actor.instance)),
      when(f64.ge(f64.load(i32.shl(instance, 3), inside), process.limit), [
        ...trouble(made, FlowTrouble.tooMany, id, instance),
        returns(),
      ]),
      set(item, callI32(lists.obtain)),
      i32.store(item, f.params.code, Item.code),
      i32.store(item, instance, Item.instance),
      f64.store(item, now(), Item.arrived),
      measures.change(process.inside, instance, 1),
      measures.change(process.arrived, instance, 1),
      runs(lists.ready, item),
    ];
    return f;
  });

  /** A time that must not be negative. */
  const checked = (place: Place1, value: F64): { statements: Statement[]; value: Local<'f64'> } => {
    const local = proceed.local('f64', 'duration');
    return {
      value: local,
      statements: [
        set(local, value),
        when(i32.eqz(f64.ge(local, 0)), [
          ...trouble(made, FlowTrouble.duration, place.code, i32.load(actor, Actor.instance)),
          returns(),
        ]),
      ],
    };
  };

  const arrive = (place: Place1, step: FlatStep & { kind: 'arrive' }): Statement[] => {
    const { process, id, code } = place;
    const [left] = locals(proceed, 'left');
    const repeat = label('each of the group');
    const most = step.most
      ? values.of(`${process.name} at most`, process.loops, step.most, actor)
      : undefined;
    const open: I32 =
      most === undefined ? i32.const(1) : f64.lt(f64.fromI32(i32.load(actor, Source.made)), most);
    const next: Statement[] = [];
    if (step.interval) {
      const gap = checked(
        place,
        values.of(`${process.name} arrives every`, process.loops, step.interval, actor),
      );
      const time = f64.add(now(), gap.value);
      const until = step.until
        ? values.of(`${process.name} until`, process.loops, step.until, actor)
        : undefined;
      next.push(
        when(open, [
          ...gap.statements,
          ...(until
            ? [when(f64.le(time, until), [run(heap.schedule, [actor, time])])]
            : [run(heap.schedule, [actor, time])]),
        ]),
      );
    }
    const group = step.group
      ? i32.fromF64Saturating(
          f64.nearest(values.of(`${process.name} group`, process.loops, step.group, actor)),
        )
      : i32.const(1);
    return [
      set(left, group),
      loop(repeat, [
        when(i32.and(i32.gt(left, 0), open), [
          run(spawn[id]!, [actor, i32.const(code + 1)]),
          when(troubled(made), [returns()]),
          i32.store(actor, i32.add(i32.load(actor, Source.made), 1), Source.made),
          set(left, i32.sub(left, 1)),
          branch(repeat),
        ]),
      ]),
      ...next,
      returns(),
    ];
  };

  const leaveFor = (process: FlatProcess, id: number, step: FlatStep & { kind: 'leave' }): FunctionHandle => {
    const f = module.function(`${process.name} ${step.text}`, { params: { item: 'i32' } });
    const [item, chain, tail, instance] = locals(f, 'item', 'chain', 'tail', 'instance');
    const [each, end] = [label('each'), label('end of members')];
    const tally = flow.tallies.find(({ of }) => of.kind === 'process' && of.id === id);
    const noted = (): Statement[] => {
      if (!step.tally || tally === undefined) return [];
      const cells = i32.mul(instance, 8 * TALLY_CELLS);
      return [
        run(measures.note, [
          i32.add(cells, context.plan.addresses[tally.statistic]!),
          tally.histogram === undefined
            ? i32.const(0)
            : i32.add(i32.mul(instance, histogramBytes), context.plan.addresses[tally.histogram]!),
          f64.sub(now(), f64.load(item, Item.arrived)),
        ]),
      ];
    };
    f.body = [
      ...settled(f.params.item),
      set(instance, i32.load(f.params.item, Item.instance)),
      i32.store(f.params.item, 0, Item.next),
      set(chain, f.params.item),
      loop(each, [
        set(item, chain),
        set(chain, i32.load(item, Item.next)),
        // What was packed into it comes next.
        when(tee(tail, i32.load(item, Item.members)), [
          block(end, lastOf(tail, end)),
          i32.store(tail, chain, Item.next),
          set(chain, i32.load(item, Item.members)),
        ]),
        ...step.counters.map((counter) => measures.change(counter, instance, 1)),
        measures.change(process.inside, instance, -1),
        ...noted(),
        runs(lists.giveBack, item),
        branchIf(each, chain),
      ]),
    ];
    return f;
  };

  /** Moves along a chain to its last item. */
  function lastOf(at: Local<'i32'>, end: Label): Statement[] {
    const step = label('next member');
    return [
      loop(step, [
        branchIf(end, i32.eqz(i32.load(at, Item.next))),
        set(at, i32.load(at, Item.next)),
        branch(step),
      ]),
    ];
  }

  // ── each kind of step ───────────────────────────────────────────────────────────────────────────

  const grants: { code: number; grant: FunctionHandle }[] = [];
  const waitingConditions: Statement[] = [];
  const conditions = module.function('items that can go on', { results: ['i32'] });
  const [found] = locals(conditions, 'found');

  const compiled = (place: Place1, step: FlatStep): Statement[] => {
    const { process, id, code, codeOf, at } = place;
    const value = (name: string, of: FlatExpression): F64 =>
      values.of(`${process.name} ${name}`, process.loops, of, actor);
    const onward = goTo(code + 1);
    switch (step.kind) {
      case 'arrive':
        return arrive(place, step);
      case 'refill': {
        const source = record(
          plan.sources.get(stepKey(id, step.arrive))!,
          Source.size,
          i32.load(actor, Actor.instance),
        );
        const arrival = process.steps[step.arrive]!;
        const most = arrival.kind === 'arrive' && arrival.most ? value('at most', arrival.most) : undefined;
        const [from] = locals(proceed, 'source');
        return [
          when(i32.load(actor, Item.refilled), onward),
          i32.store(actor, 1, Item.refilled),
          set(from, source),
          when(most ? f64.lt(f64.fromI32(i32.load(from, Source.made)), most) : i32.const(1), [
            i32.store(from, i32.add(i32.load(from, Source.made), 1), Source.made),
            run(spawn[id]!, [from, i32.const(codeOf(step.arrive) + 1)]),
            when(troubled(made), [returns()]),
          ]),
          ...onward,
        ];
      }
      case 'assign':
        return [f64.store(actor, value(step.text, step.value), Item.attributes + 8 * step.slot), ...onward];
      case 'set': {
        const f = module.function(`${process.name} ${step.text}`, { params: { item: 'i32' } });
        const { scope, statements } = scopeAt(context, f, process.loops, f.params.item);
        const { dynamic, constant } = elementOffset(scope, step.target.variable, step.target.index);
        const [address, offset] = placed(dynamic, context.plan.addresses[step.target.variable]! + constant);
        f.body = [...statements, f64.store(address, number(scope, step.value), offset)];
        return [runs(f, actor), ...onward];
      }
      case 'reserve': {
        const where =
          step.on === 'queue'
            ? queueAt(made, process, step.place, actor)
            : beltAt(made, process, step.place, actor);
        const [there] = locals(proceed, 'place');
        return [
          set(there, where),
          ...(step.on === 'queue' ? withoutPlaces(place, step, there) : []),
          when(i32.and(i32.eqz(first(there)), places.mayEnter(there)), [
            i32.store(there, i32.add(i32.load(there, Place.taken), 1), Place.taken),
            ...(step.on === 'belt' ? [f64.store(there, now(), Place.lastOn)] : []),
            ...onward,
          ]),
          ...(step.full === 'block'
            ? [
                i32.store(actor, code + 1, Actor.code),
                ...stays(),
                runs(places.waitInFront, there, actor),
                returns(),
              ]
            : goTo(codeOf(step.full))),
        ];
      }
      case 'enter': {
        const [there] = locals(proceed, 'place');
        const patience = step.patience ? checked(place, value('patience', step.patience)) : undefined;
        return [
          ...settled(actor),
          set(
            there,
            step.on === 'belt'
              ? beltAt(made, process, step.place, actor)
              : queueAt(made, process, step.place, actor),
          ),
          i32.store(actor, there, Item.place),
          f64.store(actor, now(), Item.entered),
          run(measures.add, [i32.load(there, Place.length), i32.load(there, Place.level), f64.const(1)]),
          ...(patience && step.gaveUp !== undefined
            ? [
                i32.store(actor, codeOf(step.gaveUp), Item.gaveUp),
                ...patience.statements,
                run(heap.schedule, [actor, f64.add(now(), patience.value)]),
              ]
            : []),
          ...onward,
        ];
      }
      case 'ride': {
        const [there] = locals(proceed, 'belt');
        return [
          set(there, beltAt(made, process, step.place, actor)),
          i32.store(actor, i32.load(there, Place.on), Item.unit),
          i32.store(there, i32.add(i32.load(there, Place.on), 1), Place.on),
          i32.store(actor, code + 1, Actor.code),
          run(heap.schedule, [actor, f64.add(now(), f64.load(there, Place.travel))]),
          returns(),
        ];
      }
      case 'alight': {
        const [there] = locals(proceed, 'belt');
        const free = proceed.local('f64', 'end is free');
        return [
          set(there, beltAt(made, process, step.place, actor)),
          when(i32.ne(i32.load(actor, Item.unit), i32.load(there, Place.off)), [
            runs(lists.append, i32.add(there, Place.riders), actor),
            returns(),
          ]),
          set(free, f64.add(f64.load(there, Place.lastOff), f64.load(there, Place.headway))),
          when(i32.and(i32.ne(i32.load(there, Place.off), 0), f64.lt(now(), free)), [
            run(heap.schedule, [actor, free]),
            returns(),
          ]),
          ...onward,
        ];
      }
      case 'seize': {
        const grant = grantOf(process, step, code);
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
              set(kind, value('setup kind', step.setup.kind)),
              when(f64.ne(f64.load(unit, Unit.kind), kind), [
                when(f64.eq(f64.load(unit, Unit.kind), f64.load(unit, Unit.kind)), [
                  set(length, f64.add(length, value('setup', step.setup.duration))),
                ]),
                f64.store(unit, kind, Unit.kind),
              ]),
            );
        }
        const drawn = checked(place, value(`${step.text} takes`, step.duration));
        const fresh: Statement[] = [...drawn.statements, set(length, drawn.value), ...setup];
        return [
          ...(use ? [] : settled(actor)),
          i32.store(actor, code + 1, Actor.code),
          ...(use
            ? [
                when(
                  f64.ge(f64.load(actor, Item.left), 0),
                  [set(length, f64.load(actor, Item.left)), f64.store(actor, -1, Item.left)],
                  fresh,
                ),
                ...work(resources.starts, process, use, actor),
              ]
            : fresh),
          run(heap.schedule, [actor, f64.add(now(), length)]),
          returns(),
        ];
      }
      case 'finish': {
        const use = process.uses[step.use]!;
        return [
          ...work(resources.stops, process, use, actor),
          ...(keepsUnits(process, at)
            ? [i32.store(actor, useNumber(id, step.use), Item.pending)]
            : giveAll(proceed, process, use.needs, actor)),
          ...onward,
        ];
      }
      case 'release':
        return [...giveAll(proceed, process, step.needs, actor), ...onward];
      case 'choose': {
        const u = proceed.local('f64', 'u');
        const sum = proceed.local('f64', 'probability');
        return [
          ...(step.draw ? [set(u, value('chooses', step.draw)), set(sum, 0)] : []),
          ...step.options.flatMap(({ probability, condition, to }) => {
            if (condition) return [when(f64.ne(value('chooses if', condition), 0), goTo(codeOf(to)))];
            if (!probability) return goTo(codeOf(to));
            return [
              set(sum, f64.add(sum, value('probability', probability))),
              when(f64.lt(u, sum), goTo(codeOf(to))),
            ];
          }),
          ...(step.options.at(-1)?.condition || step.options.at(-1)?.probability ? onward : []),
        ];
      }
      case 'go':
        return goTo(codeOf(step.to));
      case 'wait': {
        const list = record(plan.lists.get(stepKey(id, at))!, List.size, i32.load(actor, Actor.instance));
        waitingFor(process, id, at, code, step.condition);
        return [
          ...(anyPending ? [when(i32.load(actor, Item.pending), [runs(releasePending, actor)])] : []),
          when(f64.ne(value('waits until', step.condition), 0), [...settled(actor), ...onward]),
          i32.store(actor, code, Actor.code),
          runs(lists.append, list, actor),
          returns(),
        ];
      }
      case 'batch': {
        const list = record(plan.lists.get(stepKey(id, at))!, List.size, i32.load(actor, Actor.instance));
        const [there, left, carrier, last, item] = locals(
          proceed,
          'list',
          'left',
          'carrier',
          'last',
          'packed',
        );
        const next = label('next packed');
        return [
          set(there, list),
          i32.store(actor, code, Actor.code),
          ...(anyPending ? [when(i32.load(actor, Item.pending), [runs(releasePending, actor)])] : []),
          // In a queue they stay until the batch is full; off a belt they must come, or none behind them could.
          ...(flow.belts.length > 0
            ? [
                when(hasPlace(actor), [
                  when(i32.load(hasPlace(actor), Place.belt), [runs(places.leave, actor)]),
                ]),
              ]
            : []),
          runs(lists.append, there, actor),
          set(left, i32.fromF64Saturating(f64.nearest(value('batch', step.size)))),
          when(i32.lt(i32.load(there, List.count), left), [returns()]),
          set(carrier, first(there)),
          runs(lists.remove, carrier),
          when(hasPlace(carrier), [runs(places.leave, carrier)]),
          set(last, 0),
          loop(next, [
            set(left, i32.sub(left, 1)),
            when(i32.gt(left, 0), [
              set(item, first(there)),
              runs(lists.remove, item),
              when(hasPlace(item), [runs(places.leave, item)]),
              i32.store(item, 0, Item.next),
              when(last, [i32.store(last, item, Item.next)], [i32.store(carrier, item, Item.members)]),
              set(last, item),
              branch(next),
            ]),
          ]),
          i32.store(carrier, code + 1, Actor.code),
          runs(lists.ready, carrier),
          returns(),
        ];
      }
      case 'unbatch': {
        const [item, following] = locals(proceed, 'packed', 'following');
        const next = label('next packed');
        return [
          ...settled(actor),
          set(item, i32.load(actor, Item.members)),
          i32.store(actor, 0, Item.members),
          i32.store(actor, code + 1, Actor.code),
          runs(lists.ready, actor),
          loop(next, [
            when(item, [
              set(following, i32.load(item, Item.next)),
              i32.store(item, code + 1, Actor.code),
              runs(lists.ready, item),
              set(item, following),
              branch(next),
            ]),
          ]),
          returns(),
        ];
      }
      case 'split': {
        const [copy, left, instance] = locals(proceed, 'copy', 'left', 'instance');
        const next = label('next copy');
        const bytes = plan.itemBytes;
        return [
          ...settled(actor),
          set(left, i32.fromF64Saturating(f64.nearest(value('split', step.copies)))),
          set(instance, i32.load(actor, Actor.instance)),
          loop(next, [
            set(left, i32.sub(left, 1)),
            when(i32.gt(left, 0), [
              when(
                f64.ge(
                  f64.load(i32.shl(instance, 3), context.plan.addresses[process.inside]!),
                  process.limit,
                ),
                [...trouble(made, FlowTrouble.tooMany, id, instance), returns()],
              ),
              set(copy, callI32(lists.obtain)),
              memoryCopy(copy, actor, bytes),
              i32.store(copy, 0, Item.members),
              i32.store(copy, code + 1, Actor.code),
              measures.change(process.inside, instance, 1),
              measures.change(process.arrived, instance, 1),
              runs(lists.ready, copy),
              branch(next),
            ]),
          ]),
          ...onward,
        ];
      }
      case 'keep': {
        const [there] = locals(proceed, 'store');
        return [
          set(there, store.at(process, step.place, actor)),
          f64.store(actor, step.rank ? value('order', step.rank) : f64.const(0), Item.rank),
          ...orderOf(step.lifo),
          i32.store(actor, codeOf(step.taken), Actor.code),
          runs(lists.insert, there, actor),
          runs(store.fetch, there),
          returns(),
        ];
      }
      case 'take': {
        const [there] = locals(proceed, 'store');
        return [
          ...(anyPending ? [when(i32.load(actor, Item.pending), [runs(releasePending, actor)])] : []),
          set(there, store.at(process, step.place, actor)),
          i32.store(actor, code + 1, Actor.code),
          i32.store(actor, step.units, WANTED),
          runs(lists.append, store.takers(there), actor),
          runs(store.fetch, there),
          returns(),
        ];
      }
      case 'make': {
        const begins = plan.codes[step.process]! + flow.processes[step.process]!.start;
        return [
          ...Array.from({ length: step.count }, () => [
            run(spawn[step.process]!, [actor, i32.const(begins)]),
            when(troubled(made), [returns()]),
          ]).flat(),
          ...onward,
        ];
      }
      case 'leave':
        return [runs(leaveFor(process, id, step), actor), returns()];
      case 'repaired': {
        const [unit, resource] = locals(proceed, 'unit', 'resource');
        return [
          ...settled(actor),
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
          returns(),
        ];
      }
    }
  };

  /** Those who wait for a condition are asked again after each event, in the order in which they came. */
  function waitingFor(
    process: FlatProcess,
    id: number,
    at: number,
    code: number,
    condition: FlatExpression,
  ): void {
    const [item, next, list, end] = locals(conditions, 'item', 'next', 'list', 'end');
    const base = plan.lists.get(stepKey(id, at))!;
    const count = process.loops.reduce((total, { from, to }) => total * (to - from), 1);
    const [lists1, items1] = [label('next list'), label('next item')];
    waitingConditions.push(
      set(list, base),
      set(end, base + List.size * count),
      loop(lists1, [
        set(item, first(list)),
        loop(items1, [
          when(item, [
            set(next, i32.load(item, Item.next)),
            when(f64.ne(values.of(`${process.name} waits until`, process.loops, condition, item), 0), [
              runs(lists.remove, item),
              i32.store(item, code + 1, Item.code),
              ...(anyPending ? [when(i32.load(item, Item.pending), [runs(releasePending, item)])] : []),
              when(hasPlace(item), [runs(places.leave, item)]),
              runs(lists.ready, item),
              set(found, 1),
            ]),
            set(item, next),
            branch(items1),
          ]),
        ]),
        set(list, i32.add(list, List.size)),
        branchIf(lists1, i32.lt(list, end)),
      ]),
    );
  }

  // ── the table ───────────────────────────────────────────────────────────────────────────────────

  const cases: Statement[][] = [[]];
  flow.processes.forEach((process, id) => {
    const codeOf = (step: number): number => plan.codes[id]! + step;
    process.steps.forEach((step, at) => {
      const statements = compiled({ process, id, code: codeOf(at), codeOf, at }, step);
      cases[codeOf(at)] = [comment(`${process.name}: ${step.text}`), ...statements];
      if (step.kind === 'arrive' && step.condition) waitsForArrival(process, id, at, step.condition);
    });
  });
  flow.resources.forEach((_, id) => {
    cases[plan.unitCodes[id]!] = [...breaking(), returns()];
    cases[plan.shiftCodes[id]!] = [...shiftChanges(id), returns()];
  });
  flow.belts.forEach((_, id) => {
    cases[plan.beltCodes[id]!] = [runs(places.admit, i32.load(actor, Actor.previous)), returns()];
  });
  for (let code = 0; code < plan.codeCount; code += 1) cases[code] ??= [returns()];

  /** An item arrives each time that a condition becomes true. */
  function waitsForArrival(process: FlatProcess, id: number, at: number, condition: FlatExpression): void {
    const [source, end, truth] = locals(conditions, 'source', 'end', 'truth');
    const base = plan.sources.get(stepKey(id, at))!;
    const count = process.loops.reduce((total, { from, to }) => total * (to - from), 1);
    const next = label('next source');
    waitingConditions.push(
      set(source, base),
      set(end, base + Source.size * count),
      loop(next, [
        set(truth, f64.ne(values.of(`${process.name} arrives when`, process.loops, condition, source), 0)),
        when(i32.ne(truth, i32.load(source, Source.truth)), [
          i32.store(source, truth, Source.truth),
          when(truth, [runs(proceed, source), set(found, 1)]),
        ]),
        set(source, i32.add(source, Source.size)),
        branchIf(next, i32.lt(source, end)),
      ]),
    );
  }

  /** A unit's life is over: while it works, what it works on is interrupted. */
  function breaking(): Statement[] {
    if (!flow.resources.some(({ breaks }) => breaks)) return [];
    return [
      when(i32.eq(i32.load(actor, Unit.state), UnitState.idle), [
        runs(resources.breakDown, actor),
        returns(),
      ]),
      i32.store(actor, 1, Unit.broken),
      when(i32.eq(i32.load(actor, Unit.state), UnitState.working), [
        runs(interrupt, i32.load(actor, Unit.holder)),
      ]),
    ];
  }

  function shiftChanges(id: number): Statement[] {
    const { shifts, loops, name } = flow.resources[id]!;
    if (!shifts) return [];
    const { changes, cycle } = shifts;
    const [index, resource, onDuty] = locals(proceed, 'change', 'resource', 'on duty');
    const time = proceed.local('f64', 'time of change');
    return [
      set(index, i32.load(actor, Actor.next)),
      set(resource, i32.load(actor, Actor.previous)),
      switchOn(
        index,
        changes.map(({ units }) => [
          set(
            onDuty,
            i32.fromF64Saturating(f64.floor(values.of(`units of ${name} on duty`, loops, units, actor))),
          ),
        ]),
      ),
      i32.store(resource, onDuty, Resource.onDuty),
      runs(resources.onDuty, resource),
      set(index, i32.add(index, 1)),
      when(i32.eq(index, changes.length), [
        set(index, cycle),
        f64.store(actor, f64.add(f64.load(actor, Shift.week), WEEK), Shift.week),
      ]),
      i32.store(actor, index, Actor.next),
      switchOn(
        index,
        changes.map((change) => [set(time, change.time)]),
      ),
      run(heap.schedule, [actor, f64.add(f64.load(actor, Shift.week), time)]),
      when(first(resource), [runs(resources.serve, resource)]),
    ];
  }

  resources.grant.body = [
    ...grants.map(({ code, grant }) =>
      when(i32.eq(i32.load(resources.grant.params.item, Item.code), code), [
        returns(call<'i32'>(grant, resources.grant.params.item)),
      ]),
    ),
    returns(i32.const(0)),
  ];

  {
    const { item } = interrupt.params;
    interrupt.body = [
      ...uses.flatMap(({ process, id, use }) => {
        const code = plan.codes[id]! + use.delay + 1;
        const needs = use.needs[0]!;
        const back: Statement[] =
          typeof use.interrupted === 'number'
            ? [i32.store(item, plan.codes[id]! + use.interrupted, Item.code), runs(lists.ready, item)]
            : [
                f64.store(
                  item,
                  use.interrupted === 'resume' ? f64.sub(heap.timeOf(item), now()) : f64.const(-1),
                  Item.left,
                ),
                i32.store(item, plan.codes[id]! + use.seize, Item.code),
                runs(resources.waits, resourceAt(made, process, needs.resource, item), item),
              ];
        const cancelled = back.findIndex((one) => one.kind === 'callStatement');
        return known(use).length === 0
          ? []
          : [
              when(i32.eq(i32.load(item, Item.code), code), [
                ...back.slice(0, Math.max(cancelled, 0)),
                runs(heap.cancel, item),
                ...work(resources.stops, process, use, item),
                ...back.slice(Math.max(cancelled, 0)),
                ...giveAll(interrupt, process, use.needs, item),
                returns(),
              ]),
            ];
      }),
    ];
  }

  proceed.body = [
    loop(again, [
      i32.store(0, i32.add(i32.load(0, header + Header.steps), 1), header + Header.steps),
      when(i32.gt(i32.load(0, header + Header.steps), MOST_STEPS), [
        ...trouble(made, FlowTrouble.endless, 0, i32.load(actor, Actor.instance)),
        i32.store(0, i32.load(actor, Actor.code), header + Header.detail),
        returns(),
      ]),
      switchOn(i32.load(actor, Actor.code), cases),
    ]),
  ];

  const asks = waitingConditions.length > 0;
  if (asks) conditions.body = [...waitingConditions, returns(found)];
  return { proceed, spawn, conditions: asks ? conditions : undefined, interrupt };

  /** Whether the step after a delay may keep the item from going on: then it keeps its units until it has a place. */
  function keepsUnits(process: FlatProcess, at: number): boolean {
    const next = process.steps[at + 1];
    return next !== undefined && ['reserve', 'choose', 'go', 'assign', 'set'].includes(next.kind);
  }
}

const histogramBytes = 8 * BUCKETS;
