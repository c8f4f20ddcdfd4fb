/** `operation = Running.Fast` given to an instance or by a scenario: what the modes begin in, in place of the initial ones. */
import { isModeDecl, type ModesDecl, type Override as Tree } from '../../../grammar/generated/ast.ts';
import {
  isInside,
  isWithin,
  modesIn,
  regionName,
  regionsBelow,
  regionsIn,
  type Region,
} from '../../1-parse/names/modes.ts';
import { sourceOf } from '../../1-parse/source.ts';
import type { Override } from '../../model/asset.ts';
import type { Reference } from '../../model/expression.ts';
import { featureOf, pathOf } from '../paths.ts';
import { Incomplete } from './expressions.ts';
import { initialOf, number, numberOf } from './mode-expressions.ts';

export function firstModesAs(modes: ModesDecl, tree: Tree, reference: Reference): Override[] {
  const chosen = featureOf(pathOf(tree.value));
  if (!isModeDecl(chosen) || !isWithin(chosen, modes)) throw new Incomplete('a mode');
  const source = sourceOf(tree);
  const values = new Map<Region, number>(regionsBelow(modes).map((region) => [region, 0]));
  const enter = (region: Region): void => {
    const mode = isWithin(chosen, region)
      ? modesIn(region).find((one) => one === chosen || isInside(chosen, one))
      : initialOf(region);
    if (mode === undefined) throw new Incomplete('an initial mode');
    values.set(region, numberOf(mode));
    regionsIn(mode).forEach(enter);
  };
  enter(modes);
  const last = reference.segments.at(-1)!;
  return [...values].map(([region, value]) => ({
    target: {
      ...reference,
      segments: [...reference.segments.slice(0, -1), { ...last, name: regionName(region) }],
    },
    value: number(value, source),
    source,
  }));
}
