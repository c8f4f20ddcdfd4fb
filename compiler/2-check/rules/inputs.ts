/** What inputs follow in a scenario: ramps, profiles, recordings. */
import { AstUtils, type AstNode } from 'langium';
import {
  isOverride,
  isProfileStep,
  isRampStep,
  isRecordedStep,
  isScenarioDecl,
  isVariableDecl,
  type Expression,
  type ProfileStep,
  type RampStep,
  type RecordedStep,
  type ScenarioDecl,
  type VariableDecl,
} from '../../../grammar/generated/ast.ts';
import { closestNames } from '../../1-parse/names/closest-names.ts';
import { sourceOfProperty, uriOf } from '../../1-parse/source.ts';
import * as findings from '../../diagnostics/inputs.ts';
import { constantExpected } from '../../diagnostics/types.ts';
import { textOf, type Analysis } from '../analysis.ts';
import { valueOf } from '../constants.ts';
import { periodOf, pointsOf } from '../courses.ts';
import { kindOf, target } from '../members.ts';
import { requireFit } from '../mismatch.ts';
import { featureOf, pathKey, pathOf } from '../paths.ts';
import { TIME_TYPE } from './events.ts';
import { inputMustBeFree, knownTime } from './scenarios.ts';
import { unitMustBeOf } from './statistics.ts';
import { checkInside, placeOf } from './variables.ts';

const BETWEEN_POINTS = ['previous', 'linear'] as const;
const AFTER_THE_LAST = ['hold', 'repeat'] as const;

export function rampMustMoveAnInput(ramp: RampStep, analysis: Analysis): void {
  knownTime(ramp.duration, 'The length of a ramp', analysis, 'positive');
  const input = inputOf(ramp, ramp.target, 'ramp', true, analysis);
  if (input === undefined) return;
  value(ramp.from, ramp.target, input, analysis);
  value(ramp.to, ramp.target, input, analysis);
}

export function profileMustFit(profile: ProfileStep, analysis: Analysis): void {
  if (profile.period !== undefined) knownTime(profile.period, 'A period', analysis, 'positive');
  word(profile, 'method', 'between', BETWEEN_POINTS, analysis);
  const input = inputOf(profile, profile.target, 'profile', profile.method === 'linear', analysis);
  for (const { at, value: given } of profile.lines.flatMap(({ points }) => points)) {
    if (at !== undefined) {
      requireFit(at, { text: 'The time of a point', type: TIME_TYPE }, analysis);
      known(at, 'The time of a point', analysis);
    }
    if (input !== undefined) value(given, profile.target, input, analysis);
  }
  if (pointsOf(profile, analysis, true).length > 0 || profile.lines.length > 0) return;
  analysis.report(findings.profileEmpty, { text: textOf(profile.target) }, profile);
}

export function recordingMustFit(step: RecordedStep, analysis: Analysis): void {
  if ((step.file as string | undefined) === undefined) return;
  const sound = [
    word(step, 'method', 'between', BETWEEN_POINTS, analysis),
    word(step, 'after', 'then', AFTER_THE_LAST, analysis),
  ].every(Boolean);
  let fits = sound;
  for (const column of step.columns) {
    const input = inputOf(column, column.target, 'recording', false, analysis);
    if (input === undefined) fits = false;
    else unitMustBeOf(column, column.unit, column.target, analysis.declaredType(input), analysis);
  }
  if (!fits || analysis.recordingOf(step) === undefined) return;
}

/** Of what holds from the start on, each thing is said once. */
export function coursesMustBeDistinct(scenario: ScenarioDecl, analysis: Analysis): void {
  const seen = new Set<string>();
  const keyOf = (tree: Expression | undefined): string | undefined => {
    const path = pathOf(tree);
    return path === undefined ? undefined : pathKey(path, textOf);
  };
  const goingOn = new Set<string | undefined>();
  for (const step of scenario.steps)
    if ((isRampStep(step) && step.from === undefined) || (isProfileStep(step) && beginsLater(step, analysis)))
      goingOn.add(keyOf(step.target));
  for (const step of scenario.steps) {
    const key = isOverride(step) ? keyOf(step.target) : undefined;
    // A ramp that does not say where it begins begins at what is set, and before a later course it holds.
    if (key !== undefined && !goingOn.has(key)) seen.add(key);
  }
  const once = (tree: Expression | undefined, node: AstNode): void => {
    const key = keyOf(tree);
    if (key === undefined) return;
    if (seen.has(key)) analysis.report(findings.courseTwice, { text: textOf(tree) }, node);
    seen.add(key);
  };
  for (const step of scenario.steps) {
    if (isRampStep(step) || isProfileStep(step)) once(step.target, step);
    if (!isRecordedStep(step)) continue;
    for (const column of step.columns) once(column.target, column);
    for (const { declared } of analysis.recordingOf(step)?.series ?? []) {
      if (declared === undefined) continue;
      if (seen.has(declared.name))
        analysis.report(findings.courseTwice, { text: declared.name }, step, {
          place: sourceOfProperty(step, 'file'),
        });
      seen.add(declared.name);
    }
  }
}

function beginsLater(profile: ProfileStep, analysis: Analysis): boolean {
  const [first] = pointsOf(profile, analysis);
  return periodOf(profile, analysis) === undefined && first !== undefined && first.at > 0;
}

/** The input that a course moves; undefined when it is none, which is reported. */
function inputOf(
  node: AstNode,
  tree: Expression,
  course: 'ramp' | 'profile' | 'recording',
  along: boolean,
  analysis: Analysis,
): VariableDecl | undefined {
  const feature = featureOf(pathOf(tree));
  if (feature === undefined) return undefined;
  const text = textOf(tree);
  if (!isVariableDecl(feature) || feature.role !== 'input') {
    const isParam = isVariableDecl(feature) && feature.role === 'param';
    const { start, end } = isParam ? sourceOfProperty(feature, 'role') : { start: 0, end: 0 };
    const edits = [{ uri: uriOf(feature), start, end, text: 'input' }];
    const fixes = isParam ? [{ title: `Make ${feature.name} an input`, edits }] : [];
    analysis.report(findings.courseNotOfInput, { text, what: kindOf(feature), course, isParam }, tree, {
      fixes,
    });
    return undefined;
  }
  const scenario = AstUtils.getContainerOfType(node, isScenarioDecl);
  inputMustBeFree(tree, target(scenario?.subject), analysis);
  const { base } = analysis.declaredType(feature);
  if (along && (base === 'boolean' || base === 'integer')) {
    const what = base === 'boolean' ? 'true or false' : 'a whole number';
    analysis.report(findings.courseInSteps, { text, what }, tree);
    return undefined;
  }
  return feature;
}

function value(
  given: Expression | undefined,
  place: Expression,
  input: VariableDecl,
  analysis: Analysis,
): void {
  if (given === undefined) return;
  if (!requireFit(given, { ...placeOf(input, analysis), text: `'${textOf(place)}'` }, analysis)) return;
  known(given, `What '${textOf(place)}' follows`, analysis);
  checkInside(given, input, analysis);
}

function known(given: Expression, place: string, analysis: Analysis): void {
  if (analysis.typeOf(given).base === 'unknown' || valueOf(given, analysis) !== undefined) return;
  analysis.report(constantExpected, { text: textOf(given), place }, given);
}

/** A word that chooses how a course goes on is one of those that there are. */
function word(
  node: ProfileStep | RecordedStep,
  property: 'method' | 'after',
  before: string,
  words: readonly string[],
  analysis: Analysis,
): boolean {
  const written = (node as { method?: string; after?: string })[property];
  if (written === undefined || words.includes(written)) return true;
  const place = sourceOfProperty(node, property as 'method');
  const near = closestNames(written, words, 1);
  const fixes = (near.length > 0 ? near : words).map((text) => ({
    title: `Write ${before} ${text}`,
    edits: [{ uri: uriOf(node), start: place.start, end: place.end, text }],
  }));
  const problem = `There is no '${before} ${written}'; there are ${words.map((each) => `${before} ${each}`).join(' and ')}.`;
  analysis.report(findings.courseSetting, { problem }, node, { place, fixes });
  return false;
}
