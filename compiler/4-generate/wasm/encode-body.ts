/** The body of a function to bytes: nodes in the order in which a stack machine wants them. */
import { alignments, opcodes, valueTypeCodes } from './instructions.ts';
import type {
  Binary,
  Expression,
  FunctionHandle,
  Label,
  Local,
  Statement,
  Unary,
  ValueType,
} from './nodes.ts';
import * as straight from './straight.ts';
import type { Straight } from './straight.ts';
import type { ByteWriter } from './writer.ts';
import type { FunctionOrder } from './function-order.ts';
import { declarationOrder, declaredLocals, assertReturns, hasCode } from './function-order.ts';

const emptyBlockType = 0x40;

export function encodeConstant(out: ByteWriter, type: ValueType, value: number | bigint, second = 0): void {
  switch (type) {
    case 'f64':
      out.byte(0x44);
      out.f64(Number(value));
      break;
    case 'i32':
      out.byte(0x41);
      out.s32(Number(value));
      break;
    case 'i64':
      out.byte(0x42);
      out.s64(BigInt(value));
      break;
    case 'v128':
      out.byte(0xfd);
      out.byte(0x0c);
      out.f64(Number(value));
      out.f64(second);
      break;
  }
}

export class BodyEncoder {
  private readonly handle: FunctionHandle;
  private readonly order: FunctionOrder;
  private readonly out: ByteWriter;
  /** WebAssembly index by the local's ordinal. */
  private readonly localIndexes: Uint32Array;
  /** Operations whose operands are being written. */
  private readonly pending: (Binary | Unary)[] = [];
  /** Innermost last; undefined for an if, which no branch names. */
  private readonly labels: (Label | undefined)[] = [];

  constructor(handle: FunctionHandle, order: FunctionOrder, out: ByteWriter) {
    this.handle = handle;
    this.order = order;
    this.out = out;
    this.localIndexes = new Uint32Array(handle.locals.length);
  }

  encode(): void {
    const { handle, out } = this;
    assertReturns(handle);
    const declared = declaredLocals(handle);
    handle.parameters.forEach((parameter, index) => (this.localIndexes[parameter.ordinal] = index));
    declared.forEach((local, n) => (this.localIndexes[local.ordinal] = handle.parameters.length + n));
    const counts = declarationOrder
      .map((type) => ({ type, count: declared.filter((local) => local.type === type).length }))
      .filter(({ count }) => count > 0);
    out.u32(counts.length);
    for (const { type, count } of counts) {
      out.u32(count);
      out.byte(valueTypeCodes[type]);
    }
    const last = handle.body.at(-1);
    if (last?.kind === 'return') {
      // The values stay on the stack as the results: no return instruction at the very end.
      for (let n = 0; n < handle.body.length - 1; n++) this.statement(handle.body[n]!);
      this.expressions(last.values);
    } else this.statements(handle.body);
    out.byte(0x0b);
  }

  private statements(list: readonly Statement[]): void {
    for (let n = 0; n < list.length; n++) this.statement(list[n]!);
  }

  private expressions(list: readonly Expression[]): void {
    for (let n = 0; n < list.length; n++) this.expression(list[n]!);
  }

  private local(local: Local): number {
    if (this.handle.locals[local.ordinal] !== local)
      throw new Error(`${local.name} is not a local of ${this.handle.name}`);
    return this.localIndexes[local.ordinal]!;
  }

  private depth(label: Label): number {
    const at = this.labels.lastIndexOf(label);
    if (at < 0) throw new Error(`branch out of reach of ${label.name} in ${this.handle.name}`);
    return this.labels.length - 1 - at;
  }

  private instruction(op: string): void {
    const code = opcodes[op];
    if (code === undefined) throw new Error(`unknown instruction ${op}`);
    if (code < 0x100) this.out.byte(code);
    else {
      this.out.byte(code >>> 16);
      this.out.u32(code & 0xffff);
    }
  }

  private memoryArgument(op: string, offset: number): void {
    if (offset < 0) throw new Error(`negative offset ${offset} of ${op} in ${this.handle.name}`);
    this.out.u32(alignments[op]!);
    this.out.u32(offset);
  }

  private statement(node: Statement): void {
    const { out } = this;
    switch (node.kind) {
      case 'store':
        this.expression(node.address);
        this.expression(node.value);
        this.instruction(node.op);
        this.memoryArgument(node.op, node.offset);
        return;
      case 'set':
        this.expression(node.value);
        out.byte(0x21);
        out.u32(this.local(node.local));
        return;
      case 'setGlobal':
        this.expression(node.value);
        out.byte(0x24);
        out.u32(node.global.ordinal);
        return;
      case 'callStatement':
        this.expressions(node.operands);
        out.byte(0x10);
        out.u32(this.order.indexOf(node.callee));
        for (let n = node.targets.length - 1; n >= 0; n--) {
          out.byte(0x21);
          out.u32(this.local(node.targets[n]!));
        }
        return;
      case 'drop':
        this.expression(node.value);
        out.byte(0x1a);
        return;
      case 'block':
      case 'loop':
        out.byte(node.kind === 'block' ? 0x02 : 0x03);
        out.byte(emptyBlockType);
        this.labels.push(node.label);
        this.statements(node.body);
        this.labels.pop();
        out.byte(0x0b);
        return;
      case 'if':
        this.expression(node.condition);
        out.byte(0x04);
        out.byte(emptyBlockType);
        this.labels.push(undefined);
        this.statements(node.whenTrue);
        if (hasCode(node.whenFalse)) {
          out.byte(0x05);
          this.statements(node.whenFalse);
        }
        this.labels.pop();
        out.byte(0x0b);
        return;
      case 'branch':
        out.byte(0x0c);
        out.u32(this.depth(node.label));
        return;
      case 'branchIf':
        this.expression(node.condition);
        out.byte(0x0d);
        out.u32(this.depth(node.label));
        return;
      case 'switch':
        this.switch(node);
        return;
      case 'return':
        this.expressions(node.values);
        out.byte(0x0f);
        return;
      case 'fill':
        this.expression(node.address);
        this.expression(node.value);
        this.expression(node.byteCount);
        out.append(new Uint8Array([0xfc, 0x0b, 0x00]));
        return;
      case 'copy':
        this.expression(node.to);
        this.expression(node.from);
        this.expression(node.byteCount);
        out.append(new Uint8Array([0xfc, 0x0a, 0x00, 0x00]));
        return;
      case 'unreachable':
        out.byte(0x00);
        return;
      case 'straight':
        this.straight(node);
        return;
      case 'comment':
        return;
    }
  }

  private straight({ of, from, to }: Straight): void {
    const { out, localIndexes } = this;
    const { code, constants } = of;
    for (let at = from; at < to; at += 2) {
      const operand = code[at + 1]!;
      switch (code[at]) {
        case straight.GET:
          out.byteAndU32(0x20, localIndexes[operand]!);
          break;
        case straight.SET:
          out.byteAndU32(0x21, localIndexes[operand]!);
          break;
        case straight.LOAD:
          out.fourBytes(0x41, 0x00, 0x2b, 0x03);
          out.u32(operand);
          break;
        case straight.TO:
          out.byteAndU32(0x41, 0);
          break;
        case straight.STORE:
          out.byteAndU32(0x39, 3);
          out.u32(operand);
          break;
        case straight.CONSTANT:
          out.byte(0x44);
          out.f64(constants[operand]!);
          break;
        case straight.NEGATE:
          out.byte(0x9a);
          break;
        case straight.ADD:
          out.byte(0xa0);
          break;
        case straight.SUBTRACT:
          out.byte(0xa1);
          break;
        case straight.MULTIPLY:
          out.byte(0xa2);
          break;
        case straight.DIVIDE:
          out.byte(0xa3);
          break;
        case straight.UNLESS:
          out.fourBytes(0x41, 0x00, 0x2d, 0x00);
          out.u32(operand);
          out.byte(0x45);
          out.byteAndU32(0x04, emptyBlockType);
          break;
        case straight.END:
          out.byte(0x0b);
          break;
      }
    }
  }

  /** Blocks nested case by case, case 0 innermost, so that the jump table's entry n leaves n + 1 blocks. */
  private switch({
    index,
    cases,
    otherwise,
    entries,
    targets,
  }: Extract<Statement, { kind: 'switch' }>): void {
    const { out } = this;
    for (let n = 0; n < cases.length + 2; n++) {
      out.byte(0x02);
      out.byte(emptyBlockType);
      this.labels.push(entries[cases.length + 1 - n]);
    }
    this.expression(index);
    out.byte(0x0e);
    out.u32(targets?.length ?? cases.length);
    for (const target of targets ?? cases.keys()) out.u32(target);
    out.u32(cases.length);
    const bodies = [...cases, otherwise];
    bodies.forEach((body, n) => {
      this.labels.pop();
      out.byte(0x0b);
      this.statements(body);
      if (n < bodies.length - 1) {
        out.byte(0x0c);
        out.u32(bodies.length - 1 - n);
      }
    });
    this.labels.pop();
    out.byte(0x0b);
  }

  private expression(start: Expression): void {
    // A long sum is a tree that is deep on its left: walk down that side in a loop, not by recursion.
    let node = start;
    if (node.kind !== 'binary' && node.kind !== 'unary') {
      this.leaf(node);
      return;
    }
    const { pending } = this;
    const before = pending.length;
    for (;;) {
      if (node.kind === 'binary') {
        pending.push(node);
        node = node.left;
      } else if (node.kind === 'unary') {
        pending.push(node);
        node = node.operand;
      } else break;
    }
    this.leaf(node);
    while (pending.length > before) {
      const operation = pending.pop()!;
      if (operation.kind === 'binary') this.expression(operation.right);
      this.instruction(operation.op);
    }
  }

  private leaf(node: Exclude<Expression, Binary | Unary>): void {
    const { out } = this;
    switch (node.kind) {
      case 'local':
        out.byte(0x20);
        out.u32(this.local(node));
        return;
      case 'constant':
        encodeConstant(out, node.type, node.value, node.second);
        return;
      case 'load':
        this.expression(node.address);
        this.instruction(node.op);
        this.memoryArgument(node.op, node.offset);
        return;
      case 'tee':
        this.expression(node.value);
        out.byte(0x22);
        out.u32(this.local(node.local));
        return;
      case 'call':
        this.expressions(node.operands);
        out.byte(0x10);
        out.u32(this.order.indexOf(node.callee));
        return;
      case 'select':
        this.expression(node.whenTrue);
        this.expression(node.whenFalse);
        this.expression(node.condition);
        if (node.type === 'v128') {
          // The untyped select is for numbers only.
          out.byte(0x1c);
          out.u32(1);
          out.byte(valueTypeCodes.v128);
        } else out.byte(0x1b);
        return;
      case 'conditional':
        this.expression(node.condition);
        out.byte(0x04);
        out.byte(valueTypeCodes[node.type]);
        this.labels.push(undefined);
        this.expression(node.whenTrue);
        out.byte(0x05);
        this.expression(node.whenFalse);
        this.labels.pop();
        out.byte(0x0b);
        return;
      case 'after':
        this.statements(node.body);
        this.expression(node.value);
        return;
      case 'global':
        out.byte(0x23);
        out.u32(node.ordinal);
        return;
      case 'extract':
        this.expression(node.operand);
        this.instruction(node.op);
        out.byte(node.lane);
        return;
      case 'replace':
        this.expression(node.operand);
        this.expression(node.value);
        this.instruction(node.op);
        out.byte(node.lane);
        return;
      case 'bitselect':
        this.expression(node.whenTrue);
        this.expression(node.whenFalse);
        this.expression(node.mask);
        out.byte(0xfd);
        out.byte(0x52);
        return;
      case 'shuffle':
        this.expression(node.left);
        this.expression(node.right);
        out.byte(0xfd);
        out.byte(0x0d);
        for (const lane of node.lanes) for (let byte = 0; byte < 4; byte += 1) out.byte(4 * lane + byte);
        return;
    }
  }
}
