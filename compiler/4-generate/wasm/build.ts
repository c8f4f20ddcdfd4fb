/**
 * Constructors of statements, and of expressions that are no instruction of a type: locals, calls, choices, loops, memory. An operand
 * that is a number stands for a constant, a `Local` or `Global` handle for reading it: `set(x, f64.add(x, f64.mul(h, 0.5)))`. A statement
 * list is a plain array.
 */
import type { Expression, FunctionHandle, Global, I32, Label, Local, Statement, ValueType } from './nodes.ts';
import type { I32Operand } from './operands.ts';
import { constant, i } from './operands.ts';
import { i32 } from './arithmetic.ts';

/** A number where the local's type says how to read it. */
type Assignable<T extends ValueType> =
  | Expression<T>
  | (T extends 'i64' ? bigint : T extends 'v128' ? never : number);

const asExpression = <T extends ValueType>(type: T, value: Assignable<T>): Expression<T> =>
  typeof value === 'number' || typeof value === 'bigint' ? constant(type, value) : (value as Expression<T>);

export const set = <T extends ValueType>(local: Local<T>, value: Assignable<T>): Statement => ({
  kind: 'set',
  local,
  value: asExpression(local.type, value),
});

/** Sets the local and leaves the value. */
export const tee = <T extends ValueType>(local: Local<T>, value: Assignable<T>): Expression<T> => ({
  kind: 'tee',
  type: local.type,
  local,
  value: asExpression(local.type, value),
});

export const setGlobal = <T extends ValueType>(global: Global<T>, value: Assignable<T>): Statement => ({
  kind: 'setGlobal',
  global,
  value: asExpression(global.type, value),
});

/** Evaluates both sides, without a branch: for cheap operands. */
export const select = <T extends ValueType>(
  condition: I32,
  whenTrue: Expression<T>,
  whenFalse: Expression<T>,
): Expression<T> => ({ kind: 'select', type: whenTrue.type, condition, whenTrue, whenFalse });

/** Evaluates one side only. */
export const conditional = <T extends ValueType>(
  condition: I32,
  whenTrue: Expression<T>,
  whenFalse: Expression<T>,
): Expression<T> => ({ kind: 'conditional', type: whenTrue.type, condition, whenTrue, whenFalse });

/** The second is asked only where the first holds; `i32.and` asks both, without a branch. */
export const both = (first: I32, second: I32): I32 => conditional(first, second, constant('i32', 0));

/** The second is asked only where the first does not hold; `i32.or` asks both, without a branch. */
export const either = (first: I32, second: I32): I32 => conditional(first, constant('i32', 1), second);

/** The statements, then the value, as one expression. */
export const after = <T extends ValueType>(
  body: readonly Statement[],
  value: Expression<T>,
): Expression<T> => ({
  kind: 'after',
  type: value.type,
  body,
  value,
});

function operandsOf(
  callee: FunctionHandle,
  operands: readonly (Expression | number | bigint)[],
): Expression[] {
  if (operands.length !== callee.parameters.length)
    throw new Error(`${callee.name} takes ${callee.parameters.length} operands, got ${operands.length}`);
  return operands.map((operand, n) => {
    const { type, name } = callee.parameters[n]!;
    const expression =
      typeof operand === 'number' || typeof operand === 'bigint' ? constant(type, operand) : operand;
    if (expression.type !== type)
      throw new Error(`${callee.name}: operand ${name} is ${expression.type}, must be ${type}`);
    return expression;
  });
}

/** A call of a function with one result. The result's type is the callee's; name it: `call<'f64'>(exp, x)`. */
export function call<T extends ValueType = 'f64'>(
  callee: FunctionHandle,
  ...operands: (Expression | number | bigint)[]
): Expression<T> {
  if (callee.results.length !== 1)
    throw new Error(`${callee.name} has ${callee.results.length} results: use run`);
  return { kind: 'call', type: callee.results[0] as T, callee, operands: operandsOf(callee, operands) };
}

/** A call as a statement: of a function without results, or with as many results as `targets`. */
export function run(
  callee: FunctionHandle,
  operands: readonly (Expression | number | bigint)[] = [],
  targets: readonly Local[] = [],
): Statement {
  if (callee.results.length !== targets.length)
    throw new Error(`${callee.name} has ${callee.results.length} results, ${targets.length} targets`);
  return { kind: 'callStatement', callee, operands: operandsOf(callee, operands), targets };
}

export const drop = (value: Expression): Statement => ({ kind: 'drop', value });

export const label = (name: string): Label => ({ name });
/** `branch(label)` in it leaves it. */
export const block = (target: Label, body: readonly Statement[]): Statement => ({
  kind: 'block',
  label: target,
  body,
});
/** `branch(label)` in it begins it again; it ends when its last statement is passed. */
export const loop = (target: Label, body: readonly Statement[]): Statement => ({
  kind: 'loop',
  label: target,
  body,
});
export const branch = (target: Label): Statement => ({ kind: 'branch', label: target });
export const branchIf = (target: Label, condition: I32): Statement => ({
  kind: 'branchIf',
  label: target,
  condition,
});

export const when = (
  condition: I32,
  whenTrue: readonly Statement[],
  whenFalse: readonly Statement[] = [],
): Statement => ({ kind: 'if', condition, whenTrue, whenFalse });

/** Runs `cases[index]`, and `otherwise` for any other index (taken as unsigned); a case does not fall into the next.
 * A branch to one of `entries` goes on with a case further on. With `targets` it is `cases[targets[index]]`. */
export const switchOn = (
  index: I32,
  cases: readonly (readonly Statement[])[],
  otherwise: readonly Statement[] = [],
  entries: readonly Label[] = [],
  targets?: readonly number[],
): Statement => ({ kind: 'switch', index, cases, otherwise, entries, targets });

export const returns = (...values: Expression[]): Statement => ({ kind: 'return', values });
export const unreachable = (): Statement => ({ kind: 'unreachable' });

/**
 * for (counter = from; counter < to; counter += step) body, compared as signed.
 * `to` is evaluated before each round: give a constant or a local that the body leaves alone.
 */
export function forRange(
  counter: Local<'i32'>,
  from: I32Operand,
  to: I32Operand,
  body: readonly Statement[],
  step = 1,
): Statement {
  const again = label(`next ${counter.name}`);
  const rounds = loop(again, [...body, branchIf(again, i32.lt(tee(counter, i32.add(counter, step)), to))]);
  const exit = label(`end ${counter.name}`);
  const isSurelyEntered = typeof from === 'number' && typeof to === 'number' && from < to;
  return block(exit, [
    set(counter, i(from)),
    ...(isSurelyEntered ? [] : [branchIf(exit, i32.ge(counter, to))]),
    rounds,
  ]);
}

export function whileLoop(condition: I32, body: readonly Statement[]): Statement {
  const again = label('while');
  const exit = label('end while');
  return block(exit, [loop(again, [branchIf(exit, i32.eqz(condition)), ...body, branch(again)])]);
}

/** Sets `byteCount` bytes from `address` on to the low byte of `value`. */
export const memoryFill = (address: I32Operand, value: I32Operand, byteCount: I32Operand): Statement => ({
  kind: 'fill',
  address: i(address),
  value: i(value),
  byteCount: i(byteCount),
});
/** Copies bytes; the ranges may overlap. */
export const memoryCopy = (to: I32Operand, from: I32Operand, byteCount: I32Operand): Statement => ({
  kind: 'copy',
  to: i(to),
  from: i(from),
  byteCount: i(byteCount),
});

/** Stands in the text listing only. */
export const comment = (text: string): Statement => ({ kind: 'comment', text });
