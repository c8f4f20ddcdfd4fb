/** Modes: where they begin, where transitions lead, and what is defined in them. */
import { AstUtils, type AstNode } from 'langium';
import {
  isAssetDecl,
  isEquation,
  isForStatement,
  isModeDecl,
  isTransition,
  isVariableDecl,
  type AssetDecl,
  type Equation,
  type Expression,
  type LoopMember,
  type Member,
  type ModeDecl,
  type ModeMember,
  type ModesDecl,
  type Transition,
} from '../../../grammar/generated/ast.ts';
import {
  isInside,
  modeAround,
  modeName,
  modesBelow,
  modesIn,
  regionName,
  regionsBelow,
  regionsIn,
  type Region,
} from '../../1-parse/names/modes.ts';
import { sourceOf, sourceOfProperty, uriOf } from '../../1-parse/source.ts';
import * as equations from '../../diagnostics/equations.ts';
import * as modes from '../../diagnostics/modes.ts';
import { textOf, type Analysis } from '../analysis.ts';
import { domainOf, targetOfTransition } from '../lower/transitions.ts';
import { assetAround, kindOf } from '../members.ts';
import { featureOf, pathKey, pathOf } from '../paths.ts';

/** One of them is where they begin; each has a name of its own. */
export function modesMustBeginSomewhere(tree: ModesDecl, analysis: Analysis): void {
  if (modeAround(tree) !== undefined) return;
  for (const region of regionsBelow(tree)) {
    const all = modesIn(region);
    const initial = all.filter((mode) => mode.initial);
    const [first, second] = initial;
    if (first === undefined) {
      const fixes = all
        .filter((mode) => mode.name)
        .slice(0, 3)
        .map((mode) => {
          const { start } = sourceOf(mode);
          const edits = [{ uri: uriOf(mode), start, end: start, text: 'initial ' }];
          return { title: `Begin in ${mode.name}`, edits };
        });
      const place = sourceOfProperty(region, 'name');
      analysis.report(modes.initialMissing, { name: region.name }, region, { fixes, place });
    } else if (second !== undefined) {
      const holes = { name: region.name, first: first.name, second: second.name };
      const related = [{ message: 'the other one', source: sourceOfProperty(first, 'name') }];
      const { start } = sourceOf(second);
      const edits = [{ uri: uriOf(second), start, end: sourceOfProperty(second, 'name').start, text: '' }];
      const fixes = [{ title: `Begin in ${first.name}`, edits }];
      const place = sourceOfProperty(second, 'name');
      analysis.report(modes.initialTwice, holes, second, { related, fixes, place });
    }
    const seen = new Map<string, ModeDecl>();
    for (const mode of all) {
      const earlier = seen.get(mode.name);
      if (earlier === undefined) seen.set(mode.name, mode);
      else if (mode.name)
        analysis.report(modes.modeTwice, { name: mode.name, region: region.name }, mode, {
          place: sourceOfProperty(mode, 'name'),
          related: [{ message: 'the other one', source: sourceOfProperty(earlier, 'name') }],
        });
    }
  }
}

/** A mode is entered by a transition to it, into it, or as the first one of what is entered. */
export function modesMustBeReachable(tree: ModesDecl, analysis: Analysis): void {
  if (modeAround(tree) !== undefined) return;
  const entered = new Set<ModeDecl>();
  const begin = (region: Region): void => {
    for (const mode of modesIn(region)) if (mode.initial) enter(mode);
  };
  const enter = (mode: ModeDecl): void => {
    if (entered.has(mode)) return;
    entered.add(mode);
    if (isModeDecl(mode.$container)) enter(mode.$container);
    else if (isModeDecl(mode.$container.$container)) enter(mode.$container.$container);
    regionsIn(mode).forEach(begin);
  };
  begin(tree);
  for (const transition of AstUtils.streamAst(tree).filter(isTransition)) {
    const target = targetOfTransition(transition);
    // Of a target that leads nowhere it was said already; who knows which mode was meant.
    if (target === undefined) return;
    enter(target);
  }
  for (const mode of modesBelow(tree)) {
    if (entered.has(mode) || !mode.name) continue;
    const place = sourceOfProperty(mode, 'name');
    analysis.report(modes.modeNeverEntered, { name: modeName(mode) }, mode, { place });
  }
}

/** A mode with others beside it is left by a transition of its own, of one within it or around it, or is `final`. */
export function modesMustHaveAWayOut(tree: ModesDecl, analysis: Analysis): void {
  if (modeAround(tree) !== undefined) return;
  const transitions = [...AstUtils.streamAst(tree).filter(isTransition)];
  const targets = transitions.map((transition) => ({ transition, to: targetOfTransition(transition) }));
  for (const mode of modesBelow(tree)) {
    if (!mode.name || modesIn(mode.$container).length < 2) continue;
    const ways = targets.filter(({ transition, to }) => {
      const from = AstUtils.getContainerOfType(transition, isModeDecl);
      // Of a target that leads nowhere it was said already.
      if (from === undefined || to === undefined) return from !== undefined;
      const leaves = from === mode || isInside(from, mode) || isInside(mode, from);
      return leaves && to !== mode && !isInside(to, mode);
    });
    const place = sourceOfProperty(mode, 'name');
    const [way] = ways;
    if (mode.final && way !== undefined) {
      const related = [{ message: 'it leads out', source: sourceOf(way.transition) }];
      analysis.report(modes.finalIsLeft, { name: modeName(mode) }, mode, { place, related });
    } else if (!mode.final && way === undefined) {
      const edits = [{ uri: uriOf(mode), start: place.start, end: place.start, text: 'final ' }];
      const fixes = [{ title: `Say that it ends there: final ${mode.name}`, edits }];
      analysis.report(modes.modeNeverLeft, { name: modeName(mode) }, mode, { place, fixes });
    }
  }
}

export function transitionMustLeadToMode(transition: Transition, analysis: Analysis): void {
  const text = `-> ${textOf(transition.target)}`;
  const target = transition.target as Expression | undefined;
  if (target === undefined) return;
  const refuse = (why: string, help: string): void =>
    analysis.report(modes.transitionMisplaced, { text, why, help }, transition);
  const from = AstUtils.getContainerOfType(transition, isModeDecl);
  if (from === undefined) {
    const help = 'Write set after ->, or put the reaction into the mode that it leaves.';
    return refuse('it does not stand in a mode, so there is none to leave', help);
  }
  if (isForStatement(transition.$container.$container))
    return refuse('it stands in a for, and modes change once', 'Use any(x[*] > …) in one condition.');
  if (transition.$container.$type === 'EveryStatement')
    return refuse('every does not leave a mode', 'Write after 5 min -> …, or when … -> ….');
  const mode = targetOfTransition(transition);
  if (mode === undefined) {
    const feature = featureOf(pathOf(target));
    if (feature !== undefined) refuse(`it leads to ${kindOf(feature)}`, 'A transition leads to a mode.');
    return;
  }
  if (domainOf(from, mode) === undefined)
    return refuse(
      `${mode.name} is in another modes block`,
      'Compare that one in a condition here, or join the two.',
    );
  if (transition.history && regionsIn(mode).length === 0)
    analysis.report(modes.historyOfNothing, { name: mode.name }, target);
}

interface Found {
  equation: Equation;
  mode: ModeDecl;
}

/** What one mode defines all of them must, and nothing else may. Derivatives may be left out. */
export function modesMustDefineAlike(tree: ModesDecl, analysis: Analysis): void {
  if (modeAround(tree) !== undefined) return;
  const found = new Map<string, Found[]>();
  for (const mode of modesBelow(tree))
    for (const equation of equationsIn(mode.members)) {
      const key = keyOf(equation);
      if (key === undefined) {
        analysis.report(modes.equationOfMode, { text: textOf(equation) }, equation);
        continue;
      }
      const others = found.get(key) ?? [];
      const clash = others.find((other) => !excludes(other.mode, mode));
      if (clash !== undefined) tellOwners(equation, clash.equation, analysis);
      found.set(key, [...others, { equation, mode }]);
    }
  const outside = definedOutside(tree, analysis);
  for (const [key, all] of found) {
    const { equation } = all[0]!;
    const other = outside.get(key);
    if (other !== undefined) {
      tellOwners(equation, other, analysis);
      continue;
    }
    const variable = featureOf(pathOf(equation.left));
    if (isVariableDecl(variable) && variable.value !== undefined && variable.role === 'let')
      tellOwners(equation, variable, analysis);
    else if (key.startsWith('der ')) continue;
    const missing = lacking(tree, new Set(all.map(({ mode }) => mode)));
    if (missing.length === 0) continue;
    analysis.report(
      modes.definedInSomeModes,
      { name: textOf(equation.left), missing: missing.map(modeName) },
      equation,
    );
  }
}

/** Modes without a definition, where others of their region have one. */
function lacking(region: Region, defining: ReadonlySet<ModeDecl>): ModeDecl[] {
  return modesIn(region).flatMap((mode) => {
    if (defining.has(mode)) return [];
    const inner = regionsIn(mode).find((each) => modesBelow(each).some((one) => defining.has(one)));
    return inner === undefined ? [mode] : lacking(inner, defining);
  });
}

/** Whether two modes are never active together: their innermost common place is one region. */
function excludes(a: ModeDecl, b: ModeDecl): boolean {
  const regions = regionPath(a);
  for (const [region, mode] of regionPath(b)) {
    const other = regions.get(region);
    if (other !== undefined) return other !== mode;
  }
  return false;
}

/** Regions around a mode, innermost first, each with the mode of it that is or holds this one. */
function regionPath(mode: ModeDecl): Map<Region, ModeDecl> {
  const path = new Map<Region, ModeDecl>();
  let child = mode;
  for (
    let node: AstNode | undefined = mode.$container;
    node !== undefined && !isAssetDecl(node);
    node = node.$container
  ) {
    if (!isModeDecl(node)) path.set(node as ModesDecl, child);
    else if (child.$container === node) path.set(node, child);
    if (isModeDecl(node)) child = node;
  }
  return path;
}

function* equationsIn(members: readonly (ModeMember | LoopMember | undefined)[]): Generator<Equation> {
  for (const member of members) {
    if (isEquation(member)) yield member;
    else if (isForStatement(member)) yield* equationsIn(member.members);
  }
}

/** `der wear`, `flow`, with the ranges of the loops around; undefined where the left side is no name. */
function keyOf({ left, $container }: Equation): string | undefined {
  const call = left as Expression | undefined;
  const derivative = call?.$type === 'FunctionCall' && call.function === 'der';
  const path = pathOf(derivative ? call.arguments[0] : left);
  if (path === undefined) return undefined;
  const loops: string[] = [];
  for (let node: AstNode = $container; isForStatement(node); node = node.$container)
    loops.push(`${node.variable?.name} in ${textOf(node.range)}`);
  return [`${derivative ? 'der ' : ''}${pathKey(path, textOf)}`, ...loops].join(' for ');
}

function definedOutside(tree: ModesDecl, analysis: Analysis): ReadonlyMap<string, Equation> {
  const asset = assetAround(tree);
  const found = new Map<string, Equation>();
  const look = (members: readonly (Member | undefined)[]): void => {
    for (const member of members) {
      if (isEquation(member) || isForStatement(member))
        for (const equation of equationsIn([member])) {
          const key = keyOf(equation);
          if (key !== undefined) found.set(key, equation);
        }
      else if (member?.$type === 'ModesDecl' && member !== tree && precedes(member, tree))
        for (const mode of modesBelow(member))
          for (const equation of equationsIn(mode.members)) found.set(keyOf(equation) ?? '', equation);
    }
  };
  if (asset !== undefined) look(analysis.membersOf(asset as AssetDecl));
  return found;
}

function precedes(a: AstNode, b: AstNode): boolean {
  return uriOf(a) !== uriOf(b) || sourceOf(a).start < sourceOf(b).start;
}

function tellOwners(equation: Equation, other: AstNode, analysis: Analysis): void {
  const name = textOf(equation.left);
  const mode = AstUtils.getContainerOfType(other, isModeDecl);
  const first = mode === undefined ? 'an equation outside of the modes' : `the mode ${regionName(mode)}`;
  analysis.report(equations.twoOwners, { name, first, second: 'this equation' }, equation, {
    related: [{ message: 'defined here', source: sourceOf(other) }],
  });
}
