export { f64, i32, i64 } from './arithmetic.ts';
export * from './build.ts';
export { FunctionBuilder, ModuleBuilder } from './module.ts';
export type { LocalOwner } from './module.ts';
export { elementLoop, forElements, inPairs } from './pairs.ts';
export { f64x2, i32x4, i64x2, v128 } from './vectors.ts';
export { statementsOf, StraightCode } from './straight.ts';
export type {
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
export type { ElementLoop } from './pairs.ts';
