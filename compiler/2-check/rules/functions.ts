/** Functions: formulas with a name. */
import { AstUtils, type AstNode } from 'langium';
import {
  isFunctionCall,
  isFunctionDecl,
  isNameRef,
  isTimeExpr,
  isTwinDecl,
  type Callable,
  type FunctionDecl,
  type FunctionLocal,
  type TypeRef,
} from '../../../grammar/generated/ast.ts';
import { sourceOfProperty } from '../../1-parse/source.ts';
import * as functions from '../../diagnostics/functions.ts';
import * as structure from '../../diagnostics/structure.ts';
import { textOf, type Analysis } from '../analysis.ts';
import { FUNCTIONS } from '../functions.ts';
import { target } from '../members.ts';
import { unfolded, wayBack, type Unfolded } from '../settled.ts';
import { requireFit } from '../mismatch.ts';

export function functionMustHaveANameOfItsOwn(declared: Callable, analysis: Analysis): void {
  const name = declared.name as string | undefined;
  if (name === undefined || !FUNCTIONS.has(name)) return;
  analysis.report(functions.functionNameTaken, { name }, declared, {
    place: sourceOfProperty(declared, 'name'),
  });
}

export function functionMustNotCallItself(declared: FunctionDecl, analysis: Analysis): void {
  if (analysis.isSettled(declared)) return;
  const path = wayBack(declared, (from) => analysis.formulaOf(from).calls.keys());
  if (path === undefined) return;
  const names = [declared, ...path].map((each) => each.name);
  analysis.report(functions.functionRecursive, { name: declared.name, path: names }, declared, {
    place: sourceOfProperty(declared, 'name'),
  });
}

const MOST_OPERATIONS = 20_000;
const DEEPEST = 500;

/** Every call is written out: functions of functions of functions can become long, and deeper than what walks them can follow. */
export function functionMustStaySmall(declared: FunctionDecl, analysis: Analysis): void {
  // One that calls itself is reported as such.
  if (!analysis.isSettled(declared)) return;
  const excess = excessOf(unfolded(declared, analysis));
  if (excess === undefined) return;
  const { calls } = analysis.formulaOf(declared);
  if ([...calls.keys()].some((called) => excessOf(unfolded(called, analysis)) !== undefined)) return;
  analysis.report(functions.functionTooLarge, { name: declared.name, ...excess }, declared, {
    place: sourceOfProperty(declared, 'name'),
  });
}

function excessOf({ operations, depth }: Unfolded): { most: number; deep: boolean } | undefined {
  if (operations > MOST_OPERATIONS) return { most: MOST_OPERATIONS, deep: false };
  return depth > DEEPEST ? { most: DEEPEST, deep: true } : undefined;
}

const OF_THE_MODEL: ReadonlySet<string> = new Set(['der', 'pre', 'delay']);

export function functionMustReadItsParametersAlone(declared: FunctionDecl, analysis: Analysis): void {
  for (const node of AstUtils.streamAst(declared)) {
    const reads =
      isTimeExpr(node) ||
      (isFunctionCall(node) && OF_THE_MODEL.has(node.function)) ||
      (isNameRef(node) && isTwinDecl(target(node.target)));
    if (reads) analysis.report(functions.functionNotPure, { name: declared.name, text: textOf(node) }, node);
  }
}

export function namesInAFunctionMustBeDistinct(declared: Callable, analysis: Analysis): void {
  const seen = new Map<string, AstNode>();
  for (const each of [...declared.parameters, ...(isFunctionDecl(declared) ? declared.locals : [])]) {
    const name = each.name as string | undefined;
    if (name === undefined) continue;
    const earlier = seen.get(name);
    if (earlier === undefined) seen.set(name, each);
    else
      analysis.report(structure.duplicateName, { name, place: declared.name }, each, {
        place: sourceOfProperty(each, 'name'),
        related: [{ message: 'declared here too', source: sourceOfProperty(earlier, 'name') }],
      });
  }
}

export function returnedValueMustFit(declared: FunctionDecl | FunctionLocal, analysis: Analysis): void {
  if ((declared.type as TypeRef | undefined) === undefined) return;
  const text = isFunctionDecl(declared) ? `What ${declared.name} returns` : `'${declared.name}'`;
  requireFit(declared.value, { text, type: analysis.declaredType(declared) }, analysis);
}
