/** Files without errors → the model. */
import { AstUtils, type AstNode } from 'langium';
import {
  isAssetDecl,
  isBindDecl,
  isCalibrateDecl,
  isExperimentDecl,
  isForStatement,
  isPartDecl,
  isScenarioDecl,
  isTestDecl,
  isTwinDecl,
  isTwinFile,
  isViewDecl,
  type AssetDecl,
  type Callable,
  type Element,
  type Runnable,
  type TwinFile,
} from '../../../grammar/generated/ast.ts';
import type { AssetType } from '../../model/asset.ts';
import type { CheckedModel } from '../../model/checked-model.ts';
import type { Analysis } from '../analysis.ts';
import { qualifiedName, target } from '../members.ts';
import { lowerAsset } from './assets.ts';
import { lowerScenario, lowerTest, lowerTwin } from './scenarios.ts';
import { Incomplete } from './expressions.ts';
import { lowerCalibration } from './calibrations.ts';
import { lowerExperiment } from './experiments.ts';
import { calledBy, lowerTables } from './tables.ts';
import { lowerView } from './views.ts';

/** The value is absent when a tree lacks something, as after a syntax error. `used` holds all files that it took. */
export function lowerModel(
  files: readonly TwinFile[],
  analysis: Analysis,
): { value?: CheckedModel; used: TwinFile[] } {
  const elements = withSubjects(files.flatMap((file) => file.elements));
  const assets = assetsOf(elements);
  const taken = [...new Set([...files, ...assets.map(fileOf).filter(isTwinFile)])];
  const called = calledBy(taken);
  const used = [...new Set([...taken, ...called.map(fileOf).filter(isTwinFile)])];
  return { value: lowered(elements, assets, called, analysis), used };
}

/** The model of some declarations and what they need; `used` holds all declarations that it took. */
export function lowerDeclarations(
  own: readonly Element[],
  analysis: Analysis,
): { used: Element[]; value: () => CheckedModel | undefined } {
  const elements = withSubjects(own);
  const assets = assetsOf(elements);
  const called = calledBy([...elements, ...assets]);
  return {
    used: [...new Set<Element>([...elements, ...assets, ...called])],
    value: () => lowered(elements, assets, called, analysis),
  };
}

const fileOf = (element: Element): AstNode => AstUtils.findRootNode(element);

function assetsOf(elements: readonly Element[]): AssetDecl[] {
  return reachable(
    elements.filter(isAssetDecl),
    elements.flatMap((element) => {
      if (isTwinDecl(element)) return target(element.type) ?? [];
      const subject = subjectOf(element);
      return (isTwinDecl(subject) ? target(subject.type) : subject) ?? [];
    }),
  );
}

function lowered(
  elements: readonly Element[],
  assets: readonly AssetDecl[],
  called: readonly Callable[],
  analysis: Analysis,
): CheckedModel | undefined {
  try {
    const bindings = elements.filter(isBindDecl);
    const known = new Map<AssetDecl, AssetType>();
    return {
      assets: Object.fromEntries(
        assets.map((asset) => [qualifiedName(asset), lowerAsset(asset, analysis, known)]),
      ),
      twins: elements.filter(isTwinDecl).map((twin) =>
        lowerTwin(
          twin,
          bindings.filter((bind) => target(bind.twin) === twin),
          analysis,
        ),
      ),
      scenarios: elements.filter(isScenarioDecl).map((scenario) => lowerScenario(scenario, analysis)),
      tests: elements.filter(isTestDecl).map((test) => lowerTest(test, analysis)),
      experiments: elements.filter(isExperimentDecl).map((one) => lowerExperiment(one, analysis)),
      calibrations: elements.filter(isCalibrateDecl).map((one) => lowerCalibration(one, analysis)),
      views: elements.filter(isViewDecl).map((view) => lowerView(view, analysis)),
      tables: lowerTables(called, analysis),
    };
  } catch (error) {
    if (error instanceof Incomplete) return undefined;
    throw error;
  }
}

/** What tests, scenarios and views of these files refer to in others: scenarios, and twins with what they are bound to. */
function withSubjects(own: readonly Element[]): Element[] {
  const found = new Set(own);
  for (const element of found) {
    // A set is walked in the order of insertion, including what is added on the way.
    if (isTestDecl(element)) add(target(element.scenario));
    if (isExperimentDecl(element) || isCalibrateDecl(element)) {
      const subject = target(element.subject);
      if (isScenarioDecl(subject)) add(subject);
    }
    const subject = subjectOf(element);
    if (subject !== undefined) {
      if (isTwinDecl(subject) && !found.has(subject)) {
        add(subject);
        const file = AstUtils.findRootNode(subject);
        if (isTwinFile(file))
          file.elements.filter((each) => isBindDecl(each) && target(each.twin) === subject).forEach(add);
      }
    }
  }
  return [...found];

  function add(element: Element | undefined): void {
    if (element !== undefined) found.add(element);
  }
}

/** What an element runs or shows. */
function subjectOf(element: Element): Runnable | undefined {
  if (isExperimentDecl(element) || isCalibrateDecl(element)) {
    const subject = target(element.subject);
    return isScenarioDecl(subject) ? target(subject.subject) : subject;
  }
  return isScenarioDecl(element) || isViewDecl(element) ? target(element.subject) : undefined;
}

/** The assets, their bases, and those of their parts; each once, in the order of first use. */
function reachable(own: readonly AssetDecl[], others: readonly AssetDecl[]): AssetDecl[] {
  const found = new Set<AssetDecl>();
  const pending = [...own, ...others];
  for (let index = 0; index < pending.length; index += 1) {
    const asset = pending[index];
    if (asset === undefined || found.has(asset)) continue;
    found.add(asset);
    const base = target(asset.base);
    if (base !== undefined) pending.push(base);
    for (const member of asset.members) {
      if (isForStatement(member) || !isPartDecl(member)) continue;
      const part = target(member.type);
      if (part !== undefined) pending.push(part);
    }
  }
  return [...found];
}
