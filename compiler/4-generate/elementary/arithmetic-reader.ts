/** Sums and products as text → code nodes, in C's precedence and order: what formulas and routines have in common. */
import { f64 } from '../wasm/index.ts';
import type { F64 } from '../wasm/index.ts';

/** Words, decimal numbers, comparisons, and signs by themselves. */
const TOKEN = /\d+\.?\d*(?:[eE][+-]?\d+)?|[A-Za-z_]\w*|[<>=!]=|\S/g;

export abstract class ArithmeticReader {
  protected readonly tokens: string[];
  protected next = 0;

  constructor(text: string) {
    this.tokens = text.match(TOKEN) ?? [];
  }

  /** Malformed text is our own bug. */
  protected abstract fail(): never;

  /** A name, or what is called by it; `token` has been taken. */
  protected abstract named(token: string): F64;

  protected take(token: string): boolean {
    if (this.tokens[this.next] !== token) return false;
    this.next += 1;
    return true;
  }

  protected must(token: string): void {
    if (!this.take(token)) this.fail();
  }

  protected sum(): F64 {
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
    if (this.take('(')) return this.closed(this.sum());
    const token = this.tokens[this.next++];
    if (token === undefined) return this.fail();
    return /^\d/.test(token) ? f64.const(Number(token)) : this.named(token);
  }

  protected closed(inner: F64): F64 {
    this.must(')');
    return inner;
  }
}
