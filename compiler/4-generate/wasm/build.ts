/**
 * Constructors of code nodes. Operands that are numbers stand for constants, and a `Local` or `Global` handle stands
 * for reading it: `set(x, f64.add(x, f64.mul(h, 0.5)))`. A statement list is a plain array.
 */
import type {
  Expression,
  F64,
  FunctionHandle,
  Global,
  I32,
  I64,
  Label,
  Local,
  Statement,
  V128,
  ValueType,
} from './nodes.ts';

type F64Operand = F64 | number;
type I32Operand = I32 | number;
type I64Operand = I64 | bigint;

const constant = <T extends ValueType>(type: T, value: number | bigint): Expression<T> => ({
  kind: 'constant',
  type,
  value,
});
const f = (x: F64Operand): F64 => (typeof x === 'number' ? constant('f64', x) : x);
/** Most addresses are all in the offset. */
const NOTHING = constant('i32', 0);
const i = (x: I32Operand): I32 =>
  typeof x !== 'number' ? x : Object.is(x, 0) ? NOTHING : constant('i32', x);
const l = (x: I64Operand): I64 => (typeof x === 'bigint' ? constant('i64', x) : x);

const unary = <T extends ValueType>(type: T, op: string, operand: Expression): Expression<T> => ({
  kind: 'unary',
  type,
  op,
  operand,
});
const binary = <T extends ValueType>(
  type: T,
  op: string,
  left: Expression,
  right: Expression,
): Expression<T> => ({ kind: 'binary', type, op, left, right });

const load =
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
const v1 =
  (op: string) =>
  (x: V128): V128 =>
    unary('v128', op, x);
const v2 =
  (op: string) =>
  (x: V128, y: V128): V128 =>
    binary('v128', op, x, y);

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

/** A number where the local's type says how to read it. */
type Assignable<T extends ValueType> =
  | Expression<T>
  | (T extends 'i64' ? bigint : T extends 'v128' ? never : number);

const asExpression = <T extends ValueType>(type: T, value: Assignable<T>): Expression<T> =>
  typeof value === 'number' || typeof value === 'bigint' ? constant(type, value) : (value as Expression<T>);

export const set = <T extends ValueType>(local: Local<T>, value: Assignable<T>): Statement => ({
  kind: 'set',
  local,
  value: asExpression(local.type, value),
});

/** Sets the local and leaves the value. */
export const tee = <T extends ValueType>(local: Local<T>, value: Assignable<T>): Expression<T> => ({
  kind: 'tee',
  type: local.type,
  local,
  value: asExpression(local.type, value),
});

export const setGlobal = <T extends ValueType>(global: Global<T>, value: Assignable<T>): Statement => ({
  kind: 'setGlobal',
  global,
  value: asExpression(global.type, value),
});

/** Evaluates both sides, without a branch: for cheap operands. */
export const select = <T extends ValueType>(
  condition: I32,
  whenTrue: Expression<T>,
  whenFalse: Expression<T>,
): Expression<T> => ({ kind: 'select', type: whenTrue.type, condition, whenTrue, whenFalse });

/** Evaluates one side only. */
export const conditional = <T extends ValueType>(
  condition: I32,
  whenTrue: Expression<T>,
  whenFalse: Expression<T>,
): Expression<T> => ({ kind: 'conditional', type: whenTrue.type, condition, whenTrue, whenFalse });

/** The statements, then the value, as one expression. */
export const after = <T extends ValueType>(
  body: readonly Statement[],
  value: Expression<T>,
): Expression<T> => ({
  kind: 'after',
  type: value.type,
  body,
  value,
});

function operandsOf(
  callee: FunctionHandle,
  operands: readonly (Expression | number | bigint)[],
): Expression[] {
  if (operands.length !== callee.parameters.length)
    throw new Error(`${callee.name} takes ${callee.parameters.length} operands, got ${operands.length}`);
  return operands.map((operand, n) => {
    const { type, name } = callee.parameters[n]!;
    const expression =
      typeof operand === 'number' || typeof operand === 'bigint' ? constant(type, operand) : operand;
    if (expression.type !== type)
      throw new Error(`${callee.name}: operand ${name} is ${expression.type}, must be ${type}`);
    return expression;
  });
}

/** A call of a function with one result. The result's type is the callee's; name it: `call<'f64'>(exp, x)`. */
export function call<T extends ValueType = 'f64'>(
  callee: FunctionHandle,
  ...operands: (Expression | number | bigint)[]
): Expression<T> {
  if (callee.results.length !== 1)
    throw new Error(`${callee.name} has ${callee.results.length} results: use run`);
  return { kind: 'call', type: callee.results[0] as T, callee, operands: operandsOf(callee, operands) };
}

/** A call as a statement: of a function without results, or with as many results as `targets`. */
export function run(
  callee: FunctionHandle,
  operands: readonly (Expression | number | bigint)[] = [],
  targets: readonly Local[] = [],
): Statement {
  if (callee.results.length !== targets.length)
    throw new Error(`${callee.name} has ${callee.results.length} results, ${targets.length} targets`);
  return { kind: 'callStatement', callee, operands: operandsOf(callee, operands), targets };
}

export const drop = (value: Expression): Statement => ({ kind: 'drop', value });

export const label = (name: string): Label => ({ name });
/** `branch(label)` in it leaves it. */
export const block = (target: Label, body: readonly Statement[]): Statement => ({
  kind: 'block',
  label: target,
  body,
});
/** `branch(label)` in it begins it again; it ends when its last statement is passed. */
export const loop = (target: Label, body: readonly Statement[]): Statement => ({
  kind: 'loop',
  label: target,
  body,
});
export const branch = (target: Label): Statement => ({ kind: 'branch', label: target });
export const branchIf = (target: Label, condition: I32): Statement => ({
  kind: 'branchIf',
  label: target,
  condition,
});

export const when = (
  condition: I32,
  whenTrue: readonly Statement[],
  whenFalse: readonly Statement[] = [],
): Statement => ({ kind: 'if', condition, whenTrue, whenFalse });

/** Runs `cases[index]`, and `otherwise` for any other index (taken as unsigned); a case does not fall into the next.
 * A branch to one of `entries` goes on with a case further on. */
export const switchOn = (
  index: I32,
  cases: readonly (readonly Statement[])[],
  otherwise: readonly Statement[] = [],
  entries: readonly Label[] = [],
): Statement => ({ kind: 'switch', index, cases, otherwise, entries });

export const returns = (...values: Expression[]): Statement => ({ kind: 'return', values });
export const unreachable = (): Statement => ({ kind: 'unreachable' });

/**
 * for (counter = from; counter < to; counter += step) body, compared as signed.
 * `to` is evaluated before each round: give a constant or a local that the body leaves alone.
 */
export function forRange(
  counter: Local<'i32'>,
  from: I32Operand,
  to: I32Operand,
  body: readonly Statement[],
  step = 1,
): Statement {
  const again = label(`next ${counter.name}`);
  const rounds = loop(again, [...body, branchIf(again, i32.lt(tee(counter, i32.add(counter, step)), to))]);
  const exit = label(`end ${counter.name}`);
  const isSurelyEntered = typeof from === 'number' && typeof to === 'number' && from < to;
  return block(exit, [
    set(counter, i(from)),
    ...(isSurelyEntered ? [] : [branchIf(exit, i32.ge(counter, to))]),
    rounds,
  ]);
}

export function whileLoop(condition: I32, body: readonly Statement[]): Statement {
  const again = label('while');
  const exit = label('end while');
  return block(exit, [loop(again, [branchIf(exit, i32.eqz(condition)), ...body, branch(again)])]);
}

/** Sets `byteCount` bytes from `address` on to the low byte of `value`. */
export const memoryFill = (address: I32Operand, value: I32Operand, byteCount: I32Operand): Statement => ({
  kind: 'fill',
  address: i(address),
  value: i(value),
  byteCount: i(byteCount),
});
/** Copies bytes; the ranges may overlap. */
export const memoryCopy = (to: I32Operand, from: I32Operand, byteCount: I32Operand): Statement => ({
  kind: 'copy',
  to: i(to),
  from: i(from),
  byteCount: i(byteCount),
});

/** Stands in the text listing only. */
export const comment = (text: string): Statement => ({ kind: 'comment', text });
