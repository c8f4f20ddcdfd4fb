/** Calendars, and the shifts of resources. */
import {
  isBeginsEntry,
  isExceptEntry,
  isShift,
  type BeginsEntry,
  type CalendarDate,
  type CalendarDecl,
  type CalendarEntry,
  type ClockTime,
  type ExceptEntry,
  type Hours,
  type Shift,
  type ShiftsClause,
} from '../../../grammar/generated/ast.ts';
import { closestNames } from '../../1-parse/names/closest-names.ts';
import { sourceOfProperty, uriOf } from '../../1-parse/source.ts';
import * as findings from '../../diagnostics/process.ts';
import { textOf, type Analysis } from '../analysis.ts';
import { clockTime, dayOf, DAYS, daysNamed, firstDay } from '../calendar.ts';
import { numberValue } from '../constants.ts';
import { target } from '../members.ts';
import { amount } from './process.ts';

const KNOWN = ['daily', 'weekdays', 'weekend', ...DAYS];

export function shiftMustLieInTheDay(shift: Shift, analysis: Analysis): void {
  const name = shift.days as string | undefined;
  if (name !== undefined && daysNamed(name) === undefined) {
    const place = sourceOfProperty(shift, 'days');
    const fixes = closestNames(name, KNOWN, 1).map((text) => ({
      title: `Write ${text}`,
      edits: [{ uri: uriOf(shift), start: place.start, end: place.end, text }],
    }));
    analysis.report(findings.daysUnknown, { name, known: KNOWN }, shift, { place, fixes });
  }
  hoursMustLieInTheDay(shift, analysis);
}

export function hoursMustLieInTheDay(hours: Shift | Hours, analysis: Analysis): void {
  const [from, to] = [clockTime(hours.from), clockTime(hours.to)];
  for (const [end, value] of [
    [hours.from, from],
    [hours.to, to],
  ] as const)
    if ((end as ClockTime | undefined) !== undefined && value === undefined)
      analysis.report(findings.clockTimeOutside, { text: textOf(end) }, end);
  if (from !== undefined && to !== undefined && from >= to) {
    const { start } = sourceOfProperty(hours, 'from');
    const last = sourceOfProperty(hours, 'to').end;
    const [early, late] = [textOf(hours.from), textOf(hours.to)];
    const head = isShift(hours) ? `${hours.days} ` : '';
    const over = {
      title: 'Write it as two, over midnight',
      edits: [{ uri: uriOf(hours), start, end: last, text: `${early}..24:00, ${head}00:00..${late}` }],
    };
    analysis.report(findings.clockTimeOutside, { text: textOf(hours) }, hours, {
      fixes: from > to && hours.$container.$type !== 'CalendarDecl' ? [over] : [],
    });
  }
  amount(hours.units, 'A number of units', 0, analysis);
}

export function dateMustExist(entry: BeginsEntry | ExceptEntry, analysis: Analysis): void {
  const dates: (CalendarDate | undefined)[] = isBeginsEntry(entry) ? [entry.date] : [entry.from, entry.to];
  for (const date of dates)
    if (date?.day !== undefined && dayOf(date) === undefined)
      analysis.report(findings.dateImpossible, { text: textOf(date), why: 'there is no such day' }, date);
  if (isBeginsEntry(entry) || entry.to === undefined) return;
  const [from, to] = [dayOf(entry.from), dayOf(entry.to)];
  const text = `${textOf(entry.from)}..${textOf(entry.to)}`;
  if (from !== undefined && to !== undefined && to < from)
    analysis.report(findings.dateImpossible, { text, why: 'it ends before it begins' }, entry.to);
  else if (from !== undefined && to !== undefined && to - from > 3660)
    analysis.report(findings.dateImpossible, { text, why: 'it is longer than ten years' }, entry.to);
}

export function calendarMustBeSound(calendar: CalendarDecl, analysis: Analysis): void {
  const entries = (calendar.entries as (CalendarEntry | undefined)[]).filter((entry) => entry !== undefined);
  for (const again of entries.filter(isBeginsEntry).slice(1))
    analysis.report(findings.clauseTwice, { what: 'The day on which a run starts' }, again);
  const place = sourceOfProperty(calendar, 'name');
  const name = calendar.name as string | undefined;
  if (name === undefined) return;
  const exceptions = entries.filter(isExceptEntry);
  const [first] = exceptions;
  if (first !== undefined && !entries.some(isBeginsEntry))
    analysis.report(findings.firstDayMissing, { name }, first, {
      fixes: [
        {
          title: 'Say on which day a run starts',
          edits: [
            {
              uri: uriOf(calendar),
              start: sourceOfProperty(first, 'from').start - 'except '.length,
              end: sourceOfProperty(first, 'from').start - 'except '.length,
              text: `begins ${textOf(first.from)}\n  `,
            },
          ],
        },
      ],
    });
  const begins = firstDay(calendar);
  for (const entry of exceptions) {
    const last = dayOf(entry.to ?? entry.from);
    if (begins !== undefined && last !== undefined && last < begins)
      analysis.report(findings.exceptionPast, { text: textOf(entry), name }, entry);
    else if (begins !== undefined && last !== undefined && last - begins > 36600)
      analysis.report(
        findings.dateImpossible,
        { text: textOf(entry.to ?? entry.from), why: 'it is more than a hundred years after the run starts' },
        entry,
      );
  }
  if (!entries.some(isShift) && !exceptions.some(({ hours }) => hours.length > 0))
    analysis.report(findings.neverOnDuty, { name }, calendar, { place });
}

/** No more on duty than there are. */
export function shiftsMustHaveUnits(clause: ShiftsClause, analysis: Analysis): void {
  const resource = clause.$container;
  const size = resource.size === undefined ? 1 : numberValue(resource.size, analysis);
  if (size === undefined) return;
  const calendar = clause.calendar === undefined ? undefined : target(clause.calendar);
  const own: (CalendarEntry | undefined)[] = [...clause.shifts, ...(calendar?.entries ?? [])];
  const asked = own
    .flatMap((entry): (Shift | Hours)[] =>
      isShift(entry) ? [entry] : isExceptEntry(entry) ? [...entry.hours] : [],
    )
    .map((hours) => ({ hours, units: numberValue(hours.units, analysis) ?? 0 }));
  const most = asked.toSorted((a, b) => b.units - a.units)[0];
  if (most === undefined || most.units <= size) return;
  const holes = { name: resource.name, size: String(size), asked: String(most.units) };
  const grown =
    resource.size?.$type === 'NumberLiteral'
      ? [
          {
            title: `Give it ${most.units} units`,
            edits: [{ uri: uriOf(resource), ...spanOf(resource), text: String(most.units) }],
          },
        ]
      : [];
  analysis.report(findings.tooManyOnDuty, holes, calendar === undefined ? most.hours : clause, {
    fixes: grown,
  });
}

const spanOf = (resource: ShiftsClause['$container']): { start: number; end: number } => {
  const { start, end } = sourceOfProperty(resource, 'size');
  return { start, end };
};
