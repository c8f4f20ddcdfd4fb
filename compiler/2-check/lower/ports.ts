/** `join` → the places that it joins. */
import type { JoinStatement } from '../../../grammar/generated/ast.ts';
import { sourceOf } from '../../1-parse/source.ts';
import type { Join, Loop } from '../../model/asset.ts';
import type { Analysis } from '../analysis.ts';
import { referenceTo } from './expressions.ts';

export function lowerJoin(tree: JoinStatement, loops: Loop[], analysis: Analysis): Join {
  return { loops, places: tree.places.map((place) => referenceTo(place, analysis)), source: sourceOf(tree) };
}
