/** Instructions on vectors of 128 bits, by how their lanes are read. */
import type { F64, I32, I64, Statement, V128 } from './nodes.ts';
import type { F64Operand, I32Operand, I64Operand } from './operands.ts';
import { f, i, l } from './operands.ts';
import { unary, binary, load } from './arithmetic.ts';

const v1 =
  (op: string) =>
  (x: V128): V128 =>
    unary('v128', op, x);
const v2 =
  (op: string) =>
  (x: V128, y: V128): V128 =>
    binary('v128', op, x, y);

/** Two f64 lanes; lane 0 is the one at the lower address. Comparisons give a mask of ones or zeros per lane. */
export const f64x2 = {
  const: (first: number, second: number): V128 => ({ kind: 'constant', type: 'v128', value: first, second }),
  load: load('v128', 'v128.load'),
  /** One f64 cell into both lanes. */
  loadSplat: load('v128', 'v128.load64_splat'),
  store: (address: I32Operand, value: V128, offset = 0): Statement => ({
    kind: 'store',
    op: 'v128.store',
    address: i(address),
    value,
    offset,
  }),
  splat: (x: F64Operand): V128 =>
    typeof x === 'number' ? f64x2.const(x, x) : unary('v128', 'f64x2.splat', x),
  lane: (x: V128, lane: 0 | 1): F64 => ({
    kind: 'extract',
    type: 'f64',
    op: 'f64x2.extract_lane',
    lane,
    operand: x,
  }),
  withLane: (x: V128, lane: 0 | 1, value: F64Operand): V128 => ({
    kind: 'replace',
    type: 'v128',
    op: 'f64x2.replace_lane',
    lane,
    operand: x,
    value: f(value),
  }),
  add: v2('f64x2.add'),
  sub: v2('f64x2.sub'),
  mul: v2('f64x2.mul'),
  div: v2('f64x2.div'),
  min: v2('f64x2.min'),
  max: v2('f64x2.max'),
  /** The second where it is smaller than the first, or else the first. */
  pmin: v2('f64x2.pmin'),
  abs: v1('f64x2.abs'),
  neg: v1('f64x2.neg'),
  sqrt: v1('f64x2.sqrt'),
  ceil: v1('f64x2.ceil'),
  floor: v1('f64x2.floor'),
  trunc: v1('f64x2.trunc'),
  nearest: v1('f64x2.nearest'),
  eq: v2('f64x2.eq'),
  ne: v2('f64x2.ne'),
  lt: v2('f64x2.lt'),
  gt: v2('f64x2.gt'),
  le: v2('f64x2.le'),
  ge: v2('f64x2.ge'),
  /** Low two i32 lanes as f64. */
  fromLowI32x4: v1('f64x2.convert_low_i32x4_s'),
  toLowI32x4: v1('i32x4.trunc_sat_f64x2_s_zero'),
};

/** Bitwise operations on whole vectors, and the two 64-bit integer lanes that bit tricks need. */
export const v128 = {
  and: v2('v128.and'),
  or: v2('v128.or'),
  xor: v2('v128.xor'),
  /** left and not right. */
  andnot: v2('v128.andnot'),
  not: v1('v128.not'),
  anyTrue: (x: V128): I32 => unary('i32', 'v128.any_true', x),
  /** Lanes of `whenTrue` where the mask of a comparison is ones, of `whenFalse` elsewhere. */
  select: (mask: V128, whenTrue: V128, whenFalse: V128): V128 => ({
    kind: 'bitselect',
    type: 'v128',
    mask,
    whenTrue,
    whenFalse,
  }),
};

export const i64x2 = {
  lane: (x: V128, lane: 0 | 1): I64 => ({
    kind: 'extract',
    type: 'i64',
    op: 'i64x2.extract_lane',
    lane,
    operand: x,
  }),
  splat: (x: I64Operand): V128 => unary('v128', 'i64x2.splat', l(x)),
  add: v2('i64x2.add'),
  sub: v2('i64x2.sub'),
  eq: v2('i64x2.eq'),
  shl: (x: V128, bits: I32Operand): V128 => binary('v128', 'i64x2.shl', x, i(bits)),
  shr: (x: V128, bits: I32Operand): V128 => binary('v128', 'i64x2.shr_s', x, i(bits)),
  shrU: (x: V128, bits: I32Operand): V128 => binary('v128', 'i64x2.shr_u', x, i(bits)),
  allTrue: (x: V128): I32 => unary('i32', 'i64x2.all_true', x),
};

/** Four lanes of 32 bits. */
export const i32x4 = {
  splat: (x: I32Operand): V128 => unary('v128', 'i32x4.splat', i(x)),
  add: v2('i32x4.add'),
  /** Four lanes, numbered 0 to 3 in the left operand and 4 to 7 in the right one. */
  shuffle: (left: V128, right: V128, lanes: readonly [number, number, number, number]): V128 => ({
    kind: 'shuffle',
    type: 'v128',
    lanes,
    left,
    right,
  }),
  /** Products of 64 bits of the lower two lanes, unsigned, and of the upper two. */
  productsLow: v2('i64x2.extmul_low_i32x4_u'),
  productsHigh: v2('i64x2.extmul_high_i32x4_u'),
};
