/** Turns one declaration into its unit: number, offset and the units it is made of. */
import type { UnitDeclaration } from './declarations.ts';
import { DIMENSIONLESS, Dimension } from './dimension.ts';
import { Factor, UNITY } from './factor.ts';
import { ONE, Rational, ZERO } from './rational.ts';
import type { SymbolResult, Unit } from './unit.ts';
import { parseUnitText } from './unit-text.ts';

/** A base unit of the standard library is a dimension by its symbol alone; a user's carries its package. */
export const LIBRARY_PACKAGE = 'pollux.units';

/** What a definition may ask about the names around it. */
export interface DefinitionScope {
  /** Undefined when there is no such symbol. */
  resolveSymbol(symbol: string): SymbolResult | undefined;
  suggest(text: string, symbol: string, at: number): readonly string[];
  /** Symbols of units for differences on this scale. */
  amountsFor(scale: Unit): readonly string[];
}

export function evaluateDefinition(
  name: string,
  declaration: UnitDeclaration,
  scope: DefinitionScope,
): SymbolResult {
  const malformed = (problem: string): SymbolResult => ({
    ok: false,
    problem: { reason: 'malformed', problem },
  });
  const spelt = parseUnitText(declaration.name);
  if (!spelt.ok || spelt.atoms.length !== 1 || !spelt.atoms[0]!.exponent.equals(ONE))
    return malformed(
      `'${declaration.name}' would be read as a power or a product; a symbol has letters only`,
    );
  const { definition } = declaration;
  if (definition === undefined) {
    if (declaration.offset !== undefined) return malformed('a base unit has no offset');
    const owner = declaration.package;
    const base =
      owner === LIBRARY_PACKAGE || owner === '' ? declaration.name : `${owner}.${declaration.name}`;
    return {
      ok: true,
      unit: { text: name, dimension: Dimension.base(base), factor: UNITY, absolute: false },
    };
  }
  const ratio = isBlank(definition.factor) ? ONE : Rational.parse(definition.factor ?? '');
  if (ratio === undefined)
    return malformed(`'${definition.factor}' is neither a decimal nor a ratio such as 5/9`);
  if (ratio.compare(ZERO) <= 0) return malformed('the factor of a unit is greater than zero');
  const offset = declaration.offset === undefined ? undefined : Rational.parse(declaration.offset);
  if (declaration.offset !== undefined && offset === undefined)
    return malformed(`'${declaration.offset}' is no number`);
  if (offset !== undefined && declaration.prefixes !== undefined) {
    return malformed('a unit with an offset is a point on a scale and takes no prefixes');
  }
  const text = isBlank(definition.unit) ? '1' : (definition.unit ?? '1');
  const parsed = parseUnitText(text);
  if (!parsed.ok) return malformed(`'${text}' is no unit: ${parsed.problem}`);
  let dimension = DIMENSIONLESS;
  let factor = new Factor(ratio);
  for (const { symbol, at, exponent } of parsed.atoms) {
    const part = scope.resolveSymbol(symbol);
    if (part === undefined) {
      const suggestions = scope.suggest(text, symbol, at);
      return { ok: false, problem: { reason: 'unknownUnit', symbol, at, suggestions } };
    }
    if (!part.ok)
      return part.problem.reason === 'cyclic'
        ? part
        : malformed(`the declaration of '${symbol}' is in error`);
    const alias =
      parsed.atoms.length === 1 && exponent.equals(ONE) && ratio.equals(ONE) && offset === undefined;
    if (part.unit.absolute) {
      // `unit °C = degC` is a second name; anything else made from a scale has no meaning.
      if (alias && declaration.prefixes === undefined)
        return { ok: true, unit: { ...part.unit, text: name } };
      return malformed(
        `'${symbol}' is a point on a scale; define this unit from ${scope.amountsFor(part.unit)[0] ?? 'its base unit'}`,
      );
    }
    const power = part.unit.factor.pow(exponent);
    if (power === undefined)
      return malformed(`'${symbol}' to the power ${exponent.toString()} has no exact value`);
    dimension = dimension.mul(part.unit.dimension.pow(exponent));
    factor = factor.mul(power);
  }
  if (offset !== undefined && factor.piPower !== 0) return malformed('an offset and pi do not go together');
  const unit: Unit = { text: name, dimension, factor, absolute: offset !== undefined };
  return { ok: true, unit: offset === undefined ? unit : { ...unit, offset } };
}

export function isBlank(text: string | undefined): boolean {
  return text === undefined || text.trim() === '';
}
