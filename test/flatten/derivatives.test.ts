/** Symbolic derivatives against central differences, for every elementary function and for random expressions. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differentiate } from '../../compiler/3-flatten/algebra/differentiate.ts';
import type { Load } from '../../compiler/ir/expressions.ts';
import { loadElementary } from '../../compiler/4-generate/elementary/load.ts';
import { evaluate } from '../../compiler/interpret/evaluate.ts';
import type { FlatExpression } from '../../compiler/ir/flat-expression.ts';

const elementary = loadElementary();
const x: Load = { kind: 'load', variable: 0, index: [] };
const number = (value: number): FlatExpression => ({ kind: 'number', value });
const at = (expression: FlatExpression, value: number) =>
  evaluate(
    {
      time: () => 0,
      read: () => value,
      elementary,
      tables: [],
      recall: () => 0,
      draw: () => NaN,
      look: () => NaN,
      sampled: () => NaN,
      blur: () => 0,
      attribute: () => NaN,
      quantile: () => NaN,
    },
    expression,
    new Map(),
  );

function slope(expression: FlatExpression, value: number): number {
  const h = 1e-5 * Math.max(1, Math.abs(value));
  return (
    (8 * (at(expression, value + h) - at(expression, value - h)) -
      (at(expression, value + 2 * h) - at(expression, value - 2 * h))) /
    (12 * h)
  );
}

const call = (name: string, ...values: FlatExpression[]) =>
  ({ kind: 'call', function: name, arguments: values }) as FlatExpression;
const binary = (operator: string, left: FlatExpression, right: FlatExpression) =>
  ({ kind: 'binary', operator, left, right }) as FlatExpression;

describe('it should differentiate', () => {
  it.each(
    [
      'abs',
      'sign',
      'sqrt',
      'cbrt',
      'exp',
      'expm1',
      'log',
      'log1p',
      'log2',
      'log10',
      'sin',
      'cos',
      'tan',
      'asin',
      'acos',
      'atan',
      'sinh',
      'cosh',
      'tanh',
      'erf',
      'erfc',
      'gamma',
      'lgamma',
      'floor',
      'ceil',
      'round',
      'trunc',
    ].map((name) => [name, call(name, x)] as const),
  )('%s', (_, expression) => {
    for (const value of [0.23, 0.77])
      expect(at(differentiate(expression, x), value)).toBeCloseTo(slope(expression, value), 7);
  });

  it.each([
    ['atan2', call('atan2', x, binary('+', x, number(1)))],
    ['hypot', call('hypot', x, binary('*', x, x))],
    ['polygamma', call('polygamma', number(0), binary('*', x, x))],
    ['polygamma of order 1', call('polygamma', number(1), x)],
    ['mod', call('mod', binary('*', x, number(3)), number(0.7))],
    ['min of three', call('min', x, number(0.5), binary('*', x, x))],
    ['max', call('max', binary('-', number(1), x), x)],
    ['x ^ 3', binary('^', x, number(3))],
    ['x ^ -0.5', binary('^', x, number(-0.5))],
    ['2 ^ x', binary('^', number(2), x)],
    ['x ^ x', binary('^', x, x)],
    ['a quotient', binary('/', call('sin', x), binary('+', number(2), x))],
  ])('%s', (_, expression) => {
    for (const value of [0.21, 0.83])
      expect(at(differentiate(expression, x), value)).toBeCloseTo(slope(expression, value), 7);
  });

  it('random smooth expressions', () => {
    const { tree } = fc.letrec<{ tree: FlatExpression }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.oneof(fc.constant<FlatExpression>(x), fc.integer({ min: -3, max: 3 }).map(number)),
        fc
          .tuple(fc.constantFrom('+', '-', '*'), tie('tree'), tie('tree'))
          .map(([sign, a, b]) => binary(sign, a, b)),
        fc
          .tuple(fc.constantFrom('sin', 'cos', 'tanh', 'atan'), tie('tree'))
          .map(([name, a]) => call(name, a)),
        fc.tuple(tie('tree'), tie('tree')).map(([a, b]): FlatExpression => ({
          kind: 'conditional',
          condition: binary('<', x, number(0.5)),
          then: a,
          else: b,
        })),
      ),
    }));
    fc.assert(
      fc.property(tree, fc.double({ min: -0.4, max: 0.4, noNaN: true }), (expression, value) => {
        const exact = at(differentiate(expression, x), value);
        const near = slope(expression, value);
        expect(Math.abs(exact - near)).toBeLessThan(
          1e-5 * Math.max(1, Math.abs(exact), Math.abs(at(expression, value))),
        );
      }),
      { numRuns: 200, seed: 7 },
    );
  });
});
