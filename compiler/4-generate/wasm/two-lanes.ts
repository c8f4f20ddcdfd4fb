/**
 * Scalar expressions → the same for two lanes at once. f64x2 operations round each lane as the scalar ones do, so both have the bits
 * of the plain order. What names and addresses stand for is said by who uses it.
 */
import { after, call, set } from './build.ts';
import { f64x2, i64x2, v128 } from './vectors.ts';
import type { FunctionBuilder } from './module.ts';
import type { Expression, F64, I32, Local, Statement, V128, ValueType } from './nodes.ts';

/** Something cannot be done for two at once. */
export class NotPairwise extends Error {}

export abstract class TwoLanes {
  protected readonly f: FunctionBuilder<Readonly<Record<string, ValueType>>>;

  constructor(f: FunctionBuilder<Readonly<Record<string, ValueType>>>) {
    this.f = f;
  }

  protected abstract local(node: Local<'f64'>): V128;
  protected abstract load(address: I32, offset: number): V128;
  protected abstract statement(statement: Statement): Statement[];
  protected constant(value: number): V128 {
    return f64x2.splat(value);
  }
  /** Values of both lanes where an integer tells them apart. */
  protected position(_node: F64): V128 | undefined {
    return undefined;
  }
  /** Whether both sides of a choice may be computed where they call functions: worth it for arithmetic only. */
  protected abstract readonly callsInChoices: boolean;

  value(node: F64): V128 {
    switch (node.kind) {
      case 'constant':
        return this.constant(Number(node.value));
      case 'local':
        return this.local(node);
      case 'load':
        return this.load(node.address, node.offset);
      case 'unary':
        {
          const position = this.position(node);
          if (position !== undefined) return position;
        }
        if (isTruth(node)) return v128.and(this.mask(node.operand as I32), this.constant(1));
        if (node.op === 'f64.reinterpret_i64') return this.masked(node.operand);
        return this.unary(node.op, node.operand as F64);
      case 'binary':
        return this.binary(node.op, node.left as F64, node.right as F64);
      case 'conditional':
        if (!this.callsInChoices && (hasCall(node.whenTrue) || hasCall(node.whenFalse)))
          throw new NotPairwise();
        return this.choice(node);
      case 'select':
        return this.choice(node);
      case 'after': {
        const statements = node.body.flatMap((statement) => this.statement(statement));
        return after(statements, this.value(node.value));
      }
      case 'call': {
        if (node.operands.some((operand) => operand.type !== 'f64')) throw new NotPairwise();
        if (node.callee.inPairs !== undefined)
          return call<'v128'>(
            node.callee.inPairs(),
            ...node.operands.map((operand) => this.value(operand as F64)),
          );
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

  /** One of two, in as few instructions as will do: V8 makes three of a `bitselect`. */
  private choice({ condition, whenTrue, whenFalse }: Choice): V128 {
    const step = stepOf(whenTrue, whenFalse);
    // Minus nothing leaves every number as it is, −0 too.
    if (step !== undefined)
      return f64x2.sub(this.value(whenFalse), v128.and(this.mask(condition), this.constant(-step)));
    if (isTruth(whenTrue) && isTruth(whenFalse))
      return v128.and(
        this.truthOf(condition, whenTrue.operand as I32, whenFalse.operand as I32),
        this.constant(1),
      );
    if (isZero(whenFalse)) return v128.and(this.value(whenTrue), this.mask(condition));
    if (isZero(whenTrue)) return v128.andnot(this.value(whenFalse), this.mask(condition));
    return v128.select(this.mask(condition), this.value(whenTrue), this.value(whenFalse));
  }

  private truthOf(condition: I32, whenTrue: I32, whenFalse: I32): V128 {
    const [which, yes, no] = [condition, whenTrue, whenFalse].map((one) => this.mask(one)) as [
      V128,
      V128,
      V128,
    ];
    // As with hysteresis: what switches it on keeps it on.
    if (implies(whenFalse, whenTrue)) return v128.or(no, v128.and(which, yes));
    if (implies(whenTrue, whenFalse)) return v128.or(yes, v128.andnot(no, which));
    return v128.select(which, yes, no);
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
      const negated = node.op === 'i32.and' ? negationOf(node.right) : undefined;
      if (negated !== undefined) return v128.andnot(this.mask(node.left as I32), this.mask(negated));
      const [left, right] = [this.mask(node.left as I32), this.mask(node.right as I32)];
      return node.op === 'i32.and' ? v128.and(left, right) : v128.or(left, right);
    }
    const compare = comparisons[node.op];
    if (compare === undefined) throw new NotPairwise();
    return compare(this.value(node.left as F64), this.value(node.right as F64));
  }
}

type Truth = F64 & { kind: 'unary'; op: 'f64.convert_i32_s' };
type Choice = Extract<F64, { kind: 'select' | 'conditional' }>;

/** 1 or 0 by whether something is true. */
const isTruth = (node: F64): node is Truth =>
  node.kind === 'unary' && node.op === 'f64.convert_i32_s' && isComparison(node.operand);

const isComparison = (node: Expression): boolean =>
  negationOf(node) !== undefined ||
  (node.kind === 'binary' && (node.op in comparisons || node.op === 'i32.and' || node.op === 'i32.or'));

const isZero = (node: F64): boolean => node.kind === 'constant' && Object.is(node.value, 0);

const negationOf = (node: Expression): I32 | undefined =>
  node.kind === 'unary' && node.op === 'i32.eqz' ? (node.operand as I32) : undefined;

/** What is added to a value when something is true, and only then: counting. */
function stepOf(whenTrue: F64, whenFalse: F64): number | undefined {
  if (whenTrue.kind !== 'binary' || whenTrue.left !== whenFalse) return undefined;
  const { op, right } = whenTrue;
  if (right.kind !== 'constant' || !Number.isFinite(right.value) || Number(right.value) === 0)
    return undefined;
  return op === 'f64.add' ? Number(right.value) : op === 'f64.sub' ? -Number(right.value) : undefined;
}

/** Whether a comparison with a constant can only be true where another one of the same value is. */
function implies(narrow: I32, wide: I32): boolean {
  if (narrow.kind !== 'binary' || wide.kind !== 'binary' || narrow.left !== wide.left) return false;
  if (narrow.right.kind !== 'constant' || wide.right.kind !== 'constant') return false;
  const [a, b] = [Number(narrow.right.value), Number(wide.right.value)];
  const ops = `${narrow.op} ${wide.op}`;
  if (/^f64\.g[te] f64\.g[te]$/.test(ops)) return ops === 'f64.ge f64.gt' ? a > b : a >= b;
  if (/^f64\.l[te] f64\.l[te]$/.test(ops)) return ops === 'f64.le f64.lt' ? a < b : a <= b;
  return false;
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
