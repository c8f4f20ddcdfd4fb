import type { FunctionHandle, ModuleBuilder } from '../wasm/index.ts';
import type { Library } from './index.ts';

/** Adds one function to a module; other functions of the library are added when first named. */
export type Definition = (m: ModuleBuilder, library: Library) => FunctionHandle;
