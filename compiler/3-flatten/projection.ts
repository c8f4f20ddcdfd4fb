import type {
  Block,
  FlatExpression,
  FlatIndex,
  FlatLoop,
  FlatVariable,
  SolveBlock,
} from '../ir/flat-system.ts';
import type { SourceRange } from '../model/source.ts';
import { report } from '../diagnostics/diagnostic.ts';
import { coupledOpen, listed } from '../diagnostics/flattening.ts';
import { contains, reach } from './box.ts';
import { equal, freshen, loads, loopName, mapChildren, rangesOf, substitute } from '../ir/expressions.ts';
import type { Load } from '../ir/expressions.ts';
import { differentiate } from './differentiate.ts';
import type { Constraints } from './index-reduction.ts';
import type { Flattening } from './lower.ts';
import { elementName, plainName } from './names.ts';
import { subtract } from './simplify.ts';

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
  const through = new Set<SolveBlock>();
  const own = rows.filter((row) => row.depth === depth);
  const equations: Equation[] = own.map(({ family: { left, right, source } }) => ({
    residual: expanded(flattening, subtract(left, right), loops, running, through),
    source,
  }));
  // Walked in the order of insertion, with those that are found on the way.
  for (const block of through)
    block.residuals.forEach((residual, row) =>
      equations.push({
        residual: expanded(flattening, residual, loops, running, through),
        source: block.sources[row]!,
      }),
    );
  const solved = (load: Load) => {
    const { role } = flattening.variables[load.variable]!;
    return role === 'state' ? depthOf(load) === depth : role === 'algebraic' || role === 'derivative';
  };
  return solveNearest(flattening, loops, equations, solved);
}

interface Equation {
  residual: FlatExpression;
  source: SourceRange;
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
    if (!jacobian.some((entry) => entry.row === row))
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

const sameElement = (a: Load, b: Load) => a.variable === b.variable && equal(a.index, b.index);

/** The size that values of a variable have, as far as it can be told: its range's, or one of its unit. */
export function nominal({ low, high, unit }: FlatVariable): number {
  const range = Math.max(Math.abs(low ?? 0), Math.abs(high ?? 0));
  return range > 0 && Number.isFinite(range) ? range : Math.abs(unit.factor) || 1;
}

/** What is computed is written out, down to states; what is solved for stays, with the block that does it. */
export function expanded(
  flattening: Flattening,
  expression: FlatExpression,
  loops: readonly FlatLoop[],
  running: readonly Block[],
  through: Set<SolveBlock>,
): FlatExpression {
  let names = 0;
  const fresh = () => loopName(loops.length + 6 + (names += 1));
  const change = (one: FlatExpression, around: readonly FlatLoop[]): FlatExpression => {
    if (one.kind === 'reduction') return { ...one, body: change(one.body, [...around, ...one.loops]) };
    if (one.kind !== 'load') return mapChildren(one, (child) => change(child, around));
    const { role } = flattening.variables[one.variable]!;
    if (role !== 'algebraic' && role !== 'derivative') return one;
    const box = reach(one.index, rangesOf(around));
    for (const block of running) {
      if (block.kind === 'solve') {
        const solves = block.unknowns.some(
          (unknown) =>
            unknown.variable === one.variable && contains(reach(unknown.index, rangesOf(block.loops)), box),
        );
        if (!solves) continue;
        through.add(block);
        return one;
      }
      const { target } = block;
      if (target.variable !== one.variable) continue;
      if (!contains(reach(target.index, rangesOf(block.loops)), box)) continue;
      const by = new Map<string, FlatIndex>();
      target.index.forEach((index, dim) => {
        const own = one.index[dim]!;
        if (typeof index === 'number') return;
        by.set(
          index.loop,
          typeof own === 'number'
            ? own - index.offset
            : { loop: own.loop, offset: own.offset - index.offset },
        );
      });
      return change(substitute(freshen(block.value, fresh), by), around);
    }
    return one;
  };
  return change(expression, loops);
}
