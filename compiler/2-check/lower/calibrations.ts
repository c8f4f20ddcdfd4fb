/** Calibrations → the model's. */
import {
  isColumnStep,
  isCompareStep,
  isFitStep,
  isHeldOutStep,
  isMethodStep,
  isOverride,
  isScenarioDecl,
  isVariableDecl,
  type CalibrateDecl,
  type ComparedValue,
  type Expression,
  type FittedParameter as FittedTree,
  type HeldOutStep,
} from '../../../grammar/generated/ast.ts';
import { documentationOf } from '../../1-parse/documentation.ts';
import { sourceOf } from '../../1-parse/source.ts';
import type { DisplayUnit } from '../../model/asset.ts';
import type { Calibration, Compared, FittedParameter } from '../../model/calibration.ts';
import { textOf, type Analysis } from '../analysis.ts';
import { numberValue } from '../constants.ts';
import { displayUnit, shownIn, valueType } from '../display.ts';
import { qualifiedName, target } from '../members.ts';
import { featureOf, pathOf } from '../paths.ts';
import { lowerOverride } from './assets.ts';
import { lowerMethod, lowerSubject } from './scenarios.ts';
import { Incomplete, lowerExpression, needed, referenceTo } from './expressions.ts';

export function lowerCalibration(tree: CalibrateDecl, analysis: Analysis): Calibration {
  const { steps } = tree;
  const subject = needed(target(tree.subject), 'what is calibrated');
  const scenario = isScenarioDecl(subject) ? subject : undefined;
  const name = tree.name as string | undefined;
  return {
    name: qualifiedName(name === undefined ? subject : { ...tree, name }),
    ...lowerSubject(isScenarioDecl(subject) ? target(subject.subject) : subject),
    ...(scenario === undefined ? {} : { scenario: qualifiedName(scenario) }),
    file: tree.file,
    overrides: steps.filter((step) => isOverride(step)).flatMap((step) => lowerOverride(step, analysis)),
    ...(steps.some(isMethodStep) ? { method: lowerMethod(steps, analysis) } : {}),
    ...lowerHeldOut(steps.find(isHeldOutStep), analysis),
    parameters: steps
      .filter(isFitStep)
      .flatMap(({ parameters }) => parameters.map((one) => lowerFitted(one, analysis))),
    compared: steps
      .filter(isCompareStep)
      .flatMap(({ values }) => values.map((one) => lowerCompared(one, analysis))),
    columns: steps.filter(isColumnStep).map((step) => {
      const unit = unitOfColumn(step.target, step.unit, analysis);
      return {
        target: referenceTo(step.target, analysis),
        text: textOf(step.target, Infinity),
        column: step.column,
        ...(unit === undefined ? {} : { unit }),
        source: sourceOf(step),
      };
    }),
    doc: documentationOf(tree),
    source: sourceOf(tree),
  };
}

function lowerHeldOut(step: HeldOutStep | undefined, analysis: Analysis): Pick<Calibration, 'heldOut'> {
  if (step === undefined) return {};
  const from = needed(numberValue(step.range?.low ?? step.from, analysis), 'a time');
  const to = numberValue(step.range?.high, analysis);
  return { heldOut: { from, ...(to === undefined ? {} : { to }) } };
}

function lowerFitted(tree: FittedTree, analysis: Analysis): FittedParameter {
  const feature = featureOf(pathOf(tree.target));
  if (!isVariableDecl(feature)) throw new Incomplete('a parameter');
  const type = analysis.declaredType(feature);
  const range = tree.range ?? feature.range;
  const [low, high] = [numberValue(range?.low, analysis), numberValue(range?.high, analysis)];
  return {
    target: referenceTo(tree.target, analysis, 'all'),
    text: textOf(tree.target, Infinity),
    type: valueType(type),
    unit: displayUnit(type, analysis.tableOf(feature)),
    ...(low === undefined ? {} : { low }),
    ...(high === undefined ? {} : { high }),
    source: sourceOf(tree),
  };
}

function lowerCompared(tree: ComparedValue, analysis: Analysis): Compared {
  const columnUnit = unitOfColumn(tree.value, tree.unit, analysis);
  return {
    expression: lowerExpression(tree.value, analysis),
    text: textOf(tree.value, Infinity),
    ...(tree.column === undefined ? {} : { column: tree.column }),
    ...(columnUnit === undefined ? {} : { columnUnit }),
    unit: displayUnit(analysis.typeOf(tree.value), analysis.tableOf(tree)),
    source: sourceOf(tree),
  };
}

function unitOfColumn(
  value: Expression,
  unit: string | undefined,
  analysis: Analysis,
): DisplayUnit | undefined {
  const found = unit === undefined ? undefined : analysis.tableOf(value).resolve(unit);
  return found?.ok === true
    ? shownIn(found.unit, analysis.typeOf(value).quantity.kind !== 'difference')
    : undefined;
}
