import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { createTwinServices, Workspace } from '../../compiler/1-parse/index.ts';
import { libraryFiles } from '../../library/embedded.ts';
import { EVERYTHING, URI } from './helper.ts';

const services = createTwinServices();
const workspace = new Workspace(services, libraryFiles);
const words = services.twin.parser.Lexer.tokenize(EVERYTHING).tokens.map((token) => token.image);

/** Reads a text in the shared workspace and holds what is always true. */
function survives(text: string): void {
  workspace.set(URI, text);
  workspace.link();
  const file = workspace.file(URI);
  const diagnostics = [...(file?.syntax ?? []), ...(file?.names ?? [])];
  for (const { source, message, code, fixes } of diagnostics) {
    expect(code).toMatch(/^PX([12]\d{3}|5201)$/);
    expect(message).not.toMatch(/undefined|\[object|NaN/);
    expect(source.start).toBeGreaterThanOrEqual(0);
    expect(source.end).toBeLessThanOrEqual(text.length);
    expect(source.start).toBeLessThanOrEqual(source.end);
    for (const { edits } of fixes)
      for (const edit of edits) expect(edit.end).toBeLessThanOrEqual(text.length);
  }
}

it('reads any text', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), survives), { numRuns: 60 });
});

it('reads any sequence of words of the language', () => {
  const text = fc.array(fc.constantFrom(...words, '\n'), { maxLength: 80 }).map((all) => all.join(' '));
  fc.assert(fc.property(text, survives), { numRuns: 120 });
});

it('reads a good file after any cut, doubling or swap', () => {
  const place = fc.nat({ max: EVERYTHING.length });
  const mutation = fc.tuple(
    place,
    fc.nat({ max: 60 }),
    fc.constantFrom('cut', 'double', 'insert'),
    fc.constantFrom(...words),
  );
  fc.assert(
    fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), (mutations) => {
      survives(
        mutations.reduce((text, [at, length, kind, word]) => {
          const piece = text.slice(at, at + length);
          const middle = kind === 'cut' ? '' : kind === 'double' ? piece + piece : ` ${word} ${piece}`;
          return text.slice(0, at) + middle + text.slice(at + length);
        }, EVERYTHING),
      );
    }),
    { numRuns: 120 },
  );
});
