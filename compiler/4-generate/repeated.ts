/**
 * Expressions that take a processor long (functions, quotients) and stand in several places → computed once, where they come first. Ignores
 * plain sums and products: V8 finds those by itself.
 */
import { children, loads, some } from '../ir/expressions.ts';
import type { FlatExpression } from '../ir/flat-expression.ts';
import type { VariableId } from '../ir/flat-system.ts';
import type { Local } from './wasm/index.ts';

/** Functions of one instruction or two. */
const QUICK = new Set(['abs', 'min', 'max', 'floor', 'ceil', 'sign']);

interface Repeated {
  /** Where its value is, once it was computed. */
  value: Local<'f64'> | undefined;
}

export class RepeatedValues {
  private readonly of = new Map<FlatExpression, Repeated>();
  private readonly readers = new Map<VariableId, Repeated[]>();
  /** Of branches around that are not always taken. */
  private depth = 0;

  /** Of expressions that are computed one after the other. */
  constructor(values: readonly FlatExpression[]) {
    const byText = new Map<string, FlatExpression[]>();
    const texts = new Map<FlatExpression, string | undefined>();
    for (const value of values) gather(value, byText, texts);
    for (const places of byText.values()) {
      if (places.length < 2) continue;
      const repeated: Repeated = { value: undefined };
      for (const place of places) this.of.set(place, repeated);
      for (const variable of new Set(loads(places[0]!).map(({ load }) => load.variable)))
        this.readers.set(variable, [...(this.readers.get(variable) ?? []), repeated]);
    }
  }

  /** Whether it holds any of them. */
  isIn(expression: FlatExpression): boolean {
    return this.of.size > 0 && some(expression, (node) => this.of.has(node));
  }

  /** Its value, where it is at hand. */
  known(expression: FlatExpression): Local<'f64'> | undefined {
    return this.of.get(expression)?.value;
  }

  /** Whether to keep its value now, for other places. */
  isToBeKept(expression: FlatExpression): boolean {
    return this.depth === 0 && this.of.has(expression);
  }

  keep(expression: FlatExpression, value: Local<'f64'>): void {
    const repeated = this.of.get(expression);
    if (repeated !== undefined) repeated.value = value;
    else this.of.set(expression, { value });
  }

  /** What is computed meanwhile is so under a condition only. */
  sometimes<T>(compute: () => T): T {
    this.depth += 1;
    try {
      return compute();
    } finally {
      this.depth -= 1;
    }
  }

  /** A variable got another value. */
  changed(variable: VariableId): void {
    for (const repeated of this.readers.get(variable) ?? []) repeated.value = undefined;
  }
}

/** The text of an expression that takes long, the same for the same; all such ones inside it go into `byText`. */
function gather(
  expression: FlatExpression,
  byText: Map<string, FlatExpression[]>,
  texts: Map<FlatExpression, string | undefined>,
): boolean {
  let isSlow = isSlowItself(expression);
  // What most of all equations consist of goes without lists.
  switch (expression.kind) {
    case 'number':
    case 'load':
    case 'time':
      return false;
    case 'unary':
      isSlow = gather(expression.operand, byText, texts) || isSlow;
      break;
    case 'binary':
      isSlow = gather(expression.left, byText, texts) || isSlow;
      isSlow = gather(expression.right, byText, texts) || isSlow;
      break;
    default:
      for (const child of children(expression)) isSlow = gather(child, byText, texts) || isSlow;
  }
  if (!isSlow) return false;
  const text = textOf(expression, texts);
  if (text === undefined) return isSlow;
  const places = byText.get(text);
  if (places === undefined) byText.set(text, [expression]);
  else places.push(expression);
  return isSlow;
}

const isSlowItself = (expression: FlatExpression): boolean =>
  (expression.kind === 'call' && !QUICK.has(expression.function)) ||
  expression.kind === 'lookup' ||
  (expression.kind === 'binary' && (expression.operator === '/' || expression.operator === '^'));

/** Undefined for what does not depend on elements and time alone. */
export function textOf(
  expression: FlatExpression,
  texts = new Map<FlatExpression, string | undefined>(),
): string | undefined {
  if (texts.has(expression)) return texts.get(expression);
  const own = headOf(expression);
  const inner = own === undefined ? [] : children(expression).map((child) => textOf(child, texts));
  const text = own === undefined || inner.includes(undefined) ? undefined : `${own}(${inner.join()})`;
  texts.set(expression, text);
  return text;
}

function headOf(expression: FlatExpression): string | undefined {
  switch (expression.kind) {
    case 'number':
      return Object.is(expression.value, -0) ? '-0' : `${expression.value}`;
    case 'load':
      return `v${expression.variable}[${expression.index.map((i) => (typeof i === 'number' ? i : `${i.loop}+${i.offset}`)).join()}]`;
    case 'time':
      return 't';
    case 'position':
      return `${expression.loop}+${expression.offset}`;
    case 'unary':
    case 'binary':
      return expression.operator;
    case 'conditional':
      return 'if';
    case 'call':
      return expression.function;
    case 'lookup':
      return `table ${expression.table} ${JSON.stringify(expression.ask)}`;
    default:
      return undefined;
  }
}
