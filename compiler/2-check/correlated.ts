/** Correlation matrices → their Cholesky factors. */
import { isListLiteral, type CorrelatedDecl, type Expression } from '../../grammar/generated/ast.ts';
import type { Analysis } from './analysis.ts';
import { numberValue } from './constants.ts';

/** The matrix as written; a single number is the correlation of two. Undefined for what is not known when compiled. */
export function matrixOf(
  { matrix }: CorrelatedDecl,
  analysis: Analysis,
): (number | undefined)[][] | undefined {
  const value = (one: Expression | undefined) => numberValue(one, analysis);
  if (!isListLiteral(matrix)) {
    const single = value(matrix);
    return [
      [1, single],
      [single, 1],
    ];
  }
  if (!matrix.items.every((row) => isListLiteral(row))) return undefined;
  return matrix.items.map((row) => (isListLiteral(row) ? row.items.map(value) : []));
}

/** L with L Lᵀ = the matrix, by Cholesky and Banachiewicz; undefined where it is not positive definite. */
export function choleskyOf(matrix: readonly (readonly number[])[]): number[][] | undefined {
  const factor: number[][] = [];
  for (const [i, row] of matrix.entries()) {
    factor.push(row.map(() => 0));
    for (let j = 0; j <= i; j += 1) {
      let rest = row[j]!;
      for (let k = 0; k < j; k += 1) rest -= factor[i]![k]! * factor[j]![k]!;
      if (i === j) {
        if (!(rest > 1e-12)) return undefined;
        factor[i]![i] = Math.sqrt(rest);
      } else factor[i]![j] = rest / factor[j]![j]!;
    }
  }
  return factor;
}
