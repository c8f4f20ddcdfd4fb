/** A module to the WebAssembly binary format: one pass, an index for each function at its first mention. */
import { valueTypeCodes } from './instructions.ts';
import type { ModuleContent } from './module.ts';
import { ByteWriter } from './writer.ts';
import { FunctionOrder } from './function-order.ts';
import { encodeConstant, BodyEncoder } from './encode-body.ts';

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
