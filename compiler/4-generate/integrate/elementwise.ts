/**
 * Loops over state arrays that treat each element alike. Two neighbours go through one f64x2 operation, which rounds
 * each lane as the scalar one does, so the results are those of the plain order.
 */
import { f64, f64x2, forRange, i32, set } from '../wasm/index.ts';
import type { Expression, F64, FunctionBuilder, I32, Local, Statement, ValueType } from '../wasm/index.ts';

export type LaneType = 'f64' | 'v128';

/** Arithmetic on one element, or on two neighbours. */
export interface Lanes<T extends LaneType> {
  /** Of the array that begins at an address. */
  load(array: number): Expression<T>;
  store(array: number, value: Expression<T>): Statement;
  constant(value: number): Expression<T>;
  /** The same number for every element. */
  uniform(value: Local<'f64'>): Expression<T>;
  local(name: string): Local<T>;
  add(a: Expression<T>, b: Expression<T>): Expression<T>;
  sub(a: Expression<T>, b: Expression<T>): Expression<T>;
  mul(a: Expression<T>, b: Expression<T>): Expression<T>;
  div(a: Expression<T>, b: Expression<T>): Expression<T>;
  abs(a: Expression<T>): Expression<T>;
  /** NaN if either is. */
  max(a: Expression<T>, b: Expression<T>): Expression<T>;
  /** A statement that adds to the sums of `sumOfSquares`; the only one that ties elements to each other. */
  accumulate(value: Expression<T>): Statement;
}

type Body = <T extends LaneType>(lanes: Lanes<T>) => Statement[];

/**
 * Up to this many elements the code is straight and scalar: `derivatives` has just written single numbers, and
 * a processor cannot forward two small stores to one wide load.
 */
const straightLimit = 16;

export class Elementwise {
  private readonly f: FunctionBuilder<Readonly<Record<string, ValueType>>>;
  private readonly count: number;
  private readonly splats = new Map<Local<'f64'>, Local<'v128'>>();
  private readonly scalars = new Map<string, Local<'f64'>>();
  private readonly vectors = new Map<string, Local<'v128'>>();
  private counter: Local<'i32'> | undefined;

  constructor(f: FunctionBuilder<Readonly<Record<string, ValueType>>>, count: number) {
    this.f = f;
    this.count = count;
  }

  /** Must stand before the first loop: makes the vector copies of numbers given to `uniform`. */
  prelude(): Statement[] {
    return [...this.splats].map(([scalar, vector]) => set(vector, f64x2.splat(scalar)));
  }

  each(body: Body): Statement[] {
    const { count } = this;
    if (count <= straightLimit)
      return Array.from({ length: count }, (_, n) => body(this.scalar(i32.const(0), 8 * n, n % 2))).flat();
    const at = (this.counter ??= this.f.local('i32', 'at'));
    const pairs = forRange(at, 0, 8 * (count - (count % 2)), body(this.pair(at)), 16);
    return count % 2 === 0 ? [pairs] : [pairs, ...body(this.scalar(i32.const(0), 8 * (count - 1), 0))];
  }

  /**
   * The sum of the squares given to `accumulate`: those of elements 0, 2, 4 … in order, plus those of 1, 3, 5 … in order.
   * The statements set the sums to zero, go through the elements, and leave the total in the expression.
   */
  sumOfSquares(body: Body): { statements: Statement[]; total: F64 } {
    const even = this.number('sum of even');
    const odd = this.number('sum of odd');
    if (this.count <= straightLimit)
      return { statements: [set(even, 0), set(odd, 0), ...this.each(body)], total: f64.add(even, odd) };
    const both = this.vector('sums');
    const statements = [set(both, f64x2.const(0, 0)), ...this.each(body)];
    return { statements, total: f64.add(f64x2.lane(both, 0), f64x2.lane(both, 1)) };
  }

  private number(name: string): Local<'f64'> {
    return memo(this.scalars, name, () => this.f.local('f64', name));
  }

  private vector(name: string): Local<'v128'> {
    return memo(this.vectors, name, () => this.f.local('v128', name));
  }

  private scalar(at: I32, offset: number, parity: number): Lanes<'f64'> {
    return {
      load: (array) => f64.load(at, array + offset),
      store: (array, value) => f64.store(at, value, array + offset),
      constant: f64.const,
      uniform: (value) => value,
      local: (name) => this.number(name),
      add: f64.add,
      sub: f64.sub,
      mul: f64.mul,
      div: f64.div,
      abs: f64.abs,
      max: f64.max,
      accumulate: (value) => {
        if (this.count > straightLimit) {
          // The odd element out, after the pairs.
          const both = this.vector('sums');
          return set(both, f64x2.withLane(both, 0, f64.add(f64x2.lane(both, 0), value)));
        }
        const sum = this.number(parity === 0 ? 'sum of even' : 'sum of odd');
        return set(sum, f64.add(sum, value));
      },
    };
  }

  private pair(at: I32): Lanes<'v128'> {
    return {
      load: (array) => f64x2.load(at, array),
      store: (array, value) => f64x2.store(at, value, array),
      constant: (value) => f64x2.const(value, value),
      uniform: (value) => memo(this.splats, value, () => this.f.local('v128', `${value.name} twice`)),
      local: (name) => this.vector(name),
      add: f64x2.add,
      sub: f64x2.sub,
      mul: f64x2.mul,
      div: f64x2.div,
      abs: f64x2.abs,
      max: f64x2.max,
      accumulate: (value) => {
        const both = this.vector('sums');
        return set(both, f64x2.add(both, value));
      },
    };
  }
}

function memo<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

/** c0*v0 + c1*v1 + …, from left to right. */
export function combination<T extends LaneType>(
  lanes: Lanes<T>,
  terms: readonly (readonly [coefficient: Expression<T>, value: Expression<T>])[],
): Expression<T> {
  const products = terms.map(([coefficient, value]) => lanes.mul(coefficient, value));
  return products.reduce((sum, product) => lanes.add(sum, product));
}
