/**
 * The tree of emitted code: plain data, built by the constructors in `build.ts` and printed by `encode.ts` (bytes)
 * and `print.ts` (text). Nodes are immutable once built and may stand in several places of a tree.
 *
 * A node is an `Expression` (leaves one value of its `type`) or a `Statement` (leaves none). Nothing here knows
 * models, equations or memory layout.
 */
import type { Straight } from './straight.ts';

export type ValueType = 'i32' | 'i64' | 'f64' | 'v128';

/** A local variable or parameter. The handle is itself the expression that reads it. */
export interface Local<T extends ValueType = ValueType> {
  readonly kind: 'local';
  readonly type: T;
  readonly name: string;
  /** Position in its function's `locals`; the printers turn it into a WebAssembly index. */
  readonly ordinal: number;
}

/** A module variable. The handle is itself the expression that reads it. */
export interface Global<T extends ValueType = ValueType> {
  readonly kind: 'global';
  readonly type: T;
  readonly name: string;
  readonly mutable: boolean;
  readonly initial: number | bigint;
  readonly ordinal: number;
}

/** The target of a branch: after the end of its block, or the start of its loop. */
export interface Label {
  readonly name: string;
}

export interface FunctionHandle {
  readonly name: string;
  readonly parameters: readonly Local[];
  readonly results: readonly ValueType[];
  readonly locals: readonly Local[];
  readonly body: readonly Statement[];
  /** Of a pure function of one f64: the same function of two at once, with the same bits in each lane. */
  readonly inPairs?: () => FunctionHandle;
}

export interface Constant<T extends ValueType = ValueType> {
  readonly kind: 'constant';
  readonly type: T;
  /** A bigint for i64, a number otherwise; a v128 constant holds its first lane here, the second in `second`. */
  readonly value: number | bigint;
  readonly second?: number;
}

export interface Binary<T extends ValueType = ValueType> {
  readonly kind: 'binary';
  readonly type: T;
  readonly op: string;
  readonly left: Expression;
  readonly right: Expression;
}

export interface Unary<T extends ValueType = ValueType> {
  readonly kind: 'unary';
  readonly type: T;
  readonly op: string;
  readonly operand: Expression;
}

export interface Load<T extends ValueType = ValueType> {
  readonly kind: 'load';
  readonly type: T;
  readonly op: string;
  readonly address: Expression<'i32'>;
  /** Bytes added to the address without wrapping. */
  readonly offset: number;
}

export interface Tee<T extends ValueType = ValueType> {
  readonly kind: 'tee';
  readonly type: T;
  readonly local: Local<T>;
  readonly value: Expression<T>;
}

/** Evaluates all three operands; for a choice that evaluates one side only see `Conditional`. */
export interface Select<T extends ValueType = ValueType> {
  readonly kind: 'select';
  readonly type: T;
  readonly condition: Expression<'i32'>;
  readonly whenTrue: Expression<T>;
  readonly whenFalse: Expression<T>;
}

export interface Conditional<T extends ValueType = ValueType> {
  readonly kind: 'conditional';
  readonly type: T;
  readonly condition: Expression<'i32'>;
  readonly whenTrue: Expression<T>;
  readonly whenFalse: Expression<T>;
}

export interface Call<T extends ValueType = ValueType> {
  readonly kind: 'call';
  readonly type: T;
  readonly callee: FunctionHandle;
  readonly operands: readonly Expression[];
}

/** Statements, then a value that may use what they computed. */
export interface After<T extends ValueType = ValueType> {
  readonly kind: 'after';
  readonly type: T;
  readonly body: readonly Statement[];
  readonly value: Expression<T>;
}

export interface ExtractLane<T extends ValueType = ValueType> {
  readonly kind: 'extract';
  readonly type: T;
  readonly op: string;
  readonly lane: number;
  readonly operand: Expression<'v128'>;
}

export interface ReplaceLane<T extends ValueType = ValueType> {
  readonly kind: 'replace';
  readonly type: T;
  readonly op: string;
  readonly lane: number;
  readonly operand: Expression<'v128'>;
  readonly value: Expression;
}

export interface Bitselect<T extends ValueType = ValueType> {
  readonly kind: 'bitselect';
  readonly type: T;
  /** Bits of `whenTrue` where the mask has ones, of `whenFalse` elsewhere. */
  readonly mask: Expression<'v128'>;
  readonly whenTrue: Expression<'v128'>;
  readonly whenFalse: Expression<'v128'>;
}

export interface Shuffle<T extends ValueType = ValueType> {
  readonly kind: 'shuffle';
  readonly type: T;
  /** Four lanes of 32 bits, numbered through both operands: 0 to 3 of the left one, 4 to 7 of the right one. */
  readonly lanes: readonly number[];
  readonly left: Expression<'v128'>;
  readonly right: Expression<'v128'>;
}

export type Expression<T extends ValueType = ValueType> =
  | Local<T>
  | Global<T>
  | Constant<T>
  | Binary<T>
  | Unary<T>
  | Load<T>
  | Tee<T>
  | Select<T>
  | Conditional<T>
  | Call<T>
  | After<T>
  | ExtractLane<T>
  | ReplaceLane<T>
  | Bitselect<T>
  | Shuffle<T>;

export type I32 = Expression<'i32'>;
export type I64 = Expression<'i64'>;
export type F64 = Expression<'f64'>;
export type V128 = Expression<'v128'>;

export type Statement =
  | { readonly kind: 'set'; readonly local: Local; readonly value: Expression }
  | { readonly kind: 'setGlobal'; readonly global: Global; readonly value: Expression }
  | {
      readonly kind: 'store';
      readonly op: string;
      readonly address: I32;
      readonly value: Expression;
      readonly offset: number;
    }
  /** A call whose results go to `targets`, in order; with no targets, a call of a function without results. */
  | {
      readonly kind: 'callStatement';
      readonly callee: FunctionHandle;
      readonly operands: readonly Expression[];
      readonly targets: readonly Local[];
    }
  | { readonly kind: 'drop'; readonly value: Expression }
  | { readonly kind: 'block'; readonly label: Label; readonly body: readonly Statement[] }
  | { readonly kind: 'loop'; readonly label: Label; readonly body: readonly Statement[] }
  | {
      readonly kind: 'if';
      readonly condition: I32;
      readonly whenTrue: readonly Statement[];
      readonly whenFalse: readonly Statement[];
    }
  | { readonly kind: 'branch'; readonly label: Label }
  | { readonly kind: 'branchIf'; readonly label: Label; readonly condition: I32 }
  | {
      readonly kind: 'switch';
      readonly index: I32;
      readonly cases: readonly (readonly Statement[])[];
      readonly otherwise: readonly Statement[];
      /** A branch to one of them, in a case before it, goes on with that case. */
      readonly entries: readonly Label[];
      /** The case of each index, where that is not the index itself. */
      readonly targets: readonly number[] | undefined;
    }
  | { readonly kind: 'return'; readonly values: readonly Expression[] }
  | { readonly kind: 'fill'; readonly address: I32; readonly value: I32; readonly byteCount: I32 }
  | { readonly kind: 'copy'; readonly to: I32; readonly from: I32; readonly byteCount: I32 }
  | { readonly kind: 'unreachable' }
  | Straight
  /** Only the text printer writes it: the source equation that the following statements come from. */
  | { readonly kind: 'comment'; readonly text: string };
