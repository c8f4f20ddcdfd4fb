/** Scenarios and tests. */
import {
  isAssetDecl,
  isCalibrateDecl,
  isExperimentDecl,
  isMethodStep,
  isOutputStep,
  isModesDecl,
  isOverride,
  isRunStep,
  isScenarioDecl,
  isSeedStep,
  isTestDecl,
  isTwinDecl,
  isVariableDecl,
  type AtStep,
  type Expression,
  type ExpectStatement,
  type MethodStep,
  type OutputStep,
  type Override,
  type RequireStatement,
  type ResponseStatement,
  type Runnable,
  type RunStep,
  type ScenarioDecl,
  type ScenarioStep,
  type SeedStep,
  type TestDecl,
  type ViewDecl,
} from '../../../grammar/generated/ast.ts';
import { AstUtils, type AstNode } from 'langium';
import { closestNames } from '../../1-parse/names/closest-names.ts';
import { sourceOfProperty, uriOf } from '../../1-parse/source.ts';
import * as scenarios from '../../diagnostics/scenarios.ts';
import * as structure from '../../diagnostics/structure.ts';
import * as types from '../../diagnostics/types.ts';
import { textOf, type Analysis } from '../analysis.ts';
import { isConstant, numberValue, valueOf } from '../constants.ts';
import { modeMustBeOf } from '../infer/mode.ts';
import { nameMustBeAmong } from '../most.ts';
import { requireBoolean } from '../infer/infer.ts';
import { target } from '../members.ts';
import { requireFit } from '../mismatch.ts';
import { PLAIN } from '../type.ts';
import { featureOf, pathOf } from '../paths.ts';
import { reportOverridesTwice } from './assets.ts';
import { TIME_TYPE } from './events.ts';
import { followedBy } from './owners.ts';

export function subjectMustNotBeAbstract(declaration: ScenarioDecl | ViewDecl, analysis: Analysis): void {
  const subject = target(declaration.subject);
  if (!isAssetDecl(subject) || !subject.abstract || !isScenarioDecl(declaration)) return;
  analysis.report(structure.abstractInstantiated, { name: subject.name, use: 'run' }, declaration, {
    place: sourceOfProperty(declaration, 'subject'),
  });
}

/** A time that is known when compiled, in s; undefined when it is not, which is reported. */
export function knownTime(
  time: Expression | undefined,
  place: string,
  analysis: Analysis,
  sign: 'positive' | 'any',
): number | undefined {
  if (time === undefined || !requireFit(time, { text: place, type: TIME_TYPE }, analysis)) return undefined;
  if (analysis.typeOf(time).base === 'unknown') return undefined;
  const value = numberValue(time, analysis);
  if (value === undefined) {
    analysis.report(types.constantExpected, { text: textOf(time), place }, time);
    return undefined;
  }
  if (sign === 'positive' && value <= 0) {
    analysis.report(types.positiveExpected, { text: textOf(time), place }, time);
    return undefined;
  }
  return value;
}

export function runMustLast(run: RunStep, analysis: Analysis): void {
  knownTime(run.duration, 'The length of a run', analysis, 'positive');
}

export function outputPeriodMustBePositive(output: OutputStep, analysis: Analysis): void {
  knownTime(output.period, 'A period', analysis, 'positive');
}

export function scenarioMustRunOnce(scenario: ScenarioDecl, analysis: Analysis): void {
  const steps = scenario.steps.filter((step) => (step as ScenarioStep | undefined) !== undefined);
  if ((scenario.name as string | undefined) !== undefined && !steps.some(isRunStep)) {
    analysis.report(scenarios.runMissing, { name: scenario.name }, scenario, {
      place: sourceOfProperty(scenario, 'name'),
    });
  }
  for (const [step, is] of [
    ['run', isRunStep],
    ['method', isMethodStep],
    ['output', isOutputStep],
    ['seed', isSeedStep],
  ] as const) {
    for (const again of steps.filter((each) => is(each)).slice(1))
      analysis.report(scenarios.stepTwice, { step }, again);
  }
  reportOverridesTwice(
    steps.filter((step) => isOverride(step)),
    analysis,
  );
}

const ADAPTIVE = ['auto', 'tsit5', 'rodas5p', 'bdf'];
const METHODS = [...ADAPTIVE, 'rk4', 'euler', 'implicitEuler'];

export function methodMustBeKnown(step: MethodStep, analysis: Analysis): void {
  const name = step.method as string | undefined;
  if (name === undefined) return;
  if (!METHODS.includes(name)) {
    const suggestions = closestNames(name, METHODS, 1);
    const place = sourceOfProperty(step, 'method');
    const fixes = suggestions.map((text) => ({
      title: `Write ${text}`,
      edits: [{ uri: uriOf(step), start: place.start, end: place.end, text }],
    }));
    analysis.report(scenarios.unknownMethod, { name, suggestions }, step, { place, fixes });
    return;
  }
  const fail = (problem: string, help: string) =>
    analysis.report(scenarios.methodSetting, { problem, help }, step);
  if (ADAPTIVE.includes(name)) {
    if (step.step !== undefined)
      fail(`${name} chooses its own steps.`, `Write a tolerance: method ${name} tolerance 1e-8.`);
    if (step.tolerance !== undefined) {
      if (!requireFit(step.tolerance, { text: 'A tolerance', type: PLAIN }, analysis)) return;
      const value = numberValue(step.tolerance, analysis);
      if (value === undefined)
        analysis.report(
          types.constantExpected,
          { text: textOf(step.tolerance), place: 'A tolerance' },
          step.tolerance,
        );
      else if (value <= 0 || value >= 1) fail('A tolerance lies between 0 and 1.', 'Usual are 1e-4 to 1e-9.');
    }
    return;
  }
  if (step.tolerance !== undefined)
    fail(`${name} takes steps of one length and has no tolerance.`, `Write method ${name} step 10 ms.`);
  if (step.step === undefined)
    fail(`${name} needs the length of its steps.`, `Write method ${name} step 10 ms.`);
  else knownTime(step.step, 'A step', analysis, 'positive');
}

export function seedMustBeWhole(step: SeedStep, analysis: Analysis): void {
  const text = step.value as string | undefined;
  if (text === undefined) return;
  const whole = /^[0-9_]+$/.test(text) && Number.isSafeInteger(Number(text.replaceAll('_', '')));
  if (!whole) analysis.report(scenarios.seedNotWhole, { text }, step);
}

export function scenarioTimeMustLieInTheRun(step: AtStep, analysis: Analysis): void {
  const time = knownTime(step.time, 'A moment', analysis, 'any');
  insideRun(time, step.time, AstUtils.getContainerOfType(step, isScenarioDecl), analysis);
}

/** After the start, and not after the end. */
export function insideRun(
  time: number | undefined,
  node: Expression | undefined,
  scenario: ScenarioDecl | undefined,
  analysis: Analysis,
): void {
  if (time === undefined || node === undefined) return;
  if (time < 0) {
    analysis.report(scenarios.negativeTime, { text: textOf(node) }, node);
    return;
  }
  const run = scenario?.steps.find(isRunStep);
  const end = numberValue(run?.duration, analysis);
  if (run === undefined || end === undefined || time <= end) return;
  analysis.report(scenarios.afterTheEnd, { what: `'${textOf(node)}'`, duration: textOf(run.duration) }, node);
}

export function scenarioSettingMustBeConstant(override: Override, analysis: Analysis): void {
  const container = override.$container as AstNode;
  if (isModesDecl(featureOf(pathOf(override.target)))) return;
  if (isTwinDecl(container)) {
    // A twin is nobody's part, so there is nothing its values could follow.
    if (!isConstant(override.value, 'fixed')) {
      const value = override.value as Expression | undefined;
      if (value !== undefined && analysis.typeOf(value).base !== 'unknown' && value.$type !== 'ListLiteral') {
        analysis.report(
          types.constantExpected,
          { text: textOf(value), place: 'A value given to a twin' },
          value,
        );
      }
    }
    return;
  }
  const studied =
    isExperimentDecl(container) || isCalibrateDecl(container) ? target(container.subject) : undefined;
  const scenario = isScenarioDecl(container) ? container : isScenarioDecl(studied) ? studied : undefined;
  if (scenario === undefined && studied === undefined) return;
  const subject = scenario === undefined ? (studied as Runnable) : target(scenario.subject);
  inputMustBeFree(override.target, subject, analysis);
  const value = override.value as Expression | undefined;
  const items = value?.$type === 'ListLiteral' ? (value.items as (Expression | undefined)[]) : [value];
  for (const item of items) {
    if (
      item === undefined ||
      analysis.typeOf(item).base === 'unknown' ||
      valueOf(item, analysis) !== undefined
    )
      continue;
    analysis.report(
      scenarios.scenarioSettingChanges,
      { target: textOf(override.target), text: textOf(item) },
      item,
    );
  }
}

/** Data, sliders and scenarios reach an input only while it follows nothing. */
export function inputMustBeFree(tree: Expression, subject: Runnable | undefined, analysis: Analysis): void {
  const path = pathOf(tree);
  const feature = featureOf(path);
  if (path === undefined || !isVariableDecl(feature) || feature.role !== 'input') return;
  const owner = followedBy(path, analysis, subject);
  if (owner === undefined) return;
  analysis.report(structure.inputHasOwner, { name: textOf(tree), owner: owner.text }, tree, {
    related: [{ message: 'given here', source: owner.source }],
  });
}

export function testMustRequireSomething(test: TestDecl, analysis: Analysis): void {
  if (test.statements.length > 0 || (test.name as string | undefined) === undefined) return;
  // What the parser could not read may require something: it gave the test up before its end.
  if (test.$cstNode?.text.endsWith('}') === false) return;
  analysis.report(scenarios.testWithoutRequirement, { name: test.name }, test, {
    place: sourceOfProperty(test, 'name'),
  });
}

type Statement = RequireStatement | ResponseStatement | ExpectStatement;

export function requirementMustBeCondition(statement: Statement, analysis: Analysis): void {
  requireBoolean(statement.condition, 'A requirement', analysis);
  if (statement.$type !== 'ResponseStatement') return;
  const type = analysis.typeOf(statement.trigger);
  if (statement.value === undefined) requireBoolean(statement.trigger, 'What follows when', analysis);
  else if (type.names !== undefined)
    nameMustBeAmong(type.names, statement.trigger, statement.value, analysis);
  else if (type.base === 'mode' && type.region !== undefined)
    modeMustBeOf(type.region, statement.trigger, statement.value, analysis);
  else if (type.base !== 'unknown') {
    const fits = requireFit(statement.value, { text: `'${textOf(statement.trigger)}'`, type }, analysis);
    if (fits && type.base === 'number') {
      const holes = { text: textOf(statement.trigger), value: textOf(statement.value) };
      analysis.report(scenarios.becomesNumber, holes, statement.value);
    }
  }
}

export function testTimesMustBeKnown(statement: Statement, analysis: Analysis): void {
  const scenario = target(AstUtils.getContainerOfType(statement, isTestDecl)?.scenario);
  switch (statement.$type) {
    case 'RequireStatement':
      insideRun(
        knownTime(statement.after, 'The time after after', analysis, 'any'),
        statement.after,
        scenario,
        analysis,
      );
      knownTime(statement.within, 'The time after within', analysis, 'positive');
      break;
    case 'ResponseStatement':
      knownTime(statement.within, 'The time after within', analysis, 'positive');
      break;
    case 'ExpectStatement':
      insideRun(knownTime(statement.time, 'A moment', analysis, 'any'), statement.time, scenario, analysis);
  }
}
