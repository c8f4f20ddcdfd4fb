/** Tables: points, and how they go on between and outside of them. */
import type { TableDecl } from '../../../grammar/generated/ast.ts';
import type { Analysis } from '../analysis.ts';

export function tableMustHavePoints(table: TableDecl, analysis: Analysis): void {
  analysis.pointsOf(table);
}
