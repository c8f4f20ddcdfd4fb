import type { FlatExpression, FlatLoop } from '../../ir/flat-expression.ts';
import type { SolveBlock, VariableId } from '../../ir/flat-system.ts';
import { loads } from '../../ir/expressions.ts';
import type { Load } from '../../ir/expressions.ts';
import { report } from '../../diagnostics/diagnostic.ts';
import { coupledOpen, listed } from '../../diagnostics/flattening.ts';
import { differentiate } from '../algebra/differentiate.ts';
import type { Flattening } from '../flattening.ts';
import { elementName, plainName } from '../names.ts';
import { subtract } from '../algebra/simplify.ts';
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
    jacobian: jacobianOf(
      residuals,
      families.map(({ target }) => target),
    ),
    name: listed(names, 8),
    sources: families.map((family) => family.source),
  };
  if (!isDetermined(block)) sayOpen(flattening, written);
  return block;
}

/** Entries that are not 0 by themselves, by row and then by column. */
function jacobianOf(residuals: readonly FlatExpression[], unknowns: readonly Load[]): SolveBlock['jacobian'] {
  return patternOf(residuals, unknowns).flatMap(({ row, column }) => {
    const value = differentiate(residuals[row]!, unknowns[column]!);
    return value.kind === 'number' && value.value === 0 ? [] : [{ row, column, value }];
  });
}

/** Which residual reads which unknown; a read inside a sum stands for all elements. */
export function patternOf(
  residuals: readonly FlatExpression[],
  unknowns: readonly Load[],
): { row: number; column: number }[] {
  const columns = new Map<VariableId, number[]>();
  unknowns.forEach(({ variable }, column) => {
    const list = columns.get(variable);
    if (list) list.push(column);
    else columns.set(variable, [column]);
  });
  const single = new Map(unknowns.map((unknown, column) => [elementKey(unknown), column]));
  return residuals.flatMap((residual, row) => {
    const mentioned = new Set<number>();
    for (const { load } of loads(residual)) {
      const exact = single.get(elementKey(load));
      if (exact !== undefined) mentioned.add(exact);
      else for (const column of columns.get(load.variable) ?? []) mentioned.add(column);
    }
    return [...mentioned].sort((a, b) => a - b).map((column) => ({ row, column }));
  });
}

const elementKey = ({ variable, index }: Load) => `${variable}:${JSON.stringify(index)}`;

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
