/**
 * Requirements → one version of each package: the greatest of the least versions that anyone asks for. No search, no
 * preference for what is new today: the answer depends on the manifests alone.
 * Source: R. Cox, Minimal Version Selection, 2018 (research.swtch.com/vgo-mvs).
 */
import compare from 'semver/functions/compare.js';
import major from 'semver/functions/major.js';
import minor from 'semver/functions/minor.js';
import { PackageProblem } from './manifest.ts';
import type { Requirement } from './manifest.ts';

/** A requirement, and the package whose manifest states it. */
export interface Demand {
  name: string;
  requirement: Requirement;
  /** `waterworks`, or `acme.pumps 1.2.0`. */
  by: string;
  /** Folder that a path is relative to. */
  folder: string;
}

/** What stands at the end of a source. */
export interface Candidate {
  version: string;
  /** What its own manifest asks for. */
  demands: Demand[];
}

export interface Selected<C extends Candidate> {
  name: string;
  requirement: Requirement;
  candidate: C;
  /** Names of the packages that it needs. */
  needs: string[];
}

/**
 * @param look reads the package that a demand leads to; asked once for each source and version
 * @throws PackageProblem when two demands cannot both be met
 */
export async function select<C extends Candidate>(
  roots: readonly Demand[],
  look: (demand: Demand) => Promise<C>,
): Promise<Map<string, Selected<C>>> {
  const chosen = new Map<string, { demand: Demand; candidate: C }>();
  const fixed = new Set(roots.filter(({ requirement }) => 'path' in requirement).map(({ name }) => name));
  const looked = new Map<string, C>();
  const open: Demand[] = [...roots];
  for (let demand = open.shift(); demand !== undefined; demand = open.shift()) {
    const { name } = demand;
    const before = chosen.get(name);
    // What the project itself takes from a folder stands for every other source of that name.
    if (before !== undefined && fixed.has(name)) {
      if ('version' in demand.requirement)
        mustFit(name, before.candidate.version, before.demand, demand.requirement.version, demand);
      continue;
    }
    if (before !== undefined) mustAgree(name, before.demand, demand);
    const key = `${name} ${JSON.stringify(demand.requirement)} ${'path' in demand.requirement ? demand.folder : ''}`;
    let candidate = looked.get(key);
    if (candidate === undefined) looked.set(key, (candidate = await look(demand)));
    if (before !== undefined) {
      mustFit(name, before.candidate.version, before.demand, candidate.version, demand);
      if (compare(candidate.version, before.candidate.version) <= 0) continue;
    }
    chosen.set(name, { demand, candidate });
    open.push(...candidate.demands);
  }
  return reachable(roots, chosen);
}

/** A version that was passed over may have asked for packages that nobody needs any more. */
function reachable<C extends Candidate>(
  roots: readonly Demand[],
  chosen: ReadonlyMap<string, { demand: Demand; candidate: C }>,
): Map<string, Selected<C>> {
  const selected = new Map<string, Selected<C>>();
  const open = roots.map(({ name }) => name);
  for (let name = open.shift(); name !== undefined; name = open.shift()) {
    if (selected.has(name)) continue;
    const { demand, candidate } = chosen.get(name)!;
    const needs = [...new Set(candidate.demands.map((each) => each.name))].toSorted();
    selected.set(name, { name, requirement: demand.requirement, candidate, needs });
    open.push(...needs);
  }
  return selected;
}

function mustAgree(name: string, one: Demand, other: Demand): void {
  const [a, b] = [one.requirement, other.requirement];
  if ('path' in a && 'path' in b) return;
  if ('path' in a || 'path' in b || a.git !== b.git)
    throw new PackageProblem(
      `${one.by} takes ${name} from ${sourceOf(a)}, ${other.by} from ${sourceOf(b)}: there can be only one ${name}`,
    );
  if (
    'revision' in a !== 'revision' in b ||
    ('revision' in a && 'revision' in b && a.revision !== b.revision)
  )
    throw new PackageProblem(
      `${one.by} asks for ${name} at ${wantedOf(a)}, ${other.by} at ${wantedOf(b)}: they cannot both be had`,
    );
}

/** Versions of one line: the same major number, and below 1.0.0 the same minor one (semver.org). */
function mustFit(name: string, one: string, oneDemand: Demand, other: string, otherDemand: Demand): void {
  if (lineOf(one) === lineOf(other)) return;
  throw new PackageProblem(
    `${oneDemand.by} needs ${name} ${lineOf(one)}, ${otherDemand.by} needs ${name} ${lineOf(other)}: these break with each other`,
  );
}

/** `1.x`, `0.3.x`. */
export const lineOf = (version: string): string =>
  major(version) === 0 ? `0.${minor(version)}.x` : `${major(version)}.x`;

const sourceOf = (requirement: Requirement): string =>
  'path' in requirement ? `the folder ${requirement.path}` : requirement.git;
const wantedOf = (requirement: Requirement): string =>
  'version' in requirement
    ? `version ${requirement.version}`
    : 'revision' in requirement
      ? requirement.revision
      : '';
