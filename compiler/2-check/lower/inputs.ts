/** Ramps, profiles and recordings of a scenario → what its inputs follow. */
import {
  isAtStep,
  isProfileStep,
  isRampStep,
  isRecordedStep,
  type Expression,
  type ProfileStep,
  type RampStep,
  type RecordedStep,
  type ScenarioStep,
} from '../../../grammar/generated/ast.ts';
import { sourceOf } from '../../1-parse/source.ts';
import type { Drive } from '../../model/drive.ts';
import type { Analysis } from '../analysis.ts';
import { valueOf } from '../constants.ts';
import { periodOf, pointsOf } from '../courses.ts';
import { constantNumber, needed, referenceTo } from './expressions.ts';

export function lowerDrives(steps: readonly ScenarioStep[], analysis: Analysis): Drive[] {
  return steps.flatMap((step) => {
    if (isRampStep(step)) return [lowerRamp(step, 0, analysis)];
    if (isProfileStep(step)) return [lowerProfile(step, analysis)];
    if (isRecordedStep(step)) return lowerRecorded(step, analysis);
    if (!isAtStep(step)) return [];
    const start = constantNumber(step.time, analysis);
    return step.actions.filter(isRampStep).map((ramp) => lowerRamp(ramp, start, analysis));
  });
}

function lowerRamp(ramp: RampStep, start: number, analysis: Analysis): Drive {
  return {
    target: referenceTo(ramp.target, analysis, 'all'),
    start,
    times: [0, constantNumber(ramp.duration, analysis)],
    values: [ramp.from === undefined ? null : number(ramp.from, analysis), number(ramp.to, analysis)],
    between: 'linear',
    source: sourceOf(ramp),
  };
}

function lowerProfile(profile: ProfileStep, analysis: Analysis): Drive {
  const points = pointsOf(profile, analysis);
  const period = periodOf(profile, analysis);
  // What comes once leaves the input alone until its first point.
  const start = period === undefined ? (points[0]?.at ?? 0) : 0;
  return {
    target: referenceTo(profile.target, analysis, 'all'),
    start,
    times: points.map(({ at }) => at - start),
    values: points.map(({ point }) => number(point.value, analysis)),
    between: profile.method === 'linear' ? 'linear' : 'previous',
    ...(period === undefined ? {} : { period }),
    source: sourceOf(profile),
  };
}

function lowerRecorded(step: RecordedStep, analysis: Analysis): Drive[] {
  const { times, series, period } = needed(analysis.recordingOf(step), 'a recording');
  return series.map(({ declared, column, values }) => {
    const own = column === undefined ? undefined : step.columns[column];
    const base = own === undefined ? undefined : analysis.typeOf(own.target).base;
    const along =
      step.method === 'linear' &&
      (declared === undefined ? base : analysis.declaredType(declared).base) === 'number';
    return {
      target:
        own === undefined
          ? { segments: [{ name: needed(declared, 'an input').name }], target: { kind: 'variable' as const } }
          : referenceTo(own.target, analysis, 'all'),
      start: 0,
      times,
      values,
      between: along ? ('linear' as const) : ('previous' as const),
      ...(period === undefined ? {} : { period }),
      source: sourceOf(step),
    };
  });
}

function number(tree: Expression, analysis: Analysis): number {
  return Number(needed(valueOf(tree, analysis), 'a value'));
}
