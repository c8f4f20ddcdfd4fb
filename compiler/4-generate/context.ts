import type { FlatSystem, SolveBlock } from '../ir/flat-system.ts';
import type { FlatTarget } from '../ir/flat-expression.ts';
import type { Samplers } from './draws.ts';
import type { Routines } from './random/routine.ts';
import type { Library } from './elementary/index.ts';
import type { Lookups } from './tables.ts';
import type { MemoryPlan } from './layout.ts';
import type { FunctionHandle, ModuleBuilder } from './wasm/index.ts';

/** What the parts of the generator share while one module is made. */
export interface Context {
  module: ModuleBuilder;
  system: FlatSystem;
  plan: MemoryPlan;
  /** Dims by variable id. */
  dims: readonly (readonly number[])[];
  elementary: Library;
  samplers: Samplers;
  lookups: Lookups;
  recall: () => FunctionHandle;
  delays: FlatSystem['delays'];
  /** Numerical routines of the module, by name. */
  routines: Routines;
  /** The function that solves one instance of a block; its parameters are the loops' counters in bytes. */
  solver: (block: SolveBlock) => FunctionHandle;
  /** The modeller's name of a target, for listings: `pump[i].power`. */
  text: (target: FlatTarget) => string;
}
