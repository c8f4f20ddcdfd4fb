/** The algebra of quantities: which may be added, compared and multiplied, and what comes out. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  add,
  assign,
  compare,
  derivative,
  Dimension,
  DIMENSIONLESS,
  divide,
  join,
  multiply,
  negate,
  NUMBER,
  power,
  quantityOfLiteral,
  Rational,
  subtract,
  ZERO_QUANTITY,
  type Quantity,
  type QuantityKind,
  type QuantityResult,
} from '../../compiler/2-check/units/index.ts';
import { libraryTable } from './library.ts';

const K = Dimension.base('K');
const s = Dimension.base('s');
const m = Dimension.base('m');
const absolute: Quantity = { dimension: K, kind: 'absolute' };
const delta: Quantity = { dimension: K, kind: 'difference' };
const either: Quantity = { dimension: K, kind: 'either' };
const length: Quantity = { dimension: m, kind: 'either' };

function outcome(result: QuantityResult): string {
  return result.ok ? result.quantity.kind : result.failure.reason;
}

describe('temperatures', () => {
  it.each([
    [absolute, absolute, 'absolutePlusAbsolute'],
    [absolute, delta, 'absolute'],
    [delta, absolute, 'absolute'],
    [absolute, either, 'absolute'],
    [either, absolute, 'absolute'],
    [delta, delta, 'difference'],
    [delta, either, 'either'],
    [either, either, 'either'],
    [absolute, ZERO_QUANTITY, 'absolute'],
    [ZERO_QUANTITY, ZERO_QUANTITY, 'zero'],
  ] as const)('%o + %o is %s', (left, right, expected) => {
    expect(outcome(add(left, right))).toBe(expected);
  });

  it.each([
    [absolute, absolute, 'difference'],
    [absolute, delta, 'absolute'],
    [absolute, either, 'either'],
    [delta, absolute, 'differenceMinusAbsolute'],
    [delta, delta, 'difference'],
    [delta, either, 'difference'],
    [either, absolute, 'difference'],
    [either, delta, 'either'],
    [either, either, 'either'],
    [absolute, ZERO_QUANTITY, 'absolute'],
    [ZERO_QUANTITY, delta, 'difference'],
    [ZERO_QUANTITY, absolute, 'either'],
  ] as const)('%o - %o is %s', (left, right, expected) => {
    expect(outcome(subtract(left, right))).toBe(expected);
  });

  it('are compared, chosen and assigned point with point, difference with difference', () => {
    for (const together of [compare, join, assign]) {
      expect(outcome(together(absolute, delta))).toBe('absoluteAgainstDifference');
      expect(outcome(together(delta, absolute))).toBe('absoluteAgainstDifference');
      expect(outcome(together(absolute, either))).toBe('absolute');
      expect(outcome(together(delta, ZERO_QUANTITY))).toBe('difference');
    }
    expect(outcome(join(either, delta))).toBe('difference');
    expect(outcome(join(ZERO_QUANTITY, ZERO_QUANTITY))).toBe('zero');
    expect(outcome(assign(either, delta))).toBe('either');
  });

  it('are plain kelvins in products and powers, and scaled differences stay differences', () => {
    expect(outcome(multiply(absolute, NUMBER))).toBe('either');
    expect(outcome(multiply(NUMBER, delta))).toBe('difference');
    expect(outcome(divide(delta, NUMBER))).toBe('difference');
    expect(outcome(divide(NUMBER, delta))).toBe('either');
    expect(outcome(multiply(delta, length))).toBe('either');
    expect(outcome(power(absolute, NUMBER, Rational.of(4)))).toBe('either');
    expect(outcome(negate(absolute))).toBe('either');
    expect(outcome(negate(delta))).toBe('difference');
  });

  it('change at a rate that is no point', () => {
    expect(derivative(absolute, s)).toEqual({
      ok: true,
      quantity: { dimension: K.div(s), kind: 'difference' },
    });
    expect(derivative(ZERO_QUANTITY, s)).toEqual({ ok: true, quantity: ZERO_QUANTITY });
  });

  it('type the equation of the guide: cooling * (temperature - ambient) / heatCapacity is K/s', () => {
    const table = libraryTable();
    const of = (text: string): Quantity => {
      const result = table.resolve(text);
      if (!result.ok) throw new Error(result.message);
      return quantityOfLiteral(result.unit);
    };
    expect(of('degC').kind).toBe('absolute');
    expect(of('K').kind).toBe('either');
    const difference = subtract(of('degC'), of('degC'));
    const heat = difference.ok ? multiply(of('W/K'), difference.quantity) : difference;
    const rate = heat.ok ? divide(heat.quantity, of('kJ/K')) : heat;
    expect(rate.ok ? rate.quantity.dimension.key : rate.failure.reason).toBe('K s^-1');
  });

  it('know from the library which quantities are points and which differences', () => {
    const table = libraryTable();
    expect(table.quantity('Temperature')?.kind).toBe('absolute');
    expect(table.quantity('TemperatureDifference')?.kind).toBe('difference');
    expect(table.quantity('Length')?.kind).toBe('either');
    expect(table.quantity('NoSuchThing')).toBeUndefined();
  });
});

describe('any quantity', () => {
  const dimension = fc.constantFrom(DIMENSIONLESS, m, s, K, m.div(s), K.mul(s));
  const kind = fc.constantFrom<QuantityKind>('absolute', 'difference', 'either');
  const quantity: fc.Arbitrary<Quantity> = fc.oneof(
    { weight: 8, arbitrary: fc.record({ dimension, kind }) },
    { weight: 1, arbitrary: fc.constant(ZERO_QUANTITY) },
  );

  it('is added and joined in either order', () => {
    fc.assert(
      fc.property(quantity, quantity, (a, b) => {
        expect(outcome(add(a, b))).toBe(outcome(add(b, a)));
        expect(outcome(join(a, b))).toBe(outcome(join(b, a)));
        expect(outcome(multiply(a, b))).toBe(outcome(multiply(b, a)));
      }),
    );
  });

  it('must share its dimension to be added, subtracted or compared, unless one side is 0', () => {
    fc.assert(
      fc.property(quantity, quantity, (a, b) => {
        const apart = a.kind !== 'zero' && b.kind !== 'zero' && !a.dimension.equals(b.dimension);
        for (const operation of [add, subtract, compare, join]) {
          expect(outcome(operation(a, b)) === 'dimensionMismatch').toBe(apart);
        }
      }),
    );
  });

  it('has what it says: (a + b) - b may stand where a stood', () => {
    fc.assert(
      fc.property(quantity, quantity, (a, b) => {
        const sum = add(a, b);
        if (!sum.ok || a.kind === 'zero') return;
        const back = subtract(sum.quantity, b);
        // A point less a point is a difference, which need not be the `either` it was before; 0 - x likewise.
        if (back.ok) expect(outcome(compare(a, back.quantity))).not.toBe('dimensionMismatch');
      }),
    );
  });

  it('keeps the arithmetic of dimensions in products, quotients and powers', () => {
    fc.assert(
      fc.property(quantity, quantity, fc.integer({ min: -3, max: 3 }), (a, b, n) => {
        const product = multiply(a, b);
        const quotient = divide(a, b);
        if (a.kind !== 'zero' && b.kind !== 'zero') {
          expect(product.ok && product.quantity.dimension.key).toBe(a.dimension.mul(b.dimension).key);
          expect(quotient.ok && quotient.quantity.dimension.key).toBe(a.dimension.div(b.dimension).key);
        }
        if (a.kind !== 'zero' && !a.dimension.isNone) {
          const raised = power(a, NUMBER, Rational.of(n));
          expect(raised.ok && raised.quantity.dimension.key).toBe(a.dimension.pow(n).key);
        }
      }),
    );
  });

  it('cannot be divided by 0, nor raised to what has a unit or is not known', () => {
    expect(outcome(divide(length, ZERO_QUANTITY))).toBe('divisionByZero');
    expect(outcome(power(ZERO_QUANTITY, NUMBER, Rational.of(-1)))).toBe('divisionByZero');
    expect(outcome(power(ZERO_QUANTITY, NUMBER, Rational.of(2)))).toBe('zero');
    expect(outcome(power(length, length, Rational.of(2)))).toBe('exponentHasUnit');
    expect(outcome(power(length, NUMBER, undefined))).toBe('exponentNotConstant');
    expect(power(NUMBER, NUMBER, undefined)).toEqual({ ok: true, quantity: NUMBER });
  });
});
