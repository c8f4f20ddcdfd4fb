import type { Block, FlatVariable, SolveBlock } from '../../ir/flat-system.ts';
import type { FlatLoop } from '../../ir/flat-expression.ts';
import { report } from '../../diagnostics/diagnostic.ts';
import { coupledOpen, listed } from '../../diagnostics/flattening.ts';
import { loads, sameElement } from '../../ir/expressions.ts';
import type { Load } from '../../ir/expressions.ts';
import { differentiate } from '../algebra/differentiate.ts';
import { Expansion } from '../algebra/expand.ts';
import type { Equation } from '../algebra/expand.ts';
import type { Constraints } from './index-reduction.ts';
import type { Flattening } from '../flattening.ts';
import { elementName, plainName } from '../names.ts';
import { subtract } from '../algebra/simplify.ts';

/** Constraints on states, as systems of fewer equations than unknowns: of all states that obey them the nearest is taken. */
export function projections(flattening: Flattening, running: readonly Block[]): SolveBlock[] {
  return flattening.constraints.flatMap((constraints) => {
    const depths = [...new Set(constraints.rows.map(({ depth }) => depth))].sort((a, b) => b - a);
    return depths.map((depth) => nearest(flattening, constraints, depth, running));
  });
}

function nearest(
  flattening: Flattening,
  { loops, rows, depthOf }: Constraints,
  depth: number,
  running: readonly Block[],
): SolveBlock {
  const expansion = new Expansion(flattening, running);
  const own = rows
    .filter((row) => row.depth === depth)
    .map(({ family: { left, right, source } }) => ({
      residual: expansion.expand(subtract(left, right), loops),
      source,
    }));
  const solved = (load: Load) => {
    const { role } = flattening.variables[load.variable]!;
    return role === 'state' ? depthOf(load) === depth : role === 'algebraic' || role === 'derivative';
  };
  return solveNearest(flattening, loops, [...own, ...expansion.equations], solved);
}

/** `isUnknown` chooses among what the equations read. */
export function solveNearest(
  flattening: Flattening,
  loops: FlatLoop[],
  rows: readonly Equation[],
  isUnknown: (load: Load) => boolean,
): SolveBlock {
  const unknowns: Load[] = [];
  for (const { residual } of rows)
    for (const { load } of loads(residual))
      if (isUnknown(load) && !unknowns.some((one) => sameElement(one, load))) unknowns.push(load);
  const jacobian = rows.flatMap(({ residual }, row) =>
    unknowns.flatMap((unknown, column) => {
      const value = differentiate(residual, unknown);
      return value.kind === 'number' && value.value === 0 ? [] : [{ row, column, value }];
    }),
  );
  const names = unknowns.map(({ variable, index }) => {
    const flat = flattening.variables[variable]!;
    return loops.length > 0 ? plainName(flat) : elementName(flat, index);
  });
  for (const [row, { source }] of rows.entries())
    if (names.length > 0 && !jacobian.some((entry) => entry.row === row))
      flattening.diagnostics.push(report(coupledOpen, { names: [...new Set(names)] }, source));
  return {
    kind: 'solve',
    loops,
    unknowns: unknowns.map(({ variable, index }) => ({ variable, index })),
    residuals: rows.map(({ residual }) => residual),
    jacobian,
    scales: unknowns.map(({ variable }) => nominal(flattening.variables[variable]!)),
    name: listed([...new Set(names)], 8),
    sources: rows.map(({ source }) => source),
  };
}

/** The size that values of a variable have, as far as it can be told: its range's, or one of its unit. */
function nominal({ low, high, unit }: FlatVariable): number {
  const range = Math.max(Math.abs(low ?? 0), Math.abs(high ?? 0));
  return range > 0 && Number.isFinite(range) ? range : Math.abs(unit.factor) || 1;
}
