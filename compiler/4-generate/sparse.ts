import { sparseOf } from '../ir/sparse.ts';
import type { Sparse } from '../ir/sparse.ts';
import type { FlatSystem } from '../ir/flat-system.ts';

const LIMITS = { unknowns: 20_000, operations: 400_000 };
/** Where nobody asks for it, a matrix with more unknowns is not made: its code would have to be looked for element by element. */
const UNASKED = { unknowns: 4000, operations: 60_000 };

const plans = new WeakMap<FlatSystem, Sparse | null>();

/** The elements of a system's matrix in their order, made once; undefined where it has none. */
export function sparseFor(system: FlatSystem): Sparse | undefined {
  const known = plans.get(system);
  if (known !== undefined) return known ?? undefined;
  const asked = system.scenarios.some(
    ({ method }) => method.name === 'rodas5p' || method.name === 'implicitEuler',
  );
  const found = system.linear && sparseOf(system, system.linear, asked ? LIMITS : UNASKED);
  plans.set(system, found ?? null);
  return found;
}
