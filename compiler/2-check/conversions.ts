/** A number as written → the same value in other units, as changes of the text. */
import type { Expression } from '../../grammar/generated/ast.ts';
import { sourceOf, uriOf } from '../1-parse/source.ts';
import type { Fix } from '../diagnostics/diagnostic.ts';
import { digitsOf, literalWithin } from './literals.ts';
import { convertExactly, type UnitTable } from './units/index.ts';

const MOST = 6;

/** Only exact ones with an end: `120 m3/h` is `2 m3/min`, and no decimal of `m3/s`. */
export function conversionsOf(expression: Expression, table: UnitTable): Fix[] {
  const signed = literalWithin(expression);
  const written = signed?.literal.unit;
  const unit = written === undefined ? undefined : table.resolve(written);
  if (signed === undefined || unit?.ok !== true) return [];
  const candidates = [
    ...table.allUnits().map((declaration) => declaration.name),
    ...table.allQuantities().map((quantity) => quantity.unit.text),
  ];
  const found: { text: string; length: number }[] = [];
  for (const candidate of new Set(candidates)) {
    const other = candidate === written ? undefined : table.resolve(candidate);
    if (other?.ok !== true || other.unit.absolute !== unit.unit.absolute) continue;
    const converted = convertExactly(digitsOf(signed), unit.unit, other.unit);
    if (converted?.isDecimal === true)
      found.push({ text: `${converted.text} ${candidate}`, length: converted.text.length });
  }
  const { start, end } = sourceOf(signed.node);
  return found
    .sort((a, b) => a.length - b.length)
    .slice(0, MOST)
    .map(({ text }) => ({ title: `Write ${text}`, edits: [{ uri: uriOf(signed.node), start, end, text }] }));
}
