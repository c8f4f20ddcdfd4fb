import type { FlatLoop, SolveBlock } from '../ir/flat-system.ts';
import { report } from '../diagnostics/diagnostic.ts';
import { coupledOpen, listed } from '../diagnostics/flattening.ts';
import { differentiate } from './differentiate.ts';
import type { Flattening } from './lower.ts';
import { elementName, plainName } from './names.ts';
import { subtract } from './simplify.ts';
import type { Matched } from './sort.ts';

/**
 * Coupled equations with the derivative of each by each unknown; `ir/newton.md` says how they are solved. `written`: the
 * equations as they were before some were put into others.
 */
export function solveBlock(
  flattening: Flattening,
  families: Matched[],
  loops: FlatLoop[],
  written = families,
): SolveBlock {
  const residuals = families.map((family) => subtract(family.left, family.right));
  const names = families.map(({ target }) => {
    const variable = flattening.variables[target.variable]!;
    return loops.length > 0 ? plainName(variable) : elementName(variable, target.index);
  });
  const block: SolveBlock = {
    kind: 'solve',
    loops,
    unknowns: families.map(({ target }) => ({ variable: target.variable, index: target.index })),
    residuals,
    jacobian: residuals.flatMap((residual, row) =>
      families.flatMap(({ target }, column) => {
        const value = differentiate(residual, target);
        return value.kind === 'number' && value.value === 0 ? [] : [{ row, column, value }];
      }),
    ),
    name: listed(names, 8),
    sources: families.map((family) => family.source),
  };
  if (!isDetermined(block)) sayOpen(flattening, written);
  return block;
}

/** False where an unknown is in no equation, or an equation without an unknown: it cancels out of what was written. */
function isDetermined({ unknowns, jacobian }: SolveBlock): boolean {
  const rows = new Set(jacobian.map(({ row }) => row));
  const columns = new Set(jacobian.map(({ column }) => column));
  return rows.size === unknowns.length && columns.size === unknowns.length;
}

function sayOpen(flattening: Flattening, families: Matched[]): void {
  const names = families.map(({ target }) => plainName(flattening.variables[target.variable]!));
  const [first, ...others] = families.map((family) => family.source);
  const related = others.map((source) => ({ message: 'another equation', source }));
  flattening.diagnostics.push(report(coupledOpen, { names: [...new Set(names)] }, first!, { related }));
}
