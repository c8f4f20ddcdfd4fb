/**
 * The tree of nodes to the WebAssembly text format, folded and indented, with the comments that name source
 * equations. It prints what `encode.ts` encodes, instruction by instruction; a test holds the two together.
 */
import { assertReturns, declaredLocals, FunctionOrder, hasCode } from './function-order.ts';
import type { ModuleContent } from './module.ts';
import { statementsOf } from './straight.ts';
import type { Binary, Expression, FunctionHandle, Global, Label, Local, Statement, Unary } from './nodes.ts';

export function printModule(module: ModuleContent): string {
  const order = new FunctionOrder();
  const names = new Names<FunctionHandle>();
  const globalNames = new Names<Global>();
  for (const { target } of module.exports) if (!('kind' in target)) order.indexOf(target);
  const functions: string[] = [];
  for (let n = 0; n < order.functions.length; n++)
    functions.push(new BodyPrinter(order.functions[n]!, order, names, globalNames).print());

  const lines = ['(module'];
  if (module.memory) {
    const { module: from, name, minimumPages, maximumPages } = module.memory;
    lines.push(
      `  (import "${from}" "${name}" (memory ${minimumPages}${maximumPages === undefined ? '' : ` ${maximumPages}`}))`,
    );
  }
  for (const global of module.globals) {
    const type = global.mutable ? `(mut ${global.type})` : global.type;
    lines.push(`  (global ${globalNames.of(global)} ${type} ${constantText(global.type, global.initial)})`);
  }
  for (const { name, target } of module.exports) {
    const what = 'kind' in target ? `(global ${globalNames.of(target)})` : `(func ${names.of(target)})`;
    lines.push(`  (export ${JSON.stringify(name)} ${what})`);
  }
  lines.push(...functions);
  for (const { address, bytes } of module.data) {
    const text = Array.from(bytes, (byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('');
    lines.push(`  (data (i32.const ${address}) "${text}")`);
  }
  return `${lines.join('\n')})\n`;
}

/** Identifiers of the text format: the modeller's name where its characters allow, made unique by a number. */
class Names<T extends { readonly name: string }> {
  private readonly taken = new Set<string>();
  private readonly identifiers = new Map<T, string>();

  of(named: T): string {
    let identifier = this.identifiers.get(named);
    if (identifier === undefined) {
      const base = `$${named.name.replaceAll(/[^A-Za-z0-9!#$%&'*+./:<=>?@\\^_`|~-]/g, '_') || 'unnamed'}`;
      identifier = base;
      for (let n = 2; this.taken.has(identifier); n++) identifier = `${base}~${n}`;
      this.taken.add(identifier);
      this.identifiers.set(named, identifier);
    }
    return identifier;
  }
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (value === Infinity) return 'inf';
  if (value === -Infinity) return '-inf';
  return Object.is(value, -0) ? '-0' : String(value);
}

function constantText(type: string, value: number | bigint, second = 0): string {
  if (type === 'v128') return `(v128.const f64x2 ${numberText(Number(value))} ${numberText(second)})`;
  if (type === 'i64') return `(i64.const ${BigInt.asIntN(64, BigInt(value))})`;
  if (type === 'i32') return `(i32.const ${Number(value) | 0})`;
  return `(f64.const ${numberText(Number(value))})`;
}

const offsetText = (offset: number): string => (offset === 0 ? '' : ` offset=${offset}`);
/** The one access whose natural alignment differs from the cells of eight bytes that we have. */
const alignmentText = (op: string): string => (op === 'v128.load' || op === 'v128.store' ? ' align=8' : '');

class BodyPrinter {
  private readonly handle: FunctionHandle;
  private readonly order: FunctionOrder;
  private readonly functionNames: Names<FunctionHandle>;
  private readonly globalNames: Names<Global>;
  private readonly localNames = new Names<Local>();
  private readonly labelNames = new Names<Label>();
  private readonly lines: string[] = [];

  constructor(
    handle: FunctionHandle,
    order: FunctionOrder,
    functionNames: Names<FunctionHandle>,
    globalNames: Names<Global>,
  ) {
    this.handle = handle;
    this.order = order;
    this.functionNames = functionNames;
    this.globalNames = globalNames;
  }

  print(): string {
    const { handle, lines } = this;
    assertReturns(handle);
    const parameters = handle.parameters.map((p) => ` (param ${this.localNames.of(p)} ${p.type})`).join('');
    const results = handle.results.length > 0 ? ` (result ${handle.results.join(' ')})` : '';
    lines.push(`  (func ${this.functionNames.of(handle)}${parameters}${results}`);
    const declared = declaredLocals(handle).map(
      (local) => `(local ${this.localNames.of(local)} ${local.type})`,
    );
    if (declared.length > 0) lines.push(`    ${declared.join(' ')}`);
    const last = handle.body.at(-1);
    if (last?.kind === 'return') {
      this.statements(handle.body.slice(0, -1), 4);
      for (const value of last.values) this.line(4, this.expression(value));
    } else this.statements(handle.body, 4);
    this.close();
    return lines.join('\n');
  }

  private line(indent: number, text: string): void {
    this.lines.push(' '.repeat(indent) + text);
  }

  /** Puts closing parentheses at the end of the last line, or on a new one after a comment. */
  private close(parentheses = ')'): void {
    const last = this.lines.length - 1;
    if (this.lines[last]!.trimStart().startsWith(';;')) this.lines.push(`    ${parentheses}`);
    else this.lines[last] += parentheses;
  }

  private statements(list: readonly Statement[], indent: number): void {
    for (const node of list) this.statement(node, indent);
  }

  private statement(node: Statement, indent: number): void {
    switch (node.kind) {
      case 'block':
      case 'loop':
        this.line(indent, `(${node.kind} ${this.labelNames.of(node.label)}`);
        this.statements(node.body, indent + 2);
        this.close();
        return;
      case 'if':
        this.line(indent, `(if ${this.expression(node.condition)} (then`);
        this.statements(node.whenTrue, indent + 2);
        this.close();
        if (hasCode(node.whenFalse)) {
          this.line(indent, '(else');
          this.statements(node.whenFalse, indent + 2);
          this.close();
        }
        this.close();
        return;
      case 'switch': {
        const bodies = [...node.cases, node.otherwise];
        const targets = [...(node.targets ?? node.cases.keys()), node.cases.length].join(' ');
        const names = node.entries.map((entry) => `(block ${this.labelNames.of(entry)}`);
        const blocks = [...bodies, undefined].map((_, n) => names[n] ?? '(block').toReversed();
        this.line(indent, blocks.join(' '));
        this.line(indent, `(br_table ${targets} ${this.expression(node.index)}))`);
        bodies.forEach((body, n) => {
          this.line(indent, `;; ${n === node.cases.length ? 'otherwise' : `case ${n}`}`);
          this.statements(body, indent + 2);
          if (n < node.cases.length) this.line(indent + 2, `(br ${node.cases.length - n})`);
          this.close();
        });
        return;
      }
      case 'straight':
        this.statements(statementsOf(node), indent);
        return;
      case 'comment':
        for (const text of node.text.split('\n')) this.line(indent, `;; ${text}`);
        return;
      default:
        this.line(indent, this.simple(node));
    }
  }

  /** A statement without statements in it. */
  private simple(
    node: Exclude<Statement, { kind: 'block' | 'loop' | 'if' | 'switch' | 'comment' | 'straight' }>,
  ): string {
    switch (node.kind) {
      case 'set':
        return `(local.set ${this.localNames.of(node.local)} ${this.expression(node.value)})`;
      case 'setGlobal':
        return `(global.set ${this.globalNames.of(node.global)} ${this.expression(node.value)})`;
      case 'store': {
        const access = `${node.op}${offsetText(node.offset)}${alignmentText(node.op)}`;
        return `(${access} ${this.expression(node.address)} ${this.expression(node.value)})`;
      }
      case 'callStatement': {
        let text = this.call(node.callee, node.operands);
        const targets = node.targets.toReversed().map((target) => this.localNames.of(target));
        targets.forEach((target, n) => {
          text = n === 0 ? `(local.set ${target} ${text})` : `${text} (local.set ${target})`;
        });
        return text;
      }
      case 'drop':
        return `(drop ${this.expression(node.value)})`;
      case 'branch':
        return `(br ${this.labelNames.of(node.label)})`;
      case 'branchIf':
        return `(br_if ${this.labelNames.of(node.label)} ${this.expression(node.condition)})`;
      case 'return':
        return `(${['return', ...node.values.map((value) => this.expression(value))].join(' ')})`;
      case 'fill':
        return `(memory.fill ${[node.address, node.value, node.byteCount].map((x) => this.expression(x)).join(' ')})`;
      case 'copy':
        return `(memory.copy ${[node.to, node.from, node.byteCount].map((x) => this.expression(x)).join(' ')})`;
      case 'unreachable':
        return '(unreachable)';
    }
  }

  private call(callee: FunctionHandle, operands: readonly Expression[]): string {
    this.order.indexOf(callee);
    return `(${['call', this.functionNames.of(callee), ...operands.map((x) => this.expression(x))].join(' ')})`;
  }

  private expression(start: Expression): string {
    // As in the encoder: deep left sides in a loop.
    const pending: (Binary | Unary)[] = [];
    let node = start;
    let text = '';
    while (node.kind === 'binary' || node.kind === 'unary') {
      pending.push(node);
      text += `(${node.op} `;
      node = node.kind === 'binary' ? node.left : node.operand;
    }
    const parts = [text, this.leaf(node)];
    for (const operation of pending.toReversed())
      parts.push(operation.kind === 'binary' ? ` ${this.expression(operation.right)})` : ')');
    return parts.join('');
  }

  private leaf(node: Exclude<Expression, Binary | Unary>): string {
    switch (node.kind) {
      case 'local':
        return `(local.get ${this.localNames.of(node)})`;
      case 'global':
        return `(global.get ${this.globalNames.of(node)})`;
      case 'constant':
        return constantText(node.type, node.value, node.second);
      case 'load':
        return `(${node.op}${offsetText(node.offset)}${alignmentText(node.op)} ${this.expression(node.address)})`;
      case 'tee':
        return `(local.tee ${this.localNames.of(node.local)} ${this.expression(node.value)})`;
      case 'call':
        return this.call(node.callee, node.operands);
      case 'select': {
        const operands = [node.whenTrue, node.whenFalse, node.condition].map((x) => this.expression(x));
        return `(select ${node.type === 'v128' ? '(result v128) ' : ''}${operands.join(' ')})`;
      }
      case 'conditional': {
        const [condition, whenTrue, whenFalse] = [node.condition, node.whenTrue, node.whenFalse].map((x) =>
          this.expression(x),
        );
        return `(if (result ${node.type}) ${condition} (then ${whenTrue}) (else ${whenFalse}))`;
      }
      case 'after': {
        // Folded operands are instructions in order, so statements may stand before the value. They are printed
        // into a fresh list of lines and joined, for an expression is one line.
        const from = this.lines.length;
        this.statements(
          node.body.filter((statement) => statement.kind !== 'comment'),
          0,
        );
        const statements = this.lines.splice(from).map((line) => line.trim());
        const code = statements.filter((line) => !line.startsWith(';;'));
        return [...code, this.expression(node.value)].join(' ');
      }
      case 'extract':
        return `(${node.op} ${node.lane} ${this.expression(node.operand)})`;
      case 'replace':
        return `(${node.op} ${node.lane} ${this.expression(node.operand)} ${this.expression(node.value)})`;
      case 'bitselect': {
        const operands = [node.whenTrue, node.whenFalse, node.mask].map((x) => this.expression(x));
        return `(v128.bitselect ${operands.join(' ')})`;
      }
      case 'shuffle': {
        const bytes = node.lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte));
        return `(i8x16.shuffle ${bytes.join(' ')} ${this.expression(node.left)} ${this.expression(node.right)})`;
      }
    }
  }
}
