/** Bundle → what is said of it: what is in it, who signed it, and what it may do. */
import type { Manifest } from '../runtime/contract/manifest.ts';
import type { OpenedBundle } from './open.ts';
import { PROVENANCE_FILE, SBOM_FILE } from './names.ts';
import type { Judged } from './trust.ts';

/** What `pollux inspect` tells of a bundle. */
export interface BundleDescription {
  name: string;
  title: string;
  /** `sha256:…` of `bundle.json`: the bundle's own. */
  digest: string;
  /** The version of Pollux. */
  builder: string;
  /** States of twins with the same one fit each other. */
  stateFingerprint: string;
  files: { name: string; mediaType: string; size: number; sha256: string }[];
  signers: Judged['signers'];
  /** Texts, data and packages it was built from, with their digests. */
  sources: { name: string; digest: Record<string, string> }[];
  packages: { name: string; version: string }[];
  scenarios: string[];
  /** Declarations; each may have many instances. */
  sensors: number;
  alarms: number;
  permissions: Permissions;
}

/** All that a running twin can reach: its code has nothing but memory, so only its bindings count. */
export interface Permissions {
  disk: 'none';
  /** Bytes of memory. */
  memory: number;
  /** By protocol. */
  network: Record<string, { reads: string[]; writes: string[] }>;
}

/** What a twin may reach, by its bindings: nothing else is given to it. */
export function permissionsOf({ bindings, layout }: Manifest): Permissions {
  const network = new Map<string, { reads: Set<string>; writes: Set<string> }>();
  for (const { protocol, direction, arguments: given } of bindings) {
    const of = network.get(protocol) ?? { reads: new Set(), writes: new Set() };
    network.set(protocol, of);
    (direction === 'from' ? of.reads : of.writes).add(addressIn(given));
  }
  return {
    disk: 'none',
    memory: layout.pages * 65536,
    network: Object.fromEntries(
      [...network].map(([protocol, { reads, writes }]) => [
        protocol,
        { reads: [...reads].toSorted(), writes: [...writes].toSorted() },
      ]),
    ),
  };
}

/** Where a binding reads or writes: its first argument, or the one that is named in its place. */
const addressIn = (given: Manifest['bindings'][number]['arguments']): string =>
  String(given['0'] ?? given['topic'] ?? given['node'] ?? given['name'] ?? given['file'] ?? '');

interface Statement {
  predicate?: {
    buildDefinition?: { resolvedDependencies?: { name?: string; digest?: Record<string, string> }[] };
  };
}
interface Bom {
  components?: { type?: string; name?: string; version?: string }[];
}

/** What is said of a bundle that was opened and judged. */
export function describeBundle(opened: OpenedBundle, { signers }: Judged): BundleDescription {
  const { contents, digest, artefact, files } = opened;
  const { manifest } = artefact;
  const parsed = (name: string): unknown =>
    files[name] === undefined ? {} : (JSON.parse(new TextDecoder().decode(files[name])) as unknown);
  const dependencies = (parsed(PROVENANCE_FILE) as Statement).predicate?.buildDefinition
    ?.resolvedDependencies;
  const components = (parsed(SBOM_FILE) as Bom).components ?? [];
  return {
    name: contents.name,
    title: manifest.title,
    digest,
    builder: `pollux ${contents.builder.version}`,
    stateFingerprint: manifest.stateFingerprint,
    files: contents.files.map(({ name, mediaType, size, sha256 }) => ({ name, mediaType, size, sha256 })),
    signers,
    sources: (dependencies ?? []).map(({ name = '', digest: of = {} }) => ({ name, digest: of })),
    packages: components
      .filter(({ type }) => type === 'library')
      .map(({ name = '', version = '' }) => ({ name, version })),
    scenarios: manifest.scenarios.map(({ name }) => name),
    sensors: manifest.sensors.length,
    alarms: manifest.alarms.length,
    permissions: permissionsOf(manifest),
  };
}
