/** x^y of two pairs at once, with the bits that each has alone: the main path of `power.ts`, step by step, on vectors. */
import { call, f64x2, i32, i64x2, inPairs, returns, set, v128, when } from '../wasm/index.ts';
import type { FunctionHandle, ModuleBuilder, V128 } from '../wasm/index.ts';
import { formulas } from './formula.ts';
import { bitsIn, kept, numberIn, powerOfTwo } from './in-pairs.ts';
import {
  exponentTerms,
  fractionalPower,
  fractionTerms,
  logarithmTerms,
  powConstants,
  productTerms,
} from './power.ts';

/** Exponents that have a way of their own. */
const OWN_WAYS = [0, 1, -1, 2, 0.5];
/** Adding it to a number below 2^51 rounds that, and leaves it in the lowest bits. */
const SHIFT = 1.5 * 2 ** 52;

export function powInPairs(m: ModuleBuilder, pow: FunctionHandle): FunctionHandle {
  const f = m.function('pow of two', { params: { x: 'v128', y: 'v128' }, results: ['v128'] });
  const { x, y } = f.params;
  const e = formulas(f, powConstants);
  const vector = (name: string) => f.local('v128', name);
  const [fraction, middle, upper, ax, high] = [
    vector('fraction'),
    vector('is near 1.5'),
    vector('is near 2'),
    vector('ax'),
    vector('upper half of ax + bp'),
  ];
  const [bp, above, below, exponent] = [vector('bp'), vector('dp_h'), vector('dp_l'), vector('exponent')];
  const [size, whole, isLarge] = [vector('size of z'), vector('whole part'), vector('is above 1/2')];
  const pairs = inPairs(
    f,
    [
      [e.local('y'), y],
      [e.local('ax'), ax],
      [e.local('bp'), bp],
      [e.local('dp_h'), above],
      [e.local('dp_l'), below],
      [e.local('t_h'), high],
      [e.local('t'), exponent],
    ],
    kept(m),
  );
  const [number, bits] = [numberIn(m), bitsIn(m)];
  const lane = (n: 0 | 1) => call<'f64'>(pow, f64x2.lane(x, n), f64x2.lane(y, n));
  const apart = returns(f64x2.withLane(f64x2.splat(lane(0)), 1, lane(1)));
  const isOrdinary = [
    f64x2.lt(x, number(Infinity)),
    f64x2.ne(x, number(1)),
    f64x2.le(f64x2.abs(y), number(2 ** 31)),
    ...OWN_WAYS.map((way) => f64x2.ne(y, number(way))),
  ].reduce((all: V128, one) => v128.and(all, one), f64x2.ge(x, number(2 ** -1022)));
  const z = (): V128 => pairs.value(e.local('z'));
  const statements = {
    fraction: pairs.statements(fractionTerms(e)),
    logarithm: pairs.statements(logarithmTerms(e)),
    exponent: pairs.statements(exponentTerms(e)),
    product: pairs.statements(productTerms(e)),
  };
  const upperHalf = bits(0xffffffff00000000n);
  f.body = [
    when(i32.eqz(i64x2.allTrue(isOrdinary)), [apart]),
    set(fraction, v128.or(v128.and(x, bits(0x000fffffffffffffn)), bits(0x3ff0000000000000n))),
    set(upper, f64x2.ge(fraction, number(1 + 0xbb67a / 2 ** 20))),
    set(middle, v128.andnot(f64x2.ge(fraction, number(1 + 0x3988f / 2 ** 20)), upper)),
    // Next to 2 it is taken as near 1 with the next exponent.
    set(ax, i64x2.sub(fraction, v128.and(upper, bits(0x0010000000000000n)))),
    set(
      exponent,
      f64x2.sub(
        f64x2.sub(v128.or(i64x2.shrU(x, 52), bits(0x4330000000000000n)), number(2 ** 52 + 1023)),
        v128.and(upper, number(-1)),
      ),
    ),
    set(bp, v128.or(number(1), v128.and(middle, bits(0x0008000000000000n)))),
    set(above, v128.and(middle, number(5.84962487220764160156e-1))),
    set(below, v128.and(middle, number(1.35003920212974897128e-8))),
    ...statements.fraction,
    set(
      high,
      v128.and(
        i64x2.add(
          v128.or(i64x2.shrU(ax, 1), bits(0x2000000000000000n)),
          v128.or(bits(0x0008000000000000n), v128.and(middle, bits(0x0004000000000000n))),
        ),
        upperHalf,
      ),
    ),
    ...statements.logarithm,
    ...statements.exponent,
    ...statements.product,
    set(size, f64x2.abs(v128.and(z(), upperHalf))),
    when(i32.eqz(i64x2.allTrue(f64x2.lt(size, number(1020)))), [apart]),
    // The nearest whole number, halves away from 0; none where 1/2 is not reached.
    set(isLarge, f64x2.gt(size, number(0.5))),
    set(whole, v128.and(f64x2.trunc(f64x2.add(size, number(0.5))), isLarge)),
    set(whole, v128.or(whole, v128.and(v128.and(z(), bits(-(2n ** 63n))), isLarge))),
    set(exponent, whole),
    ...pairs.statements([e.set('p_h = p_h - t'), ...fractionalPower(e)]),
    returns(f64x2.mul(z(), powerOfTwo(m, f64x2.add(whole, number(SHIFT)), 0n))),
  ];
  return f;
}
