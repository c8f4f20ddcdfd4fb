/**
 * A loop over arrays of f64, two neighbours at a time where that gives the same bits.
 *
 * f64x2 operations round each lane as the scalar ones do, so a body of loads, arithmetic and stores of single elements
 * may go pairwise, unless an element needs what the one before it in the same loop stored. What cannot be
 * seen to be safe stays scalar. Ignores what the arrays mean.
 */
import { after, call, f64, f64x2, forRange, i64x2, set, v128 } from './build.ts';
import type { FunctionBuilder } from './module.ts';
import type { Expression, F64, I32, Local, Statement, V128, ValueType } from './nodes.ts';

/** Below this many elements a wide load would mostly wait for the small stores just before it. */
const leastElements = 32;

/**
 * `forRange(counter, from, to, body, 8)` in pairs if it can be, with the same effect on memory. `from` and `to` are
 * multiples of 8, in bytes. Locals that the body sets must not be read after the loop, and functions that it calls on
 * f64 operands alone must be pure.
 */
export function forElements(
  f: FunctionBuilder<Readonly<Record<string, ValueType>>>,
  counter: Local<'i32'>,
  from: number,
  to: number,
  body: readonly Statement[],
): Statement[] {
  const scalar = forRange(counter, from, to, body, 8);
  const count = (to - from) / 8;
  if (count < leastElements) return [scalar];
  const pairs = new Pairs(f, counter, from, to);
  const statements = pairs.body(body);
  if (statements === undefined || !pairs.areApart()) return [scalar];
  const end = to - 8 * (count % 2);
  const loop = forRange(counter, from, end, statements, 16);
  const rest = count % 2 === 0 ? [] : [forRange(counter, end, to, body, 8)];
  return [...pairs.prelude(), loop, ...rest];
}

/**
 * Statements and values over f64 locals as ones over pairs: each local in `bound` stands for that vector, others become vectors of their
 * own when they are set. What does not go pairwise is our own bug and throws.
 */
export function inPairs(
  f: FunctionBuilder<Readonly<Record<string, ValueType>>>,
  bound: readonly (readonly [Local<'f64'>, Local<'v128'>])[],
): { statements(body: readonly Statement[]): Statement[]; value(node: F64): V128 } {
  const pairs = new Pairs(f, f.local('i32', 'none'), 0, 0);
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

/** Thrown and caught in this file alone: the body has something that does not go pairwise. */
class NotPairwise extends Error {}

type Access = { readonly offset: number; readonly kind: 'element' | 'same' };

class Pairs {
  private readonly f: FunctionBuilder<Readonly<Record<string, ValueType>>>;
  private readonly counter: Local<'i32'>;
  private readonly from: number;
  private readonly to: number;
  /** Vector of a local that the body sets. */
  private readonly inner = new Map<Local, Local<'v128'>>();
  /** Vector of a local from outside the loop, which is the same for every element. */
  private readonly outer = new Map<Local, Local<'v128'>>();
  private assigned = new Set<Local>();
  private readonly loads: Access[] = [];
  private readonly stores: number[] = [];

  constructor(
    f: FunctionBuilder<Readonly<Record<string, ValueType>>>,
    counter: Local<'i32'>,
    from: number,
    to: number,
  ) {
    this.f = f;
    this.counter = counter;
    this.from = from;
    this.to = to;
  }

  body(statements: readonly Statement[]): Statement[] | undefined {
    try {
      this.collectAssigned(statements);
      return statements.map((statement) => this.statement(statement));
    } catch (error) {
      if (error instanceof NotPairwise) return undefined;
      throw error;
    }
  }

  bind(scalar: Local<'f64'>, vector: Local<'v128'>): void {
    this.inner.set(scalar, vector);
  }

  prelude(): Statement[] {
    return [...this.outer].map(([scalar, vector]) => set(vector, f64x2.splat(scalar as Local<'f64'>)));
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

  private statement(statement: Statement): Statement {
    switch (statement.kind) {
      case 'comment':
        return statement;
      case 'set': {
        if (statement.local.type !== 'f64') throw new NotPairwise();
        const value = this.value(statement.value as F64);
        let vector = this.inner.get(statement.local);
        if (vector === undefined) {
          vector = this.f.local('v128', statement.local.name);
          this.inner.set(statement.local, vector);
        }
        return set(vector, value);
      }
      case 'store': {
        if (statement.op !== 'f64.store' || statement.address !== this.counter) throw new NotPairwise();
        const value = this.value(statement.value as F64);
        this.stores.push(statement.offset);
        return f64x2.store(this.counter, value, statement.offset);
      }
      default:
        throw new NotPairwise();
    }
  }

  value(node: F64): V128 {
    switch (node.kind) {
      case 'constant':
        return f64x2.splat(Number(node.value));
      case 'local':
        return this.local(node);
      case 'load':
        return this.load(node.address, node.offset);
      case 'unary':
        if (this.isPosition(node.operand)) {
          const own = node as F64;
          return f64x2.withLane(f64x2.splat(own), 1, f64.add(own, 1));
        }
        if (node.op === 'f64.convert_i32_s') return v128.and(this.mask(node.operand as I32), f64x2.splat(1));
        if (node.op === 'f64.reinterpret_i64') return this.masked(node.operand);
        return this.unary(node.op, node.operand as F64);
      case 'binary':
        return this.binary(node.op, node.left as F64, node.right as F64);
      case 'conditional':
        // Both sides are evaluated, which is worth it for arithmetic only.
        if (hasCall(node.whenTrue) || hasCall(node.whenFalse)) throw new NotPairwise();
        return v128.select(this.mask(node.condition), this.value(node.whenTrue), this.value(node.whenFalse));
      case 'select':
        return v128.select(this.mask(node.condition), this.value(node.whenTrue), this.value(node.whenFalse));
      case 'after': {
        const statements = node.body.map((statement) => this.statement(statement));
        return after(statements, this.value(node.value));
      }
      case 'call': {
        if (node.operands.some((operand) => operand.type !== 'f64')) throw new NotPairwise();
        if (node.callee.inPairs !== undefined && node.operands.length === 1)
          return call<'v128'>(node.callee.inPairs(), this.value(node.operands[0] as F64));
        const operands = node.operands.map((operand) => {
          const vector = this.f.local('v128', 'operands');
          return { vector, set: set(vector, this.value(operand as F64)) };
        });
        const lane = (n: 0 | 1): F64 =>
          call<'f64'>(node.callee, ...operands.map(({ vector }) => f64x2.lane(vector, n)));
        return after(
          operands.map((operand) => operand.set),
          f64x2.withLane(f64x2.splat(lane(0)), 1, lane(1)),
        );
      }
      default:
        throw new NotPairwise();
    }
  }

  /** The number of the element: the counter in eighths. */
  private isPosition(node: Expression): boolean {
    if (node.kind !== 'binary' || node.op !== 'i32.shr_u') return false;
    return node.left === this.counter && node.right.kind === 'constant' && Number(node.right.value) === 3;
  }

  private local(node: Local<'f64'>): V128 {
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

  private load(address: I32, offset: number): V128 {
    if (address === this.counter) {
      this.loads.push({ offset, kind: 'element' });
      return f64x2.load(this.counter, offset);
    }
    if (address.kind !== 'constant') throw new NotPairwise();
    this.loads.push({ offset: Number(address.value) + offset, kind: 'same' });
    return f64x2.loadSplat(address, offset);
  }

  private unary(op: string, operand: F64): V128 {
    const apply = unaries[op];
    if (apply === undefined) throw new NotPairwise();
    return apply(this.value(operand));
  }

  private binary(op: string, left: F64, right: F64): V128 {
    const apply = binaries[op];
    if (apply === undefined) throw new NotPairwise();
    return apply(this.value(left), this.value(right));
  }

  /** Some of a number's bits. */
  private masked(bits: Expression): V128 {
    if (bits.kind !== 'binary' || bits.op !== 'i64.and') throw new NotPairwise();
    const { left, right } = bits;
    if (left.kind !== 'unary' || left.op !== 'i64.reinterpret_f64' || right.kind !== 'constant')
      throw new NotPairwise();
    return v128.and(this.value(left.operand as F64), i64x2.splat(BigInt(right.value)));
  }

  /** A truth as ones or zeros in each lane. */
  private mask(node: I32): V128 {
    if (node.kind === 'unary' && node.op === 'i32.eqz') return v128.not(this.mask(node.operand as I32));
    if (node.kind !== 'binary') throw new NotPairwise();
    if (node.op === 'i32.and' || node.op === 'i32.or') {
      const [left, right] = [this.mask(node.left as I32), this.mask(node.right as I32)];
      return node.op === 'i32.and' ? v128.and(left, right) : v128.or(left, right);
    }
    const compare = comparisons[node.op];
    if (compare === undefined) throw new NotPairwise();
    return compare(this.value(node.left as F64), this.value(node.right as F64));
  }
}

const SIGN = -(2n ** 63n);
const unaries: Readonly<Record<string, (x: V128) => V128>> = {
  'f64.neg': f64x2.neg,
  'f64.abs': f64x2.abs,
  'f64.sqrt': f64x2.sqrt,
  'f64.ceil': f64x2.ceil,
  'f64.floor': f64x2.floor,
  'f64.trunc': f64x2.trunc,
  'f64.nearest': f64x2.nearest,
};
const binaries: Readonly<Record<string, (x: V128, y: V128) => V128>> = {
  'f64.add': f64x2.add,
  'f64.sub': f64x2.sub,
  'f64.mul': f64x2.mul,
  'f64.div': f64x2.div,
  'f64.min': f64x2.min,
  'f64.max': f64x2.max,
  'f64.copysign': (x, y) => v128.or(v128.andnot(x, i64x2.splat(SIGN)), v128.and(y, i64x2.splat(SIGN))),
};
const comparisons: Readonly<Record<string, (x: V128, y: V128) => V128>> = {
  'f64.eq': f64x2.eq,
  'f64.ne': f64x2.ne,
  'f64.lt': f64x2.lt,
  'f64.gt': f64x2.gt,
  'f64.le': f64x2.le,
  'f64.ge': f64x2.ge,
};

function hasCall(node: Expression): boolean {
  switch (node.kind) {
    case 'call':
      return true;
    case 'binary':
      return hasCall(node.left) || hasCall(node.right);
    case 'unary':
      return hasCall(node.operand);
    case 'select':
    case 'conditional':
      return hasCall(node.condition) || hasCall(node.whenTrue) || hasCall(node.whenFalse);
    case 'after':
      return (
        hasCall(node.value) ||
        node.body.some((s) => (s.kind === 'set' || s.kind === 'store') && hasCall(s.value))
      );
    default:
      return false;
  }
}
