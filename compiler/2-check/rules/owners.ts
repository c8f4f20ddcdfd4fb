/** Who else decides what a variable is: expressions that inputs follow, and reactions that set variables. */
import { AstUtils } from 'langium';
import {
  isAtStatement,
  isDrawExpr,
  isEveryStatement,
  isForStatement,
  isModesDecl,
  isOnStatement,
  isPartDecl,
  isRuleDecl,
  isSetAction,
  isTwinDecl,
  isWhenStatement,
  type AssetDecl,
  type LoopMember,
  type Member,
  type Runnable,
  type SetAction,
  type VariableDecl,
} from '../../../grammar/generated/ast.ts';
import { sourceOf } from '../../1-parse/source.ts';
import type { SourceRange } from '../../model/source.ts';
import { textOf, type Analysis } from '../analysis.ts';
import { isConstant } from '../constants.ts';
import { featureOf, pathKey, pathOf, type Path } from '../paths.ts';

export interface Owner {
  text: string;
  source: SourceRange;
}

/**
 * The expression that an input of a part follows. A plain value is only what it begins with, and one that the
 * twin gives takes the place of what its asset says.
 */
export function followedBy(path: Path, analysis: Analysis, subject?: Runnable): Owner | undefined {
  const given = isTwinDecl(subject) ? subject.overrides.map((override) => pathOf(override?.target)) : [];
  const key = pathKey(path, textOf);
  if (given.some((each) => each !== undefined && pathKey(each, textOf) === key)) return undefined;
  const parts = path.steps.slice(0, -1);
  for (const [position, step] of parts.entries()) {
    if (!isPartDecl(step.feature)) continue;
    for (const override of step.feature.overrides) {
      const target = pathOf(override?.target);
      const rest = path.steps.slice(position + 1);
      const same =
        target?.steps.length === rest.length &&
        target.steps.every((each, index) => each.feature === rest[index]?.feature);
      if (!same || isDrawExpr(override.value)) continue;
      if (isConstant(override.value, 'fixed') || analysis.typeOf(override.value).base === 'unknown') continue;
      return { text: textOf(override.value), source: sourceOf(override) };
    }
  }
  return undefined;
}

/** The reactions of an asset that set one of its own variables. */
export function writersOf(
  variable: VariableDecl,
  asset: AssetDecl,
  analysis: Analysis,
): { name: string; source: SourceRange }[] {
  return analysis.membersOf(asset).flatMap((member) =>
    actionsIn(member).flatMap((action) => {
      const path = pathOf(action.target);
      if (path?.steps.length !== 1 || featureOf(path) !== variable) return [];
      const rule = AstUtils.getContainerOfType(action, isRuleDecl);
      return [{ name: rule === undefined ? 'a when' : `the rule ${rule.name}`, source: sourceOf(action) }];
    }),
  );
}

function actionsIn(member: Member | LoopMember | undefined): SetAction[] {
  if (isForStatement(member)) return member.members.flatMap(actionsIn);
  if (isModesDecl(member)) return AstUtils.streamAst(member).filter(isSetAction).toArray();
  if (isOnStatement(member)) return member.actions.filter(isSetAction);
  if (!isWhenStatement(member) && !isAtStatement(member) && !isEveryStatement(member) && !isRuleDecl(member))
    return [];
  return AstUtils.streamAst(member).filter(isSetAction).toArray();
}
