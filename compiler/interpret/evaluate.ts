import { arithmetic } from '../ir/expressions.ts';
import type { Elementary } from '../4-generate/elementary/load.ts';
import type { FlatDraw, FlatExpression, FlatTable, FlatTarget } from '../ir/flat-expression.ts';
import type { Drawn } from './draws.ts';
import { indexAt, rounds } from '../ir/loops.ts';
import type { Counters } from '../ir/loops.ts';
import { powerPlan, product } from '../ir/power.ts';
import { lookUp } from '../ir/tables.ts';

/** What an expression reads. */
export interface Reader {
  time(): number;
  /** Element of a variable; indexes are zero-based. */
  read(target: FlatTarget, counters: Counters): number;
  elementary: Elementary;
  tables: readonly FlatTable[];
  recall(delayed: Extract<FlatExpression, { kind: 'delayed' }>, duration: number, counters: Counters): number;
  /** Puts a value into a window; the statistic over what was seen. */
  look(
    window: Extract<FlatExpression, { kind: 'window' }>,
    value: number,
    parameters: readonly number[],
    counters: Counters,
  ): number;
  /** When a sensor was sampled last. */
  sampled(expression: Extract<FlatExpression, { kind: 'sampled' }>, counters: Counters): number;
  /** Of a state, for matrices. */
  blur(target: FlatTarget, counters: Counters): number;
  /** A number from the distribution, whose parameters have come to these values. */
  draw(draw: FlatDraw, drawn: Drawn, counters: Counters): number;
  /** A value of the item at a step. */
  attribute(slot: number): number;
  quantile(target: FlatTarget, counters: Counters, share: number): number;
}

/** All that is not 0 is true. */
export function truth(reader: Reader, expression: FlatExpression, counters: Counters): boolean {
  return evaluate(reader, expression, counters) !== 0;
}

/** The value of an expression, with loop variables at these values, operation for operation as the emitted code does it. */
export function evaluate(reader: Reader, expression: FlatExpression, counters: Counters): number {
  const value = (one: FlatExpression) => evaluate(reader, one, counters);
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'time':
      return reader.time();
    case 'position':
      return indexAt(expression, counters);
    case 'load':
      return reader.read(expression, counters);
    case 'unary':
      return expression.operator === 'negate'
        ? -value(expression.operand)
        : value(expression.operand) === 0
          ? 1
          : 0;
    case 'binary': {
      const left = value(expression.left);
      if (expression.operator === '^') return power(reader, left, expression.right, value);
      return arithmetic(expression.operator, left, value(expression.right));
    }
    case 'conditional':
      return value(expression.condition) !== 0 ? value(expression.then) : value(expression.else);
    case 'call': {
      const [first = NaN, ...rest] = expression.arguments.map(value);
      const { elementary } = reader;
      switch (expression.function) {
        case 'min':
          return rest.reduce((a, b) => elementary.min(a, b), first);
        case 'max':
          return rest.reduce((a, b) => elementary.max(a, b), first);
        case 'most': {
          const all = [first, ...rest];
          if (all.every((one) => one === 0)) return 0;
          return all.reduce((best, one, at) => (one > all[best]! ? at : best), 0) + 1;
        }
        case 'atan2':
        case 'hypot':
        case 'polygamma':
        case 'mod':
          return elementary[expression.function](first, rest[0]!);
        default:
          return elementary[expression.function](first);
      }
    }
    case 'draw':
      return reader.draw(
        expression,
        {
          parameters: expression.arguments.map(value),
          ...(expression.within
            ? { low: value(expression.within.low), high: value(expression.within.high) }
            : {}),
          ...(expression.score ? { score: value(expression.score) } : {}),
        },
        counters,
      );
    case 'delayed':
      return reader.recall(expression, value(expression.duration), counters);
    case 'lookup':
      return lookUp(reader.tables[expression.table]!, expression.ask, expression.arguments.map(value));
    case 'window':
      return reader.look(expression, value(expression.input), expression.parameters.map(value), counters);
    case 'sampled':
      return reader.sampled(expression, counters);
    case 'blur':
      return reader.blur(expression, counters);
    case 'local':
      return counters.get(`let ${expression.name}`)!;
    case 'let':
      return evaluate(
        reader,
        expression.body,
        new Map(counters).set(`let ${expression.name}`, value(expression.value)),
      );
    case 'attribute':
      return reader.attribute(expression.slot);
    case 'quantile': {
      const { histogram, index, share } = expression;
      return reader.quantile({ variable: histogram, index: [...index, 0] }, counters, value(share));
    }
    case 'reduction': {
      const { operator, loops, body } = expression;
      let total = { sum: 0, product: 1, min: Infinity, max: -Infinity, any: 0, all: 1 }[operator];
      for (const inner of rounds(loops, counters)) {
        const term = evaluate(reader, body, inner);
        if (operator === 'sum') total += term;
        else if (operator === 'product') total *= term;
        else if (operator === 'min') total = reader.elementary.min(total, term);
        else if (operator === 'max') total = reader.elementary.max(total, term);
        else if (operator === 'any') total = total !== 0 || term !== 0 ? 1 : 0;
        else total = total !== 0 && term !== 0 ? 1 : 0;
      }
      return total;
    }
  }
}

function power(
  reader: Reader,
  base: number,
  exponent: FlatExpression,
  value: (expression: FlatExpression) => number,
): number {
  if (exponent.kind !== 'number') return reader.elementary.pow(base, value(exponent));
  const plan = powerPlan(exponent.value);
  if (plan.kind === 'pow') return reader.elementary.pow(base, exponent.value);
  if (plan.kind === 'root') return plan.reciprocal ? 1 / Math.sqrt(base) : Math.sqrt(base);
  const result = product(
    base,
    plan.factors,
    1,
    (a, b) => a * b,
    (a) => a,
  );
  return plan.reciprocal ? 1 / result : result;
}
