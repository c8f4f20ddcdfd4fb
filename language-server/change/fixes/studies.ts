/** Fixes of bindings, views, scenarios, tests, experiments and calibrations: what is lacking is said, what is said twice is left out. */
import type { AstNode } from 'langium';
import {
  isAssetDecl,
  isAtStep,
  isBinding,
  isBindingArgument,
  isCalibrateDecl,
  isColumnStep,
  isComparedValue,
  isExperimentDecl,
  isGaugeWidget,
  isMethodStep,
  isNumberLiteral,
  isOverride,
  isProfilePoint,
  isProfileStep,
  isRecordedStep,
  isRunStep,
  isScenarioDecl,
  isSensorDecl,
  isSliderWidget,
  isTestDecl,
  isVariableDecl,
  isVaryStep,
  type AssetDecl,
} from '../../../grammar/generated/ast.ts';
import {
  assetOfStudied,
  closestNames,
  featureOf,
  sourceOfProperty,
} from '../../../compiler/1-parse/index.ts';
import { PROTOCOLS } from '../../../compiler/2-check/index.ts';
import * as chances from '../../../compiler/diagnostics/chances.ts';
import * as scenarios from '../../../compiler/diagnostics/scenarios.ts';
import * as inputs from '../../../compiler/diagnostics/inputs.ts';
import * as sensors from '../../../compiler/diagnostics/sensors.ts';
import * as experiments from '../../../compiler/diagnostics/experiments.ts';
import type { Fix } from '../../../compiler/diagnostics/diagnostic.ts';
import { clause, mend, type At, type Mend } from './at.ts';
import { percent } from './behaviour.ts';
import { compared } from './values.ts';

const leftOut = (at: At<unknown>): Fix[] => at.leaveOut(at.node);

export const STUDIES: readonly Mend[] = [
  mend(sensors.notBindable, (at) => {
    const measured = featureOf(at.expression);
    const asset = measured?.$container;
    const all = isAssetDecl(asset) && at.holes.direction === 'from' ? asset.members.filter(isSensorDecl) : [];
    const fitting = all.filter((each) => featureOf(each.target) === measured);
    return fitting.flatMap(({ name }) => at.write(name));
  }),
  mend(sensors.bindingArgument, (at) => {
    const argument = at.around(isBindingArgument);
    const protocol = at.around(isBinding)?.protocol ?? '';
    const known = Object.keys(PROTOCOLS[protocol]?.named ?? {});
    const name = argument?.name;
    if (argument === undefined || name === undefined) return [];
    const close = known.includes(name) ? [] : closestNames(name, known);
    return [
      ...close.flatMap((each) => at.write(each, sourceOfProperty(argument, 'name'), `Change to '${each}'`)),
      ...at.leaveOut(argument),
    ];
  }),
  mend(sensors.secretInText, (at) =>
    at.leaveOut(at.around(isBindingArgument), `Leave out the ${at.holes.name}`),
  ),
  mend(sensors.boundTwice, (at) => at.leaveOut(at.around(isBinding))),
  mend(sensors.policyOfOutgoing, (at) => {
    const binding = at.around(isBinding);
    const late = binding && at.holes.word === 'late';
    if (binding === undefined) return [];
    const words = clause(binding, late ? 'late' : 'stale', 1);
    if (words === undefined) return [];
    const end = late ? sourceOfProperty(binding, 'policy').end : words.end;
    return at.leaveOut({ start: words.start, end });
  }),
  mend(sensors.notShowable, (at) => widget(at, 'number')),
  mend(sensors.notTunable, (at) => widget(at, 'number')),
  mend(sensors.unitOfSwitch, (at) => {
    const as = /\bas\s*$/.exec(at.file.text.slice(0, at.span.start));
    return as === null ? [] : at.leaveOut({ start: as.index, end: at.span.end });
  }),

  mend(inputs.courseInSteps, (at) => {
    const step = at.around(isProfileStep) ?? at.around(isRecordedStep);
    const between = step && clause(step, 'method', 1);
    return at.leaveOut(between);
  }),
  mend(inputs.courseTwice, leftOut),
  mend(inputs.pointTime, (at) => at.leaveOut(at.around(isProfilePoint))),
  mend(inputs.profileEmpty, (at) => at.leaveOut(at.around(isProfileStep))),
  mend(inputs.recordingTooShort, (at) => {
    const step = at.around(isRecordedStep);
    const place = step && (step.method === undefined ? at.span : sourceOfProperty(step, 'method'));
    return place === undefined ? [] : ['hold', 'repeat'].flatMap((each) => at.add(` then ${each}`, place));
  }),
  mend(inputs.columnMisspelt, (at) => {
    const step = at.around(isRecordedStep);
    const text = `${at.holes.name} from "${at.holes.column}"`;
    if (step === undefined) return [];
    return step.columns.length > 0 ? at.line(step, text) : at.add(` { ${text} }`, step);
  }),

  mend(experiments.experimentWithoutLength, (at) =>
    at.line(at.around(isExperimentDecl), 'run 1 h', 'Run for one hour'),
  ),
  mend(experiments.nothingReported, (at) => {
    const experiment = at.around(isExperimentDecl);
    return numbersOf(subjectOf(experiment)).flatMap((each) =>
      at.line(experiment, `report ${each}`, `Report ${each}`),
    );
  }),
  mend(experiments.rangeWithoutPoints, (at) => [
    ...at.line(at.around(isExperimentDecl), 'sample 64 by sobol', 'Sample 64 points'),
  ]),
  mend(experiments.notVariable, (at) => at.leaveOut(at.around(isVaryStep) ?? at.node)),
  mend(experiments.countNotWhole, (at) => whole(at, at.holes.most)),
  mend(experiments.statisticProblem, (at) => compared(at)),
  mend(experiments.shareOutside, (at) => percent(at)),
  mend(experiments.saidTwice, leftOut),
  mend(experiments.stepProblem, (at) => {
    const range = at.around(isVaryStep)?.range;
    const ends = [range?.low, range?.high].map((each) => (isNumberLiteral(each) ? Number(each.value) : NaN));
    const [low = NaN, high = NaN] = ends;
    if (range === undefined || !(high > low)) return [];
    const unit = [range.high, range.low].map((each) => isNumberLiteral(each) && each.unit).find(Boolean);
    const step = Number(((high - low) / 10).toPrecision(6));
    return at.write(
      unit === undefined || unit === false ? String(step) : `${step} ${unit}`,
      at.span,
      'Take ten steps',
    );
  }),
  mend(experiments.sampleWithoutRange, leftOut),
  mend(experiments.structuralRange, (at) => {
    const range = at.around(isVaryStep)?.range;
    if (range === undefined) return [];
    const text = `[${at.text(range.low)}, ${at.text(range.high)}]`;
    return at.write(text, range, `Vary over ${text}`);
  }),
  mend(experiments.tooManyDimensions, (at) =>
    at.write(at.text().replace(/\w+$/, 'latinHypercube'), at.span, 'Sample by latinHypercube'),
  ),
  mend(experiments.calibrationIncomplete, (at) => {
    const calibration = at.around(isCalibrateDecl);
    const members = subjectOf(calibration)?.members ?? [];
    const compares = at.holes.missing === 'compares';
    const fitting = compares
      ? members.filter(isSensorDecl)
      : members.filter(isVariableDecl).filter(({ role }) => role === 'param');
    return fitting
      .slice(0, 3)
      .flatMap(({ name }) =>
        at.line(
          calibration,
          `${compares ? 'compare' : 'fit'} ${name}`,
          `${compares ? 'Compare' : 'Fit'} ${name}`,
        ),
      );
  }),
  mend(experiments.notFittable, (at) => {
    const params = subjectOf(at.around(isCalibrateDecl))?.members.filter(isVariableDecl) ?? [];
    const bounded = params.filter(({ role, range }) => role === 'param' && range !== undefined);
    return bounded.slice(0, 3).flatMap(({ name }) => at.write(name));
  }),
  mend(experiments.columnMissing, (at) => {
    const value = at.around(isComparedValue);
    return value === undefined || !/^[\w.]+$/.test(at.text()) ? [] : at.add(` with "${at.text()}"`);
  }),
  mend(experiments.notAnInput, (at) => at.leaveOut(at.around(isColumnStep))),
  mend(experiments.searchIncomplete, (at) => {
    const experiment = at.around(isExperimentDecl);
    return experiment?.steps.some((each) => each.$type === 'GoalStep') !== false
      ? []
      : numbersOf(subjectOf(experiment)).flatMap((each) =>
          at.line(experiment, `maximise ${each}`, `Maximise ${each}`),
        );
  }),
  mend(chances.chanceBound, (at) => {
    const value = parseFloat(at.text());
    return at.write(value <= 0 ? '1 %' : '99 %');
  }),

  mend(scenarios.stepTwice, leftOut),
  mend(scenarios.methodSetting, (at) => {
    const step = at.around(isMethodStep);
    if (step === undefined) return [];
    if (step.step === undefined && step.tolerance === undefined)
      return at.add(' step 10 ms', sourceOfProperty(step, 'method'));
    return ['step', 'tolerance'].flatMap((each) => at.leaveOut(clause(step, each, 1)));
  }),
  mend(scenarios.afterTheEnd, (at) => {
    const run = runOf(at);
    return [
      ...(run === undefined ? [] : at.write(at.text(), run.duration, `Run for ${at.text()}`)),
      ...at.leaveOut(at.around(isAtStep)),
    ];
  }),
  mend(scenarios.seedNotWhole, (at) => whole(at, Number.MAX_SAFE_INTEGER)),
  mend(scenarios.testWithoutRequirement, (at) => at.leaveOut(at.around(isTestDecl), 'Leave this test out')),
  mend(scenarios.scenarioSettingChanges, (at) => {
    const setting = at.around(isOverride);
    return setting === undefined
      ? []
      : at.write(`at 0 s: set ${at.text(setting)}`, setting, 'Set it when the run has begun');
  }),
  mend(scenarios.negativeTime, (at) => at.write('0 s')),
  mend(scenarios.becomesNumber, (at) => {
    const becomes = /\s*\bbecomes\s*$/.exec(at.file.text.slice(0, at.span.start));
    if (becomes === null) return [];
    const span = { start: becomes.index, end: at.span.start };
    return ['>', '<'].flatMap((each) => at.write(` ${each} `, span, `Write ${each}`));
  }),
];

/** The nearest whole number from 1 to the most. */
function whole(at: At<unknown>, most: number): Fix[] {
  const [, digits] = /([\d_.eE+-]+)$/.exec(at.text()) ?? [];
  if (digits === undefined) return [];
  const value = Math.round(Number(digits.replaceAll('_', '')));
  const near = String(Math.min(most, Math.max(1, value)));
  const start = at.span.end - digits.length;
  return at.write(near, { start, end: at.span.end });
}

/** Another widget for the same value. */
function widget(at: At<unknown>, word: string): Fix[] {
  const old = at.around(isGaugeWidget) ?? at.around(isSliderWidget);
  return old === undefined ? [] : at.write(`${word} ${at.text()}`, old);
}

function subjectOf(study: AstNode | undefined): AssetDecl | undefined {
  if (!isExperimentDecl(study) && !isCalibrateDecl(study)) return undefined;
  const subject = study.subject?.ref;
  return subject === undefined ? undefined : assetOfStudied(subject);
}

/** Some of the values that an asset has. */
function numbersOf(asset: AssetDecl | undefined): string[] {
  const values = asset?.members.filter(isVariableDecl) ?? [];
  const of = (role: string) => values.filter((each) => each.role === role && each.size === undefined);
  return ['kpi', 'state', 'let']
    .flatMap(of)
    .slice(0, 4)
    .map(({ name }) => name);
}

function runOf(at: At<unknown>) {
  const around = at.around(isScenarioDecl) ?? at.around(isTestDecl)?.scenario?.ref;
  return around?.steps.find(isRunStep);
}
