/** `guess`: where the search for a value begins. */
import type { VariableDecl } from '../../../grammar/generated/ast.ts';
import { guessWithoutSearch } from '../../diagnostics/initially.ts';
import { replace, textOf, type Analysis } from '../analysis.ts';
import { requireFit } from '../mismatch.ts';
import { sourceOf } from '../../1-parse/source.ts';
import { placeOf } from './variables.ts';

export function guessMustBeOfUse(variable: VariableDecl, analysis: Analysis): void {
  const { role, guess, name } = variable;
  if (guess === undefined || role === 'state' || role === 'let' || role === 'param') return;
  const text = textOf(variable);
  const written = sourceOf(guess).start - sourceOf(variable).start;
  const before = text.slice(0, written).replace(/guess\s*$/, '= ');
  const mended = `${before}${text.slice(written)}`;
  analysis.report(guessWithoutSearch, { name, role }, variable, {
    fixes: [replace(variable, mended, `Write ${mended}`)],
  });
}

export function guessMustFit(variable: VariableDecl, analysis: Analysis): void {
  if (variable.guess === undefined || variable.type === undefined) return;
  requireFit(variable.guess, placeOf(variable, analysis), analysis);
}
