/** `level.sd` and `gauge.surprise`: what an estimator knows. Runs that are made up have none, so what studies them cannot ask for it. */
import type { AstNode } from 'langium';
import { isVariableDecl, type Expression } from '../../../grammar/generated/ast.ts';
import * as sensors from '../../diagnostics/sensors.ts';
import { textOf, type Analysis } from '../analysis.ts';
import type { Path } from '../paths.ts';
import { numberOf, PLAIN, UNKNOWN, type Type } from '../type.ts';

/** A distance, as the state itself is measured: of a temperature in degC in K. */
export function deviationType(expression: Expression, path: Path, analysis: Analysis): Type {
  const state = path.steps.at(-1)!.feature;
  const type = isVariableDecl(state) ? analysis.declaredType(state) : UNKNOWN;
  if (type.base === 'unknown') return UNKNOWN;
  if (type.base === 'number') return reported(expression, analysis) ? UNKNOWN : differenceOf(type);
  const holes = { text: textOf(expression).replace(/\.sd$/, ''), why: 'it has no values in between' };
  analysis.report(sensors.notEstimable, holes, expression);
  return UNKNOWN;
}

/** A count of standard deviations. */
export const surpriseType = (expression: Expression, analysis: Analysis): Type =>
  reported(expression, analysis) ? UNKNOWN : PLAIN;

export const differenceOf = (type: Type): Type =>
  type.quantity.kind !== 'absolute' || type.base === 'unknown'
    ? type
    : numberOf({ ...type.quantity, kind: 'difference' }, type.unit);

/** Samples from outside come to live twins alone. */
function reported(expression: Expression, analysis: Analysis): boolean {
  for (let node: AstNode | undefined = expression; node !== undefined; node = node.$container) {
    const where = STUDIES[node.$type];
    if (where === undefined) continue;
    analysis.report(sensors.estimateInStudy, { text: textOf(expression), where }, expression);
    return true;
  }
  return false;
}

const STUDIES: Readonly<Record<string, string>> = {
  TestDecl: 'a test',
  ScenarioDecl: 'a scenario',
  ExperimentDecl: 'an experiment',
  CalibrateDecl: 'a calibration',
};
