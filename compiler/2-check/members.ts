/** An asset → its members, inherited ones first; declarations → their names for people and for the model. */
import { AstUtils, type AstNode, type Reference } from 'langium';
import {
  isAlarmDecl,
  isAssetDecl,
  isConstDecl,
  isEventDecl,
  isEventValue,
  isFunctionLocal,
  isFunctionParameter,
  isConveyStep,
  isExitStep,
  isItemDecl,
  isLoopVariable,
  isModeDecl,
  isModesDecl,
  isPartDecl,
  isProcessDecl,
  isQueueStep,
  isResourceDecl,
  isRuleDecl,
  isSensorDecl,
  isTwinDecl,
  isTwinFile,
  isVariableDecl,
  type AssetDecl,
  type Feature,
  type Member,
} from '../../grammar/generated/ast.ts';
import { packageOf } from '../1-parse/names/package-index.ts';

/** What a reference leads to; undefined when it is missing or leads nowhere. */
export function target<T extends AstNode>(reference: Reference<T> | undefined): T | undefined {
  return reference?.ref;
}

/** An asset and those it extends, itself first. Ends where a cycle would begin. */
export function lineage(asset: AssetDecl): AssetDecl[] {
  const found: AssetDecl[] = [];
  for (
    let next: AssetDecl | undefined = asset;
    next !== undefined && !found.includes(next);
    next = target(next.base)
  ) {
    found.push(next);
  }
  return found;
}

/** Own and inherited members, those of the farthest base first. */
export function membersOf(asset: AssetDecl): Member[] {
  return lineage(asset)
    .reverse()
    .flatMap((each) => each.members.filter((member) => (member as Member | undefined) !== undefined));
}

export function assetAround(node: AstNode | undefined): AssetDecl | undefined {
  return AstUtils.getContainerOfType(node, isAssetDecl);
}

/** `water.station.Pump`; the plain name in a file without a package. */
export function qualifiedName(element: AstNode & { name: string }): string {
  const file = AstUtils.findRootNode(element);
  const name = isTwinFile(file) ? packageOf(file) : '';
  return name === '' ? element.name : `${name}.${element.name}`;
}

/** `a parameter`, `a sensor`: for sentences. */
export function kindOf(feature: Feature | undefined): string {
  if (feature === undefined) return 'unknown';
  if (isVariableDecl(feature)) {
    const words = {
      param: 'a parameter',
      fixed: 'fixed',
      input: 'an input',
      state: 'a state',
      let: 'computed by let',
      across: 'a variable of a port',
      through: 'a variable of a port',
      kpi: 'a kpi',
    };
    return words[feature.role] ?? 'a variable';
  }
  if (isPartDecl(feature)) return feature.port ? 'a port' : feature.link ? 'a link' : 'a part';
  if (isSensorDecl(feature)) return 'a sensor';
  if (isAlarmDecl(feature)) return 'an alarm';
  if (isRuleDecl(feature)) return 'a rule';
  if (isResourceDecl(feature)) return 'a resource';
  if (isProcessDecl(feature)) return 'a process';
  if (isQueueStep(feature)) return 'a queue';
  if (isConveyStep(feature)) return 'a conveyor';
  if (isExitStep(feature)) return 'a way out';
  if (isItemDecl(feature)) return 'a value of an item';
  if (isConstDecl(feature)) return 'a constant';
  if (isTwinDecl(feature)) return 'a twin';
  if (isFunctionParameter(feature) || isFunctionLocal(feature)) return 'a value of a function';
  if (isEventDecl(feature)) return feature.kind === 'event' ? 'an event' : 'a command';
  if (isEventValue(feature)) return 'a value of an event';
  if (isModesDecl(feature)) return 'a block of modes';
  if (isModeDecl(feature)) return 'a mode';
  return isLoopVariable(feature) ? 'a variable of for' : 'no value';
}
