/** Experiments: what is varied, how often it runs, and what is reported. */
import { AstUtils, type AstNode } from 'langium';
import {
  isAssetDecl,
  isBinaryExpr,
  isSoughtStep,
  isConstraintStep,
  isExperimentDecl,
  isFunctionCall,
  isGoalStep,
  isListLiteral,
  isMethodStep,
  isOutputStep,
  isOverride,
  isParenExpr,
  isRepeatStep,
  isReportStep,
  isSampleStep,
  isSearchStep,
  isScenarioDecl,
  isSeedStep,
  isStudiedRun,
  isUnaryExpr,
  isVariableDecl,
  isVaryStep,
  type Sought,
  type ConstraintStep,
  type ExperimentDecl,
  type Expression,
  type SearchStep,
  type ExperimentStep,
  type RepeatStep,
  type ReportedValue,
  type ReportStep,
  type SampleStep,
  type Studied,
  type StudiedRun,
  type VaryStep,
} from '../../../grammar/generated/ast.ts';
import { sourceOfProperty } from '../../1-parse/source.ts';
import * as structure from '../../diagnostics/structure.ts';
import * as experiments from '../../diagnostics/experiments.ts';
import { textOf, type Analysis } from '../analysis.ts';
import { target } from '../members.ts';
import { featureOf, pathKey, pathOf } from '../paths.ts';
import { requireBoolean } from '../infer/infer.ts';
import { countOf, levelsOf, SAMPLE_METHODS, SEARCH_METHODS } from '../experiments.ts';
import { reportOverridesTwice } from './assets.ts';
import { inputMustBeFree, knownTime } from './scenarios.ts';
import { levelsMustFit, rangeMustBeKnown } from './levels.ts';
import { mustBeOneOf, shareMustLieInside, statisticMustFit } from './statistics.ts';

const MOST_RUNS = 10_000_000;
/** Dimensions that there are direction numbers for. */
const MOST_SOBOL = 64;

/** What an experiment is on, without the scenario around it. */
export function runnableOf(subject: Studied | undefined) {
  return isScenarioDecl(subject) ? target(subject.subject) : subject;
}

export function experimentMustBeComplete(experiment: ExperimentDecl, analysis: Analysis): void {
  const steps = (experiment.steps as (ExperimentStep | undefined)[]).filter((step) => step !== undefined);
  const subject = target(experiment.subject);
  const { name } = experiment;
  if (isAssetDecl(subject) && subject.abstract) {
    const place = sourceOfProperty(experiment, 'subject');
    analysis.report(structure.abstractInstantiated, { name: subject.name, use: 'run' }, experiment, {
      place,
    });
  }
  if ((name as string | undefined) !== undefined && subject !== undefined) {
    const place = sourceOfProperty(experiment, 'name');
    if (!isScenarioDecl(subject) && !steps.some(isStudiedRun))
      analysis.report(experiments.experimentWithoutLength, { name }, experiment, { place });
    const searches = steps.some(isSoughtStep) || steps.some(isGoalStep);
    if (!steps.some(isReportStep) && !searches)
      analysis.report(experiments.nothingReported, { name }, experiment, { place });
    searchMustBeComplete(experiment, steps, analysis);
  }
  for (const [what, is] of [
    ['run', isStudiedRun],
    ['method', isMethodStep],
    ['output', isOutputStep],
    ['seed', isSeedStep],
    ['repeat', isRepeatStep],
    ['sample', isSampleStep],
    ['search', isSearchStep],
  ] as const) {
    for (const again of steps.filter((step) => is(step)).slice(1))
      analysis.report(experiments.saidTwice, { what: `'${what}'` }, again);
  }
  reportOverridesTwice(
    steps.filter((step) => isOverride(step)),
    analysis,
  );
  runsMustBeFew(experiment, steps, analysis);
}

function runsMustBeFew(
  experiment: ExperimentDecl,
  steps: readonly ExperimentStep[],
  analysis: Analysis,
): void {
  let runs = countOf(steps.find(isRepeatStep)?.count) ?? 1;
  if (steps.filter(isVaryStep).some((vary) => vary.range !== undefined && vary.step === undefined))
    runs *= countOf(steps.find(isSampleStep)?.count) ?? 1;
  for (const vary of steps.filter(isVaryStep)) {
    const levels = levelsOf(vary, analysis);
    if (levels !== undefined && 'values' in levels) runs *= levels.values.length;
  }
  if (runs <= MOST_RUNS || (experiment.name as string | undefined) === undefined) return;
  analysis.report(experiments.tooManyRuns, { runs, most: MOST_RUNS }, experiment, {
    place: sourceOfProperty(experiment, 'name'),
  });
}

function searchMustBeComplete(
  experiment: ExperimentDecl,
  steps: readonly ExperimentStep[],
  analysis: Analysis,
): void {
  const [choices, goals] = [steps.filter(isSoughtStep), steps.filter(isGoalStep)];
  const fail = (problem: string, node: AstNode) =>
    analysis.report(experiments.searchIncomplete, { problem }, node);
  if (choices.length > 0 && goals.length === 0)
    fail('Something is chosen, and no goal is said.', choices[0]!);
  if (choices.length === 0) {
    const without = steps.find((step) => isGoalStep(step) || isConstraintStep(step) || isSearchStep(step));
    if (without !== undefined) fail('There is a search, and nothing is chosen.', without);
  }
  for (const again of goals.slice(1)) fail('A search has one goal, and this is another.', again);
  const varied = steps.find(isVaryStep);
  if (varied !== undefined && choices.length > 0)
    fail('What is varied and what is chosen do not go into one experiment.', varied);
}

export function chosenMustBeGivenBeforeTheRun(choice: Sought, analysis: Analysis): void {
  const path = pathOf(choice.target);
  const feature = featureOf(path);
  if (path === undefined || feature === undefined) return;
  const text = textOf(choice.target);
  const experiment = AstUtils.getContainerOfType(choice, isExperimentDecl);
  const fail = (what: string) =>
    analysis.report(experiments.notVariable, { target: text, what }, choice.target);
  if (!isVariableDecl(feature)) return fail('no value');
  if (feature.final) return fail('final');
  if (feature.role === 'let') return fail('computed by the model');
  if (feature.role === 'fixed') return fail('fixed');
  if (analysis.declaredType(feature).base === 'boolean') return fail('true or false');
  inputMustBeFree(choice.target, runnableOf(target(experiment?.subject)), analysis);
  const all = experiment?.steps.filter(isSoughtStep).flatMap(({ choices }) => choices) ?? [];
  const key = pathKey(path, textOf);
  const first = all.find((other) => {
    const its = pathOf(other?.target);
    return its !== undefined && pathKey(its, textOf) === key;
  });
  if (first !== choice) analysis.report(experiments.saidTwice, { what: `'choose ${text}'` }, choice);
  rangeMustBeKnown(choice.range, text, feature, analysis);
}

export function constraintMustCompare(step: ConstraintStep, analysis: Analysis): void {
  const { condition } = step;
  if (!requireBoolean(condition, 'A constraint', analysis)) return;
  if (analysis.typeOf(condition).base !== 'boolean' || hasMargin(condition)) return;
  analysis.report(experiments.constraintWithoutMargin, { text: textOf(condition) }, condition);
}

function hasMargin(condition: Expression | undefined): boolean {
  if (isParenExpr(condition)) return hasMargin(condition.inner);
  if (isUnaryExpr(condition)) return hasMargin(condition.operand);
  if (isFunctionCall(condition)) return condition.arguments.every(hasMargin);
  if (!isBinaryExpr(condition)) return false;
  if (condition.operator === 'and' || condition.operator === 'or')
    return hasMargin(condition.left) && hasMargin(condition.right);
  return ['<', '<=', '>', '>='].includes(condition.operator);
}

export function searchMustBeKnown(step: SearchStep, analysis: Analysis): void {
  mustBeOneOf(step, step.method, 'method', SEARCH_METHODS, 'way to search', analysis);
  if (step.count !== undefined) countMustBeWhole(step, 'The number of runs', analysis);
}

export function variedMustBeGivenBeforeTheRun(vary: VaryStep, analysis: Analysis): void {
  const path = pathOf(vary.target);
  const feature = featureOf(path);
  if (path === undefined || feature === undefined) return;
  const text = textOf(vary.target);
  const experiment = AstUtils.getContainerOfType(vary, isExperimentDecl);
  const fail = (what: string) =>
    analysis.report(experiments.notVariable, { target: text, what }, vary.target);
  if (!isVariableDecl(feature)) return fail('no value');
  if (feature.final) return fail('final');
  if (feature.role === 'let') return fail('computed by the model');
  inputMustBeFree(vary.target, runnableOf(target(experiment?.subject)), analysis);
  const others = experiment?.steps.filter(isVaryStep) ?? [];
  const key = pathKey(path, textOf);
  const first = others.find((other) => {
    const its = pathOf(other.target);
    return its !== undefined && pathKey(its, textOf) === key;
  });
  if (first !== undefined && first !== vary)
    analysis.report(experiments.saidTwice, { what: `'vary ${text}'` }, vary);
  levelsMustFit(vary, feature, analysis);
  if (vary.range === undefined || vary.step !== undefined || isListLiteral(vary.values)) return;
  if (feature.role === 'fixed') analysis.report(experiments.structuralRange, { target: text }, vary);
  else if (experiment !== undefined && !experiment.steps.some(isSampleStep))
    analysis.report(experiments.rangeWithoutPoints, { target: text }, vary);
}

export function sampleMustBePossible(sample: SampleStep, analysis: Analysis): void {
  countMustBeWhole(sample, 'The number of samples', analysis);
  mustBeOneOf(sample, sample.method, 'method', SAMPLE_METHODS, 'way to sample', analysis);
  const experiment = AstUtils.getContainerOfType(sample, isExperimentDecl);
  const ranges = experiment?.steps.filter(isVaryStep).filter(({ range, step }) => range && !step) ?? [];
  if (ranges.length === 0) analysis.report(experiments.sampleWithoutRange, {}, sample);
  if (sample.method === 'sobol' && ranges.length > MOST_SOBOL)
    analysis.report(experiments.tooManyDimensions, { count: ranges.length, most: MOST_SOBOL }, sample);
}

export function repetitionsMustBeWhole(repeat: RepeatStep, analysis: Analysis): void {
  countMustBeWhole(repeat, 'The number of repetitions', analysis);
}

function countMustBeWhole(
  step: SampleStep | RepeatStep | SearchStep,
  what: string,
  analysis: Analysis,
): void {
  const text = step.count as string | undefined;
  if (text === undefined || countOf(text) !== undefined) return;
  analysis.report(experiments.countNotWhole, { what, text, most: MOST_RUNS }, step, {
    place: sourceOfProperty(step, 'count'),
  });
}

export function studiedRunMustLast(run: StudiedRun, analysis: Analysis): void {
  knownTime(run.duration, 'The length of a run', analysis, 'positive');
  knownTime(run.warmup, 'A warm-up', analysis, 'positive');
}

export function confidenceMustBeShare(report: ReportStep, analysis: Analysis): void {
  const { confidence } = report;
  if (confidence === undefined) return;
  shareMustLieInside(confidence, 'A confidence', analysis);
}

export function reportedMustFit(reported: ReportedValue, analysis: Analysis): void {
  statisticMustFit(reported, analysis);
}
