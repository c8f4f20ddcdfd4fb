/** `delay(x, 5 s)` → the type of x; what is wrong with the times, and with the place. */
import {
  isAssetDecl,
  isEquation,
  isVariableDecl,
  type Expression,
  type FunctionCall,
} from '../../../grammar/generated/ast.ts';
import * as functions from '../../diagnostics/functions.ts';
import * as types from '../../diagnostics/types.ts';
import { AstUtils } from 'langium';
import { textOf, type Analysis } from '../analysis.ts';
import { numberValue } from '../constants.ts';
import { TIME } from './infer.ts';
import { requireFit } from '../mismatch.ts';
import { featureOf, pathOf } from '../paths.ts';
import { numberOf, UNKNOWN, type Type } from '../type.ts';

export function inferDelay(call: FunctionCall, type: Type, analysis: Analysis): Type {
  const [, duration, most] = call.arguments;
  const place = { text: 'How long a delay is', type: numberOf({ dimension: TIME, kind: 'difference' }) };
  const fits = [duration, most].map((each) => requireFit(each, place, analysis)).every(Boolean);
  if (!fits) return UNKNOWN;
  for (const each of [duration, most]) {
    const value = numberValue(each, analysis);
    if (each !== undefined && value !== undefined && !(value > 0))
      analysis.report(types.positiveExpected, { text: textOf(each), place: place.text }, each);
  }
  if (most === undefined && duration !== undefined && !holdsStill(duration))
    analysis.report(functions.delayUnbounded, { text: textOf(duration) }, call);
  if (!isEvaluatedThroughout(call)) analysis.report(functions.delayOutside, { text: textOf(call) }, call);
  return type;
}

/** Made of numbers, constants, parameters and fixed values. */
function holdsStill(expression: Expression): boolean {
  return AstUtils.streamAst(expression).every((node) => {
    if (node.$type === 'TimeExpr') return false;
    if (node.$type !== 'NameRef' && node.$type !== 'MemberAccess') return true;
    const feature = featureOf(pathOf(node as Expression));
    return !isVariableDecl(feature) || feature.role === 'param' || feature.role === 'fixed';
  });
}

/** In an equation, or the value of a let. */
function isEvaluatedThroughout(call: FunctionCall): boolean {
  const equation = AstUtils.getContainerOfType(call, isEquation);
  if (equation !== undefined) return true;
  const variable = AstUtils.getContainerOfType(call, isVariableDecl);
  return variable?.role === 'let' && isAssetDecl(variable.$container);
}
