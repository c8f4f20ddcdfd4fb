/** The tree of nodes to the WebAssembly binary format: one pass, an index for each function at its first mention. */
import { alignments, opcodes, valueTypeCodes } from './instructions.ts';
import type { ModuleContent } from './module.ts';
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
import { ByteWriter } from './writer.ts';

const emptyBlockType = 0x40;

/** Functions in order of first mention; the printers of bytes and text both number them so. */
export class FunctionOrder {
  readonly functions: FunctionHandle[] = [];
  private readonly indexes = new Map<FunctionHandle, number>();

  indexOf(handle: FunctionHandle): number {
    let index = this.indexes.get(handle);
    if (index === undefined) {
      index = this.functions.length;
      this.functions.push(handle);
      this.indexes.set(handle, index);
    }
    return index;
  }
}

const declarationOrder: readonly ValueType[] = ['i32', 'i64', 'f64', 'v128'];

/** The locals after the parameters, grouped by type: the order of their WebAssembly indexes. */
export function declaredLocals(handle: FunctionHandle): Local[] {
  const own = handle.locals.slice(handle.parameters.length);
  return declarationOrder.flatMap((type) => own.filter((local) => local.type === type));
}

/** A function with results must end in `returns` (or in what is never passed); this is our own bug otherwise. */
export function assertReturns(handle: FunctionHandle): void {
  const last = handle.body.at(-1);
  if (handle.results.length > 0 && last?.kind !== 'return' && last?.kind !== 'unreachable')
    throw new Error(`${handle.name} has results and must end in returns(…)`);
}

/** Whether anything but comments stands in the list: an `else` of comments alone is not encoded. */
export const hasCode = (list: readonly Statement[]): boolean => list.some((node) => node.kind !== 'comment');

export function encodeModule(module: ModuleContent, withNames: boolean): Uint8Array<ArrayBuffer> {
  const order = new FunctionOrder();
  for (const { target } of module.exports) if (!('kind' in target)) order.indexOf(target);
  const code = new ByteWriter(1 << 16);
  const body = new ByteWriter(1 << 16);
  // Printing a body can append to order.functions, hence the index loop.
  for (let n = 0; n < order.functions.length; n++) {
    body.clear();
    new BodyEncoder(order.functions[n]!, order, body).encode();
    code.u32(body.length);
    code.appendWriter(body);
  }

  const types = new ByteWriter();
  const typeIndexes = new Map<string, number>();
  const declarations = new ByteWriter();
  declarations.u32(order.functions.length);
  for (const handle of order.functions) {
    const signature = `${handle.parameters.map((p) => p.type).join()}>${handle.results.join()}`;
    let index = typeIndexes.get(signature);
    if (index === undefined) {
      index = typeIndexes.size;
      typeIndexes.set(signature, index);
      types.byte(0x60);
      types.u32(handle.parameters.length);
      for (const parameter of handle.parameters) types.byte(valueTypeCodes[parameter.type]);
      types.u32(handle.results.length);
      for (const result of handle.results) types.byte(valueTypeCodes[result]);
    }
    declarations.u32(index);
  }

  const out = new ByteWriter(code.length + 1024);
  out.append(new Uint8Array([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]));
  if (order.functions.length > 0) section(out, 1, types, typeIndexes.size);
  if (module.memory) section(out, 2, memoryImport(module.memory), 1);
  if (order.functions.length > 0) section(out, 3, declarations);
  if (module.globals.length > 0) section(out, 6, globals(module), module.globals.length);
  if (module.exports.length > 0) section(out, 7, exportsOf(module, order), module.exports.length);
  if (order.functions.length > 0) section(out, 10, code, order.functions.length);
  if (module.data.length > 0) section(out, 11, data(module), module.data.length);
  if (withNames && order.functions.length > 0) section(out, 0, functionNames(order));
  return out.toBytes();
}

function section(out: ByteWriter, id: number, content: ByteWriter, count?: number): void {
  const head = new ByteWriter(8);
  if (count !== undefined) head.u32(count);
  out.byte(id);
  out.u32(head.length + content.length);
  out.appendWriter(head);
  out.appendWriter(content);
}

function memoryImport(memory: NonNullable<ModuleContent['memory']>): ByteWriter {
  const out = new ByteWriter();
  out.name(memory.module);
  out.name(memory.name);
  out.byte(0x02);
  out.byte(memory.maximumPages === undefined ? 0 : 1);
  out.u32(memory.minimumPages);
  if (memory.maximumPages !== undefined) out.u32(memory.maximumPages);
  return out;
}

function globals(module: ModuleContent): ByteWriter {
  const out = new ByteWriter();
  for (const global of module.globals) {
    out.byte(valueTypeCodes[global.type]);
    out.byte(global.mutable ? 1 : 0);
    encodeConstant(out, global.type, global.initial);
    out.byte(0x0b);
  }
  return out;
}

function exportsOf(module: ModuleContent, order: FunctionOrder): ByteWriter {
  const out = new ByteWriter();
  for (const { name, target } of module.exports) {
    out.name(name);
    if ('kind' in target) {
      out.byte(3);
      out.u32(target.ordinal);
    } else {
      out.byte(0);
      out.u32(order.indexOf(target));
    }
  }
  return out;
}

function data(module: ModuleContent): ByteWriter {
  const out = new ByteWriter();
  for (const { address, bytes } of module.data) {
    out.byte(0);
    encodeConstant(out, 'i32', address);
    out.byte(0x0b);
    out.u32(bytes.length);
    out.append(bytes);
  }
  return out;
}

function functionNames(order: FunctionOrder): ByteWriter {
  const names = new ByteWriter();
  names.u32(order.functions.length);
  order.functions.forEach((handle, index) => {
    names.u32(index);
    names.name(handle.name);
  });
  const out = new ByteWriter();
  out.name('name');
  out.byte(1);
  out.u32(names.length);
  out.appendWriter(names);
  return out;
}

function encodeConstant(out: ByteWriter, type: ValueType, value: number | bigint, second = 0): void {
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

class BodyEncoder {
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
        this.switch(node.index, node.cases, node.otherwise, node.entries);
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
  private switch(
    index: Expression<'i32'>,
    cases: readonly (readonly Statement[])[],
    otherwise: readonly Statement[],
    entries: readonly Label[],
  ): void {
    const { out } = this;
    for (let n = 0; n < cases.length + 2; n++) {
      out.byte(0x02);
      out.byte(emptyBlockType);
      this.labels.push(entries[cases.length + 1 - n]);
    }
    this.expression(index);
    out.byte(0x0e);
    out.u32(cases.length);
    for (let n = 0; n <= cases.length; n++) out.u32(n);
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
