/** What a transition leaves, enters and sets. */
import {
  isModeDecl,
  type ModeDecl,
  type ModesDecl,
  type Transition,
} from '../../../grammar/generated/ast.ts';
import { AstUtils } from 'langium';
import { isTransition } from '../../../grammar/generated/ast.ts';
import {
  isInside,
  isWithin,
  modeAround,
  modesIn,
  regionsBelow,
  regionsIn,
  type Region,
} from '../../1-parse/names/modes.ts';
import type { Action } from '../../model/asset.ts';
import type { Expression } from '../../model/expression.ts';
import type { SourceRange } from '../../model/source.ts';
import { featureOf, pathOf } from '../paths.ts';
import { Incomplete } from './expressions.ts';
import { and, choose, initialOf, is, number, numberOf, read, setTo, TRUE } from './mode-expressions.ts';

export interface Passed {
  mode: ModeDecl;
  /** Whether it is: known only while running where several modes may be active. */
  when: Expression;
}

export interface Steps {
  /** Inner modes first. */
  left: Passed[];
  /** Outer modes first. */
  entered: Passed[];
  /** Of the variables that say which modes are active. */
  writes: Action[];
  /** What is left and entered again. */
  again?: ModeDecl;
}

export function targetOfTransition(transition: Transition): ModeDecl | undefined {
  const feature = featureOf(pathOf(transition.target));
  return isModeDecl(feature) ? feature : undefined;
}

/** Regions whose last mode must be remembered. */
export function historiesOf(tree: ModesDecl): ReadonlySet<Region> {
  const found = new Set<Region>();
  for (const transition of AstUtils.streamAst(tree).filter(isTransition)) {
    const mode = transition.history ? targetOfTransition(transition) : undefined;
    if (mode === undefined) continue;
    for (const region of regionsIn(mode))
      for (const each of transition.deep ? regionsBelow(region) : [region]) found.add(each);
  }
  return found;
}

/** The innermost region that stays: a transition to a mode within its own stays in that. Undefined across blocks. */
export function domainOf(from: ModeDecl, to: ModeDecl): Region | undefined {
  for (let region: Region | undefined = to.$container; region !== undefined;) {
    if (region === from || from.$container === region || isWithin(from, region)) return region;
    region = modeAround(region)?.$container;
  }
  return undefined;
}

export function stepsOf(
  from: ModeDecl,
  transition: Transition,
  histories: ReadonlySet<Region>,
  source: SourceRange,
): Steps {
  const to = targetOfTransition(transition);
  const domain = to === undefined ? undefined : domainOf(from, to);
  if (to === undefined || domain === undefined) throw new Incomplete('a mode');
  const around = modeAround(domain);
  const local = around !== undefined && (around === from || isInside(around, from));
  const leaves = local ? modesIn(domain) : [childOf(domain, from)];
  const enters = childOf(domain, to);

  const left: Passed[] = [];
  const values = new Map<Region, Expression>();
  const memories: Action[] = [];
  const quit = new Set<Region>();
  const leave = (mode: ModeDecl): void => {
    for (const region of regionsIn(mode)) {
      for (const inner of modesIn(region)) leave(inner);
      values.set(region, number(0, source));
      quit.add(region);
      if (!histories.has(region)) continue;
      const now = read(region, source);
      memories.push(setTo(region, now, 'last', is(now, 0, source, '!=')));
    }
    const certain = !local && (mode === from || isInside(from, mode));
    const region = mode.$container;
    left.push({ mode, when: certain ? TRUE : is(read(region, source), numberOf(mode), source) });
  };
  for (const mode of leaves) leave(mode);

  const entered: Passed[] = [];
  const put = (region: Region, value: Expression): void => void values.set(region, value);
  /** Of a region that this transition leaves, the mode that is active now was the last, not one before it. */
  const lastOf = (region: Region): Expression => {
    const noted = read(region, source, 'last');
    const now = read(region, source);
    return quit.has(region) ? choose(is(now, 0, source, '!='), now, noted) : noted;
  };
  const begin = (region: Region, when: Expression, back: 'no' | 'shallow' | 'deep'): void => {
    const first = initialOf(region);
    if (first === undefined) throw new Incomplete('an initial mode');
    const start = number(numberOf(first), source);
    const last = lastOf(region);
    const value = back === 'no' ? start : choose(is(last, 0, source), start, last);
    const before = values.get(region);
    put(region, choose(when, value, before ?? number(0, source)));
    for (const mode of back === 'no' ? [first] : modesIn(region)) {
      const chosen = back === 'no' ? when : and(when, is(value, numberOf(mode), source));
      entered.push({ mode, when: chosen });
      for (const inner of regionsIn(mode)) begin(inner, chosen, back === 'deep' ? 'deep' : 'no');
    }
  };
  /** Down to the target; beside it, regions begin as they do. */
  const enter = (mode: ModeDecl): void => {
    put(mode.$container, number(numberOf(mode), source));
    entered.push({ mode, when: TRUE });
    for (const region of regionsIn(mode)) {
      const back = mode !== to || !transition.history ? 'no' : transition.deep ? 'deep' : 'shallow';
      if (mode !== to && isWithin(to, region)) enter(childOf(region, to));
      else begin(region, TRUE, back);
    }
  };
  enter(enters);
  const writes = [...values].map(([region, value]) => setTo(region, value));
  const again = local || leaves[0] === enters ? enters : undefined;
  return { left, entered, writes: [...writes, ...memories], ...(again === undefined ? {} : { again }) };
}

/** The mode of a region that another mode is, or is in. */
function childOf(region: Region, mode: ModeDecl): ModeDecl {
  const found = modesIn(region).find((each) => each === mode || isInside(mode, each));
  if (found === undefined) throw new Incomplete('a mode');
  return found;
}
