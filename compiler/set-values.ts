/** Values of parameters, by the names that a run knows them by → edits of the text where they are given. */
import { isAssetDecl, isPartDecl, isTwinDecl, isVariableDecl } from '../grammar/generated/ast.ts';
import type { AssetDecl, Feature, TwinDecl, TwinFile } from '../grammar/generated/ast.ts';
import { lineage } from './1-parse/names/members.ts';
import { qualifiedName } from './2-check/members.ts';
import type { Step } from './2-check/paths.ts';
import type { TextEdit } from './diagnostics/diagnostic.ts';
import { inAsset, override } from './fitted-values.ts';

export interface SetValue {
  /** `pump.cooling` */
  id: string;
  /** `45 W/K` */
  text: string;
}

export interface ValueEdits {
  edits: TextEdit[];
  /** What could not be written, and why. */
  left: { id: string; why: string }[];
}

/** `root`: the qualified name of the asset or twin that runs. */
export function valueEdits(
  files: readonly TwinFile[],
  root: string,
  values: readonly SetValue[],
): ValueEdits {
  const found = files
    .flatMap(({ elements }) => elements)
    .find(
      (element): element is AssetDecl | TwinDecl =>
        (isAssetDecl(element) || isTwinDecl(element)) && qualifiedName(element) === root,
    );
  const edits: TextEdit[] = [];
  const left: ValueEdits['left'] = [];
  for (const { id, text } of values) {
    const edit = found === undefined ? `there is no ${root} in the text` : editOf(found, id, text);
    if (typeof edit === 'string') left.push({ id, why: edit });
    else edits.push(edit);
  }
  return { edits, left };
}

function editOf(root: AssetDecl | TwinDecl, id: string, text: string): TextEdit | string {
  if (id.includes('[')) return 'it is one element of an array';
  const steps = stepsTo(isTwinDecl(root) ? root.type?.ref : root, id.split('.'));
  if (steps === undefined) return 'it is not in the text';
  return isTwinDecl(root) ? override(root, steps, text) : inAsset({ steps }, text);
}

/** Undefined where a name leads nowhere. */
function stepsTo(asset: AssetDecl | undefined, names: readonly string[]): Step[] | undefined {
  const steps: Step[] = [];
  let inside = asset;
  for (const name of names) {
    const feature: Feature | undefined = (inside === undefined ? [] : lineage(inside))
      .flatMap(({ members }) => members)
      .find((member) => (isPartDecl(member) || isVariableDecl(member)) && member.name === name) as
      | Feature
      | undefined;
    if (feature === undefined) return undefined;
    steps.push({ name, feature } as Step);
    inside = isPartDecl(feature) ? feature.type?.ref : undefined;
  }
  return steps;
}
