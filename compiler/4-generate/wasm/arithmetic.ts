/** Instructions by type: constants, memory, arithmetic, comparisons, conversions. */
import type { Expression, F64, I32, I64, Statement, ValueType } from './nodes.ts';
import type { F64Operand, I32Operand, I64Operand } from './operands.ts';
import { constant, f, i, l } from './operands.ts';

export const unary = <T extends ValueType>(type: T, op: string, operand: Expression): Expression<T> => ({
  kind: 'unary',
  type,
  op,
  operand,
});
export const binary = <T extends ValueType>(
  type: T,
  op: string,
  left: Expression,
  right: Expression,
): Expression<T> => ({ kind: 'binary', type, op, left, right });

export const load =
  <T extends ValueType>(type: T, op: string) =>
  (address: I32Operand, offset = 0): Expression<T> => ({
    kind: 'load',
    type,
    op,
    address: i(address),
    offset,
  });

const f1 =
  (op: string) =>
  (x: F64Operand): F64 =>
    unary('f64', op, f(x));
const f2 =
  (op: string) =>
  (x: F64Operand, y: F64Operand): F64 =>
    binary('f64', op, f(x), f(y));
const fTest =
  (op: string) =>
  (x: F64Operand, y: F64Operand): I32 =>
    binary('i32', op, f(x), f(y));
const i1 =
  (op: string) =>
  (x: I32Operand): I32 =>
    unary('i32', op, i(x));
const i2 =
  (op: string) =>
  (x: I32Operand, y: I32Operand): I32 =>
    binary('i32', op, i(x), i(y));
const l1 =
  (op: string) =>
  (x: I64Operand): I64 =>
    unary('i64', op, l(x));
const l2 =
  (op: string) =>
  (x: I64Operand, y: I64Operand): I64 =>
    binary('i64', op, l(x), l(y));
const lTest =
  (op: string) =>
  (x: I64Operand, y: I64Operand): I32 =>
    binary('i32', op, l(x), l(y));

/** Memory access takes an address in bytes plus a constant offset in bytes. */
export const f64 = {
  const: (value: number): F64 => constant('f64', value),
  load: load('f64', 'f64.load'),
  store: (address: I32Operand, value: F64Operand, offset = 0): Statement => ({
    kind: 'store',
    op: 'f64.store',
    address: i(address),
    value: f(value),
    offset,
  }),
  add: f2('f64.add'),
  sub: f2('f64.sub'),
  mul: f2('f64.mul'),
  div: f2('f64.div'),
  /** NaN if either operand is NaN; min(-0, 0) = -0. */
  min: f2('f64.min'),
  /** NaN if either operand is NaN; max(-0, 0) = 0. */
  max: f2('f64.max'),
  copysign: f2('f64.copysign'),
  abs: f1('f64.abs'),
  neg: f1('f64.neg'),
  ceil: f1('f64.ceil'),
  floor: f1('f64.floor'),
  trunc: f1('f64.trunc'),
  /** To the nearest integer, halves to even. */
  nearest: f1('f64.nearest'),
  sqrt: f1('f64.sqrt'),
  eq: fTest('f64.eq'),
  ne: fTest('f64.ne'),
  lt: fTest('f64.lt'),
  gt: fTest('f64.gt'),
  le: fTest('f64.le'),
  ge: fTest('f64.ge'),
  fromI32: (x: I32Operand): F64 => unary('f64', 'f64.convert_i32_s', i(x)),
  fromU32: (x: I32Operand): F64 => unary('f64', 'f64.convert_i32_u', i(x)),
  fromI64: (x: I64Operand): F64 => unary('f64', 'f64.convert_i64_s', l(x)),
  fromU64: (x: I64Operand): F64 => unary('f64', 'f64.convert_i64_u', l(x)),
  /** The number whose IEEE 754 bits are given. */
  fromBits: (x: I64Operand): F64 => unary('f64', 'f64.reinterpret_i64', l(x)),
  /** a0 + a1 + a2 … from left to right; 0 for an empty list. */
  sum: (terms: readonly F64Operand[]): F64 => {
    let total = f(terms[0] ?? 0);
    for (let n = 1; n < terms.length; n++) total = binary('f64', 'f64.add', total, f(terms[n]!));
    return total;
  },
};

/** Comparisons and division are signed unless their name ends in U. A truth value is an i32, 0 or 1. */
export const i32 = {
  const: (value: number): I32 => constant('i32', value),
  load: load('i32', 'i32.load'),
  load8: load('i32', 'i32.load8_u'),
  store: (address: I32Operand, value: I32Operand, offset = 0): Statement => ({
    kind: 'store',
    op: 'i32.store',
    address: i(address),
    value: i(value),
    offset,
  }),
  store8: (address: I32Operand, value: I32Operand, offset = 0): Statement => ({
    kind: 'store',
    op: 'i32.store8',
    address: i(address),
    value: i(value),
    offset,
  }),
  add: i2('i32.add'),
  sub: i2('i32.sub'),
  mul: i2('i32.mul'),
  div: i2('i32.div_s'),
  divU: i2('i32.div_u'),
  rem: i2('i32.rem_s'),
  remU: i2('i32.rem_u'),
  and: i2('i32.and'),
  or: i2('i32.or'),
  xor: i2('i32.xor'),
  shl: i2('i32.shl'),
  shr: i2('i32.shr_s'),
  shrU: i2('i32.shr_u'),
  rotl: i2('i32.rotl'),
  clz: i1('i32.clz'),
  ctz: i1('i32.ctz'),
  popcnt: i1('i32.popcnt'),
  /** 1 for zero, 0 otherwise: logical not. */
  eqz: i1('i32.eqz'),
  eq: i2('i32.eq'),
  ne: i2('i32.ne'),
  lt: i2('i32.lt_s'),
  ltU: i2('i32.lt_u'),
  gt: i2('i32.gt_s'),
  gtU: i2('i32.gt_u'),
  le: i2('i32.le_s'),
  leU: i2('i32.le_u'),
  ge: i2('i32.ge_s'),
  geU: i2('i32.ge_u'),
  /** Low 32 bits. */
  fromI64: (x: I64Operand): I32 => unary('i32', 'i32.wrap_i64', l(x)),
  /** Toward zero; traps when out of range or NaN. */
  fromF64: (x: F64Operand): I32 => unary('i32', 'i32.trunc_f64_s', f(x)),
  /** Toward zero; clamps when out of range, NaN gives 0. */
  fromF64Saturating: (x: F64Operand): I32 => unary('i32', 'i32.trunc_sat_f64_s', f(x)),
  fromF64SaturatingU: (x: F64Operand): I32 => unary('i32', 'i32.trunc_sat_f64_u', f(x)),
};

/** Comparisons are signed unless their name ends in U. Constants are bigints. */
export const i64 = {
  const: (value: bigint): I64 => constant('i64', value),
  load: load('i64', 'i64.load'),
  store: (address: I32Operand, value: I64Operand, offset = 0): Statement => ({
    kind: 'store',
    op: 'i64.store',
    address: i(address),
    value: l(value),
    offset,
  }),
  add: l2('i64.add'),
  sub: l2('i64.sub'),
  mul: l2('i64.mul'),
  div: l2('i64.div_s'),
  divU: l2('i64.div_u'),
  rem: l2('i64.rem_s'),
  remU: l2('i64.rem_u'),
  and: l2('i64.and'),
  or: l2('i64.or'),
  xor: l2('i64.xor'),
  shl: l2('i64.shl'),
  shr: l2('i64.shr_s'),
  shrU: l2('i64.shr_u'),
  rotl: l2('i64.rotl'),
  clz: l1('i64.clz'),
  ctz: l1('i64.ctz'),
  eqz: (x: I64Operand): I32 => unary('i32', 'i64.eqz', l(x)),
  eq: lTest('i64.eq'),
  ne: lTest('i64.ne'),
  lt: lTest('i64.lt_s'),
  ltU: lTest('i64.lt_u'),
  gt: lTest('i64.gt_s'),
  gtU: lTest('i64.gt_u'),
  le: lTest('i64.le_s'),
  leU: lTest('i64.le_u'),
  ge: lTest('i64.ge_s'),
  geU: lTest('i64.ge_u'),
  fromI32: (x: I32Operand): I64 => unary('i64', 'i64.extend_i32_s', i(x)),
  fromU32: (x: I32Operand): I64 => unary('i64', 'i64.extend_i32_u', i(x)),
  fromF64: (x: F64Operand): I64 => unary('i64', 'i64.trunc_f64_s', f(x)),
  fromF64Saturating: (x: F64Operand): I64 => unary('i64', 'i64.trunc_sat_f64_s', f(x)),
  /** The IEEE 754 bits of a number. */
  bitsOf: (x: F64Operand): I64 => unary('i64', 'i64.reinterpret_f64', f(x)),
};
