/** What happens to all that is in a part → one finding about the part, where there would be one for each thing in it. */
import type { Manifest } from '../runtime/contract/manifest.ts';
import type { NameMap } from './behaviour.ts';
import type { Effect } from './interface.ts';
import { count } from './names.ts';

/** A sensor, alarm or variable that an effect is about. */
export interface Thing {
  word: string;
  happened: 'removed' | 'renamed' | 'added' | 'count';
  /** As the version before calls it; what is new, as the version after does. */
  name: string;
  /** Where it was renamed. */
  now?: string;
  /** Where there are others as many. */
  dims?: readonly [before: readonly number[], after: readonly number[]];
}
export interface Said {
  effect: Effect;
  thing?: Thing;
}

export function byParts(
  said: readonly Said[],
  root: string,
  before: Manifest,
  after: Manifest,
  names: NameMap,
): Effect[] {
  const [had, has] = [partsIn(namesIn(before).map(names)), partsIn(namesIn(after))];
  const groups = new Map<string, (Said & { thing: Thing })[]>();
  for (const each of said) {
    const key = each.thing && keyOf(each.thing, had, has, names);
    if (key !== undefined) groups.set(key, [...(groups.get(key) ?? []), each as Said & { thing: Thing }]);
  }
  const told = new Set<Said>();
  const effects: Effect[] = [];
  for (const each of said) {
    if (told.has(each)) continue;
    const group = each.thing && groups.get(keyOf(each.thing, had, has, names) ?? '');
    if (group === undefined || group.length < 2) effects.push(each.effect);
    else {
      for (const one of group) told.add(one);
      effects.push(wholePart(group, root, had, has, names));
    }
  }
  return effects;
}

const namesIn = ({ sensors, alarms, variables }: Manifest): string[] => [
  ...[...sensors, ...alarms].map(({ name }) => name),
  ...variables.filter(({ visible }) => visible).map(({ name }) => name),
];

/** `a[].b.c` is in the parts `a[]` and `a[].b`. */
const partsOf = (name: string): string[] => {
  const steps = name.split('.');
  return steps.slice(1).map((_, at) => steps.slice(0, at + 1).join('.'));
};
const partsIn = (all: readonly string[]): Set<string> => new Set(all.flatMap(partsOf));

interface Part {
  /** As the version before calls it, or the version after, where it is new. */
  path: string;
  /** Where it is another. */
  now: string;
}

/** The part as a whole to which that happened; nothing where it happened to the thing alone. */
function partOf(
  { happened, name, now, dims }: Thing,
  had: ReadonlySet<string>,
  has: ReadonlySet<string>,
  names: NameMap,
): Part | undefined {
  const path = ((): string | undefined => {
    switch (happened) {
      case 'removed':
        return partsOf(name).find((part) => !has.has(names(part)));
      case 'added':
        return partsOf(name).find((part) => !had.has(part));
      case 'renamed': {
        const [old, steps] = [name.split('.'), (now ?? '').split('.')];
        const last = old.findLastIndex((step, at) => step !== steps[at]);
        return old.length === steps.length && last < old.length - 1
          ? old.slice(0, last + 1).join('.')
          : undefined;
      }
      default: {
        const [a, b] = dims ?? [[], []];
        if (a.length !== b.length) return undefined;
        // Of the indexes in a name each is a dimension, from the left.
        const axis = a.findIndex((size, at) => size !== b[at]);
        return partsOf(name).find((part) => part.endsWith('[]') && part.split('[]').length - 2 === axis);
      }
    }
  })();
  if (path === undefined) return undefined;
  return { path, now: happened === 'added' || happened === 'count' ? path : names(path) };
}

function keyOf(
  thing: Thing,
  had: ReadonlySet<string>,
  has: ReadonlySet<string>,
  names: NameMap,
): string | undefined {
  const part = partOf(thing, had, has, names);
  return part && [thing.happened, part.path, JSON.stringify(thing.dims?.map(([size]) => size))].join('\n');
}

function wholePart(
  group: readonly (Said & { thing: Thing })[],
  root: string,
  had: ReadonlySet<string>,
  has: ReadonlySet<string>,
  names: NameMap,
): Effect {
  const [{ thing }] = group as readonly [Said & { thing: Thing }];
  const { path, now } = partOf(thing, had, has, names)!;
  const tally = new Map<string, number>();
  for (const { thing: each } of group) tally.set(each.word, (tally.get(each.word) ?? 0) + 1);
  const counts = [...tally].map(([word, n]) => count(n, word.toLowerCase()));
  const inside = counts.length < 2 ? counts.join() : `${counts.slice(0, -1).join(', ')} and ${counts.at(-1)}`;
  const axis = path.split('[]').length - 2;
  const [before, after] = (thing.dims ?? [[], []]).map((dims) => dims[axis]);
  const text = {
    removed: `Part ${path} is gone, with ${inside}: whoever sets, records or reads one of them finds nothing.`,
    renamed: `Part ${path} is called ${now} now, and so is all that is in it, ${inside}: whoever sets, records or reads one of them by its name finds nothing.`,
    added: `Part ${path} is new, with ${inside}.`,
    count: `There are ${after} of part ${path}, with ${inside} each, and were ${before}.`,
  }[thing.happened];
  return {
    level: group.some(({ effect }) => effect.level === 'wire') ? 'wire' : 'data',
    breaking: group.some(({ effect }) => effect.breaking),
    rule: `part-${thing.happened}`,
    subject: `${root}: ${thing.happened === 'renamed' ? now : path}`,
    text,
  };
}
