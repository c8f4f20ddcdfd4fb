/**
 * The matrix of implicit methods, diagonal − how rates depend on states, as code: its entries by families, its factors and solutions in the
 * order of `ir/sparse.ts`. Small ones are worked on in locals, large ones in memory.
 */
import { CANCELLED } from '../ir/sparse.ts';
import type { Sparse } from '../ir/sparse.ts';
import { instanceTarget } from '../ir/linear.ts';
import { extents } from '../ir/loops.ts';
import type { Block } from '../ir/flat-system.ts';
import { evaluate } from './blocks.ts';
import { factorRows, rowListBytes, rowWorkBytes, solveRows } from './linear-rows.ts';
import type { RowPlaces } from './linear-rows.ts';
import type { Context } from './context.ts';
import { rolled } from './rolled.ts';
import type { Cell, Operation, Place } from './rolled.ts';
import { f64, i32, memoryCopy, returns, set, when } from './wasm/index.ts';
import type { F64, FunctionBuilder, FunctionHandle, Local, Statement } from './wasm/index.ts';

/** Byte addresses. */
export interface LinearPlaces {
  /** Entries as the equations give them, then the matrix in its slots. */
  entries: number;
  slots: number;
  /** A number for each unknown: the dependence on time. */
  byTime: number;
  rows: RowPlaces;
}

const ownBytes = (sparse: Sparse): number => 8 * (sparse.entries + sparse.slots + sparse.size);
export const linearBytes = (sparse: Sparse): number =>
  ownBytes(sparse) + (sparse.rows ? rowWorkBytes(sparse.rows) : 0);
/** What never changes. */
export const linearListBytes = ({ rows }: Sparse): number => (rows ? rowListBytes(rows) : 0);

export const linearPlaces = (sparse: Sparse, first: number, lists: number): LinearPlaces => ({
  entries: first,
  slots: first + 8 * sparse.entries,
  byTime: first + 8 * (sparse.entries + sparse.slots),
  rows: {
    factors: first + ownBytes(sparse),
    spread: first + ownBytes(sparse) + 8 * (sparse.rows?.columns.length ?? 0),
    lists,
  },
});

export interface LinearFunctions {
  /** Entries and dependence on time, for the state in memory as it was evaluated last. */
  jacobian: FunctionHandle;
  /** (c): the factors of c on the diagonal of states less the entries. 0, or 1 + the unknown at which it fails. */
  factor: FunctionHandle;
  /** (vector): solves in place; the numbers of other unknowns than states are room for work. */
  solve: FunctionHandle;
  /** Unknowns, other than states, whose right side is not empty. */
  timed: readonly number[];
}

export function linearFunctions(context: Context, sparse: Sparse, at: LinearPlaces): LinearFunctions {
  const timed = [...new Set(sparse.byTime.flatMap((numbers) => [...numbers]))]
    .filter((unknown) => unknown >= sparse.states)
    .sort((a, b) => a - b);
  return {
    jacobian: jacobian(context, sparse, at),
    factor: factor(context, sparse, at),
    solve: solve(context, sparse, at),
    timed,
  };
}

/** The families are evaluated as equations are, into variables of their own. */
function jacobian(context: Context, sparse: Sparse, at: LinearPlaces): FunctionHandle {
  const { system, plan } = context;
  const linear = system.linear!;
  const first = system.variables.length;
  const dims = [...context.dims];
  const addresses = [...plan.addresses];
  const blocks: Block[] = [];
  const source = { uri: '', start: 0, end: 0, line: 1, column: 1, endLine: 1, endColumn: 1 };
  linear.entries.forEach(({ loops, value }, n) => {
    dims.push(extents(loops));
    addresses.push(at.entries + 8 * sparse.firstEntry[n]!);
    blocks.push({ kind: 'assign', loops, target: instanceTarget(first + n, loops), value, source });
  });
  // A family of slopes by time lies scattered over the unknowns, so it is put there element by element.
  const spread: Operation[] = [];
  let scratch = at.slots;
  linear.byTime.forEach(({ loops, value }, n) => {
    const id = first + linear.entries.length + n;
    dims.push(extents(loops));
    addresses.push(scratch);
    blocks.push({ kind: 'assign', loops, target: instanceTarget(id, loops), value, source });
    for (const unknown of sparse.byTime[n]!) {
      spread.push({
        shape: 'copy',
        places: [memory(scratch), memory(at.byTime + 8 * unknown)],
        emit: ([from, to]) => [to!.store(from!.load())],
      });
      scratch += 8;
    }
  });
  const text: Context['text'] = (target) =>
    target.variable < first ? context.text(target) : `entry ${target.variable - first}`;
  const made = evaluate({ ...context, dims, plan: { ...plan, addresses }, text }, 'jacobian', blocks);
  made.body.push(...rolled(made as never, spread).statements);
  return made;
}

const memory = (address: number): Place => ({ of: 'memory', address });

/** Up to this many slots, and unknowns, values are kept in locals. */
const SMALL_SLOTS = 400;
const SMALL = 80;

function factor(context: Context, sparse: Sparse, at: LinearPlaces): FunctionHandle {
  const f = context.module.function('factor', { params: { c: 'f64' }, results: ['i32'] });
  const { c } = f.params;
  const slot = (n: number): Place => memory(at.slots + 8 * n);
  const operations: Operation[] = sparse.form.map(({ kind, to, by }) => ({
    shape: kind,
    places: kind === 'add' ? [slot(to), slot(by)] : [slot(to)],
    emit: ([target, from]) => {
      const value = {
        add: () => f64.add(target!.load(), from!.load()),
        rate: () => f64.add(target!.load(), c),
        one: () => f64.add(target!.load(), 1),
        setRate: (): F64 => c,
        setOne: () => f64.const(1),
      }[kind]();
      return [target!.store(value)];
    },
  }));
  const copy = memoryCopy(at.slots, at.entries, 8 * sparse.entries);
  if (sparse.rows !== undefined) {
    const form = [copy, ...rolled(f, operations).statements];
    f.body = [...form, ...factorRows(context.module, f, { ...sparse, rows: sparse.rows }, at.slots, at.rows)];
    return f;
  }
  const inverse = f.local('f64', 'inverse');
  const taken = f.local('f64', 'taken');
  const left = f.local('f64', 'left');
  const by = f.local('f64', 'factor');
  const lost = f.local('i32', 'lost');
  for (const { unknown, slot: own, unit, rows } of sparse.pivots) {
    const kinds = rows.map(({ updates }) => updates.map(({ kind }) => kind[0]).join('')).join('/');
    const fail = returns(i32.const(1 + unknown));
    operations.push({
      shape: unit ? `unit ${kinds}` : `pivot ${kinds}`,
      places: [
        slot(own),
        ...rows.flatMap((row) => [slot(row.slot), ...row.updates.flatMap((u) => [slot(u.to), slot(u.by)])]),
      ],
      emit: (cells) => {
        let next = 1;
        const statements: Statement[] = [];
        if (!unit)
          statements.push(
            set(inverse, f64.div(1, cells[0]!.load())),
            when(i32.or(lost, f64.ne(f64.sub(inverse, inverse), 0)), [fail]),
            cells[0]!.store(inverse),
          );
        for (const { updates } of rows) {
          const below = cells[next++]!;
          if (unit) statements.push(set(by, below.load()));
          else statements.push(set(by, f64.mul(below.load(), inverse)), below.store(by));
          for (const { kind } of updates) {
            const to = cells[next++]!;
            const from = cells[next++]!;
            if (kind === 'fresh') statements.push(to.store(f64.neg(f64.mul(by, from.load()))));
            else if (kind === 'plain')
              statements.push(to.store(f64.sub(to.load(), f64.mul(by, from.load()))));
            else
              statements.push(
                set(taken, f64.mul(by, from.load())),
                set(left, f64.sub(to.load(), taken)),
                to.store(left),
                set(lost, i32.or(lost, f64.lt(f64.abs(left), f64.mul(CANCELLED, f64.abs(taken))))),
              );
          }
        }
        return statements;
      },
    });
  }
  const body =
    sparse.slots <= SMALL_SLOTS
      ? inLocals(f, operations, {
          first: (address) =>
            f64.load(0, address < at.slots + 8 * sparse.entries ? address - at.slots + at.entries : address),
          written: () => true,
        })
      : [copy, ...rolled(f, operations).statements];
  f.body = [...body, returns(lost)];
  return f;
}

function solve(context: Context, sparse: Sparse, at: LinearPlaces): FunctionHandle {
  const f = context.module.function('solve', { params: { vector: 'i32' } });
  const { vector } = f.params;
  if (sparse.rows !== undefined) {
    f.body = solveRows(f, sparse.rows, at.rows);
    return f;
  }
  const isSmall = sparse.size <= SMALL && sparse.slots <= SMALL_SLOTS;
  const changed = changedSlots(sparse);
  // What the factors leave as it was is where the equations have put it.
  const slot = (n: number): Place =>
    memory((sparse.slots > SMALL_SLOTS || changed.has(n) ? at.slots : at.entries) + 8 * n);
  const of = (unknown: number): Place => ({ of: 'vector', address: 8 * unknown });
  const forward = sparse.forward.map(({ unknown, rows }): Operation => ({
    shape: `forward ${rows.map(({ fresh }) => (fresh ? 'f' : 'p')).join('')}`,
    places: [of(unknown), ...rows.flatMap((row) => [of(row.unknown), slot(row.slot)])],
    emit: (cells) =>
      rows.map(({ fresh }, n) => {
        const to = cells[1 + 2 * n]!;
        const taken = f64.mul(cells[2 + 2 * n]!.load(), cells[0]!.load());
        return to.store(fresh ? f64.neg(taken) : f64.sub(to.load(), taken));
      }),
  }));
  const backward = sparse.backward.map(({ unknown, slot: own, unit, empty, others }): Operation => ({
    shape: `backward ${unit ? 1 : 0}${empty ? 1 : 0} ${others.length}`,
    places: [of(unknown), slot(own), ...others.flatMap((one) => [of(one.unknown), slot(one.slot)])],
    emit: (cells) => {
      const terms = others.map((_, n) => f64.mul(cells[3 + 2 * n]!.load(), cells[2 + 2 * n]!.load()));
      const sum = empty
        ? terms.length === 0
          ? f64.const(0)
          : terms.slice(1).reduce<F64>((total, term) => f64.sub(total, term), f64.neg(terms[0]!))
        : terms.reduce<F64>((total, term) => f64.sub(total, term), cells[0]!.load());
      return [cells[0]!.store(unit ? sum : f64.mul(sum, cells[1]!.load()))];
    },
  }));
  const operations = [...forward, ...backward];
  f.body = isSmall
    ? inLocals(f, operations, {
        first: (address, where) => f64.load(where === 'vector' ? vector : 0, address),
        written: (address, where) => where === 'vector' && address < 8 * sparse.states,
        vector,
      })
    : rolled(f, operations, vector).statements;
  return f;
}

const changedSlots = ({ form, pivots }: Sparse): Set<number> =>
  new Set([
    ...form.map(({ to }) => to),
    ...pivots.flatMap(({ slot, unit, rows }) => [
      ...(unit ? [] : [slot]),
      ...rows.flatMap((row) => [...(unit ? [] : [row.slot]), ...row.updates.map(({ to }) => to)]),
    ]),
  ]);

/** Each number is read once and written once, at the end. */
function inLocals(
  f: FunctionBuilder<Record<string, 'i32' | 'f64'>>,
  operations: readonly Operation[],
  {
    first,
    written,
    vector,
  }: {
    first: (address: number, of: Place['of']) => F64;
    written: (address: number, of: Place['of']) => boolean;
    vector?: Local<'i32'>;
  },
): Statement[] {
  const locals = new Map<string, { local: Local<'f64'>; place: Place; changed: boolean }>();
  const pending: Statement[] = [];
  const cellOf = (place: Place): Cell => {
    const key = `${place.of} ${place.address}`;
    const entry = (): { local: Local<'f64'>; place: Place; changed: boolean } => {
      let known = locals.get(key);
      if (!known) {
        known = { local: f.local('f64', key), place, changed: false };
        locals.set(key, known);
      }
      return known;
    };
    return {
      load: () => {
        if (!locals.has(key)) pending.push(set(entry().local, first(place.address, place.of)));
        return entry().local;
      },
      store: (value) => {
        const own = entry();
        own.changed = true;
        return set(own.local, value);
      },
    };
  };
  const body: Statement[] = [];
  for (const operation of operations) {
    const own = operation.emit(operation.places.map(cellOf));
    body.push(...pending.splice(0), ...own);
  }
  for (const { local, place, changed } of locals.values())
    if (changed && written(place.address, place.of))
      body.push(f64.store(place.of === 'vector' ? vector! : 0, local, place.address));
  return body;
}
