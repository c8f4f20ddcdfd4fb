/** Equations chosen by a condition. */
import { isIfStatement, type IfStatement } from '../../../grammar/generated/ast.ts';
import { sourceOf } from '../../1-parse/source.ts';
import { branchesDiffer, branchMissing } from '../../diagnostics/if-equations.ts';
import { textOf, type Analysis } from '../analysis.ts';
import { requireBoolean } from '../infer/infer.ts';

export function chosenByCondition({ condition }: IfStatement, analysis: Analysis): void {
  requireBoolean(condition, 'The condition of an if', analysis);
}

export function branchesMustMatch(statement: IfStatement, analysis: Analysis): void {
  if (isIfStatement(statement.$container) && statement.$containerProperty === 'alternative') return;
  const counts: number[] = [];
  for (let at: IfStatement | undefined = statement; at !== undefined; at = at.alternative) {
    counts.push(count(at.then));
    if (at.alternative === undefined && hasElse(at)) counts.push(count(at.otherwise));
    else if (at.alternative === undefined) {
      analysis.report(branchMissing, {}, statement, { place: sourceOf(statement.condition) });
      return;
    }
  }
  if (counts.some((one) => one !== counts[0]))
    analysis.report(branchesDiffer, { counts }, statement, { place: sourceOf(statement.condition) });
}

function hasElse(statement: IfStatement): boolean {
  return statement.otherwise.length > 0 || /\belse\b/.test(textOf(statement, Infinity));
}

/** How many equations a branch stands for; one inside counts as many as its own branches have. */
function count(members: IfStatement['then']): number {
  return members.reduce((sum, member) => sum + (isIfStatement(member) ? count(member.then) : 1), 0);
}
