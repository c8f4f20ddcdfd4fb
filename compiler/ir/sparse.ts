/**
 * The elements of a `FlatLinear` in the order in which they are eliminated: the least degree first (Tinney & Walker 1967), of those the
 * one that has had it longest, so that a chain is taken from both ends at once. Pivots are diagonal. Generator and interpreter both follow
 * the lists of operations made here; slots are positions in one array of numbers, entries first in the order of their families.
 */
import { ByDegree, neighboursOf } from './by-degree.ts';
import { indexAt, instancesOf } from './loops.ts';
import type { FlatLinear } from './linear.ts';
import { sparseRowsOf } from './sparse-rows.ts';
import type { SparseRows } from './sparse-rows.ts';
import type { FlatSystem, VariableId } from './flat-system.ts';
import type { FlatTarget } from './flat-expression.ts';

export interface Sparse {
  /** Unknowns: the states in the order of their memory, then the others. */
  size: number;
  states: number;
  /** How many slots hold entries, how many there are in all. */
  entries: number;
  slots: number;
  /** First entry of each family of `FlatLinear.entries`. */
  firstEntry: number[];
  /** Of each family of `FlatLinear.byTime`: the unknown of each instance. */
  byTime: Int32Array[];
  /** What is done with the entries before the elimination. */
  form: Form[];
  pivots: SparsePivot[];
  /** In order of elimination: what of the right side is taken from others. */
  forward: Substitution[];
  /** In order: each gives one unknown; only those that states need. */
  backward: Backward[];
  /** In the place of the three: where there would be too many operations to list. */
  rows?: SparseRows;
  /** Which unknowns other than states belong to which variable: the first unknown, in ascending order. */
  names: { first: number; variable: VariableId }[];
}

/** 'add': to = to + by (a slot); 'rate', 'one': to = to + that; 'setRate', 'setOne': to = that. */
export interface Form {
  kind: 'add' | 'rate' | 'one' | 'setRate' | 'setOne';
  to: number;
  by: number;
}

export interface SparsePivot {
  unknown: number;
  slot: number;
  /** It is 1 as it stands. */
  unit: boolean;
  rows: { slot: number; updates: Update[] }[];
}
/** to = to - factor * by; 'fresh': to = -(factor * by); 'diagonal': as the first, and looked at for cancellation. */
export interface Update {
  kind: 'plain' | 'fresh' | 'diagonal';
  to: number;
  by: number;
}
export interface Substitution {
  unknown: number;
  /** `fresh`: there was nothing yet. */
  rows: { unknown: number; slot: number; fresh: boolean }[];
}
export interface Backward {
  unknown: number;
  slot: number;
  unit: boolean;
  /** The right side is zero. */
  empty: boolean;
  others: { unknown: number; slot: number }[];
}

/** An update of a diagonal that leaves less than this of what it takes away has lost too many digits. */
export const CANCELLED = 1e-11;

export interface SparseLimits {
  unknowns: number;
  /** Most that are listed. */
  listed: number;
  /** Most of all. */
  operations: number;
}

const LIMITS: SparseLimits = { unknowns: 20_000, listed: 250_000, operations: 200_000_000 };
/** Where nobody asks for it, less is made, as making it takes time. */
const UNASKED: SparseLimits = { unknowns: 4000, listed: 60_000, operations: 10_000_000 };
/** Lists of more operations than these, and of more for each unknown, do not repeat evenly, so that their code would be as long as they are. */
const REPEATING = { operations: 20_000, each: 40 };

export const matrixLimits = ({ scenarios }: FlatSystem): SparseLimits =>
  scenarios.some(({ method: { name } }) => ['rodas5p', 'bdf', 'implicitEuler'].includes(name))
    ? LIMITS
    : UNASKED;

/** Whether the states alone are more than a matrix may have. */
export function isBeyondMatrix(system: FlatSystem): boolean {
  const states = system.variables.reduce(
    (total, { role, dims }) => (role === 'state' ? total + dims.reduce((a, b) => a * b, 1) : total),
    0,
  );
  return states > matrixLimits(system).unknowns;
}

/** Undefined where it would take more than the limits, or a pivot is missing. */
export function sparseOf(system: FlatSystem, linear: FlatLinear, limits: SparseLimits): Sparse | undefined {
  const { variables } = system;
  const dims = (id: VariableId) => variables[id]!.dims;
  const elements = (id: VariableId) => dims(id).reduce((a, b) => a * b, 1);
  const instances = (loops: { from: number; to: number }[]) =>
    loops.reduce((product, { from, to }) => product * Math.max(0, to - from), 1);
  const size = linear.rows.reduce((total, { loops }) => total + instances(loops), 0);
  const entryCount = linear.entries.reduce((total, { loops }) => total + instances(loops), 0);
  if (size > limits.unknowns || entryCount > 40 * limits.unknowns) return undefined;

  // Numbers of unknowns.
  const unknowns = new Map<VariableId, Int32Array>();
  let states = 0;
  variables.forEach(({ role }, id) => {
    if (role !== 'state') return;
    unknowns.set(
      id,
      Int32Array.from({ length: elements(id) }, (_, at) => states + at),
    );
    states += elements(id);
  });
  let next = states;
  const names: Sparse['names'] = [];
  const elementOf = ({ variable, index }: FlatTarget, counters: ReadonlyMap<string, number>): number =>
    index.reduce<number>((at, one, dim) => at * dims(variable)[dim]! + indexAt(one, counters), 0);
  const diagonals: ('rate' | 'one' | 'none' | undefined)[] = [];
  for (const { loops, unknown, diagonal } of linear.rows) {
    let numbers = unknowns.get(unknown.variable);
    if (!numbers)
      unknowns.set(unknown.variable, (numbers = new Int32Array(elements(unknown.variable)).fill(-1)));
    if (variables[unknown.variable]!.role !== 'state')
      names.push({ first: next, variable: unknown.variable });
    for (const counters of instancesOf(loops)) {
      const element = elementOf(unknown, counters);
      if (numbers[element]! < 0) {
        numbers[element] = next;
        next += 1;
      }
      if (diagonals[numbers[element]!] !== undefined) return undefined;
      diagonals[numbers[element]!] = diagonal;
    }
  }
  if (next !== size) return undefined;
  const numberOf = (target: FlatTarget, counters: ReadonlyMap<string, number>): number =>
    unknowns.get(target.variable)?.[elementOf(target, counters)] ?? -1;

  // The matrix: rows and columns by unknown, each place with its slot.
  const rows = Array.from({ length: size }, () => new Map<number, number>());
  const form: Form[] = [];
  const firstEntry: number[] = [];
  let slots = 0;
  for (const { loops, row, column } of linear.entries) {
    firstEntry.push(slots);
    for (const counters of instancesOf(loops)) {
      const from = numberOf(row, counters);
      const to = numberOf(column, counters);
      const slot = slots;
      slots += 1;
      if (to < 0) continue;
      const known = rows[from]!.get(to);
      if (known === undefined) rows[from]!.set(to, slot);
      else form.push({ kind: 'add', to: known, by: slot });
    }
  }
  const unit: boolean[] = [];
  for (let at = 0; at < size; at += 1) {
    const own = rows[at]!.get(at);
    const diagonal = diagonals[at]!;
    if (diagonal === 'none') {
      if (own === undefined) return undefined;
      continue;
    }
    if (own === undefined) {
      rows[at]!.set(at, slots);
      form.push({ kind: diagonal === 'rate' ? 'setRate' : 'setOne', to: slots, by: slots });
      slots += 1;
      unit[at] = diagonal === 'one';
    } else form.push({ kind: diagonal, to: own, by: own });
  }

  const pattern = rows.map((own) => new Map(own));
  const sparse: Sparse = {
    size,
    states,
    entries: entryCount,
    slots,
    firstEntry,
    byTime: linear.byTime.map(({ loops, row }) =>
      Int32Array.from(instancesOf(loops), (counters) => numberOf(row, counters)),
    ),
    form,
    pivots: [],
    forward: [],
    backward: [],
    names,
  };
  const lists = listed(sparse, rows, unit, limits.listed);
  if (lists !== undefined) return lists;
  const filled = filledOf(sparse);
  const asRows = sparseRowsOf(pattern, (unknown) => filled[unknown] === 1, limits.operations);
  return asRows && { ...sparse, rows: asRows };
}

/** Which right sides hold anything. */
function filledOf({ size, states, byTime }: Sparse): Uint8Array {
  const filled = new Uint8Array(size).fill(1, 0, states);
  for (const numbers of byTime) for (const unknown of numbers) filled[unknown] = 1;
  return filled;
}

/** With its operations; `rows` and `unit` are used up. Undefined where there are too many. */
function listed(
  before: Sparse,
  rows: readonly Map<number, number>[],
  unit: boolean[],
  most: number,
): Sparse | undefined {
  const { size, states } = before;
  const sparse: Sparse = { ...before, pivots: [], forward: [], backward: [] };
  const order = leastDegree(rows, 4 * most);
  if (order === undefined) return undefined;
  const columns = Array.from({ length: size }, () => new Set<number>());
  rows.forEach((own, row) => {
    for (const column of own.keys()) columns[column]!.add(row);
  });
  const filled = filledOf(sparse);
  const needed = new Uint8Array(size).fill(1, 0, states);
  let operations = 0;
  for (const unknown of order) {
    const own = rows[unknown]!;
    const slot = own.get(unknown)!;
    const others = [...own].filter(([column]) => column !== unknown);
    const pivot: SparsePivot = { unknown, slot, unit: unit[unknown] === true, rows: [] };
    const substitution: Substitution = { unknown, rows: [] };
    for (const below of columns[unknown]!) {
      if (below === unknown) continue;
      const changed = rows[below]!;
      const updates = others.map(([column, by]): Update => {
        const to = changed.get(column);
        if (to !== undefined) {
          if (column !== below) return { kind: 'plain', to, by };
          unit[below] = false;
          return { kind: 'diagonal', to, by };
        }
        changed.set(column, sparse.slots);
        columns[column]!.add(below);
        sparse.slots += 1;
        return { kind: 'fresh', to: sparse.slots - 1, by };
      });
      const factor = changed.get(unknown)!;
      pivot.rows.push({ slot: factor, updates });
      changed.delete(unknown);
      operations += 2 + updates.length;
      if (filled[unknown]) {
        substitution.rows.push({ unknown: below, slot: factor, fresh: !filled[below] });
        filled[below] = 1;
      }
    }
    operations += 1 + others.length;
    if (operations > most) return undefined;
    for (const [column] of others) columns[column]!.delete(unknown);
    sparse.pivots.push(pivot);
    if (substitution.rows.length > 0) sparse.forward.push(substitution);
    if (!needed[unknown]) continue;
    for (const [column] of others) needed[column] = 1;
    sparse.backward.push({
      unknown,
      slot,
      unit: pivot.unit,
      empty: !filled[unknown],
      others: others.map(([column, at]) => ({ unknown: column, slot: at })),
    });
  }
  if (operations > Math.max(REPEATING.operations, REPEATING.each * size)) return undefined;
  sparse.backward.reverse();
  return sparse;
}

/** Of the pattern with its mirror image; undefined once the squares of degrees are more than `most`. */
function leastDegree(rows: readonly ReadonlyMap<number, number>[], most: number): number[] | undefined {
  const size = rows.length;
  const neighbours = neighboursOf(rows);
  const waiting = new ByDegree();
  const enter = (unknown: number): void => waiting.enter(unknown, neighbours[unknown]!.size);
  for (let at = 0; at < size; at += 1) enter(at);
  const done = new Uint8Array(size);
  const order: number[] = [];
  let squares = 0;
  while (order.length < size) {
    const unknown = waiting.take((one, degree) => !done[one] && neighbours[one]!.size === degree);
    done[unknown] = 1;
    order.push(unknown);
    squares += neighbours[unknown]!.size ** 2;
    if (squares > most) return undefined;
    const around = [...neighbours[unknown]!];
    for (const one of around) {
      const own = neighbours[one]!;
      const before = own.size;
      own.delete(unknown);
      for (const other of around) if (other !== one) own.add(other);
      if (own.size !== before) enter(one);
    }
  }
  return order;
}
