/** Correlated draws: which variables, and with what matrix. */
import {
  isCorrelatedDecl,
  isDrawExpr,
  isListLiteral,
  isVariableDecl,
} from '../../../grammar/generated/ast.ts';
import type { CorrelatedDecl, Expression } from '../../../grammar/generated/ast.ts';
import * as findings from '../../diagnostics/distributions.ts';
import * as types from '../../diagnostics/types.ts';
import { textOf, type Analysis } from '../analysis.ts';
import { numberValue } from '../constants.ts';
import { choleskyOf, matrixOf } from '../correlated.ts';
import { assetAround } from '../members.ts';
import { featureOf, pathOf } from '../paths.ts';

export function correlatedMustBeDrawn(tree: CorrelatedDecl, analysis: Analysis): void {
  const asset = assetAround(tree);
  const members = asset === undefined ? [] : analysis.membersOf(asset);
  const all = members.filter((member) => isCorrelatedDecl(member));
  const before = all.slice(0, all.indexOf(tree));
  const seen = new Set(before.flatMap(({ variables }) => variables.map((path) => featureOf(pathOf(path)))));
  for (const each of tree.variables as (Expression | undefined)[]) {
    const path = pathOf(each);
    const feature = featureOf(path);
    // A name that leads nowhere was reported.
    if (each === undefined || path === undefined || feature === undefined) continue;
    const own = path.steps.length === 1 && path.field === undefined && path.steps[0]!.index === undefined;
    const why =
      !own || !isVariableDecl(feature)
        ? 'it is no variable of this asset'
        : !isDrawExpr(feature.value)
          ? 'its value is not drawn'
          : seen.has(feature)
            ? 'it is named twice'
            : undefined;
    seen.add(feature);
    analysis.typeOf(each);
    if (why !== undefined && analysis.findingsAt(each).length === 0)
      analysis.report(findings.correlatedNotDrawn, { text: textOf(each), why }, each);
  }
}

export function correlatedArraysMustHaveOneSize(tree: CorrelatedDecl, analysis: Analysis): void {
  const [first, ...others] = tree.variables.map((each) => {
    const feature = featureOf(pathOf(each));
    if (!isVariableDecl(feature)) return undefined;
    return { name: feature.name, size: feature.size === undefined ? 0 : numberValue(feature.size, analysis) };
  });
  for (const other of others) {
    if (first?.size === undefined || other?.size === undefined || first.size === other.size) continue;
    analysis.report(findings.correlatedSizes, { first: first.name, second: other.name }, tree);
  }
}

export function correlationMustBePossible(tree: CorrelatedDecl, analysis: Analysis): void {
  const matrix = tree.matrix as Expression | undefined;
  if (matrix === undefined) return;
  const problem = problemOf(tree, matrix, analysis);
  if (problem !== undefined) analysis.report(findings.correlationImpossible, { problem }, matrix);
}

function problemOf(tree: CorrelatedDecl, matrix: Expression, analysis: Analysis): string | undefined {
  const size = tree.variables.length;
  if (size < 2) return 'At least two variables go together.';
  if (!isListLiteral(matrix) && size > 2)
    return `One number is the correlation of two variables, and here are ${size}: write a matrix of ${size} rows.`;
  const rows = matrixOf(tree, analysis);
  if (rows === undefined || rows.length !== size || rows.some((row) => row.length !== size))
    return `The matrix needs ${size} rows of ${size} numbers.`;
  if (rows.some((row) => row.includes(undefined))) {
    analysis.report(types.constantExpected, { text: textOf(matrix), place: 'A correlation' }, matrix);
    return undefined;
  }
  const numbers = rows as number[][];
  const name = (at: number): string => textOf(tree.variables[at]);
  for (const [i, row] of numbers.entries()) {
    if (row[i] !== 1) return `The correlation of ${name(i)} with itself is 1, not ${row[i]}.`;
    for (let j = 0; j < i; j += 1) {
      const [one, other] = [row[j]!, numbers[j]![i]!];
      if (one !== other)
        return `The matrix is not symmetric: ${name(i)} with ${name(j)} is ${one}, and ${name(j)} with ${name(i)} is ${other}.`;
      if (!(Math.abs(one) <= 1)) return `A correlation lies between -1 and 1, and ${one} does not.`;
    }
  }
  return choleskyOf(numbers) === undefined
    ? 'No numbers can be correlated in this way: the matrix is not positive definite. Make its largest correlations smaller.'
    : undefined;
}
