/** Operands as they may be written: a number stands for a constant, and a `Local` or `Global` handle for reading it. */
import type { Expression, F64, I32, I64, ValueType } from './nodes.ts';

export type F64Operand = F64 | number;
export type I32Operand = I32 | number;
export type I64Operand = I64 | bigint;

export const constant = <T extends ValueType>(type: T, value: number | bigint): Expression<T> => ({
  kind: 'constant',
  type,
  value,
});
export const f = (x: F64Operand): F64 => (typeof x === 'number' ? constant('f64', x) : x);
/** Most addresses are all in the offset. */
const NOTHING = constant('i32', 0);
export const i = (x: I32Operand): I32 =>
  typeof x !== 'number' ? x : Object.is(x, 0) ? NOTHING : constant('i32', x);
export const l = (x: I64Operand): I64 => (typeof x === 'bigint' ? constant('i64', x) : x);
