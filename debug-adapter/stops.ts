/** What stops a run: looks at what happens while it goes forward, and tells where a stopper is met. */
import type { SourceRange } from '../runtime/contract/manifest.ts';
import { createMachine } from '../runtime/machine.ts';
import { indexOf } from '../runtime/contract/elements.ts';
import { holds, isOf, logText, note } from './breakpoints.ts';
import type { Stopper } from './breakpoints.ts';
import { putInto } from './program.ts';
import type { Moment, Program } from './program.ts';
import { isBefore, justBefore } from './travel.ts';
import type { Firing, Place, Travel, Watcher } from './travel.ts';
import { ownerOf } from './variables.ts';
import type { Element } from './variables.ts';

/** A stopper that was met. */
export interface Hit {
  place: Place;
  stopper: Stopper;
}

export interface StopsOptions {
  program: Program;
  travel: Travel;
  ownerPath: (firing: Firing) => string;
  stoppers: () => readonly Stopper[];
  say: (text: string, source?: SourceRange) => void;
}

/** For conditions that are not there. */
const NO_MOMENT: Moment = { saved: new Uint8Array(), iterated: new Float64Array() };

export function createStops({ program, travel, ownerPath, stoppers, say }: StopsOptions) {
  const { manifest } = program.artefact;
  const viewer = createMachine(manifest, program.kernel()());
  const complained = new Set<string>();
  const fulfilled = (stopper: Stopper, owner: string, moment: Moment): boolean => {
    if (stopper.condition === undefined) return true;
    const answer = holds(program, { text: stopper.condition, owner }, moment);
    if (typeof answer !== 'string') return answer;
    if (!complained.has(answer)) say(`Breakpoint condition: ${answer}`);
    complained.add(answer);
    return true;
  };
  const valueIn = (moment: Moment, { variable, element }: Element): number => {
    putInto(viewer, moment);
    return viewer.read(variable, element);
  };
  const failed = (reason: Extract<Stopper['reason'], { kind: 'requirement' }>, moment: Moment): boolean => {
    putInto(viewer, moment);
    if (viewer.time() < reason.after || viewer.time() > reason.within) return false;
    const { dims } = manifest.probes[reason.probe]!;
    const size = dims.reduce((product, one) => product * one, 1);
    for (let instance = 0; instance < size; instance += 1)
      if (reason.fails(viewer.kernel.probe(reason.probe, instance))) return true;
    return false;
  };
  /** Whether something that is so for a while is so now. */
  const isSo = (stopper: Stopper, moment: Moment): boolean => {
    const { reason, condition } = stopper;
    if (reason.kind === 'requirement') return failed(reason, moment);
    if (reason.kind !== 'data') return false;
    const { name, dims } = manifest.variables[reason.variable]!;
    const { path } = ownerOf(manifest, name, indexOf(dims, reason.element));
    return condition !== undefined && fulfilled(stopper, path, moment);
  };
  const lasts = ({ reason, condition }: Stopper): boolean =>
    reason.kind === 'requirement' || (reason.kind === 'data' && condition !== undefined);
  const isComputed = ({ variable }: Element): boolean => {
    const { role } = manifest.variables[variable]!;
    return role === 'algebraic' || role === 'derivative';
  };
  const changes = (firing: Firing, { variable, element }: Element): boolean =>
    firing.changes.some((one) => one.variable === variable && one.element === element);

  /** Looks for hits while the run goes forward; `stops` is asked about each that counts. */
  const watching = (
    wanted: (hit: Hit) => boolean,
  ): Watcher & { begin(): void; refine(): Hit | undefined } => {
    let found: Hit[] = [];
    const truths = new Map<Stopper, boolean>();
    const before = new Map<Stopper, number>();
    let last = 0;
    let crossing: { stopper: Stopper; from: number } | undefined;
    let best: Hit | undefined;
    const meet = (hit: Hit, moment: () => Moment, owner: string): void => {
      const counts = note(hit.stopper, hit.place);
      if (!counts) return;
      if (hit.stopper.log !== undefined) say(logText(program, hit.stopper, owner, moment()), sourceOf(hit));
      else if (wanted(hit)) found.push(hit);
    };
    const sourceOf = ({ place }: Hit): SourceRange | undefined => {
      const firing = travel.instantAt(place.time).find(({ index }) => index === place.index);
      return firing && manifest.handlers[firing.handler]!.source;
    };
    const lasting = stoppers().filter(lasts);
    const data = stoppers().filter(
      ({ reason, condition }) => reason.kind === 'data' && condition === undefined,
    );
    return {
      ...(lasting.length > 0 ? { period: travel.twin().outputPeriod } : {}),
      ...(waitsForItems().length > 0 ? { atItems: true } : {}),
      begin() {
        marks()?.fill(0);
        const moment = travel.moment();
        last = travel.place().time;
        for (const stopper of lasting) truths.set(stopper, isSo(stopper, moment));
        for (const stopper of data)
          if (stopper.reason.kind === 'data') before.set(stopper, valueIn(moment, stopper.reason));
      },
      firing(fired, moment) {
        let made: Moment | undefined;
        const once = (): Moment => (made ??= moment());
        for (const firing of fired)
          for (const stopper of stoppers()) {
            if (!isOf(stopper, firing)) continue;
            const owner = ownerPath(firing);
            if (!fulfilled(stopper, owner, stopper.condition === undefined ? NO_MOMENT : once())) continue;
            meet({ place: { time: firing.time, index: firing.index }, stopper }, once, owner);
          }
      },
      reached(time, fired, moment) {
        let made: Moment | undefined;
        const once = (): Moment => (made ??= moment());
        for (const stopper of data) {
          if (stopper.reason.kind !== 'data') continue;
          const element = stopper.reason;
          const setters = fired.filter((one) => changes(one, element));
          for (const { index } of setters) meet({ place: { time, index }, stopper }, once, '');
          const now = valueIn(once(), element);
          const { role } = manifest.variables[element.variable]!;
          const continuous = role === 'state' || (isComputed(element) && fired.length === 0);
          if (setters.length === 0 && now !== before.get(stopper) && !continuous)
            meet({ place: { time, index: 'end' }, stopper }, once, '');
          before.set(stopper, now);
        }
        for (const stopper of lasting) {
          const is = isSo(stopper, once());
          if (is && truths.get(stopper) === false && crossing === undefined)
            crossing = { stopper, from: last };
          truths.set(stopper, is);
        }
        found.push(...passed(time, wanted, once));
        last = time;
        best = found.reduce<Hit | undefined>(
          (first, hit) => (first === undefined || isBefore(hit.place, first.place) ? hit : first),
          undefined,
        );
        if (crossing !== undefined) return { time, index: 'end' };
        found = [];
        return best?.place;
      },
      /** Where exactly; undefined where that is no reason to stop after all. */
      refine() {
        if (crossing === undefined) return best;
        const { stopper, from } = crossing;
        const reached = travel.place();
        crossing = undefined;
        const place = cross(stopper, from, reached.time);
        const counts = note(stopper, place);
        const hit = { place, stopper };
        if (best !== undefined && isBefore(best.place, place)) {
          travel.goTo(best.place);
          return best;
        }
        if (counts && stopper.log !== undefined) say(logText(program, stopper, '', travel.moment()));
        if (counts && stopper.log === undefined && wanted(hit)) return hit;
        travel.goTo(reached);
        return undefined;
      },
    };
  };

  /** The earliest time in (from, to] at which it is so, as far as numbers tell; it was not at `from`. */
  const cross = (stopper: Stopper, from: number, to: number): Place => {
    let low = from;
    let high = to;
    const at = (time: number): boolean => {
      travel.goTo({ time, index: 'end' });
      return isSo(stopper, travel.moment());
    };
    // Where an event of the end makes it so, nothing before it does.
    const left = justBefore(to);
    if (left <= from || !at(left)) low = left;
    else high = left;
    for (let round = 0; round < 60 && high - low > 4 * Number.EPSILON * high; round += 1) {
      const middle = low + (high - low) / 2;
      if (!(middle > low && middle < high)) break;
      if (at(middle)) high = middle;
      else low = middle;
    }
    travel.goTo({ time: high, index: 'end' });
    return { time: high, index: 'end' };
  };

  /** Hits among firings of an instant that has happened already. */
  const among = (firings: readonly Firing[], wanted: (hit: Hit) => boolean): Hit | undefined => {
    for (const firing of firings) {
      const place = { time: firing.time, index: firing.index };
      for (const stopper of stoppers()) {
        const { reason } = stopper;
        const isMeant =
          isOf(stopper, firing) ||
          (reason.kind === 'data' && stopper.condition === undefined && changes(firing, reason));
        if (!isMeant) continue;
        if (stopper.condition !== undefined || stopper.log !== undefined) travel.goTo(place);
        if (!fulfilled(stopper, ownerPath(firing), travel.moment())) continue;
        if (!note(stopper, place)) continue;
        const hit = { place, stopper };
        if (stopper.log !== undefined) say(logText(program, stopper, ownerPath(firing), travel.moment()));
        else if (wanted(hit)) return hit;
      }
    }
    return undefined;
  };

  /** Marks that steps of processes leave when an item comes to them. */
  const marks = (): Int32Array | undefined => {
    const region = manifest.coverage?.passed;
    return region && new Int32Array(travel.twin().machine.kernel.memory, region.address, region.count);
  };
  let atStart = new Int32Array();
  const hasPassed = ({ reason }: Stopper, all: Int32Array): boolean => {
    if (reason.kind !== 'handlers') return false;
    for (const code of reason.codes) if (all[code] !== 0) return true;
    return false;
  };
  const waitsForItems = (): readonly Stopper[] =>
    stoppers().filter(({ reason }) => reason.kind === 'handlers' && reason.codes.size > 0);
  const passed = (time: number, wanted: (hit: Hit) => boolean, moment: () => Moment): Hit[] => {
    const all = marks();
    if (all === undefined) return [];
    const found = waitsForItems().flatMap((stopper): Hit[] => {
      if (!hasPassed(stopper, all)) return [];
      const owner = processOwner(stopper);
      const place: Place = { time, index: 'end' };
      if (!fulfilled(stopper, owner, stopper.condition === undefined ? NO_MOMENT : moment())) return [];
      if (!note(stopper, place)) return [];
      const hit = { place, stopper };
      if (stopper.log !== undefined) say(logText(program, stopper, owner, moment()));
      return stopper.log === undefined && wanted(hit) ? [hit] : [];
    });
    all.fill(0);
    return found;
  };
  /** Where its process stands. */
  const processOwner = ({ reason }: Stopper): string => {
    if (reason.kind !== 'handlers') return '';
    const [code = 0] = reason.codes;
    const process = manifest.flow?.processes.findLast(({ firstCode }) => firstCode <= code);
    return process === undefined
      ? ''
      : ownerOf(
          manifest,
          process.name,
          process.dims.map(() => 0),
        ).path;
  };

  return {
    watching,
    among,
    /** Items that came to a step before any time had passed. */
    passedAtStart: (wanted: (hit: Hit) => boolean): Hit | undefined => {
      marks()?.set(atStart);
      return passed(0, wanted, () => travel.moment())[0];
    },
    /** The steps that items have come to since this was last asked. */
    takePassed: (): number[] => {
      const all = marks();
      const codes = [...(all ?? [])].flatMap((mark, code) => (mark === 0 ? [] : [code]));
      all?.fill(0);
      return codes;
    },
    /** The first instant has just happened, which it does but once. */
    begun: (): void => {
      atStart = marks()?.slice() ?? new Int32Array();
    },
  };
}
