/** Text from a page → a message that has the shape it should have; whatever else is sent is dropped. */
import type { FromPreview } from '../../preview/protocol.ts';

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === 'string' && value.length <= 1000;
const finite: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const orAbsent =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.length <= 10_000 && value.every(check);
const oneOf =
  (...words: string[]): Check =>
  (value) =>
    typeof value === 'string' && words.includes(value);
const flag: Check = (value) => typeof value === 'boolean';
const positive: Check = (value) => finite(value) && (value as number) > 0;

const SHAPES: { readonly [Type in FromPreview['type']]: Readonly<Record<string, Check>> } = {
  ready: {},
  subscribe: { series: listOf(text) },
  show: { items: flag, samples: flag },
  play: {},
  pause: {},
  speed: { speed: orNull(positive) },
  step: { to: oneOf('step', 'next-event', 'previous-event') },
  seek: { time: finite },
  restart: {},
  mode: { mode: oneOf('simulate', 'replay', 'live') },
  scenario: { scenario: orNull(text), duration: orAbsent(positive) },
  call: { id: text, values: listOf(finite) },
  set: { id: text, value: orNull(finite) },
  test: { names: listOf(text) },
  trace: { test: text, time: finite },
  acknowledge: { alarm: text },
  shelve: { alarm: text, seconds: orNull(positive) },
  compare: { with: oneOf('this', 'scenario', 'none'), scenario: orNull(text) },
  history: { request: finite, series: listOf(text), from: finite, to: finite, points: positive },
  // A page saves by itself.
  save: { name: () => false },
  // It has an address of its own.
  link: { moment: () => false },
  // It has no text to write to.
  write: { values: () => false },
  reveal: { uri: text, line: finite, column: finite },
};

export function readMessage(data: string): FromPreview | undefined {
  let message: unknown;
  try {
    message = JSON.parse(data);
  } catch {
    return undefined;
  }
  if (typeof message !== 'object' || message === null || !('type' in message)) return undefined;
  const { type } = message;
  if (typeof type !== 'string' || !Object.hasOwn(SHAPES, type)) return undefined;
  const shape = SHAPES[type as FromPreview['type']];
  const fields = message as Record<string, unknown>;
  for (const [field, check] of Object.entries(shape))
    if (!check(Object.hasOwn(fields, field) ? fields[field] : undefined)) return undefined;
  return message as FromPreview;
}
