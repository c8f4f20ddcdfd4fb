/** `smooth(…)`: the value inside, in which nothing is located, as its writer says that it has no jump. */
import type { Expression } from '../../model/expression.ts';

export function lowerSmooth(expression: Expression): Expression {
  switch (expression.kind) {
    case 'unary':
      return { ...expression, operand: lowerSmooth(expression.operand) };
    case 'binary':
      return {
        ...expression,
        left: lowerSmooth(expression.left),
        right: lowerSmooth(expression.right),
        smooth: true,
      };
    case 'conditional':
      return {
        ...expression,
        condition: lowerSmooth(expression.condition),
        then: lowerSmooth(expression.then),
        else: lowerSmooth(expression.else),
      };
    case 'call':
    case 'lookup':
      return { ...expression, arguments: expression.arguments.map(lowerSmooth), smooth: true };
    case 'linear':
      return { ...expression, arguments: expression.arguments.map(lowerSmooth) };
    case 'let':
      return { ...expression, value: lowerSmooth(expression.value), body: lowerSmooth(expression.body) };
    case 'reduction':
      return { ...expression, body: lowerSmooth(expression.body) };
    default:
      return expression;
  }
}
