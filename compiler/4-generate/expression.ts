/**
 * FlatExpression → code nodes. A boolean is an i32 while it is computed and 0 or 1 as f64 in memory.
 * Loop counters run in bytes (8 a step), so that a counter is the offset of its element.
 */
import { Cell } from '../../runtime/contract/cells.ts';
import type { FlatDelay, FlatExpression, FlatIndex, FlatLoop, FlatTarget } from '../ir/flat-expression.ts';
import type { VariableId } from '../ir/flat-system.ts';
import { powerPlan, product } from '../ir/power.ts';
import type { ElementaryFunction } from '../model/expression.ts';
import { recalled } from './delays.ts';
import { drawOf } from './draws.ts';
import { attribute, quantileOf } from './process/reading.ts';
import type { RepeatedValues } from './repeated.ts';
import type { Samplers } from './draws.ts';
import type { Routines } from './random/routine.ts';
import { sampled, windowed } from './windows.ts';
import { applyElementary } from './elementary/index.ts';
import type { Library } from './elementary/index.ts';
import { elementKey, KnownElements } from './known.ts';
import type { MemoryPlan } from './layout.ts';
import type { Lookups } from './tables.ts';
import {
  after,
  call,
  conditional,
  f64,
  forElements,
  forRange,
  i32,
  select,
  set,
  when,
} from './wasm/index.ts';
import type {
  F64,
  FunctionBuilder,
  FunctionHandle,
  I32,
  Local,
  LocalOwner,
  Statement,
} from './wasm/index.ts';

/** What expressions of one function are compiled in: its locals, the loops around, and values that are at hand. */
export class Scope {
  readonly plan: MemoryPlan;
  readonly dims: readonly (readonly number[])[];
  readonly elementary: Library;
  readonly samplers: Samplers;
  readonly lookups: Lookups;
  /** The function that recalls a delayed value. */
  readonly recall: () => FunctionHandle;
  readonly delays: readonly FlatDelay[];
  readonly routines: Routines;
  readonly owner: FunctionBuilder<Record<string, 'i32' | 'f64'>>;
  /** Loop variable → counter in bytes. */
  readonly counters: Map<string, Local<'i32'>>;
  /** The locals that were just stored as elements. */
  readonly known: KnownElements;
  /** Let → the local that holds its value. */
  lets: ReadonlyMap<string, Local<'f64'>> = new Map();
  /** Address of the item that goes through a step of a process. */
  item: Local<'i32'> | undefined;
  /** The time, where it is another one than in memory. */
  time: Local<'f64'> | undefined;
  /** What stands in several places of what is computed one after the other in this scope. */
  repeated: RepeatedValues | undefined;

  constructor(
    base: Pick<
      Scope,
      'plan' | 'dims' | 'elementary' | 'samplers' | 'lookups' | 'recall' | 'delays' | 'routines'
    >,
    owner: FunctionBuilder<Record<string, 'i32' | 'f64'>>,
    counters = new Map<string, Local<'i32'>>(),
    known = new KnownElements(),
  ) {
    this.plan = base.plan;
    this.dims = base.dims;
    this.elementary = base.elementary;
    this.samplers = base.samplers;
    this.lookups = base.lookups;
    this.recall = base.recall;
    this.delays = base.delays;
    this.routines = base.routines;
    this.owner = owner;
    this.counters = counters;
    this.known = known;
  }

  /** The same function, inside more loops; `known` values of outside stay known, new ones stay inside. */
  inner(loops: readonly FlatLoop[]): Scope {
    const counters = new Map(this.counters);
    for (const loop of loops) counters.set(loop.variable, this.owner.local('i32', loop.variable));
    const inner = new Scope(this, this.owner, counters, new KnownElements(this.known));
    inner.lets = this.lets;
    inner.item = this.item;
    inner.time = this.time;
    return inner;
  }

  /** The same place with one more value at hand. */
  with(name: string, value: Local<'f64'>): Scope {
    const inner = new Scope(this, this.owner, this.counters, this.known);
    inner.lets = new Map(this.lets).set(name, value);
    inner.item = this.item;
    inner.time = this.time;
    return inner;
  }

  /**
   * Nests `body` in the loops, outermost first. `elements`: the body computes and stores elements and nothing is read
   * after the loop, but for `sums` to which it may add in any order, so that two may be done at once.
   */
  loop(
    loops: readonly FlatLoop[],
    body: Statement[],
    elements = false,
    sums: readonly Local<'f64'>[] = [],
  ): Statement[] {
    return loops.reduceRight<Statement[]>((inside, { variable, from, to, descending }) => {
      if (to <= from) return [];
      const counter = this.counters.get(variable)!;
      if (descending !== true)
        return elements
          ? forElements(this.owner, counter, from * 8, to * 8, inside, sums)
          : [forRange(counter, from * 8, to * 8, inside, 8)];
      const rising = this.owner.local('i32', `${variable} up`);
      return [
        forRange(
          rising,
          from * 8,
          to * 8,
          [set(counter, i32.sub((from + to - 1) * 8, rising)), ...inside],
          8,
        ),
      ];
    }, body);
  }
}

/** Names an element, as far as it is the same in all instances. */
export const keyOf = (target: FlatTarget): string => `${target.variable}:${elementKey(target) ?? ''}`;

/** Where an element is: a run-time part (bytes) and a constant part (bytes, to be added to the variable's address). */
export function elementOffset(
  scope: Scope,
  variable: VariableId,
  index: readonly FlatIndex[],
): { dynamic: I32 | undefined; constant: number } {
  return offsetIn(scope, scope.dims[variable]!, index);
}

/** The same in any array of 8 bytes an element. */
export function offsetIn(
  scope: Scope,
  dims: readonly number[],
  index: readonly FlatIndex[],
): { dynamic: I32 | undefined; constant: number } {
  let dynamic: I32 | undefined;
  let constant = 0;
  index.forEach((i, axis) => {
    const stride = dims.slice(axis + 1).reduce((a, b) => a * b, 1);
    if (typeof i === 'number') constant += i * stride * 8;
    else {
      constant += i.offset * stride * 8;
      const counter = scope.counters.get(i.loop);
      if (counter === undefined) throw new Error(`index ${i.loop} outside its loop`);
      const part = stride === 1 ? counter : i32.mul(counter, stride);
      dynamic = dynamic === undefined ? part : i32.add(dynamic, part);
    }
  });
  return { dynamic, constant };
}

/** An address and the constant offset of the instruction, which must not be negative. */
export function place(dynamic: I32 | undefined, offset: number): [I32 | number, number] {
  if (offset >= 0) return [dynamic ?? 0, offset];
  return [i32.add(dynamic ?? 0, offset), 0];
}

/** The value of an element: known already in this function, or from memory. */
export function load(scope: Scope, target: FlatTarget): F64 {
  const known = scope.known.get(target);
  if (known !== undefined) return known;
  if (target.index.length === 0) return f64.load(0, scope.plan.addresses[target.variable]!);
  const { dynamic, constant } = elementOffset(scope, target.variable, target.index);
  return f64.load(...place(dynamic, scope.plan.addresses[target.variable]! + constant));
}

function blurOf(scope: Scope, target: FlatTarget): F64 {
  const { runtime, states, absoluteTolerances } = scope.plan.manifest.layout;
  const own = scope.plan.addresses[target.variable]!;
  const at = own - states.address + absoluteTolerances.address;
  const { dynamic, constant } =
    target.index.length === 0
      ? { dynamic: undefined, constant: 0 }
      : elementOffset(scope, target.variable, target.index);
  const absolute =
    dynamic === undefined ? f64.load(0, at + constant) : f64.load(...place(dynamic, at + constant));
  const relative = f64.mul(f64.load(0, runtime + 8 * Cell.blurRelative), f64.abs(load(scope, target)));
  return f64.mul(f64.load(0, runtime + 8 * Cell.blur), f64.add(absolute, relative));
}

export function store(scope: Scope, target: FlatTarget, value: F64): Statement {
  if (target.index.length === 0) return f64.store(0, value, scope.plan.addresses[target.variable]!);
  const { dynamic, constant } = elementOffset(scope, target.variable, target.index);
  const [address, offset] = place(dynamic, scope.plan.addresses[target.variable]! + constant);
  return f64.store(address, value, offset);
}

/** The value as f64; a boolean as 0 or 1. */
export function number(scope: Scope, expression: FlatExpression): F64 {
  const { repeated } = scope;
  if (repeated === undefined) return computed(scope, expression);
  const known = repeated.known(expression);
  if (known !== undefined) return known;
  const value = computed(scope, expression);
  if (!repeated.isToBeKept(expression)) return value;
  const local = scope.owner.local('f64', 'repeated');
  repeated.keep(expression, local);
  return after([set(local, value)], local);
}

function computed(scope: Scope, expression: FlatExpression): F64 {
  switch (expression.kind) {
    case 'number':
      return f64.const(expression.value);
    case 'load':
      return load(scope, expression);
    case 'time':
      return scope.time ?? f64.load(0, scope.plan.manifest.layout.time);
    case 'position':
      return position(scope, expression);
    case 'unary':
      return expression.operator === 'negate'
        ? f64.neg(number(scope, expression.operand))
        : f64.fromI32(truth(scope, expression));
    case 'binary':
      switch (expression.operator) {
        case '+':
          return f64.add(number(scope, expression.left), number(scope, expression.right));
        case '-':
          return f64.sub(number(scope, expression.left), number(scope, expression.right));
        case '*':
          return f64.mul(number(scope, expression.left), number(scope, expression.right));
        case '/':
          return f64.div(number(scope, expression.left), number(scope, expression.right));
        case '^':
          return power(scope, expression.left, expression.right);
        default:
          return f64.fromI32(truth(scope, expression));
      }
    case 'conditional':
      return scope.repeated === undefined
        ? choice(scope, expression)
        : // Values of several lanes come before the condition, and of one only one of them.
          scope.repeated.sometimes(() => choice(scope, expression));
    case 'call':
      return callOf(
        scope,
        expression.function,
        expression.arguments.map((argument) => number(scope, argument)),
      );
    case 'reduction':
      return reduction(scope, expression);
    case 'draw':
      return drawOf(scope, expression);
    case 'delayed':
      return recalled(scope, expression);
    case 'lookup': {
      const operands = expression.arguments.map((argument) => number(scope, argument));
      return call<'f64'>(scope.lookups(expression.table, expression.ask), ...operands);
    }
    case 'window':
      return windowed(scope, expression);
    case 'sampled':
      return sampled(scope, expression);
    case 'blur':
      return blurOf(scope, expression);
    case 'local':
      return localOf(scope, expression);
    case 'let': {
      const local = scope.owner.local('f64', expression.name);
      const value = number(scope, expression.value);
      return after([set(local, value)], number(scope.with(expression.name, local), expression.body));
    }
    case 'attribute':
      return attribute(scope, expression.slot);
    case 'quantile':
      return quantileOf(scope, expression);
  }
}

function choice(scope: Scope, expression: FlatExpression & { kind: 'conditional' }): F64 {
  const condition = truth(scope, expression.condition);
  const whenTrue = number(scope, expression.then);
  const whenFalse = number(scope, expression.else);
  return isCheap(expression.then) && isCheap(expression.else)
    ? select(condition, whenTrue, whenFalse)
    : conditional(condition, whenTrue, whenFalse);
}

function localOf(scope: Scope, { name }: FlatExpression & { kind: 'local' }): F64 {
  const local = scope.lets.get(name);
  if (local === undefined) throw new Error(`${name} outside its let`);
  return local;
}

function position(scope: Scope, { loop, offset }: FlatExpression & { kind: 'position' }): F64 {
  const counter = scope.counters.get(loop);
  if (counter === undefined) throw new Error(`position ${loop} outside its loop`);
  const element = f64.fromI32(i32.shrU(counter, 3));
  return offset === 0 ? element : f64.add(element, offset);
}

/** The value as a truth (i32 0 or 1); a number counts as true unless it is zero. */
export function truth(scope: Scope, expression: FlatExpression): I32 {
  if (expression.kind === 'unary' && expression.operator === 'not')
    return i32.eqz(truth(scope, expression.operand));
  if (expression.kind === 'binary') {
    const { left, right } = expression;
    switch (expression.operator) {
      case '<':
        return f64.lt(number(scope, left), number(scope, right));
      case '<=':
        return f64.le(number(scope, left), number(scope, right));
      case '>':
        return f64.gt(number(scope, left), number(scope, right));
      case '>=':
        return f64.ge(number(scope, left), number(scope, right));
      case '==':
        return f64.eq(number(scope, left), number(scope, right));
      case '!=':
        return f64.ne(number(scope, left), number(scope, right));
      case 'and':
        return i32.and(truth(scope, left), truth(scope, right));
      case 'or':
        return i32.or(truth(scope, left), truth(scope, right));
      default:
        break;
    }
  }
  if (expression.kind === 'number') return i32.const(expression.value === 0 ? 0 : 1);
  return f64.ne(number(scope, expression), 0);
}

const isCheap = (expression: FlatExpression): boolean => {
  switch (expression.kind) {
    case 'number':
    case 'load':
    case 'time':
    case 'position':
    case 'local':
      return true;
    case 'unary':
      return isCheap(expression.operand);
    case 'binary':
      return (
        expression.operator !== '^' &&
        (expression.left.kind === 'number' || expression.left.kind === 'load') &&
        (expression.right.kind === 'number' || expression.right.kind === 'load')
      );
    default:
      return false;
  }
};

function power(scope: Scope, base: FlatExpression, exponent: FlatExpression): F64 {
  const x = number(scope, base);
  if (exponent.kind !== 'number') return callPow(scope, x, number(scope, exponent));
  const plan = powerPlan(exponent.value);
  if (plan.kind === 'pow') return callPow(scope, x, f64.const(exponent.value));
  if (plan.kind === 'root') return plan.reciprocal ? f64.div(1, f64.sqrt(x)) : f64.sqrt(x);
  const statements: Statement[] = [];
  const keep = (value: F64): F64 => {
    if (value.kind === 'local' || value.kind === 'constant') return value;
    const local = scope.owner.local('f64', 'power');
    statements.push(set(local, value));
    return local;
  };
  const result = product(keep(x), plan.factors, f64.const(1), (l, r) => f64.mul(l, r), keep);
  return after(statements, plan.reciprocal ? f64.div(1, result) : result);
}

const callPow = (scope: Scope, x: F64, y: F64): F64 => call<'f64'>(scope.elementary.pow, x, y);

function callOf(scope: Scope, name: ElementaryFunction, operands: F64[]): F64 {
  if (name === 'min' || name === 'max')
    return operands.reduce((a, b) => applyElementary(scope.elementary, name, a, b));
  if (name === 'most') return mostOf(scope.owner, operands);
  return applyElementary(scope.elementary, name, ...operands);
}

/** Which of them is the largest, from 1 on; 0 while all are 0. */
function mostOf(owner: LocalOwner, operands: F64[]): F64 {
  const [value, best, which] = owner.named('f64', 'value', 'best', 'which');
  const any = owner.local('i32', 'any');
  const see = (operand: F64, at: number): Statement[] => [
    set(value, operand),
    set(any, at === 0 ? f64.ne(value, 0) : i32.or(any, f64.ne(value, 0))),
    ...(at === 0
      ? [set(best, value), set(which, 1)]
      : [when(f64.gt(value, best), [set(best, value), set(which, at + 1)])]),
  ];
  return after(operands.flatMap(see), f64.mul(which, f64.fromI32(any)));
}

function reduction(scope: Scope, expression: FlatExpression & { kind: 'reduction' }): F64 {
  const { operator } = expression;
  const inner = scope.inner(expression.loops);
  const total = scope.owner.local('f64', operator);
  const start = { sum: 0, product: 1, min: Infinity, max: -Infinity, any: 0, all: 1 }[operator];
  const value =
    operator === 'any' || operator === 'all'
      ? f64.fromI32(truth(inner, expression.body))
      : number(inner, expression.body);
  const combined = {
    sum: () => f64.add(total, value),
    product: () => f64.mul(total, value),
    min: () => f64.min(total, value),
    max: () => f64.max(total, value),
    any: () => f64.max(total, value),
    all: () => f64.min(total, value),
  }[operator]();
  return after([set(total, start), ...inner.loop(expression.loops, [set(total, combined)])], total);
}
