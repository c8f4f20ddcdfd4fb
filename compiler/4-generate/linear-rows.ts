/**
 * A large matrix (`ir/sparse-rows.ts`) as loops over lists of where its entries lie: row after row is spread over a vector, multiples of the
 * rows before it are taken from it, and what is left is put into the factors.
 */
import { CANCELLED } from '../ir/sparse.ts';
import type { Sparse } from '../ir/sparse.ts';
import type { SparseRows } from '../ir/sparse-rows.ts';
import { f64, f64x2, i32, returns, set, when, whileLoop } from './wasm/index.ts';
import type { F64, FunctionBuilder, I32, Local, ModuleBuilder, Statement } from './wasm/index.ts';

/** Byte addresses. */
export interface RowPlaces {
  /** Factors, an f64 for each of `columns`; the inverse on the diagonal. */
  factors: number;
  /** An f64 for each row. */
  spread: number;
  /** Lists, which never change: a record for each row, then columns, then what is given. */
  lists: number;
}

/** Of a record: what is told by its bytes, as i32. */
const RECORD = 32;
const Field = {
  start: 0,
  diagonal: 4,
  end: 8,
  given: 12,
  givenEnd: 16,
  unknown: 20,
  from: 24,
  alike: 28,
} as const;

/** Rows alike, and terms of a sum, that are taken at once. */
export const TOGETHER = 4;

export const rowWorkBytes = ({ columns, order }: SparseRows): number => 8 * (columns.length + order.length);
export const rowListBytes = ({ columns, order, givenSlots }: SparseRows): number =>
  8 * Math.ceil((RECORD * order.length + 4 * columns.length + 8 * givenSlots.length) / 8);

/** Positions in lists are told in bytes of a list of i32; those of numbers are twice that. */
function writeLists(module: ModuleBuilder, rows: SparseRows, lists: number): void {
  const { order, starts, diagonals, columns, given, givenColumns, givenSlots, alike, filled } = rows;
  const size = order.length;
  const numbers = new Int32Array(rowListBytes(rows) / 4);
  for (let row = 0; row < size; row += 1) {
    const unknown = order[row]!;
    numbers.set(
      [
        4 * starts[row]!,
        4 * diagonals[row]!,
        4 * starts[row + 1]!,
        8 * given[row]!,
        8 * given[row + 1]!,
        1 + unknown,
        filled[row] ? 8 * unknown : -1,
        alike[row]!,
      ],
      (RECORD / 4) * row,
    );
  }
  let at = (RECORD / 4) * size;
  for (const column of columns) numbers[at++] = 8 * column;
  givenSlots.forEach((slot, n) => {
    numbers[at++] = 8 * givenColumns[n]!;
    numbers[at++] = 8 * slot;
  });
  module.dataSegment(lists, new Uint8Array(numbers.buffer));
}

const field = (record: I32, which: number, lists: number): I32 => i32.load(record, lists + which);

/** After `form`, which has the matrix in its slots. */
export function factorRows(
  module: ModuleBuilder,
  f: FunctionBuilder<{ c: 'f64' }>,
  { rows }: Sparse & { rows: SparseRows },
  slots: number,
  { factors, spread, lists }: RowPlaces,
): Statement[] {
  writeLists(module, rows, lists);
  const size = rows.order.length;
  const columns = lists + RECORD * size;
  const given = columns + 4 * rows.columns.length;
  const [record, own, at, end, above, last] = ['record', 'own', 'at', 'end', 'above', 'last'].map((name) =>
    f.local('i32', name),
  ) as [Local<'i32'>, Local<'i32'>, Local<'i32'>, Local<'i32'>, Local<'i32'>, Local<'i32'>];
  const place = f.local('i32', 'place');
  const lost = f.local('i32', 'lost');
  const multiple = f.local('f64', 'multiple');
  const before = f.local('f64', 'before');
  const left = f.local('f64', 'left');
  const columnAt = (position: I32): I32 => i32.load(position, columns);
  /** The number of a position in the list of columns. */
  const factorAt = (position: I32): I32 => i32.shl(position, 1);
  const each = (position: Local<'i32'>, until: Local<'i32'>, step: number, body: Statement[]): Statement =>
    whileLoop(i32.lt(position, until), [...body, set(position, i32.add(position, step))]);
  /** Too many digits of the diagonal are gone. */
  const look: Statement[] = [
    set(left, f64.load(own, spread)),
    set(lost, i32.or(lost, f64.lt(f64.abs(left), f64.mul(CANCELLED, f64.abs(f64.sub(before, left)))))),
  ];
  const numbers = Array.from({ length: TOGETHER }, (_, n) => n);
  const heads = numbers.map((n) => f.local('i32', `diagonal ${n}`));
  const multiples = numbers.map((n) => f.local('f64', `multiple ${n}`));
  const splats = numbers.map((n) => f.local('v128', `multiple ${n} twice`));
  const pair = f.local('v128', 'two at once');
  const second = f.local('i32', 'second place');
  const sum = f.local('f64', 'one of the rest');
  /** The number `n` places behind that of a position. */
  const factorBehind = (position: I32, n: number): F64 => f64.load(factorAt(position), factors + 8 * n);
  /** Rows that have the same columns behind them: each number of the present row is taken up once for all. */
  const together: Statement[] = [
    set(before, f64.load(own, spread)),
    ...heads.map((head, n) => set(head, field(above, Field.diagonal + RECORD * n, lists))),
    set(last, field(above, Field.end + RECORD * (TOGETHER - 1), lists)),
    ...multiples.flatMap((one, n) => [
      set(
        one,
        f64.mul(
          multiples
            .slice(0, n)
            .reduce<F64>(
              (left, earlier, k) => f64.sub(left, f64.mul(earlier, factorBehind(heads[k]!, n - k))),
              f64.load(place, spread + 8 * n),
            ),
          factorBehind(heads[n]!, 0),
        ),
      ),
      f64.store(factorAt(at), one, factors + 8 * n),
    ]),
    when(
      multiples.map((one) => f64.ne(one, 0)).reduce((any, one) => i32.or(any, one)),
      [
        ...splats.map((splat, n) => set(splat, f64x2.splat(multiples[n]!))),
        // To bytes of numbers, of the first column behind all.
        ...heads.map((head, n) => set(head, factorAt(i32.add(head, 4 * (TOGETHER - n))))),
        set(above, i32.add(field(above, Field.diagonal + RECORD * (TOGETHER - 1), lists), 4)),
        whileLoop(i32.lt(i32.add(above, 4), last), [
          set(place, columnAt(above)),
          set(second, i32.load(above, columns + 4)),
          set(pair, f64x2.withLane(f64x2.splat(f64.load(place, spread)), 1, f64.load(second, spread))),
          ...splats.map((splat, n) =>
            set(pair, f64x2.sub(pair, f64x2.mul(splat, f64x2.load(heads[n]!, factors)))),
          ),
          f64.store(place, f64x2.lane(pair, 0), spread),
          f64.store(second, f64x2.lane(pair, 1), spread),
          ...heads.map((head) => set(head, i32.add(head, 16))),
          set(above, i32.add(above, 8)),
        ]),
        when(i32.lt(above, last), [
          set(place, columnAt(above)),
          set(sum, f64.load(place, spread)),
          ...multiples.map((one, n) => set(sum, f64.sub(sum, f64.mul(one, f64.load(heads[n]!, factors))))),
          f64.store(place, sum, spread),
        ]),
        ...look,
      ],
    ),
    set(at, i32.add(at, 4 * TOGETHER)),
  ];
  return [
    set(record, 0),
    set(own, 0),
    whileLoop(i32.lt(record, RECORD * size), [
      set(at, field(record, Field.start, lists)),
      set(end, field(record, Field.end, lists)),
      each(at, end, 4, [f64.store(columnAt(at), 0, spread)]),
      set(at, field(record, Field.given, lists)),
      set(end, field(record, Field.givenEnd, lists)),
      each(at, end, 8, [f64.store(i32.load(at, given), f64.load(i32.load(at, given + 4), slots), spread)]),
      set(at, field(record, Field.start, lists)),
      set(end, field(record, Field.diagonal, lists)),
      whileLoop(i32.lt(at, end), [
        set(place, columnAt(at)),
        // A record has four times the bytes of a number.
        set(above, i32.shl(place, 2)),
        when(
          i32.or(i32.lt(field(above, Field.alike, lists), TOGETHER), i32.lt(i32.sub(end, at), 4 * TOGETHER)),
          [
            set(last, field(above, Field.end, lists)),
            set(above, field(above, Field.diagonal, lists)),
            set(multiple, f64.mul(f64.load(place, spread), f64.load(factorAt(above), factors))),
            f64.store(factorAt(at), multiple, factors),
            when(f64.ne(multiple, 0), [
              set(before, f64.load(own, spread)),
              set(above, i32.add(above, 4)),
              each(above, last, 4, [
                set(place, columnAt(above)),
                f64.store(
                  place,
                  f64.sub(f64.load(place, spread), f64.mul(multiple, f64.load(factorAt(above), factors))),
                  spread,
                ),
              ]),
              ...look,
            ]),
            set(at, i32.add(at, 4)),
          ],
          together,
        ),
      ]),
      set(left, f64.div(1, f64.load(own, spread))),
      when(i32.or(lost, f64.ne(f64.sub(left, left), 0)), [returns(field(record, Field.unknown, lists))]),
      f64.store(factorAt(at), left, factors),
      set(at, i32.add(at, 4)),
      set(end, field(record, Field.end, lists)),
      each(at, end, 4, [f64.store(factorAt(at), f64.load(columnAt(at), spread), factors)]),
      set(record, i32.add(record, RECORD)),
      set(own, i32.add(own, 8)),
    ]),
    returns(i32.const(0)),
  ];
}

export function solveRows(
  f: FunctionBuilder<{ vector: 'i32' }>,
  { order }: SparseRows,
  { factors, spread, lists }: RowPlaces,
): Statement[] {
  const { vector } = f.params;
  const size = order.length;
  const columns = lists + RECORD * size;
  const [record, own, at, end] = f.named('i32', 'record', 'own', 'at', 'end');
  const sum = f.local('f64', 'sum');
  const [first, second] = f.named('v128', 'sums 0 and 1', 'sums 2 and 3');
  const fours = f.local('i32', 'end of fours');
  const numberAt = (n: number): F64 => f64.load(i32.load(at, columns + 4 * n), spread);
  const two = (sums: Local<'v128'>, n: number): Statement =>
    set(
      sums,
      f64x2.add(
        sums,
        f64x2.mul(
          f64x2.load(i32.shl(at, 1), factors + 8 * n),
          f64x2.withLane(f64x2.splat(numberAt(n)), 1, numberAt(n + 1)),
        ),
      ),
    );
  const taken = (): Statement[] => [
    set(fours, i32.sub(end, 4 * (TOGETHER - 1))),
    when(i32.lt(at, fours), [
      set(first, f64x2.const(0, 0)),
      set(second, f64x2.const(0, 0)),
      whileLoop(i32.lt(at, fours), [two(first, 0), two(second, 2), set(at, i32.add(at, 4 * TOGETHER))]),
      set(first, f64x2.add(first, second)),
      set(sum, f64.sub(sum, f64.add(f64x2.lane(first, 0), f64x2.lane(first, 1)))),
    ]),
    whileLoop(i32.lt(at, end), [
      set(
        sum,
        f64.sub(
          sum,
          f64.mul(f64.load(i32.shl(at, 1), factors), f64.load(i32.load(at, columns), spread)) as F64,
        ),
      ),
      set(at, i32.add(at, 4)),
    ]),
  ];
  return [
    set(record, 0),
    set(own, 0),
    whileLoop(i32.lt(record, RECORD * size), [
      set(sum, 0),
      set(at, field(record, Field.from, lists)),
      when(i32.ge(at, 0), [set(sum, f64.load(i32.add(vector, at)))]),
      set(at, field(record, Field.start, lists)),
      set(end, field(record, Field.diagonal, lists)),
      ...taken(),
      f64.store(own, sum, spread),
      set(record, i32.add(record, RECORD)),
      set(own, i32.add(own, 8)),
    ]),
    whileLoop(i32.gt(record, 0), [
      set(record, i32.sub(record, RECORD)),
      set(own, i32.sub(own, 8)),
      set(sum, f64.load(own, spread)),
      set(at, i32.add(field(record, Field.diagonal, lists), 4)),
      set(end, field(record, Field.end, lists)),
      ...taken(),
      set(sum, f64.mul(sum, f64.load(i32.shl(field(record, Field.diagonal, lists), 1), factors))),
      f64.store(own, sum, spread),
      f64.store(i32.add(vector, i32.shl(i32.sub(field(record, Field.unknown, lists), 1), 3)), sum),
    ]),
  ];
}
