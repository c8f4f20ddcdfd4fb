import { matrixLimits, sparseOf } from '../ir/sparse.ts';
import type { Sparse } from '../ir/sparse.ts';
import type { FlatSystem } from '../ir/flat-system.ts';

const plans = new WeakMap<FlatSystem, Sparse | null>();

/** The elements of a system's matrix in their order, made once; undefined where it has none. */
export function sparseFor(system: FlatSystem): Sparse | undefined {
  const known = plans.get(system);
  if (known !== undefined) return known ?? undefined;
  const found = system.linear && sparseOf(system, system.linear, matrixLimits(system));
  plans.set(system, found ?? null);
  return found;
}
