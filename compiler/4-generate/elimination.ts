/** The operations of an elimination as straight code over memory; `ir/newton.md` has them in words. */
import { SMALLEST_PIVOT } from '../ir/elimination.ts';
import type { Elimination } from '../ir/elimination.ts';
import { f64, i32, returns, set, when } from './wasm/index.ts';
import type { F64, FunctionBuilder, ModuleBuilder, Statement } from './wasm/index.ts';

/** Byte addresses of arrays of numbers. */
export interface EliminationPlaces {
  /** The matrix's entries in the order of the pattern, then room for the fill-in; overwritten. */
  slots: number;
  /** By row; overwritten. */
  right: number;
  /** By column. */
  solution: number;
}

/**
 * A function without parameters that solves for one right side. Returns 0, with the solution undefined, when a pivot is too small
 * against the rest of its column. `entries`: how many slots are filled; the others are set to 0.
 */
export function eliminator(
  module: ModuleBuilder,
  name: string,
  elimination: Elimination,
  entries: number,
  { slots, right, solution }: EliminationPlaces,
): FunctionBuilder {
  const f = module.function(name, { results: ['i32'] });
  const pivot = f.local('f64', 'pivot');
  const factor = f.local('f64', 'factor');
  const sum = f.local('f64', 'sum');
  const at = (region: number, k: number): F64 => f64.load(0, region + 8 * k);
  const put = (region: number, k: number, value: F64 | number): Statement =>
    f64.store(0, value, region + 8 * k);
  const body: Statement[] = [];
  for (let slot = entries; slot < elimination.slots; slot += 1) body.push(put(slots, slot, 0));
  for (const { row, slot, rows } of elimination.pivots) {
    const largest = rows
      .map((below) => f64.abs(at(slots, below.slot)))
      .reduce((a, b) => f64.max(a, b), f64.const(0));
    const isFit = i32.and(
      f64.gt(f64.abs(pivot), 0),
      f64.ge(f64.abs(pivot), f64.mul(SMALLEST_PIVOT, largest)),
    );
    body.push(set(pivot, at(slots, slot)), when(i32.eqz(isFit), [returns(i32.const(0))]));
    for (const below of rows) {
      body.push(set(factor, f64.div(at(slots, below.slot), pivot)));
      for (const [to, by] of below.updates)
        body.push(put(slots, to, f64.sub(at(slots, to), f64.mul(factor, at(slots, by)))));
      body.push(put(right, below.row, f64.sub(at(right, below.row), f64.mul(factor, at(right, row)))));
    }
  }
  for (const { row, column, slot, others } of elimination.pivots.toReversed()) {
    body.push(set(sum, at(right, row)));
    for (const [other, from] of others)
      body.push(set(sum, f64.sub(sum, f64.mul(at(slots, other), at(solution, from)))));
    body.push(put(solution, column, f64.div(sum, at(slots, slot))));
  }
  f.body = [...body, returns(i32.const(1))];
  return f;
}
