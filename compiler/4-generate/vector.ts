/**
 * The body of a loop for two neighbouring elements at once (f64x2). Elementwise instructions round as scalar ones do, so
 * the results are the same to the bit. What has no vector form (calls, reductions, elements that depend on their
 * neighbours in the same loop) gives `undefined`, and the loop stays scalar.
 */
import type { FlatExpression, FlatLoop, FlatTarget } from '../ir/flat-system.ts';
import { powerPlan, product } from '../ir/power.ts';
import { elementOffset, keyOf, place, type Scope } from './expression.ts';
import { after, f64x2, set, v128 } from './wasm/index.ts';
import type { Local, Statement, V128 } from './wasm/index.ts';

export class VectorScope {
  readonly scope: Scope;
  /** The innermost loop's variable: its element and the next one are computed together. */
  private readonly lane: string;
  private readonly written: ReadonlySet<number>;
  private readonly known = new Map<string, Local<'v128'>>();
  private readonly splats = new Map<string, Local<'v128'>>();
  /** To stand before the loop: values that do not change in it, in both lanes. */
  readonly before: Statement[] = [];

  constructor(scope: Scope, loops: readonly FlatLoop[], written: ReadonlySet<number>) {
    this.scope = scope;
    this.lane = loops.at(-1)!.variable;
    this.written = written;
  }

  /** The statements that compute and store one assignment, for both lanes. */
  assign(target: FlatTarget, value: FlatExpression): Statement[] | undefined {
    if (this.stepOf(target) !== 'neighbours') return undefined;
    const vector = this.vector(value);
    if (vector === undefined) return undefined;
    const local = this.scope.owner.local('v128', 'pair');
    const { dynamic, constant } = elementOffset(this.scope, target.variable, target.index);
    const [address, offset] = place(dynamic, this.scope.plan.addresses[target.variable]! + constant);
    this.known.set(keyOf(target), local);
    return [set(local, vector), f64x2.store(address, local, offset)];
  }

  /** How the two lanes' elements lie: side by side, the same one, or otherwise. */
  private stepOf(target: FlatTarget): 'neighbours' | 'same' | 'other' {
    const uses = target.index.map((i) => typeof i !== 'number' && i.loop === this.lane);
    if (!uses.includes(true)) return 'same';
    return uses.indexOf(true) === uses.length - 1 ? 'neighbours' : 'other';
  }

  private vector(expression: FlatExpression): V128 | undefined {
    switch (expression.kind) {
      case 'number':
        return f64x2.const(expression.value, expression.value);
      case 'time':
        return this.splat('time', () => f64x2.loadSplat(0, this.scope.plan.manifest.layout.time));
      case 'load':
        return this.load(expression);
      case 'unary': {
        if (expression.operator === 'not') return this.number(this.mask(expression));
        const operand = this.vector(expression.operand);
        return operand && f64x2.neg(operand);
      }
      case 'binary':
        return this.binary(expression);
      case 'conditional': {
        const mask = this.mask(expression.condition);
        const whenTrue = mask && this.vector(expression.then);
        const whenFalse = whenTrue && this.vector(expression.else);
        return whenFalse && v128.select(mask!, whenTrue!, whenFalse);
      }
      case 'call':
        return this.call(expression);
      case 'reduction':
        return undefined;
    }
  }

  private load(target: FlatTarget): V128 | undefined {
    const key = keyOf(target);
    const known = this.known.get(key);
    if (known !== undefined) return known;
    // An element that this loop writes, read before it is written or at another index: order matters.
    if (this.written.has(target.variable)) return undefined;
    const step = this.stepOf(target);
    if (step === 'other') return undefined;
    const { dynamic, constant } = elementOffset(this.scope, target.variable, target.index);
    const [address, offset] = place(dynamic, this.scope.plan.addresses[target.variable]! + constant);
    if (step === 'neighbours') return f64x2.load(address, offset);
    if (dynamic !== undefined) return f64x2.loadSplat(address, offset);
    return this.splat(key, () => f64x2.loadSplat(address, offset));
  }

  private splat(key: string, make: () => V128): V128 {
    let local = this.splats.get(key);
    if (local === undefined) {
      local = this.scope.owner.local('v128', 'both');
      this.splats.set(key, local);
      this.before.push(set(local, make()));
    }
    return local;
  }

  private binary(expression: FlatExpression & { kind: 'binary' }): V128 | undefined {
    const { operator, left, right } = expression;
    const operations = { '+': f64x2.add, '-': f64x2.sub, '*': f64x2.mul, '/': f64x2.div } as const;
    if (operator === '^') return this.power(left, right);
    if (!Object.hasOwn(operations, operator)) return this.number(this.mask(expression));
    const l = this.vector(left);
    const r = l && this.vector(right);
    return r && operations[operator as keyof typeof operations](l!, r);
  }

  private power(base: FlatExpression, exponent: FlatExpression): V128 | undefined {
    const plan = exponent.kind === 'number' ? powerPlan(exponent.value) : undefined;
    const x = this.vector(base);
    if (plan === undefined || plan.kind === 'pow' || x === undefined) return undefined;
    const one = f64x2.const(1, 1);
    const statements: Statement[] = [];
    const keep = (value: V128): V128 => {
      if (value.kind === 'local' || value.kind === 'constant') return value;
      const local = this.scope.owner.local('v128', 'power');
      statements.push(set(local, value));
      return local;
    };
    const result =
      plan.kind === 'root'
        ? f64x2.sqrt(x)
        : product(keep(x), plan.factors, one, (a, b) => f64x2.mul(a, b), keep);
    return after(statements, plan.reciprocal ? f64x2.div(one, result) : result);
  }

  private call({ function: name, arguments: operands }: FlatExpression & { kind: 'call' }): V128 | undefined {
    const vectors = operands.map((operand) => this.vector(operand));
    if (vectors.includes(undefined)) return undefined;
    const [x] = vectors as [V128];
    switch (name) {
      case 'abs':
        return f64x2.abs(x);
      case 'sqrt':
        return f64x2.sqrt(x);
      case 'floor':
        return f64x2.floor(x);
      case 'ceil':
        return f64x2.ceil(x);
      case 'trunc':
        return f64x2.trunc(x);
      case 'min':
        return (vectors as V128[]).reduce((a, b) => f64x2.min(a, b));
      case 'max':
        return (vectors as V128[]).reduce((a, b) => f64x2.max(a, b));
      default:
        return undefined;
    }
  }

  /** All ones in a lane where the condition holds. */
  private mask(expression: FlatExpression): V128 | undefined {
    if (expression.kind === 'unary' && expression.operator === 'not') {
      const operand = this.mask(expression.operand);
      return operand && v128.not(operand);
    }
    if (expression.kind === 'binary') {
      const { operator, left, right } = expression;
      if (operator === 'and' || operator === 'or') {
        const l = this.mask(left);
        const r = l && this.mask(right);
        return r && (operator === 'and' ? v128.and(l!, r) : v128.or(l!, r));
      }
      const comparisons = {
        '<': f64x2.lt,
        '<=': f64x2.le,
        '>': f64x2.gt,
        '>=': f64x2.ge,
        '==': f64x2.eq,
        '!=': f64x2.ne,
      } as const;
      if (Object.hasOwn(comparisons, operator)) {
        const l = this.vector(left);
        const r = l && this.vector(right);
        return r && comparisons[operator as keyof typeof comparisons](l!, r);
      }
    }
    const value = this.vector(expression);
    return value && f64x2.ne(value, f64x2.const(0, 0));
  }

  /** A truth as 0 or 1. */
  private number(mask: V128 | undefined): V128 | undefined {
    return mask && v128.and(mask, f64x2.const(1, 1));
  }
}

export const isWorthPairs = ({ from, to, descending }: FlatLoop): boolean =>
  descending !== true && to - from >= 4;
