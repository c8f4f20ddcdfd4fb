/** Whether an asset consists of finitely many things. */
import { isPartDecl, type AssetDecl } from '../../grammar/generated/ast.ts';
import type { Analysis } from './analysis.ts';
import { lineage, target } from './members.ts';

/** Whether going from parts to their types, and what those extend, never comes back. What is found to end on the way is settled, too. */
export function endsSomewhere(asset: AssetDecl, analysis: Analysis): boolean {
  const under = new Set<AssetDecl>([asset]);
  const open = [{ asset, next: neededBy(asset, analysis) }];
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const inner = top.next.pop();
    if (inner === undefined) {
      open.pop();
      under.delete(top.asset);
      analysis.settle(top.asset);
    } else if (under.has(inner)) return false;
    else if (!analysis.knowsSettled(inner)) {
      under.add(inner);
      open.push({ asset: inner, next: neededBy(inner, analysis) });
    }
  }
  return true;
}

function neededBy(asset: AssetDecl, analysis: Analysis): AssetDecl[] {
  return analysis.membersOf(asset).flatMap((member) => {
    const inner = isPartDecl(member) && !member.link ? target(member.type) : undefined;
    return inner === undefined ? [] : [inner, ...lineage(inner).slice(1)];
  });
}
