/** Texts or a bundle → a version of a twin, ready to be compared and run. */
import { compile } from '../compiler/index.ts';
import type { Analysis, CheckedModel, Diagnostic, Root, SourceText } from '../compiler/index.ts';
import type { Artefact } from '../runtime/contract/manifest.ts';

export interface Version {
  /** For people: `main`, `HEAD~2`, `the working tree`. */
  label: string;
  /** Absent for a bundle, which has no text. */
  model?: CheckedModel;
  texts: readonly SourceText[];
  textOf: (uri: string) => string | undefined;
  roots: readonly Root[];
  /** What can run, by `twin NAME` or `asset NAME`. Compiled when asked for, once. */
  artefact(root: Root): Artefact | undefined;
}

/** Errors of the texts are no version: the caller shows them. */
export function versionOfTexts(
  label: string,
  texts: readonly SourceText[],
  analyse: (texts: readonly SourceText[]) => Analysis,
): { version: Version } | { diagnostics: Diagnostic[] } {
  const { model, roots, diagnostics } = analyse(texts);
  if (model === undefined) return { diagnostics };
  const byUri = new Map(texts.map(({ uri, text }) => [uri, text]));
  const artefacts = new Map<string, Artefact | undefined>();
  return {
    version: {
      label,
      model,
      texts,
      textOf: (uri) => byUri.get(uri),
      roots,
      artefact(root) {
        const key = keyOf(root);
        if (!artefacts.has(key)) artefacts.set(key, compile(model, root).value?.artefact);
        return artefacts.get(key);
      },
    },
  };
}

/** A bundle as a version: without texts and model, so that only its behaviour can be compared. */
export function versionOfBundle(label: string, artefact: Artefact): Version {
  const { name, bindings } = artefact.manifest;
  const root: Root = { kind: bindings.length > 0 ? 'twin' : 'asset', name };
  return { label, texts: [], textOf: () => undefined, roots: [root], artefact: () => artefact };
}

const keyOf = ({ kind, name }: Root): string => `${kind} ${name}`;
