/** Calibrations: what is fitted, and what it is compared with. */
import {
  isAssetDecl,
  isCalibrateDecl,
  isCompareStep,
  isFitStep,
  isHeldOutStep,
  isMethodStep,
  isOverride,
  isSensorDecl,
  isVariableDecl,
  type CalibrateDecl,
  type CalibrateStep,
  type ColumnStep,
  type ComparedValue,
  type FittedParameter,
  type HeldOutStep,
} from '../../../grammar/generated/ast.ts';
import { AstUtils } from 'langium';
import { sourceOfProperty } from '../../1-parse/source.ts';
import * as structure from '../../diagnostics/structure.ts';
import * as types from '../../diagnostics/types.ts';
import * as experiments from '../../diagnostics/experiments.ts';
import { textOf, type Analysis } from '../analysis.ts';
import { kindOf, target } from '../members.ts';
import { featureOf, isPath, pathKey, pathOf } from '../paths.ts';
import { isNumeric, wordsOf } from '../type.ts';
import { reportOverridesTwice } from './assets.ts';
import { inputMustBeFree, knownTime } from './scenarios.ts';
import { unitMustBeOf } from './statistics.ts';
import { runnableOf } from './experiments.ts';
import { checkInside, checkRange, placeOf } from './variables.ts';

export function calibrationMustBeComplete(calibration: CalibrateDecl, analysis: Analysis): void {
  const steps = (calibration.steps as (CalibrateStep | undefined)[]).filter((step) => step !== undefined);
  const subject = target(calibration.subject);
  const place = sourceOfProperty(calibration, 'subject');
  if (isAssetDecl(subject) && subject.abstract)
    analysis.report(structure.abstractInstantiated, { name: subject.name, use: 'run' }, calibration, {
      place,
    });
  if (subject !== undefined && !(steps.some(isFitStep) && steps.some(isCompareStep))) {
    const missing = steps.some(isFitStep) ? 'compares' : 'fits';
    analysis.report(experiments.calibrationIncomplete, { missing }, calibration, { place });
  }
  for (const again of steps.filter(isMethodStep).slice(1))
    analysis.report(experiments.saidTwice, { what: `'method'` }, again);
  for (const again of steps.filter(isHeldOutStep).slice(1))
    analysis.report(experiments.saidTwice, { what: `'test'` }, again);
  reportOverridesTwice(
    steps.filter((step) => isOverride(step)),
    analysis,
  );
}

export function fittedMustBeContinuous(fitted: FittedParameter, analysis: Analysis): void {
  const path = pathOf(fitted.target);
  const feature = featureOf(path);
  if (path === undefined || feature === undefined) return;
  const text = textOf(fitted.target);
  const fail = (what: string) => analysis.report(experiments.notFittable, { text, what }, fitted.target);
  if (!isVariableDecl(feature)) return fail(kindOf(feature));
  if (feature.final) return fail('final');
  if (feature.role === 'let' || feature.role === 'fixed') return fail(kindOf(feature));
  const type = analysis.declaredType(feature);
  if (type.base === 'unknown') return;
  if (type.base !== 'number') return fail('no continuous number');
  const calibration = AstUtils.getContainerOfType(fitted, isCalibrateDecl);
  inputMustBeFree(fitted.target, runnableOf(target(calibration?.subject)), analysis);
  const key = pathKey(path, textOf);
  const all = calibration?.steps.filter(isFitStep).flatMap((step) => step.parameters) ?? [];
  const first = all.find((other) => {
    const its = pathOf(other?.target);
    return its !== undefined && pathKey(its, textOf) === key;
  });
  if (first !== fitted) analysis.report(experiments.saidTwice, { what: `'fit ${text}'` }, fitted);
  if (fitted.range === undefined) return;
  checkRange(fitted.range, { ...placeOf(feature, analysis), text: `'${text}'` }, analysis);
  checkInside(fitted.range.low, feature, analysis);
  checkInside(fitted.range.high, feature, analysis);
}

export function heldOutMustBeATime({ from, range }: HeldOutStep, analysis: Analysis): void {
  const place = 'A time of the recording';
  knownTime(from, place, analysis, 'positive');
  if (range === undefined) return;
  const [low, high] = [range.low, range.high].map((bound) => knownTime(bound, place, analysis, 'any'));
  if (low !== undefined && high !== undefined && low > high)
    analysis.report(types.rangeReversed, { low: textOf(range.low), high: textOf(range.high) }, range);
}

export function comparedMustBeMeasured(compared: ComparedValue, analysis: Analysis): void {
  const { value, column, unit } = compared;
  const type = analysis.typeOf(value);
  if (type.base === 'unknown') return;
  if (!isNumeric(type)) {
    const holes = { text: textOf(value), what: wordsOf(type, analysis.tableOf(value)) };
    return analysis.report(experiments.notComparable, holes, value);
  }
  const path = isPath(value) ? pathOf(value) : undefined;
  const isSensor = path?.field === undefined && isSensorDecl(featureOf(path));
  if (!isSensor && column === undefined)
    analysis.report(experiments.columnMissing, { text: textOf(value) }, value);
  unitMustBeOf(compared, unit, value, type, analysis);
}

export function columnMustFeedAnInput(step: ColumnStep, analysis: Analysis): void {
  const feature = featureOf(pathOf(step.target));
  if (feature === undefined) return;
  if (!isVariableDecl(feature) || feature.role !== 'input') {
    analysis.report(
      experiments.notAnInput,
      { text: textOf(step.target), what: kindOf(feature) },
      step.target,
    );
    return;
  }
  const calibration = AstUtils.getContainerOfType(step, isCalibrateDecl);
  inputMustBeFree(step.target, runnableOf(target(calibration?.subject)), analysis);
  unitMustBeOf(step, step.unit, step.target, analysis.declaredType(feature), analysis);
}
