/** Times as devices and files write them → time since 1970. */

/** Year, month, day, hour, minute, second, its fraction, zone. */
const DATE =
  /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,12}))?)?(?:(Z)|([+-])(\d\d):?(\d\d))?$/i;

/**
 * ms since 1970 of a date of ISO 8601, with as many digits of its second as it has; undefined where it is none, as 30 February, or says no zone
 * while none is taken as said. A leap second, 23:59:60, is the second after it, as in POSIX.
 */
export function millisecondsOf(text: string, withoutZone: 'UTC' | 'none'): number | undefined {
  const match = DATE.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0));
  const [fraction = '0', utc, sign, zoneHours, zoneMinutes] = match.slice(7);
  if (utc === undefined && sign === undefined && withoutZone === 'none') return undefined;
  const zone = (Number(zoneHours ?? 0) * 60 + Number(zoneMinutes ?? 0)) * (sign === '-' ? -1 : 1);
  const midnight = Date.UTC(year!, month! - 1, day!);
  const found = new Date(midnight);
  const isDay = found.getUTCMonth() === month! - 1 && found.getUTCDate() === day!;
  const isEnd = hour === 24 && minute === 0 && second === 0 && Number(fraction) === 0;
  const isTime = (hour! < 24 || isEnd) && minute! < 60 && Math.abs(zone) < 24 * 60;
  if (!isDay || !isTime || Number(zoneMinutes ?? 0) > 59) return undefined;
  const minutes = hour! * 60 + minute! - zone;
  const isLeap = second === 60 && (minutes + 2 * 1440) % 1440 === 1439;
  if (second! > 59 && !isLeap) return undefined;
  return midnight + 1000 * (60 * minutes + second!) + 1000 * Number(`0.${fraction}`);
}

/**
 * Numbers without unit that say when: s since 1970; ms from 1e11 on (seconds reach that in the year 5138, ms in 1973), µs from 1e14, ns from 1e17.
 * How many of them are a second.
 */
const perSecond = (value: number): number => {
  const size = Math.abs(value);
  return size < 1e11 ? 1 : size < 1e14 ? 1e3 : size < 1e17 ? 1e6 : 1e9;
};

/** s since 1970 of a number without unit. */
export const secondsSince1970 = (value: number): number => value / perSecond(value);

/** ms since 1970 of the same; whole ms stay whole. */
export function millisecondsSince1970(value: number): number {
  const parts = perSecond(value);
  return parts === 1 ? value * 1000 : value / (parts / 1000);
}
