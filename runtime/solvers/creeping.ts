/**
 * Adaptive steps that get nowhere. Beyond the end of what its equations have a solution for (`der(r) = -1 / r` where r has become 0) a run goes on by a
 * noise of the size of the tolerance, in steps so short that nobody would see their end. Now and then, where steps have become very much shorter than
 * the run so far was, it is tried how far some of them go, and how many it would take with a smaller tolerance: of a solution a method of any order takes
 * a few times as many, of noise as many times more as the tolerance is smaller, or the square of that.
 */
import { afterStep, forAnotherTry, LEAST_ERROR } from '../contract/step-length.ts';
import { AHEAD } from '../contract/sides.ts';
import { smallestStep, tsitouras } from './adaptive.ts';
import type { TrialMethod } from './adaptive.ts';
import { rodas } from './implicit.ts';
import { chattering } from '../events/zeno.ts';
import { Cell } from '../machine.ts';
import type { Machine } from '../machine.ts';
import type { Plan } from '../plan.ts';
import { stateAt } from '../state-at.ts';
import { plain, timeText } from '../trouble.ts';
import type { Trouble } from '../trouble.ts';

/** Steps between two looks, at least and at most: what was found to be sound is looked at half as often. */
const LEAST_LOOK = 4096;
const MOST_LOOK = 65_536;
/** Steps are suspected that went less far together than this share of the time before them. */
const SLOW = 0.05;
/** And only those that are shorter than this share of the longest one. */
const SHORT = 1e-3;
/** Steps that are tried with the run's own tolerance. */
const TRIED = 32;
/** What moves further in them than so many tolerances gets somewhere. */
const MOST_MOVED = 1000;
/** What the tolerance is divided by for the others, and the least that digits allow. */
const MOST_RATIO = 1000;
const LEAST_RATIO = 100;
const LEAST_TOLERANCE = 1e-13;

export interface CreepWatch {
  /** How many steps may be taken before it looks. */
  room(): number;
  /** Call where so many were committed, at the committed time with everything evaluated. `due` (s): when something is to happen. */
  took(steps: number, due: () => number): Trouble | undefined;
}

/** Undefined where steps are of one length. What it counts lies in saved cells. `forget`: what the method knows of the step before is gone. */
export function watchCreeping(machine: Machine, plan: Plan, forget: () => void): CreepWatch | undefined {
  const { method, maxStep } = plan;
  if ('step' in method || machine.states.length === 0) return undefined;
  const { cells } = machine;
  const explicit = tsitouras(machine);
  const implicit = machine.kernel.rodasTry === undefined ? undefined : rodas(machine);
  const inUse = (): TrialMethod =>
    implicit !== undefined && (method.name === 'auto' ? cells[Cell.implicit] === 1 : method.name !== 'tsit5')
      ? implicit
      : explicit;
  const length = (): number => cells[Cell.lookLength]! || LEAST_LOOK;
  return {
    room: () => length() - cells[Cell.lookSteps]!,
    took: (steps, due) => {
      cells[Cell.lookSteps]! += steps;
      if (cells[Cell.lookSteps]! < length()) return undefined;
      const [from, to, count] = [cells[Cell.lookFrom]!, machine.time(), cells[Cell.lookSteps]!];
      cells[Cell.lookSteps] = 0;
      cells[Cell.lookFrom] = to;
      // What events do is theirs to tell (`events/zeno.ts`).
      const isEventful = cells[Cell.lastCrossing]! > from || cells[Cell.lastSilent]! > from;
      const isSlow = !isEventful && to - from < SLOW * from;
      cells[Cell.lookLength] = isSlow ? Math.min(2 * length(), MOST_LOOK) : LEAST_LOOK;
      if (!isSlow) return undefined;
      const stuck = creeps(machine, inUse(), { tolerance: method.tolerance, maxStep, until: due() });
      forget();
      if (stuck === 'slides') return chattering(machine);
      return stuck === undefined ? undefined : creeping(machine, stuck, { from, count });
    },
  };
}

interface Trial {
  tolerance: number;
  /** s */
  maxStep: number;
  /** s: something happens then. */
  until: number;
}

/**
 * The state that steps are short for, by its position, where they get nowhere; `slides` where they do not get over a condition that is driven back to from
 * either side; undefined where they get on, or it cannot be told. Leaves memory as it was.
 */
function creeps(
  machine: Machine,
  method: TrialMethod,
  { tolerance, maxStep, until }: Trial,
): number | 'slides' | undefined {
  const { cells, states, iterated, crossings, absoluteTolerances, derivatives, kernel, status } = machine;
  const finest = Math.min(MOST_RATIO, tolerance / LEAST_TOLERANCE);
  const step = cells[Cell.stepSize]!;
  if (finest < LEAST_RATIO || !(step > 0) || !(step < SHORT * maxStep)) return undefined;
  const kept = [cells, states, iterated, crossings, absoluteTolerances].map(
    (of) => [of, of.slice()] as const,
  );
  const from = machine.time();
  const putBack = (): void => {
    for (const [of, numbers] of kept) of.set(numbers);
    machine.setTime(from);
    status.fill(0);
  };
  const start = states.slice();
  const width = absoluteTolerances.map((own, i) => MOST_MOVED * (own + tolerance * Math.abs(start[i]!)));
  const signs = crossings.length > 0 ? crossings.map(Math.sign) : undefined;
  let crossed = -1;
  let fastest = 0;
  /** Where rates are high for the tolerance, and whether all stay near where they were, on the same side of all conditions. */
  const staysNear = (): boolean => {
    for (let i = 0; i < states.length; i += 1)
      if (!(Math.abs(states[i]! - start[i]!) <= width[i]!)) return false;
    if (signs === undefined) return true;
    machine.evaluate();
    status.fill(0);
    kernel.crossings();
    crossed = signs.findIndex((sign, i) => sign !== Math.sign(crossings[i]!));
    return crossed < 0;
  };
  derivatives.forEach((rate, i) => {
    if (
      Math.abs(rate) / absoluteTolerances[i]! >
      Math.abs(derivatives[fastest]!) / absoluteTolerances[fastest]!
    )
      fastest = i;
  });
  const own = go(machine, method, { tolerance, maxStep, until, step, most: TRIED, each: staysNear });
  if (crossed >= 0) {
    const ahead = AHEAD * (own.to - from);
    const beyond = leadsToZero(machine, crossed, ahead);
    putBack();
    const before = leadsToZero(machine, crossed, ahead);
    putBack();
    return beyond && before ? 'slides' : undefined;
  }
  putBack();
  if (own.accepted < TRIED || own.to === until) return undefined;
  // With the finest tolerance alone it may be that digits are too few.
  for (const ratio of [finest, LEAST_RATIO]) {
    for (let i = 0; i < absoluteTolerances.length; i += 1) absoluteTolerances[i]! /= ratio;
    // Of order 1 it takes the square root of the ratio; of noise it takes the ratio itself or its square. Between these lies its power of 3/4.
    const root = Math.sqrt(ratio);
    const again = go(machine, method, {
      tolerance: tolerance / ratio,
      maxStep,
      until: own.to,
      step: (own.to - from) / TRIED / 4,
      most: TRIED * root * Math.sqrt(root),
      each: () => true,
    });
    putBack();
    if (again.to === own.to) return undefined;
  }
  return fastest;
}

/** Whether the rates at the state in memory lead a crossing function to zero. Leaves memory `ahead` (s) of it. */
function leadsToZero(machine: Machine, which: number, ahead: number): boolean {
  const { states, derivatives, crossings, kernel } = machine;
  machine.evaluate();
  kernel.crossings();
  const now = crossings[which]!;
  for (let i = 0; i < states.length; i += 1) states[i]! += ahead * derivatives[i]!;
  machine.setTime(machine.time() + ahead);
  machine.evaluate();
  kernel.crossings();
  return now * (crossings[which]! - now) < 0;
}

/** Steps from the state in memory; how many were accepted of at most so many that were tried, and where they ended. It ends where `each` says no, too. */
function go(
  machine: Machine,
  method: TrialMethod,
  asked: Trial & { step: number; most: number; each: () => boolean },
): { accepted: number; to: number } {
  const { tolerance, maxStep, until, most, each } = asked;
  let { step } = asked;
  const start = machine.iterates ? machine.iterated.slice() : undefined;
  let [accepted, last, at] = [0, 1, machine.time()];
  // Those that are taken back count as well: an end is certain.
  for (let tries = 0; tries < 4 * most && accepted < most && at < until; tries += 1) {
    const to = at + step >= until ? until : at + step;
    const taken = to - at;
    if (taken <= smallestStep(at)) break;
    const error = method.attempt(at, taken, tolerance, 'nothing');
    if (error <= 1) {
      machine.setTime(to);
      machine.project();
    }
    if (machine.unsolved() === undefined && error <= 1) {
      accepted += 1;
      at = to;
      step = Math.min(maxStep, afterStep(taken, error, last));
      last = Math.max(error, LEAST_ERROR);
      start?.set(machine.iterated);
      if (!each()) break;
      continue;
    }
    method.restore();
    machine.setTime(at);
    if (start !== undefined) machine.iterated.set(start);
    step = forAnotherTry(taken, error > 1 ? error : Infinity);
  }
  return { accepted, to: at };
}

function creeping(
  machine: Machine,
  position: number,
  { from, count }: { from: number; count: number },
): Trouble {
  const { manifest } = machine;
  const time = machine.time();
  const state = stateAt(manifest, position);
  const rate = manifest.variables.find(
    ({ role, name }) => role === 'derivative' && name === `der(${state?.variable.name})`,
  );
  const source = rate?.source ?? state?.variable.source;
  const name = state?.name ?? 'a state';
  return {
    code: 'PX9005',
    message:
      `The run of ${manifest.name} gets nowhere at t = ${timeText(time)}: its last ${count.toLocaleString('en')} steps went ${plain(time - from)} s, and smaller errors would only make them shorter. ` +
      `The equation of ${name}${source === undefined ? '' : ` in line ${source.line}`} seems to have no solution from here on: look for what it divides by, or takes a root or logarithm of, and that has come to zero; ` +
      'end the run there, or say what holds from then on (a condition, a mode, a limit).',
    time,
    ...(source === undefined ? {} : { source }),
  };
}
