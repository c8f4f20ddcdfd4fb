export * from './build.ts';
export { FunctionBuilder, ModuleBuilder } from './module.ts';
export { elementLoop, forElements, inPairs } from './pairs.ts';
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
