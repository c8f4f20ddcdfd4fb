import type { DeclarationProblem } from './declarations.ts';
import type { Dimension } from './dimension.ts';
import type { Factor } from './factor.ts';
import type { Rational } from './rational.ts';

/** SI value = (x + offset) · factor, where SI means the coherent product of base units. */
export interface Unit {
  /** As written. */
  readonly text: string;
  readonly dimension: Dimension;
  readonly factor: Factor;
  readonly offset?: Rational;
  /** A point on a scale (`degC`), not an amount: values have kind `absolute`. */
  readonly absolute: boolean;
}

/** What one symbol means, or what is wrong with its declaration. */
export type SymbolResult =
  | { readonly ok: true; readonly unit: Unit }
  | { readonly ok: false; readonly problem: DeclarationProblem };
