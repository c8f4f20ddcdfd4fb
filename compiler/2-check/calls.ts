/** Calls in a declaration: most have few, and more than one stage looks for them. */
import type { AstNode } from 'langium';
import { isTwinFile, type Element, type FunctionCall } from '../../grammar/generated/ast.ts';
import { nodesIn } from '../1-parse/visit.ts';

/** By declaration: what stands in one never changes, what was edited is a new one. */
const CALLS = new WeakMap<AstNode, readonly FunctionCall[]>();

/** All calls at a node and below it, outer ones first, in the order of the text. */
export function callsIn(root: AstNode): readonly FunctionCall[] {
  if (isTwinFile(root))
    return root.elements.filter((each: Element | undefined) => each !== undefined).flatMap(callsIn);
  let calls = CALLS.get(root);
  if (calls === undefined) {
    calls = nodesIn(root).filter((node): node is FunctionCall => node.$type === 'FunctionCall');
    CALLS.set(root, calls);
  }
  return calls;
}
