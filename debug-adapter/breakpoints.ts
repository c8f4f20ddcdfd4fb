/** Reasons to stop: where, under which condition, at which time in a row; and what to write in the log instead. */
import type { Manifest, SourceRange } from '../runtime/contract/manifest.ts';
import type { Asked, Moment, Program } from './program.ts';
import { isBefore } from './travel.ts';
import type { Firing, Place } from './travel.ts';

/** As a person sets it. */
export interface Wanted {
  condition?: string;
  /** `3`, `>= 3`, `% 2` */
  hitCondition?: string;
  /** Written in the place of stopping; `{…}` are expressions. */
  logMessage?: string;
}

export type Reason =
  /** What stands in a line, or has a name; `only` these instances, as `handler/instance`. */
  | {
      kind: 'handlers';
      handlers: ReadonlySet<number>;
      codes: ReadonlySet<number>;
      description: string;
      only?: ReadonlySet<string>;
    }
  /** A value changes at once or, with a condition, comes to fulfil it. */
  | { kind: 'data'; variable: number; element: number; name: string }
  /** Something is no longer so, in the words of a test. */
  | {
      kind: 'requirement';
      probe: number;
      fails: (value: number) => boolean;
      after: number;
      within: number;
      text: string;
      source: SourceRange;
    };

export interface Stopper {
  readonly id: number;
  readonly reason: Reason;
  readonly condition?: string;
  readonly counts?: (hit: number) => boolean;
  readonly log?: readonly (string | { expression: string })[];
  /** Where it was met, in order, as far as the run was gone through since it was set. */
  hits: Place[];
  /** The run has been further than this knows of. */
  hasGap: boolean;
}

/** What a filter of the breakpoints view stands for; `test` is the one that runs, by its position. */
export function filterReasons(manifest: Manifest, test: number | undefined, filter: string): Reason[] {
  if (filter === 'alarm') {
    const handlers = new Set(manifest.handlers.flatMap(({ kind }, id) => (kind === 'raise' ? [id] : [])));
    return [{ kind: 'handlers', handlers, codes: new Set(), description: 'alarm' }];
  }
  if (filter !== 'requirement' || test === undefined) return [];
  return manifest.tests[test]!.requirements.flatMap((requirement): Reason[] => {
    const { kind, condition: probe, text } = requirement;
    // Others are known to fail only when the run is over.
    if ((kind !== 'always' && kind !== 'never') || requirement.formula !== undefined) return [];
    const { after, within = Infinity } = requirement;
    const fails = (value: number): boolean => (kind === 'always' ? value === 0 : value !== 0);
    return [{ kind: 'requirement', probe, fails, after, within, text, source: requirement.source }];
  });
}

/** A stopper, or in words what is wrong with it. */
export function stopperOf(id: number, reason: Reason, wanted: Wanted, hasGap: boolean): Stopper | string {
  const { condition, hitCondition, logMessage } = wanted;
  const counts =
    hitCondition === undefined || hitCondition.trim() === '' ? undefined : countsBy(hitCondition);
  if (typeof counts === 'string') return counts;
  const log = logMessage === undefined || logMessage === '' ? undefined : piecesOf(logMessage);
  if (typeof log === 'string') return log;
  return {
    id,
    reason,
    ...(condition === undefined || condition.trim() === '' ? {} : { condition }),
    ...(counts === undefined ? {} : { counts }),
    ...(log === undefined ? {} : { log }),
    hits: [],
    hasGap,
  };
}

function countsBy(text: string): ((hit: number) => boolean) | string {
  const [, operator = '=', number = ''] = /^\s*(>=|<=|==|=|>|<|%)?\s*(\d+)\s*$/.exec(text) ?? [];
  const bound = Number(number);
  if (number === '' || (operator === '%' && bound === 0))
    return `'${text}' is no count of hits: write 3 (the third), >= 3 (from the third on) or % 3 (each third).`;
  const tests: Record<string, (hit: number) => boolean> = {
    '=': (hit) => hit === bound,
    '==': (hit) => hit === bound,
    '>=': (hit) => hit >= bound,
    '>': (hit) => hit > bound,
    '<=': (hit) => hit <= bound,
    '<': (hit) => hit < bound,
    '%': (hit) => hit % bound === 0,
  };
  return tests[operator]!;
}

/** `level is {level}` → text and expressions; `{{` is a brace. */
function piecesOf(text: string): (string | { expression: string })[] | string {
  const pieces: (string | { expression: string })[] = [];
  for (const [, plain = '', expression] of text.matchAll(/((?:[^{}]|\{\{|\}\})+)|\{([^{}]*)\}/g)) {
    if (expression === undefined) pieces.push(plain.replaceAll('{{', '{').replaceAll('}}', '}'));
    else if (expression.trim() === '') return 'There is nothing between { and }.';
    else pieces.push({ expression });
  }
  const whole = pieces.map((one) => (typeof one === 'string' ? one : `{${one.expression}}`)).join('');
  if (whole.length !== text.replaceAll('{{', '{').replaceAll('}}', '}').length)
    return 'A { has no }: write {{ for a brace.';
  return pieces;
}

/** Notes where a stopper was met; returns how many times that makes, or undefined where it does not count. */
export function note(stopper: Stopper, place: Place): boolean {
  const { hits, counts } = stopper;
  let at = hits.length;
  while (at > 0 && isBefore(place, hits[at - 1]!)) at -= 1;
  const known = at > 0 && !isBefore(hits[at - 1]!, place);
  if (!known) hits.splice(at, 0, { time: place.time, index: place.index });
  return counts === undefined || counts(known ? at : at + 1);
}

/** Hits that make it stop. */
export const stopsOf = ({ hits, counts, log }: Stopper): Place[] =>
  log !== undefined ? [] : hits.filter((_, at) => counts === undefined || counts(at + 1));

/** Whether a condition holds, or in words why that cannot be said. */
export function holds(program: Program, asked: Asked, moment: Moment): boolean | string {
  const observer = program.observe([asked]);
  if (typeof observer === 'string') return observer;
  observer.at(moment);
  const { probe, numbers } = observer.value(0);
  if (probe.base !== 'boolean') return `'${asked.text}' is no condition: it is not true or false.`;
  return numbers.some((value) => value !== 0);
}

/** The text of a log point at a moment. */
export function logText(program: Program, stopper: Stopper, owner: string, moment: Moment): string {
  const pieces = stopper.log ?? [];
  return pieces
    .map((piece) => {
      if (typeof piece === 'string') return piece;
      const observer = program.observe([{ text: piece.expression, owner }]);
      if (typeof observer === 'string') return `{${piece.expression}: ${observer}}`;
      observer.at(moment);
      return observer.value(0).text;
    })
    .join('');
}

export const isOf = ({ reason }: Stopper, { handler, instance }: Firing): boolean =>
  reason.kind === 'handlers' &&
  reason.handlers.has(handler) &&
  (reason.only === undefined || reason.only.has(`${handler}/${instance}`));
