/** Declarations that are gone and declarations that are new → those that only changed their name. */
import type { CheckedModel } from '../compiler/model/checked-model.ts';
import { plainNames } from './canonical.ts';
import type { Names } from './canonical.ts';
import type { Declaration } from './declarations.ts';

export interface Renames {
  /** Qualified name before → after, of assets, twins and scenarios. */
  declarations: Map<string, string>;
  /** `asset member` (names before) → the member's name after. */
  members: Map<string, string>;
}

/** Names of the version before, written as in the version after. */
export function renamedNames(model: CheckedModel, { declarations, members }: Renames): Names {
  const plain = plainNames(model);
  return {
    declaration: (name) => declarations.get(name) ?? name,
    member: (asset, name) => members.get(`${asset} ${name}`) ?? name,
    partType: plain.partType,
  };
}

const NO_NAME = new Set(['equation', 'when', 'at', 'every', 'requirement', 'binding', 'view']);
/** Share of members that must be the same for two assets to be one under two names. */
const ALIKE = 0.5;

/** `keysOf`: canonical texts of a version's declarations under names; asked again as names become known. */
export function findRenames(
  before: CheckedModel,
  old: readonly Declaration[],
  now: readonly Declaration[],
  keysOf: (names: Names) => readonly Declaration[],
): Renames {
  const renames: Renames = { declarations: new Map(), members: new Map() };
  renameTop(old, now, renames);
  // A renamed member shows in the texts of others; after each round more of them agree.
  for (let round = 0; round < 3; round += 1) {
    const known = renames.members.size;
    renameMembers(keysOf(renamedNames(before, renames)), now, renames, before);
    if (renames.members.size === known) break;
  }
  return renames;
}

function renameTop(
  old: readonly Declaration[],
  now: readonly Declaration[],
  { declarations }: Renames,
): void {
  const top = (all: readonly Declaration[]): Declaration[] =>
    all.filter(({ owner, kind }) => owner === '' && !NO_NAME.has(kind) && kind !== 'test');
  const members = (all: readonly Declaration[], owner: string): Set<string> =>
    new Set(
      all.filter((each) => each.owner === owner).map(({ kind, name, key }) => `${kind} ${name} ${key}`),
    );
  const names = new Set(top(now).map(({ kind, name }) => `${kind} ${name}`));
  const before = new Set(top(old).map(({ kind, name }) => `${kind} ${name}`));
  const fresh = top(now).filter(({ kind, name }) => !before.has(`${kind} ${name}`));
  for (const gone of top(old).filter(({ kind, name }) => !names.has(`${kind} ${name}`))) {
    const score = (other: Declaration): number => {
      if (other.kind !== gone.kind) return 0;
      if (gone.kind !== 'asset') return other.key === gone.key ? 1 : 0;
      return jaccard(members(old, gone.name), members(now, other.name));
    };
    const [best] = fresh.filter((each) => score(each) > 0).toSorted((a, b) => score(b) - score(a));
    if (best === undefined || score(best) < ALIKE) continue;
    declarations.set(gone.name, best.name);
    fresh.splice(fresh.indexOf(best), 1);
  }
}

function renameMembers(
  old: readonly Declaration[],
  now: readonly Declaration[],
  renames: Renames,
  before: CheckedModel,
): void {
  const ownerNow = (owner: string): string => renames.declarations.get(owner) ?? owner;
  const nameNow = ({ owner, name }: Declaration): string => renames.members.get(`${owner} ${name}`) ?? name;
  for (const owner of new Set(old.map((each) => each.owner))) {
    if (owner === '') continue;
    const [ours, theirs] = [
      old.filter((each) => each.owner === owner),
      now.filter((each) => each.owner === ownerNow(owner)),
    ];
    const there = new Set(theirs.map(({ kind, name }) => `${kind} ${name}`));
    const had = new Set(ours.map((each) => `${each.kind} ${nameNow(each)}`));
    const gone = ours.filter(
      (each) => !NO_NAME.has(each.kind) && !there.has(`${each.kind} ${nameNow(each)}`),
    );
    const fresh = theirs.filter((each) => !NO_NAME.has(each.kind) && !had.has(`${each.kind} ${each.name}`));
    for (const each of gone) {
      const same = (other: Declaration): boolean => other.kind === each.kind && other.key === each.key;
      let candidates = fresh.filter(same);
      const rivals = gone.filter(same);
      if (candidates.length !== 1 || rivals.length !== 1) {
        // What uses it decides, or nothing does.
        const uses = usesOf(each, old);
        candidates = fresh.filter(
          (other) => other.kind === each.kind && uses.size > 0 && equal(uses, usesOf(other, now)),
        );
      }
      const [only] = candidates;
      if (only === undefined || candidates.length !== 1) continue;
      for (const asset of Object.values(before.assets))
        if (asset.name === owner || inherits(asset, each))
          renames.members.set(`${asset.name} ${each.name}`, only.name);
      fresh.splice(fresh.indexOf(only), 1);
    }
  }
}

const inherits = (asset: CheckedModel['assets'][string], { name, source }: Declaration): boolean =>
  [...asset.variables, ...asset.parts, ...asset.sensors, ...asset.alarms].some(
    (member) =>
      member.name === name && member.source.uri === source.uri && member.source.start === source.start,
  );

/** Texts of what names a member, with a mark in place of its name. */
function usesOf({ name, owner }: Declaration, all: readonly Declaration[]): Set<string> {
  const pattern = new RegExp(`(?<=[@.])${name}(?![\\w])`, 'g');
  const uses = new Set<string>();
  for (const each of all) {
    if (each.owner !== owner) continue;
    const marked = each.key.replaceAll(pattern, '$');
    if (marked !== each.key) uses.add(`${each.kind} ${marked}`);
  }
  return uses;
}

const equal = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
  a.size === b.size && [...a].every((each) => b.has(each));

function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const both = [...a].filter((each) => b.has(each)).length;
  const either = a.size + b.size - both;
  return either === 0 ? 0 : both / either;
}
