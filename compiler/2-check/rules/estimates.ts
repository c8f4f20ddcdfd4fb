/** Estimates: which states samples correct, and how far off these may be. */
import {
  isSensorDecl,
  isVariableDecl,
  type BindDecl,
  type Estimate,
} from '../../../grammar/generated/ast.ts';
import * as sensors from '../../diagnostics/sensors.ts';
import * as types from '../../diagnostics/types.ts';
import { textOf, type Analysis } from '../analysis.ts';
import { numberValue } from '../constants.ts';
import { kindOf } from '../members.ts';
import { requireFit } from '../mismatch.ts';
import { featureOf, pathKey, pathOf } from '../paths.ts';
import { isNumeric, numberOf } from '../type.ts';
import { knownTime } from './scenarios.ts';

export function estimateMustBeOfAState(estimate: Estimate, analysis: Analysis): void {
  const path = pathOf(estimate.target);
  const feature = featureOf(path);
  if (path === undefined || feature === undefined) return;
  const type = analysis.typeOf(estimate.target);
  const isState = isVariableDecl(feature) && feature.role === 'state';
  if (isState && (type.base === 'unknown' || type.base === 'number')) return;
  const what = isSensorDecl(feature) && path.field !== undefined ? 'computed from a sensor' : kindOf(feature);
  const why = isState ? 'it has no values in between' : `it is ${what}, and samples correct states`;
  analysis.report(sensors.notEstimable, { text: textOf(estimate.target), why }, estimate.target);
}

/** Both are standard deviations, known when the twin is compiled. */
export function estimateNumbersMustFit(estimate: Estimate, analysis: Analysis): void {
  knownTime(estimate.time, 'The time after in', analysis, 'positive');
  const target = analysis.typeOf(estimate.target);
  if (target.base === 'unknown' || !isNumeric(target)) return;
  const { dimension, kind } = target.quantity;
  const type = numberOf({ dimension, kind: kind === 'absolute' ? 'difference' : kind }, target.unit);
  for (const [word, value] of [
    ['within', estimate.spread],
    ['drifts', estimate.drift],
  ] as const) {
    if ((value as typeof value | undefined) === undefined) continue;
    const place = `What stands after ${word}`;
    if (!requireFit(value, { text: place, type }, analysis) || analysis.typeOf(value).base === 'unknown')
      continue;
    const known = numberValue(value, analysis);
    const text = textOf(value);
    if (known === undefined) analysis.report(types.constantExpected, { text, place }, value);
    else if (known < 0 || (known === 0 && word === 'within'))
      analysis.report(types.positiveExpected, { text, place }, value);
  }
}

export function estimatesMustBeDistinct(bind: BindDecl, analysis: Analysis): void {
  const seen = new Set<string>();
  for (const estimate of bind.estimates as (Estimate | undefined)[]) {
    const path = pathOf(estimate?.target);
    if (estimate === undefined || path === undefined) continue;
    const key = pathKey(path, textOf);
    if (seen.has(key)) {
      const holes = { text: textOf(estimate.target), why: 'another line has said how already' };
      analysis.report(sensors.notEstimable, holes, estimate.target);
    }
    seen.add(key);
  }
}
