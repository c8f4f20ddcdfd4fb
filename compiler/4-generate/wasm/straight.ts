/**
 * Straight code: numbers read from constant addresses, added, subtracted, multiplied, divided and stored. Thousands of equations that are written
 * out are kept as a list of small numbers, in the order of the stack machine, in place of a tree of nodes each; what they mean is what
 * `statementsOf` says, and `encode-body.ts` writes the same bytes for both.
 */
import { comment, set, when } from './build.ts';
import { f64, i32 } from './arithmetic.ts';
import type { F64, FunctionHandle, Local, Statement } from './nodes.ts';

export const GET = 0;
export const SET = 1;
export const LOAD = 2;
/** The address of a store, and its value after it. */
export const TO = 3;
export const STORE = 4;
export const CONSTANT = 5;
export const NEGATE = 6;
export const ADD = 7;
export const SUBTRACT = 8;
export const MULTIPLY = 9;
export const DIVIDE = 10;
/** What follows, up to its end, is done where the byte at an address is 0. */
export const UNLESS = 11;
export const END = 12;

/** The code of a function's equations; `mark` and `cut` take back what turned out not to be straight. */
export class StraightCode {
  readonly owner: Pick<FunctionHandle, 'locals'>;
  /** An operation and its operand, one after the other: the local's position, the address, the position of the constant; 0 where it has none. */
  readonly code: number[] = [];
  readonly constants: number[] = [];

  constructor(owner: Pick<FunctionHandle, 'locals'>) {
    this.owner = owner;
  }

  put(operation: number, operand: number): void {
    this.code.push(operation, operand);
  }

  putConstant(value: number): void {
    this.code.push(CONSTANT, this.constants.length);
    this.constants.push(value);
  }

  get mark(): number {
    return this.code.length;
  }

  cut(mark: number): void {
    this.code.length = mark;
  }
}

export interface Straight {
  readonly kind: 'straight';
  readonly of: StraightCode;
  readonly from: number;
  readonly to: number;
  /** What the listing says of it. */
  readonly text: string;
}

/** The same as nodes. */
export function statementsOf({ of, from, to, text }: Straight): Statement[] {
  const { code, constants, owner } = of;
  const stack: F64[] = [];
  const done: Statement[] = [comment(text)];
  let into = done;
  let flag: number | undefined;
  const two = (make: (left: F64, right: F64) => F64): void => {
    const right = stack.pop()!;
    stack.push(make(stack.pop()!, right));
  };
  for (let at = from; at < to; at += 2) {
    const operand = code[at + 1]!;
    switch (code[at]) {
      case GET:
        stack.push(owner.locals[operand] as Local<'f64'>);
        break;
      case SET:
        into.push(set(owner.locals[operand] as Local<'f64'>, stack.pop()!));
        break;
      case LOAD:
        stack.push(f64.load(0, operand));
        break;
      case STORE:
        into.push(f64.store(0, stack.pop()!, operand));
        break;
      case CONSTANT:
        stack.push(f64.const(constants[operand]!));
        break;
      case NEGATE:
        stack.push(f64.neg(stack.pop()!));
        break;
      case ADD:
        two(f64.add);
        break;
      case SUBTRACT:
        two(f64.sub);
        break;
      case MULTIPLY:
        two(f64.mul);
        break;
      case DIVIDE:
        two(f64.div);
        break;
      case UNLESS:
        flag = operand;
        into = [];
        break;
      case END:
        done.push(when(i32.eqz(i32.load8(0, flag)), into));
        into = done;
        break;
    }
  }
  return done;
}
