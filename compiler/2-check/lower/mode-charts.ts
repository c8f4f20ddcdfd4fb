/** A `modes` block → its diagram. */
import { AstUtils } from 'langium';
import {
  isModeDecl,
  isTransition,
  type ModeDecl,
  type ModesDecl,
  type Transition,
} from '../../../grammar/generated/ast.ts';
import { documentationOf } from '../../1-parse/documentation.ts';
import { modesIn, regionName, regionsBelow, regionsIn } from '../../1-parse/names/modes.ts';
import { sourceOf, textAround } from '../../1-parse/source.ts';
import type { ModeChart, ModeTransition } from '../../model/modes.ts';
import { nameOf } from './mode-expressions.ts';
import { targetOfTransition } from './transitions.ts';

export function chartOf(tree: ModesDecl): ModeChart {
  const regions = regionsBelow(tree);
  const placeOf = (mode: ModeDecl): [number, number] => {
    const region = mode.$container;
    return [regions.findIndex((each) => each === region), modesIn(region).indexOf(mode)];
  };
  return {
    name: regionName(tree),
    regions: regions.map((region) => ({
      name: region.name,
      variable: nameOf(region),
      modes: modesIn(region).map((mode) => ({
        name: mode.name,
        initial: mode.initial,
        doc: documentationOf(mode),
        regions: regionsIn(mode).map((inner) => regions.indexOf(inner)),
        source: sourceOf(mode),
      })),
    })),
    transitions: AstUtils.streamAst(tree)
      .filter(isTransition)
      .toArray()
      .flatMap((transition): ModeTransition[] => {
        const from = AstUtils.getContainerOfType(transition, isModeDecl);
        const to = targetOfTransition(transition);
        if (from === undefined || to === undefined) return [];
        return [
          {
            from: placeOf(from),
            to: placeOf(to),
            ...(transition.history
              ? { history: transition.deep ? ('deep' as const) : ('shallow' as const) }
              : {}),
            text: reasonOf(transition),
            source: sourceOf(transition),
          },
        ];
      }),
    doc: documentationOf(tree),
    source: sourceOf(tree),
  };
}

/** What stands before the arrow. */
function reasonOf(transition: Transition): string {
  return textAround(transition)
    .slice(sourceOf(transition.$container).start, sourceOf(transition).start)
    .replace(/\/\/[^\n]*/g, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?-> ?$/, '')
    .trim();
}
