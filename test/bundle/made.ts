/** A bundle of a small twin, made in this process. */
import { makeBundle } from '../../bundles/make.ts';
import type { Ingredients, MadeBundle } from '../../bundles/make.ts';
import { sha256 } from '../../bundles/digest.ts';
import { pack, writeArchive } from '../../bundles/archive.ts';
import type { Entry } from '../../bundles/archive.ts';
import { contentsOf, writeContents } from '../../bundles/contents.ts';
import { analyse, compile } from '../../compiler/index.ts';
import { readLibraryFiles } from '../../library/from-disk.ts';
import type { Artefact } from '../../runtime/contract/manifest.ts';

export const TANK = `package water

/// A tank that empties.
asset Tank {
  param rate = 2 1/h
  input open: Boolean = true
  state level = 3 m
  der(level) = if open then -rate * level else 0 m/s
  sensor height measures level every 10 s noise normal(1 mm)
  alarm low: warning "Nearly empty" { raise when level < 0.5 m  clear when level > 1 m }
}

twin T1: Tank(rate = 3 1/h)

bind T1 {
  height from mqtt("plant/T1/height") as m
  open from mqtt("plant/T1/open")
  low to mqtt("plant/T1/low")
}

scenario empty for T1 { run 1 h }
`;

export function artefactOf(text: string, name: string, kind: 'twin' | 'asset' = 'twin'): Artefact {
  const { model, diagnostics } = analyse([{ uri: 'file:///plant/tank.twin', text }], readLibraryFiles());
  if (model === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return compile(model, { kind, name }).value!.artefact;
}

export function ingredients(changes: Partial<Ingredients> = {}): Ingredients {
  return {
    artefact: artefactOf(TANK, 'water.T1'),
    runner: 'export {};\n',
    version: '0.1.0',
    root: 'twin water.T1',
    sources: [{ uri: 'file:///plant/tank.twin', name: 'tank.twin', sha256: sha256(TANK) }],
    packages: [
      {
        name: 'acme.pumps',
        version: '1.2.0',
        git: { url: 'https://git.example/acme/pumps.git', commit: 'a'.repeat(40) },
        sha256: sha256('pumps'),
      },
    ],
    ...changes,
  };
}

export const madeTank = (changes?: Partial<Ingredients>): MadeBundle => makeBundle(ingredients(changes));

/** A copy of a JSON value with another value at a place such as `layout/pages`; undefined takes away what is there. */
export function changed(value: unknown, place: string, to: unknown): unknown {
  const copy = structuredClone(value);
  const steps = place.split('/');
  const last = steps.pop()!;
  let at = copy as Record<string, unknown>;
  for (const step of steps) at = at[step] as Record<string, unknown>;
  if (to === undefined) Reflect.deleteProperty(at, last);
  else at[last] = to;
  return copy;
}

/**
 * The bundle of a twin with other files in it, and a list of contents that fits them: made by someone who knows the format. `behind`: entries that
 * are not in the list.
 */
export function forged(
  { files: all }: MadeBundle,
  change: (files: Record<string, Uint8Array>) => void,
  behind: readonly Entry[] = [],
): Uint8Array {
  const { 'bundle.json': _, ...files } = all;
  change(files);
  const packed = Object.entries(files).map(([name, content]) => ({
    entry: pack(name, content, true),
    content,
  }));
  const contents = writeContents(contentsOf('water.T1', '0.1.0', packed));
  return writeArchive([pack('bundle.json', contents, false), ...packed.map(({ entry }) => entry), ...behind]);
}
