/**
 * Requirements checked while a twin runs, with margins: by the quantitative semantics of Donzé & Maler (2010), `always` takes the
 * smallest margin, `eventually` the largest, on the run's accepted times and both sides of its events. Conditions with operators over
 * time are judged by `temporal.ts`, for each time as soon as what it depends on was seen.
 */
import type { Formula } from './contract/formula.ts';
import type { ManifestAtom, ManifestRequirement } from './contract/studies.ts';
import type { Manifest, SourceRange } from './contract/manifest.ts';
import { valueText } from './describe.ts';
import { count, elementName } from './names.ts';
import type { Twin } from './twin.ts';
import { evaluator, SURE } from './temporal.ts';
import type { Evaluator, Memory, Point } from './temporal.ts';
import { timeText } from './trouble.ts';

export interface RequirementResult {
  text: string;
  kind: ManifestRequirement['kind'] | 'chance';
  holds: boolean;
  /** SI: by how much it holds (positive) or fails (negative); null for conditions that have no margin. */
  margin: number | null;
  /** `4.2 K`, in the unit of what is compared; '' without a margin. */
  marginText: string;
  /** s: where it came nearest to failing, or failed by most; null when it was never looked at. */
  time: number | null;
  /** Which element decided, `[3]`; '' for single values. */
  element: string;
  /** One sentence for people. */
  message: string;
  /** Of a probability: in how many of how many runs it was so, and the bound (a share) that follows from that. */
  chance?: { hits: number; runs: number; bound: number };
  source: SourceRange;
}

/** Plain data: what a monitor has seen so far. Numbers that are not finite are kept as they are. */
interface Watch {
  /** By element. */
  margins: (number | null)[];
  times: (number | null)[];
  holds: (boolean | null)[];
  /** `response`: truth of the trigger, and what has still to be answered. */
  triggered: boolean[];
  open: { element: number; time: number; margin: number; best: number }[];
  /** Of a formula, by element: what its operators remember, and truths of a trigger that wait for it to be judged. */
  memories?: Memory[][];
  waiting?: boolean[][];
}

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
        for (let element = 0; element < sizes[i]!; element += 1)
          if (requirement.formula === undefined) look(requirement, watches[i]!, element, time);
          else lookOver(requirement, i, element, time);
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

type Timed = Formula<ManifestAtom>;

function atomsOf(formula: Timed): ManifestAtom[] {
  if (formula.kind === 'atom') return [formula.atom];
  return 'operand' in formula
    ? atomsOf(formula.operand)
    : [...atomsOf(formula.left), ...atomsOf(formula.right)];
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

const isPrivate = (requirement: ManifestRequirement, { probes }: Manifest): boolean =>
  [requirement, ...(requirement.formula === undefined ? [] : atomsOf(requirement.formula))].some(
    ({ condition, margin }) =>
      probes[condition]!.private === true || (margin !== undefined && probes[margin]!.private === true),
  );

function resultOf(
  manifest: Manifest,
  requirement: ManifestRequirement,
  watch: Watch,
  end: number,
): RequirementResult {
  const { text, kind, source } = requirement;
  const size = watch.holds.length;
  const seen = watch.holds
    .map((holds, element) => ({ holds, element }))
    .filter(({ holds }) => holds !== null);
  // Nothing was asked of a response without a trigger; all else must have been looked at.
  const vacuous = seen.length === 0 && kind === 'response';
  const holds =
    vacuous ||
    (seen.length === size && seen.every((one) => one.holds === true)) ||
    (kind === 'response' && seen.every((one) => one.holds === true));
  const candidates = seen.filter((one) => one.holds === holds);
  const worst = (candidates.length > 0 ? candidates : seen).reduce<number | undefined>(
    (best, { element }) =>
      best === undefined || watch.margins[element]! < watch.margins[best]! ? element : best,
    undefined,
  );
  const value = worst === undefined ? null : watch.margins[worst]!;
  // With the bound that the text says, a margin gives away what was compared.
  const secret = isPrivate(requirement, manifest);
  const margin =
    value === null || secret || requirement.margin === undefined || !Number.isFinite(value) ? null : value;
  const time = worst === undefined ? null : watch.times[worst]!;
  const probe = manifest.probes[requirement.condition]!;
  const element =
    worst === undefined || size === 1
      ? ''
      : elementName(
          '[]'.repeat(Math.max(1, probe.dims.length)),
          probe.dims.length === 0 ? [size] : probe.dims,
          worst,
          probe.first,
        );
  const unit = requirement.margin === undefined ? undefined : manifest.probes[requirement.margin]!.unit;
  const marginText =
    margin === null || unit === undefined
      ? ''
      : valueText(Math.abs(margin), { ...unit, offset: 0 }, 'number', 3);
  const where = `${element === '' ? '' : ` for ${element}`}${time === null ? '' : ` at t = ${timeText(time)}`}`;
  const message = vacuous
    ? `${text}: holds; its trigger never occurred up to t = ${timeText(end)}`
    : time === null
      ? `${text}: never looked at; the run ended at t = ${timeText(end)}`
      : holds
        ? `${text}: holds${marginText === '' ? '' : `, ${marginText} from failing${where}`}`
        : kind === 'eventually' && marginText === ''
          ? `${text}: fails${element === '' ? '' : ` for ${element}`}; it was never so up to t = ${timeText(end)}`
          : `${text}: fails${marginText === '' ? '' : ` by ${marginText}`}${where}`;
  return { text, kind, holds, margin, marginText, time, element, message, source };
}
