/** Functions that are formulas of others: clamp, smoothstep and their like. Where they bend is a comparison, and is located. */
import type { FunctionCall } from '../../../grammar/generated/ast.ts';
import { sourceOf } from '../../1-parse/source.ts';
import type { BinaryOperator, ElementaryFunction, Expression, ValueType } from '../../model/expression.ts';
import type { Analysis } from '../analysis.ts';
import { lowerExpression, needed } from './expressions.ts';
import { lowerSmooth } from './smooth.ts';

type Build = (tools: Tools, given: Expression[]) => Expression;

/** Makers of expressions of one call, with its type and place. */
interface Tools {
  of(operator: BinaryOperator, left: Expression, right: Expression): Expression;
  call(name: ElementaryFunction, ...given: Expression[]): Expression;
  number(value: number): Expression;
  choose(condition: Expression, then: Expression, other: Expression): Expression;
  /** The value by a name, computed once. */
  once(name: string, value: Expression, body: (local: Expression) => Expression): Expression;
}

const clamped = (t: Tools, x: Expression, low: Expression, high: Expression): Expression =>
  t.choose(t.of('<', x, low), low, t.choose(t.of('>', x, high), high, x));

const SHAPES: Readonly<Record<string, Build>> = {
  clamp: (t, [x, low, high]) =>
    t.once('x', x!, (v) =>
      t.once('low', low!, (least) => t.once('high', high!, (most) => clamped(t, v, least, most))),
    ),
  between: (t, [x, low, high]) =>
    t.once('x', x!, (v) => t.of('and', t.of('>=', v, low!), t.of('<=', v, high!))),
  // What is not 0 divided by 0 stays infinite, and stops the run: no made-up number for it. No step ends for the start of a count.
  ratio: (t, [a, b]) =>
    t.once('above', a!, (part) =>
      t.once('below', b!, (whole) =>
        t.choose(
          lowerSmooth(t.of('and', t.of('==', part, t.number(0)), t.of('==', whole, t.number(0)))),
          t.number(0),
          t.of('/', part, whole),
        ),
      ),
    ),
  wrap: (t, [x, low, high]) =>
    t.once('x', x!, (v) =>
      t.once('low', low!, (least) =>
        t.once('turn', t.of('-', high!, least), (turn) =>
          t.of('-', v, t.of('*', turn, t.call('floor', t.of('/', t.of('-', v, least), turn)))),
        ),
      ),
    ),
  deadband: (t, [x, width]) =>
    t.once('x', x!, (v) =>
      t.once('width', width!, (w) =>
        t.choose(
          t.of('>', v, w),
          t.of('-', v, w),
          t.choose(t.of('<', t.of('+', v, w), t.number(0)), t.of('+', v, w), t.number(0)),
        ),
      ),
    ),
  // max(x, 0) + width log(1 + exp(-|x| / width)), which does not overflow.
  softplus: (t, [x, width]) =>
    t.once('x', x!, (v) =>
      t.once('width', width!, (w) =>
        t.of(
          '+',
          t.of('/', t.of('+', v, t.call('abs', v)), t.number(2)),
          t.of(
            '*',
            w,
            t.call('log1p', t.call('exp', t.of('/', t.of('-', t.number(0), t.call('abs', v)), w))),
          ),
        ),
      ),
    ),
  softabs: (t, [x, width]) => t.call('hypot', x!, width!),
  smoothstep: (t, [x, from, to]) =>
    t.once('from', from!, (start) =>
      t.once('share', t.of('/', t.of('-', x!, start), t.of('-', to!, start)), (raw) =>
        t.once('inside', clamped(t, raw, t.number(0), t.number(1)), (s) =>
          t.of('*', t.of('*', s, s), t.of('-', t.number(3), t.of('*', t.number(2), s))),
        ),
      ),
    ),
  interpolate: (t, [x, x0, x1, y0, y1]) =>
    t.once('x0', x0!, (start) =>
      t.once('y0', y0!, (first) =>
        t.of(
          '+',
          first,
          t.of('*', t.of('-', y1!, first), t.of('/', t.of('-', x!, start), t.of('-', x1!, start))),
        ),
      ),
    ),
};

export const isShape = (name: string): boolean => Object.hasOwn(SHAPES, name);

export function lowerShape(
  call: FunctionCall,
  name: string,
  type: ValueType,
  analysis: Analysis,
): Expression {
  const common = { type, source: sourceOf(call) };
  const types = call.arguments.map((each) => analysis.typeOf(each));
  const given = call.arguments.map((each, at) => {
    // A bare 0 is of the quantity of those that it stands with.
    const company = name === 'interpolate' ? (at < 3 ? types.slice(0, 3) : types.slice(3)) : types;
    return lowerExpression(
      each,
      analysis,
      company.find(({ quantity }) => quantity.kind !== 'zero'),
    );
  });
  const tools: Tools = {
    of: (operator, left, right) => ({ kind: 'binary', operator, left, right, ...common }),
    call: (elementary, ...values) => ({ kind: 'call', function: elementary, arguments: values, ...common }),
    number: (value) => ({ kind: 'number', value, ...common }),
    choose: (condition, then, other) => ({ kind: 'conditional', condition, then, else: other, ...common }),
    once: (local, value, body) => {
      // A call inside an argument has names of its own: the nearest let counts, and an argument is outside of this one.
      const own = `${name}.${local}.${common.source.start}`;
      return {
        kind: 'let',
        name: own,
        value,
        body: body({ kind: 'local', name: own, ...common }),
        ...common,
      };
    },
  };
  return needed(SHAPES[name], name)(tools, given);
}
