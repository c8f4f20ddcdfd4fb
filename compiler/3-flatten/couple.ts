import type { FlatLoop, SolveBlock } from '../ir/flat-system.ts';
import { listed } from '../diagnostics/flattening.ts';
import { differentiate } from './differentiate.ts';
import type { Flattening } from './lower.ts';
import { elementName, plainName } from './names.ts';
import { subtract } from './simplify.ts';
import type { Matched } from './sort.ts';

/** Coupled equations with the derivative of each by each unknown; `ir/newton.md` says how they are solved. */
export function solveBlock(flattening: Flattening, families: Matched[], loops: FlatLoop[]): SolveBlock {
  const residuals = families.map((family) => subtract(family.left, family.right));
  const names = families.map(({ target }) => {
    const variable = flattening.variables[target.variable]!;
    return loops.length > 0 ? plainName(variable) : elementName(variable, target.index);
  });
  return {
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
}
