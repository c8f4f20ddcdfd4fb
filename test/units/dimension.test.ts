/** Dimensions are a free abelian group over the base dimensions, with rational powers. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Dimension, DIMENSIONLESS, Rational } from '../../compiler/2-check/units/index.ts';

const exponent = fc
  .tuple(fc.integer({ min: -6, max: 6 }), fc.integer({ min: 1, max: 4 }))
  .map(([n, d]) => Rational.of(n, d));
const base = fc.constantFrom('m', 'kg', 's', 'K', 'brewery.bottle', 'EUR');
export const dimension = fc
  .array(fc.tuple(base, exponent), { maxLength: 5 })
  .map((parts) =>
    parts.reduce((sum, [name, power]) => sum.mul(Dimension.base(name).pow(power)), DIMENSIONLESS),
  );

describe('dimensions', () => {
  it('form a commutative group', () => {
    fc.assert(
      fc.property(dimension, dimension, dimension, (a, b, c) => {
        expect(a.mul(b).key).toBe(b.mul(a).key);
        expect(a.mul(b).mul(c).key).toBe(a.mul(b.mul(c)).key);
        expect(a.mul(DIMENSIONLESS).key).toBe(a.key);
        expect(a.div(a).isNone).toBe(true);
        expect(a.div(b).mul(b).key).toBe(a.key);
        expect(DIMENSIONLESS.div(a).key).toBe(a.pow(-1).key);
      }),
    );
  });

  it('have powers that distribute and roots that undo them', () => {
    fc.assert(
      fc.property(dimension, dimension, exponent, exponent, (a, b, p, q) => {
        expect(a.mul(b).pow(p).key).toBe(a.pow(p).mul(b.pow(p)).key);
        expect(a.pow(p).mul(a.pow(q)).key).toBe(a.pow(p.add(q)).key);
        expect(a.sqrt().pow(2).key).toBe(a.key);
      }),
    );
  });

  it('are equal exactly when their keys are, and keys read back', () => {
    fc.assert(
      fc.property(dimension, (a) => {
        const again = Dimension.fromKey(a.key);
        expect(again.key).toBe(a.key);
        expect(again.equals(a)).toBe(true);
        for (const term of a.terms) expect(again.exponentOf(term.base).toNumber()).toBe(term.num / term.den);
      }),
    );
    expect(Dimension.fromKey('K s').key).toBe('K s');
    expect(Dimension.fromKey('1').isNone).toBe(true);
    expect(() => Dimension.fromKey('m^x')).toThrow(RangeError);
  });

  it('print a readable key', () => {
    const power = Dimension.base('kg').mul(Dimension.base('m').pow(2)).div(Dimension.base('s').pow(3));
    expect(power.key).toBe('kg m^2 s^-3');
    expect(power.sqrt().key).toBe('kg^1/2 m s^-3/2');
    expect(String(DIMENSIONLESS)).toBe('1');
  });
});
