/** Calls in a declaration: most have few, and more than one stage looks for them. */
import type { AstNode } from 'langium';
import { isTwinFile, type Element, type FunctionCall } from '../../grammar/generated/ast.ts';
import { namesIn } from '../1-parse/read/placed.ts';
import { nodesIn } from '../1-parse/visit.ts';

/** By declaration: what stands in one never changes, what was edited is a new one. */
const CALLS = new WeakMap<AstNode, readonly FunctionCall[]>();

/** All calls at a node and below it, outer ones first, in the order of the text. */
export function callsIn(root: AstNode): readonly FunctionCall[] {
  if (isTwinFile(root))
    return root.elements.filter((each: Element | undefined) => each !== undefined).flatMap(callsIn);
  let calls = CALLS.get(root);
  if (calls === undefined) {
    // Each call has a name, which may lead to what is called.
    const names = namesIn(root);
    const nodes =
      names === undefined
        ? nodesIn(root)
        : names.filter(({ property }) => property === 'declared').map(({ node }) => node);
    calls = nodes.filter((node): node is FunctionCall => node.$type === 'FunctionCall');
    CALLS.set(root, calls);
  }
  return calls;
}
