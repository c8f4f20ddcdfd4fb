import { Rational } from './rational.ts';

/** One base dimension to a power num/den (den > 0, lowest terms, never zero). */
export interface DimensionTerm {
  readonly base: string;
  readonly num: number;
  readonly den: number;
}

/**
 * A product of powers of named base dimensions. The set of bases is open: every unit without a
 * definition adds one, named by its unit (`m`, `kg`; a user's with its package: `brewery.bottle`).
 *
 * Immutable. Two dimensions are equal exactly when their `key` strings are.
 */
export class Dimension {
  /** Sorted by base, so that equal dimensions have equal terms. */
  readonly terms: readonly DimensionTerm[];
  /** For example `K s`, `kg m^2 s^-3`, `m^1/2`; `1` for a plain number. */
  readonly key: string;

  private constructor(terms: readonly DimensionTerm[]) {
    this.terms = terms;
    this.key = terms.length === 0 ? '1' : terms.map(termText).join(' ');
  }

  static readonly none: Dimension = new Dimension([]);

  static base(name: string): Dimension {
    return new Dimension([{ base: name, num: 1, den: 1 }]);
  }

  /** Reads `key` back. Throws a RangeError for text that is no key. */
  static fromKey(key: string): Dimension {
    let result = Dimension.none;
    if (key === '1') return result;
    for (const part of key.split(' ')) {
      const match = /^([^^]+)(?:\^(-?\d+)(?:\/(\d+))?)?$/.exec(part);
      if (match === null) throw new RangeError(`'${key}' is no dimension key.`);
      const power = Rational.of(BigInt(match[2] ?? 1), BigInt(match[3] ?? 1));
      result = result.mul(Dimension.base(match[1] ?? '').pow(power));
    }
    return result;
  }

  get isNone(): boolean {
    return this.terms.length === 0;
  }

  equals(other: Dimension): boolean {
    return this === other || this.key === other.key;
  }

  mul(other: Dimension): Dimension {
    return this.combine(other, 1);
  }

  div(other: Dimension): Dimension {
    return this.combine(other, -1);
  }

  pow(exponent: Rational | number): Dimension {
    const power = typeof exponent === 'number' ? Rational.fromNumber(exponent) : exponent;
    if (power.isZero) return Dimension.none;
    const top = Number(power.numerator);
    const bottom = Number(power.denominator);
    return new Dimension(this.terms.map((term) => reduced(term.base, term.num * top, term.den * bottom)));
  }

  sqrt(): Dimension {
    return this.pow(Rational.of(1n, 2n));
  }

  /** The exponent of a base; zero when it does not occur. */
  exponentOf(base: string): Rational {
    const term = this.terms.find((candidate) => candidate.base === base);
    return term === undefined ? Rational.of(0n) : Rational.of(term.num, term.den);
  }

  toString(): string {
    return this.key;
  }

  /** Merges two sorted lists; `sign` is 1 for a product, -1 for a quotient. */
  private combine(other: Dimension, sign: 1 | -1): Dimension {
    if (other.isNone) return this;
    if (this.isNone && sign === 1) return other;
    const merged: DimensionTerm[] = [];
    const left = this.terms;
    const right = other.terms;
    let i = 0;
    let j = 0;
    while (i < left.length || j < right.length) {
      const a = left[i];
      const b = right[j];
      if (a !== undefined && (b === undefined || a.base < b.base)) {
        merged.push(a);
        i += 1;
      } else if (b !== undefined && (a === undefined || b.base < a.base)) {
        merged.push(sign === 1 ? b : { base: b.base, num: -b.num, den: b.den });
        j += 1;
      } else if (a !== undefined && b !== undefined) {
        const num = a.num * b.den + sign * b.num * a.den;
        if (num !== 0) merged.push(reduced(a.base, num, a.den * b.den));
        i += 1;
        j += 1;
      }
    }
    return merged.length === 0 ? Dimension.none : new Dimension(merged);
  }
}

/** The dimension of a plain number. */
export const DIMENSIONLESS: Dimension = Dimension.none;

function termText(term: DimensionTerm): string {
  if (term.den !== 1) return `${term.base}^${term.num}/${term.den}`;
  return term.num === 1 ? term.base : `${term.base}^${term.num}`;
}

function reduced(base: string, num: number, den: number): DimensionTerm {
  let a = Math.abs(num);
  let b = den;
  while (b !== 0) [a, b] = [b, a % b];
  return { base, num: num / a, den: den / a };
}
