/** A call of a declared function → its type. */
import { AstUtils } from 'langium';
import {
  isFunctionDecl,
  isTableDecl,
  isTwinFile,
  type FunctionCall,
  type Callable,
} from '../../../grammar/generated/ast.ts';
import * as structure from '../../diagnostics/structure.ts';
import type { Analysis } from '../analysis.ts';
import { packageOf } from '../../1-parse/names/package-index.ts';
import { argumentsFit, requireOne, resultShape, starsOf, withShape } from './shape.ts';
import { requireFit } from '../mismatch.ts';
import { UNKNOWN, type Type } from '../type.ts';

export function inferDeclaredCall(call: FunctionCall, declared: Callable, analysis: Analysis): Type {
  const name = call.function;
  const given = call.arguments;
  const { parameters } = declared;
  if (given.length !== parameters.length) {
    const expected = parameters.length === 1 ? 'one argument' : `${parameters.length || 'no'} arguments`;
    analysis.report(structure.argumentCount, { name, expected, given: given.length }, call);
    return UNKNOWN;
  }
  const fits = parameters.map((parameter, at) => {
    const place = { text: `'${parameter.name}' of ${name}`, type: analysis.declaredType(parameter) };
    return analysis.typeOf(given[at]).base !== 'unknown' && requireFit(given[at], place, analysis);
  });
  if (!fits.every(Boolean)) return UNKNOWN;
  if (!isFunctionDecl(declared))
    return given.every((each) => requireOne(each, name, analysis))
      ? withShape(analysis.declaredType(declared), [], starsOf(given.map((each) => analysis.typeOf(each))))
      : UNKNOWN;
  if (!argumentsFit(call, declared, analysis)) return UNKNOWN;
  const stars = starsOf(given.map((each) => analysis.typeOf(each)));
  return withShape(analysis.declaredType(declared), resultShape(call, declared, analysis), stars);
}

/** The functions that the file of a call, and its package, declare. */
export function functionNames(call: FunctionCall, analysis: Analysis): string[] {
  const file = AstUtils.findRootNode(call);
  if (!isTwinFile(file)) return [];
  const name = packageOf(file);
  const files = name === '' ? [file] : [file, ...analysis.tables.filesOf(name, new Set())];
  return files.flatMap(({ elements }) =>
    elements.filter((each) => isFunctionDecl(each) || isTableDecl(each)).map((each) => each.name),
  );
}
