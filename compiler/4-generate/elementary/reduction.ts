/**
 * x = n pi/2 + y0 + y1, |y0 + y1| <= pi/4, for every finite x: `reduce` gives n (only its last two bits count), y0, y1.
 *
 * Below 2^20 pi/2 after FreeBSD msun e_rem_pio2.c: Cody and Waite with pi/2 in up to three parts of 33 bits. Above it
 * Payne and Hanek (1983) in 64-bit integers: the 192 bits of 2/pi that matter times the 53 bits of x, modulo 4. No
 * double is nearer to a multiple of pi/2 than 2^-62, so that more than 64 good bits are left after cancellation.
 */
import { f64, i32, i64, returns, run, set, switchOn, unreachable, when } from '../wasm/index.ts';
import type { I64, Local } from '../wasm/index.ts';
import { highWord, powerOfTwo, withoutLowWord } from './bits.ts';
import type { Definition } from './definition.ts';
import { formulas } from './formula.ts';

/** 64 zero bits, then the fraction of 2/pi. */
const twoOverPi: readonly bigint[] = [
  0n,
  0xa2f9836e4e441529n,
  0xfc2757d1f534ddc0n,
  0xdb6295993c439041n,
  0xfe5163abdebbc561n,
  0xb7246e3a424dd2e0n,
  0x06492eea09d1921cn,
  0xfe1deb1cb129a73en,
  0xe88235f52ebb4484n,
  0xe99c7026b45f7e41n,
  0x3991d639835339f4n,
  0x9c845f8bbdf9283bn,
  0x1ff897ffde05980fn,
  0xef2f118b5a0a6d1fn,
  0x6d367ecf27cb09b7n,
  0x4f463f669e5fea2dn,
  0x7527bac7ebe5f17bn,
  0x3d0739f78a5292ean,
  0x6bfb5fb11f8d5d08n,
  0x56033046fc7b6babn,
  0xf0cfbc209af4361dn,
];

export const twoOverPiWord: Definition = (m) => {
  const f = m.function('64 bits of 2/pi', { params: { word: 'i32' }, results: ['i64'] });
  f.body = [
    switchOn(
      f.params.word,
      twoOverPi.map((word) => [returns(i64.const(word))]),
    ),
    unreachable(),
  ];
  return f;
};

/** Upper 64 bits of the product of a 53-bit and a 64-bit integer. */
export const multiplyHigh: Definition = (m) => {
  const f = m.function('upper half of product', { params: { m: 'i64', w: 'i64' }, results: ['i64'] });
  const { m: a, w } = f.params;
  const low = (x: I64): I64 => i64.and(x, 0xffffffffn);
  const high = (x: I64): I64 => i64.shrU(x, 32n);
  const t = f.local('i64', 't');
  const u = f.local('i64', 'u');
  f.body = [
    set(t, i64.add(i64.mul(high(a), low(w)), high(i64.mul(low(a), low(w))))),
    set(u, i64.add(i64.mul(low(a), high(w)), low(t))),
    returns(i64.add(i64.add(i64.mul(high(a), high(w)), high(t)), high(u))),
  ];
  return f;
};

/** pi/2 in 21 bits, so that its product with 32 bits is exact. */
const pio2high = Math.floor((Math.PI / 2) * 2 ** 20) / 2 ** 20;

/** `reduce` for |x| from 2^20 pi/2 on. */
export const reduceLarge: Definition = (m, library) => {
  const f = m.function('reduce large angle', { params: { x: 'f64' }, results: ['i32', 'f64', 'f64'] });
  const { x } = f.params;
  const long = (name: string) => f.local('i64', name);
  const [mantissa, w0, w1, w2, w3, p0, p1, p2] = [
    long('mantissa'),
    long('w0'),
    long('w1'),
    long('w2'),
    long('w3'),
    long('p0'),
    long('p1'),
    long('p2'),
  ];
  const [at, n, zeros, skipped] = f.named('i32', 'at', 'n', 'zeros', 'skipped');
  const e = formulas(f, {
    pio2: Math.PI / 2,
    pio2lo: 6.123233995736766e-17,
    A: pio2high,
    B: Math.PI / 2 - pio2high,
  });
  const word = (target: Local<'i64'>, n: number) =>
    run(library.twoOverPiWord, [i32.add(i32.shrU(at, 6), n)], [target]);
  /** The upper 64 bits of upper:lower << bits, for bits in 0..63. */
  const shifted = (upper: I64, lower: I64, bits: I64): I64 =>
    i64.or(i64.shl(upper, bits), i64.shrU(i64.shrU(lower, 1n), i64.sub(63n, bits)));
  const bit = i64.fromU32(i32.and(at, 63));
  const z = i64.fromU32(zeros);
  f.body = [
    set(mantissa, i64.or(i64.and(i64.bitsOf(x), 0x000fffffffffffffn), 0x0010000000000000n)),
    // Bits of 2/pi that give multiples of 4 are left out: e + 62 in the table, for x = mantissa 2^e.
    set(at, i32.sub(i32.and(i32.shrU(highWord(x), 20), 0x7ff), 1075 - 62)),
    word(w3, 0),
    word(w2, 1),
    word(w1, 2),
    word(w0, 3),
    set(w3, shifted(w3, w2, bit)),
    set(w2, shifted(w2, w1, bit)),
    set(w1, shifted(w1, w0, bit)),
    // p2:p1:p0 = mantissa * w3:w2:w1 modulo 2^192: two bits of quadrant, then the fraction.
    set(p0, i64.mul(mantissa, w1)),
    run(library.multiplyHigh, [mantissa, w1], [p1]),
    set(w0, i64.mul(mantissa, w2)),
    set(p1, i64.add(p1, w0)),
    run(library.multiplyHigh, [mantissa, w2], [p2]),
    set(p2, i64.add(i64.add(p2, i64.mul(mantissa, w3)), i64.fromU32(i64.ltU(p1, w0)))),
    set(n, i32.fromI64(i64.shrU(p2, 62n))),
    set(p2, shifted(p2, p1, i64.const(2n))),
    set(p1, shifted(p1, p0, i64.const(2n))),
    set(p0, i64.shl(p0, 2n)),
    e.set('sign = 1'),
    when(i64.lt(p2, 0n), [
      // Nearer to the next multiple: the fraction less one, by complement (off by 2^-190).
      set(n, i32.add(n, 1)),
      set(p2, i64.xor(p2, -1n)),
      set(p1, i64.xor(p1, -1n)),
      set(p0, i64.xor(p0, -1n)),
      e.set('sign = -1'),
    ]),
    when(i64.eqz(p2), [set(p2, p1), set(p1, p0), set(p0, i64.const(0n)), set(skipped, i32.const(64))]),
    set(zeros, i32.fromI64(i64.clz(p2))),
    set(p2, shifted(p2, p1, z)),
    set(p1, shifted(p1, p0, z)),
    // h + l: 53 bits, then 64 more.
    set(e.local('h'), f64.fromU64(i64.and(p2, -0x800n))),
    set(e.local('l'), f64.mul(f64.fromU64(i64.or(i64.shl(p2, 53n), i64.shrU(p1, 11n))), 2 ** -53)),
    set(e.local('h1'), withoutLowWord(e('h'))),
    e.set('h2 = h - h1'),
    e.set('p = h*pio2'),
    e.set('q = ((((h1*A - p) + h1*B) + h2*A) + h2*B) + (h*pio2lo + l*pio2)'),
    e.set('y0 = p + q'),
    e.set('y1 = (p - y0) + q'),
    set(
      e.local('sign'),
      f64.copysign(powerOfTwo(i32.sub(-64, i32.add(zeros, skipped))), f64.mul(e('sign'), x)),
    ),
    when(f64.lt(x, 0), [set(n, i32.sub(0, n))]),
    returns(n, e('y0*sign'), e('y1*sign')),
  ];
  return f;
};

export const reduce: Definition = (m, library) => {
  const f = m.function('reduce angle', { params: { x: 'f64' }, results: ['i32', 'f64', 'f64'] });
  const { x } = f.params;
  const n = f.local('i32', 'n');
  const exponent = f.local('i32', 'exponent');
  const e = formulas(f, {
    invpio2: 6.36619772367581382433e-1,
    pio2_1: 1.57079632673412561417,
    pio2_1t: 6.07710050650619224932e-11,
    pio2_2: 6.0771005063039659766e-11,
    pio2_2t: 2.02226624879595063154e-21,
    pio2_3: 2.0222662487111664558e-21,
    pio2_3t: 8.47842766036889956997e-32,
  });
  e.local('y0');
  e.local('y1');
  /** How many bits the subtraction cancelled. */
  const cancelled = i32.sub(exponent, i32.and(i32.shrU(highWord(e('y0')), 20), 0x7ff));
  f.body = [
    when(f64.ge(f64.abs(x), 1647099), [
      run(library.reduceLarge, [x], [n, e.local('y0'), e.local('y1')]),
      returns(n, e('y0'), e('y1')),
    ]),
    e.set('fn = nearest(x*invpio2)'),
    set(n, i32.fromF64(e('fn'))),
    e.set('r = x - fn*pio2_1'),
    e.set('w = fn*pio2_1t'),
    set(exponent, i32.and(i32.shrU(highWord(x), 20), 0x7ff)),
    e.set('y0 = r - w'),
    when(i32.gt(cancelled, 16), [
      e.set('t = r'),
      e.set('w = fn*pio2_2'),
      e.set('r = t - w'),
      e.set('w = fn*pio2_2t - ((t - r) - w)'),
      e.set('y0 = r - w'),
      when(i32.gt(cancelled, 49), [
        e.set('t = r'),
        e.set('w = fn*pio2_3'),
        e.set('r = t - w'),
        e.set('w = fn*pio2_3t - ((t - r) - w)'),
        e.set('y0 = r - w'),
      ]),
    ]),
    returns(n, e('y0'), e('(r - y0) - w')),
  ];
  return f;
};
