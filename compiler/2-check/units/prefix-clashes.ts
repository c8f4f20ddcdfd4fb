/** Symbols with two readings: found when declared, so that no text ever means two units. */
import type { DeclarationError, UnitDeclaration } from './declarations.ts';
import { Factor } from './factor.ts';
import { normaliseSymbol, PREFIXES, takesPrefix } from './prefixes.ts';
import type { Unit } from './unit.ts';

type Find = (name: string) => UnitDeclaration | undefined;

/**
 * Two prefixed readings are spelt alike only where one prefix begins another: d and da, and the decimal
 * and binary multiples (M and Mi). An explicit symbol wins over any prefixed reading. Reports clashes in
 * which one of `fresh` takes part; `all` is everything in sight.
 */
export function prefixClashes(
  fresh: ReadonlySet<UnitDeclaration>,
  all: readonly UnitDeclaration[],
  find: Find,
): DeclarationError[] {
  const errors: DeclarationError[] = [];
  for (const shorter of all) {
    if (shorter.prefixes === undefined) continue;
    for (const letter of ['a', 'i']) {
      const longer = find(letter + normaliseSymbol(shorter.name));
      if (longer === undefined || !(fresh.has(longer) || fresh.has(shorter))) continue;
      const symbol = clashingSymbol(shorter, longer, letter, find);
      if (symbol === undefined) continue;
      const [declaration, other] = fresh.has(longer) ? [longer, shorter] : [shorter, longer];
      const message = `'${symbol}' could be read as a multiple of '${declaration.name}' or of '${other.name}'; declare one of them without prefixes.`;
      errors.push({ declaration, message, reason: 'prefixClash', symbol, other });
    }
  }
  return errors;
}

function clashingSymbol(
  shorter: UnitDeclaration,
  longer: UnitDeclaration,
  letter: string,
  find: Find,
): string | undefined {
  if (shorter.prefixes === undefined || longer.prefixes === undefined) return undefined;
  for (const prefix of PREFIXES.values()) {
    const extended = PREFIXES.get(prefix.symbol + letter);
    if (extended === undefined) continue;
    if (!takesPrefix(shorter.prefixes, extended) || !takesPrefix(longer.prefixes, prefix)) continue;
    const symbol = prefix.symbol + normaliseSymbol(longer.name);
    if (find(symbol) === undefined) return symbol;
  }
  return undefined;
}

/**
 * An explicit symbol wins over a prefixed reading (min over a milli-inch), but not to give a length, say,
 * a second size: `unit km = 900 m`. `reading` is what the symbol would mean without its declaration.
 */
export function redefinition(
  declaration: UnitDeclaration,
  unit: Unit,
  reading: { readonly prefix: string; readonly base: UnitDeclaration; readonly unit: Unit },
): DeclarationError | undefined {
  const prefix = PREFIXES.get(reading.prefix);
  if (prefix === undefined || !reading.unit.dimension.equals(unit.dimension)) return undefined;
  if (reading.unit.factor.mul(new Factor(prefix.factor)).equals(unit.factor)) return undefined;
  const symbol = declaration.name;
  const message = `'${symbol}' already means ${prefix.factor.toString()} ${reading.base.name}; choose another symbol.`;
  return { declaration, message, reason: 'prefixClash', symbol, other: reading.base };
}
