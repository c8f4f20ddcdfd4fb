/** A call of a declared function → its formula, with the arguments and the function's lets computed once each. */
import type {
  FunctionCall,
  FunctionDecl,
  FunctionLocal,
  FunctionParameter,
} from '../../../grammar/generated/ast.ts';
import { sourceOf } from '../../1-parse/source.ts';
import type { Expression, ValueType } from '../../model/expression.ts';
import type { Analysis } from '../analysis.ts';
import { qualifiedName } from '../members.ts';
import { lowerExpression, needed } from './expressions.ts';

export function lowerFunctionCall(
  call: FunctionCall,
  declared: FunctionDecl,
  type: ValueType,
  analysis: Analysis,
): Expression {
  const source = sourceOf(call);
  const body = lowerExpression(declared.value, analysis, analysis.declaredType(declared));
  const named = [
    ...declared.parameters.map((parameter, at) => ({
      name: nameOfLocal(parameter),
      value: lowerExpression(call.arguments[at], analysis, analysis.declaredType(parameter)),
    })),
    ...declared.locals.map((local) => ({
      name: nameOfLocal(local),
      value: lowerExpression(local.value, analysis, analysis.declaredType(local)),
    })),
  ];
  return named.reduceRight<Expression>(
    (inner, { name, value }) => ({ kind: 'let', name, value, body: inner, type, source }),
    body,
  );
}

/** `water.reynolds.v` */
export function nameOfLocal(local: FunctionLocal | FunctionParameter): string {
  return `${qualifiedName(needed(local.$container, 'a function'))}.${local.name}`;
}
