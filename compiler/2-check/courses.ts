/** Profiles → their points: times and values in order. What is wrong with them is reported when asked to. */
import type { ProfilePoint, ProfileStep } from '../../grammar/generated/ast.ts';
import * as findings from '../diagnostics/inputs.ts';
import { daysUnknown, clockTimeOutside } from '../diagnostics/process.ts';
import { sourceOfProperty } from '../1-parse/source.ts';
import { textOf, type Analysis } from './analysis.ts';
import { numberValue } from './constants.ts';
import { clockTime, DAYS, daysNamed } from './calendar.ts';

const DAY = 86400;

/** s; undefined: it does not repeat. */
export function periodOf(step: ProfileStep, analysis: Analysis): number | undefined {
  if (step.rhythm === 'daily') return DAY;
  if (step.rhythm === 'weekly') return 7 * DAY;
  return numberValue(step.period, analysis);
}

export interface TimedPoint {
  at: number;
  point: ProfilePoint;
}

/** In the order of time. With `tell`, what is wrong is reported. */
export function pointsOf(step: ProfileStep, analysis: Analysis, tell = false): TimedPoint[] {
  const period = periodOf(step, analysis);
  const say = (point: ProfilePoint, problem: string): void => {
    if (tell) analysis.report(findings.pointTime, { text: textOf(point), problem }, point);
  };
  const found: TimedPoint[] = [];
  for (const line of step.lines) {
    const name = line.days as string | undefined;
    const days = name === undefined ? [0] : daysNamed(name);
    if (days === undefined && tell)
      analysis.report(daysUnknown, { name: name!, known: ['daily', 'weekdays', 'weekend', ...DAYS] }, line, {
        place: sourceOfProperty(line, 'days'),
      });
    if (name !== undefined && step.rhythm !== 'weekly' && tell)
      analysis.report(
        findings.courseSetting,
        { problem: `Days stand in a weekly profile: write profile ${textOf(step.target)} weekly.` },
        line,
        { place: sourceOfProperty(line, 'days') },
      );
    for (const point of line.points) {
      const clock = point.clock === undefined ? undefined : clockTime(point.clock);
      if (point.clock !== undefined && clock === undefined && tell)
        analysis.report(clockTimeOutside, { text: textOf(point.clock) }, point.clock);
      const within = clock ?? numberValue(point.at, analysis);
      if (within === undefined) continue;
      const everyDay = step.rhythm === 'weekly' && name === undefined && point.clock !== undefined;
      for (const day of everyDay ? [0, 1, 2, 3, 4, 5, 6] : (days ?? [])) {
        const at = day * DAY + within;
        if (at < 0) say(point, 'lies before the start.');
        else if (period !== undefined && at >= period)
          say(point, 'lies outside of the time after which the profile begins again.');
        else found.push({ at, point });
      }
    }
  }
  found.sort((a, b) => a.at - b.at);
  const said = new Set<ProfilePoint>();
  found.forEach(({ at, point }, n) => {
    if (n === 0 || at !== found[n - 1]!.at || said.has(point)) return;
    said.add(point);
    say(point, 'has the time of another point.');
  });
  return found.filter(({ at }, n) => n === 0 || at !== found[n - 1]!.at);
}
