/** The parts of an IEEE 754 double that the published algorithms work on. */
import { f64, i32, i64 } from '../wasm/index.ts';
import type { F64, I32 } from '../wasm/index.ts';

/** Sign, exponent and the upper 20 bits of the fraction. */
export const highWord = (x: F64): I32 => i32.fromI64(i64.shrU(i64.bitsOf(x), 32n));
export const lowWord = (x: F64): I32 => i32.fromI64(i64.bitsOf(x));

/** The number with this high word and a zero low word. */
export const fromHighWord = (high: I32): F64 => f64.fromBits(i64.shl(i64.fromU32(high), 32n));
/** x with its high word replaced. */
export const withHighWord = (x: F64, high: I32): F64 =>
  f64.fromBits(i64.or(i64.and(i64.bitsOf(x), 0xffffffffn), i64.shl(i64.fromU32(high), 32n)));
/** x with its low word cleared: 21 significant bits, whose products with such are exact. */
export const withoutLowWord = (x: F64): F64 => f64.fromBits(i64.and(i64.bitsOf(x), 0xffffffff00000000n));

/** 2^k for -1022 <= k <= 1023. */
export const powerOfTwo = (k: I32): F64 => f64.fromBits(i64.shl(i64.fromU32(i32.add(k, 1023)), 52n));

/** y * 2^k for -2044 <= k <= 2046, in two exact halves: only a subnormal result is rounded, and once. */
export const scaled = (y: F64, k: I32): F64 =>
  f64.mul(f64.mul(y, powerOfTwo(i32.shr(k, 1))), powerOfTwo(i32.sub(k, i32.shr(k, 1))));

/** Whether the sign bit is set: true for -0. */
export const isNegative = (x: F64): I32 => i64.lt(i64.bitsOf(x), 0n);

/** c0 + x*(c1 + x*(c2 + …)). */
export function horner(x: F64, coefficients: readonly number[]): F64 {
  let result = f64.const(coefficients.at(-1)!);
  for (let n = coefficients.length - 2; n >= 0; n--) result = f64.add(coefficients[n]!, f64.mul(x, result));
  return result;
}
