/** `link` → what it may lead to; what it is given → the parts it leads to. */
import {
  isListLiteral,
  type Expression as Tree,
  type Override as OverrideTree,
  type PartDecl,
} from '../../../grammar/generated/ast.ts';
import { documentationOf } from '../../1-parse/documentation.ts';
import { sourceOf } from '../../1-parse/source.ts';
import type { Link, Override } from '../../model/asset.ts';
import { NUMBER } from '../../model/expression.ts';
import type { Reference } from '../../model/expression.ts';
import type { Analysis } from '../analysis.ts';
import { qualifiedName, target } from '../members.ts';
import { lowerExpression, needed, referenceTo } from './expressions.ts';

export function lowerLink(tree: PartDecl, analysis: Analysis): Link {
  const { multiplicity } = tree;
  return {
    name: tree.name,
    asset: qualifiedName(needed(target(tree.type), 'an asset')),
    ...(multiplicity === undefined
      ? {}
      : {
          count: {
            low: lowerExpression(multiplicity.low, analysis),
            high: lowerExpression(multiplicity.high ?? multiplicity.low, analysis),
          },
        }),
    doc: documentationOf(tree),
    source: sourceOf(tree),
  };
}

/** `feeds = [left, tank[*]]`. */
export function lowerLinked(tree: OverrideTree, reference: Reference, analysis: Analysis): Override {
  const source = sourceOf(tree);
  return {
    target: reference,
    value: { kind: 'number', value: 0, type: NUMBER, source },
    parts: itemsOf(tree.value).map((item) => referenceTo(item, analysis, 'all')),
    source,
  };
}

export const itemsOf = (value: Tree): Tree[] => (isListLiteral(value) ? value.items : [value]);
