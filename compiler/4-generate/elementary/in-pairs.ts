/**
 * exp, tanh and log of two numbers at once, with the bits that each has alone: the main paths of `exponential.ts` and `logarithm.ts`, step by step, on
 * vectors. Pairs in which a number needs another path are taken apart.
 */
import { call, f64, f64x2, i32, i64x2, inPairs, returns, set, v128, when } from '../wasm/index.ts';
import type {
  FunctionBuilder,
  FunctionHandle,
  I32,
  Local,
  ModuleBuilder,
  Statement,
  V128,
  ValueType,
} from '../wasm/index.ts';
import { horner } from './bits.ts';
import {
  constants,
  coshSeries,
  differenceSeries,
  far,
  farBound,
  farTerms,
  halfExpTerms,
  reciprocal,
  reduction,
  seriesBound,
} from './exponential.ts';
import { formulas } from './formula.ts';
import { elsewhere, inTheMiddle, ln2, polynomial, remainder } from './logarithm.ts';

/** Constants as the module keeps them. */
export const kept =
  (m: ModuleBuilder) =>
  (value: number): V128 | undefined => {
    const at = m.constantAt(value);
    return at === undefined ? undefined : f64x2.load(0, at);
  };

export const numberIn =
  (m: ModuleBuilder) =>
  (value: number): V128 =>
    kept(m)(value) ?? f64x2.splat(value);

export const bitsIn =
  (m: ModuleBuilder) =>
  (bits: bigint): V128 => {
    const at = m.constantAt(bits);
    return at === undefined ? i64x2.splat(bits) : f64x2.load(0, at);
  };

const begun = (
  m: ModuleBuilder,
  scalar: FunctionHandle,
  known: Readonly<Record<string, number>> = constants,
) => {
  const f = m.function(`${scalar.name} of two`, { params: { x: 'v128' }, results: ['v128'] });
  const { x } = f.params;
  const e = formulas(f, known);
  const lane = (n: 0 | 1) => call<'f64'>(scalar, f64x2.lane(x, n));
  return {
    f,
    x,
    e,
    pairs: inPairs(f, [[e.local('x'), x]], kept(m)),
    apart: returns(f64x2.withLane(f64x2.splat(lane(0)), 1, lane(1))),
  };
};

/** 2^(n + by), where that is a normal number, for a whole number n to which the shift was added: 12 bits of it count. */
export const powerOfTwo = (m: ModuleBuilder, shifted: V128, by: bigint): V128 =>
  i64x2.shl(i64x2.add(shifted, bitsIn(m)(1023n + by)), 52);

export function expInPairs(m: ModuleBuilder, exp: FunctionHandle): FunctionHandle {
  const { f, x, e, pairs, apart } = begun(m, exp);
  const isOrdinary = v128.andnot(f64x2.lt(f64x2.abs(x), f64x2.splat(700)), f64x2.eq(x, f64x2.splat(1)));
  f.body = [
    when(i32.eqz(i64x2.allTrue(isOrdinary)), [apart]),
    ...pairs.statements(reduction(e, undefined)),
    returns(
      f64x2.mul(pairs.value(e('1 - ((lo - (r*c)/(2 - c)) - hi)')), powerOfTwo(m, pairs.value(e('m')), 0n)),
    ),
  ];
  return f;
}

export function tanhInPairs(m: ModuleBuilder, tanh: FunctionHandle): FunctionHandle {
  const { f, x, e, pairs, apart } = begun(m, tanh);
  const a = f.local('v128', 'size');
  const vector = f.local('v128', 'doubled');
  // The series, and exp of twice the size: each reads another x.
  const large = formulas(f, constants);
  const inner = inPairs(
    f,
    [
      [e.local('x'), x],
      [large.local('x'), vector],
    ],
    kept(m),
  );
  const number = numberIn(m);
  const isFar = f64x2.ge(a, number(farBound));
  const isMain = v128.and(f64x2.ge(a, number(seriesBound)), f64x2.le(a, number(22)));
  const isSmall = v128.and(f64x2.lt(a, number(seriesBound)), f64x2.ge(a, number(2 ** -28)));
  const [scale, both] = f.named('v128', 'scale', 'both');
  const [g, gl] = [large.local('g'), large.local('gl')];
  const [high, low] = f.named('v128', 'high', 'low');
  const rest = inPairs(
    f,
    [
      [e.local('x'), x],
      [g, high],
      [gl, low],
    ],
    kept(m),
  );
  const distant = formulas(f, constants);
  const fromFar = inPairs(
    f,
    [
      [e.local('x'), x],
      [distant.local('a'), a],
      [distant.local('scale'), scale],
    ],
    kept(m),
  );
  const farOff = (): { statements: Statement[]; value: V128 } => ({
    statements: [
      ...fromFar.statements(farTerms(distant)),
      set(scale, powerOfTwo(m, fromFar.value(distant('m')), 0n)),
    ],
    value: fromFar.value(f64.copysign(distant(far), e.local('x'))),
  });
  const all = farOff();
  const some = farOff();
  f.body = [
    set(a, f64x2.abs(x)),
    when(i64x2.allTrue(isFar), [
      // Beyond 22 it is 1.
      set(a, f64x2.pmin(a, number(22))),
      ...all.statements,
      returns(all.value),
    ]),
    when(i64x2.allTrue(isMain), [
      set(vector, f64x2.add(a, a)),
      ...inner.statements([...reduction(large, undefined), ...halfExpTerms(large)]),
      set(scale, powerOfTwo(m, inner.value(large('m')), -1n)),
      set(high, f64x2.mul(inner.value(large('high')), scale)),
      set(low, f64x2.mul(inner.value(large('rest')), scale)),
      ...rest.statements([
        large.set('h = g + 0.5'),
        large.set('l = ((g - h) + 0.5) + gl'),
        ...reciprocal(large, 1),
        large.set('s = 1 - i'),
      ]),
      set(both, rest.value(f64.copysign(large('s + (((1 - s) - i) - il)'), e.local('x')))),
      when(v128.anyTrue(isFar), [...some.statements, set(both, v128.select(isFar, some.value, both))]),
      returns(both),
    ]),
    when(i64x2.allTrue(isSmall), [
      ...pairs.statements([
        e.set('z = x*x'),
        set(e.local('d'), f64.mul(e('z'), horner(e('z'), differenceSeries))),
        set(e.local('c'), f64.mul(e('z'), horner(e('z'), coshSeries))),
      ]),
      returns(pairs.value(e('x - x*d/(1 + c)'))),
    ]),
    apart,
  ];
  return f;
}

/**
 * The logarithm of two ordinary numbers: `before`, then `isRare`, where one of them is close to a power of two and both are better taken
 * apart; otherwise `rest`, `middle` and the value.
 */
export function logOfTwo(
  m: ModuleBuilder,
  f: FunctionBuilder<Readonly<Record<string, ValueType>>>,
  x: Local<'v128'>,
): LogOfTwo {
  const e = formulas(f, { ...polynomial, ...ln2 });
  const [fraction, carry, above, dk] = ['fraction', 'above the root', 'fraction less 1', 'exponent'].map(
    (name) => f.local('v128', name),
  ) as [Local<'v128'>, Local<'v128'>, Local<'v128'>, Local<'v128'>];
  const pairs = inPairs(
    f,
    [
      [e.local('x'), x],
      [e.local('f'), above],
      [e.local('dk'), dk],
    ],
    kept(m),
  );
  const [number, all] = [numberIn(m), bitsIn(m)];
  const steps = remainder(e);
  const [common, forMiddle] = [steps.slice(0, -1), steps.at(-1)!];
  // The fraction's upper 20 bits, from 0x6147a to 0x6b851.
  const isMiddle = v128.and(
    f64x2.ge(fraction, number(1 + 0x6147a / 2 ** 20)),
    f64x2.lt(fraction, number(1 + 0x6b852 / 2 ** 20)),
  );
  return {
    before: [
      set(fraction, v128.or(v128.and(x, all(0x000fffffffffffffn)), all(0x3ff0000000000000n))),
      // 1 in the exponent's lowest bit where the fraction is above the root of two.
      set(
        carry,
        v128.and(
          i64x2.add(v128.and(x, all(0x000fffffffffffffn)), all(0x95f64n << 32n)),
          all(0x0010000000000000n),
        ),
      ),
      set(above, f64x2.sub(i64x2.sub(fraction, carry), number(1))),
    ],
    isRare: v128.anyTrue(f64x2.lt(f64x2.abs(above), number(2 ** -20))),
    rest: [
      // The exponent as a number: in the lowest bits of 2^52 and more.
      set(
        dk,
        f64x2.sub(
          v128.or(
            i64x2.shrU(i64x2.add(v128.and(x, all(0x7ff0000000000000n)), carry), 52),
            all(0x4330000000000000n),
          ),
          number(2 ** 52 + 1023),
        ),
      ),
      ...pairs.statements(common),
    ],
    isMiddle,
    middle: pairs.statements([forMiddle]),
    value: v128.select(isMiddle, pairs.value(e(inTheMiddle)), pairs.value(e(elsewhere))),
    elsewhere: pairs.value(e(elsewhere)),
  };
}
interface LogOfTwo {
  before: Statement[];
  isRare: I32;
  rest: Statement[];
  /** Which of the two are near the root of two, in some power of two: where one is, the value needs `middle` before it. */
  isMiddle: V128;
  middle: Statement[];
  value: V128;
  /** The value where neither is. */
  elsewhere: V128;
}

export function logInPairs(m: ModuleBuilder, log: FunctionHandle): FunctionHandle {
  const { f, x, apart } = begun(m, log);
  const { before, isRare, rest, middle, value } = logOfTwo(m, f, x);
  const isOrdinary = v128.and(f64x2.ge(x, f64x2.splat(2 ** -1022)), f64x2.lt(x, f64x2.splat(Infinity)));
  f.body = [
    when(i32.eqz(i64x2.allTrue(isOrdinary)), [apart]),
    ...before,
    when(isRare, [apart]),
    ...rest,
    ...middle,
    returns(value),
  ];
  return f;
}
