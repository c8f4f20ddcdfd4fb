/**
 * The units and quantities that one package sees: what it declares, what it imports, and its parent
 * (the standard library). Declarations in any order; definitions and prefixed symbols are resolved when
 * first asked for and then remembered, so that building a table costs one pass over the names.
 */
import type {
  DeclarationError,
  DeclarationProblem,
  Declarations,
  QuantityDeclaration,
  UnitDeclaration,
} from './declarations.ts';
import { evaluateDefinition, isBlank } from './definition.ts';
import { DIMENSIONLESS, type Dimension } from './dimension.ts';
import { Factor, PI, UNITY } from './factor.ts';
import { problemMessage, unknownUnitMessage } from './messages.ts';
import { prefixClashes, redefinition } from './prefix-clashes.ts';
import { normaliseSymbol, PREFIXES, takesPrefix } from './prefixes.ts';
import type { Quantity } from './quantity.ts';
import { ONE } from './rational.ts';
import { suggestUnits } from './suggestions.ts';
import type { SymbolResult, Unit } from './unit.ts';
import { parseUnitText, withoutTypography } from './unit-text.ts';

export interface UnitFailure {
  readonly ok: false;
  /**
   * `unknown`: no such symbol. `syntax`: the text is no unit. `absolute`: a scale such as degC inside a
   * product or power. `inexact`: a root that has no exact value. `broken`: its declaration is in error.
   */
  readonly reason: 'unknown' | 'syntax' | 'absolute' | 'inexact' | 'broken';
  /** The part at fault: offset and length in the unit text, and that text. */
  readonly at: number;
  readonly length: number;
  readonly symbol: string;
  /** Replacements for that part, best first. Each resolves. */
  readonly suggestions: readonly string[];
  /** One sentence for people. */
  readonly message: string;
}

export type UnitResult = { readonly ok: true; readonly unit: Unit } | UnitFailure;

export interface ResolveOptions {
  /** Suggestions of this dimension come first. */
  readonly expected?: Dimension;
  /** False: leave the suggestions empty (they cost far more than the answer). */
  readonly suggest?: boolean;
}

export interface QuantityInfo extends Quantity {
  readonly declaration: QuantityDeclaration;
  /** The unit of the declaration. */
  readonly unit: Unit;
}

/** Units taken from another package's table: all that it declares itself, or the named ones. */
export interface UnitImport {
  readonly from: UnitTable;
  readonly names?: readonly string[];
}

/** Guards the call stack against a generated chain of definitions; real ones are a handful deep. */
const DEEPEST_DEFINITION = 500;

interface Owned {
  readonly declaration: UnitDeclaration;
  readonly owner: UnitTable;
}

export class UnitTable {
  readonly parent: UnitTable | undefined;
  private readonly units = new Map<string, Owned>();
  private readonly quantities = new Map<string, { declaration: QuantityDeclaration; owner: UnitTable }>();
  private readonly ownUnits: readonly UnitDeclaration[];
  private readonly ownQuantities: readonly QuantityDeclaration[];
  private readonly nameErrors: DeclarationError[] = [];

  // Memory of what was resolved: a cache of a pure function of the declarations, never visible outside.
  private readonly symbolCache = new Map<string, SymbolResult | undefined>();
  private readonly textCache = new Map<string, UnitResult>();
  private readonly inProgress: string[] = [];
  private errorCache: readonly DeclarationError[] | undefined;
  private quantityCache: readonly QuantityInfo[] | undefined;
  private absoluteCache: ReadonlySet<string> | undefined;

  private constructor(
    parent: UnitTable | undefined,
    declarations: Declarations,
    imports: readonly UnitImport[],
  ) {
    this.parent = parent;
    for (const source of imports) this.takeFrom(source);
    this.ownUnits = (declarations.units ?? []).filter((unit) => this.declareUnit(unit));
    this.ownQuantities = (declarations.quantities ?? []).filter((quantity) => this.declareQuantity(quantity));
  }

  /** A table of its own, with nothing above it. */
  static from(declarations: Declarations): UnitTable {
    return new UnitTable(undefined, declarations, []);
  }

  /** A table that sees these declarations, the imports, and all that this table sees. */
  extend(declarations: Declarations, imports: readonly UnitImport[] = []): UnitTable {
    return new UnitTable(this, declarations, imports);
  }

  /** What is wrong with this table's own declarations (not its parent's). Found on first use. */
  get errors(): readonly DeclarationError[] {
    this.errorCache ??= [
      ...this.nameErrors,
      ...prefixClashes(
        new Set([...this.units.values()].map((owned) => owned.declaration)),
        this.allUnits(),
        (name) => this.find(name)?.declaration,
      ),
      ...this.definitionErrors(),
    ];
    return this.errorCache;
  }

  /** The unit that this text means here. The same text gives the same object. */
  resolve(unitText: string, options: ResolveOptions = {}): UnitResult {
    const known = this.textCache.get(unitText);
    if (known !== undefined && (known.ok || options.expected === undefined)) return known;
    const result = this.resolveText(unitText, options);
    const complete = options.expected === undefined && options.suggest !== false;
    if (complete || result.ok) this.textCache.set(unitText, result);
    return result;
  }

  /** The declaration behind one symbol, prefixed or not, for go-to-definition and hovers. */
  declarationOf(symbol: string): { declaration: UnitDeclaration; prefix: string } | undefined {
    const name = normaliseSymbol(symbol);
    const explicit = this.find(name);
    if (explicit !== undefined) return { declaration: explicit.declaration, prefix: '' };
    const reading = this.prefixedReading(name);
    return reading === undefined
      ? undefined
      : { declaration: reading.base.declaration, prefix: reading.prefix };
  }

  /** The quantity of this name, or undefined when there is none or its unit does not resolve. */
  quantity(name: string): QuantityInfo | undefined {
    for (const table of this.chain()) {
      const found = table.quantities.get(name);
      if (found !== undefined) return this.quantityInfo(found.declaration, found.owner);
    }
    return undefined;
  }

  /** All quantities in sight that resolve: imports and own first, then the parent's, as declared. */
  allQuantities(): readonly QuantityInfo[] {
    if (this.quantityCache === undefined) {
      const visible = new Map<string, QuantityInfo>();
      for (const table of this.chain()) {
        for (const [name, { declaration, owner }] of table.quantities) {
          const info = visible.has(name) ? undefined : this.quantityInfo(declaration, owner);
          if (info !== undefined) visible.set(name, info);
        }
      }
      this.quantityCache = [...visible.values()];
    }
    return this.quantityCache;
  }

  /** All unit declarations in sight: imports and own first, then the parent's, as declared. */
  allUnits(): readonly UnitDeclaration[] {
    return [...this.chain()].flatMap((table) => [...table.units.values()].map((owned) => owned.declaration));
  }

  /** Whether this dimension has an absolute scale here, so that points and differences are told apart. */
  hasAbsoluteScale(dimension: Dimension): boolean {
    if (this.absoluteCache === undefined) {
      const keys = new Set<string>();
      for (const declaration of this.allUnits()) {
        if (declaration.offset === undefined) continue;
        const result = this.resolve(declaration.name);
        if (result.ok) keys.add(result.unit.dimension.key);
      }
      for (const table of this.chain()) {
        for (const { declaration, owner } of table.quantities.values()) {
          if (declaration.absolute !== true) continue;
          const result = owner.resolve(declaration.unit);
          if (result.ok) keys.add(result.unit.dimension.key);
        }
      }
      this.absoluteCache = keys;
    }
    return this.absoluteCache.has(dimension.key);
  }

  // ── names ──────────────────────────────────────────────────────────────────────────────────────

  private *chain(): Iterable<UnitTable> {
    for (let table: UnitTable | undefined = this; table !== undefined; table = table.parent) yield table;
  }

  private takeFrom({ from, names }: UnitImport): void {
    const wanted = names === undefined ? undefined : new Set(names.map(normaliseSymbol));
    for (const declaration of from.ownUnits) {
      const name = normaliseSymbol(declaration.name);
      if (wanted !== undefined && !wanted.has(name)) continue;
      const earlier = this.find(name);
      if (earlier !== undefined && earlier.declaration !== declaration)
        this.duplicate(declaration, earlier.declaration);
      else this.units.set(name, { declaration, owner: from });
    }
    for (const declaration of from.ownQuantities) {
      if (wanted !== undefined && !wanted.has(declaration.name)) continue;
      const earlier = this.findQuantity(declaration.name);
      if (earlier !== undefined && earlier !== declaration) this.duplicate(declaration, earlier);
      else this.quantities.set(declaration.name, { declaration, owner: from });
    }
  }

  private declareUnit(declaration: UnitDeclaration): boolean {
    const name = normaliseSymbol(declaration.name);
    const earlier = this.find(name);
    if (earlier !== undefined) {
      this.duplicate(declaration, earlier.declaration);
      return false;
    }
    this.units.set(name, { declaration, owner: this });
    return true;
  }

  /** A package may give a quantity name of the library a meaning of its own; a unit symbol it may not. */
  private declareQuantity(declaration: QuantityDeclaration): boolean {
    const earlier = this.quantities.get(declaration.name)?.declaration;
    if (earlier !== undefined) {
      this.duplicate(declaration, earlier);
      return false;
    }
    this.quantities.set(declaration.name, { declaration, owner: this });
    return true;
  }

  private duplicate(
    declaration: UnitDeclaration | QuantityDeclaration,
    other: UnitDeclaration | QuantityDeclaration,
  ): void {
    const message = `'${declaration.name}' is already declared in ${other.package}; choose another name.`;
    this.nameErrors.push({ declaration, message, reason: 'duplicate', other });
  }

  private find(name: string): Owned | undefined {
    return this.units.get(name) ?? this.parent?.find(name);
  }

  private findQuantity(name: string): QuantityDeclaration | undefined {
    return this.quantities.get(name)?.declaration ?? this.parent?.findQuantity(name);
  }

  /** The longest prefix first; `prefixClashes` makes sure that at most one reading exists. */
  private prefixedReading(name: string): { base: Owned; prefix: string } | undefined {
    for (let length = Math.min(2, name.length - 1); length > 0; length -= 1) {
      const prefix = PREFIXES.get(name.slice(0, length));
      if (prefix === undefined) continue;
      const base = this.find(name.slice(length));
      const family = base?.declaration.prefixes;
      if (base !== undefined && family !== undefined && takesPrefix(family, prefix)) {
        return { base, prefix: prefix.symbol };
      }
    }
    return undefined;
  }

  // ── resolution ─────────────────────────────────────────────────────────────────────────────────

  private resolveText(text: string, options: ResolveOptions): UnitResult {
    const parsed = parseUnitText(text);
    if (!parsed.ok) {
      const message = `'${text}' is no unit: ${parsed.problem}.`;
      const plain = withoutTypography(text);
      if (plain !== text && options.suggest !== false && this.resolve(plain, { suggest: false }).ok) {
        const whole = { at: 0, length: text.length, symbol: text, suggestions: [plain] };
        return { ok: false, reason: 'syntax', ...whole, message: `${message.slice(0, -1)}; write ${plain}.` };
      }
      const { at, length } = parsed;
      const symbol = text.slice(at, at + length);
      return { ok: false, reason: 'syntax', at, length, symbol, suggestions: [], message };
    }
    let dimension = DIMENSIONLESS;
    let factor = UNITY;
    for (const { symbol, at, exponent } of parsed.atoms) {
      const failure = (
        reason: UnitFailure['reason'],
        message: string,
        suggestions: readonly string[] = [],
      ): UnitFailure => ({ ok: false, reason, at, length: symbol.length, symbol, suggestions, message });

      const found = this.resolveSymbol(symbol);
      if (found === undefined) {
        const request = { text, symbol, at, expected: options.expected };
        const suggestions = options.suggest === false ? [] : suggestUnits(this, request);
        return failure('unknown', unknownUnitMessage(symbol, suggestions), suggestions);
      }
      if (!found.ok) return failure('broken', `The declaration of '${symbol}' is in error.`);
      const { unit } = found;
      const alone = parsed.atoms.length === 1 && exponent.equals(ONE);
      if (unit.absolute) {
        if (alone) return { ok: true, unit: unit.text === text ? unit : { ...unit, text } };
        const amounts = this.amountsFor(unit);
        const instead = amounts.length > 0 ? `; for differences write ${amounts[0]}` : '';
        return failure(
          'absolute',
          `'${symbol}' is a point on a scale and cannot be multiplied or divided${instead}.`,
          amounts,
        );
      }
      const power = exponent.equals(ONE) ? unit.factor : unit.factor.pow(exponent);
      if (power === undefined) {
        return failure(
          'inexact',
          `'${symbol}' to the power ${exponent.toString()} has no exact value; use a coherent unit.`,
        );
      }
      dimension = dimension.mul(exponent.equals(ONE) ? unit.dimension : unit.dimension.pow(exponent));
      factor = factor.mul(power);
    }
    return { ok: true, unit: { text, dimension, factor, absolute: false } };
  }

  /** Undefined when there is no such symbol. */
  private resolveSymbol(symbol: string): SymbolResult | undefined {
    const name = normaliseSymbol(symbol);
    if (this.symbolCache.has(name)) return this.symbolCache.get(name);
    const result = this.lookUp(name);
    // A result found half-way round a circle is not the answer for good.
    if (this.inProgress.length === 0 || result?.ok === true) this.symbolCache.set(name, result);
    return result;
  }

  private lookUp(name: string): SymbolResult | undefined {
    const explicit = this.find(name);
    if (explicit !== undefined) {
      if (explicit.owner !== this) return explicit.owner.resolveSymbol(name);
      return this.define(name, explicit.declaration);
    }
    if (name === 'pi')
      return { ok: true, unit: { text: 'pi', dimension: DIMENSIONLESS, factor: PI, absolute: false } };
    const reading = this.prefixedReading(name);
    if (reading === undefined) return undefined;
    const base = this.resolveSymbol(reading.base.declaration.name);
    const prefix = PREFIXES.get(reading.prefix);
    if (base === undefined || !base.ok || prefix === undefined) return base;
    const factor = base.unit.factor.mul(new Factor(prefix.factor));
    return { ok: true, unit: { text: name, dimension: base.unit.dimension, factor, absolute: false } };
  }

  private define(name: string, declaration: UnitDeclaration): SymbolResult {
    const start = this.inProgress.indexOf(name);
    if (start >= 0) {
      return { ok: false, problem: { reason: 'cyclic', path: [...this.inProgress.slice(start), name] } };
    }
    if (this.inProgress.length > DEEPEST_DEFINITION) {
      return {
        ok: false,
        problem: { reason: 'malformed', problem: 'it is defined through too many others' },
      };
    }
    this.inProgress.push(name);
    try {
      return evaluateDefinition(name, declaration, {
        resolveSymbol: (symbol) => this.resolveSymbol(symbol),
        suggest: (text, symbol, at) => suggestUnits(this, { text, symbol, at }),
        amountsFor: (scale) => this.amountsFor(scale),
      });
    } finally {
      this.inProgress.pop();
    }
  }

  /** Units for differences on this scale: same dimension and factor, no offset (degC → K, degF → degR). */
  private amountsFor(scale: Unit): string[] {
    const fitting: string[] = [];
    for (const declaration of this.allUnits()) {
      if (declaration.offset !== undefined || this.inProgress.includes(declaration.name)) continue;
      const result = this.resolveSymbol(declaration.name);
      if (result?.ok !== true || result.unit.absolute) continue;
      const { dimension, factor } = result.unit;
      if (dimension.equals(scale.dimension) && factor.equals(scale.factor)) fitting.push(declaration.name);
    }
    return fitting;
  }

  private quantityInfo(declaration: QuantityDeclaration, owner: UnitTable): QuantityInfo | undefined {
    const result = owner.resolve(isBlank(declaration.unit) ? '1' : declaration.unit);
    if (!result.ok) return undefined;
    const { dimension } = result.unit;
    const difference = this.hasAbsoluteScale(dimension) ? 'difference' : 'either';
    const kind = declaration.absolute === true ? 'absolute' : difference;
    return { declaration, unit: result.unit, dimension, kind };
  }

  // ── errors ─────────────────────────────────────────────────────────────────────────────────────

  private definitionErrors(): DeclarationError[] {
    const errors: DeclarationError[] = [];
    for (const declaration of this.ownUnits) {
      const result = this.resolveSymbol(declaration.name);
      if (result === undefined) continue;
      if (result.ok) {
        const reading = this.prefixedReading(normaliseSymbol(declaration.name));
        const base = reading && this.resolveSymbol(reading.base.declaration.name);
        if (reading === undefined || base?.ok !== true) continue;
        const { prefix } = reading;
        const error = redefinition(declaration, result.unit, {
          prefix,
          base: reading.base.declaration,
          unit: base.unit,
        });
        if (error !== undefined) errors.push(error);
      } else errors.push({ declaration, message: problemMessage(result.problem), ...result.problem });
    }
    for (const declaration of this.ownQuantities) {
      const result = this.resolve(isBlank(declaration.unit) ? '1' : declaration.unit);
      if (result.ok) continue;
      const problem: DeclarationProblem =
        result.reason === 'unknown'
          ? { reason: 'unknownUnit', symbol: result.symbol, at: result.at, suggestions: result.suggestions }
          : { reason: 'malformed', problem: result.message };
      errors.push({ declaration, message: result.message, ...problem });
    }
    return errors;
  }
}
