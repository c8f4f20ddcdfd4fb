/** What the grammar hands over: unit and quantity declarations as plain data, nothing resolved. */
import type { PrefixFamily } from './prefixes.ts';

export interface UnitDeclaration {
  /** The symbol as written: `m`, `degC`, `%`. */
  readonly name: string;
  /** The package that declares it. Names the base dimension of a unit without a definition. */
  readonly package: string;
  /** Absent: a new base unit with its own base dimension. */
  readonly definition?: {
    /** A decimal or a ratio of two (`0.001`, `5/9`); absent or empty means 1. */
    readonly factor?: string;
    /** Unit text; absent, empty or `1` for a plain number (`unit % = 0.01`). */
    readonly unit?: string;
  };
  /** `offset 273.15`: SI value = (x + offset) · factor. Makes the unit a point on a scale. */
  readonly offset?: string;
  /** `si`: all SI prefixes. `binary`: Ki, Mi, … and the SI prefixes from k up. */
  readonly prefixes?: PrefixFamily;
  readonly doc?: string;
  /** The caller's own position, handed back untouched in errors. */
  readonly position?: unknown;
}

export interface QuantityDeclaration {
  readonly name: string;
  readonly package: string;
  /** The unit text that gives the dimension; when coherent it is also how the dimension is written. */
  readonly unit: string;
  /** `quantity Temperature = K absolute`: a point on a scale, not a difference. */
  readonly absolute?: boolean;
  readonly doc?: string;
  readonly position?: unknown;
}

export interface Declarations {
  readonly units?: readonly UnitDeclaration[];
  readonly quantities?: readonly QuantityDeclaration[];
}

export type DeclarationProblem =
  /** The same symbol or quantity name twice; `other` is the earlier one. */
  | { readonly reason: 'duplicate'; readonly other: UnitDeclaration | QuantityDeclaration }
  /** A symbol in the definition is not known. `at` is an offset in the definition's unit text. */
  | {
      readonly reason: 'unknownUnit';
      readonly symbol: string;
      readonly at: number;
      readonly suggestions: readonly string[];
    }
  /** The definitions go round in a circle: the symbols in order. */
  | { readonly reason: 'cyclic'; readonly path: readonly string[] }
  /** The text of the unit or the number cannot be read, or has no exact value; `problem` says why. */
  | { readonly reason: 'malformed'; readonly problem: string }
  /** A prefixed reading of this unit and of another are spelt alike (`d`+`ab`, `da`+`b`). */
  | { readonly reason: 'prefixClash'; readonly symbol: string; readonly other: UnitDeclaration };

export type DeclarationError = {
  readonly declaration: UnitDeclaration | QuantityDeclaration;
  /** One sentence for people. */
  readonly message: string;
} & DeclarationProblem;
