/** Payloads of every kind → values, or what is wrong with them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { excerpt } from '../../live/faults.ts';
import { follow, parsePath } from '../../live/intake/json-path.ts';
import { decode, LARGEST_PAYLOAD, read } from '../../live/intake/payload.ts';
import type { Format } from '../../live/intake/payload.ts';
import { unitsOf } from '../../live/units.ts';
import { casing, celsius, manifestWith, none } from './fixture.ts';

const readUnit = unitsOf(manifestWith([casing('t')]));
const fahrenheit = { text: 'degF', label: '°F', factor: 5 / 9, offset: 459.67, dimension: 'K' };
const units = (text: string) => (text === 'degF' ? fahrenheit : readUnit(text));

function get(payload: string | Uint8Array, format: Partial<Format> & { at?: string } = {}) {
  const message = decode(typeof payload === 'string' ? Buffer.from(payload) : payload);
  if ('kind' in message) return message;
  const path = format.at === undefined ? undefined : (parsePath(format.at) as (string | number)[]);
  return read(
    message,
    { base: 'number', unit: none, dimension: '', pathText: format.at ?? '', path, ...format },
    units,
  );
}
const value = (...given: Parameters<typeof get>) => {
  const reading = get(...given);
  return 'kind' in reading ? reading.kind : reading.value;
};

describe('paths', () => {
  it.each([
    ['$', 1, 1],
    ['$.value', { value: 2 }, 2],
    ['$.a.b[2]', { a: { b: [0, 1, 7] } }, 7],
    [`$['x y']["z"]`, { 'x y': { z: 3 } }, 3],
    [`$['it\\'s']`, { "it's": 4 }, 4],
    ['$[1]', [5, 6], 6],
    ['$.größe', { größe: 8 }, 8],
  ])('%s', (path, root, expected) => {
    expect(follow(root, parsePath(path) as (string | number)[])).toBe(expected);
  });

  it.each(['value', '$.', '$..a', '$[*]', '$[-1]', '$.a b', '$[?(@.a)]', `$['a]`, '$' + '.a'.repeat(33)])(
    '%s is refused in words',
    (path) => expect(parsePath(path)).toBeTypeOf('string'),
  );

  it('follow only what the sender wrote', () => {
    for (const path of ['$.__proto__', '$.constructor.name', '$.toString', '$.a.length', '$.b.length'])
      expect(follow({ a: [1], b: 'text' }, parsePath(path) as string[])).toBeUndefined();
    expect(value('{"__proto__": {"value": 1}}', { at: '$.value' })).toBe('missing');
    expect(value('{"__proto__": {"value": 1}}', { at: '$.__proto__.value' })).toBe(1);
    expect(({} as { value?: unknown }).value).toBeUndefined();
  });
});

describe('values', () => {
  it.each([
    ['12.5', 12.5],
    [' -3e2\n', -300],
    ['+.5', 0.5],
  ])('%j as bare text', (text, expected) => expect(value(text)).toBe(expected));

  it('any double comes through bit-exact, bare and in JSON', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        const text = Object.is(number, -0) ? '-0' : String(number);
        expect(value(text)).toBe(number);
        expect(value(`{"v":${text}}`, { at: '$.v' })).toBe(number);
      }),
    );
  });

  it.each(['true', 'on', 'ON', '1'])('%s is true', (text) => {
    expect(value(text, { base: 'boolean' })).toBe(1);
    expect(value(JSON.stringify({ v: text }), { base: 'boolean', at: '$.v' })).toBe(1);
  });
  it.each(['false', 'off', 'Off', '0'])('%s is false', (text) =>
    expect(value(text, { base: 'boolean' })).toBe(0),
  );
  it('JSON booleans, and 0 and 1', () => {
    expect(value('{"v":true}', { base: 'boolean', at: '$.v' })).toBe(1);
    expect(value('{"v":0}', { base: 'boolean', at: '$.v' })).toBe(0);
  });

  it('are converted from the unit of the binding', () => {
    // ITS-90: 0 °C is 273.15 K by definition.
    expect(value('20', { unit: celsius, dimension: 'K' })).toBe(293.15);
    expect(value('20 degC', { unit: celsius, dimension: 'K' })).toBe(293.15);
    expect(value('{"value": 20, "unit": "Celsius"}', { unit: celsius, dimension: 'K', at: '$.value' })).toBe(
      293.15,
    );
  });

  it('in another unit of the same kind are converted, and that is remarked', () => {
    const reading = get('{"value": 212, "unit": "degF"}', { unit: celsius, dimension: 'K', at: '$.value' });
    expect(reading).toMatchObject({ remarks: [{ kind: 'wrongUnit' }] });
    expect((reading as { value: number }).value).toBeCloseTo(373.15, 10);
  });
});

describe('times', () => {
  const time = (text: string) => {
    const reading = get(text, { at: '$.value' });
    return 'kind' in reading ? reading.kind : (reading.time ?? reading.remarks[0]?.kind);
  };
  it.each([
    ['{"value":1,"time":"2026-03-01T12:00:00Z"}', Date.UTC(2026, 2, 1, 12)],
    ['{"value":1,"timestamp":"2026-03-01T13:00:00.25+01:00"}', Date.UTC(2026, 2, 1, 12, 0, 0, 250)],
    ['{"value":1,"ts":1772366400}', Date.UTC(2026, 2, 1, 12)],
    ['{"value":1,"ts":1772366400123}', Date.UTC(2026, 2, 1, 12, 0, 0, 123)],
    ['{"value":1,"time":"2026-03-01T12:00:00"}', 'badTime'],
    ['{"value":1,"ts":1772366400123456}', Date.UTC(2026, 2, 1, 12, 0, 0, 123) + 0.456],
    ['{"value":1,"ts":"1772366400.5"}', Date.UTC(2026, 2, 1, 12, 0, 0, 500)],
    ['{"value":1,"time":"2026-03-01T12:00:00.123250Z"}', Date.UTC(2026, 2, 1, 12, 0, 0, 123) + 0.25],
    ['{"value":1,"time":"2026-02-30T12:00:00Z"}', 'badTime'],
    ['{"value":1,"time":"yesterday"}', 'badTime'],
    ['{"value":1,"time":{}}', 'badTime'],
    ['{"value":1,"time":-5}', 'badTime'],
    ['{"value":1,"time":null}', undefined],
    ['{"value":1}', undefined],
  ])('%s', (text, expected) => expect(time(text)).toBe(expected));

  it('beside a nested value, or at the root', () => {
    expect(get('{"a":{"v":1,"ts":1772366400}}', { at: '$.a.v' })).toMatchObject({ time: 1772366400000 });
    expect(get('{"ts":1772366400,"a":{"v":1}}', { at: '$.a.v' })).toMatchObject({ time: 1772366400000 });
  });
});

describe('what is wrong is told apart', () => {
  it.each<[string, string | Uint8Array, Parameters<typeof get>[1]]>([
    ['unreadable', 'hello', {}],
    ['unreadable', '', {}],
    ['unreadable', new Uint8Array([0xff, 0xfe, 0x00]), {}],
    ['unreadable', '{"value": 1', { at: '$.value' }],
    ['missing', '{"other": 1}', { at: '$.value' }],
    ['wrongType', '{"value": 1}', {}],
    ['wrongType', '{"value": {}}', { at: '$.value' }],
    ['wrongType', '{"value": null}', { at: '$.value' }],
    ['wrongType', '{"value": true}', { at: '$.value' }],
    ['wrongType', 'true', {}],
    ['wrongType', '12.5', { base: 'boolean' }],
    ['wrongType', '{"value": 2}', { base: 'boolean', at: '$.value' }],
    ['wrongType', '1.5', { base: 'integer' }],
    ['notFinite', 'NaN', {}],
    ['notFinite', '1e999', {}],
    ['notFinite', '{"value": 1e999}', { at: '$.value' }],
    ['wrongUnit', '12 kg', { unit: celsius, dimension: 'K' }],
    ['wrongUnit', '{"value": 1, "unit": "mm/s"}', { unit: celsius, dimension: 'K', at: '$.value' }],
    ['tooLarge', Buffer.alloc(LARGEST_PAYLOAD + 1, '1'), {}],
  ])('%s: %j', (kind, payload, format) => expect(value(payload, format)).toBe(kind));

  it('and told in words that show the payload, made printable', () => {
    const wrong = get('\u001b[31mhello\u0000\u202e world', {});
    expect(wrong).toMatchObject({ text: expect.stringContaining('“·[31mhello·· world”') });
    expect(excerpt('x'.repeat(1e6)).length).toBeLessThan(80);
  });
});

it('no payload whatever makes it throw, and what comes out is finite', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }).map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 200 }),
    fc.json().map((text) => Buffer.from(text)),
    fc
      .constantFrom(
        '['.repeat(60_000),
        '{"value":'.repeat(7000),
        `{"value":"${'9'.repeat(60_000)}"}`,
        '-',
        '1e',
        '{"value":1,"unit":7}',
      )
      .map((text) => Buffer.from(text)),
  );
  fc.assert(
    fc.property(
      hostile,
      fc.constantFrom(undefined, '$', '$.value', '$[0]'),
      fc.constantFrom('number', 'integer', 'boolean'),
      (payload, at, base) => {
        const reading = get(payload, { at, base } as Parameters<typeof get>[1]);
        if ('kind' in reading) expect(reading.text.length).toBeLessThan(500);
        else expect(Number.isFinite(reading.value)).toBe(true);
      },
    ),
    { numRuns: 500 },
  );
});
