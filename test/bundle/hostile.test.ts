/** Archives that were made to do harm, or came to it: each is refused in words, and nothing is unpacked for them. */
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { pack, readArchive, writeArchive } from '../../bundles/archive.ts';
import type { Entry } from '../../bundles/archive.ts';
import { openBundle } from '../../bundles/open.ts';
import { readStrict, writeCanonical } from '../../bundles/strict-json.ts';
import type { MadeBundle } from '../../bundles/make.ts';
import { artefactOf, changed, forged, madeTank } from './made.ts';

const made = madeTank();
/** Of a twin through which items go. */
const madeDesk = (): MadeBundle => {
  const text =
    'package desk\nasset Desk {\n  resource clerk\n  process caller {\n    arrive every 40 s\n    use clerk for 30 s\n  }\n}\ntwin D: Desk\n';
  return madeTank({ artefact: artefactOf(text, 'desk.D') });
};
const encoded = (text: string): Uint8Array => new TextEncoder().encode(text);
const problemOf = (bytes: Uint8Array): string => {
  const opened = openBundle(bytes);
  if (!('problem' in opened)) throw new Error('it was opened');
  return opened.problem;
};

const manifest = (): Record<string, unknown> =>
  JSON.parse(new TextDecoder().decode(made.files['manifest.json'])) as Record<string, unknown>;
const withManifest = (place: string, value: unknown): Uint8Array =>
  forged(made, (files) => {
    files['manifest.json'] = writeCanonical(changed(manifest(), place, value));
  });

it('what was not touched is opened', () => {
  const opened = openBundle(made.bytes);
  expect(opened).toMatchObject({ digest: made.digest });
  expect(openBundle(forged(made, () => undefined))).toMatchObject({ digest: made.digest });
});

describe('names', () => {
  const named = (name: string): Uint8Array => writeArchive([pack(name, encoded('x'), false)]);
  it.each([
    ['../../etc/passwd', /would lead out of its folder/],
    ['/etc/passwd', /would lead out of its folder/],
    ['a\\..\\b', /would lead out of its folder/],
    ['C:evil', /would lead out of its folder/],
    ['a/b', /lies in a folder/],
    ['__proto__', /has a name that no bundle uses/],
    ['x\0.json', /has a name that no bundle uses/],
    ['\u001b[2J', /^its entry “·\[2J” has a name/],
    ['', /has a name that no bundle uses/],
    ['n'.repeat(5000), /has a name that no bundle uses/],
  ])('%j', (name, problem) => expect(problemOf(named(name))).toMatch(problem));

  it('twice, in whatever case', () => {
    const twice = writeArchive([pack('A', encoded('x'), false), pack('a', encoded('y'), false)]);
    expect(problemOf(twice)).toBe('it has two entries a');
  });
});

describe('entries', () => {
  const x = pack('x', encoded('x'.repeat(1000)), true);
  const claiming = (entry: Partial<Entry>): Uint8Array => writeArchive([{ ...x, ...entry }]);
  /** Changes the first record of the directory. */
  const directory = (offset: number, value: number): Uint8Array => {
    const bytes = writeArchive([x]);
    const view = new DataView(bytes.buffer);
    const at = view.getUint32(bytes.length - 6, true);
    view.setUint16(at + offset, value, true);
    return bytes;
  };
  it.each([
    ['a symbolic link', () => directory(40, 0o120777), /symbolic link/],
    ['encrypted', () => directory(8, 1), /encrypted/],
    ['packed in another way', () => directory(10, 93), /packed by a method/],
    ['beyond the end', () => claiming({ packed: x.packed, size: 10 }), /it lacks bundle.json/],
    ['a bomb by its own word', () => claiming({ size: 300 * 1024 * 1024 }), /unpacks to more than/],
    ['more than can be in it', () => claiming({ size: 100_000 }), /claims more bytes/],
    [
      'far too many',
      () => writeArchive(Array.from({ length: 1000 }, (_, i) => pack(`n${i}`, x.packed, false))),
      /it has 1000 entries/,
    ],
  ])('%s', (_, bytes, problem) => expect(problemOf(bytes())).toMatch(problem));

  it('a bomb that hides its size unpacks to no more than it claims', () => {
    const bomb = pack('bundle.json', new Uint8Array(50 * 1024 * 1024), true);
    const hidden = writeArchive([
      pack('bundle.json', made.files['bundle.json']!, false),
      ...Object.entries(made.files)
        .filter(([name]) => name !== 'bundle.json')
        .map(([name, content]) =>
          name === 'twin.wasm' ? { ...bomb, name, size: content.length } : pack(name, content, true),
        ),
    ]);
    expect(problemOf(hidden)).toBe('twin.wasm was changed after the bundle was made');
  });

  it('packed by another program', () => {
    expect(problemOf(zipSync(made.files))).toMatch(/packed by another program: from byte \d+ on/);
  });

  it('with anything before, between or behind', () => {
    expect(problemOf(new Uint8Array([...made.bytes, 0]))).toMatch(/no ZIP archive/);
    expect(problemOf(new Uint8Array([0, ...made.bytes]))).toMatch(/no ZIP archive/);
    expect(readArchive(made.bytes.subarray(0, -1))).toHaveProperty('problem');
  });
});

describe('files that do not fit the list', () => {
  const repacked = (change: (entries: Map<string, Entry>) => void): Uint8Array => {
    const entries = new Map((readArchive(made.bytes) as Entry[]).map((entry) => [entry.name, entry]));
    change(entries);
    return writeArchive([...entries.values()]);
  };
  it.each<[string, (entries: Map<string, Entry>) => unknown, string]>([
    [
      'other content',
      (e) => e.set('run.mjs', pack('run.mjs', encoded('evil()'), true)),
      'run.mjs was changed after the bundle was made',
    ],
    ['one gone', (e) => e.delete('twin.wasm'), 'it lacks twin.wasm'],
    [
      'one more',
      (e) => e.set('extra.js', pack('extra.js', encoded('evil()'), true)),
      'extra.js was added to it: bundle.json does not list it',
    ],
    [
      'no list',
      (e) => e.delete('bundle.json'),
      'it lacks bundle.json: it is no bundle, or one of an older Pollux; build it anew',
    ],
  ])('%s', (_, change, problem) => expect(problemOf(repacked(change))).toBe(problem));
});

describe('manifests', () => {
  it.each<[string, (files: Record<string, Uint8Array>) => void, RegExp]>([
    ['no JSON', (f) => (f['manifest.json'] = encoded('{')), /manifest.json is not JSON/],
    ['null', (f) => (f['manifest.json'] = encoded('null\n')), /is not that of a twin/],
    [
      'members twice',
      (f) => (f['manifest.json'] = encoded('{"format":"a","format":"pollux-twin"}\n')),
      /not in canonical form/,
    ],
    [
      'nested without end',
      (f) => (f['manifest.json'] = encoded('['.repeat(1_000_000))),
      /nested more than 100 deep/,
    ],
    ['not UTF-8', (f) => (f['manifest.json'] = new Uint8Array([0xff, 0xfe])), /is not UTF-8/],
    [
      'a prototype',
      (f) => (f['manifest.json'] = encoded('{"__proto__":{"polluted":true}}\n')),
      /has a member __proto__/,
    ],
    ['none', (f) => delete f['manifest.json'], /it lacks manifest.json/],
    ['code that is none', (f) => (f['twin.wasm'] = encoded('no wasm')), /its twin.wasm is no WebAssembly/],
    [
      'code that wants the host',
      // (module (import "node:fs" "read" (func)))
      (f) =>
        (f['twin.wasm'] = Uint8Array.of(
          0,
          97,
          115,
          109,
          1,
          0,
          0,
          0,
          1,
          4,
          1,
          96,
          0,
          0,
          2,
          16,
          1,
          7,
          110,
          111,
          100,
          101,
          58,
          102,
          115,
          4,
          114,
          101,
          97,
          100,
          0,
          0,
        )),
      /its twin.wasm asks the host for node:fs.read/,
    ],
  ])('%s', (_, change, problem) => expect(problemOf(forged(made, change))).toMatch(problem));

  it.each<[string, string, unknown, RegExp]>([
    ['a later format', 'formatVersion', 2, /format version 2; this Pollux reads 1/],
    [
      'fields missing',
      'handlers',
      undefined,
      /its manifest.json is for another version of Pollux, or damaged: it lacks handlers$/,
    ],
    ['memory without end', 'layout/pages', 1e9, /layout.pages/],
    ['a billion variables', 'variables/0/dims', [1e5, 1e5], /lies beyond the memory/],
    ['an address outside', 'variables/0/address', -8, /lies beyond the memory/],
    ['more that is used than there is', 'used', 2 ** 40, /used lies beyond the memory/],
    ['notes outside', 'trusted', { address: -8, count: 2 }, /trusted lies beyond the memory/],
    ['a billion sensors', 'sensors/0/dims', [1e9], /more instances than there is memory/],
    ['a sensor of nothing', 'sensors/0/measured', 99_999, /has no variable/],
    ['a binding to nothing', 'bindings/1/target/variable', 99_999, /a binding has no input/],
  ])('%s', (_, place, value, problem) => {
    expect(problemOf(withManifest(place, value))).toMatch(problem);
  });

  const desk = madeDesk();
  it.each<[string, string, unknown, RegExp]>([
    [
      'of before items were drawn where they are',
      'previous',
      undefined,
      /for another version of Pollux, or damaged: \/flow\/items lacks previous$/,
    ],
    ['with records outside', 'address', 2 ** 40, /flow.items lies beyond the memory/],
    ['with records at odd places', 'address', 12, /flow.items lies beyond the memory/],
    ['with a count outside', 'made', -4, /flow.items lies beyond the memory/],
    ['with fields outside of a record', 'arrived', 2 ** 20, /flow.items lies beyond the memory/],
    ['with half of a field outside', 'list', -2, /flow.items lies beyond the memory/],
  ])('of items, %s', (_, field, value, problem) => {
    expect(openBundle(desk.bytes)).toHaveProperty('artefact');
    const there = JSON.parse(new TextDecoder().decode(desk.files['manifest.json'])) as unknown;
    const forgery = forged(desk, (files) => {
      files['manifest.json'] = writeCanonical(changed(there, `flow/items/${field}`, value));
    });
    expect(problemOf(forgery)).toMatch(problem);
  });
});

it('JSON that would pollute changes no prototype', () => {
  expect(readStrict('{"a":{"__proto__":{"polluted":1}}}')).toEqual({ problem: 'has a member __proto__' });
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
  expect(readStrict('{"constructor":{"prototype":{"polluted":1}}}')).toHaveProperty('value');
  expect(readStrict(`"${'['.repeat(500)}"`)).toHaveProperty('value');
});
