/** Where ports, port types, and what can be joined may stand. */
import type { AstNode, ReferenceInfo } from 'langium';
import {
  isAssetDecl,
  isIndexExpr,
  isJoinStatement,
  isMemberAccess,
  isPartDecl,
  type AssetDecl,
} from '../../grammar/generated/ast.ts';

/** After `port x:` come port types, elsewhere assets; in a join ports, and parts that lead to them. */
export function fitsPorts({ container, property }: ReferenceInfo, node: AstNode): boolean {
  if (isAssetDecl(node) && (property === 'type' || property === 'base'))
    return node.port === (isPartDecl(container) && container.port);
  if (property !== 'target' && property !== 'member') return true;
  let head: AstNode = container;
  while (
    isMemberAccess(head.$container) ||
    (isIndexExpr(head.$container) && head.$containerProperty === 'base')
  )
    head = head.$container;
  if (!isJoinStatement(head.$container)) return true;
  return isPartDecl(node) && (property === 'target' || node.port);
}

export function portDetail(node: AstNode): string | undefined {
  if (isAssetDecl(node)) return node.port ? 'port' : undefined;
  return isPartDecl(node) && node.port ? 'port' : undefined;
}

/** What ends in ports is made to be joined, not to run by itself; nor is a type of ports. */
export function isOpen(asset: AssetDecl): boolean {
  return (
    asset.port ||
    asset.members.some(
      (member) =>
        isPartDecl(member) &&
        (member.port || (member.link && !/^0\b/.test(member.multiplicity?.$cstNode?.text ?? ''))),
    )
  );
}
