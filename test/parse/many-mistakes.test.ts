/** What telling mistakes costs is counted in letters that are cut into tokens again: it grows as the text does. */
import { URI } from 'langium';
import { describe, expect, it } from 'vitest';
import { syntaxDiagnostics } from '../../compiler/1-parse/mistakes/syntax-diagnostics.ts';
import { createTwinServices } from '../../compiler/1-parse/services.ts';
import type { TwinFile } from '../../grammar/generated/ast.ts';

const services = createTwinServices().twin;

/** How many letters are cut again for each of the text, and how many mistakes are told. */
function told(text: string): { share: number; mistakes: number } {
  const document = services.shared.workspace.LangiumDocumentFactory.fromString<TwinFile>(
    text,
    URI.parse('file:///many.twin'),
  );
  let letters = 0;
  const found = syntaxDiagnostics(document, {
    ...services.twin.Keywords,
    tokenize: (piece) => {
      letters += piece.length;
      return services.parser.Lexer.tokenize(piece).tokens;
    },
  });
  return { share: letters / text.length, mistakes: found.length };
}

const lines = (count: number, line: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => line(at)).join('\n');

describe('many mistakes should cost as much as they are many', () => {
  it.each([
    [
      'values that begin with an operator',
      (at: number) => `  param p${at} = * 1 m`,
      (count: number) => count,
    ],
    [
      'alarms without their colon',
      (at: number) => `  alarm a${at} warning "hot" {\n    raise when x > 1 m\n  }`,
      () => 1,
    ],
    ['brackets that nobody closes', (at: number) => `  param p${at} = (1 m`, (count: number) => count - 1],
  ])('%s', (_, line, mistakes) => {
    const text = (count: number): string => `asset Many {\n  state x = 1 m\n${lines(count, line)}\n}\n`;
    const [few, many] = [told(text(50)), told(text(200))];
    expect(few.mistakes).toBe(mistakes(50));
    expect(many.mistakes).toBe(mistakes(200));
    expect(many.share).toBeLessThan(1.2 * few.share);
  });

  it('on one line, which is told one', () => {
    const text = (count: number): string =>
      `asset Many { ${Array.from({ length: count }, (_, at) => `param p${at} = * 1 m`).join(' ')} }\n`;
    const [few, many] = [told(text(50)), told(text(200))];
    expect([few.mistakes, many.mistakes]).toEqual([1, 1]);
    expect(many.share).toBeLessThan(1.2 * few.share);
  });
});
