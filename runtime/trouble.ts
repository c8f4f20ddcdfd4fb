/** What stops a run, as data: where, what, why, what to try. */
import { Status } from './contract/kernel.ts';
import type { Manifest, SourceRange } from './contract/manifest.ts';
import { count } from './contract/elements.ts';
import { elementName } from './names.ts';

/**
 * PX9001 endless event loop · PX9002 two writers · PX9003 not a finite number · PX9004 equations not solved ·
 * PX9005 step too small · PX9006 events accumulate · PX9007 a duration or period that is not positive ·
 * PX9050 a delayed value that changes too often · PX9051 a delay that is not longer than zero ·
 * PX9053 a condition that cannot be told · PX9055 a value that a step cannot go by · PX9056 units that are not held, or held for good ·
 * PX9057 a step that passes a pole · PX9058 an estimator that cannot tell what follows from a state · PX9059 an equation between states that jumps · PX9052 what a handler turns back that goes through ·
 * PX9008 a condition that changes sides without end · PX9009 time that stands still · PX9020 too many items · PX9021 items that go round in circles ·
 * PX9022 a step that takes a negative time · PX9030 a singular matrix of an implicit method · PX9031 an implicit step that was not solved ·
 * PX9032 an implicit method where none was compiled · PX9040 a draw from a distribution that does not exist.
 */
export type TroubleCode =
  | 'PX9001'
  | 'PX9002'
  | 'PX9003'
  | 'PX9004'
  | 'PX9005'
  | 'PX9006'
  | 'PX9007'
  | 'PX9008'
  | 'PX9009'
  | 'PX9050'
  | 'PX9051'
  | 'PX9052'
  | 'PX9053'
  | 'PX9055'
  | 'PX9056'
  | 'PX9057'
  | 'PX9058'
  | 'PX9059'
  | 'PX9020'
  | 'PX9021'
  | 'PX9022'
  | 'PX9030'
  | 'PX9031'
  | 'PX9032'
  | 'PX9040';

export interface Trouble {
  code: TroubleCode;
  message: string;
  /** s */
  time: number;
  source?: SourceRange;
}

/** An estimator cannot tell what rates or predictions are next to where a state is. */
export const notDependent = (name: string, time: number): Trouble => ({
  code: 'PX9058',
  message:
    `At t = ${timeText(time)} it cannot be told how rates or sensors depend on '${name}', which is estimated: next to its value the equations have none. ` +
    'Give it a range (in a..b) within which they do, or see what they divide by or take roots of.',
  time,
});

/** `12.5 s`, `2 h 3 min 4.5 s`: times of a run for people. */
export function timeText(seconds: number): string {
  if (!Number.isFinite(seconds)) return String(seconds);
  if (Math.abs(seconds) < 60) return `${plain(seconds)} s`;
  if (seconds < 0) return `-${timeText(-seconds)}`;
  return longTime(Number(seconds.toPrecision(12)));
}

function longTime(seconds: number): string {
  const days = Math.floor(seconds / 86400);
  const hours = Math.floor((seconds % 86400) / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  // Differences of large times have no meaning below what their own digits say.
  const rest = Number((seconds - days * 86400 - hours * 3600 - minutes * 60).toFixed(6));
  const parts = [
    ...(days === 0 ? [] : [`${days} d`]),
    ...(hours === 0 ? [] : [`${hours} h`]),
    ...(minutes === 0 ? [] : [`${minutes} min`]),
    ...(rest === 0 ? [] : [`${plain(rest)} s`]),
  ];
  return parts.join(' ');
}

/** At most six significant digits, without trailing zeros. */
export const plain = (value: number): string => String(Number(value.toPrecision(6)));

/** A value that is no number, or infinite: what it is of and, where it is known, why. `sensor`: one that has not measured yet. */
export function notFinite(
  manifest: Manifest,
  variable: number,
  element: number,
  value: number,
  time: number,
  read: (variable: number, element: number) => number,
  sensor?: string,
): Trouble {
  const { name, dims, source, lookedUp, doubts } = manifest.variables[variable]!;
  if (doubts === true) return notTold(elementName(name, dims, element), time, source);
  if (Number.isNaN(value) && lookedUp !== undefined)
    return {
      code: 'PX9003',
      message:
        `${elementName(name, dims, element)} has no value at t = ${timeText(time)}, as it looks up a table beyond its points: ${lookedUp}. ` +
        'Give the table more points, or say how it goes on: outside hold or outside linear.',
      time,
      source,
    };
  if (Number.isNaN(value) && sensor !== undefined)
    return {
      code: 'PX9003',
      message:
        `${elementName(name, dims, element)} is not a number at t = ${timeText(time)}. ${sensor} has not measured yet: if what is set depends on it, wait for it, as in ` +
        `if ${sensor} > LOWEST then … else pre(${elementName(name, dims, element)}), which is not so before the first sample. Else look for a division by zero, or a root or logarithm of a negative number.`,
      time,
      source,
    };
  const zero = zeroDivisor(manifest, variable, element, { time, read });
  const what = Number.isNaN(value) ? 'not a number' : value > 0 ? 'infinite' : 'minus infinity';
  return {
    code: 'PX9003',
    message:
      `${elementName(name, dims, element)} is ${what} at t = ${timeText(time)}` +
      (zero === undefined
        ? '. Look for a division by zero, or a root or logarithm of a negative number, in its equation.'
        : `: it divides by ${zero}, which is 0. Keep that away from 0 with ${zero === 'time' ? '' : 'a range or '}max(${zero}, …), or write ratio(…, ${zero}), which is 0 while both are.`),
    time,
    source,
  };
}

/** The name of what is 0 among that which a variable divides by; of an array the same element, else the first that is. */
function zeroDivisor(
  manifest: Manifest,
  variable: number,
  element: number,
  { time, read }: { time: number; read: (variable: number, element: number) => number },
): string | undefined {
  const { dims, divisors = [] } = manifest.variables[variable]!;
  for (const divisor of divisors) {
    if (divisor === 'time') {
      if (time === 0) return 'time';
      continue;
    }
    const { name, dims: its, private: secret } = manifest.variables[divisor]!;
    if (secret === true) continue;
    const alike = its.join() === dims.join();
    const found = alike
      ? element
      : Array.from({ length: count(its) }, (_, at) => at).find((at) => read(divisor, at) === 0);
    if (found !== undefined && read(divisor, found) === 0) return elementName(name, its, found);
  }
  return undefined;
}

/** `name`: of whose condition it is. */
export const notTold = (name: string, time: number, source: SourceRange): Trouble => ({
  code: 'PX9053',
  message:
    `A condition of ${name} cannot be told at t = ${timeText(time)}: what it compares is not a number. Look for a division of zero by zero, or a root or logarithm of a ` +
    'negative number, in it; or say when it counts, as in x > 0 and sqrt(x) > 2.',
  time,
  source,
});

/** `row`: the equation in which most was left over at first; `isNone`: what was left over is no number. */
export function notSolved(
  block: Manifest['solves'][number] | undefined,
  { code, row, isNone }: { code: number; row: number; isNone: boolean },
  time: number,
): Trouble {
  const name = block?.name ?? 'a coupled block';
  const source = block?.sources[row] ?? block?.sources[0];
  const place = source === undefined ? 'one of them' : `the equation of line ${source.line}`;
  const why = isNone
    ? `${place} has no value where the search begins: a root or logarithm of a negative number, or a division by zero.`
    : code === Status.singular
      ? `near this point they do not determine their unknowns (singular Jacobian), and ${place} is furthest from holding. Look for a parameter that is zero or an equation that says the same twice.`
      : `Newton's method did not converge, and ${place} is furthest from holding. Check parameters, and whether a solution exists here.`;
  const guess =
    time === 0
      ? ` If there is one, say where to look for it, with values of these sizes: ${name
          .split(/,| and /)[0]!
          .trim()
          .replace(/^.*\./, '')} guess …`
      : '';
  return {
    code: 'PX9004',
    message: `The equations of ${name} could not be solved at t = ${timeText(time)}: ${why}${guess}`,
    time,
    ...(source === undefined ? {} : { source }),
  };
}

/** Of `for` and `after`. */
export const wrongWait = (
  name: string,
  wait: number,
  source: SourceRange | undefined,
  time: number,
): Trouble => ({
  code: 'PX9007',
  message:
    `${name} is to wait ${Number.isNaN(wait) ? 'for no number of seconds' : `for ${timeText(wait)}`} from t = ${timeText(time)} on: ` +
    'no time is shorter than 0 s. Give it a least value, as in max(…, 0 s); a distribution, the range from which it is drawn: in 0 s..1 h.',
  time,
  ...(source === undefined ? {} : { source }),
});

/** What is yet to come is known as little as what is now: that would be an equation for itself. */
export function noDelay(manifest: Manifest, source: SourceRange | undefined, time: number): Trouble {
  const place = source === undefined ? '' : ` of line ${source.line}`;
  return {
    code: 'PX9051',
    message:
      `The delay${place} of ${manifest.name} is not longer than 0 s at t = ${timeText(time)}, and a value from now or later cannot be remembered. ` +
      'Give it a least value, as in delay(x, max(tau, 1 ms), …), or say by if what holds without a delay.',
    time,
    ...(source === undefined ? {} : { source }),
  };
}

/** `address` is that of the stream that should have been drawn from. */
export function noDistribution({ layout, streams }: Manifest, address: number, time: number): Trouble {
  const element = (address - layout.streams.address) / layout.streamBytes;
  const stream = streams.findLast(({ offset }) => offset <= element)!;
  return {
    code: 'PX9040',
    message:
      `${elementName(stream.name, stream.dims, element - stream.offset)} draws at t = ${timeText(time)} from a distribution that ` +
      'does not exist with its present parameters. Look for a mean, scale or deviation that has become negative or zero, ' +
      'or bounds in the wrong order.',
    time,
    source: stream.source,
  };
}
