/** What holds at the start → the model's. */
import type { InitialStatement } from '../../../grammar/generated/ast.ts';
import { sourceOf } from '../../1-parse/source.ts';
import type { InitialCondition, Loop } from '../../model/asset.ts';
import type { Analysis } from '../analysis.ts';
import { lowerEquation } from './assets.ts';

export function lowerInitial(tree: InitialStatement, loops: Loop[], analysis: Analysis): InitialCondition[] {
  if (tree.steady) return [{ source: sourceOf(tree) }];
  return tree.equations.map((equation) => ({
    equation: lowerEquation(equation, loops, analysis),
    source: sourceOf(equation),
  }));
}
