/** Experiments → the model's. */
import {
  isSoughtStep,
  isConstraintStep,
  isGoalStep,
  isMethodStep,
  isOutputStep,
  isOverride,
  isRepeatStep,
  isReportStep,
  isRunStep,
  isSampleStep,
  isScenarioDecl,
  isSearchStep,
  isSeedStep,
  isStudiedRun,
  isVariableDecl,
  isVaryStep,
  type Sought,
  type ExperimentDecl,
  type ExperimentStep,
  type ReportedValue,
  type VaryStep,
} from '../../../grammar/generated/ast.ts';
import { documentationOf } from '../../1-parse/documentation.ts';
import { sourceOf } from '../../1-parse/source.ts';
import type {
  Experiment,
  Factor,
  Report,
  SampleMethod,
  SearchMethod,
  Statistic,
} from '../../model/experiment.ts';
import { textOf, type Analysis } from '../analysis.ts';
import { numberValue } from '../constants.ts';
import { displayUnit, shownIn, valueType } from '../display.ts';
import { plain } from '../environment.ts';
import { qualifiedName, target } from '../members.ts';
import { featureOf, pathOf } from '../paths.ts';
import { countOf, levelsOf, reportedText, reportedType } from '../experiments.ts';
import { lowerOverride } from './assets.ts';
import { lowerMethod, lowerSubject } from './scenarios.ts';
import { constantNumber, Incomplete, lowerExpression, needed, referenceTo } from './expressions.ts';

const DEFAULT_CONFIDENCE = 0.95;

export function lowerExperiment(tree: ExperimentDecl, analysis: Analysis): Experiment {
  const { steps } = tree;
  const subject = needed(target(tree.subject), 'what is experimented on');
  const scenario = isScenarioDecl(subject) ? subject : undefined;
  // What the scenario says of its length holds with its warm-up, where the experiment says nothing.
  const run = steps.find(isStudiedRun) ?? scenario?.steps.find(isRunStep);
  const warmup = run?.warmup === undefined ? 0 : constantNumber(run.warmup, analysis);
  const duration = run?.duration;
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
    factors: [
      ...steps.filter(isVaryStep).map((step) => lowerFactor(step, analysis)),
      ...steps
        .filter(isSoughtStep)
        .flatMap(({ choices }) => choices.map((choice) => lowerChoice(choice, analysis))),
    ],
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
    ...lowerSearch(steps, analysis),
    doc: documentationOf(tree),
    source: sourceOf(tree),
  };
}

/** Runs of a search that does not say how many. */
const DEFAULT_RUNS = 2000;

function lowerSearch(steps: readonly ExperimentStep[], analysis: Analysis): Pick<Experiment, 'search'> {
  const goal = steps.find(isGoalStep);
  if (goal === undefined) return {};
  const search = steps.find(isSearchStep);
  return {
    search: {
      goal: goal.goal,
      objective: lowerReported(goal.value, DEFAULT_CONFIDENCE, analysis),
      constraints: steps.filter(isConstraintStep).map(({ condition }) => ({
        condition: lowerExpression(condition, analysis),
        text: textOf(condition, Infinity),
        source: sourceOf(condition),
      })),
      method: (search?.method ?? 'cmaes') as SearchMethod,
      runs: countOf(search?.count) ?? DEFAULT_RUNS,
    },
  };
}

/** What a search chooses and what an experiment varies have in common. */
function varied(path: Sought['target'], analysis: Analysis) {
  const feature = featureOf(pathOf(path));
  if (!isVariableDecl(feature)) throw new Incomplete('a variable');
  const type = analysis.declaredType(feature);
  return {
    feature,
    target: {
      target: referenceTo(path, analysis, 'all'),
      text: textOf(path, Infinity),
      type: valueType(type),
      unit: displayUnit(type, analysis.tableOf(feature)),
    },
  };
}

function lowerChoice(tree: Sought, analysis: Analysis): Factor {
  return {
    ...varied(tree.target, analysis).target,
    structural: false,
    levels: {
      low: constantNumber(tree.range.low, analysis),
      high: constantNumber(tree.range.high, analysis),
    },
    source: sourceOf(tree),
  };
}

function lowerFactor(tree: VaryStep, analysis: Analysis): Factor {
  const { feature, target } = varied(tree.target, analysis);
  return {
    ...target,
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
