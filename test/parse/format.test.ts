import { readdirSync, readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTwinServices, format } from '../../compiler/1-parse/index.ts';
import { libraryFiles } from '../../library/embedded.ts';
import { EVERYTHING } from './helper.ts';

const { twin } = createTwinServices();
const formatted = (text: string): string => format(text, twin).text;
const inAsset = (body: string): string => formatted(`asset A {${body}}`).split('\n').slice(1, -2).join('\n');

/** Tokens and comments, which no layout may change. */
const words = (text: string): string[] => {
  const { tokens, hidden } = twin.parser.Lexer.tokenize(text);
  return [...tokens, ...hidden]
    .sort((a, b) => a.startOffset - b.startOffset)
    .map((token) => `${token.tokenType.name} ${token.image.trimEnd()}`);
};

const examples = new URL('../../examples/', import.meta.url);
const exampleTexts = readdirSync(examples, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.twin'))
  .map((name): [string, string] => [name, readFileSync(new URL(name, examples), 'utf8')]);

describe('the one layout', () => {
  it('aligns what stands together, as the language is written by hand', () => {
    const pump = `/// A pump.
asset Pump {
  param ratedFlow    = 120 m3/h  in 0..400 m3/h
  param ratedHead    = 32 m
  param efficiency   = 0.74      in 0..1
  param heatCapacity = 18 kJ/K

  input running: Boolean = true
  input ambient: Temperature = 20 degC

  let flow  = if running then ratedFlow else 0
  let power = -flow * (ratedHead + 1 m)^2 / efficiency

  der(temperature) = (power * (1 - efficiency)) / heatCapacity
  der(energy)      = power

  sensor casing    measures temperature       every 10 s  noise normal(0.3 K)
  sensor vibration measures bearing.vibration every 1 s   noise normal(0.2 mm/s)  range 0..50 mm/s

  rule tripHot {
    when temperature > 95 degC for 30 s
    set running = false
  }

  alarm overheating: critical "Casing too hot" {
    raise when temperature > 85 degC for 5 min
    clear when temperature < 75 degC for 10 min
  }
}
`;
    expect(formatted(pump)).toBe(pump);
    const shaken = pump.replace(/(?<=\S) +(?=\S)/g, ' ').replace(/^ +/gm, '');
    expect(formatted(shaken)).toBe(pump);
  });

  it('gives each fact a line', () => {
    expect(inAsset('param x = 1 param yy = 2 part p: P part q: Q')).toBe(
      '  param x  = 1\n  param yy = 2\n  part p: P\n  part q: Q',
    );
    expect(inAsset('when a { set b = 1 set c = 2 }')).toBe('  when a {\n    set b = 1\n    set c = 2\n  }');
  });

  it('leaves a block of one on its line, and the breaks of the writer', () => {
    expect(inAsset('  for i in 1..3 { x[i] = 2 }')).toBe('  for i in 1..3 { x[i] = 2 }');
    expect(inAsset('for i in 1..3 {\nx[i] = 2 }')).toBe('  for i in 1..3 {\n    x[i] = 2\n  }');
    expect(inAsset('let a = b\n+ c')).toBe('  let a = b\n      + c');
    expect(inAsset('part p: P(\na = 1,\nb = 2\n)')).toBe('  part p: P(\n      a = 1,\n      b = 2\n  )');
  });

  it('keeps comments where they belong', () => {
    expect(
      inAsset(
        '\n // first\n/// About x.\nparam x = 1 // behind x\nparam yyy = 2 // behind y\n\n\n\n/* between */\nlet z = /* in */ 3\n// last\n',
      ),
    ).toBe(
      [
        '  // first',
        '  /// About x.',
        '  param x   = 1  // behind x',
        '  param yyy = 2  // behind y',
        '',
        '  /* between */',
        '  let z = /* in */ 3',
        '  // last',
      ].join('\n'),
    );
  });

  it('sets blocks apart and drops blank lines beyond one', () =>
    expect(
      formatted(
        'package a\nuse b\nuse c\nasset A {}\n\n\n\nasset B {\n\nparam x = 1\n\n}\n// of C\nasset C {}',
      ),
    ).toBe(
      'package a\n\nuse b\nuse c\n\nasset A {}\n\nasset B {\n  param x = 1\n}\n\n// of C\nasset C {}\n',
    ));

  it('keeps a comment between the head of a block and its brace', () => {
    const text = 'scenario s for A {\n  at 3 h  // note\n  { set a = 1 }\n  run 4 h\n}\n';
    const once = formatted(text);
    expect(words(once)).toEqual(words(text));
    expect(formatted(once)).toBe(once);
  });

  it('does not touch a text with syntax errors, and says why', () => {
    const broken = 'asset A {\nparam  x = \n';
    const result = format(broken, twin);
    expect(result.text).toBe(broken);
    expect(result.diagnostics).not.toEqual([]);
  });

  it('keeps an empty text empty', () => expect(formatted('\n\n')).toBe(''));
});

describe('formatting keeps every token and comment, and a second time changes nothing', () => {
  it.each([['everything', EVERYTHING], ...Object.entries(libraryFiles), ...exampleTexts])('%s', (_, text) => {
    const once = formatted(text);
    expect(words(once)).toEqual(words(text));
    expect(formatted(once)).toBe(once);
  });

  it('with any blanks, breaks and comments between the tokens', () => {
    // A unit must stay with its number, so blanks go only where there were some, and none are taken.
    const gaps = [...EVERYTHING.matchAll(/[ \n]+/g)].filter(({ index }) => {
      const before = EVERYTHING.slice(0, index);
      return (
        !/\/\/[^\n]*$|\/\*[^/]*$|"[^"\n]*$/.test(before) &&
        !/(\d|\bas|unit \S+ =|quantity \S+ =|unit)$/.test(before)
      );
    });
    const blank = fc.constantFrom(' ', '   ', '\n', '\n\n\n', '  // note\n', ' /* note */ ', '\t');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: gaps.length - 1 }), blank), { maxLength: 12 }),
        (changes) => {
          const byGap = new Map(changes);
          let text = '';
          let from = 0;
          for (const [number, { index, 0: gap }] of gaps.entries()) {
            text += EVERYTHING.slice(from, index) + (byGap.has(number) ? byGap.get(number) + gap : gap);
            from = index + gap.length;
          }
          text += EVERYTHING.slice(from);
          const result = format(text, twin);
          fc.pre(result.diagnostics.length === 0);
          expect(words(result.text)).toEqual(words(text));
          expect(formatted(result.text)).toBe(result.text);
        },
      ),
      { numRuns: 60 },
    );
  });
});
