/** Sparse systems in a fixed order: against a full matrix, and whole models against closed forms. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generate } from '../../compiler/4-generate/generate.ts';
import { eliminate } from '../../compiler/interpret/elimination.ts';
import { interpret } from '../../compiler/interpret/index.ts';
import { solveLinear } from '../../compiler/interpret/newton.ts';
import { eliminationOf } from '../../compiler/ir/elimination.ts';
import { eliminationFor, solveBlocks } from '../../compiler/ir/solve-blocks.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';
import { flat } from './systems.ts';

/** Values by interpreted and emitted code, which must agree, and the system. */
function solved(text: string) {
  const system = flat(text);
  const artefact = generate(system);
  const [interpreted, emitted] = [() => interpret(system), kernelFactory(artefact)].map((kernel) =>
    createTwin({ manifest: artefact.manifest, kernel }),
  );
  expect(emitted!.trouble()).toBeUndefined();
  expect(interpreted!.machine.algebraics).toEqual(emitted!.machine.algebraics);
  return { system, twin: emitted!, value: (name: string) => emitted!.value(name)! };
}

describe('it should eliminate in a fixed order', () => {
  it('as a full matrix does', () => {
    const matrix = fc.integer({ min: 1, max: 12 }).chain((size) =>
      fc.record({
        size: fc.constant(size),
        others: fc.array(
          fc.record({
            row: fc.nat(size - 1),
            column: fc.nat(size - 1),
            value: fc.integer({ min: -3, max: 3 }).map((value) => value / 4),
          }),
          { maxLength: 3 * size },
        ),
        right: fc.array(fc.integer({ min: -9, max: 9 }), { minLength: size, maxLength: size }),
      }),
    );
    fc.assert(
      fc.property(matrix, ({ size, others, right }) => {
        const full = Array.from({ length: size }, (_, row) =>
          Array.from({ length: size }, (__, column) => (row === column ? 8 : 0) as number),
        );
        for (const { row, column, value } of others) if (row !== column) full[row]![column] = value;
        const pattern = full.flatMap((row, at) =>
          row.flatMap((value, column) => (value === 0 ? [] : [{ row: at, column, value }])),
        );
        const elimination = eliminationOf(size, pattern, Infinity)!;
        const found = eliminate(
          elimination,
          pattern.map(({ value }) => value),
          right,
        )!;
        const wanted = solveLinear(
          full.map((row) => [...row]),
          [...right],
        )!;
        found.forEach((value, at) => expect(value).toBeCloseTo(wanted[at]!, 10));
      }),
    );
  });

  it('of a chain without any fill-in', () => {
    const size = 50;
    const pattern = Array.from({ length: size }, (_, row) => row).flatMap((row) =>
      [row - 1, row, row + 1]
        .filter((column) => column >= 0 && column < size)
        .map((column) => ({ row, column })),
    );
    expect(eliminationOf(size, pattern, Infinity)!.slots).toBe(pattern.length);
  });

  it('unless a pivot is too small, or too much is to be done, or no order works', () => {
    const pair = eliminationOf(
      2,
      [
        { row: 0, column: 0 },
        { row: 1, column: 0 },
        { row: 0, column: 1 },
        { row: 1, column: 1 },
      ],
      9,
    )!;
    expect(eliminate(pair, [1e-9, 1, 1, 1], [1, 1])).toBeUndefined();
    expect(eliminate(pair, [NaN, 1, 1, 1], [1, 1])).toBeUndefined();
    expect(
      eliminationOf(
        2,
        [
          { row: 0, column: 0 },
          { row: 1, column: 0 },
        ],
        9,
      ),
    ).toBeUndefined();
    const full = Array.from({ length: 100 }, (_, at) => ({ row: Math.floor(at / 10), column: at % 10 }));
    expect(eliminationOf(10, full, 50)).toBeUndefined();
  });
});

describe('it should solve wide systems', () => {
  it("a hanging chain of 1,000 coupled equations: u'' = u^2 * 3/2, u(0) = 4, u(1) = 1", () => {
    // u = 4 / (1 + z)^2, by central differences with an error of their own, of order h^2
    const { system, value } = solved(`asset A {
      fixed n = 1001
      let u[n]: Number
      u[1] = 4
      for i in 2..n - 1 { (u[i - 1] - 2 * u[i] + u[i + 1]) * 1000000 = 1.5 * u[i]^2 }
      u[n] = 1
    }`);
    const [block] = solveBlocks(system);
    expect(block!.unknowns.length).toBeGreaterThan(990);
    expect(eliminationFor(block!)!.operations).toBeLessThan(6000);
    for (const at of [100, 250, 500, 900])
      expect(value(`u[${at + 1}]`)).toBeCloseTo(4 / (1 + at / 1000) ** 2, 5);
  });

  it('a net of resistors, 12 by 12, as the harmonic function on it', () => {
    // x^2 - y^2 is harmonic on the grid too
    const { system, value } = solved(`asset A {
      fixed n = 12
      part row[n]: Row
      for i in 1..n {
        row[i].u[1] = i * i - 1
        row[i].u[n] = i * i - n * n
      }
      for j in 2..n - 1 {
        row[1].u[j] = 1 - j * j
        row[n].u[j] = n * n - j * j
      }
      for i in 2..n - 1 {
        for j in 2..n - 1 {
          row[i].u[j] * 4 = row[i - 1].u[j] + row[i + 1].u[j] + row[i].u[j - 1] + row[i].u[j + 1] + 0 * row[i].u[j]^3
        }
      }
    }
    asset Row { fixed n = 12   let u[n]: Number }`);
    expect(solveBlocks(system).some((block) => eliminationFor(block))).toBe(true);
    for (const [i, j] of [
      [2, 2],
      [5, 9],
      [11, 3],
    ] as const)
      expect(value(`row[${i}].u[${j}]`)).toBeCloseTo(i * i - j * j, 9);
  });

  it('with exchange of rows where the fixed order meets a zero', () => {
    // The diagonal is 0 at z = 0: the pairs are x[i + 1] = …, x[i] = … then.
    const { twin, value } = solved(`asset A {
      fixed n = 30
      param z = 0
      let x[n]: Number
      z * x[1] + x[2] + x[1]^3 = 2
      for i in 2..n - 1 { x[i - 1] + z * x[i] + x[i + 1] + x[i]^3 = 3 }
      x[n - 1] + z * x[n] + x[n]^3 = 2
    }`);
    for (let at = 1; at <= 30; at += 1) {
      const [before, own, after] = [at - 1, at, at + 1].map((i) =>
        i < 1 || i > 30 ? 0 : value(`x[${i}]`),
      ) as [number, number, number];
      expect(before + after + own ** 3).toBeCloseTo(at === 1 || at === 30 ? 2 : 3, 10);
    }
    expect(twin.trouble()).toBeUndefined();
  });
});
