/** SenML (RFC 8428, JSON) → samples: base fields are worked in, times are told from spans, units are named as the language does. */
import type { Problem } from '../intake/payload.ts';

/** A record that was resolved (RFC 8428, 4.6), or why it is none that can be used. */
export interface SenmlRecord {
  /** Its place, from 1. */
  record: number;
  name: string;
  /** Left out where it has none that a sensor could have measured; then `problem` says so. */
  value?: number | boolean;
  /** As the language writes it; '' where the record says none. */
  unit: string;
  /** ms since 1970; left out: now. */
  time?: number;
  problem?: Problem;
}

/** Version 10 is RFC 8428; what is more says which features of RFC 9100 are used: the fourth is that of secondary units. */
const VERSION = 10;
const KNOWN_FEATURES = 0b11010;
/** s; what is less is a span from now on (RFC 8428, 4.5.3). */
const ABSOLUTE = 2 ** 28;

const NUMBERS = ['bt', 'bv', 'bs', 'bver', 'v', 's', 't', 'ut'] as const;
const TEXTS = ['bn', 'bu', 'n', 'u', 'vs', 'vd'] as const;
const VALUES = ['v', 'vs', 'vb', 'vd', 's'] as const;

/** Units of RFC 8428 (12.1) and RFC 8798 that are written otherwise here. Logarithms and pH have no unit here, and are refused. */
const UNITS: Readonly<Record<string, string>> = {
  Cel: 'degC',
  Ohm: 'ohm',
  lat: 'deg',
  lon: 'deg',
  '%RH': '%',
  '%EL': '%',
  EL: 's',
  'beat/min': 'bpm',
  beats: '/',
  count: '/',
  VAs: 'VA*s',
  vars: 'var*s',
  'ug/m3': 'µg/m3',
  gravity: 'gn',
  '/100': '%',
  '/1000': '‰',
};

/** The pack, record by record; in words where it is none as a whole. `now`: ms since 1970. */
export function readSenml(pack: unknown, now: number): { problem: string } | Iterable<SenmlRecord> {
  if (!Array.isArray(pack)) return { problem: 'a SenML pack is a list of records: [{"n": "…", "v": 1}]' };
  const records = pack as unknown[];
  let version: number | undefined;
  for (const [at, record] of records.entries()) {
    if (typeof record !== 'object' || record === null || Array.isArray(record)) continue;
    const must = Object.keys(record).find((label) => label.endsWith('_'));
    if (must !== undefined)
      return {
        problem: `record ${at + 1} has ${JSON.stringify(must.slice(0, 40))}, which a reader has to understand, and this one does not`,
      };
    const said = (record as { bver?: unknown }).bver;
    if (said === undefined) continue;
    if (typeof said !== 'number' || (said > VERSION && (said & ~KNOWN_FEATURES) !== 0))
      return { problem: `it has the version ${JSON.stringify(said)}, and ${VERSION} is read here` };
    if (version !== undefined && said !== version)
      return { problem: 'its records have different versions, and a pack has one' };
    version = said;
  }
  return resolved(records, now);
}

function* resolved(records: readonly unknown[], now: number): Generator<SenmlRecord> {
  let base = { name: '', time: 0, unit: '', value: 0 };
  let timed = false;
  for (const [at, record] of records.entries()) {
    const place = { record: at + 1 };
    if (typeof record !== 'object' || record === null || Array.isArray(record)) {
      yield {
        ...place,
        name: base.name,
        unit: '',
        problem: { kind: 'unreadable', text: 'A record is an object.' },
      };
      continue;
    }
    const fields = record as Record<string, unknown>;
    const wrong =
      NUMBERS.find((label) => fields[label] !== undefined && typeof fields[label] !== 'number') ??
      TEXTS.find((label) => fields[label] !== undefined && typeof fields[label] !== 'string') ??
      (fields['vb'] === undefined || typeof fields['vb'] === 'boolean' ? undefined : 'vb');
    if (wrong !== undefined) {
      const should =
        wrong === 'vb' ? 'true or false' : NUMBERS.some((one) => one === wrong) ? 'a number' : 'a text';
      const text = `Its ${JSON.stringify(wrong)} is ${should} in SenML, not ${JSON.stringify(fields[wrong]).slice(0, 40)}.`;
      yield { ...place, name: nameIn(fields, base.name), unit: '', problem: { kind: 'wrongType', text } };
      continue;
    }
    const { bn, bt, bu, bv, n, u, v, vb, t } = fields as {
      [label in (typeof NUMBERS)[number]]?: number;
    } & { [label in (typeof TEXTS)[number]]?: string } & { vb?: boolean };
    base = { name: bn ?? base.name, time: bt ?? base.time, unit: bu ?? base.unit, value: bv ?? base.value };
    timed ||= bt !== undefined;
    const given = VALUES.filter((label) => fields[label] !== undefined);
    // What only says what holds for those behind it.
    if (given.length === 0 && n === undefined && u === undefined && t === undefined) continue;
    const name = base.name + (n ?? '');
    const seconds = base.time + (t ?? 0);
    const said = u ?? base.unit;
    const one: SenmlRecord = {
      ...place,
      name,
      unit: Object.hasOwn(UNITS, said) ? UNITS[said]! : said,
      ...(!timed && t === undefined
        ? {}
        : seconds >= ABSOLUTE
          ? { time: seconds * 1000 }
          : seconds === 0
            ? {}
            : { time: now + seconds * 1000 }),
    };
    if (v !== undefined && given.every((label) => label === 'v' || label === 's'))
      yield { ...one, value: base.value + v };
    else if (vb !== undefined && given.every((label) => label === 'vb' || label === 's'))
      yield { ...one, value: vb };
    else {
      const text =
        given.length === 0
          ? 'The record has no value.'
          : given.length > 1 && !given.includes('s')
            ? `The record has more than one value: ${given.join(' and ')}.`
            : `The record has ${WHAT[given[0]!]}, and a number, or true or false, is expected.`;
      yield { ...one, problem: { kind: given.length === 0 ? 'missing' : 'wrongType', text } };
    }
  }
}

const WHAT: Readonly<Record<string, string>> = {
  v: 'a number',
  vb: 'true or false',
  vs: 'a text',
  vd: 'data',
  s: 'a sum over time',
};

const nameIn = ({ n }: Record<string, unknown>, base: string): string =>
  base + (typeof n === 'string' ? n : '');
