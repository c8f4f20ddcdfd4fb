/** Texts → what is compiled and how its runs end: the same module for every Node and for Chromium. */
import { analyse, compile } from '../../compiler/index.ts';
import type { SourceText } from '../../compiler/index.ts';
import type { FlatSystem } from '../../compiler/ir/flat-system.ts';
import { libraryFiles } from '../../library/embedded.ts';
import { hashBytes } from '../../runtime/snapshot.ts';
import { finalHash } from './final-hash.ts';
import type { Given } from './final-hash.ts';

export interface Project {
  name: string;
  texts: SourceText[];
  /** Texts of data files by their address. */
  data: Record<string, string>;
  /** Longest run, s. */
  longest: number;
}

export interface Case {
  /** Of the scenario, qualified. */
  name: string;
  given: Given;
  system: FlatSystem;
}

/** Each scenario of a project once. */
export function casesOf({ texts, data, longest }: Project): Case[] {
  const { model, roots, diagnostics } = analyse(texts, libraryFiles, undefined, (uri) => data[uri]);
  if (model === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  const done = new Set<string>();
  return roots.flatMap((root) => {
    const { value } = compile(model, root);
    if (value === undefined) throw new Error(`${root.name} does not compile`);
    const { manifest, wasm } = value.artefact;
    return manifest.scenarios.flatMap(({ name, duration }, scenario) => {
      if (done.has(name)) return [];
      done.add(name);
      const given = {
        manifest,
        wasm: base64(wasm),
        scenario,
        seed: 7,
        duration: Math.min(duration, longest),
      };
      return [{ name, given, system: value.system }];
    });
  });
}

export interface End {
  name: string;
  /** Hash of the code and of the manifest. */
  artefact: string;
  /** Hash of the state at the end. */
  state: string;
}

export const endOf = ({ name, given }: Case): End => ({
  name,
  artefact: hashBytes(new TextEncoder().encode(given.wasm + JSON.stringify(given.manifest))),
  state: finalHash(given),
});

export const endsOf = (projects: readonly Project[]): End[] =>
  projects.flatMap((project) => casesOf(project).map(endOf));

function base64(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
