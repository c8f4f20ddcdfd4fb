/**
 * The bill of materials, as CycloneDX 1.6: the twin, the runner that comes with it, the packages and the texts it was made
 * from. It says nothing of the machine or the time, so that the same text gives the same one.
 */
import { sha256 } from './digest.ts';
import type { Source, UsedPackage } from './sources.ts';

/** What the bill is about. */
export interface SbomParts {
  name: string;
  /** Of Pollux. */
  version: string;
  stateFingerprint: string;
  files: readonly { name: string; sha256: string }[];
  sources: readonly Source[];
  packages: readonly UsedPackage[];
}

const hashes = (content: string): object[] => [{ alg: 'SHA-256', content }];

/** A bill of materials in the form of CycloneDX: the twin, the texts and the packages that it was made of. */
export function sbomOf({ name, version, stateFingerprint, files, sources, packages }: SbomParts): object {
  const digest = (file: string): string => files.find((each) => each.name === file)!.sha256;
  // What is the same has the same number, and nothing else has.
  const serial = sha256(
    JSON.stringify([name, version, files, sources.map((s) => [s.name, s.sha256]), packages]),
  );
  const twin = { 'bom-ref': 'twin', type: 'application', name, version: digest('twin.wasm').slice(0, 12) };
  const references = ['runner', ...packages.map((each) => `package:${each.name}`)];
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuid(serial)}`,
    version: 1,
    metadata: {
      tools: { components: [{ type: 'application', name: 'pollux', version }] },
      component: {
        ...twin,
        hashes: hashes(digest('twin.wasm')),
        properties: [{ name: 'pollux:stateFingerprint', value: stateFingerprint }],
      },
    },
    components: [
      {
        'bom-ref': 'runner',
        type: 'framework',
        name: 'pollux-runtime',
        version,
        description: 'run.mjs: the runtime that comes with the bundle; it contains no other packages',
        licenses: [{ license: { id: 'Apache-2.0' } }],
        hashes: hashes(digest('run.mjs')),
      },
      ...packages.map((each) => ({
        'bom-ref': `package:${each.name}`,
        type: 'library',
        name: each.name,
        version: each.version,
        ...(each.sha256 === undefined ? {} : { hashes: hashes(each.sha256) }),
        ...(each.git === undefined
          ? {}
          : {
              purl: `pkg:generic/${encodeURIComponent(each.name)}@${encodeURIComponent(each.version)}?vcs_url=${encodeURIComponent(`git+${each.git.url}@${each.git.commit}`)}`,
              externalReferences: [{ type: 'vcs', url: each.git.url, comment: `commit ${each.git.commit}` }],
            }),
      })),
      ...sources.map((source) => ({
        'bom-ref': `file:${source.name}`,
        type: 'file',
        name: source.name,
        hashes: hashes(source.sha256),
      })),
    ],
    dependencies: [
      { ref: 'twin', dependsOn: [...references, ...sources.map((source) => `file:${source.name}`)] },
      ...references.map((ref) => ({ ref, dependsOn: [] })),
    ],
  };
}

/** A name-based UUID of version 8 (RFC 9562): 122 bits of a digest. */
function uuid(hex: string): string {
  const variant = ((parseInt(hex[16]!, 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
