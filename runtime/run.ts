/**
 * The step loop: take a step, find what ends it, look at what lies in it, commit it, let happen what is due.
 * Nothing here depends on how far a host asked to go: a step that was begun stays in flight until time passes its end.
 */
import { alikeIn } from './alike.ts';
import { createCheckpoints, UNBEGUN } from './checkpoints.ts';
import type { Checkpoint } from './checkpoints.ts';
import { createDues } from './events/due.ts';
import type { Instance } from './events/due.ts';
import { createEstimator } from './estimator/estimator.ts';
import { createFlow, shownWith } from './flow.ts';
import { createInstant } from './events/instant.ts';
import { createInFlight } from './in-flight.ts';
import { setInitial } from './initial.ts';
import { createLeaps } from './leaps.ts';
import { createLooks } from './looks.ts';
import { createNews } from './news.ts';
import { createSpans } from './spans.ts';
import { createTakeOff } from './take-off.ts';
import type { Stop, StopAt, StopReason } from './stop.ts';

import { createInputs } from './inputs.ts';
import { createJournal } from './journal.ts';
import { createLastGood } from './events/last-good.ts';
import type { Telling } from './listeners.ts';
import { createCrossings, createLocator } from './events/locate.ts';
import { createLoop } from './loop.ts';
import { Cell } from './machine.ts';
import type { Machine } from './machine.ts';
import { sensorPolicies } from './plan.ts';
import type { Plan } from './plan.ts';
import { createRebounds } from './events/rebound.ts';
import type { Rebounds } from './events/rebound.ts';
import { watchStill } from './events/still.ts';
import { bendsAlone } from './contract/sides.ts';
import { readSnapshot, snapshotParts, writeSnapshot } from './snapshot.ts';
import { watchCreeping } from './solvers/creeping.ts';
import { impossible, stepperOf } from './solvers/stepper.ts';
import { createStepWatch } from './solvers/too-long.ts';
import type { Trouble } from './trouble.ts';
import { watchZeno } from './events/zeno.ts';

/** Bytes of the journal beyond which a run without end forgets sooner. */
const MOST_BYTES = 30e6;

/** Of what was applied, beyond which what can be had again is forgotten, but for half of it. */
const MOST_AGAIN = 3e6;

/** The step loop over a machine: advance, look within steps, carry out what happens, and stop where somebody asked. */
export function createRun(machine: Machine, plan: Plan, telling: Telling) {
  const { manifest, kernel } = machine;
  const { layout } = manifest;
  const { method, duration, outputPeriod } = plan;
  const flow = createFlow(machine);
  const own = stepperOf(machine, plan);
  const stepper = flow?.free ? shownWith(flow, own) : own;
  const known = createCrossings(machine);
  const locator = createLocator(machine, own, known);
  const located = machine.crossings.length > 0 && !(method.name === 'euler' && bendsAlone(layout));
  const rebounds = located
    ? createRebounds(
        machine,
        known,
        'step' in method ? { grid: method.step, nominal: method.step } : { nominal: plan.maxStep },
      )
    : undefined;
  const inFlight = createInFlight(machine, stepper, flow);
  const { evaluateForShow, evaluateCommitted } = inFlight;
  const takeOff = createTakeOff(machine, own, stepper, located ? { known, locator, rebounds } : undefined);
  let unlikely: ReturnType<Rebounds['unlikely']> = [];
  const watch = 'step' in method ? createStepWatch(machine, method, duration) : undefined;
  const creep = flow?.free ? undefined : watchCreeping(machine, plan, () => stepper.forget());
  const leaps = createLeaps(machine, plan);
  // How far states are moved onto equations is looked at step by step.
  const loop = flow?.free || leaps !== undefined ? undefined : createLoop(machine, plan, own);
  const remembers = manifest.delays !== undefined;
  const policies = sensorPolicies(manifest);
  const inputs = createInputs(machine, plan.drives);
  const dues = createDues(machine, {
    scenario: plan.scenario,
    simulated: (sensor) => !plan.offered(sensor),
    samplePeriod: outputPeriod,
    ...(inputs === undefined ? {} : { inputs: inputs.next }),
    ...(flow === undefined ? {} : { flow: flow.next }),
    stale: (sensor, instance) =>
      plan.offered(sensor) ? policies.get(`${sensor}/${instance}`)?.stale : undefined,
  });
  const looks = createLooks(outputPeriod);
  const journal = createJournal();
  const checkpoints = createCheckpoints(plan.checkpoints, alikeIn(machine));
  const lastGood = createLastGood(machine);
  const news = createNews(machine, telling);
  const { again } = news;
  const estimator = createEstimator(machine, news.event);
  const estimates = (): boolean => estimator?.begun() === true;
  const spans = createSpans(machine, {
    loop,
    dues,
    journal,
    checkpoints,
    looks,
    telling,
    duration,
    isFollowed: estimates,
  });
  /** What is known of states has changed at the end of the step, and a text reads that: what compares it stands elsewhere now. */
  const isTold = (): boolean => manifest.estimator?.read === true && estimates();
  const hasConditions = manifest.handlers.some(({ kind }) => kind !== 'every' && kind !== 'scheduled');

  let begun = false;
  /** Conditions that came true at the time committed last. */
  let lastFired: readonly Instance[] = [];
  let trouble: Trouble | undefined;

  /** What a kernel knew of its numbers is no longer so. */
  const distrust = (): void => {
    const { address, count: handlers } = manifest.trusted ?? { address: 0, count: 0 };
    machine.numbers.fill(0, address / 8, address / 8 + handlers);
  };
  const instant = createInstant(machine, dues, {
    ...(flow === undefined ? {} : { flow: flow.now }),
    ...(inputs === undefined ? {} : { inputs }),
    ...(estimator === undefined ? {} : { estimator }),
    emit: news.event,
    sample: news.sample,
    column: news.column,
    followed: telling.followed,
    distrust,
    firing: telling.firing,
    fired: telling.fired,
    before: () => news.accepted(machine.time()),
    beforeJump: () => news.row(machine.time(), 'before'),
  });

  const stopBy = (found: Trouble): Trouble => {
    news.tooLong(watch?.verdict());
    trouble = found;
    news.trouble(found);
    return found;
  };

  /**
   * Where to begin anew should samples come to nothing. What they change is too much to be kept each time; what others hear of each time
   * must not be told again.
   */
  const lastBefore = (time: number): Checkpoint | undefined => {
    if (again.isCareful(time) || telling.followed()) return undefined;
    const checkpoint = checkpoints.before(time, true);
    if (checkpoint === undefined || checkpoint.time === UNBEGUN) return undefined;
    return checkpoint.time >= journal.heldFrom() ? checkpoint : undefined;
  };
  /** An instant has come to nothing, and memory holds a state from before. */
  let goesBack = false;

  /** Everything that happens at the committed time. `own`: also what is due, not only what was set after that. */
  const happen = (own: boolean, crossed: boolean, atKink = false): Trouble | undefined => {
    const time = machine.time();
    const isOpen = journal.next() <= time;
    const entries = journal.take(time, !own);
    const plain = entries.every(({ kind }) => kind === 'column');
    if (!plain) distrust();
    const loggedBefore = news.logged();
    again.begin();
    const checkpoint = plain && entries.length > 0 ? lastBefore(time) : undefined;
    if (checkpoint === undefined) lastGood.take(isOpen);
    const back = (found: Trouble): Trouble | undefined => {
      if (checkpoint !== undefined) {
        news.unlog(loggedBefore);
        again.from(time);
        goesBack = true;
        load(checkpoint.state);
        journal.rewind(checkpoint.time);
        applyAfter();
        return undefined;
      }
      lastGood.putBack();
      distrust();
      machine.status.fill(0);
      evaluateForShow();
      return stopBy(found);
    };
    const result = instant.run(entries, own);
    if ('code' in result) return back(result);
    if (result.fired || !result.plain) distrust();
    if (result.changed) stepper.disturb();
    if (remembers && (result.changed || result.waiting || crossed))
      kernel.remember(result.changed || crossed ? 1 : 0);
    if (result.changed || result.waiting) {
      let wrong = result.sound ? undefined : (machine.fault() ?? machine.unsolved());
      if (result.plain && manifest.alone === true) dues.look(true);
      else wrong ??= dues.refresh();
      if (wrong !== undefined) return back(wrong);
    }
    lastFired = result.conditions;
    const unseen = unlikely.find((one) =>
      lastFired.some(({ which, instance }) => which === one.which && instance === one.instance),
    );
    if (unseen !== undefined) return back(unseen.trouble);
    if (crossed) {
      const accumulating = watchZeno(machine, plan.span, result.conditions);
      if (accumulating !== undefined) return stopBy(accumulating);
    }
    if (result.jumped) news.row(time, 'after');
    if (located) locator.committed(time, true, atKink);
    news.accepted(time);
    return undefined;
  };

  /** What was set from outside after all else at the committed time; more than once when time is gone over again. */
  const applyAfter = (): Trouble | undefined => {
    if (!begun) return undefined;
    while (journal.next() <= machine.time()) {
      const found = happen(false, false);
      if (found !== undefined) return found;
      telling.upTo(machine.time());
    }
    return undefined;
  };

  const arrived = (): Trouble | undefined => {
    const time = machine.time();
    inFlight.arrive();
    if (watch !== undefined && telling.heard())
      news.tooLong(time < duration ? watch.look(Math.min(dues.next(), duration)) : watch.verdict());
    telling.upTo(time);
    if (checkpoints.due(time)) {
      checkpoints.add(time, snapshotParts(machine, known, plan.scenario, time));
      journal.forgetBefore(checkpoints.oldest());
      // A flood of samples is kept for a shorter time, so that memory stays bounded whatever comes in.
      while (plan.checkpoints.keep === 'recent' && journal.bytes() > MOST_BYTES && checkpoints.dropOldest())
        journal.forgetBefore(checkpoints.oldest());
    }
    if (plan.checkpoints.again) journal.forgetMeasured(MOST_AGAIN, time);
    return applyAfter();
  };

  /** Conditions that no crossing function follows are noticed at the end of the step; `happen` will find them again. */
  const conditionsChanged = (): boolean => {
    if (!hasConditions) return false;
    const changes = kernel.detect(0);
    for (let i = 0; i < changes; i += 1) {
      const entry = machine.queue[2 * i + 1]!;
      machine.truths[manifest.handlers[machine.queue[2 * i]!]!.offset + (entry >> 1)] = 1 - (entry & 1);
    }
    return changes > 0;
  };

  /** So many steps were committed: whether they get anywhere. */
  const creeps = (taken: number): Trouble | undefined => {
    const found = creep?.took(taken, () => Math.min(dues.next(), duration));
    if (found === undefined) return undefined;
    inFlight.arrive();
    return stopBy(found);
  };

  /** What is not known of the states spreads over the step in flight, up to `to`. */
  const passed = (from: number, to: number): Trouble | undefined => {
    inFlight.show(from + (to - from) / 2);
    const found = estimator?.pass(to - from);
    if (found === undefined) return undefined;
    inFlight.ground();
    inFlight.arrive();
    return found;
  };

  /** Makes `time`, in the step in flight, the committed time. */
  const commit = (time: number): Trouble | undefined => {
    const { from, to, whole, crossed, atKink: endsAtKink } = inFlight.step!;
    const atKink = endsAtKink && time === to;
    const complete = whole && time === to;
    const atCrossing = crossed && time === to;
    const wrong = (estimates() ? passed(from, time) : undefined) ?? inFlight.land(time);
    if (wrong !== undefined) return stopBy(wrong);
    takeOff.settle();
    stepper.settle(time, complete);
    const before = news.rows();
    lastFired = [];
    unlikely =
      atCrossing && own.straight === true ? (rebounds?.unlikely(() => stepper.show(time)) ?? []) : [];
    if (unlikely.length > 0) evaluateForShow();
    if (atCrossing || dues.next() <= time || journal.next() <= time || isTold() || conditionsChanged()) {
      const found = happen(true, atCrossing, atKink);
      if (goesBack) {
        goesBack = false;
        return undefined;
      }
      if (found !== undefined) {
        inFlight.arrive();
        return found;
      }
    } else {
      if (located) locator.committed(from, !complete && !atKink, atKink);
      news.accepted(time);
    }
    if (news.rows() === before && looks.isRow(time)) news.row(time, 'only');
    own.took?.(1);
    const still = watchStill(machine, from, lastFired, dues.ticks);
    if (still !== undefined) return stopBy(still);
    return creeps(1) ?? arrived();
  };

  const noStep = (trouble: Trouble): Trouble => {
    machine.status.fill(0);
    evaluateCommitted();
    return stopBy(trouble);
  };

  /** Where nothing but a flow goes on, its steps end at rows: so its troubles are told about when they come. */
  const nextRow = (from: number): number => {
    if (!flow?.free || machine.states.length > 0) return Infinity;
    const row = (Math.floor(from / outputPeriod) + 1) * outputPeriod;
    return row > from ? row : row + outputPeriod;
  };

  /** Takes the next step from the committed state and finds out where it ends. */
  const beginFlight = (): Trouble | undefined => {
    const from = machine.time();
    leaps?.begin();
    const due = Math.min(dues.next(), duration, nextRow(from));
    const bend = manifest.limited === true ? kernel.limit() : Infinity;
    const taken = takeOff.step(bend > from && bend < due ? bend : due);
    const leap = taken.flight && leaps?.found(from, taken.flight.to);
    if (leap !== undefined) {
      stepper.withdraw();
      return noStep(leap);
    }
    inFlight.begin(taken);
    return taken.trouble === undefined ? undefined : noStep(taken.trouble);
  };

  /** Output rows and extra times in the step in flight that were not told yet, before `stop`, or up to it. */
  const look = (stop: number, including: boolean): void => {
    if (!telling.any()) return;
    const start = inFlight.step!.from;
    const from = Math.max(start, telling.time());
    const wanted = (time: number): boolean =>
      time > start && !telling.silent(time) && (time < stop || (including && time === stop));
    for (const time of looks.among(from, stop, wanted)) {
      inFlight.show(time);
      if (looks.isRow(time)) news.row(time, 'only');
      news.accepted(time);
      telling.upTo(time);
    }
  };

  /** The first instant, at time 0. */
  const begin = (): void => {
    if (checkpoints.keeps && checkpoints.isEmpty())
      checkpoints.add(UNBEGUN, snapshotParts(machine, known, plan.scenario, 0));
    begun = true;
    if (trouble !== undefined) return;
    for (const event of moved) news.event(event);
    const before = news.rows();
    if (located) {
      kernel.crossings();
      kernel.sides?.(0);
      known.begin.set(machine.crossings);
    }
    if (happen(true, false) !== undefined) return;
    if (news.rows() === before) news.row(0, 'only');
    arrived();
  };

  /** Set when somebody else could take no step here. */
  let declined = false;

  /** After steps that somebody else took: those of a kernel that locates nothing all advance time, and one that does counts others itself. */
  const advanced = (): void => {
    if (!located) machine.cells[Cell.still] = 0;
  };

  /** Takes steps in which nothing happens, from the committed state; returns how many. */
  const hurry = (goal: number, most: number, heard: boolean): number => {
    const span = spans.forKernel(goal, Math.min(most, creep?.room() ?? Infinity), heard);
    if (loop === undefined || span === undefined) return 0;
    const taken = loop.run(span);
    inFlight.caughtUp();
    if (taken === 0) return 0;
    stepper.forget();
    advanced();
    if (!span.heard) dues.look();
    own.took?.(loop.counted() ? 0 : taken);
    if (creeps(taken) === undefined) arrived();
    return taken;
  };

  /** Runs to a time, or to the first thing asked for before it. Everything due at `until` has happened then. */
  const advance = (until: number, stopAt: StopAt = {}): Stop => {
    const starts = !begun;
    if (starts) begin();
    const goal = Math.min(until, duration);
    const stop = (reason: StopReason): Stop => ({ reason, time: inFlight.shown });
    if (starts && stopAt.asked?.() === true) return stop('asked');
    let steps = 0;
    const loggedBefore = news.logged();
    while (trouble === undefined) {
      const rowsBefore = news.rows();
      const flying = inFlight.step;
      if (
        flying !== undefined &&
        stopAt.row !== true &&
        stopAt.event !== true &&
        spans.mayRetake(flying, goal)
      )
        inFlight.ground();
      if (inFlight.step === undefined) {
        if (machine.time() >= goal) {
          inFlight.arrive();
          return stop(machine.time() >= duration && until >= duration ? 'end' : 'reached');
        }
        const isAgain = again.isBefore(machine.time());
        const span = stopAt.handOver === true && !declined && !isAgain ? spans.forOthers(goal) : undefined;
        if (span !== undefined) return { reason: 'handedOver', time: machine.time(), span };
        declined = false;
        const most = isAgain ? Infinity : (stopAt.steps ?? Infinity) - steps;
        const taken = stopAt.row === true ? 0 : hurry(goal, most, stopAt.event === true);
        if (taken > 0 && isAgain) continue;
        steps += taken;
        if (taken > 0) {
          if (steps >= (stopAt.steps ?? Infinity) && machine.time() < goal) return stop('steps');
          continue;
        }
        if (beginFlight() !== undefined) break;
      }
      const end = Math.min(inFlight.step!.to, journal.next());
      if (end > goal) {
        if (goal >= inFlight.shown) {
          look(goal, true);
          inFlight.show(goal);
        }
        return stop('reached');
      }
      look(end, false);
      if (commit(end) !== undefined) break;
      if (again.isBefore(machine.time())) continue;
      steps += 1;
      if (stopAt.asked?.() === true) return stop('asked');
      if (stopAt.event === true && news.logged() > loggedBefore) return stop('event');
      if (stopAt.row === true && news.rows() > rowsBefore) return stop('row');
      if (stopAt.steps !== undefined && steps >= stopAt.steps && machine.time() < goal) return stop('steps');
    }
    return stop('trouble');
  };

  /** Puts a state into memory and drops what belonged to another. `isBegun`: its first instant has happened. */
  const load = (bytes: Uint8Array, isBegun = true): string | undefined => {
    const result = readSnapshot(machine, known, plan.scenario, bytes);
    if (typeof result === 'string') return result;
    distrust();
    begun = isBegun;
    trouble = undefined;
    inFlight.replace(result.shown);
    dues.refresh();
    return undefined;
  };

  const moved = setInitial(machine, plan, inputs);
  const wrong =
    impossible(machine, plan) ??
    machine.unsolved() ??
    machine.given(true) ??
    flow?.begun() ??
    machine.evaluate() ??
    machine.fault() ??
    dues.begin() ??
    dues.refresh();
  if (wrong !== undefined) stopBy(wrong);
  else kernel.detect(1);

  return {
    journal,
    checkpoints,
    policies,
    advance,
    /** After `handedOver`: memory holds the state after so many steps, evaluated. */
    landed: (taken: number): void => {
      declined = taken === 0;
      if (declined) return;
      stepper.forget();
      advanced();
      arrived();
    },
    load,
    /** The state that was loaded is that of a run that had stopped. */
    stop: (found: Trouble): void => {
      trouble = found;
      news.trouble(found);
    },
    applyAfter,
    begin: (): void => {
      if (!begun) begin();
    },
    land: (): void => {
      if (inFlight.step !== undefined && inFlight.shown > inFlight.step.from) commit(inFlight.shown);
    },
    begun: (): boolean => begun,
    inFlight: (): boolean => inFlight.step !== undefined,
    shown: (): number => inFlight.shown,
    committed: (): number => inFlight.step?.from ?? machine.time(),
    trouble: (): Trouble | undefined => trouble,
    ground: inFlight.ground,
    atCommitted: inFlight.atCommitted,
    snapshot: (): Uint8Array => writeSnapshot(machine, known, plan.scenario, inFlight.shown),
    observeAt: looks.add,
  };
}
