import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asOne, shapeOf } from '../../compiler/4-generate/wasm/alike.ts';
import type { Rows } from '../../compiler/4-generate/wasm/alike.ts';
import {
  block,
  branch,
  branchIf,
  f64,
  i32,
  label,
  loop,
  ModuleBuilder,
  set,
  switchOn,
} from '../../compiler/4-generate/wasm/index.ts';
import type { FunctionBuilder, Label, Statement } from '../../compiler/4-generate/wasm/index.ts';

/** Numbers in which pieces may differ. */
interface Piece {
  address: number;
  offset: number;
  add: number;
  factor: number;
  rounds: number;
}

const LISTED = 4096;

/** A loop with labels and locals of its own: some numbers at an address, each changed by what the piece says. */
function pieceOf(
  f: Pick<FunctionBuilder, 'local'>,
  { address, offset, add, factor, rounds }: Piece,
): Statement[] {
  const [n, x] = [f.local('i32', 'n'), f.local('f64', 'x')];
  const [out, again] = [label('out'), label('again')];
  return [
    set(n, 0),
    block(out, [
      loop(again, [
        branchIf(out, i32.eq(n, rounds)),
        set(x, f64.load(i32.shl(n, 3), address + offset)),
        f64.store(i32.add(i32.shl(n, 3), address), f64.add(f64.mul(x, factor), add), offset),
        i32.store(address, i32.add(i32.load(address, 256), add), 256),
        set(n, i32.add(n, 1)),
        branch(again),
      ]),
    ]),
  ];
}

const noRows: Rows = {
  times: () => i32.const(0),
  listed: () => undefined,
  around: () => undefined,
  isOwn: () => true,
};

/** Each by itself, and as one: what they leave in memory, by row. */
function both(all: readonly Piece[]): [number[][], number[][]] | undefined {
  const m = new ModuleBuilder();
  m.importMemory(1);
  const apart = m.function('apart', { params: { row: 'i32' } });
  const pieces = all.map((one) => pieceOf(apart, one));
  apart.body = [switchOn(apart.params.row, pieces)];
  const together = m.function('together', { params: { row: 'i32' } });
  together.locals.push(...apart.locals.slice(together.locals.length));
  let next = LISTED;
  const one = asOne(pieces, {
    times: (by) => i32.mul(together.params.row, by),
    listed: (type, numbers) => {
      const of = type === 'i32' ? Int32Array.from(numbers) : Float64Array.from(numbers);
      const at = next;
      next += 8 * Math.ceil(of.byteLength / 8);
      m.dataSegment(at, new Uint8Array(of.buffer));
      return type === 'i32'
        ? i32.load(i32.mul(together.params.row, 4), at)
        : f64.load(i32.mul(together.params.row, 8), at);
    },
    around: () => undefined,
    isOwn: () => true,
  });
  if (one === undefined) return undefined;
  together.body = [...one];
  m.export('apart', apart);
  m.export('together', together);
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(m.encode()), { env: { memory } });
  const left = (name: 'apart' | 'together'): number[][] =>
    all.map((_, row) => {
      const numbers = new Float64Array(memory.buffer, 0, LISTED / 8);
      for (let at = 0; at < numbers.length; at += 1) numbers[at] = Math.sin(at);
      (exports[name] as (row: number) => void)(row);
      return [...numbers];
    });
  return [left('apart'), left('together')];
}

const cells = (most: number) => fc.integer({ min: 0, max: most }).map((n) => 8 * n);
const piece: fc.Arbitrary<Piece> = fc.record({
  address: cells(120),
  offset: cells(60),
  add: fc.integer({ min: -9, max: 9 }),
  factor: fc.double({ min: -2, max: 2, noNaN: true }),
  rounds: fc.integer({ min: 0, max: 7 }),
});
/** Numbers that grow, or fall, by the same from row to row. */
const regular = fc
  .tuple(
    piece,
    fc.integer({ min: -3, max: 9 }),
    fc.integer({ min: -2, max: 5 }),
    fc.integer({ min: 2, max: 9 }),
  )
  .map(([first, by, add, count]) =>
    Array.from({ length: count }, (_, row) => ({
      ...first,
      address: 256 + first.address + 8 * by * row,
      add: first.add + add * row,
    })),
  );

describe('pieces that differ in numbers', () => {
  it.each([
    ['that follow a rule', regular],
    ['that follow none', fc.array(piece, { minLength: 2, maxLength: 7 })],
  ])('%s do as one what each does by itself', (_, pieces) => {
    fc.assert(
      fc.property(pieces, (all) => {
        const [apart, together] = both(all)!;
        expect(together).toEqual(apart);
      }),
      { numRuns: 60 },
    );
  });

  it('stay apart where they differ in more', () => {
    const m = new ModuleBuilder();
    const f = m.function('f', {});
    const [x, y, shared] = [f.local('f64', 'x'), f.local('f64', 'y'), f.local('f64', 'shared')];
    const asTwo = (a: Statement[], b: Statement[], rows: Partial<Rows> = {}): unknown =>
      asOne([a, b], { ...noRows, ...rows });
    expect(asTwo([set(x, f64.add(x, 1))], [set(x, f64.sub(x, 1))])).toBeUndefined();
    expect(asTwo([set(x, 1), set(y, 1)], [set(x, 1)])).toBeUndefined();
    // One local stands for one.
    expect(asTwo([set(x, 1), set(x, 2)], [set(x, 1), set(y, 2)])).toBeUndefined();
    expect(asTwo([set(x, 1), set(y, 2)], [set(x, 1), set(x, 2)])).toBeUndefined();
    expect(asTwo([set(x, 1)], [set(shared, 1)], { isOwn: (one) => one !== shared })).toBeUndefined();
    // Numbers for which there is no room, and labels that nobody knows.
    expect(asTwo([set(x, 1)], [set(x, 2)])).toBeUndefined();
    const [a, b] = [label('a'), label('b')];
    expect(asTwo([block(a, [branch(b)])], [block(a, [branch(a)])])).toBeUndefined();
    expect(asTwo([branch(a)], [branch(b)])).toBeUndefined();
    expect(asTwo([branch(a)], [branch(b)], { around: ([first]) => first })).toEqual([branch(a)]);
  });

  it('have one shape, and others have another', () => {
    const f = new ModuleBuilder().function('f', {});
    const shape = (of: Statement[]): string => shapeOf(of, (one: Label) => one.name);
    const first = { address: 8, offset: 0, add: 1, factor: 2, rounds: 3 };
    expect(shape(pieceOf(f, first))).toBe(
      shape(pieceOf(f, { ...first, address: 64, factor: -1, rounds: 0 })),
    );
    expect(shape([f64.store(0, 1)])).not.toBe(shape([f64.store(0, f64.add(1, 1))]));
    expect(shape([branch(label('a'))])).not.toBe(shape([branch(label('b'))]));
  });
});
