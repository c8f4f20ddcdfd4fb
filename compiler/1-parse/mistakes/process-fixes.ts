/** What a step names and nothing has is declared. */
import type { AstNode } from 'langium';
import { AstUtils } from 'langium';
import { isDestination, isNeed, isProcessDecl, isResourceDecl } from '../../../grammar/generated/ast.ts';
import type { Fix } from '../../diagnostics/diagnostic.ts';
import { lineAtEnd, lineBefore } from './line-edits.ts';

/** Declares what a step names and nothing has: a resource, or a place to go to. */
export function declareMissing(place: AstNode, name: string): Fix[] {
  const user = AstUtils.getContainerOfType(place, (node) => isProcessDecl(node) || isResourceDecl(node));
  if (user === undefined || !/^\w+$/.test(name)) return [];
  if (AstUtils.getContainerOfType(place, isNeed) !== undefined)
    return lineBefore(user, `resource ${name}`, `Declare resource ${name}`);
  if (isDestination(place))
    return [
      ...lineAtEnd(user, `exit ${name}`, `Add the way out ${name}`),
      ...lineAtEnd(user, `station ${name}`, `Add a station ${name}`),
    ];
  return [];
}
