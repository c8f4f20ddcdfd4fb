/** Seconds since the start, as people read them. */

const minute = 60;
const hour = 3600;
const day = 86_400;

/** `0:07.3`, `12:40`, `3:05:00`, `2 d 03:05:00`. `fine` adds tenths of a second below an hour. */
export function formatClock(seconds: number, fine = false): string {
  if (!Number.isFinite(seconds)) return '–';
  const sign = seconds < 0 ? '−' : '';
  const unit = fine && Math.abs(seconds) < hour ? 10 : 1;
  const total = Math.floor(Math.abs(seconds) * unit + 1e-6);
  const whole = Math.floor(total / unit);
  const tenths = unit === 10 ? `.${total % 10}` : '';
  const d = Math.floor(whole / day);
  const h = Math.floor((whole % day) / hour);
  const m = Math.floor((whole % hour) / minute);
  const s = two(whole % minute);
  if (d > 0) return `${sign}${d} d ${two(h)}:${two(m)}:${s}`;
  return h > 0 ? `${sign}${h}:${two(m)}:${s}` : `${sign}${m}:${s}${tenths}`;
}

/** The clock of a run: one that is over within seconds is told with digits that tell a thousandth of it. */
export function formatRunning(seconds: number, end: number | null | undefined, fine = false): string {
  if (end == null || !(end > 0 && end <= 5) || !Number.isFinite(seconds)) return formatClock(seconds, fine);
  const decimals = Math.min(6, Math.max(0, Math.ceil(-Math.log10(end))));
  const [value, unit] = end > 1 ? [seconds.toFixed(3), 's'] : [(seconds * 1000).toFixed(decimals), 'ms'];
  return `${value.replace('-', '−')} ${unit}`;
}

/** A length of time in its largest fitting unit: `250 ms`, `10 min`, `1.5 h`. */
export function formatSpan(seconds: number): string {
  const size = Math.abs(seconds);
  if (size === 0) return '0 s';
  if (size < 1) return `${round(seconds * 1000)} ms`;
  if (size < 2 * minute && size !== minute) return `${round(seconds)} s`;
  if (size < hour) return `${round(seconds / minute)} min`;
  if (size < 2 * day && size !== day) return `${round(seconds / hour)} h`;
  return `${round(seconds / day)} d`;
}

/** Steps at which an axis of time may have its ticks, in s. */
export const timeSteps: readonly number[] = [
  ...[1e-6, 2e-6, 5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4],
  ...[0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30],
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * minute),
  ...[1, 2, 3, 6, 12].map((hours) => hours * hour),
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000].map((days) => days * day),
];

/** px that a label on an axis of time takes with the room around it, at most. */
const TICK_ROOM = 72;

/** px between ticks, at least. In little room days, which are short, stand closer: one tick alone does not say how long anything takes. */
export function tickRoom(low: number, high: number, width: number): number {
  return high - low >= 4 * day ? Math.max(40, Math.min(TICK_ROOM, width / 4)) : TICK_ROOM;
}

/** Label of a tick: the unit fits the step, clock style where two units meet. */
export function formatTick(seconds: number, step: number, end: number): string {
  const value = Math.abs(seconds) < step / 1e6 ? 0 : seconds;
  if (step >= day) return `${round(value / day)} d`;
  if (end > 3 * day)
    return `${Math.floor(value / day)} d ${two(Math.floor((value % day) / hour))}:${two(Math.floor((value % hour) / minute))}`;
  if (step >= hour) return `${round(value / hour)} h`;
  if (step >= minute) {
    if (end <= 2 * hour) return `${round(value / minute)} min`;
    return `${Math.floor(value / hour)}:${two(Math.round((value % hour) / minute))} h`;
  }
  // What ends within a moment is told in its parts: `2 ms` is shorter than `0.002 s`.
  if (end <= 1e-3) return `${round(value * 1e6)} µs`;
  if (end <= 1) return `${round(value * 1000)} ms`;
  if (end <= 3 * minute) return `${Number(value.toFixed(6))} s`;
  const fraction = step < 1 ? (value % 1).toFixed(Math.ceil(-Math.log10(step))).slice(1) : '';
  return `${formatClock(value)}${fraction}`;
}

/** A time, or a length of time, as it is read off a chart: with the digits that a step (s) of what is shown can tell apart. */
export function formatInstant(seconds: number, step: number): string {
  if (!Number.isFinite(seconds)) return '–';
  const decimals = step > 0 ? Math.min(9, Math.max(0, Math.ceil(-Math.log10(step) - 1e-9))) : 1;
  const rounded = Number(Math.abs(seconds).toFixed(decimals));
  const sign = seconds < 0 && rounded > 0 ? '−' : '';
  if (rounded <= 3 * minute) return `${sign}${rounded.toFixed(decimals)} s`;
  const whole = Math.floor(rounded);
  return `${sign}${formatClock(whole)}${decimals === 0 ? '' : (rounded - whole).toFixed(decimals).slice(1)}`;
}

/** The smallest round length of time (1, 2, 5, 10, 15, 30 …) that is not below `seconds`. */
export function roundUpSpan(seconds: number): number {
  return timeSteps.find((step) => step >= seconds) ?? seconds;
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
