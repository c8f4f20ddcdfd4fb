/**
 * Requirements checked while a twin runs, with margins: by the quantitative semantics of Donzé & Maler (2010), `always` takes the
 * smallest margin, `eventually` the largest, on the run's accepted times and both sides of its events. Conditions with operators over
 * time are judged by `temporal.ts`, for each time as soon as what it depends on was seen.
 */
import type { ManifestAtom, ManifestRequirement } from './contract/studies.ts';
import { count } from './contract/elements.ts';
import type { Twin } from './twin.ts';
import { atomsOf, resultOf } from './requirement-results.ts';
import type { RequirementResult, Timed, Watch } from './requirement-results.ts';
import { evaluator, SURE } from './temporal.ts';
import type { Evaluator, Point } from './temporal.ts';

export type { RequirementResult } from './requirement-results.ts';

export interface Monitor {
  /** Call at accepted times, and on both sides of events, with everything evaluated. */
  observe(time: number): void;
  /** Call at the end of the run. */
  results(): RequirementResult[];
  /** Times (s) that should be observed: bounds of the requirements. */
  bounds(): number[];
  /** What was seen so far, as plain data, and back. */
  save(): unknown;
  restore(saved: unknown): void;
}

/** Looks on at a run and tells, of each requirement and instance, whether it holds and by what margin (SI of its condition). */
export function createMonitor(twin: Twin, requirements: readonly ManifestRequirement[]): Monitor {
  const { manifest } = twin;
  const sizes = requirements.map((requirement) =>
    Math.max(
      ...(requirement.formula === undefined ? [requirement] : atomsOf(requirement.formula)).map(
        ({ condition }) => count(manifest.probes[condition]!.dims),
      ),
      requirement.kind === 'response' ? count(manifest.probes[requirement.trigger]!.dims) : 1,
    ),
  );
  let watches: Watch[] = sizes.map((size) => ({
    margins: Array<number | null>(size).fill(null),
    times: Array<number | null>(size).fill(null),
    holds: Array<boolean | null>(size).fill(null),
    triggered: Array<boolean>(size).fill(false),
    untold: Array<number | null>(size).fill(null),
    open: [],
  }));
  /** Evaluators of formulas, by requirement and element. */
  const formulas = requirements.map(({ formula }, i) =>
    formula === undefined
      ? undefined
      : Array.from({ length: sizes[i]! }, (): Evaluator<ManifestAtom> => evaluator(formula)),
  );
  const waiting = sizes.map((size) => Array.from({ length: size }, (): boolean[] => []));
  let last = 0;
  const read = (probe: number, element: number): number =>
    twin.probe(probe, Math.min(element, count(manifest.probes[probe]!.dims) - 1));

  /** Keeps the worst (`sign` 1) or the best (−1) of what was seen. */
  const keep = (
    watch: Watch,
    element: number,
    time: number,
    holds: boolean,
    margin: number,
    sign: 1 | -1,
  ): void => {
    const before = watch.margins[element];
    const decided = watch.holds[element];
    if (decided === null) watch.holds[element] = holds;
    else watch.holds[element] = sign === 1 ? decided! && holds : decided! || holds;
    if (before === null || before === undefined || sign * margin < sign * before) {
      watch.margins[element] = margin;
      watch.times[element] = time;
    }
  };

  const marginOf = ({ condition, margin }: ManifestAtom, element: number): number => {
    const holds = read(condition, element) !== 0;
    return margin === undefined ? (holds ? Infinity : -Infinity) : read(margin, element);
  };
  const triggeredNow = (requirement: ManifestRequirement, element: number): boolean =>
    requirement.kind === 'response' && read(requirement.trigger, element) !== 0;

  const isDoubted = (doubt: number | undefined, element: number): boolean =>
    doubt !== undefined && read(doubt, element) !== 0;
  /** Whether what it compares is no number just when that decides. */
  const untoldNow = (
    requirement: ManifestRequirement,
    { holds, times, open, triggered }: Watch,
    element: number,
    time: number,
  ): boolean => {
    switch (requirement.kind) {
      case 'always':
      case 'eventually':
      case 'never':
        if (time < requirement.after || time > (requirement.within ?? Infinity)) return false;
        if (holds[element] === (requirement.kind === 'eventually')) return false;
        break;
      case 'expect':
        if (requirement.at !== undefined && (time < requirement.at || (times[element] ?? time) !== time))
          return false;
        break;
      case 'response':
        if (isDoubted(requirement.triggerDoubt, element)) return true;
        if (
          (triggered[element] === true || !triggeredNow(requirement, element)) &&
          !open.some((one) => one.element === element)
        )
          return false;
    }
    const { formula } = requirement;
    return (formula === undefined ? [requirement] : atomsOf(formula)).some(({ doubt }) =>
      isDoubted(doubt, element),
    );
  };

  const look = (requirement: ManifestRequirement, watch: Watch, element: number, time: number): void => {
    const holds = read(requirement.condition, element) !== 0;
    judge(
      requirement,
      watch,
      element,
      time,
      holds,
      marginOf(requirement, element),
      triggeredNow(requirement, element),
    );
  };

  /** Lets a formula see this time, and judges the earlier ones that it has made up its mind about. */
  const lookOver = (requirement: ManifestRequirement, i: number, element: number, time: number): void => {
    const atom = (one: ManifestAtom): number => {
      const margin = marginOf(one, element);
      // The sign says what is true, also at a margin of 0.
      if (margin === 0) return read(one.condition, element) === 0 ? -Number.MIN_VALUE : Number.MIN_VALUE;
      return Math.max(-SURE, Math.min(SURE, margin));
    };
    const missing = atomsOf(requirement.formula!).some((one) => Number.isNaN(marginOf(one, element)));
    // A sensor that has not measured yet says nothing for or against.
    if (missing) return;
    waiting[i]![element]!.push(triggeredNow(requirement, element));
    decided(requirement, i, element, formulas[i]![element]!.observe(time, atom));
  };
  const decided = (
    requirement: ManifestRequirement,
    i: number,
    element: number,
    points: readonly Point[],
  ): void => {
    for (const [time, margin] of points) {
      const size =
        Math.abs(margin) === SURE ? Infinity : Math.abs(margin) === Number.MIN_VALUE ? 0 : Math.abs(margin);
      const triggered = waiting[i]![element]!.shift() ?? false;
      judge(requirement, watches[i]!, element, time, margin > 0, Math.sign(margin) * size, triggered);
    }
  };

  const judge = (
    requirement: ManifestRequirement,
    watch: Watch,
    element: number,
    time: number,
    holds: boolean,
    margin: number,
    triggered: boolean,
  ): void => {
    // A sensor that has not measured yet says nothing for or against.
    if (Number.isNaN(margin) && requirement.kind !== 'response') return;
    switch (requirement.kind) {
      case 'always':
      case 'eventually':
      case 'never': {
        if (time < requirement.after || time > (requirement.within ?? Infinity)) return;
        if (requirement.kind === 'never') keep(watch, element, time, !holds, -margin, 1);
        else keep(watch, element, time, holds, margin, requirement.kind === 'always' ? 1 : -1);
        return;
      }
      case 'expect': {
        // At the end, or the first accepted time not before the one given: the last one seen stands.
        if (
          requirement.at !== undefined &&
          (time < requirement.at || (watch.times[element] ?? time) !== time)
        )
          return;
        watch.holds[element] = holds;
        watch.margins[element] = margin;
        watch.times[element] = time;
        return;
      }
      case 'response': {
        if (triggered && !watch.triggered[element]) {
          watch.open.push({ element, time, margin: -Infinity, best: time });
          twin.observeAt([time + requirement.within]);
        }
        watch.triggered[element] = triggered;
        watch.open = watch.open.filter((open) => {
          if (open.element !== element) return true;
          if (time <= open.time + requirement.within && margin > open.margin) {
            open.margin = margin;
            open.best = time;
          }
          const answered = holds && time <= open.time + requirement.within;
          if (answered || time >= open.time + requirement.within) {
            keep(watch, element, answered ? open.best : open.time, answered, open.margin, 1);
            return false;
          }
          return true;
        });
      }
    }
  };

  return {
    observe: (time) => {
      last = time;
      requirements.forEach((requirement, i) => {
        for (let element = 0; element < sizes[i]!; element += 1) {
          const { untold } = watches[i]!;
          const isUntold = untoldNow(requirement, watches[i]!, element, time);
          // Of what is judged at the end, what was before does not count.
          if (requirement.kind === 'expect' && requirement.at === undefined)
            untold[element] = isUntold ? time : null;
          else if (isUntold) untold[element] ??= time;
          if (requirement.formula === undefined) look(requirement, watches[i]!, element, time);
          else lookOver(requirement, i, element, time);
        }
      });
    },
    results: () => {
      requirements.forEach((requirement, i) =>
        formulas[i]?.forEach((formula, element) => decided(requirement, i, element, formula.finish())),
      );
      return requirements.map((requirement, i) => resultOf(manifest, requirement, watches[i]!, last));
    },
    bounds: () => [
      ...new Set(
        requirements.flatMap((requirement) => [
          ...ownBounds(requirement),
          ...(requirement.formula === undefined ? [] : grid(requirement.formula, twin.duration)),
        ]),
      ),
    ],
    save: () =>
      structuredClone({
        last,
        watches: watches.map((watch, i) =>
          formulas[i] === undefined
            ? watch
            : { ...watch, memories: formulas[i].map((one) => one.save()), waiting: waiting[i]! },
        ),
      }),
    restore: (saved) => {
      const { watches: seen, last: time } = structuredClone(saved) as { watches: Watch[]; last: number };
      watches = seen;
      seen.forEach(({ memories, waiting: truths }, i) => {
        memories?.forEach((memory, element) => formulas[i]![element]!.restore(memory));
        truths?.forEach((queue, element) => waiting[i]!.splice(element, 1, queue));
      });
      last = time;
    },
  };
}

function windowsOf(formula: Timed): number[] {
  if (formula.kind === 'atom') return [];
  const inner =
    'operand' in formula
      ? windowsOf(formula.operand)
      : [...windowsOf(formula.left), ...windowsOf(formula.right)];
  return 'from' in formula && formula.to !== undefined ? [formula.to - formula.from, ...inner] : inner;
}

/** Times at which to look, so that even the shortest window has some in it. */
function grid(formula: Timed, duration: number): number[] {
  if (!Number.isFinite(duration)) return [];
  const step = Math.max(Math.min(duration, ...windowsOf(formula)) / 8, duration / 2000);
  return Array.from({ length: Math.floor(duration / step) + 1 }, (_, k) => k * step);
}

function ownBounds(requirement: ManifestRequirement): number[] {
  if (requirement.kind === 'response') return [];
  if (requirement.kind === 'expect') return requirement.at === undefined ? [] : [requirement.at];
  return [requirement.after, ...(requirement.within === undefined ? [] : [requirement.within])];
}
