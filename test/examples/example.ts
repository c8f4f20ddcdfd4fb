/** Folder of an example → texts, checked model, running twins: what `pollux check`, `run` and `test` do, without a process. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { analyse, compile } from '../../compiler/index.ts';
import type { CheckedModel, Diagnostic, Root, SourceText } from '../../compiler/index.ts';
import { readLibraryFiles } from '../../library/from-disk.ts';
import type { Artefact } from '../../runtime/contract/manifest.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { findElement } from '../../runtime/lookup.ts';
import { createTwin } from '../../runtime/twin.ts';
import type { RunEvent, Twin, TwinSettings } from '../../runtime/twin.ts';

const examplesFolder = fileURLToPath(new URL('../../examples/', import.meta.url));

/** Measured and published data beside the repository; a fresh clone does not have it. */
const sharedFolder =
  process.env['POLLUX_SHARED'] ?? fileURLToPath(new URL('../../../shared/', import.meta.url));

/** Path of a shared file, or undefined where it is absent. */
export function sharedFile(path: string): string | undefined {
  const full = join(sharedFolder, path);
  return existsSync(full) ? full : undefined;
}

export const exampleNames = readdirSync(examplesFolder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .toSorted();

export const exampleFolder = (example: string): string => join(examplesFolder, example);

/** The texts as if the example lay in `folder`. */
export function textsOf(example: string, folder = 'file:///examples'): SourceText[] {
  return readdirSync(join(examplesFolder, example))
    .filter((name) => name.endsWith('.twin'))
    .toSorted()
    .map((name) => ({
      uri: `${folder}/${example}/${name}`,
      text: readFileSync(join(examplesFolder, example, name), 'utf8'),
    }));
}

const library = readLibraryFiles();

/** Data files lie beside the example, wherever its texts seem to be. */
export const readData = (uri: string): string | undefined => {
  const [example = '', name = ''] = uri.split('/').slice(-2);
  const path = join(examplesFolder, example, name);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
};

export interface Example {
  model: CheckedModel;
  roots: Root[];
  diagnostics: Diagnostic[];
}

/** Throws with the findings when the text has errors. */
export function checkTexts(texts: readonly SourceText[]): Example {
  const { model, roots, diagnostics } = analyse(texts, library, undefined, readData);
  if (model === undefined)
    throw new Error(diagnostics.map(({ code, message }) => `${code} ${message}`).join('\n'));
  return { model, roots, diagnostics };
}

export const checkExample = (example: string, folder?: string): Example =>
  checkTexts(textsOf(example, folder));

export function compileRoot(model: CheckedModel, root: Root): Artefact {
  const { value, diagnostics } = compile(model, root);
  if (value === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return value.artefact;
}

/** The artefact of an asset or twin by its short name. */
export function artefactOf(example: string, name: string): Artefact {
  const { model, roots } = checkExample(example);
  const root = roots.find((candidate) => candidate.name.endsWith(`.${name}`));
  if (root === undefined) throw new Error(`${example} has nothing named ${name}`);
  return compileRoot(model, root);
}

export interface RunOptions extends TwinSettings {
  /** Short name. */
  scenario?: string;
  /** SI, by element name; holds from the start. */
  given?: Readonly<Record<string, number>>;
}

/** A twin before its first instant. */
export function twinOf(artefact: Artefact, { scenario, given = {}, ...settings }: RunOptions = {}): Twin {
  const { manifest } = artefact;
  const overrides = Object.entries(given).map(([name, value]) => {
    const place = findElement(manifest, name);
    if (place === undefined) throw new Error(`there is no variable ${name}`);
    return { ...place, value };
  });
  const which = manifest.scenarios.findIndex(
    ({ name }) => name.split('.').at(-1) === scenario?.split('.').at(-1),
  );
  if (scenario !== undefined && which < 0) throw new Error(`there is no scenario ${scenario}`);
  return createTwin({
    manifest,
    kernel: kernelFactory(artefact),
    ...(scenario === undefined ? {} : { scenario: which }),
    settings: { checkpoints: { keep: 'recent', limit: 2 }, ...settings, overrides },
  });
}

/** SI value of a variable that must exist. */
export function valueOf(twin: Twin, name: string): number {
  const value = twin.value(name);
  if (value === undefined) throw new Error(`there is no variable ${name}`);
  return value;
}

/** Runs to the end and returns what happened; throws when the run stopped early. */
export function eventsOf(twin: Twin): RunEvent[] {
  const events: RunEvent[] = [];
  twin.listen({ event: (event) => events.push(event) });
  twin.advance(twin.duration);
  const trouble = twin.trouble();
  if (trouble !== undefined) throw new Error(`${trouble.code} ${trouble.message}`);
  return events;
}
