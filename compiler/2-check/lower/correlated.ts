import type { CorrelatedDecl } from '../../../grammar/generated/ast.ts';
import { sourceOf } from '../../1-parse/source.ts';
import type { Correlation } from '../../model/asset.ts';
import type { Analysis } from '../analysis.ts';
import { choleskyOf, matrixOf } from '../correlated.ts';
import { needed, referenceTo } from './expressions.ts';

export function lowerCorrelation(tree: CorrelatedDecl, analysis: Analysis): Correlation {
  const matrix = needed(matrixOf(tree, analysis), 'a matrix');
  return {
    variables: tree.variables.map(
      (path) => needed(referenceTo(path, analysis, 'all').segments[0], 'a name').name,
    ),
    factor: needed(choleskyOf(matrix.map((row) => row.map((one) => needed(one, 'a number')))), 'a factor'),
    source: sourceOf(tree),
  };
}
