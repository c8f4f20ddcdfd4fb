import { nearestDouble, ONE, Rational } from './rational.ts';

/**
 * An exact factor between units: a rational number times a whole power of pi.
 *
 * Pi is the one irrational that engineering units need (degrees, revolutions, parsecs). Kept symbolic,
 * it cancels exactly: `rpm` to `rev/s` is 1/60 and nothing else.
 */
export class Factor {
  readonly ratio: Rational;
  readonly piPower: number;

  constructor(ratio: Rational, piPower = 0) {
    this.ratio = ratio;
    this.piPower = ratio.isZero ? 0 : piPower;
  }

  mul(other: Factor): Factor {
    return new Factor(this.ratio.mul(other.ratio), this.piPower + other.piPower);
  }

  div(other: Factor): Factor {
    return new Factor(this.ratio.div(other.ratio), this.piPower - other.piPower);
  }

  /** The exact power, or undefined when it has no exact form (the root of 1000, the root of pi). */
  pow(exponent: Rational): Factor | undefined {
    const ratio = this.ratio.pow(exponent);
    const pi = Rational.of(this.piPower).mul(exponent);
    return ratio === undefined || !pi.isInteger ? undefined : new Factor(ratio, Number(pi.numerator));
  }

  equals(other: Factor): boolean {
    return this.piPower === other.piPower && this.ratio.equals(other.ratio);
  }

  get isOne(): boolean {
    return this.piPower === 0 && this.ratio.equals(ONE);
  }

  /** The nearest double of this factor plus `term`, ties to even. */
  toNumber(term?: Rational): number {
    if (this.piPower === 0) return (term === undefined ? this.ratio : this.ratio.add(term)).toNumber();
    // Between two bounds of pi that round alike lies one answer. Pi is irrational, so this ends.
    for (let bits = FIRST_BITS; ; bits *= 2) {
      const [below, above] = bits === FIRST_BITS ? FIRST_BOUNDS : boundsOfPi(bits);
      const first = this.withPi(below, term);
      const second = this.withPi(above, term);
      if (Object.is(first, second)) return first;
    }
  }

  private withPi(pi: Rational, term: Rational | undefined): number {
    // Degrees come by the thousand, in recordings. Lowest terms of numbers of 256 bits cost more than all else.
    const { numerator, denominator } = this.ratio;
    if (this.piPower === 1 && term === undefined)
      return nearestDouble(numerator * pi.numerator, denominator * pi.denominator);
    const power = pi.pow(Rational.of(this.piPower)) ?? ONE;
    const product = this.ratio.mul(power);
    return (term === undefined ? product : product.add(term)).toNumber();
  }

  /** `2.5`, `5/9`, `pi/180`-like texts for messages: the ratio, then the power of pi. */
  toString(): string {
    if (this.piPower === 0) return this.ratio.toString();
    return `${this.ratio.toString()} pi${this.piPower === 1 ? '' : `^${this.piPower}`}`;
  }
}

export const UNITY: Factor = new Factor(ONE);
export const PI: Factor = new Factor(ONE, 1);

/** Machin's formula, pi = 16 atan(1/5) - 4 atan(1/239), in fixed point with 32 guard bits. */
function boundsOfPi(bits: number): [Rational, Rational] {
  const guard = 32;
  const scale = 1n << BigInt(bits + guard);
  const pi = (16n * arctangentOfInverse(5n, scale) - 4n * arctangentOfInverse(239n, scale)) >> BigInt(guard);
  const one = 1n << BigInt(bits);
  return [Rational.of(pi - 1n, one), Rational.of(pi + 1n, one)];
}

function arctangentOfInverse(x: bigint, scale: bigint): bigint {
  let term = scale / x;
  let sum = term;
  for (let n = 3n, sign = -1n; term !== 0n; n += 2n, sign = -sign) {
    term /= x * x;
    sum += (sign * term) / n;
  }
  return sum;
}

/** Enough for all but values that lie next to the middle between two doubles. */
const FIRST_BITS = 256;
const FIRST_BOUNDS = boundsOfPi(FIRST_BITS);
