/** A message's bytes → one value in SI and, where the message says so, its time. */
import type { Unit } from '../../runtime/contract/manifest.ts';
import { millisecondsOf, millisecondsSince1970 } from '../dates.ts';
import { excerpt } from '../faults.ts';
import type { FaultKind } from '../faults.ts';
import { isWrittenAs, toSI } from '../units.ts';
import type { KnownUnit, ReadUnit } from '../units.ts';
import { follow } from './json-path.ts';
import type { Step } from './json-path.ts';

/** Larger ones are not looked at. JSON of this size, however deeply nested, is read in about a millisecond. */
export const LARGEST_PAYLOAD = 64 * 1024;

/** How a binding reads its messages. */
export interface Format {
  path: readonly Step[] | undefined;
  pathText: string;
  base: 'number' | 'integer' | 'boolean';
  unit: Unit;
  dimension: string;
}

export interface Reading {
  /** SI; 0 or 1 for booleans. */
  value: number;
  /** ms since 1970, where the message has a time. */
  time?: number;
  /** What was wrong and could be got over. */
  remarks: Problem[];
}
export interface Problem {
  kind: FaultKind;
  text: string;
}

/** A message, decoded at most once, however many bindings read from it. */
export interface Message {
  text: string;
  json(): { value: unknown } | undefined;
}

/** Making one takes longer than reading a message. */
const UTF8 = new TextDecoder('utf-8', { fatal: true });

export function decode(payload: Uint8Array): Message | Problem {
  if (payload.length > LARGEST_PAYLOAD)
    return {
      kind: 'tooLarge',
      text: `The message has ${payload.length} bytes, beginning with ${excerpt(latin(payload.subarray(0, 80)))}; at most ${LARGEST_PAYLOAD} are read. Let the device send one value, or a small JSON object.`,
    };
  let text: string;
  try {
    text = UTF8.decode(payload).trim();
  } catch {
    return {
      kind: 'unreadable',
      text: `The message is not text (UTF-8); it begins with ${excerpt(latin(payload.subarray(0, 80)))}. Let the device send a number as text, or JSON.`,
    };
  }
  let parsed: { value: unknown } | undefined;
  let tried = false;
  return {
    text,
    json: () => {
      if (!tried) {
        tried = true;
        try {
          parsed = { value: JSON.parse(text) as unknown };
        } catch {
          parsed = undefined;
        }
      }
      return parsed;
    },
  };
}

/** What was parsed already. */
export const messageOf = (text: string, value: unknown): Message => ({ text, json: () => ({ value }) });

const latin = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

export function read(message: Message, format: Format, readUnit: ReadUnit | undefined): Reading | Problem {
  const remarks: Problem[] = [];
  const { text } = message;
  if (format.path === undefined) {
    if (/^[[{"]/.test(text)) return noPath(message);
    const value = scalar(text, format, readUnit, remarks);
    return typeof value === 'number' ? { value, remarks } : value;
  }
  const json = message.json();
  if (json === undefined)
    return {
      kind: 'unreadable',
      text: `The binding reads ${format.pathText}, and the message is no JSON: ${excerpt(text)}. Mend the device, or leave out the path if it sends bare numbers.`,
    };
  const found = follow(json.value, format.path);
  if (found === undefined)
    return {
      kind: 'missing',
      text: `There is nothing at ${format.pathText} in ${excerpt(text)}. Check the binding's path against what the device sends.`,
    };
  const around = [follow(json.value, format.path.slice(0, -1)), json.value];
  const unitText = firstOf(around, UNIT_KEYS);
  const unit = unitFor(typeof unitText === 'string' ? unitText : undefined, format, readUnit, remarks);
  if ('kind' in unit) return unit;
  const value =
    typeof found === 'string'
      ? scalar(found.trim(), { ...format, unit }, readUnit, remarks)
      : plain(found, { ...format, unit }, text);
  if (typeof value !== 'number') return value;
  const time = timeOf(firstOf(around, TIME_KEYS), remarks);
  return time === undefined ? { value, remarks } : { value, time, remarks };
}

/** A value that came with its unit beside it. A unit that fits is converted, and that is no remark. */
export function readValue(
  value: number | boolean,
  said: string,
  format: Format,
  readUnit: ReadUnit | undefined,
): Reading | Problem {
  const text = `${value}${said === '' ? '' : ` ${said}`}`;
  if (format.base === 'boolean') {
    const found = plain(value, { ...format, pathText: 'v' }, text);
    return typeof found === 'number' ? { value: found, remarks: [] } : found;
  }
  // A ratio is what has no unit here.
  const unit = unitFor(said, format, said === '/' ? () => RATIO : readUnit, []);
  if ('kind' in unit) return unit;
  const found = plain(value, { ...format, pathText: 'v', unit }, text);
  return typeof found === 'number' ? { value: found, remarks: [] } : found;
}

const RATIO: KnownUnit = { text: '', label: '', factor: 1, offset: 0, dimension: '' };

function noPath(message: Message): Problem {
  const json = message.json();
  if (json === undefined) return unreadable(message.text);
  const value = json.value;
  const keys =
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.keys(value).filter((key) => /^[A-Za-z_]\w{0,30}$/.test(key) && !TIME_KEYS.includes(key))
      : [];
  const hint = Array.isArray(value) ? 'path = "$[0]"' : `path = "$.${keys[0] ?? 'value'}"`;
  return {
    kind: 'wrongType',
    text: `The message is JSON, ${excerpt(message.text)}, and the binding names no path in it. Say where the value is, such as ${hint}.`,
  };
}

const unreadable = (text: string): Problem => ({
  kind: 'unreadable',
  text: `The message ${excerpt(text)} is neither a number nor true or false. Check that the right device publishes to this topic.`,
});

const NUMBER = /^([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)\s*(\S.{0,30})?$/;
const NOT_FINITE = /^[+-]?(nan|inf|infinity)$/i;
const WORDS: Readonly<Record<string, number>> = { true: 1, on: 1, '1': 1, false: 0, off: 0, '0': 0 };

/** A value written as text: `12.5`, `12.5 mm/s`, `on`. */
function scalar(
  text: string,
  format: Format,
  readUnit: ReadUnit | undefined,
  remarks: Problem[],
): number | Problem {
  if (format.base === 'boolean') {
    const word = text.toLowerCase();
    if (Object.hasOwn(WORDS, word)) return WORDS[word]!;
    return {
      kind: NUMBER.test(text) ? 'wrongType' : 'unreadable',
      text: `The message ${excerpt(text)} should be true or false (on, off, 1 and 0 will do).`,
    };
  }
  if (NOT_FINITE.test(text)) return notFinite(text);
  const match = NUMBER.exec(text);
  if (match === null) {
    if (!Object.hasOwn(WORDS, text.toLowerCase())) return unreadable(text);
    return {
      kind: 'wrongType',
      text: `The message is ${excerpt(text)}, and a number is expected. Check the topic, or let the model take a Boolean.`,
    };
  }
  const unit = unitFor(match[2], format, readUnit, remarks);
  if ('kind' in unit) return unit;
  return finite(Number(match[1]), { ...format, unit }, text);
}

/** A value of JSON's own types. */
function plain(found: unknown, format: Format, text: string): number | Problem {
  if (typeof found === 'number') {
    if (format.base !== 'boolean') return finite(found, format, text);
    if (found === 0 || found === 1) return found;
  }
  if (typeof found === 'boolean' && format.base === 'boolean') return found ? 1 : 0;
  const what =
    found === null
      ? 'null'
      : Array.isArray(found)
        ? 'a list'
        : typeof found === 'object'
          ? 'an object'
          : `${typeof found} ${excerpt(String(found))}`;
  return {
    kind: 'wrongType',
    text: `At ${format.pathText} there is ${what}, and ${format.base === 'boolean' ? 'true or false' : 'a number'} is expected: ${excerpt(text)}.`,
  };
}

function finite(shown: number, { unit, base }: Format, text: string): number | Problem {
  const value = toSI(shown, unit);
  if (!Number.isFinite(value)) return notFinite(text);
  if (base === 'integer' && !Number.isInteger(value))
    return {
      kind: 'wrongType',
      text: `${excerpt(text)} is not a whole number, and the model counts in whole numbers.`,
    };
  return value;
}

const notFinite = (text: string): Problem => ({
  kind: 'notFinite',
  text: `${excerpt(text)} is not a finite number. The device has probably lost its sensor; it should then send nothing.`,
});

const UNIT_KEYS: readonly string[] = ['unit', 'uom'];

/** Spellings that devices use, and that no table of units has. */
const SPELLINGS: Readonly<Record<string, string>> = {
  c: 'degC',
  celsius: 'degC',
  'deg c': 'degC',
  f: 'degF',
  fahrenheit: 'degF',
  'deg f': 'degF',
  kelvin: 'K',
  percent: '%',
};

/** The unit a message is in: the binding's, unless it says otherwise. */
function unitFor(
  said: string | undefined,
  format: Format,
  readUnit: ReadUnit | undefined,
  remarks: Problem[],
): Unit | Problem {
  const { unit } = format;
  if (said === undefined || said === '') return unit;
  const word = said.toLowerCase();
  const text = Object.hasOwn(SPELLINGS, word) ? SPELLINGS[word]! : said;
  if (isWrittenAs(text, unit)) return unit;
  const other = readUnit?.(text);
  if (other !== undefined && other.dimension === format.dimension) {
    if (other.factor === unit.factor && other.offset === unit.offset) return unit;
    remarks.push({
      kind: 'wrongUnit',
      text: `The message is in ${excerpt(said)}, and the binding says ${unit.label || 'no unit'}; it is converted. Write what the device sends: as ${other.text}.`,
    });
    return other;
  }
  return {
    kind: 'wrongUnit',
    text: `The message is in ${excerpt(said)}, and the binding reads ${unit.label || 'a number without unit'}: it is not used. Mend the device's unit or the binding's.`,
  };
}

const TIME_KEYS: readonly string[] = ['time', 'timestamp', 'ts'];
const LATEST_MS = 8.64e15;

function timeOf(said: unknown, remarks: Problem[]): number | undefined {
  if (said === undefined || said === null) return undefined;
  let time = NaN;
  if (typeof said === 'number' && said > 0) time = millisecondsSince1970(said);
  if (typeof said === 'string') {
    const text = said.trim();
    time =
      millisecondsOf(text, 'none') ??
      (/^\d{9,19}(\.\d+)?$/.test(text) ? millisecondsSince1970(Number(text)) : NaN);
  }
  if (time <= LATEST_MS) return time;
  const shown = typeof said === 'object' ? 'an object' : excerpt(String(said));
  remarks.push({
    kind: 'badTime',
    text: `Its time ${shown} is no time with a zone, such as 2026-03-01T12:00:00Z, and no number of seconds, or of milli-, micro- or nanoseconds, since 1970; the time of arrival is taken.`,
  });
  return undefined;
}

function firstOf(places: readonly unknown[], keys: readonly string[]): unknown {
  for (const place of places) {
    if (typeof place !== 'object' || place === null || Array.isArray(place)) continue;
    for (const key of keys) if (Object.hasOwn(place, key)) return (place as Record<string, unknown>)[key];
  }
  return undefined;
}
