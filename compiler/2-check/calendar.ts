/** Days, dates and times of day as numbers: asked by the rules and by lowering. */
import {
  isBeginsEntry,
  type CalendarDate,
  type CalendarDecl,
  type ClockTime,
} from '../../grammar/generated/ast.ts';

export const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

/** Days of the week from Monday, 0. */
export function daysNamed(name: string | undefined): number[] | undefined {
  switch (name) {
    case 'daily':
      return [0, 1, 2, 3, 4, 5, 6];
    case 'weekdays':
      return [0, 1, 2, 3, 4];
    case 'weekend':
      return [5, 6];
    default: {
      const day = DAYS.indexOf(name ?? '');
      return day < 0 ? undefined : [day];
    }
  }
}

/** s from midnight. */
export function clockTime(time: ClockTime | undefined): number | undefined {
  const [hour, minute] = [Number(time?.hour), Number(time?.minute)];
  const sound =
    Number.isInteger(hour) && Number.isInteger(minute) && minute < 60 && 60 * hour + minute <= 1440;
  return sound ? 3600 * hour + 60 * minute : undefined;
}

/** Days since 1970-01-01, a Thursday; undefined for a day that does not exist. */
export function dayOf(date: Pick<CalendarDate, 'year' | 'month' | 'day'> | undefined): number | undefined {
  const [year, month, day] = [Number(date?.year), Number(date?.month), Number(date?.day)];
  if (![year, month, day].every(Number.isInteger) || year < 1583 || year > 9999 || month < 1 || month > 12)
    return undefined;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  if (day < 1 || day > lengths[month - 1]!) return undefined;
  // H. Richards, in P. K. Seidelmann (ed.), Explanatory Supplement (2013), ch. 15: March as the first month of a year.
  const [y, m] = month > 2 ? [year, month - 3] : [year - 1, month + 9];
  const era = Math.floor(y / 400);
  const inEra = y - 400 * era;
  const inYear = Math.floor((153 * m + 2) / 5) + day - 1;
  return era * 146097 + 365 * inEra + Math.floor(inEra / 4) - Math.floor(inEra / 100) + inYear - 719468;
}

/** The day of the week, from Monday, 0. */
export const weekday = (day: number): number => (((day + 3) % 7) + 7) % 7;

/** The day at whose beginning a run starts; undefined where none is said, or it is none. */
export const firstDay = (calendar: CalendarDecl | undefined): number | undefined =>
  dayOf(calendar?.entries.find(isBeginsEntry)?.date);
