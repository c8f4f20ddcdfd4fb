/**
 * Exact rational numbers over BigInt, with one correctly rounded way out to a double.
 *
 * Unit conversion must be exact until its last step, so that `120 m3/h` and `2 m3/min` are the same
 * number and not two doubles that differ in the last bit.
 */
export class Rational {
  /** Always in lowest terms, with a positive denominator. */
  readonly numerator: bigint;
  readonly denominator: bigint;

  private constructor(numerator: bigint, denominator: bigint) {
    this.numerator = numerator;
    this.denominator = denominator;
  }

  /** numerator / denominator in lowest terms. Throws a RangeError for a zero denominator. */
  static of(numerator: bigint | number, denominator: bigint | number = 1n): Rational {
    let n = BigInt(numerator);
    let d = BigInt(denominator);
    if (d === 0n) throw new RangeError('A rational number needs a denominator other than zero.');
    if (d < 0n) {
      n = -n;
      d = -d;
    }
    const divisor = d === 1n ? 1n : greatestCommonDivisor(n < 0n ? -n : n, d);
    return divisor === 1n ? new Rational(n, d) : new Rational(n / divisor, d / divisor);
  }

  /**
   * Reads a decimal (`9.80665`, `-3`, `1e-3`, `1_000`) or a ratio of two (`5/9`).
   * Undefined when the text is neither, when it divides by zero, or when its power of ten is beyond
   * ±5000 (no double is anywhere near, and the digits alone would fill the memory).
   */
  static parse(text: string): Rational | undefined {
    const slash = text.indexOf('/');
    if (slash < 0) return parseDecimal(text);
    const top = parseDecimal(text.slice(0, slash));
    const bottom = parseDecimal(text.slice(slash + 1));
    return top === undefined || bottom === undefined || bottom.isZero ? undefined : top.div(bottom);
  }

  /** The exact value of a finite double. Throws a RangeError for NaN and the infinities. */
  static fromNumber(value: number): Rational {
    if (Number.isSafeInteger(value)) return Rational.of(BigInt(value));
    if (!Number.isFinite(value)) throw new RangeError(`${value} is not a rational number.`);
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, value);
    const bits = view.getBigUint64(0);
    const biased = Number((bits >> 52n) & 0x7ffn);
    const fraction = bits & 0xfffffffffffffn;
    const significand = biased === 0 ? fraction : fraction | (1n << 52n);
    const power = (biased === 0 ? 1 : biased) - 1075;
    const signed = bits >> 63n === 1n ? -significand : significand;
    return power >= 0 ? Rational.of(signed << BigInt(power)) : Rational.of(signed, 1n << BigInt(-power));
  }

  get isZero(): boolean {
    return this.numerator === 0n;
  }

  get isInteger(): boolean {
    return this.denominator === 1n;
  }

  add(other: Rational): Rational {
    return Rational.of(
      this.numerator * other.denominator + other.numerator * this.denominator,
      this.denominator * other.denominator,
    );
  }

  sub(other: Rational): Rational {
    return this.add(other.negate());
  }

  mul(other: Rational): Rational {
    if (other.numerator === 1n && other.denominator === 1n) return this;
    if (this.numerator === 1n && this.denominator === 1n) return other;
    return Rational.of(this.numerator * other.numerator, this.denominator * other.denominator);
  }

  /** Throws a RangeError when `other` is zero. */
  div(other: Rational): Rational {
    if (other.numerator === 1n && other.denominator === 1n) return this;
    return Rational.of(this.numerator * other.denominator, this.denominator * other.numerator);
  }

  negate(): Rational {
    return new Rational(-this.numerator, this.denominator);
  }

  /** The exact power, or undefined when it is no rational number (a root of 2, zero to a negative power). */
  pow(exponent: Rational): Rational | undefined {
    if (exponent.numerator === 1n && exponent.denominator === 1n) return this;
    const up = exponent.numerator < 0n ? -exponent.numerator : exponent.numerator;
    if (exponent.numerator < 0n && this.isZero) return undefined;
    const n = exactRoot(this.numerator ** up, exponent.denominator);
    const d = exactRoot(this.denominator ** up, exponent.denominator);
    if (n === undefined || d === undefined) return undefined;
    // Powers and roots of what has no common divisor have none either.
    if (exponent.numerator > 0n) return new Rational(n, d);
    return n < 0n ? new Rational(-d, -n) : new Rational(d, n);
  }

  compare(other: Rational): -1 | 0 | 1 {
    const difference = this.numerator * other.denominator - other.numerator * this.denominator;
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  }

  equals(other: Rational): boolean {
    return this.numerator === other.numerator && this.denominator === other.denominator;
  }

  /** The nearest double, ties to even; beyond the largest double ±Infinity, subnormals included. */
  toNumber(): number {
    return nearestDouble(this.numerator, this.denominator);
  }

  /** Decimal text when the decimal ends (`2.2`, `-0.001`), else a ratio (`5/9`). Exact either way. */
  toString(): string {
    let rest = this.denominator;
    let digits = 0;
    let twos = 0;
    let fives = 0;
    while (rest % 2n === 0n) {
      rest /= 2n;
      twos += 1;
    }
    while (rest % 5n === 0n) {
      rest /= 5n;
      fives += 1;
    }
    if (rest !== 1n) return `${this.numerator}/${this.denominator}`;
    digits = Math.max(twos, fives);
    const scaled = (this.numerator * 10n ** BigInt(digits)) / this.denominator;
    const negative = scaled < 0n;
    const text = String(negative ? -scaled : scaled).padStart(digits + 1, '0');
    const whole = text.slice(0, text.length - digits);
    return (negative ? '-' : '') + whole + (digits > 0 ? `.${text.slice(text.length - digits)}` : '');
  }
}

const LARGEST_POWER_OF_TEN = 5000;

function parseDecimal(text: string): Rational | undefined {
  const match = /^\s*([+-]?)(\d[\d_]*)?(?:\.(\d[\d_]*)?)?(?:[eE]([+-]?\d+))?\s*$/.exec(text);
  if (match === null) return undefined;
  const whole = (match[2] ?? '').replaceAll('_', '');
  const fraction = (match[3] ?? '').replaceAll('_', '');
  if (whole === '' && fraction === '') return undefined;
  const power = Number(match[4] ?? 0) - fraction.length;
  if (Math.abs(power) > LARGEST_POWER_OF_TEN) return undefined;
  const digits = BigInt(whole + fraction);
  const signed = match[1] === '-' ? -digits : digits;
  return power >= 0 ? Rational.of(signed * 10n ** BigInt(power)) : Rational.of(signed, 10n ** BigInt(-power));
}

/** The double that is nearest to numerator / denominator, which need not be in lowest terms; ties to even. */
export function nearestDouble(numerator: bigint, denominator: bigint): number {
  if (numerator === 0n) return 0;
  const negative = numerator < 0n;
  const n = negative ? -numerator : numerator;
  const d = denominator;
  // Scale so that the quotient has 53 bits, or fewer where the result is subnormal.
  let shift = 53 - (bitLength(n) - bitLength(d));
  if (compareScaled(n, d, shift) >= 0) shift -= 1;
  if (shift > 1074) shift = 1074;
  const scaledTop = shift > 0 ? n << BigInt(shift) : n;
  const scaledBottom = shift < 0 ? d << BigInt(-shift) : d;
  let quotient = scaledTop / scaledBottom;
  const twiceRest = (scaledTop - quotient * scaledBottom) * 2n;
  if (twiceRest > scaledBottom || (twiceRest === scaledBottom && (quotient & 1n) === 1n)) quotient += 1n;
  // A carry out of the significand lands in the exponent field, which is what rounding up means.
  const biased = quotient < 1n << 52n ? 0n : BigInt(1075 - shift) - 1n;
  const bits = (biased << 52n) + quotient;
  const magnitude = bits >= 0x7ffn << 52n ? Infinity : fromBits(bits);
  return negative ? -magnitude : magnitude;
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}

function bitLength(value: bigint): number {
  const hex = value.toString(16);
  return (hex.length - 1) * 4 + (32 - Math.clz32(Number.parseInt(hex[0] ?? '0', 16)));
}

/** Compares n·2^shift / d with 2^53. */
function compareScaled(n: bigint, d: bigint, shift: number): number {
  const left = shift > 0 ? n << BigInt(shift) : n;
  const right = (shift < 0 ? d << BigInt(-shift) : d) << 53n;
  return left < right ? -1 : left > right ? 1 : 0;
}

function fromBits(bits: bigint): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, bits);
  return view.getFloat64(0);
}

/** The integer whose `degree`-th power is `value`, if there is one (Newton's iteration, then a check). */
function exactRoot(value: bigint, degree: bigint): bigint | undefined {
  if (degree === 1n || value === 0n || value === 1n) return value;
  if (value < 0n) {
    if (degree % 2n === 0n) return undefined;
    const root = exactRoot(-value, degree);
    return root === undefined ? undefined : -root;
  }
  let guess = 1n << BigInt(Math.ceil(bitLength(value) / Number(degree)));
  for (;;) {
    const next = ((degree - 1n) * guess + value / guess ** (degree - 1n)) / degree;
    if (next >= guess) break;
    guess = next;
  }
  return guess ** degree === value ? guess : undefined;
}

export const ZERO: Rational = Rational.of(0n);
export const ONE: Rational = Rational.of(1n);
