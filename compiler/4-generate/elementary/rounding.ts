/** mod, round and sign: exact functions, which WebAssembly has no instruction for. */
import { f64, i32, i64, returns, select, set, when, whileLoop } from '../wasm/index.ts';
import type { F64, Local, Statement } from '../wasm/index.ts';
import { scaled } from './bits.ts';
import type { Definition } from './definition.ts';
import { formulas } from './formula.ts';

/**
 * a - b floor(a/b), exact before its last addition: the sign of b, |mod| < |b| (or = |b| where a tiny a of the other
 * sign rounds so). mod(a, 0) and mod(infinity, b) are NaN; mod(a, ±infinity) is a, or b if the signs differ.
 */
export const mod: Definition = (m) => {
  const f = m.function('mod', { params: { a: 'f64', b: 'f64' }, results: ['f64'] });
  const { a, b } = f.params;
  const e = formulas(f);
  const [ma, mb] = f.named('i64', 'mantissa of a', 'mantissa of b');
  const [ea, eb] = f.named('i32', 'exponent of a', 'exponent of b');
  const [bits, k] = f.named('i32', 'bits', 'k');
  const fraction = 0x000fffffffffffffn;
  /** x = mantissa 2^exponent, both integers. */
  const split = (x: F64, mantissa: Local<'i64'>, exponent: Local<'i32'>): Statement[] => [
    set(mantissa, i64.and(i64.bitsOf(x), fraction)),
    set(exponent, i32.and(i32.fromI64(i64.shrU(i64.bitsOf(x), 52n)), 0x7ff)),
    when(exponent, [set(mantissa, i64.or(mantissa, 0x0010000000000000n))], [set(exponent, i32.const(1))]),
  ];
  f.body = [
    when(i32.or(f64.eq(b, 0), i32.eqz(f64.lt(f64.abs(a), Infinity))), [returns(f64.const(NaN))]),
    when(f64.ne(b, b), [returns(b)]),
    e.set('r = abs(a)'),
    when(f64.ge(e('r'), f64.abs(b)), [
      ...split(a, ma, ea),
      ...split(b, mb, eb),
      set(ma, i64.remU(ma, mb)),
      // (ma 2^k) mod mb, eleven bits at a time: ma < 2^53 stays in 64 bits.
      set(k, i32.sub(ea, eb)),
      whileLoop(i32.gt(k, 0), [
        set(bits, i32.const(11)),
        when(i32.lt(k, 11), [set(bits, k)]),
        set(ma, i64.remU(i64.shl(ma, i64.fromU32(bits)), mb)),
        set(k, i32.sub(k, bits)),
      ]),
      set(e.local('r'), scaled(f64.fromU64(ma), i32.sub(eb, 1075))),
    ]),
    when(f64.eq(e('r'), 0), [returns(f64.copysign(0, b))]),
    set(e.local('r'), f64.copysign(e('r'), a)),
    when(i32.ne(f64.lt(a, 0), f64.lt(b, 0)), [e.set('r = r + b')]),
    returns(e('r')),
  ];
  return f;
};

/** To the nearest integer, halves away from zero; keeps the sign of zero. */
export const round: Definition = (m) => {
  const f = m.function('round', { params: { x: 'f64' }, results: ['f64'] });
  const { x } = f.params;
  const e = formulas(f);
  f.body = [
    e.set('t = trunc(x)'),
    // x - t is exact, where x + 0.5 is not.
    returns(select(f64.ge(e('abs(x - t)'), 0.5), f64.add(e('t'), f64.copysign(1, x)), e('t'))),
  ];
  return f;
};

/** -1, 0 or 1; zeros and NaN are given back as they are. */
export const sign: Definition = (m) => {
  const f = m.function('sign', { params: { x: 'f64' }, results: ['f64'] });
  const { x } = f.params;
  f.body = [returns(select(f64.gt(x, 0), f64.const(1), select(f64.lt(x, 0), f64.const(-1), x)))];
  return f;
};
