/** Shifts and calendars → how many units are on duty from which time on. */
import {
  isExceptEntry,
  isShift,
  type Hours,
  type Shift,
  type ShiftsClause,
} from '../../../grammar/generated/ast.ts';
import type { Expression } from '../../model/expression.ts';
import type { Roster, RosterChange } from '../../model/process.ts';
import { clockTime, dayOf, daysNamed, firstDay, weekday } from '../calendar.ts';
import type { Analysis } from '../analysis.ts';
import { target } from '../members.ts';
import { PLAIN } from '../type.ts';
import { lowerExpression, needed } from './expressions.ts';

const DAY = 86400;

/** Part of a day, s from midnight; `units` absent: all. */
interface Part {
  from: number;
  to: number;
  units?: Expression;
}

export function lowerRoster(clause: ShiftsClause, analysis: Analysis): Roster {
  const partOf = (hours: Shift | Hours): Part => lowerHours(hours, analysis);
  const calendar = clause.calendar === undefined ? undefined : needed(target(clause.calendar), 'a calendar');
  const begins = firstDay(calendar) ?? -3;
  const weekOf = (shifts: readonly Shift[]): Part[][] =>
    [0, 1, 2, 3, 4, 5, 6].map((day) =>
      shifts.filter((shift) => needed(daysNamed(shift.days), 'days').includes(day)).map(partOf),
    );
  const [usual, own] = [weekOf(calendar?.entries.filter(isShift) ?? []), weekOf(clause.shifts)];
  const otherwise = new Map<number, Part[]>();
  for (const entry of calendar?.entries.filter(isExceptEntry) ?? []) {
    const from = needed(dayOf(entry.from), 'a date') - begins;
    const to = entry.to === undefined ? from : needed(dayOf(entry.to), 'a date') - begins;
    for (let day = Math.max(from, 0); day <= to; day += 1) otherwise.set(day, entry.hours.map(partOf));
  }
  // Whole weeks until the last day that is otherwise; then one more, which repeats.
  const weeks = Math.ceil((Math.max(-1, ...otherwise.keys()) + 1) / 7);
  const changes: RosterChange[] = [];
  let cycle = 0;
  for (let day = 0; day < 7 * (weeks + 1); day += 1) {
    const parts = [...(otherwise.get(day) ?? usual[weekday(begins + day)]!), ...own[weekday(begins + day)]!];
    const times = [0, ...parts.flatMap(({ from, to }) => [from, to])].filter((time) => time < DAY);
    for (const time of [...new Set(times)].sort((a, b) => a - b)) {
      const units = onDuty(parts, time);
      const repeats = day === 7 * weeks && time === 0;
      if (repeats) cycle = changes.length;
      const before = changes.at(-1);
      if (!repeats && before !== undefined && sameUnits(before.units, units)) continue;
      changes.push({ time: day * DAY + time, ...(units === undefined ? {} : { units }) });
    }
  }
  return { changes, cycle };
}

function lowerHours({ from, to, units }: Shift | Hours, analysis: Analysis): Part {
  return {
    from: needed(clockTime(from), 'a time'),
    to: needed(clockTime(to), 'a time'),
    ...(units === undefined ? {} : { units: lowerExpression(units, analysis, PLAIN) }),
  };
}

/** Shifts at one time add up; undefined: all. */
function onDuty(parts: readonly Part[], time: number): Expression[] | undefined {
  const now = parts.filter(({ from, to }) => from <= time && time < to);
  if (now.some(({ units }) => units === undefined)) return undefined;
  return now.map(({ units }) => units!);
}

const sameUnits = (a: Expression[] | undefined, b: Expression[] | undefined): boolean =>
  a === b || (a?.length === b?.length && a?.every((one, at) => one === b?.[at]) === true);
