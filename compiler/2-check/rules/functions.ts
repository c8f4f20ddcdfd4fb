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
import { requireFit } from '../mismatch.ts';

export function functionMustHaveANameOfItsOwn(declared: Callable, analysis: Analysis): void {
  const name = declared.name as string | undefined;
  if (name === undefined || !FUNCTIONS.has(name)) return;
  analysis.report(functions.functionNameTaken, { name }, declared, {
    place: sourceOfProperty(declared, 'name'),
  });
}

export function functionMustNotCallItself(declared: FunctionDecl, analysis: Analysis): void {
  const path = wayBack(declared, declared, []);
  if (path === undefined) return;
  const names = [declared, ...path].map((each) => each.name);
  analysis.report(functions.functionRecursive, { name: declared.name, path: names }, declared, {
    place: sourceOfProperty(declared, 'name'),
  });
}

/** The functions that lead from one back to the goal. */
function wayBack(
  goal: FunctionDecl,
  from: FunctionDecl,
  path: readonly FunctionDecl[],
): readonly FunctionDecl[] | undefined {
  for (const called of callsOf(from)) {
    if (called === goal) return [...path, called];
    const found = path.includes(called) ? undefined : wayBack(goal, called, [...path, called]);
    if (found !== undefined) return found;
  }
  return undefined;
}

function callsOf(declared: FunctionDecl): FunctionDecl[] {
  const found = new Set<FunctionDecl>();
  for (const node of AstUtils.streamAst(declared)) {
    const called = isFunctionCall(node) ? target(node.declared) : undefined;
    if (isFunctionDecl(called)) found.add(called);
  }
  return [...found];
}

const MOST_OPERATIONS = 20_000;

/** Every call is written out: functions of functions of functions can become long. */
export function functionMustStaySmall(declared: FunctionDecl, analysis: Analysis): void {
  const size = unfolded(declared, new Map());
  const inner = callsOf(declared).some((called) => unfolded(called, new Map()) > MOST_OPERATIONS);
  if (size <= MOST_OPERATIONS || inner) return;
  analysis.report(functions.functionTooLarge, { name: declared.name, most: MOST_OPERATIONS }, declared, {
    place: sourceOfProperty(declared, 'name'),
  });
}

function unfolded(declared: FunctionDecl, known: Map<FunctionDecl, number>): number {
  const before = known.get(declared);
  if (before !== undefined) return before;
  // One that calls itself is reported as such.
  known.set(declared, 0);
  let size = 0;
  for (const node of AstUtils.streamAst(declared)) {
    const called = isFunctionCall(node) ? target(node.declared) : undefined;
    size += isFunctionDecl(called) ? unfolded(called, known) : 1;
  }
  known.set(declared, size);
  return size;
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
