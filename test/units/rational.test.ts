/** Exact numbers: correct rounding against the host's own correctly rounded reading and division. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Factor, Rational } from '../../compiler/2-check/units/index.ts';

const small = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n });
const positive = fc.bigInt({ min: 1n, max: 10n ** 30n });
const rational = fc.tuple(small, positive).map(([n, d]) => Rational.of(n, d));

function parsed(text: string): Rational {
  const value = Rational.parse(text);
  if (value === undefined) throw new Error(`'${text}' does not parse`);
  return value;
}

describe('a decimal text', () => {
  it('becomes the nearest double, as the host reads it (ECMA-262 rounds to nearest, ties to even)', () => {
    const digits = fc
      .array(fc.constantFrom(...'0123456789'), { minLength: 1, maxLength: 40 })
      .map((d) => d.join(''));
    fc.assert(
      fc.property(digits, digits, fc.integer({ min: -350, max: 330 }), (whole, fraction, power) => {
        const text = `${whole}.${fraction}e${power}`;
        expect(parsed(text).toNumber()).toBe(Number(text));
      }),
      { numRuns: 1500 },
    );
  });

  it.each([
    '9007199254740993', // halfway between two doubles, down to even
    '9007199254740995', // halfway, up to even
    '9007199254740993.0000000000000000000000001',
    '2.2250738585072011e-308', // the largest subnormal's neighbourhood, which hung PHP and Java
    '2.2250738585072014e-308',
    '4.9406564584124654e-324',
    '2.4703282292062327e-324', // just below half of the smallest subnormal
    '2.4703282292062328e-324',
    '1.7976931348623157e308',
    '1.7976931348623158e308',
    '1.7976931348623159e308', // rounds to infinity
    '1e400',
    '1e-400',
    '0.1',
    '.5',
    '5.',
    '1E3',
    '+2',
  ])('%s rounds as the host does', (text) => {
    expect(parsed(text).toNumber()).toBe(Number(text));
    expect(parsed(`-${text.replace('+', '')}`).toNumber() + 0).toBe(-Number(text.replace('+', '')) + 0);
  });

  it('is refused when it is no number, or too far from any double', () => {
    for (const text of ['', '.', 'e3', '1e', '1,5', '0x10', 'NaN', '1e999999999', '1/0', '1/2/3', '--1']) {
      expect(Rational.parse(text), text).toBeUndefined();
    }
  });
});

describe('a ratio', () => {
  it('becomes the nearest double, as IEEE division of whole numbers does', () => {
    const safe = fc.maxSafeInteger();
    fc.assert(
      fc.property(safe, safe, (a, b) => {
        fc.pre(b !== 0);
        expect(Rational.of(a, b).toNumber() + 0).toBe(a / b + 0);
      }),
      { numRuns: 1000 },
    );
  });

  it('holds any finite double exactly', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Rational.fromNumber(value).toNumber()).toBe(value + 0);
      }),
      { numRuns: 1000 },
    );
  });

  it('prints as text that reads back as itself', () => {
    fc.assert(
      fc.property(rational, (value) => {
        expect(parsed(value.toString()).equals(value)).toBe(true);
      }),
    );
    expect(parsed('0.50').toString()).toBe('0.5');
    expect(parsed('5/9').toString()).toBe('5/9');
    expect(parsed('-1e-3').toString()).toBe('-0.001');
  });

  it('obeys the laws of a field', () => {
    fc.assert(
      fc.property(rational, rational, rational, (a, b, c) => {
        expect(a.add(b).equals(b.add(a))).toBe(true);
        expect(a.mul(b.add(c)).equals(a.mul(b).add(a.mul(c)))).toBe(true);
        expect(a.sub(a).isZero).toBe(true);
        if (!b.isZero) expect(a.div(b).mul(b).equals(a)).toBe(true);
        expect(a.compare(b)).toBe(-b.compare(a) + 0);
      }),
    );
  });

  it('has exact roots where they exist, and none elsewhere', () => {
    const degree = fc.integer({ min: 2, max: 7 });
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1n, max: 10n ** 9n }),
        fc.bigInt({ min: 1n, max: 10n ** 9n }),
        degree,
        (n, d, k) => {
          const value = Rational.of(n, d);
          expect(value.pow(Rational.of(k))?.pow(Rational.of(1, k))?.equals(value)).toBe(true);
          expect(value.pow(Rational.of(-1))?.equals(Rational.of(d, n))).toBe(true);
        },
      ),
    );
    expect(Rational.of(1000).pow(Rational.of(1, 2))).toBeUndefined();
    expect(Rational.of(-4).pow(Rational.of(1, 2))).toBeUndefined();
    expect(Rational.of(-8).pow(Rational.of(1, 3))?.toNumber()).toBe(-2);
    expect(Rational.of(0).pow(Rational.of(-1))).toBeUndefined();
  });

  it('refuses a zero denominator', () => {
    expect(() => Rational.of(1, 0)).toThrow(RangeError);
    expect(() => Rational.of(1).div(Rational.of(0))).toThrow(RangeError);
    expect(() => Rational.fromNumber(Infinity)).toThrow(RangeError);
  });
});

describe('a factor with pi', () => {
  const pi = new Factor(Rational.of(1), 1);
  it('is rounded once (values: OEIS A000796, A002388, A019685)', () => {
    expect(pi.toNumber()).toBe(Number('3.14159265358979323846264338327950288'));
    expect(pi.mul(pi).toNumber()).toBe(Number('9.86960440108935861883449099987615113'));
    expect(new Factor(Rational.of(1, 180), 1).toNumber()).toBe(
      Number('0.01745329251994329576923690768488612713'),
    );
    expect(new Factor(Rational.of(1)).div(pi).toNumber()).toBe(
      Number('0.31830988618379067153776752674502872406'),
    );
    expect(pi.toNumber(Rational.of(-3))).toBe(Number('0.14159265358979323846264338327950288'));
  });

  it('cancels exactly', () => {
    expect(pi.div(pi).isOne).toBe(true);
    expect(pi.pow(Rational.of(2))?.pow(Rational.of(1, 2))?.equals(pi)).toBe(true);
    expect(pi.pow(Rational.of(1, 2))).toBeUndefined();
  });
});
