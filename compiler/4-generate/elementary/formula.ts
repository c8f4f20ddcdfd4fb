/**
 * Formulas as they stand in the published sources, turned into code nodes:
 * `const e = formulas(f); f.body = [e.set('t = x*x'), returns(e('x - t*(0.5 + t)'))]`.
 * C's precedence and order: + - * / from left to right, unary minus, parentheses, decimal numbers, names,
 * and sqrt(…), abs(…), floor(…), trunc(…), nearest(…). f64 only. Malformed text is our own bug and throws.
 */
import { f64, set } from '../wasm/index.ts';
import type { F64, FunctionBuilder, Local, Statement, ValueType } from '../wasm/index.ts';

const functions: Readonly<Record<string, (x: F64) => F64>> = {
  sqrt: f64.sqrt,
  abs: f64.abs,
  floor: f64.floor,
  trunc: f64.trunc,
  nearest: f64.nearest,
};

export interface Formulas {
  /** The value of a formula. */
  (text: string): F64;
  /** `name = formula`; a name not seen before becomes a new f64 local of the function. */
  set(text: string): Statement;
  /** The named local, made at first mention. */
  local(name: string): Local<'f64'>;
}

/** Formulas over the parameters and locals of a function, and constants. */
export function formulas(
  f: FunctionBuilder<Readonly<Record<string, ValueType>>>,
  constants: Readonly<Record<string, number>> = {},
): Formulas {
  const names = new Map<string, F64>();
  for (const parameter of f.parameters)
    if (parameter.type === 'f64') names.set(parameter.name, parameter as Local<'f64'>);
  for (const [name, value] of Object.entries(constants)) names.set(name, f64.const(value));
  const locals = new Map<string, Local<'f64'>>(
    f.parameters.filter((p) => p.type === 'f64').map((p) => [p.name, p as Local<'f64'>]),
  );
  const value = (text: string): F64 => new FormulaReader(text, names).read();
  const local = (name: string): Local<'f64'> => {
    let known = locals.get(name);
    if (known === undefined) {
      known = f.local('f64', name);
      locals.set(name, known);
      names.set(name, known);
    }
    return known;
  };
  const assign = (text: string): Statement => {
    const at = text.indexOf('=');
    const right = value(text.slice(at + 1));
    return set(local(text.slice(0, at).trim()), right);
  };
  return Object.assign(value, { set: assign, local });
}

class FormulaReader {
  private readonly tokens: string[];
  private readonly names: ReadonlyMap<string, F64>;
  private readonly text: string;
  private next = 0;

  constructor(text: string, names: ReadonlyMap<string, F64>) {
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
    const named = this.names.get(token);
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
