/**
 * The sorted equations of a system → how they depend on states and time, by families of equations: work that does not grow with arrays.
 */
import { loads, mapChildren, number, some } from '../../ir/expressions.ts';
import type { Load } from '../../ir/expressions.ts';
import { substituteLocal, unfold } from '../../ir/lets.ts';
import type { FlatLinear, LinearEntry, LinearRow, LinearSlope } from '../../ir/linear.ts';
import type { Block, FlatSystem, SolveBlock, VariableId } from '../../ir/flat-system.ts';
import type { FlatExpression, FlatLoop, FlatTarget } from '../../ir/flat-expression.ts';
import { derivative, differentiate } from './differentiate.ts';
import { slopesNextToZero } from './roots.ts';
import type { Slope } from './roots.ts';
import { writeOut } from './scalarise.ts';
import { multiply, negate } from './simplify.ts';

type Reduction = Extract<FlatExpression, { kind: 'reduction' }>;
type Moves = (variable: VariableId) => boolean;

/** Undefined where there are no states, or a block of equations that cannot be matched to its unknowns. */
export function linearise({ variables, dynamics }: FlatSystem): FlatLinear | undefined {
  if (!variables.some(({ role }) => role === 'state')) return undefined;
  const moving = movingIn(variables, dynamics);
  const moves: Moves = (variable) => moving.has(variable);
  const isDerivative = (variable: VariableId) => variables[variable]!.role === 'derivative';
  // An input on a line reads itself where it holds, and stays as it is then.
  const isHeld = (variable: VariableId) => variables[variable]!.driven?.line !== undefined;
  const own = new Set(
    dynamics.flatMap((block) => [
      ...valuesOf(block).flatMap((value) => loads(value).map(({ load }) => load.variable)),
      ...(block.kind === 'solve' ? block.unknowns.map(({ variable }) => variable) : []),
    ]),
  );
  const linear: FlatLinear = {
    rows: [],
    entries: [],
    byTime: [],
    delays: dynamics.some((block) =>
      valuesOf(block).some((value) => some(value, ({ kind }) => kind === 'delayed')),
    ),
  };
  const add = (row: LinearRow, value: FlatExpression): void => {
    linear.rows.push(row);
    const { loops, unknown } = row;
    linear.entries.push(
      ...partials(
        value,
        loops,
        isHeld(unknown.variable) ? (one) => moves(one) && one !== unknown.variable : moves,
        slopesNextToZero(variables, dynamics, { value, loops, isResidual: row.diagonal === 'none' }),
      ).map((one): LinearEntry => ({
        ...one,
        row: unknown,
        value: finite(negate(one.value)),
      })),
    );
    linear.byTime.push(
      ...slopesByTime(value).map((slope): LinearSlope => ({ loops, row: unknown, value: finite(slope) })),
    );
  };
  variables.forEach(({ role, partner, dims }, variable) => {
    if (role !== 'derivative' || !own.has(variable)) return;
    const loops = dims.map((size, depth): FlatLoop => ({ variable: `d${depth}`, from: 0, to: size }));
    const index = loops.map((loop) => ({ loop: loop.variable, offset: 0 }));
    const unknown = { variable: partner!, index };
    linear.rows.push({ loops, unknown, diagonal: 'rate' });
    linear.entries.push({ loops, row: unknown, column: { variable, index }, value: number(-1) });
  });
  for (const block of dynamics) {
    if (block.kind === 'assign') {
      const { loops, target, value } = block;
      if (isDerivative(target.variable) && !own.has(target.variable)) {
        const unknown = { variable: variables[target.variable]!.partner!, index: target.index };
        add({ loops, unknown, diagonal: 'rate' }, value);
      } else if (moves(target.variable)) add({ loops, unknown: target, diagonal: 'one' }, value);
      continue;
    }
    if (!block.unknowns.some(({ variable }) => moves(variable))) continue;
    const order = matched(block);
    if (!order) return undefined;
    block.residuals.forEach((residual, row) => {
      add({ loops: block.loops, unknown: block.unknowns[order[row]!]!, diagonal: 'none' }, residual);
    });
  }
  return linear;
}

const valuesOf = (block: Block): FlatExpression[] =>
  block.kind === 'assign' ? [block.value] : block.residuals;

/** Variables that change while nothing happens: states, and what is computed from them or from the time. */
function movingIn(variables: FlatSystem['variables'], dynamics: readonly Block[]): Set<VariableId> {
  const moving = new Set<VariableId>();
  variables.forEach(({ role }, variable) => {
    if (role === 'state') moving.add(variable);
  });
  const doesMove = (node: FlatExpression): boolean =>
    node.kind === 'time' || node.kind === 'delayed' || (node.kind === 'load' && moving.has(node.variable));
  // A variable with elements may be defined by some equations before, and by others after what reads it.
  for (let before = -1; before !== moving.size;) {
    before = moving.size;
    for (const block of dynamics) {
      if (!valuesOf(block).some((value) => some(value, doesMove))) continue;
      if (block.kind === 'assign') moving.add(block.target.variable);
      else for (const { variable } of block.unknowns) moving.add(variable);
    }
  }
  // Elements of one variable are unknowns together; so are those of one block.
  return moving;
}

/** For each residual, an unknown that it determines. */
function matched({ residuals, unknowns, jacobian }: SolveBlock): number[] | undefined {
  if (residuals.length !== unknowns.length) return undefined;
  const columns = residuals.map((_, row) =>
    jacobian.filter((entry) => entry.row === row).map((entry) => entry.column),
  );
  for (const [row, own] of columns.entries()) if (own.includes(row)) own.unshift(row);
  const rowOf = new Map<number, number>();
  const augment = (row: number, seen: Set<number>): boolean =>
    columns[row]!.some((column) => {
      if (seen.has(column)) return false;
      seen.add(column);
      const other = rowOf.get(column);
      if (other !== undefined && !augment(other, seen)) return false;
      rowOf.set(column, row);
      return true;
    });
  if (!residuals.every((_, row) => augment(row, new Set()))) return undefined;
  const order: number[] = [];
  for (const [column, row] of rowOf) order[row] = column;
  return order;
}

export interface Partial {
  loops: FlatLoop[];
  column: FlatTarget;
  value: FlatExpression;
}

/** By each element that is read; those that a sum reads, in the loops of the sum too. */
export function partials(written: FlatExpression, loops: FlatLoop[], moves: Moves, slope?: Slope): Partial[] {
  const reads = (one: FlatExpression) => loads(one).some(({ load }) => moves(load.variable));
  const hasSums = some(written, (node) => node.kind === 'reduction' && reads(node));
  const sums = new Map<string, Reduction>();
  const pull = (one: FlatExpression): FlatExpression => {
    if (one.kind !== 'reduction' || !reads(one)) return mapChildren(one, pull);
    if (one.operator !== 'sum') return pull(writeOut(one, moves));
    const name = `sum ${sums.size + 1}`;
    sums.set(name, one);
    return { kind: 'local', name };
  };
  const value = hasSums ? pull(unfold(written)) : written;
  const back = (one: FlatExpression): FlatExpression =>
    [...sums].reduce((result, [name, sum]) => substituteLocal(result, name, sum), one);
  const columns = new Map<string, Load>();
  for (const { load } of loads(value))
    if (moves(load.variable)) columns.set(JSON.stringify([load.variable, load.index]), load);
  const direct = [...columns.values()].map((load): Partial => ({
    loops,
    column: { variable: load.variable, index: load.index },
    value: back(differentiate(value, load, new Map(), slope)),
  }));
  const inSums = [...sums].flatMap(([name, sum]) => {
    const outer = back(differentiate(value, nothing, new Map([[name, number(1)]]), slope));
    if (isZero(outer)) return [];
    return partials(sum.body, [...loops, ...sum.loops], moves, slope).map((one): Partial => ({
      ...one,
      value: multiply(outer, one.value),
    }));
  });
  return [...direct, ...inSums].filter((one) => !isZero(one.value));
}

const nothing: Load = { kind: 'load', variable: -1, index: [] };
const isZero = (expression: FlatExpression): boolean =>
  expression.kind === 'number' && expression.value === 0;

/**
 * 0 where it has no value, as that of `v * sqrt(v^2 + w^2)` at rest: the error of a step tells what that costs, but no value at all would
 * spoil it.
 */
function finite(value: FlatExpression): FlatExpression {
  const isSafe = !some(
    value,
    (node) => node.kind === 'call' || (node.kind === 'binary' && ['/', '^'].includes(node.operator)),
  );
  if (isSafe) return value;
  const entry: FlatExpression = { kind: 'local', name: 'entry' };
  const condition: FlatExpression = {
    kind: 'binary',
    operator: '==',
    left: { kind: 'binary', operator: '-', left: entry, right: entry },
    right: number(0),
  };
  return {
    kind: 'let',
    name: 'entry',
    value,
    body: { kind: 'conditional', condition, then: entry, else: number(0) },
  };
}

/** The partial derivative by time, or none where it is zero. */
function slopesByTime(written: FlatExpression): FlatExpression[] {
  const readsTime = (one: FlatExpression) => some(one, ({ kind }) => kind === 'time');
  if (!readsTime(written)) return [];
  const slope = derivative(written, (one, d, isAmongMoving) => {
    if (one.kind === 'time') return number(1);
    if (one.kind !== 'reduction') return undefined;
    if (!isAmongMoving && !readsTime(one)) return number(0);
    return one.operator === 'sum' ? undefined : d(writeOut(one, () => true));
  });
  return isZero(slope) ? [] : [slope];
}
