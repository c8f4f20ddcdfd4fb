/** What a running twin shows of a declaration now. */
import type { AstNode } from 'langium';
import {
  isAssetDecl,
  isModeDecl,
  isModesDecl,
  isTwinDecl,
  type AssetDecl,
  type Feature,
} from '../../grammar/generated/ast.ts';
import type { Project } from '../workspace/project.ts';

const MOST = 4;

export function currentValues(
  project: Project,
  node: AstNode,
): { id: string; value: number | boolean | string | null; trail: string }[] {
  const found: ReturnType<typeof currentValues> = [];
  // Of a mode it is said which one of its block is active.
  if (isModeDecl(node)) return isModesDecl(node.$container) ? currentValues(project, node.$container) : [];
  for (const [root, values] of project.values) {
    const asset = rootAsset(project, root);
    if (asset === undefined) continue;
    for (const [id, value] of Object.entries(values)) {
      if (found.length >= MOST) return found;
      if (leadsTo(project, asset, id, node))
        found.push({ id, value, trail: project.trails.sparkline(root, id) });
    }
  }
  return found;
}

function rootAsset(project: Project, root: string): AssetDecl | undefined {
  const dot = root.lastIndexOf('.');
  const index = project.workspace.services.twin.PackageIndex;
  const found = index.find(dot < 0 ? '' : root.slice(0, dot), root.slice(dot + 1), 'Runnable');
  if (isTwinDecl(found)) return found.type?.ref;
  return isAssetDecl(found) ? found : undefined;
}

/** `pump[2].casing.measured`: the measured value stands for the sensor, too. */
function leadsTo(project: Project, asset: AssetDecl, id: string, node: AstNode): boolean {
  const members = project.workspace.services.twin.Members;
  let here: AssetDecl | undefined = asset;
  let feature: Feature | undefined;
  const names = id.replace(/\[[\d,]+\]/g, '').split('.');
  for (const [index, name] of names.entries()) {
    const next: Feature | undefined = here && members.of(here).get(name);
    if (next === undefined) return false;
    if (next === node && (index === names.length - 1 || names.slice(index + 1).join('.') === 'measured'))
      return true;
    feature = next;
    here = members.ofFeature(feature);
  }
  return false;
}
