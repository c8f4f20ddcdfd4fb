/** The scanner against Langium's lexer: the same tokens, or none where that finds a mistake or notes one. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { createTwinServices } from '../../compiler/1-parse/index.ts';
import { Scanner, Vocabulary } from '../../compiler/1-parse/read/scan.ts';
import { EVERYTHING } from './helper.ts';

const { twin } = createTwinServices();
const vocabulary = new Vocabulary(twin.Grammar);
const scanner = new Scanner(vocabulary, twin.twin.Keywords);

/** Whether both have read it, and alike. */
function agree(text: string): boolean {
  const { tokens, hidden, errors } = twin.parser.Lexer.tokenize(text);
  const isRead = scanner.scan(text);
  expect([text, isRead]).toEqual([text, errors.length === 0]);
  if (!isRead) return false;
  const { count, types, starts, ends, images } = scanner;
  const found = Array.from({ length: count }, (_, at) => [
    vocabulary.names[types[at]!],
    starts[at],
    ends[at],
    images[at],
    scanner.breaks(at),
  ]);
  const expected = tokens.map(({ tokenType, startOffset, endOffset, image, startLine }, at) => [
    tokenType.name,
    startOffset,
    endOffset! + 1,
    image,
    tokens[at - 1]?.startLine !== startLine,
  ]);
  expect(found).toEqual(expected);
  expect(types[count]).toBe(vocabulary.end);
  expect(scanner.hidden.map(({ type, start, end }) => [vocabulary.names[type], start, end])).toEqual(
    hidden.map(({ tokenType, startOffset, endOffset }) => [tokenType.name, startOffset, endOffset! + 1]),
  );
  return true;
}

it('cuts all that is written in the repository', () => {
  const root = join(import.meta.dirname, '..', '..');
  const texts = ['examples', 'library', 'test'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.twin'))
      .map((path) => readFileSync(join(root, folder, path), 'utf8')),
  );
  expect([EVERYTHING, ...texts].filter(agree).length).toBeGreaterThan(50);
});

it('cuts whatever stands next to each other, or leaves it', () => {
  const words = [...vocabulary.names, 'x', 'x1', 'on2', '_a', 'model', 'parameter', 'm3', 'degC', 'e', 'E2'];
  const others = [
    ...[
      '1',
      '12.5',
      '1_000',
      '1e3',
      '2.5e-3',
      '1.',
      '1..2',
      '1__0',
      '0x',
      '7e',
      '"a"',
      '"a\\""',
      '"open',
      '"\\',
    ],
    ...[
      ' ',
      ' ',
      ' ',
      '\n',
      '\r\n',
      '\r',
      '\t',
      '\u00a0',
      '\ufeff',
      '\u2028',
      '// c',
      '// c\n',
      '/* c */',
      '/* c\n c */',
    ],
    ...[
      '/*',
      '*/',
      '/',
      '//',
      'm/s',
      'W/(m2*K)',
      '1/d',
      '/d',
      '%',
      '°',
      'µm',
      '²',
      'm^2',
      'm^(1/2)',
      '·',
      '€',
      '😀',
      'é',
    ],
    ...['#', ';', '!', '&', '\\', '\0', "'", '@', '…'],
  ];
  let read = 0;
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(
          fc.oneof(fc.constantFrom(...words), fc.constantFrom(...others), fc.string({ maxLength: 3 })),
          fc.constantFrom('', ' ', ' ', '\n'),
        ),
        { maxLength: 12 },
      ),
      (pieces) => {
        if (agree(pieces.flat().join(''))) read += 1;
      },
    ),
    { numRuns: 1500, seed: 1, endOnFailure: true },
  );
  expect(read).toBeGreaterThan(100);
});

it('takes a long text with more words than it had room for', () => {
  const names = Array.from({ length: 5000 }, (_, index) => `name_${index}`);
  expect(agree(`asset A {\n${names.map((name) => `  let ${name} = ${name} + 1`).join('\n')}\n}`)).toBe(true);
});
