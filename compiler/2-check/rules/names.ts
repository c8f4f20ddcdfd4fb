/** Names are declared once. */
import {
  isBindDecl,
  isQuantityDecl,
  isTestDecl,
  isTwinFile,
  isUnitDecl,
  isViewDecl,
  type AssetDecl,
  type Member,
  type TwinFile,
} from '../../../grammar/generated/ast.ts';
import { AstUtils, type AstNode } from 'langium';
import { sourceOfProperty } from '../../1-parse/source.ts';
import * as structure from '../../diagnostics/structure.ts';
import { placesIn } from '../../1-parse/names/members.ts';
import type { Analysis } from '../analysis.ts';
import { packageOf } from '../../1-parse/names/package-index.ts';
import { lineage } from '../members.ts';

type Named = AstNode & { name: string };

function nameOf(member: AstNode | undefined): string | undefined {
  return (member as { name?: string } | undefined)?.name;
}

export function memberNamesMustBeDistinct(asset: AssetDecl, analysis: Analysis): void {
  const seen = new Map<string, AstNode>();
  const see = (member: AstNode | undefined): void => {
    const name = nameOf(member);
    if (member === undefined || name === undefined) return;
    const earlier = seen.get(name);
    if (earlier !== undefined) reportTwice(member as Named, earlier as Named, asset.name, analysis);
    else seen.set(name, member);
  };
  for (const member of asset.members as (Member | undefined)[]) {
    see(member);
    placesIn(member).forEach(see);
  }
  for (const base of lineage(asset).slice(1)) {
    for (const inherited of base.members as (Member | undefined)[]) {
      const name = nameOf(inherited);
      const own = name === undefined ? undefined : seen.get(name);
      if (inherited === undefined || own === undefined || name === undefined) continue;
      seen.delete(name);
      analysis.report(structure.inheritedNameTaken, { name, base: base.name }, own, {
        place: sourceOfProperty(own, 'name'),
        related: [{ message: 'declared here', source: sourceOfProperty(inherited, 'name') }],
      });
    }
  }
}

/** Elements that others refer to by name; units and quantities have rules of their own. */
export function elementNamesMustBeDistinct(file: TwinFile, analysis: Analysis): void {
  const name = packageOf(file);
  const own = new Set((file.elements as (AstNode | undefined)[]).flatMap((each) => nameOf(each) ?? []));
  const others = name === '' ? undefined : analysis.tables.whoDeclares(name, own);
  const elsewhere = (key: string, declared: string): AstNode | undefined => {
    for (const other of others?.get(declared) ?? []) {
      const found = other === file ? undefined : other.elements.find((each) => keyOf(each) === key);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const seen = new Map<string, AstNode>();
  for (const element of file.elements as (AstNode | undefined)[]) {
    const key = keyOf(element);
    if (element === undefined || key === undefined) continue;
    const other = seen.get(key) ?? elsewhere(key, nameOf(element)!);
    if (other !== undefined) {
      const root = AstUtils.findRootNode(element);
      const place = isTestDecl(element)
        ? 'the tests'
        : isTwinFile(root) && name !== ''
          ? `package ${name}`
          : 'this file';
      reportTwice(element as Named, other as Named, place, analysis);
    } else seen.set(key, element);
  }
}

function keyOf(element: AstNode | undefined): string | undefined {
  const name = nameOf(element);
  if (
    name === undefined ||
    isUnitDecl(element) ||
    isQuantityDecl(element) ||
    isBindDecl(element) ||
    isViewDecl(element)
  )
    return undefined;
  return `${isTestDecl(element) ? 'test' : 'name'} ${name}`;
}

function reportTwice(node: Named, earlier: Named, place: string, analysis: Analysis): void {
  analysis.report(structure.duplicateName, { name: node.name, place }, node, {
    place: sourceOfProperty(node, 'name'),
    related: [{ message: 'declared here too', source: sourceOfProperty(earlier, 'name') }],
  });
}
