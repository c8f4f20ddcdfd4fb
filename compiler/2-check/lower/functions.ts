/** A call of a declared function → its formula, with the arguments and the function's lets computed once each. */
import {
  isTableDecl,
  type Callable,
  type FunctionCall,
  type FunctionLocal,
  type FunctionParameter,
} from '../../../grammar/generated/ast.ts';
import { sourceOf } from '../../1-parse/source.ts';
import type { Expression, ValueType } from '../../model/expression.ts';
import type { Analysis } from '../analysis.ts';
import { qualifiedName } from '../members.ts';
import { lowerExpression, needed } from './expressions.ts';

export function lowerFunctionCall(
  call: FunctionCall,
  declared: Callable,
  type: ValueType,
  analysis: Analysis,
): Expression {
  const source = sourceOf(call);
  if (isTableDecl(declared)) {
    const given = declared.parameters.map((parameter, at) =>
      lowerExpression(call.arguments[at], analysis, analysis.declaredType(parameter)),
    );
    return { kind: 'lookup', table: qualifiedName(declared), arguments: given, type, source };
  }
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
