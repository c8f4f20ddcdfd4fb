/** Fitted values → edits of the text: where a value stands it is replaced, else an override is added; all else stays as it is. */
import {
  isCalibrateDecl,
  isFitStep,
  isPartDecl,
  isScenarioDecl,
  isTwinDecl,
  isVariableDecl,
  type Override,
  type PartDecl,
  type TwinDecl,
} from '../grammar/generated/ast.ts';
import type { AstNode } from 'langium';
import { format } from './1-parse/format.ts';
import { parse } from './1-parse/index.ts';
import type { SourceText } from './1-parse/index.ts';
import { sourceOf, sourceOfProperty } from './1-parse/source.ts';
import { textOf } from './2-check/analysis.ts';
import { featureOf, pathKey, pathOf, type Path } from './2-check/paths.ts';
import type { TextEdit } from './diagnostics/diagnostic.ts';
import { isLibraryUri, type LibraryFiles } from './library-files.ts';

/** What became of fitted values. */
export interface Written {
  /** New texts by uri. */
  texts: Map<string, string>;
  /** Parameters that could not be written, and why. */
  left: { text: string; why: string }[];
}

/**
 * Writes what a calibration found into the texts that declare it. `values` are texts such as `42.1 W/K`, one for each fitted parameter in the order
 * of the text. What cannot be written is left, with the reason.
 */
export function writeBack(
  texts: readonly SourceText[],
  calibration: { uri: string; start: number },
  values: readonly string[],
  library: LibraryFiles,
): Written {
  const { files } = parse(texts, { library });
  const found = files
    .flatMap(({ elements }) => elements)
    .find(
      (element) =>
        isCalibrateDecl(element) &&
        sourceOf(element).uri === calibration.uri &&
        sourceOf(element).start === calibration.start,
    );
  const left: Written['left'] = [];
  const edits: TextEdit[] = [];
  if (isCalibrateDecl(found)) {
    const runnable = found.subject.ref;
    const subject = isScenarioDecl(runnable) ? runnable.subject.ref : runnable;
    found.steps
      .filter(isFitStep)
      .flatMap(({ parameters }) => parameters)
      .forEach(({ target }, at) => {
        const path = pathOf(target);
        const edit =
          path === undefined
            ? 'it leads nowhere'
            : isTwinDecl(subject)
              ? override(subject, path.steps, values[at]!)
              : inAsset(path, values[at]!);
        if (typeof edit === 'string') left.push({ text: textOf(target), why: edit });
        else edits.push(edit);
      });
  }
  const changed = new Map<string, string>();
  for (const uri of new Set(edits.map((edit) => edit.uri))) {
    const before = texts.find((text) => text.uri === uri)?.text;
    if (before === undefined) continue;
    const after = edits
      .filter((edit) => edit.uri === uri)
      .toReversed()
      .toSorted((a, b) => b.start - a.start)
      .reduce((text, { start, end, text: by }) => text.slice(0, start) + by + text.slice(end), before);
    changed.set(uri, format(before).text === before ? format(after).text : after);
  }
  return { texts: changed, left };
}

type Steps = Path['steps'];

/** The edit that gives a parameter its value where the asset's text has it; else why there is none. */
export function inAsset({ steps }: Path, value: string): TextEdit | string {
  const feature = featureOf({ steps });
  const [first, ...rest] = steps;
  if (!isVariableDecl(feature) || first === undefined) return 'it is no variable';
  if (rest.length === 0) {
    if (first.index !== undefined && !first.index.all) return 'it is one element of an array';
    return feature.value === undefined ? 'it has no value to replace' : replace(feature.value, value);
  }
  if (!isPartDecl(first.feature)) return 'it is in no part';
  if (first.index !== undefined && !first.index.all) return 'it is in one element of an array of parts';
  return override(first.feature, rest, value);
}

/** The edit that gives a parameter of a part or a twin its value among the overrides there; else why there is none. */
export function override(owner: TwinDecl | PartDecl, steps: Steps, value: string): TextEdit | string {
  const key = pathKey({ steps }, textOf);
  const known = owner.overrides.find((one: Override) => {
    const path = pathOf(one.target);
    return path !== undefined && pathKey(path, textOf) === key;
  });
  if (known !== undefined) return replace(known.value, value);
  const last = owner.overrides.at(-1);
  const { uri, end } = last === undefined ? sourceOfProperty(owner, 'type') : sourceOf(last);
  if (isLibraryUri(uri)) return 'it stands in the library';
  const name = key.replaceAll('[*]', '');
  return { uri, start: end, end, text: last === undefined ? `(${name} = ${value})` : `, ${name} = ${value}` };
}

function replace(node: AstNode, text: string): TextEdit | string {
  const { uri, start, end } = sourceOf(node);
  return isLibraryUri(uri) ? 'it stands in the library' : { uri, start, end, text };
}
