/**
 * Numerical routines as text, turned into functions of a module: the published algorithms have loops and branches, and
 * read best as they stand in their sources.
 *
 *     gammaSeries(a, x) { sum = 1  n = a  while (n < 9) { n = n + 1  sum = sum + x/n }  return sum }
 *
 * Everything is an f64. Names become locals where they are first set. Conditions are comparisons joined by `and`,
 * `or`, `not`. `at(w)` is the f64 of memory at an address, and can be set. `sqrt abs floor ceil min max` are instructions; other names are called: routines of the same
 * library, or elementary functions. Malformed text is our own bug and throws.
 */
import { applyElementary, isElementary } from '../elementary/index.ts';
import type { Library } from '../elementary/index.ts';
import { ArithmeticReader } from '../elementary/arithmetic-reader.ts';
import { branch, call, f64, i32, label, loop, returns, set, unreachable, when } from '../wasm/index.ts';
import type {
  F64,
  FunctionBuilder,
  FunctionHandle,
  I32,
  Local,
  ModuleBuilder,
  Statement,
} from '../wasm/index.ts';

/** Finds a routine by name; it is made when first asked for. */
export type Routines = (name: string) => FunctionHandle;

export function routines(m: ModuleBuilder, math: Library, text: string): Routines {
  const heads = [...text.matchAll(/^(\w+)\(([\w, ]*)\) \{$/gm)];
  const sources = new Map(
    heads.map(({ 1: name, 2: parameters, index, 0: head }, at) => [
      name!,
      {
        parameters: parameters!.split(', ').filter((one) => one !== ''),
        body: text.slice(index + head.length, heads[at + 1]?.index ?? text.length),
      },
    ]),
  );
  const made = new Map<string, FunctionHandle>();
  const find: Routines = (name) => {
    const known = made.get(name);
    if (known !== undefined) return known;
    const source = sources.get(name);
    if (source === undefined) throw new Error(`there is no routine '${name}'`);
    const f = m.function(name, {
      params: Object.fromEntries(source.parameters.map((one) => [one, 'f64' as const])),
      results: ['f64'],
    });
    made.set(name, f);
    f.body = [...new RoutineReader(f, source.body, math, find).read(), unreachable()];
    return f;
  };
  return find;
}

const compare = { '<': f64.lt, '<=': f64.le, '>': f64.gt, '>=': f64.ge, '==': f64.eq, '!=': f64.ne };
const words = new Set(['if', 'else', 'while', 'return', 'and', 'or', 'not', '}']);

class RoutineReader extends ArithmeticReader {
  private readonly owner: FunctionBuilder<Record<string, 'f64'>>;
  private readonly math: Library;
  private readonly find: Routines;
  private readonly locals: Map<string, Local<'f64'>>;

  constructor(owner: FunctionBuilder<Record<string, 'f64'>>, text: string, math: Library, find: Routines) {
    super(text.replace(/\/\/.*$/gm, ''));
    this.owner = owner;
    this.math = math;
    this.find = find;
    this.locals = new Map(owner.parameters.map((one) => [one.name, one as Local<'f64'>]));
  }

  read(): Statement[] {
    const body: Statement[] = [];
    while (this.tokens[this.next] !== '}') body.push(this.statement());
    return body;
  }

  private statement(): Statement {
    if (this.take('if')) {
      const condition = this.bracketed();
      const then = this.block();
      const other = this.take('else')
        ? this.tokens[this.next] === 'if'
          ? [this.statement()]
          : this.block()
        : [];
      return when(condition, then, other);
    }
    if (this.take('while')) {
      const again = label('again');
      const condition = this.bracketed();
      return loop(again, [when(condition, [...this.block(), branch(again)])]);
    }
    if (this.take('return')) return returns(this.sum());
    if (this.tokens[this.next] === 'at' && this.tokens[this.next + 1] === '(') {
      this.next += 1;
      const address = this.address();
      this.must('=');
      return f64.store(address, this.sum());
    }
    const name = this.tokens[this.next++];
    if (name === undefined || !/^[A-Za-z_]/.test(name)) return this.fail();
    this.must('=');
    const value = this.sum();
    return set(this.local(name), value);
  }

  private block(): Statement[] {
    this.must('{');
    const body = this.read();
    this.must('}');
    return body;
  }

  private bracketed(): I32 {
    this.must('(');
    const condition = this.either();
    this.must(')');
    return condition;
  }

  private either(): I32 {
    let left = this.both();
    while (this.take('or')) left = i32.or(left, this.both());
    return left;
  }

  private both(): I32 {
    let left = this.truth();
    while (this.take('and')) left = i32.and(left, this.truth());
    return left;
  }

  private truth(): I32 {
    if (this.take('not')) return i32.eqz(this.bracketed());
    const left = this.sum();
    const operator = this.tokens[this.next++] as keyof typeof compare;
    if (!(operator in compare)) return this.fail();
    return compare[operator](left, this.sum());
  }

  protected named(token: string): F64 {
    if (words.has(token)) return this.fail();
    if (token === 'at') return f64.load(this.address());
    if (!this.take('(')) return this.locals.get(token) ?? this.fail();
    const given: F64[] = [];
    while (!this.take(')')) {
      given.push(this.sum());
      if (this.tokens[this.next] !== ')') this.must(',');
    }
    return isElementary(token)
      ? applyElementary(this.math, token, ...given)
      : call<'f64'>(this.find(token), ...given);
  }

  private address(): I32 {
    this.must('(');
    const address = i32.fromF64(this.sum());
    this.must(')');
    return address;
  }

  private local(name: string): Local<'f64'> {
    let known = this.locals.get(name);
    if (known === undefined) this.locals.set(name, (known = this.owner.local('f64', name)));
    return known;
  }

  protected fail(): never {
    const around = this.tokens.slice(Math.max(0, this.next - 8), this.next + 3).join(' ');
    throw new Error(
      `routine ${this.owner.name}: unexpected '${this.tokens[this.next] ?? 'end'}' in '${around}'`,
    );
  }
}
