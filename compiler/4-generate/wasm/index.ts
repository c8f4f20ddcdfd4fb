export * from './build.ts';
export { FunctionBuilder, ModuleBuilder } from './module.ts';
export { forElements, inPairs } from './pairs.ts';
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
