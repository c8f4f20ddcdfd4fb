/** Belts: items ride from one end to the other, and leave it one after the other. */
import type { FlatPlace, FlatStep } from '../../ir/process.ts';
import { f64, i32, set, when } from '../wasm/index.ts';
import type { I32, Statement } from '../wasm/index.ts';
import { demanded } from './demands.ts';
import type { Demand } from './demands.ts';
import { beltAt } from './flow.ts';
import { runs } from './lists.ts';
import type { Machine, StepPlace } from './machine.ts';
import { Actor, Item, Place } from './plan.ts';

export function riding({
  made,
  context,
  flow,
  lists,
  measures,
  proceed,
  actor,
  rests,
  goesOnAt,
  goTo,
}: Machine) {
  const { now } = measures;
  /** A belt that stands still, or has no speed, brings nothing to its end. */
  const moves = ({ process, at }: StepPlace, { id }: FlatPlace, belt: I32): Statement[] => {
    const { travel } = flow.belts[id]!;
    if (travel.kind === 'number') return [];
    const { text, source } = process.steps[at]!;
    const time = proceed.local('f64', 'time on the belt');
    const demand: Demand = {
      what: `The time that an item rides in '${text}'`,
      name: process.name,
      source,
      low: 0,
      high: Number.MAX_VALUE,
      is: 'time',
    };
    return [
      set(time, f64.add(f64.load(belt, Place.travel), f64.load(belt, Place.headway))),
      demanded(context, process.loops, demand, time, i32.load(actor, Actor.instance)),
    ];
  };

  const ride = ({ process, code }: StepPlace, step: FlatStep & { kind: 'ride' }): Statement[] => {
    const [there] = proceed.named('i32', 'belt');
    return [
      set(there, beltAt(made, process, step.place, actor)),
      i32.store(actor, i32.load(there, Place.on), Item.unit),
      i32.store(there, i32.add(i32.load(there, Place.on), 1), Place.on),
      i32.store(actor, code + 1, Actor.code),
      ...goesOnAt(f64.add(now(), f64.load(there, Place.travel))),
    ];
  };
  const alight = ({ process, code }: StepPlace, step: FlatStep & { kind: 'alight' }): Statement[] => {
    const [there] = proceed.named('i32', 'belt');
    const free = proceed.local('f64', 'end is free');
    return [
      set(there, beltAt(made, process, step.place, actor)),
      when(i32.ne(i32.load(actor, Item.unit), i32.load(there, Place.off)), [
        runs(lists.append, i32.add(there, Place.riders), actor),
        rests,
      ]),
      set(free, f64.add(f64.load(there, Place.lastOff), f64.load(there, Place.headway))),
      when(i32.and(i32.ne(i32.load(there, Place.off), 0), f64.lt(now(), free)), [...goesOnAt(free)]),
      ...goTo(code + 1),
    ];
  };
  return { moves, ride, alight };
}
