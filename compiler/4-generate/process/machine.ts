/** What the steps of all processes are made with: the machine that carries an actor on, and the uses that it knows. */
import type { FlatExpression } from '../../ir/flat-expression.ts';
import type { FlatProcess, FlatUse } from '../../ir/process.ts';
import { branch, call, drop, f64, i32, label, set, when } from '../wasm/index.ts';
import type { F64, I32, Local, LocalOwner, Statement } from '../wasm/index.ts';
import { FlowTrouble } from '../../../runtime/contract/kernel.ts';
import { NOT_NEGATIVE } from './demands.ts';
import { trouble } from './flow.ts';
import type { Flow } from './flow.ts';
import { runs } from './lists.ts';
import type { Places } from './places.ts';
import { Actor, Header } from './plan.ts';
import type { Resources } from './resources.ts';
import { stores } from './stores.ts';
import { isSure } from '../draws.ts';
import { comings } from './coming.ts';
import type { Coming } from './coming.ts';
import { unitsOf } from './units.ts';
/** A step in its process. */
export interface StepPlace {
  process: FlatProcess;
  id: number;
  /** Code of the step and of the one after it. */
  code: number;
  /** Code of a step of this process. */
  codeOf: (step: number) => number;
  at: number;
  coming: Coming;
}

export interface KnownUse {
  process: FlatProcess;
  id: number;
  use: FlatUse;
  position: number;
}

export type Machine = ReturnType<typeof machineOf>;

/** Draws that are refused where there is no such distribution have their own trouble, and may give no number. */
const isNeverNegative = (of: FlatExpression): boolean =>
  of.kind === 'number'
    ? of.value >= 0
    : of.kind === 'draw' && isSure(of) && ['exponential', 'weibull', 'lognormal'].includes(of.distribution);

export function machineOf(made: Flow, places: Places, resources: Resources) {
  const { module } = made.context;
  const { flow, values } = made;
  const proceed = module.function('proceed', {
    params: { actor: 'i32', until: 'f64', most: 'i32' },
    results: ['i32'],
  });
  const { actor } = proceed.params;
  const again = label('again');
  const rest = label('rest');
  /** The actor has gone as far as it can. */
  const rests = branch(rest);
  const timed = label('timed');
  const due = proceed.local('f64', 'due');
  /** The actor goes on at a time. */
  const goesOnAt = (time: F64): Statement[] => [set(due, time), branch(timed)];
  /** Takes an actor alone as far as it can go. */
  const goes = (one: I32): Statement => drop(call<'i32'>(proceed, one, NaN, 1));
  const interrupt = module.function('interrupt', { params: { item: 'i32' } });
  const releasePending = module.function('release pending', { params: { item: 'i32' } });

  const uses: { process: FlatProcess; id: number; use: FlatUse; position: number }[] = [];
  flow.processes.forEach((process, id) =>
    process.uses.forEach((use, position) => uses.push({ process, id, use, position })),
  );
  const useNumber = (id: number, position: number): number =>
    uses.findIndex((one) => one.id === id && one.position === position) + 1;
  const store = stores(made, places);
  const readyHead = made.plan.header + Header.readyHead;
  const readyTail = made.plan.header + Header.readyTail;
  /** The first of those that can go on now, unless it is 0: then it is the first of the list. */
  const readyFirst = proceed.local('i32', 'first that is ready');
  const readied = (item: Local<'i32'>): Statement[] => [
    when(i32.or(readyFirst, i32.load(0, readyHead)), [runs(made.lists.ready, item)], [set(readyFirst, item)]),
  ];
  /** Whoever carries on later finds it in the list. */
  const readyKept: Statement[] = [
    when(readyFirst, [
      i32.store(readyFirst, i32.load(0, readyHead), Actor.next),
      when(i32.eqz(i32.load(0, readyHead)), [i32.store(0, readyFirst, readyTail)]),
      i32.store(0, readyFirst, readyHead),
    ]),
  ];
  /** The next that can go on now, or 0. */
  const nextReady: Statement[] = [
    set(actor, readyFirst),
    set(readyFirst, 0),
    when(i32.eqz(i32.or(actor, i32.eqz(i32.load(0, readyHead)))), [
      set(actor, call<'i32'>(made.lists.nextReady)),
    ]),
  ];
  /** Where the actor goes on. */
  const code = proceed.local('i32', 'code');
  /** Steps at this instant. */
  const steps = proceed.local('i32', 'steps');
  const units = unitsOf(made, resources, proceed, readied);
  const coming = flow.processes.map((process) => comings(flow, process));
  const anyPending = flow.processes.some(({ steps: all }) => all.some(({ kind }) => kind === 'finish'));

  const amount = (f: LocalOwner, name: string, process: FlatProcess, of: FlatExpression, item: I32) => {
    if (of.kind === 'number') return { statements: [], value: i32.const(Math.round(of.value)) as I32 };
    const local = f.local('i32', 'units');
    const value = values.of(name, process.loops, of, item, {
      what: 'The number of units that an item asks for',
      name: process.name,
      source: process.source,
      ...NOT_NEGATIVE,
    });
    return { statements: [set(local, i32.fromF64Saturating(f64.nearest(value)))], value: local as I32 };
  };

  /** Where each step begins; the code of the one being made. */
  const entries = Array.from({ length: made.plan.codeCount }, (_, code) => label(`step ${code}`));
  const present = { code: 0 };
  /** Steps that follow are gone on with; others by way of the table. */
  const goOn = (code: number): Statement => branch(code > present.code ? entries[code]! : again);
  /** An item that is on its way needs no code until it comes to rest: steps in which it can stay write theirs. */
  const goTo = (code: number): Statement[] => [
    ...(code > present.code ? [] : [i32.store(actor, code, Actor.code)]),
    goOn(code),
  ];

  /** The value of a time that must not be negative. */
  const checked = (
    place: StepPlace,
    of: FlatExpression,
    value: F64,
  ): { statements: Statement[]; value: Local<'f64'> } => {
    const local = proceed.local('f64', 'duration');
    if (isNeverNegative(of)) return { value: local, statements: [set(local, value)] };
    return {
      value: local,
      statements: [
        set(local, value),
        when(i32.eqz(f64.ge(local, 0)), [
          ...trouble(made, FlowTrouble.duration, place.code, i32.load(actor, Actor.instance), local),
          rests,
        ]),
      ],
    };
  };
  return {
    ...made,
    module,
    made,
    places,
    resources,
    proceed,
    actor,
    again,
    rest,
    rests,
    timed,
    due,
    goesOnAt,
    goes,
    interrupt,
    releasePending,
    uses,
    useNumber,
    store,
    units,
    coming,
    anyPending,
    amount,
    goTo,
    goOn,
    entries,
    present,
    checked,
    readied,
    readyKept,
    nextReady,
    code,
    steps,
  };
}
