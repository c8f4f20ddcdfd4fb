/** Texts and messages that were made to do harm: each gets an answer in words or a value, and nothing else happens. */
import { describe, expect, it } from 'vitest';
import { format } from '../../compiler/1-parse/format.ts';
import { analyse, compile } from '../../compiler/index.ts';
import { readLibraryFiles } from '../../library/from-disk.ts';
import { createFaults } from '../../live/faults.ts';
import type { Fault } from '../../live/faults.ts';
import { createIncoming, readersOf } from '../../live/mqtt/incoming.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';
import { casing, manifestWith, running } from '../live/fixture.ts';

const library = readLibraryFiles();

/** Codes of what is found; what has no error is compiled and run for a second. */
function answer(text: string): string[] {
  const { model, roots, diagnostics } = analyse([{ uri: 'file:///h.twin', text }], library);
  for (const { message } of diagnostics) expect(message.length).toBeLessThan(5000);
  if (model === undefined) return [...new Set(diagnostics.map(({ code }) => code))];
  for (const root of roots) {
    const { value } = compile(model, root);
    if (value === undefined) continue;
    const { manifest } = value.artefact;
    createTwin({ manifest, kernel: kernelFactory(value.artefact), settings: { duration: 1 } }).advance(1);
  }
  return [];
}
const inAsset = (text: string): string => `asset A {\n${text}\n}\n`;
const deep = 20_000;

describe('texts', () => {
  it.each<[string, string]>([
    ['parentheses without end', inAsset(`  let x = ${'('.repeat(deep)}1${')'.repeat(deep)}`)],
    ['brackets that never close', inAsset(`  let x = ${'['.repeat(deep)}`)],
    ['signs without end', inAsset(`  let x = ${'-'.repeat(deep)}1`)],
    ['conditions in conditions', inAsset(`  let x = ${'if true then 1 else '.repeat(deep)}1`)],
    ['sums without end', inAsset(`  let x = 1${' + 1'.repeat(deep)}`)],
    ['blocks in blocks', inAsset(`${'for i in 1..2 { '.repeat(2000)}${'}'.repeat(2000)}`)],
    ['a name without end', inAsset(`  let ${'x'.repeat(500_000)} = 1`)],
    ['a number without end', inAsset(`  let x = ${'9'.repeat(100_000)}`)],
    ['a number beyond all', inAsset('  let x = 1e999999999')],
    [
      'an array beyond all',
      inAsset('  state x[1000000000000] = 0 m\n  for i in 1..1000000000000 { der(x[i]) = 0 m/s }'),
    ],
    ['a unit to a power beyond all', inAsset('  let x = 1 m999999999')],
    ['an asset in itself', 'asset A { part a: A }'],
    ['assets in each other', 'asset A { part b: B }\nasset B { part a: A }'],
    ['an asset that is its own base', 'asset A extends A { }'],
    ['a value of itself', inAsset('  param x = y\n  param y = x')],
    ['a function of itself', 'function f(x) = f(x)\nasset A { let y = f(1) }'],
    ['a string that never ends', 'asset A { alarm a: warning "'.padEnd(100_000, 'x')],
    ['a comment that never ends', `/*${' /*'.repeat(deep)}`],
    ['bytes that are no text', String.fromCharCode(0, 1, 2, 0xfffe, 0xd800, 0x202e).repeat(1000)],
    ['a million lines of nothing', '\n'.repeat(1_000_000)],
  ])('%s', (_, text) => {
    expect(() => answer(text)).not.toThrow();
    expect(() => format(text)).not.toThrow();
  });

  it.each(['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', 'eval'])(
    '%s is a name like any other',
    (name) => {
      const text = `asset ${name} {\n  param ${name} = 1\n  state x = 0 m\n  der(x) = ${name} * 1 m/s\n  sensor s measures x every 1 s\n}\nasset Whole { part ${name}: ${name} }\nscenario s for Whole { ${name}.${name} = 2  run 1 s }\n`;
      expect(answer(text)).toEqual([]);
      expect(({} as Record<string, unknown>)['x']).toBeUndefined();
    },
  );
});

describe('messages', () => {
  const hostile: (string | Uint8Array)[] = [
    '{"__proto__":{"value":1,"polluted":true}}',
    '{"constructor":{"prototype":{"polluted":true}}}',
    '['.repeat(30_000),
    `{"value":${'{"value":'.repeat(5000)}1${'}'.repeat(5000)}}`,
    `{"value":${'9'.repeat(60_000)}}`,
    '{"value":1e999}',
    '{"value":"1e999"}',
    'NaN',
    'Infinity',
    '-Infinity degC',
    '0x7f',
    '',
    ' '.repeat(60_000),
    '\u0000\u001b[2J\u202e12',
    '{"value":{"toString":"evil"}}',
    '{"value":[1,2,3]}',
    '{"value":1,"value":2}',
    '{"value":1,"time":"9".repeat(100)}',
    '{"value":1,"time":1e300}',
    '{"value":1,"time":{"__proto__":null}}',
    'x'.repeat(200_000),
    Uint8Array.of(0xff, 0xfe, 0xfd, 0x80),
    Uint8Array.from({ length: 65_536 }, (_, i) => i % 256),
  ];
  it.each(['$.value', '$.__proto__.value', '$.constructor.name', '$.value.length'])(
    'read at %s give finite values or nothing, and change no prototype',
    (path) => {
      const manifest = manifestWith([casing('t', path), casing('t'), running('t')]);
      const arrived: number[] = [];
      const told: Fault[] = [];
      const incoming = createIncoming({
        readers: readersOf(manifest),
        faults: createFaults((fault) => told.push(fault)),
        receiver: {
          now: () => 1e12,
          arrive: ({ value, time }) => {
            arrived.push(value, time);
            return 'onTime';
          },
        },
      });
      for (const payload of hostile)
        for (const retain of [false, true])
          incoming.message('t', { payload: Buffer.from(payload as string), qos: 0, dup: false, retain });
      expect(arrived.every(Number.isFinite)).toBe(true);
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
      for (const { text } of told) expect(text).not.toMatch(/\p{C}/u);
      for (const { text } of told) expect(text.length).toBeLessThan(1000);
    },
  );
});
