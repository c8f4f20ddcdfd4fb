/** `operation == Running.Fast`: true while that mode is active, or one within it. */
import { isModeDecl, type BinaryExpr, type Expression } from '../../../grammar/generated/ast.ts';
import { isWithin, modesIn, type Region } from '../../1-parse/names/modes.ts';
import * as modes from '../../diagnostics/modes.ts';
import { textOf, type Analysis } from '../analysis.ts';
import { featureOf, pathOf } from '../paths.ts';
import { nameMustBeAmong } from '../most.ts';
import { BOOLEAN, UNKNOWN, type Type } from '../type.ts';

export function inferModeTest({ left, right }: BinaryExpr, type: Type, analysis: Analysis): Type {
  if (type.names !== undefined) return nameMustBeAmong(type.names, left, right, analysis) ? BOOLEAN : UNKNOWN;
  return type.region !== undefined && modeMustBeOf(type.region, left, right, analysis) ? BOOLEAN : UNKNOWN;
}

/** Whether an expression is a mode of the region that another one stands for. */
export function modeMustBeOf(
  region: Region,
  tested: Expression,
  mode: Expression | undefined,
  analysis: Analysis,
): boolean {
  const feature = featureOf(pathOf(mode));
  if (isModeDecl(feature) && isWithin(feature, region)) return true;
  // Of a name that leads nowhere it was said already.
  if (mode === undefined || (feature === undefined && analysis.typeOf(mode).base === 'unknown')) return false;
  const holes = { text: textOf(mode), name: textOf(tested), modes: modesIn(region).map(({ name }) => name) };
  analysis.report(modes.notAModeOf, holes, mode);
  return false;
}
