/** Experiments → the model's. */
import {
  isMethodStep,
  isOutputStep,
  isOverride,
  isRepeatStep,
  isReportStep,
  isRunStep,
  isSampleStep,
  isScenarioDecl,
  isSeedStep,
  isStudiedRun,
  isVariableDecl,
  isVaryStep,
  type ExperimentDecl,
  type ReportedValue,
  type VaryStep,
} from '../../../grammar/generated/ast.ts';
import { documentationOf } from '../../1-parse/documentation.ts';
import { sourceOf } from '../../1-parse/source.ts';
import type { Experiment, Factor, Report, SampleMethod, Statistic } from '../../model/study.ts';
import { textOf, type Analysis } from '../analysis.ts';
import { numberValue } from '../constants.ts';
import { displayUnit, shownIn, valueType } from '../display.ts';
import { plain } from '../environment.ts';
import { qualifiedName, target } from '../members.ts';
import { featureOf, pathOf } from '../paths.ts';
import { countOf, levelsOf, reportedText, reportedType } from '../studies.ts';
import { lowerOverride } from './assets.ts';
import { lowerMethod, lowerSubject } from './experiments.ts';
import { constantNumber, Incomplete, lowerExpression, needed, referenceTo } from './expressions.ts';

export const DEFAULT_CONFIDENCE = 0.95;

export function lowerExperiment(tree: ExperimentDecl, analysis: Analysis): Experiment {
  const { steps } = tree;
  const subject = needed(target(tree.subject), 'what is experimented on');
  const scenario = isScenarioDecl(subject) ? subject : undefined;
  const run = steps.find(isStudiedRun);
  const warmup = run?.warmup === undefined ? 0 : constantNumber(run.warmup, analysis);
  const duration = run?.duration ?? scenario?.steps.find(isRunStep)?.duration;
  const output = steps.find(isOutputStep);
  const sample = steps.find(isSampleStep);
  const seed = steps.find(isSeedStep);
  return {
    name: qualifiedName(tree),
    ...lowerSubject(isScenarioDecl(subject) ? target(subject.subject) : subject),
    ...(scenario === undefined ? {} : { scenario: qualifiedName(scenario) }),
    overrides: steps.filter((step) => isOverride(step)).flatMap((step) => lowerOverride(step, analysis)),
    duration: warmup + constantNumber(duration, analysis),
    warmup,
    ...(steps.some(isMethodStep) ? { method: lowerMethod(steps, analysis) } : {}),
    ...(output === undefined ? {} : { outputPeriod: constantNumber(output.period, analysis) }),
    ...(seed === undefined ? {} : { seed: Number(plain(seed.value)) }),
    repeat: countOf(steps.find(isRepeatStep)?.count) ?? 1,
    factors: steps.filter(isVaryStep).map((step) => lowerFactor(step, analysis)),
    ...(sample === undefined
      ? {}
      : {
          sample: {
            count: needed(countOf(sample.count), 'a number'),
            method: sample.method as SampleMethod,
          },
        }),
    reports: steps.filter(isReportStep).flatMap(({ values, confidence }) => {
      const level = confidence === undefined ? DEFAULT_CONFIDENCE : constantNumber(confidence, analysis);
      return values.map((value) => lowerReported(value, level, analysis));
    }),
    doc: documentationOf(tree),
    source: sourceOf(tree),
  };
}

function lowerFactor(tree: VaryStep, analysis: Analysis): Factor {
  const feature = featureOf(pathOf(tree.target));
  if (!isVariableDecl(feature)) throw new Incomplete('a variable');
  const type = analysis.declaredType(feature);
  return {
    target: referenceTo(tree.target, analysis, 'all'),
    text: textOf(tree.target, Infinity),
    type: valueType(type),
    unit: displayUnit(type, analysis.tableOf(feature)),
    structural: feature.role === 'fixed',
    levels: needed(levelsOf(tree, analysis), 'values'),
    source: sourceOf(tree),
  };
}

function lowerReported(tree: ReportedValue, confidence: number, analysis: Analysis): Report {
  const type = reportedType(tree, analysis);
  const table = analysis.tableOf(tree);
  const written = tree.unit === undefined ? undefined : table.resolve(tree.unit);
  const level = numberValue(tree.share, analysis);
  return {
    expression: lowerExpression(tree.value, analysis),
    statistic: (tree.statistic ?? 'end') as Statistic,
    ...(level === undefined ? {} : { level }),
    text: reportedText(tree),
    unit:
      written?.ok === true
        ? shownIn(written.unit, type.quantity.kind !== 'difference')
        : displayUnit(type, table),
    base: valueType(type).base,
    confidence,
    source: sourceOf(tree),
  };
}
