/** A program under a debugger: goes from stop to stop, forward and back. Knows nothing of the protocol. */
import type { SourceRange } from '../runtime/contract/manifest.ts';
import { handlerName } from '../runtime/describe.ts';
import { createMachine } from '../runtime/machine.ts';
import type { Machine } from '../runtime/machine.ts';
import { indexOf } from '../runtime/contract/elements.ts';
import { elementName } from '../runtime/names.ts';
import { runTest } from '../runtime/run-test.ts';
import { timeText } from '../runtime/trouble.ts';
import type { RunEvent, TwinSettings } from '../runtime/twin.ts';
import { assignable, type Evaluated } from './assignable.ts';
import { filterReasons, stopsOf } from './breakpoints.ts';
import type { Reason, Stopper } from './breakpoints.ts';
import { isInternal } from './places.ts';
import { CannotDebug, putInto } from './program.ts';
import type { Asked, Moment, Program } from './program.ts';
import type { Verdict } from './protocol.ts';
import { createTravel, isBefore, justBefore } from './travel.ts';
import { createStops } from './stops.ts';
import type { Hit } from './stops.ts';
import type { Firing, Place, Travel } from './travel.ts';
import { ownerOf, textOf } from './variables.ts';
import type { Element } from './variables.ts';
import { whyFires, whyIs } from './why.ts';
import type { Cause } from './why.ts';

export interface DebugOptions {
  scenario?: number;
  test?: number;
  seed?: number;
  settings?: TwinSettings;
  /** Something was logged by the run, or by a log point. */
  say: (text: string, source?: SourceRange) => void;
  /** The run of a test has ended. */
  verdict?: (verdict: Verdict) => void;
}

/** Why the run stands where it stands. */
export interface Stopped {
  reason: 'entry' | 'breakpoint' | 'step' | 'data' | 'requirement' | 'trouble' | 'end' | 'pause' | 'goto';
  description: string;
  stoppers: readonly number[];
  /** The step of a process that an item has come to; the requirement that fails. */
  step?: { name: string; source: SourceRange };
}

/** A piece of work that can be interrupted between two of its steps. */
export type Work = Generator<void, Stopped>;

/** Work that is one step. */
function* atOnce(act: () => Stopped): Work {
  yield;
  return act();
}

const NONE: readonly number[] = [];

export function createDebugger(program: Program, options: DebugOptions) {
  const { artefact } = program;
  const { manifest } = artefact;
  const kernel = program.kernel();
  const viewer: Machine = createMachine(manifest, kernel());
  let stoppers: readonly Stopper[] = [];
  /** How far the run has been. */
  let frontier: Place = { time: 0, index: 0 };
  let looked: Moment | undefined;
  /** What was logged by instants that are only partly gone through yet. */
  let unsaid: RunEvent[] = [];
  const travel: Travel = createTravel({
    manifest,
    kernel,
    ...(options.scenario === undefined ? {} : { scenario: options.scenario }),
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    settings: options.settings ?? {},
    event: (event) => unsaid.push(event),
    revised: (time) => {
      for (const stopper of stoppers) stopper.hits = stopper.hits.filter((hit) => hit.time < time);
      frontier = { time, index: 0 };
      unsaid = unsaid.filter((event) => event.time < time);
    },
  });

  const view = (): Machine => {
    const moment = travel.moment();
    if (looked !== moment) putInto(viewer, moment);
    looked = moment;
    return viewer;
  };
  const significant = ({ handler }: Firing): boolean => !isInternal(manifest, manifest.handlers[handler]!);
  const ownerPath = ({ handler, instance }: Pick<Firing, 'handler' | 'instance'>): string => {
    const { name, dims } = manifest.handlers[handler]!;
    return ownerOf(manifest, name, indexOf(dims, instance)).path;
  };
  const nameOf = (firing: Firing): string => handlerName(manifest, firing.handler, firing.instance);
  const stopped = (reason: Stopped['reason'], description: string, ids = NONE): Stopped => {
    const place = travel.place();
    if (isBefore(frontier, place)) frontier = place;
    const said = unsaid.filter(
      ({ time }) => time < place.time || (time === place.time && place.index === 'end'),
    );
    unsaid = unsaid.filter((event) => !said.includes(event));
    for (const event of said) options.say(eventLine(event), event.source);
    return { reason, description, stoppers: ids };
  };
  const atFiring = (reason: Stopped['reason']): Stopped => {
    const firing = travel.firing();
    return stopped(reason, firing === undefined ? `t = ${timeText(travel.place().time)}` : nameOf(firing));
  };
  const ended = (): Stopped => {
    const trouble = travel.twin().trouble();
    if (trouble !== undefined) return stopped('trouble', trouble.message);
    if (options.test !== undefined) judge();
    return stopped('end', `the run has ended at t = ${timeText(travel.place().time)}`);
  };
  let isJudged = false;
  /** The verdict on the test, of a run that nobody has changed. */
  const judge = (): void => {
    if (isJudged) return;
    isJudged = true;
    const test = manifest.tests[options.test!]!;
    const result = runTest(manifest, kernel, test, {
      ...(options.settings === undefined ? {} : { settings: options.settings }),
      ...(options.seed === undefined ? {} : { seed: options.seed }),
    });
    for (const { holds: good, message, source } of result.requirements)
      options.say(`${good ? '✓' : '✗'} ${message}`, source);
    options.verdict?.({
      passed: result.holds,
      failures: result.requirements
        .filter(({ holds: good }) => !good)
        .map(({ message, source: { line, column } }) => ({ message, line, column })),
    });
  };

  const valueIn = ({ variable, element }: Element): number => view().read(variable, element);
  const stops = createStops({ program, travel, ownerPath, stoppers: () => stoppers, say: options.say });

  /** The step of a process that an item has come to. */
  const stepOf = (codes: ReadonlySet<number>): Stopped['step'] => {
    const [code = -1] = codes;
    const process = manifest.flow?.processes.findLast(({ firstCode }) => firstCode <= code);
    const step = process?.steps[code - process.firstCode];
    return step && { name: `${process.name}: ${step.text}`, source: step.source };
  };

  const hitText = ({ stopper, place }: Hit): Stopped => {
    const { reason, id } = stopper;
    if (reason.kind === 'requirement')
      return {
        ...stopped('requirement', `fails: ${reason.text}`, [id]),
        step: { name: reason.text, source: reason.source },
      };
    if (reason.kind === 'handlers' && place.index !== 'end')
      return { ...atFiring('breakpoint'), stoppers: [id] };
    if (reason.kind === 'handlers') {
      const step = stepOf(reason.codes);
      return { ...stopped('breakpoint', reason.description, [id]), ...(step === undefined ? {} : { step }) };
    }
    const firing = travel.firing();
    const change = firing?.changes.find(
      (one) => one.variable === reason.variable && one.element === reason.element,
    );
    const text =
      change === undefined || place.index === 'end'
        ? `${reason.name} = ${textOf(manifest, reason.variable, valueIn(reason))}`
        : `${nameOf(firing!)} sets ${reason.name} from ${textOf(manifest, reason.variable, change.before)} to ${textOf(manifest, reason.variable, change.after)}`;
    return stopped('data', text, [id]);
  };

  /** Firings of this instant that are still to come. */
  const rest = (): readonly Firing[] => {
    const { time, index } = travel.place();
    return index === 'end' ? [] : travel.instantAt(time).filter((one) => one.index > index);
  };

  function* forward(until: number, wanted: (hit: Hit) => boolean): Generator<void, Hit | 'end' | 'there'> {
    const { time } = travel.place();
    const among = stops.among(rest(), wanted);
    if (among !== undefined) {
      travel.goTo(among.place);
      return among;
    }
    travel.goTo({ time, index: 'end' });
    for (;;) {
      const watcher = stops.watching(wanted);
      watcher.begin();
      const halt = yield* travel.run(until, watcher);
      if (halt !== 'there') return 'end';
      const hit = watcher.refine();
      if (hit !== undefined) return hit;
      if (travel.place().time >= until) return 'there';
    }
  }

  /** Finds the hits of what was set late, by going through all of it again. */
  function* fillGaps(): Generator<void, void> {
    if (!stoppers.some(({ hasGap }) => hasGap)) return;
    const here = travel.place();
    const { time } = frontier;
    const all = stoppers;
    const late = all.filter(({ hasGap }) => hasGap);
    stoppers = late.map((one) => ({ ...one, log: undefined }));
    try {
      travel.goTo({ time: 0, index: 0 });
      stops.among(travel.instantAt(0), () => false);
      stops.passedAtStart(() => false);
      travel.goTo({ time: 0, index: 'end' });
      yield* forward(time, () => false);
      late.forEach((one, at) => {
        one.hits = stoppers[at]!.hits;
        one.hasGap = false;
      });
    } finally {
      stoppers = all;
      travel.goTo(here);
    }
  }

  /** The last time in (from, here) at which an item came to a step. */
  function* lastItem(
    from: number,
    { time: here }: Place,
  ): Generator<void, { time: number; codes: number[] } | undefined> {
    const until = here > 0 ? justBefore(here) : 0;
    for (let width = travel.twin().outputPeriod; until > from; width *= 8) {
      const first = Math.max(from, here - width);
      travel.goTo({ time: first, index: 'end' });
      stops.takePassed();
      let found: { time: number; codes: number[] } | undefined;
      yield* travel.run(until, {
        atItems: true,
        reached: (time) => {
          const codes = stops.takePassed();
          if (codes.length > 0) found = { time, codes };
          return undefined;
        },
      });
      if (found !== undefined || first <= from) return found;
    }
    return undefined;
  }

  const start = (): Place => ({ time: 0, index: travel.instantAt(0).length > 0 ? 0 : 'end' });

  // ── values ────────────────────────────────────────────────────────────────────────────────────────

  const evaluate = (asked: Asked): Evaluated | string => {
    const observer = program.observe([asked]);
    if (typeof observer === 'string') return observer;
    observer.at(travel.moment());
    const { text, numbers, probe } = observer.value(0);
    return { text, numbers, base: probe.base };
  };
  /** Gives a value, said in the twin language, to a variable. Returns what is wrong, in words. */
  const assign = (element: Element, text: string): string | undefined => {
    const value = assignable(manifest, element, text, evaluate);
    if (typeof value === 'string') return value;
    const wrong = travel.change(element.variable, element.element, value);
    isJudged = isJudged || wrong === undefined;
    return wrong;
  };
  const known = () => ({
    manifest,
    system: program.system,
    texts: program.texts,
    history: travel.history(),
    isForgotten: travel.isForgotten(),
    read: valueIn,
    ...(options.scenario === undefined ? {} : { scenario: options.scenario }),
  });

  return {
    program,
    manifest,
    view,
    travel,
    evaluate,
    assign,
    significant,
    nameOf,
    ownerPath,
    scenario: options.scenario,
    test: options.test,
    setStoppers: (all: readonly Stopper[]): void => {
      stoppers = all;
    },
    stoppers: (): readonly Stopper[] => stoppers,
    /** Whether the run has been anywhere yet. */
    hasBegun: (): boolean => frontier.time > 0 || frontier.index !== 0,
    begin: (): Stopped => {
      travel.begin();
      stops.begun();
      return stopped('entry', 'before anything has happened');
    },
    /** From the very start: what fires at time 0 may stop it, too. */
    *launch(): Work {
      travel.begin();
      stops.begun();
      const among = stops.among(travel.instantAt(0), () => true) ?? stops.passedAtStart(() => true);
      if (among !== undefined) {
        travel.goTo(among.place);
        return hitText(among);
      }
      travel.goTo({ time: 0, index: 'end' });
      return yield* this.resume();
    },
    *resume(): Work {
      if (stoppers.some(({ counts }) => counts !== undefined)) yield* fillGaps();
      const hit = yield* forward(Infinity, () => true);
      return hit === 'end' || hit === 'there' ? ended() : hitText(hit);
    },
    *reverse(): Work {
      yield* fillGaps();
      const here = travel.place();
      let best: Hit | undefined;
      for (const stopper of stoppers)
        for (const place of stopsOf(stopper))
          if (isBefore(place, here) && (best === undefined || isBefore(best.place, place)))
            best = { place, stopper };
      travel.goTo(best?.place ?? start());
      return best === undefined ? stopped('entry', 'back at the start') : hitText(best);
    },
    /** The next thing that happens anywhere. */
    *next(): Work {
      const { time } = travel.place();
      const later = rest().find(significant);
      if (later !== undefined) {
        travel.goTo({ time, index: later.index });
        return atFiring('step');
      }
      let passed: number[] = [];
      stops.takePassed();
      const halt = yield* travel.run(Infinity, {
        ...(manifest.flow === undefined ? {} : { atItems: true }),
        reached: (at, fired) => {
          const first = fired.find(significant);
          if (first !== undefined) return { time: at, index: first.index };
          passed = stops.takePassed();
          return passed.length === 0 ? undefined : { time: at, index: 'end' };
        },
      });
      if (halt !== 'there') return ended();
      const step = passed.length === 0 ? undefined : stepOf(new Set(passed));
      return step === undefined ? atFiring('step') : { ...stopped('step', step.name), step };
    },
    /** One step of the solver, or the next firing of this instant. */
    *stepIn(): Work {
      const { time, index } = travel.place();
      if (index !== 'end') {
        const [later] = rest();
        travel.goTo({ time, index: later?.index ?? 'end' });
        return atFiring('step');
      }
      const halt = yield* travel.run(
        Infinity,
        {
          reached: (at, fired) => (fired[0] === undefined ? undefined : { time: at, index: fired[0].index }),
        },
        1,
      );
      return halt === 'there' ? atFiring('step') : ended();
    },
    /** All that happens at this time, or at the next at which anything does. */
    *stepOut(): Work {
      const { time, index } = travel.place();
      if (index === 'end') return yield* this.next();
      travel.goTo({ time, index: 'end' });
      return atFiring('step');
    },
    /** What happened before this. */
    *stepBack(): Work {
      const here = travel.place();
      const before = travel.history().findLast((one) => isBefore(one, here) && significant(one));
      const item = manifest.flow === undefined ? undefined : yield* lastItem(before?.time ?? 0, here);
      const step = item && stepOf(new Set(item.codes));
      if (item !== undefined && step !== undefined) {
        travel.goTo({ time: item.time, index: 'end' });
        return { ...stopped('step', step.name), step };
      }
      if (before === undefined && travel.isForgotten())
        throw new CannotDebug('Firings before this are not remembered any more: go to a time instead.');
      travel.goTo(before === undefined ? start() : { time: before.time, index: before.index });
      return before === undefined ? stopped('entry', 'back at the start') : atFiring('step');
    },
    /** Before anything of this time. */
    again: (): Work =>
      atOnce(() => {
        const { time } = travel.place();
        const [first] = travel.instantAt(time);
        travel.goTo({ time, index: first === undefined ? 'end' : 0 });
        return atFiring('step');
      }),
    *goToTime(time: number): Work {
      if (!(time >= 0)) throw new CannotDebug('A run begins at time 0.');
      const { time: here } = travel.place();
      if (time <= here) travel.goTo({ time, index: 'end' });
      else {
        travel.goTo({ time: here, index: 'end' });
        yield* travel.run(time, {});
      }
      return stopped('goto', `t = ${timeText(travel.place().time)}`);
    },
    goTo: (place: Place): Work =>
      atOnce(() => {
        travel.goTo(place);
        return atFiring('goto');
      }),
    elementName: ({ variable, element }: Element): string => {
      const { name, dims } = manifest.variables[variable]!;
      return elementName(name, dims, element);
    },
    ownerOfElement: ({ variable, element }: Element): string => {
      const { name, dims } = manifest.variables[variable]!;
      return ownerOf(manifest, name, indexOf(dims, element)).path;
    },
    /** What a filter of the breakpoints view stands for. */
    filterReasons: (filter: string): Reason[] => filterReasons(manifest, options.test, filter),
    pausedHere: (): Stopped => {
      travel.atEnd();
      return atFiring('pause');
    },
    /** Why the firing at this moment fires. */
    whyNow: (): Cause | undefined => {
      const firing = travel.firing();
      return firing && whyFires(known(), firing);
    },
    whyValue: (element: Element): Cause => whyIs(known(), element, travel.place()),
  };
}
export type Debugger = ReturnType<typeof createDebugger>;

const eventLine = ({ time, name, text, kind }: RunEvent): string =>
  `t = ${timeText(time)}  ${kind === 'trouble' ? '' : `${name}: `}${text}`;
