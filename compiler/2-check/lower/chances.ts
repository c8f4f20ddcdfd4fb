/** What is expected of a probability → the model's. */
import type { ChanceStatement } from '../../../grammar/generated/ast.ts';
import { sourceOf } from '../../1-parse/source.ts';
import type { Requirement } from '../../model/checked-model.ts';
import type { Chance } from '../../../runtime/contract/studies.ts';
import { textOf, type Analysis } from '../analysis.ts';
import { plain } from '../environment.ts';
import { constantNumber } from './expressions.ts';
import { lowerCondition } from './formulas.ts';

export function lowerChance(tree: ChanceStatement, analysis: Analysis): Chance<Requirement> {
  const source = sourceOf(tree);
  const common = {
    ...lowerCondition(tree.condition, analysis),
    text: textOf(tree.condition, Infinity),
    source,
  };
  const of: Requirement =
    tree.mode === undefined
      ? { kind: 'expect', at: constantNumber(tree.time, analysis), ...common }
      : { kind: tree.mode, after: 0, within: constantNumber(tree.within, analysis), ...common };
  return {
    of,
    operator: tree.operator,
    bound: constantNumber(tree.bound, analysis),
    confidence: tree.confidence === undefined ? 0.95 : constantNumber(tree.confidence, analysis),
    ...(tree.runs === undefined ? {} : { runs: Number(plain(tree.runs)) }),
    text: textOf(tree, Infinity),
    source,
  };
}
