/** Inheritance, parts, and the values given to them. */
import {
  isAssetDecl,
  isCalibrateDecl,
  isExperimentDecl,
  isListLiteral,
  isModesDecl,
  isPartDecl,
  isScenarioDecl,
  isVariableDecl,
  type AssetDecl,
  type Override,
  type PartDecl,
  type TwinDecl,
  type VariableDecl,
} from '../../../grammar/generated/ast.ts';
import { modeAround } from '../../1-parse/names/modes.ts';
import { sourceOfProperty } from '../../1-parse/source.ts';
import * as events from '../../diagnostics/events.ts';
import * as structure from '../../diagnostics/structure.ts';
import { textOf, type Analysis } from '../analysis.ts';
import { isConstant } from '../constants.ts';
import { modeMustBeOf } from '../infer/mode.ts';
import { assetAround, kindOf, lineage, target } from '../members.ts';
import { requireFit } from '../mismatch.ts';
import { featureOf, isLink, pathKey, pathOf } from '../paths.ts';
import { writersOf } from './owners.ts';
import { checkInside, itemsOf, placeOf } from './variables.ts';

export function assetMustNotExtendItself(asset: AssetDecl, analysis: Analysis): void {
  const chain = lineage(asset);
  const last = chain.at(-1);
  const back = target(last?.base);
  // Those that merely lead into a cycle are not to blame.
  if (back !== asset) return;
  const path = [...chain, asset].map((each) => each.name);
  analysis.report(structure.inheritanceCycle, { path }, asset, { place: sourceOfProperty(asset, 'base') });
}

export function assetMustNotContainItself(asset: AssetDecl, analysis: Analysis): void {
  if (analysis.isSettled(asset)) return;
  const path = wayBack(asset, asset, [], new Set(), analysis);
  if (path === undefined) return;
  const first = path[0];
  const names = [asset, ...path.map((part) => target(part.type))].map((each) => each?.name ?? '');
  const own = first !== undefined && asset.members.includes(first) ? first : undefined;
  const place = own === undefined ? sourceOfProperty(asset, 'name') : sourceOfProperty(own, 'type');
  analysis.report(structure.partRecursion, { path: names }, asset, { place });
}

/** The parts that lead from `from` to `goal` again. */
function wayBack(
  goal: AssetDecl,
  from: AssetDecl,
  path: PartDecl[],
  visited: Set<AssetDecl>,
  analysis: Analysis,
): PartDecl[] | undefined {
  if (visited.has(from)) return undefined;
  visited.add(from);
  for (const member of analysis.membersOf(from)) {
    if (!isPartDecl(member) || member.link) continue;
    const inner = target(member.type);
    if (inner === undefined) continue;
    const way = [...path, member];
    // An asset that holds one that extends it holds itself, too.
    if (lineage(inner).includes(goal)) return way;
    const found = wayBack(goal, inner, way, visited, analysis);
    if (found !== undefined) return found;
  }
  return undefined;
}

export function instantiatedAssetMustNotBeAbstract(instance: PartDecl | TwinDecl, analysis: Analysis): void {
  const asset = target(instance.type);
  if (asset?.abstract !== true || isLink(isPartDecl(instance) ? instance : undefined)) return;
  const use = isPartDecl(instance) ? 'a part' : 'a twin';
  analysis.report(structure.abstractInstantiated, { name: asset.name, use }, instance, {
    place: sourceOfProperty(instance, 'type'),
  });
}

export function overridesMustBeDistinct(owner: AssetDecl | PartDecl | TwinDecl, analysis: Analysis): void {
  reportOverridesTwice(owner.overrides, analysis);
}

export function reportOverridesTwice(overrides: readonly (Override | undefined)[], analysis: Analysis): void {
  const seen = new Set<string>();
  for (const override of overrides) {
    const path = override === undefined ? undefined : pathOf(override.target);
    if (override === undefined || path === undefined) continue;
    const key = pathKey(path, textOf);
    if (seen.has(key))
      analysis.report(structure.overrideTwice, { target: textOf(override.target) }, override);
    seen.add(key);
  }
}

export function overrideMustNameSomethingThatCanBeGiven(override: Override, analysis: Analysis): void {
  const path = pathOf(override.target);
  const feature = featureOf(path);
  if (path === undefined || feature === undefined) return;
  const text = textOf(override.target);
  if (isLink(feature)) return;
  if (isModesDecl(feature) && modeAround(feature) === undefined) {
    modeMustBeOf(feature, override.target, override.value, analysis);
    return;
  }
  if (!isVariableDecl(feature)) {
    analysis.report(structure.notOverridable, { text }, override.target);
    return;
  }
  const owner = assetAround(feature)?.name ?? 'its asset';
  if (feature.final) {
    analysis.report(structure.overrideOfFinal, { name: feature.name, asset: owner }, override.target);
  } else if (['let', 'kpi', 'across', 'through'].includes(feature.role)) {
    analysis.report(structure.overrideOfComputed, { name: text, what: kindOf(feature) }, override.target);
  } else if (
    feature.role === 'fixed' &&
    (isExperimentDecl(override.$container) || isCalibrateDecl(override.$container))
  ) {
    const what = 'fixed: it is known when compiled, and only vary compiles it anew';
    analysis.report(structure.overrideOfComputed, { name: text, what }, override.target);
  } else if (feature.role === 'fixed' && isScenarioDecl(override.$container)) {
    const what = 'fixed: it is known when compiled, and a scenario comes later';
    analysis.report(structure.overrideOfComputed, { name: text, what }, override.target);
  }
  const inExtends = isAssetDecl(override.$container);
  if (inExtends && path.steps.some((step) => step.index !== undefined && !step.index.all)) {
    analysis.report(structure.elementOverrideInExtends, { target: text }, override.target);
  }
}

export function overrideValueMustFit(override: Override, analysis: Analysis): void {
  const path = pathOf(override.target);
  const feature = featureOf(path);
  const { value } = override;
  if (!isVariableDecl(feature) || path === undefined) return;
  if (!requireFit(value, { ...placeOf(feature, analysis), text: `'${textOf(override.target)}'` }, analysis))
    return;
  for (const item of itemsOf(value)) checkInside(item, feature, analysis);
  const mustBeKnown = feature.role === 'fixed';
  if (mustBeKnown && !isListLiteral(value) && !isConstant(value, 'fixed')) {
    analysis.report(
      structure.fixedNotConstant,
      { name: textOf(override.target), text: textOf(value), keyword: 'fixed' },
      value,
    );
  }
  if (
    feature.role === 'input' &&
    !isConstant(value, 'fixed') &&
    !isListLiteral(value) &&
    !isScenarioDecl(override.$container) &&
    !isExperimentDecl(override.$container) &&
    !isCalibrateDecl(override.$container)
  ) {
    boundInputMustNotBeSet(override, feature, analysis);
  }
}

/** An input that follows an expression has an owner; a rule of its own asset that sets it would be a second one. */
function boundInputMustNotBeSet(override: Override, input: VariableDecl, analysis: Analysis): void {
  const asset = assetAround(input);
  const [writer] = asset === undefined ? [] : writersOf(input, asset, analysis);
  if (asset === undefined || writer === undefined) return;
  analysis.report(
    events.boundAndSet,
    { name: textOf(override.target), asset: asset.name, writer: writer.name },
    override,
    {
      related: [{ message: 'set here', source: writer.source }],
    },
  );
}

export function partMustBeGivenWhatItsAssetNeeds(part: PartDecl, analysis: Analysis): void {
  if (part.link) return;
  mustBeGiven(part, analysis);
}
export function twinMustBeGivenWhatItsAssetNeeds(twin: TwinDecl, analysis: Analysis): void {
  mustBeGiven(twin, analysis);
}

function mustBeGiven(instance: PartDecl | TwinDecl, analysis: Analysis): void {
  const asset = target(instance.type);
  if (asset === undefined) return;
  const given = new Set<VariableDecl>();
  const collect = (overrides: readonly (Override | undefined)[]) => {
    for (const override of overrides) {
      const path = pathOf(override?.target);
      const feature = featureOf(path);
      if (isVariableDecl(feature) && path?.steps.length === 1) given.add(feature);
    }
  };
  collect(instance.overrides);
  for (const each of lineage(asset)) collect(each.overrides);
  for (const member of analysis.membersOf(asset)) {
    if (!isVariableDecl(member) || (member.role !== 'param' && member.role !== 'fixed')) continue;
    const found = member.value ?? member.guess;
    if (found !== undefined || given.has(member) || (member.name as string | undefined) === undefined)
      continue;
    analysis.report(structure.parameterNotGiven, { name: member.name, asset: asset.name }, instance, {
      place: sourceOfProperty(instance, 'type'),
      related: [{ message: 'declared here', source: sourceOfProperty(member, 'name') }],
    });
  }
}
