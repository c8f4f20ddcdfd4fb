/** What an asset consists of, and which asset an expression leads to. Survives cycles of inheritance. */
import {
  isAlarmDecl,
  isAssetDecl,
  isBindDecl,
  isCalibrateDecl,
  isExperimentDecl,
  isIndexExpr,
  isEventDecl,
  isMemberAccess,
  isModesDecl,
  isNameRef,
  isOverride,
  isParenExpr,
  isConveyStep,
  isPartDecl,
  isProcessDecl,
  isQueueStep,
  isResourceDecl,
  isRuleDecl,
  isScenarioDecl,
  isSensorDecl,
  isTestDecl,
  isTwinDecl,
  isVariableDecl,
  isViewDecl,
  type AssetDecl,
  type Expression,
  type Feature,
  type Override,
  type Runnable,
  type ScenarioDecl,
  type Studied,
} from '../../../grammar/generated/ast.ts';
import { AstUtils, type AstNode } from 'langium';
import type { PackageIndex } from './package-index.ts';

/** The package and the assets whose members every sensor has, and every state. */
export const SENSING = { package: 'pollux.sensing', reading: 'Reading', estimated: 'Estimated' } as const;

/** The package and assets whose members every process, queue and resource has, and every item at a step. */
export const PROCESS_PACKAGE = 'pollux.process';
/** What attributes of items are members of. */
export const ITEM = 'Item';

/** The asset of the library whose members say how a process, queue or resource is doing: `line.waiting`. */
export function measuresOf(feature: Feature): string | undefined {
  if (isProcessDecl(feature)) return 'ProcessMeasures';
  if (isQueueStep(feature) || isConveyStep(feature)) return 'QueueMeasures';
  return isResourceDecl(feature) ? 'ResourceMeasures' : undefined;
}

const NONE: readonly Feature[] = [];

/** Queues and conveyors of a process, and alarms of modes, are members of the asset. */
export function placesIn(member: unknown): readonly Feature[] {
  if (isModesDecl(member)) return [...AstUtils.streamAst(member).filter(isAlarmDecl)];
  if (!isProcessDecl(member)) return NONE;
  return member.steps.filter((step) => isQueueStep(step) || isConveyStep(step));
}

/** The first of an asset's own members of a name counts. */
function addMember(one: unknown, asset: AssetDecl, table: Map<string, Feature>): void {
  if (isMember(one) && one.name && !isOwn(table.get(one.name), asset)) table.set(one.name, one);
}

export class Members {
  private readonly index: PackageIndex;
  private tables = new WeakMap<AssetDecl, Map<string, Feature>>();
  /** How often all was forgotten: what others keep of it counts as long as this stays. */
  version = 0;

  constructor(index: PackageIndex) {
    this.index = index;
  }

  /** To be called when any file has changed: tables hold members of bases in other files. */
  forget(): void {
    this.tables = new WeakMap();
    this.version += 1;
  }

  /** Own and inherited members by name, those of bases first. An own one takes the place of an inherited one. */
  of(asset: AssetDecl): ReadonlyMap<string, Feature> {
    let table = this.tables.get(asset);
    if (table === undefined) {
      table = new Map();
      for (const each of lineage(asset).toReversed()) {
        for (const member of each.members) {
          addMember(member, each, table);
          for (const place of placesIn(member)) addMember(place, each, table);
        }
      }
      this.tables.set(asset, table);
    }
    return table;
  }

  /** The asset whose members can follow a dot after the expression. */
  ofExpression(expression: Expression | undefined): AssetDecl | undefined {
    const feature = featureOf(expression);
    return feature && this.ofFeature(feature);
  }

  ofFeature(feature: Feature): AssetDecl | undefined {
    if (isPartDecl(feature) || isTwinDecl(feature)) return feature.type?.ref;
    const measures = measuresOf(feature);
    if (measures !== undefined) {
      const found = this.index.find(PROCESS_PACKAGE, measures, 'AssetDecl');
      return isAssetDecl(found) ? found : undefined;
    }
    const isState = isVariableDecl(feature) && feature.role === 'state';
    if (!isState && !isSensorDecl(feature)) return undefined;
    const name = isState ? SENSING.estimated : SENSING.reading;
    const found = this.index.find(SENSING.package, name, 'AssetDecl');
    return isAssetDecl(found) ? found : undefined;
  }

  /** The asset in which a name at this place is looked up first. */
  around(node: AstNode): AssetDecl | undefined {
    let child = node;
    for (let parent = node.$container; parent !== undefined; child = parent, parent = parent.$container) {
      // Most of what is around a name are expressions.
      if (!AROUND.has(parent.$type)) continue;
      if (isOverride(parent) && child.$containerProperty === 'target') {
        // Only the head of the path is of the adapted type; what stands in its brackets is the writer's.
        if (isHeadOfPath(node, parent)) return this.adapted(parent);
      }
      if (isAssetDecl(parent)) return parent;
      if (isTwinDecl(parent)) return undefined;
      if (isBindDecl(parent)) return parent.twin?.ref?.type?.ref;
      if (isViewDecl(parent) || isScenarioDecl(parent)) return assetOfRunnable(parent.subject?.ref);
      if (isTestDecl(parent)) return assetOfScenario(parent.scenario?.ref);
      if (isExperimentDecl(parent) || isCalibrateDecl(parent)) return assetOfStudied(parent.subject?.ref);
    }
    return undefined;
  }

  /** Whether names are looked up here in an asset that could not be found: that was reported, and they are not. */
  isUnknownAround(node: AstNode): boolean {
    if (this.around(node) !== undefined) return false;
    let child = node;
    for (let parent = node.$container; parent !== undefined; child = parent, parent = parent.$container) {
      if (isOverride(parent) && child.$containerProperty === 'target' && isHeadOfPath(node, parent))
        return true;
      if (isBindDecl(parent) || isViewDecl(parent) || isScenarioDecl(parent) || isTestDecl(parent))
        return true;
      if (isExperimentDecl(parent) || isCalibrateDecl(parent)) return true;
    }
    return false;
  }

  /** The asset that an override adapts. */
  adapted(override: Override): AssetDecl | undefined {
    const owner = override.$container as AstNode | undefined;
    if (isAssetDecl(owner)) return owner.base?.ref;
    if (isPartDecl(owner) || isTwinDecl(owner)) return owner.type?.ref;
    if (isExperimentDecl(owner) || isCalibrateDecl(owner)) return assetOfStudied(owner.subject?.ref);
    return isScenarioDecl(owner) ? assetOfScenario(owner) : undefined;
  }
}

/** What says in which asset a name is looked up. */
const AROUND: ReadonlySet<string> = new Set([
  'Override',
  'AssetDecl',
  'TwinDecl',
  'BindDecl',
  'ViewDecl',
  'ScenarioDecl',
  'TestDecl',
  'ExperimentDecl',
  'CalibrateDecl',
]);

/** The asset itself, its base, the base's base; each once. */
export function lineage(asset: AssetDecl): AssetDecl[] {
  const seen = new Set<AssetDecl>();
  for (
    let each: AssetDecl | undefined = asset;
    each !== undefined && !seen.has(each);
    each = each.base?.ref
  ) {
    seen.add(each);
  }
  return [...seen];
}

/** An asset itself, or that of a twin. */
export function assetOfRunnable(subject: Runnable | undefined): AssetDecl | undefined {
  return isTwinDecl(subject) ? subject.type?.ref : subject;
}

/** The asset that a scenario is for, or whose twin it is for. */
function assetOfScenario(scenario: ScenarioDecl | undefined): AssetDecl | undefined {
  return assetOfRunnable(scenario?.subject?.ref);
}

/** What an experiment or calibration is about: by its scenario, or named itself. */
export function assetOfStudied(subject: Studied | undefined): AssetDecl | undefined {
  return subject?.$type === 'ScenarioDecl' ? assetOfScenario(subject) : assetOfRunnable(subject);
}

/** What a path names in the end: `pump[2].casing` the sensor. */
export function featureOf(expression: Expression | undefined): Feature | undefined {
  let current = expression;
  while (isIndexExpr(current) || isParenExpr(current))
    current = isIndexExpr(current) ? current.base : current.inner;
  if (isNameRef(current)) return current.target?.ref;
  return isMemberAccess(current) ? current.member?.ref : undefined;
}

/** Whether it is found by its name in an asset: `pump.wear`. */
export function isMember(node: unknown): node is Feature {
  return (
    isVariableDecl(node) ||
    isPartDecl(node) ||
    isSensorDecl(node) ||
    isAlarmDecl(node) ||
    isRuleDecl(node) ||
    isModesDecl(node) ||
    isEventDecl(node) ||
    isResourceDecl(node) ||
    isProcessDecl(node) ||
    isQueueStep(node) ||
    isConveyStep(node)
  );
}

/** Of two members of one asset with the same name the first one counts; the checker reports the second. */
function isOwn(feature: Feature | undefined, asset: AssetDecl): boolean {
  return feature !== undefined && AstUtils.getContainerOfType(feature, isAssetDecl) === asset;
}

function isHeadOfPath(node: AstNode, owner: AstNode): boolean {
  let child = node;
  for (let parent = node.$container; parent !== undefined && parent !== owner; parent = parent.$container) {
    if (!['receiver', 'base'].includes(child.$containerProperty ?? '')) return false;
    child = parent;
  }
  return true;
}
