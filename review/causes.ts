/**
 * A difference in behaviour → the changes of the text that make it, as far as they can be told apart: each change is
 * made alone to the text before, and the scenario is run again. A change causes what then differs.
 */
import type { SourceText } from '../compiler/index.ts';
import type { ScenarioDifference } from './behaviour.ts';
import type { Change } from './structure.ts';

export interface Cause {
  /** Position in the list of changes. */
  change: number;
  scenario: string;
  /** Events and signals that differ by this change alone. */
  effects: string[];
}

/** Changes of these never change what a model computes. */
const WITHOUT_EFFECT = new Set(['view', 'test', 'requirement', 'binding']);
const MOST_TRIALS = 24;

/** Positions of the changes that could matter to what is computed. */
export const candidates = (changes: readonly Change[]): number[] =>
  changes.flatMap(({ subject, kind, fields }, at) =>
    kind === 'renamed' || WITHOUT_EFFECT.has(subject) || fields.join() === 'range' ? [] : [at],
  );

/**
 * @param texts of the version before
 * @param newTextOf texts of the version after
 * @param run runs the scenario with other texts; nothing when they do not compile
 * @returns nothing where the difference comes from several changes together
 */
export function findCauses(
  difference: ScenarioDifference,
  changes: readonly Change[],
  texts: readonly SourceText[],
  newTextOf: (uri: string) => string | undefined,
  run: (texts: readonly SourceText[]) => ScenarioDifference | undefined,
): Cause[] {
  const possible = candidates(changes);
  const effectsOf = ({ signals, events }: ScenarioDifference): string[] => [
    ...events.map(({ name }) => name),
    ...signals.map(({ name }) => name),
  ];
  const { scenario } = difference;
  if (possible.length === 1) return [{ change: possible[0]!, scenario, effects: effectsOf(difference) }];
  if (possible.length > MOST_TRIALS) return [];
  return possible.flatMap((change) => {
    const alone = withChange(texts, changes[change]!, newTextOf);
    const effects = effectsOf((alone && run(alone)) ?? { ...difference, signals: [], events: [] });
    return effects.length === 0 ? [] : [{ change, scenario, effects }];
  });
}

/** The texts before with one change made; nothing where it has no single place. */
export function withChange(
  texts: readonly SourceText[],
  { oldSource, newSource, insertAt }: Change,
  newTextOf: (uri: string) => string | undefined,
): SourceText[] | undefined {
  const fresh =
    newSource === undefined ? '' : newTextOf(newSource.uri)?.slice(newSource.start, newSource.end);
  const place =
    oldSource ??
    (insertAt === undefined ? undefined : { uri: insertAt.uri, start: insertAt.at, end: insertAt.at });
  if (fresh === undefined || place === undefined || !texts.some(({ uri }) => uri === place.uri))
    return undefined;
  const text = oldSource === undefined ? `\n  ${fresh}\n` : fresh;
  return texts.map((each) =>
    each.uri === place.uri
      ? { uri: each.uri, text: each.text.slice(0, place.start) + text + each.text.slice(place.end) }
      : each,
  );
}
