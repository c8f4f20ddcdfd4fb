/**
 * Formulas as they stand in the published sources, turned into code nodes: `formula({ x, t })('x - t*(0.5 + t)')`.
 * C's precedence and order: + - * / from left to right, unary minus, parentheses, decimal numbers, names,
 * and sqrt(…), abs(…), floor(…), trunc(…), nearest(…). f64 only. Malformed text is our own bug and throws.
 */
import { f64 } from '../wasm/index.ts';
import type { F64 } from '../wasm/index.ts';

const functions: Readonly<Record<string, (x: F64) => F64>> = {
  sqrt: f64.sqrt,
  abs: f64.abs,
  floor: f64.floor,
  trunc: f64.trunc,
  nearest: f64.nearest,
};

export function formula(names: Readonly<Record<string, F64>>): (text: string) => F64 {
  return (text) => new FormulaReader(text, names).read();
}

class FormulaReader {
  private readonly tokens: string[];
  private readonly names: Readonly<Record<string, F64>>;
  private readonly text: string;
  private next = 0;

  constructor(text: string, names: Readonly<Record<string, F64>>) {
    this.text = text;
    this.names = names;
    this.tokens = text.match(/\d+\.?\d*(?:[eE][+-]?\d+)?|[A-Za-z_]\w*|\S/g) ?? [];
  }

  read(): F64 {
    const result = this.sum();
    if (this.next < this.tokens.length) this.fail();
    return result;
  }

  private fail(): never {
    throw new Error(`formula '${this.text}': unexpected '${this.tokens[this.next] ?? 'end'}'`);
  }

  private take(token: string): boolean {
    if (this.tokens[this.next] !== token) return false;
    this.next++;
    return true;
  }

  private sum(): F64 {
    let left = this.product();
    for (;;) {
      if (this.take('+')) left = f64.add(left, this.product());
      else if (this.take('-')) left = f64.sub(left, this.product());
      else return left;
    }
  }

  private product(): F64 {
    let left = this.factor();
    for (;;) {
      if (this.take('*')) left = f64.mul(left, this.factor());
      else if (this.take('/')) left = f64.div(left, this.factor());
      else return left;
    }
  }

  private factor(): F64 {
    if (this.take('-')) {
      const operand = this.factor();
      return operand.kind === 'constant' ? f64.const(-Number(operand.value)) : f64.neg(operand);
    }
    if (this.take('(')) return this.closing(this.sum());
    const token = this.tokens[this.next++] ?? this.fail();
    if (/^\d/.test(token)) return f64.const(Number(token));
    const apply = functions[token];
    if (apply && this.take('(')) return apply(this.closing(this.sum()));
    const named = this.names[token];
    if (named === undefined) {
      this.next--;
      this.fail();
    }
    return named;
  }

  private closing(inner: F64): F64 {
    if (!this.take(')')) this.fail();
    return inner;
  }
}
