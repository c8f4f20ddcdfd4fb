/**
 * A difference in behaviour → the changes of the text that make it, as far as they can be told apart. Each change is made alone
 * to the text before, and the scenario is run again: what then differs is its doing. What no change makes alone is looked for
 * in sets of them by delta debugging (Zeller and Hildebrandt, 2002): the smallest found is one of which no change can be left out.
 */
import type { SourceText } from '../compiler/index.ts';
import { together } from './asked-runs.ts';
import type { Asking } from './asked-runs.ts';
import type { ScenarioDifference } from './behaviour.ts';
import type { Change } from './structure.ts';

export interface Cause {
  /** Positions in the list of changes: one, or several that do it together. */
  changes: number[];
  scenario: string;
  /** Events and signals that differ by these alone. */
  effects: string[];
}
/** Effects of which nobody can say what makes them, and why not. */
export interface Unexplained {
  scenario: string;
  effects: string[];
  why: string;
}
export interface Explanation {
  causes: Cause[];
  unexplained?: Unexplained;
}

/** How many runs may be spent; each takes one. */
export interface Budget {
  trials: number;
}
export const usualBudget = (): Budget => ({ trials: 120 });

/** Changes of these never change what a model computes. */
const WITHOUT_EFFECT = new Set([
  'view',
  'test',
  'requirement',
  'binding',
  'scenario',
  'experiment',
  'calibration',
]);

/** Nor do changes of these fields alone: the declared range, and the unit in which values are shown. */
const SAID_ONLY = new Set(['range', 'unit']);

/** Positions of the changes that could matter to what is computed in a scenario. */
const candidates = (changes: readonly Change[], scenario: string): number[] =>
  changes.flatMap(({ subject, kind, fields, path, before }, at) => {
    if (kind === 'renamed' || SAID_ONLY.has(fields.join())) return [];
    const own =
      subject === 'scenario' && [path, before].includes(scenario.slice(scenario.lastIndexOf('.') + 1));
    return WITHOUT_EFFECT.has(subject) && !own ? [] : [at];
  });

export const effectsOf = ({ signals, events }: ScenarioDifference): string[] => [
  ...events.map(({ name }) => name),
  ...signals.map(({ name }) => name),
];

/**
 * @param run what differs on the texts before with some of the changes made; nothing where that is no version
 */
export function* findCauses(
  difference: ScenarioDifference,
  changes: readonly Change[],
  run: (positions: readonly number[]) => Asking<string[] | undefined>,
  budget: Budget,
): Asking<Explanation> {
  const { scenario } = difference;
  const all = effectsOf(difference);
  const possible = candidates(changes, scenario);
  if (possible.length === 1) return { causes: [{ changes: possible, scenario, effects: all }] };
  const unexplained = (effects: string[], why: string): Unexplained => ({ scenario, effects, why });
  if (possible.length === 0)
    return { causes: [], unexplained: unexplained(all, 'no change of a declaration has to do with it') };
  const known = new Map<string, string[] | undefined>();
  /** Effects of some of the changes; nothing where these do not make a version. Throws when the budget is spent. */
  function* trial(positions: readonly number[]): Asking<string[] | undefined> {
    const key = positions.join();
    if (!known.has(key)) {
      if (budget.trials <= 0) throw SPENT;
      budget.trials -= 1;
      known.set(key, yield* run(positions));
    }
    return known.get(key);
  }
  const causes: Cause[] = [];
  let left = all;
  const explain = (positions: number[], effects: readonly string[]): void => {
    causes.push({ changes: positions, scenario, effects: [...effects] });
    left = left.filter((effect) => !effects.includes(effect));
  };
  try {
    for (let tried = 0; tried < possible.length;) {
      if (budget.trials <= 0) throw SPENT;
      const some = possible.slice(tried, tried + Math.min(AT_ONCE, budget.trials));
      const found = yield* together(some.map((change) => trial([change])));
      some.forEach((change, n) => {
        const effects = found[n] ?? [];
        if (effects.length > 0) explain([change], effects);
      });
      tried += some.length;
    }
    while (left.length > 0) {
      const [wanted] = left;
      function* makes(positions: readonly number[]): Asking<boolean> {
        return (yield* trial(positions))?.includes(wanted!) === true;
      }
      if (!(yield* makes(possible)))
        return {
          causes,
          unexplained: unexplained(
            left,
            'made one by one to the text before, the changes do not bring it about',
          ),
        };
      const least = yield* minimise(possible, makes);
      const effects = (yield* trial(least))!;
      explain(
        least,
        effects.filter((effect) => left.includes(effect)),
      );
    }
  } catch (error) {
    if (error !== SPENT) throw error;
    return {
      causes,
      ...(left.length === 0
        ? {}
        : { unexplained: unexplained(left, 'there are more changes than there was time to try apart') }),
    };
  }
  return { causes };
}

/** Trials whose traces are in memory at a time. */
const AT_ONCE = 8;
const SPENT = Symbol('the budget is spent');

/** A subset of which nothing can be left out, for `holds(all)`. */
export function* minimise(
  all: readonly number[],
  holds: (some: readonly number[]) => Asking<boolean>,
): Asking<number[]> {
  let kept = [...all];
  let parts = 2;
  while (kept.length >= 2) {
    const size = Math.ceil(kept.length / parts);
    const pieces = Array.from({ length: Math.ceil(kept.length / size) }, (_, n) =>
      kept.slice(n * size, (n + 1) * size),
    );
    const alone = yield* firstOf(pieces, holds);
    const without =
      alone === undefined ? yield* firstOf(pieces, (piece) => holds(other(kept, piece))) : undefined;
    if (alone !== undefined) [kept, parts] = [alone, 2];
    else if (without !== undefined) [kept, parts] = [other(kept, without), Math.max(parts - 1, 2)];
    else if (parts >= kept.length) break;
    else parts = Math.min(parts * 2, kept.length);
  }
  return kept;
}

function* firstOf(
  pieces: readonly number[][],
  holds: (piece: readonly number[]) => Asking<boolean>,
): Asking<number[] | undefined> {
  for (const piece of pieces) if (yield* holds(piece)) return piece;
  return undefined;
}

const other = (all: readonly number[], some: readonly number[]): number[] =>
  all.filter((each) => !some.includes(each));

/**
 * The texts before with changes made; nothing where one has no place of its own.
 * @param rename a text with the names of the version after → with those of the version before
 */
export function applyChanges(
  texts: readonly SourceText[],
  changes: readonly Change[],
  newTextOf: (uri: string) => string | undefined,
  rename: (text: string) => string,
): SourceText[] | undefined {
  const edits = new Map<string, { start: number; end: number; text: string }[]>();
  for (const { oldSource, newSource, insertAt } of changes) {
    const fresh =
      newSource === undefined ? '' : newTextOf(newSource.uri)?.slice(newSource.start, newSource.end);
    const place =
      oldSource ??
      (insertAt === undefined ? undefined : { uri: insertAt.uri, start: insertAt.at, end: insertAt.at });
    if (fresh === undefined || place === undefined || !texts.some(({ uri }) => uri === place.uri))
      return undefined;
    const text = oldSource === undefined ? `\n  ${rename(fresh)}\n` : rename(fresh);
    edits.set(place.uri, [...(edits.get(place.uri) ?? []), { ...place, text }]);
  }
  const made: SourceText[] = [];
  for (const { uri, text } of texts) {
    const here = (edits.get(uri) ?? []).toSorted((a, b) => a.start - b.start || a.end - b.end);
    // One within another cannot be made apart from it.
    if (here.some(({ start }, n) => n > 0 && start < here[n - 1]!.end)) return undefined;
    made.push({
      uri,
      text: here.reduceRight((now, edit) => now.slice(0, edit.start) + edit.text + now.slice(edit.end), text),
    });
  }
  return made;
}
