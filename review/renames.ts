/** Declarations that are gone and declarations that are new → those that only changed their name. */
import type { CheckedModel } from '../compiler/model/checked-model.ts';
import { plainNames } from './canonical.ts';
import type { Names } from './canonical.ts';
import type { Declaration } from './declarations.ts';
import { shortName } from './names.ts';

export interface Renames {
  /** Qualified name before → after, of assets, twins, scenarios and experiments: another name, or another package. */
  declarations: Map<string, string>;
  /** Titles of tests, which are no names: before → after. */
  tests: Map<string, string>;
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
  const renames: Renames = { declarations: new Map(), tests: new Map(), members: new Map() };
  // What is built of something renamed, or says what happens to it, agrees once that is known.
  for (let known = -1, all = old; renames.declarations.size > known;) {
    known = renames.declarations.size;
    renameTop(all, now, renames);
    all = keysOf(renamedNames(before, renames));
  }
  // A renamed member shows in the texts of others; after each round more of them agree.
  for (let round = 0; round < 3; round += 1) {
    const known = renames.members.size;
    renameMembers(keysOf(renamedNames(before, renames)), now, renames, before);
    if (renames.members.size === known) break;
  }
  renameTests(keysOf(renamedNames(before, renames)), now, renames);
  return renames;
}

function renameTop(
  old: readonly Declaration[],
  now: readonly Declaration[],
  { declarations }: Renames,
): void {
  const top = (all: readonly Declaration[]): Declaration[] =>
    all.filter(({ owner, kind }) => owner === '' && !NO_NAME.has(kind) && kind !== 'test');
  const membersOf = (all: readonly Declaration[]): Map<string, Set<string>> =>
    new Map(
      [...byOwner(all)].map(([owner, own]) => [
        owner,
        new Set(own.map(({ kind, name, key }) => `${kind} ${name} ${key}`)),
      ]),
    );
  const [membersOld, membersNow] = [membersOf(old), membersOf(now)];
  const names = new Set(top(now).map(({ kind, name }) => `${kind} ${name}`));
  const before = new Set(top(old).map(({ kind, name }) => `${kind} ${name}`));
  const taken = new Set(declarations.values());
  const fresh = top(now).filter(({ kind, name }) => !before.has(`${kind} ${name}`) && !taken.has(name));
  const lost = top(old).filter(({ kind, name }) => !names.has(`${kind} ${name}`) && !declarations.has(name));
  const calledAs = ({ kind, name }: Declaration): string => `${kind} ${shortName(name)}`;
  const tally = (all: readonly Declaration[]): Map<string, number> => {
    const counts = new Map<string, number>();
    for (const each of all) counts.set(calledAs(each), (counts.get(calledAs(each)) ?? 0) + 1);
    return counts;
  };
  const [lostAs, freshAs] = [tally(lost), tally(fresh)];
  for (const gone of lost) {
    const alone = lostAs.get(calledAs(gone)) === 1 && freshAs.get(calledAs(gone)) === 1;
    const score = (other: Declaration): number => {
      if (other.kind !== gone.kind) return 0;
      // In another package under its own name it is the same, whatever else has changed of it.
      if (alone && shortName(other.name) === shortName(gone.name)) return 2;
      if (gone.kind !== 'asset') return other.key === gone.key ? 1 : 0;
      return jaccard(membersOld.get(gone.name) ?? NONE, membersNow.get(other.name) ?? NONE);
    };
    const best = bestOf(fresh, score);
    if (best === undefined) continue;
    declarations.set(gone.name, best.name);
    fresh.splice(fresh.indexOf(best), 1);
  }
}

const NONE: ReadonlySet<string> = new Set();

/** The first with the highest score, if that is enough. */
function bestOf(all: readonly Declaration[], score: (each: Declaration) => number): Declaration | undefined {
  let [best, most]: [Declaration | undefined, number] = [undefined, 0];
  for (const each of all) {
    const its = score(each);
    if (its >= ALIKE && its > most) [best, most] = [each, its];
  }
  return best;
}

function byOwner(all: readonly Declaration[]): Map<string, Declaration[]> {
  const found = new Map<string, Declaration[]>();
  for (const each of all) {
    const own = found.get(each.owner);
    if (own === undefined) found.set(each.owner, [each]);
    else own.push(each);
  }
  return found;
}

/** A test that is gone and one that is new are one when they require the same, or most of it, of the same scenario. */
function renameTests(old: readonly Declaration[], now: readonly Declaration[], { tests }: Renames): void {
  const of = (all: readonly Declaration[]): Declaration[] => all.filter(({ kind }) => kind === 'test');
  const required = (all: readonly Declaration[], { name }: Declaration): Set<string> =>
    new Set(all.filter(({ kind, owner }) => kind === 'requirement' && owner === name).map(({ key }) => key));
  const titles = (all: readonly Declaration[]): Set<string> => new Set(of(all).map(({ name }) => name));
  const [had, has] = [titles(old), titles(now)];
  const fresh = of(now).filter(({ name }) => !had.has(name));
  for (const gone of of(old).filter(({ name }) => !has.has(name))) {
    const score = (other: Declaration): number =>
      other.key === gone.key ? jaccard(required(old, gone), required(now, other)) : 0;
    const best = bestOf(fresh, score);
    if (best === undefined) continue;
    tests.set(gone.name, best.name);
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
  const others = byOwner(now);
  for (const [owner, ours] of byOwner(old)) {
    if (owner === '') continue;
    const theirs = others.get(ownerNow(owner)) ?? [];
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
        const uses = usesOf(each, ours);
        candidates = fresh.filter(
          (other) => other.kind === each.kind && uses.size > 0 && equal(uses, usesOf(other, theirs)),
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
