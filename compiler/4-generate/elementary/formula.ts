/**
 * Formulas as they stand in the published sources, turned into code nodes:
 * `const e = formulas(f); f.body = [e.set('t = x*x'), returns(e('x - t*(0.5 + t)'))]`.
 * C's precedence and order: + - * / from left to right, unary minus, parentheses, decimal numbers, names,
 * and sqrt(…), abs(…), floor(…), trunc(…), nearest(…). f64 only. Malformed text is our own bug and throws.
 */
import { f64, set } from '../wasm/index.ts';
import type { F64, FunctionBuilder, Local, Statement, ValueType } from '../wasm/index.ts';
import { ArithmeticReader } from './arithmetic-reader.ts';

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

class FormulaReader extends ArithmeticReader {
  private readonly names: ReadonlyMap<string, F64>;
  private readonly text: string;

  constructor(text: string, names: ReadonlyMap<string, F64>) {
    super(text);
    this.text = text;
    this.names = names;
  }

  read(): F64 {
    const result = this.sum();
    if (this.next < this.tokens.length) this.fail();
    return result;
  }

  protected fail(): never {
    throw new Error(`formula '${this.text}': unexpected '${this.tokens[this.next] ?? 'end'}'`);
  }

  protected named(token: string): F64 {
    const apply = functions[token];
    if (apply && this.take('(')) return apply(this.closed(this.sum()));
    const named = this.names.get(token);
    if (named === undefined) {
      this.next -= 1;
      this.fail();
    }
    return named;
  }
}
