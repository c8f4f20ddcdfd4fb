/**
 * A loop over arrays of f64, two neighbours at a time where that gives the same bits.
 *
 * f64x2 operations round each lane as the scalar ones do, so a body of loads, arithmetic and stores of single elements
 * may go pairwise, unless an element needs what the one before it in the same loop stored. What cannot be
 * seen to be safe stays scalar. Ignores what the arrays mean.
 */
import { f64, i64 } from './arithmetic.ts';
import { f64x2, i64x2, v128 } from './vectors.ts';
import { forRange, set } from './build.ts';
import type { FunctionBuilder } from './module.ts';
import { NotPairwise, TwoLanes } from './two-lanes.ts';
import type { Expression, F64, I32, I64, Local, Statement, V128, ValueType } from './nodes.ts';

/** Below this many elements a wide load would mostly wait for the small stores just before it. */
const leastElements = 32;

type AnyFunction = FunctionBuilder<Readonly<Record<string, ValueType>>>;

/** A loop over elements in parts, to be put together by who does not go through all of it at once. */
export interface ElementLoop {
  /** Where the rounds of `inner` begin and end; elements before and after them go alone. */
  first: number;
  end: number;
  /** Bytes a round. */
  step: 8 | 16;
  inner: Statement[];
  /** Once before the rounds, and once after them. */
  prelude: Statement[];
  gathered: Statement[];
  /** Elements one by one. */
  alone(start: number, stop: number): Statement[];
}

/**
 * `forRange(counter, from, to, body, 8)` in pairs if it can be, with the same effect on memory. `from` and `to` are
 * multiples of 8, in bytes. Locals that the body sets must not be read after the loop, but for i64 ones that take the or of
 * themselves and of bits of each element, and for `sums`, to which it may add, in any order; functions that it calls on f64 operands
 * alone must be pure.
 */
export function forElements(
  f: AnyFunction,
  counter: Local<'i32'>,
  from: number,
  to: number,
  body: readonly Statement[],
  sums: readonly Local<'f64'>[] = [],
): Statement[] {
  const { first, end, step, inner, prelude, gathered, alone } = elementLoop(
    f,
    counter,
    from,
    to,
    body,
    sums,
    true,
  );
  const rounds = forRange(counter, first, end, inner, step);
  return [...alone(from, first), ...prelude, rounds, ...gathered, ...alone(end, to)];
}

/** `inOne`: nothing else goes between its rounds, so that single cells are read once, before them. */
export function elementLoop(
  f: AnyFunction,
  counter: Local<'i32'>,
  from: number,
  to: number,
  body: readonly Statement[],
  sums: readonly Local<'f64'>[] = [],
  inOne = false,
): ElementLoop {
  const alone = (start: number, stop: number): Statement[] =>
    start === stop ? [] : [forRange(counter, start, stop, body, 8)];
  const count = (to - from) / 8;
  const pairs =
    count < leastElements
      ? undefined
      : new Pairs(f, counter, from, to, inOne ? 'whole' : 'parts', undefined, sums);
  const inner = pairs?.body(body);
  if (pairs === undefined || inner === undefined || !pairs.areApart())
    return { first: from, end: to, step: 8, inner: [...body], prelude: [], gathered: [], alone };
  // Where one element goes first, stores that would lie across two lines of the cache do not.
  const first = pairs.isAskew() ? from + 8 : from;
  const end = to - ((to - first) % 16);
  return { first, end, step: 16, inner, prelude: pairs.prelude(), gathered: pairs.gathered(), alone };
}

/**
 * Statements and values over f64 locals as ones over pairs: each local in `bound` stands for that vector, others become vectors of their
 * own when they are set. `constant` may have a better way to a constant. What does not go pairwise is our own bug and throws.
 */
export function inPairs(
  f: FunctionBuilder<Readonly<Record<string, ValueType>>>,
  bound: readonly (readonly [Local<'f64'>, Local<'v128'>])[],
  constant?: (value: number) => V128 | undefined,
): { statements(body: readonly Statement[]): Statement[]; value(node: F64): V128 } {
  const pairs = new Pairs(f, f.local('i32', 'none'), 0, 0, 'none', constant);
  for (const [scalar, vector] of bound) pairs.bind(scalar, vector);
  return {
    statements: (body) => {
      const result = pairs.body(body);
      if (result === undefined) throw new Error(`${f.name} does not go in pairs`);
      return result;
    },
    value: (node) => pairs.value(node),
  };
}

type Access = { readonly offset: number; readonly kind: 'element' | 'same' };

class Pairs extends TwoLanes {
  protected readonly callsInChoices = false;
  private readonly counter: Local<'i32'>;
  private readonly from: number;
  private readonly to: number;
  /** Vector of a local that the body sets. */
  private readonly inner = new Map<Local, Local<'v128'>>();
  /** Vector of a local from outside the loop, which is the same for every element. */
  private readonly outer = new Map<Local, Local<'v128'>>();
  /** Bits of an i64 local that gathers those of all elements. */
  private readonly gathers = new Map<Local<'i64'>, Local<'v128'>>();
  /** Two sums of a local to which all elements add. */
  private readonly sums: ReadonlyMap<Local, Local<'v128'>>;
  /** Constants, set before the loop: V8 makes them anew wherever they stand. */
  private readonly constants = new Map<number, Local<'v128'>>();
  /** Single cells, read before the loop. V8 reads them anew wherever they stand. */
  private readonly cells = new Map<number, Local<'v128'>>();
  /** Its rounds one after the other, or with others between them. */
  private readonly isLoop: 'whole' | 'parts' | 'none';
  private readonly own: ((value: number) => V128 | undefined) | undefined;
  private assigned = new Set<Local>();
  private readonly loads: Access[] = [];
  private readonly stores: number[] = [];

  constructor(
    f: FunctionBuilder<Readonly<Record<string, ValueType>>>,
    counter: Local<'i32'>,
    from: number,
    to: number,
    isLoop: 'whole' | 'parts' | 'none',
    own?: (value: number) => V128 | undefined,
    sums: readonly Local<'f64'>[] = [],
  ) {
    super(f);
    this.own = own;
    this.sums = new Map(sums.map((sum) => [sum, f.local('v128', `${sum.name} twice`)]));
    this.isLoop = isLoop;
    this.counter = counter;
    this.from = from;
    this.to = to;
  }

  body(statements: readonly Statement[]): Statement[] | undefined {
    try {
      this.collectAssigned(statements);
      return statements.flatMap((statement) => this.statement(statement));
    } catch (error) {
      if (error instanceof NotPairwise) return undefined;
      throw error;
    }
  }

  bind(scalar: Local<'f64'>, vector: Local<'v128'>): void {
    this.inner.set(scalar, vector);
  }

  prelude(): Statement[] {
    return [
      ...[...this.outer].map(([scalar, vector]) => set(vector, f64x2.splat(scalar as Local<'f64'>))),
      ...[...this.constants].map(([value, vector]) => set(vector, f64x2.splat(value))),
      ...[...this.cells].map(([address, vector]) => set(vector, f64x2.loadSplat(0, address))),
      ...[...this.gathers.values(), ...this.sums.values()].map((vector) => set(vector, f64x2.const(0, 0))),
    ];
  }

  gathered(): Statement[] {
    return [
      ...[...this.gathers].map(([scalar, vector]) =>
        set(scalar, i64.or(scalar, i64.or(i64x2.lane(vector, 0), i64x2.lane(vector, 1)))),
      ),
      ...[...this.sums].map(([scalar, vector]) => {
        const sum = scalar as Local<'f64'>;
        return set(sum, f64.add(sum, f64.add(f64x2.lane(vector, 0), f64x2.lane(vector, 1))));
      }),
    ];
  }

  /** Whether no access touches the neighbour of an element that is stored, nor a single cell among them. */
  areApart(): boolean {
    return this.stores.every(
      (store) =>
        this.stores.every((other) => Math.abs(other - store) !== 8) &&
        this.loads.every(({ offset, kind }) =>
          kind === 'element'
            ? Math.abs(offset - store) !== 8
            : offset + 8 <= store + this.from || offset >= store + this.to,
        ),
    );
  }

  /** Whether most stores are to places that no vector would begin at. */
  isAskew(): boolean {
    return 2 * this.stores.filter((offset) => (offset + this.from) % 16 !== 0).length > this.stores.length;
  }

  private collectAssigned(statements: readonly Statement[]): void {
    for (const statement of statements) {
      if (statement.kind === 'set') this.assigned.add(statement.local);
      if (statement.kind === 'set' || statement.kind === 'store') this.collectInside(statement.value);
    }
  }

  private collectInside(node: Expression): void {
    switch (node.kind) {
      case 'after':
        this.collectAssigned(node.body);
        return this.collectInside(node.value);
      case 'binary':
        this.collectInside(node.left);
        return this.collectInside(node.right);
      case 'unary':
        return this.collectInside(node.operand);
      case 'select':
      case 'conditional':
        this.collectInside(node.condition);
        this.collectInside(node.whenTrue);
        return this.collectInside(node.whenFalse);
      case 'call':
        return node.operands.forEach((operand) => this.collectInside(operand));
      default:
    }
  }

  protected statement(statement: Statement): Statement[] {
    switch (statement.kind) {
      case 'comment':
        return [statement];
      case 'set': {
        if (statement.local.type === 'i64')
          return this.gathering(statement.local as Local<'i64'>, statement.value as I64);
        const both = this.sums.get(statement.local);
        if (both !== undefined) return [this.adding(statement.local, both, statement.value as F64)];
        if (statement.local.type !== 'f64') throw new NotPairwise();
        const value = this.value(statement.value as F64);
        let vector = this.inner.get(statement.local);
        if (vector === undefined) {
          vector = this.f.local('v128', statement.local.name);
          this.inner.set(statement.local, vector);
        }
        return [set(vector, value)];
      }
      case 'store': {
        if (statement.op !== 'f64.store' || statement.address !== this.counter) throw new NotPairwise();
        const value = this.value(statement.value as F64);
        this.stores.push(statement.offset);
        return [f64x2.store(this.counter, value, statement.offset)];
      }
      default:
        throw new NotPairwise();
    }
  }

  protected override constant(value: number): V128 {
    if (Object.is(value, -0) || Number.isNaN(value)) return super.constant(value);
    if (this.isLoop === 'none') return (value === 0 ? undefined : this.own?.(value)) ?? super.constant(value);
    const vector = this.constants.get(value) ?? this.f.local('v128', `${value} twice`);
    this.constants.set(value, vector);
    return vector;
  }

  private adding(local: Local, both: Local<'v128'>, value: F64): Statement {
    if (value.kind !== 'binary' || value.op !== 'f64.add' || value.left !== local) throw new NotPairwise();
    return set(both, f64x2.add(both, this.value(value.right as F64)));
  }

  private gathering(local: Local<'i64'>, value: I64): Statement[] {
    if (value.kind !== 'binary' || value.op !== 'i64.or' || value.left !== local) throw new NotPairwise();
    const vector = this.gathers.get(local) ?? this.f.local('v128', local.name);
    this.gathers.set(local, vector);
    return [set(vector, v128.or(vector, this.bits(value.right as I64)))];
  }

  private bits(node: I64): V128 {
    if (node.kind === 'unary' && node.op === 'i64.reinterpret_f64') return this.value(node.operand as F64);
    if (node.kind === 'binary' && node.op === 'i64.xor')
      return v128.xor(this.bits(node.left as I64), this.bits(node.right as I64));
    throw new NotPairwise();
  }

  protected override position(node: F64): V128 | undefined {
    if (node.kind !== 'unary' || !this.isPosition(node.operand)) return undefined;
    return f64x2.withLane(f64x2.splat(node), 1, f64.add(node, 1));
  }

  /** The number of the element: the counter in eighths. */
  private isPosition(node: Expression): boolean {
    if (node.kind !== 'binary' || node.op !== 'i32.shr_u') return false;
    return node.left === this.counter && node.right.kind === 'constant' && Number(node.right.value) === 3;
  }

  protected local(node: Local<'f64'>): V128 {
    const inner = this.inner.get(node);
    if (inner !== undefined) return inner;
    // Read before the body sets it: carried from one element to the next.
    if (this.assigned.has(node)) throw new NotPairwise();
    let vector = this.outer.get(node);
    if (vector === undefined) {
      vector = this.f.local('v128', `${node.name} twice`);
      this.outer.set(node, vector);
    }
    return vector;
  }

  protected load(address: I32, offset: number): V128 {
    if (address === this.counter) {
      this.loads.push({ offset, kind: 'element' });
      return f64x2.load(this.counter, offset);
    }
    if (address.kind !== 'constant') throw new NotPairwise();
    const cell = Number(address.value) + offset;
    this.loads.push({ offset: cell, kind: 'same' });
    if (this.isLoop !== 'whole') return f64x2.loadSplat(address, offset);
    const vector = this.cells.get(cell) ?? this.f.local('v128', `cell ${cell} twice`);
    this.cells.set(cell, vector);
    return vector;
  }
}
