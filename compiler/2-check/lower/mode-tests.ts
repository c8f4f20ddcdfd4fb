/** `operation == Running.Fast` → the number of that mode in the variable of its region. */
import { isModeDecl, type Expression as Tree } from '../../../grammar/generated/ast.ts';
import { modesIn, regionName, type Region } from '../../1-parse/names/modes.ts';
import { sourceOf } from '../../1-parse/source.ts';
import { BOOLEAN } from '../../model/expression.ts';
import type { Expression, ValueType } from '../../model/expression.ts';
import type { SourceRange } from '../../model/source.ts';
import type { Analysis } from '../analysis.ts';
import { featureOf, pathOf, type Path, type Step } from '../paths.ts';
import { Incomplete, referenceTo } from './expressions.ts';
import { lowerNameTest } from './most.ts';

export const MODE: ValueType = { base: 'integer', dimension: '1', scale: 'either' };

/** Modes count from 1; 0 is a region that is not active. */
export function numberOfMode(region: Region, name: string): number {
  return modesIn(region).findIndex((mode) => mode.name === name) + 1;
}

export function lowerModeTest(
  tree: { left: Tree; right: Tree; operator?: string },
  analysis: Analysis,
): Expression {
  if (analysis.typeOf(tree.left).names !== undefined) return lowerNameTest(tree, analysis);
  const mode = featureOf(pathOf(tree.right));
  if (!isModeDecl(mode)) throw new Incomplete('a mode');
  const region = mode.$container;
  const reference = referenceTo(tree.left, analysis);
  const last = reference.segments.at(-1);
  if (last === undefined) throw new Incomplete('a path');
  const [left, right] = [sourceOf(tree.left), sourceOf(tree.right)];
  const source: SourceRange = {
    ...left,
    end: right.end,
    endLine: right.endLine,
    endColumn: right.endColumn,
  };
  const segments = [...reference.segments.slice(0, -1), { name: regionName(region) }];
  return {
    kind: 'binary',
    operator: tree.operator === '!=' ? '!=' : '==',
    left: {
      kind: 'variable',
      reference: { segments, target: { kind: 'variable' } },
      type: MODE,
      source: left,
    },
    right: { kind: 'number', value: numberOfMode(region, mode.name), type: MODE, source: right },
    type: BOOLEAN,
    source,
  };
}

/** The region that a path names stands as one step under its whole name. */
export function stepsToRegion(path: Path, from: number): Step[] {
  const last = path.steps.at(-1);
  if (last === undefined) return [];
  return [...path.steps.slice(0, from), { ...last, name: regionName(last.feature as Region) }];
}
