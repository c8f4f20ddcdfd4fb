/** SenML against the examples that RFC 8428 prints, and against what it resolves them to. */
import { describe, expect, it } from 'vitest';
import { readSenml } from '../../live/http/senml.ts';
import type { SenmlRecord } from '../../live/http/senml.ts';

const NOW = Date.UTC(2026, 0, 1);
function records(pack: unknown): SenmlRecord[] {
  const read = readSenml(pack, NOW);
  if ('problem' in read) throw new Error(read.problem);
  return [...read];
}
const plain = (pack: unknown) =>
  records(pack).map(({ name, value, unit, time }) => ({
    name,
    value,
    unit,
    ...(time === undefined ? {} : { seconds: Math.round(time) / 1000 }),
  }));

describe('the examples of RFC 8428', () => {
  it('5.1.1: a single data point', () => {
    expect(plain([{ n: 'urn:dev:ow:10e2073a01080063', u: 'Cel', v: 23.1 }])).toEqual([
      { name: 'urn:dev:ow:10e2073a01080063', value: 23.1, unit: 'degC' },
    ]);
  });

  it('5.1.2: multiple data points, with a base name, a base time and spans from it', () => {
    expect(
      plain([
        { bn: 'urn:dev:ow:10e2073a01080063:', n: 'voltage', u: 'V', v: 120.1 },
        { n: 'current', u: 'A', v: 1.2 },
      ]),
    ).toEqual([
      { name: 'urn:dev:ow:10e2073a01080063:voltage', value: 120.1, unit: 'V' },
      { name: 'urn:dev:ow:10e2073a01080063:current', value: 1.2, unit: 'A' },
    ]);
    const pack = [
      {
        bn: 'urn:dev:ow:10e2073a0108006:',
        bt: 1.276020076001e9,
        bu: 'A',
        bver: 5,
        n: 'voltage',
        u: 'V',
        v: 120.1,
      },
      { n: 'current', t: -5, v: 1.2 },
      { n: 'current', t: -4, v: 1.3 },
      { n: 'current', t: -3, v: 1.4 },
      { n: 'current', t: -2, v: 1.5 },
      { n: 'current', t: -1, v: 1.6 },
      { n: 'current', v: 1.7 },
    ];
    expect(plain(pack)).toEqual([
      { name: 'urn:dev:ow:10e2073a0108006:voltage', value: 120.1, unit: 'V', seconds: 1276020076.001 },
      ...[1.2, 1.3, 1.4, 1.5, 1.6, 1.7].map((value, n) => ({
        name: 'urn:dev:ow:10e2073a0108006:current',
        value,
        unit: 'A',
        seconds: 1276020071.001 + n,
      })),
    ]);
  });

  it('5.1.3 and 5.1.4: multiple measurements are resolved as it says', () => {
    const name = 'urn:dev:ow:10e2073a01080063';
    const pack = [
      { bn: name, bt: 1.320067464e9, bu: '%RH', v: 20 },
      { u: 'lon', v: 24.30621 },
      { u: 'lat', v: 60.07965 },
      { t: 60, v: 20.3 },
      { u: 'lon', t: 60, v: 24.30622 },
      { u: 'lat', t: 60, v: 60.07965 },
      { t: 120, v: 20.7 },
      { u: 'lon', t: 120, v: 24.30623 },
      { u: 'lat', t: 120, v: 60.07966 },
      { u: '%EL', t: 150, v: 98 },
      { t: 180, v: 21.2 },
      { u: 'lon', t: 180, v: 24.30628 },
      { u: 'lat', t: 180, v: 60.07967 },
    ];
    const resolved = [
      { n: name, u: '%RH', t: 1.320067464e9, v: 20 },
      { n: name, u: 'lon', t: 1.320067464e9, v: 24.30621 },
      { n: name, u: 'lat', t: 1.320067464e9, v: 60.07965 },
      { n: name, u: '%RH', t: 1.320067524e9, v: 20.3 },
      { n: name, u: 'lon', t: 1.320067524e9, v: 24.30622 },
      { n: name, u: 'lat', t: 1.320067524e9, v: 60.07965 },
      { n: name, u: '%RH', t: 1.320067584e9, v: 20.7 },
      { n: name, u: 'lon', t: 1.320067584e9, v: 24.30623 },
      { n: name, u: 'lat', t: 1.320067584e9, v: 60.07966 },
      { n: name, u: '%EL', t: 1.320067614e9, v: 98 },
      { n: name, u: '%RH', t: 1.320067644e9, v: 21.2 },
      { n: name, u: 'lon', t: 1.320067644e9, v: 24.30628 },
      { n: name, u: 'lat', t: 1.320067644e9, v: 60.07967 },
    ];
    expect(plain(pack)).toEqual(plain(resolved));
    const here: Record<string, string> = { '%RH': '%', '%EL': '%', lon: 'deg', lat: 'deg' };
    expect(plain(pack)).toEqual(
      resolved.map(({ n, u, t, v }) => ({ name: n, value: v, unit: here[u], seconds: t })),
    );
  });

  it('5.1.5: multiple data types, of which texts and data measure nothing', () => {
    const found = records([
      { bn: 'urn:dev:ow:10e2073a01080063:', n: 'temp', u: 'Cel', v: 23.1 },
      { n: 'label', vs: 'Machine Room' },
      { n: 'open', vb: false },
      { n: 'nfc-reader', vd: 'aGkgCg' },
    ]);
    expect(found.map(({ value }) => value)).toEqual([23.1, undefined, false, undefined]);
    expect(found.map(({ problem }) => problem?.kind)).toEqual([
      undefined,
      'wrongType',
      undefined,
      'wrongType',
    ]);
    expect(found[1]!.problem!.text).toContain('a text');
    expect(found.map(({ record }) => record)).toEqual([1, 2, 3, 4]);
  });

  it('5.1.6: collections of resources', () => {
    expect(
      plain([
        { bn: '2001:db8::2/', bt: 1.320078429e9, n: 'temperature', u: 'Cel', v: 27.2 },
        { n: 'humidity', u: '%RH', v: 80 },
      ]),
    ).toEqual([
      { name: '2001:db8::2/temperature', value: 27.2, unit: 'degC', seconds: 1320078429 },
      { name: '2001:db8::2/humidity', value: 80, unit: '%', seconds: 1320078429 },
    ]);
  });
});

describe('what RFC 8428 says beside its examples', () => {
  it('small times are spans from now, and none is now', () => {
    expect(records([{ n: 'a', v: 1 }])[0]!.time).toBeUndefined();
    expect(records([{ n: 'a', v: 1, t: 0 }])[0]!.time).toBeUndefined();
    expect(records([{ bn: 'a', bt: -10, v: 1, t: 4 }])[0]!.time).toBe(NOW - 6000);
    expect(records([{ n: 'a', v: 1, t: 2 ** 28 - 1 }])[0]!.time).toBe(NOW + 1000 * (2 ** 28 - 1));
    expect(records([{ n: 'a', v: 1, t: 2 ** 28 }])[0]!.time).toBe(1000 * 2 ** 28);
  });

  it('base fields hold until they are said again, and base values are added', () => {
    expect(
      plain([
        { bn: 'a/', bv: 20, bu: 'V' },
        { n: 'x', v: 0.5 },
        { bn: 'b/', n: 'y', v: 1 },
        { bv: 0, n: 'z', v: 2, u: 'A' },
        { n: 'w', v: 3 },
      ]),
    ).toEqual([
      { name: 'a/x', value: 20.5, unit: 'V' },
      { name: 'b/y', value: 21, unit: 'V' },
      { name: 'b/z', value: 2, unit: 'A' },
      { name: 'b/w', value: 3, unit: 'V' },
    ]);
  });

  it('what a reader does not know is passed over, unless it must be known', () => {
    expect(plain([{ n: 'a', v: 1, more: { of: 'it' }, ut: 5, s: 3 }])).toEqual([
      { name: 'a', value: 1, unit: '' },
    ]);
    expect(readSenml([{ n: 'a', v: 1 }, { must_: 1 }], NOW)).toHaveProperty(
      'problem',
      expect.stringContaining('"must_"'),
    );
  });

  it('versions up to 10, and secondary units (RFC 8798, RFC 9100), are read; others are refused as a whole', () => {
    for (const bver of [1, 5, 10, 26]) expect(plain([{ bver, n: 'a', v: 1, u: 'kW' }])[0]!.unit).toBe('kW');
    for (const bver of [11, 42, 100, 'x'])
      expect(readSenml([{ bver, n: 'a', v: 1 }], NOW)).toHaveProperty('problem');
    expect(
      readSenml(
        [
          { bver: 5, n: 'a', v: 1 },
          { bver: 10, n: 'a', v: 1 },
        ],
        NOW,
      ),
    ).toHaveProperty('problem');
    expect(readSenml({ n: 'a', v: 1 }, NOW)).toHaveProperty('problem');
  });

  it.each([
    [{ n: 'a' }, 'missing', 'no value'],
    [{ n: 'a', s: 3 }, 'wrongType', 'a sum over time'],
    [{ n: 'a', v: 1, vb: true }, 'wrongType', 'more than one value'],
    [{ n: 'a', v: '1' }, 'wrongType', '"v" is a number'],
    [{ n: 1, v: 1 }, 'wrongType', '"n" is a text'],
    [{ n: 'a', vb: 1 }, 'wrongType', '"vb" is true or false'],
    [{ n: 'a', v: null }, 'wrongType', '"v" is a number'],
    ['a', 'unreadable', 'object'],
  ])('%j cannot be used, and says why', (record, kind, text) => {
    const [found] = records([record]);
    expect(found!.problem).toEqual({ kind, text: expect.stringContaining(text) as string });
    expect(found!.value).toBeUndefined();
  });
});
