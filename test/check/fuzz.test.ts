/** Whatever a text has become, checking it ends, throws nothing, and points into the text. */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVERYTHING } from '../parse/helper.ts';
import { check } from './harness.ts';

const folder = new URL('cases/', import.meta.url);
const sources = [
  EVERYTHING,
  ...readdirSync(folder).map((name) => readFileSync(new URL(name, folder), 'utf8')),
];
const pieces = [
  '',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  '=',
  '.',
  '[*]',
  'der(',
  ' 3 m',
  ' degC',
  'if ',
  'set ',
  ' extends ',
  '-',
  '"',
  ' x',
  'let ',
];

/** A source with some of its parts cut out and others put in. */
const mutated = fc
  .record({
    source: fc.constantFrom(...sources),
    changes: fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        length: fc.nat(40),
        piece: fc.constantFrom(...pieces),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  })
  .map(({ source, changes }) =>
    changes.reduce((text, { at, length, piece }) => {
      const start = Math.floor(at * text.length);
      return text.slice(0, start) + piece + text.slice(start + length);
    }, source),
  );

describe('broken texts', () => {
  it('are checked without an exception, with all findings inside the text', () => {
    fc.assert(
      fc.property(mutated, (text) => {
        const { checking, checker, files } = check(text);
        for (const { source } of checking) {
          expect(source.start).toBeGreaterThanOrEqual(0);
          expect(source.end).toBeLessThanOrEqual(text.length);
          expect(source.start).toBeLessThanOrEqual(source.end);
        }
        expect(() => checker.model(files)).not.toThrow();
      }),
      { numRuns: Number(process.env.FUZZ_RUNS ?? 50) },
    );
  });
});
