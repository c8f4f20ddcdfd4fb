/**
 * Modes → variables, handlers and equations. Each region is a whole number that says which of its modes is active, 0 while
 * the region is not. Conditions of a mode are true only in it; a transition sets the numbers of all regions that it
 * leaves and enters. Its order is that of SCXML (W3C 2015): exit from the inside, the transition, entry from the outside.
 */
import {
  isAfterStatement,
  isAlarmDecl,
  isAtStatement,
  isEntryActions,
  isEveryStatement,
  isExitActions,
  isForStatement,
  isOnStatement,
  isRuleDecl,
  isWhenStatement,
  type AfterStatement,
  type AtStatement,
  type EveryStatement,
  type LoopMember,
  type ModeDecl,
  type ModeMember,
  type ModesDecl,
  type OnStatement,
  type RuleDecl,
  type Transition,
  type WhenStatement,
} from '../../../grammar/generated/ast.ts';
import { documentationOf } from '../../1-parse/documentation.ts';
import {
  isInside,
  modeName,
  modesIn,
  regionName,
  regionsBelow,
  regionsIn,
  type Region,
} from '../../1-parse/names/modes.ts';
import { sourceOf } from '../../1-parse/source.ts';
import type { Action, AssetType, Handler, Loop } from '../../model/asset.ts';
import { BOOLEAN } from '../../model/expression.ts';
import type { Expression } from '../../model/expression.ts';
import type { SourceRange } from '../../model/source.ts';
import { textOf, type Analysis } from '../analysis.ts';
import { chainOf, lowerAlarm, lowerHandler, lowerLoop } from './assets.ts';
import { lowerActions, lowerOn } from './events.ts';
import { lowerExpression } from './expressions.ts';
import { chartOf } from './mode-charts.ts';
import { equationsOfModes } from './mode-equations.ts';
import { and, is, isMode, numberOf, read, regionVariable, TRUE } from './mode-expressions.ts';
import { historiesOf, stepsOf } from './transitions.ts';

type Reaction = OnStatement | WhenStatement | AtStatement | EveryStatement | RuleDecl | AfterStatement;

export function lowerModes(tree: ModesDecl, asset: AssetType, analysis: Analysis): void {
  const histories = historiesOf(tree);
  for (const region of regionsBelow(tree)) {
    asset.variables.push(regionVariable(region, documentationOf(region)));
    if (histories.has(region)) asset.variables.push(regionVariable(region, '', 'last'));
  }
  const made: Made[] = [];
  for (const mode of innerFirst(tree)) for (const member of mode.members) add(member, mode, []);
  asset.handlers.push(...started(tree, made, analysis), ...connected(made));
  asset.equations.push(...equationsOfModes(tree, analysis));
  asset.charts.push(chartOf(tree));

  function add(member: ModeMember | LoopMember, mode: ModeDecl, loops: Loop[]): void {
    if (isForStatement(member)) {
      const loop = lowerLoop(member, analysis);
      for (const inner of member.members) add(inner, mode, [...loops, loop]);
    } else if (isAlarmDecl(member)) {
      asset.alarms.push({ ...lowerAlarm(member, analysis), within: isMode(mode, sourceOf(member)) });
    } else if (isReaction(member)) {
      for (const each of isAfterStatement(member) || isOnStatement(member) ? [member] : chainOf(member)) {
        const id = `${regionName(tree)}#${made.length}`;
        made.push({ mode, ...lowerReaction(each, mode, loops, id, histories, analysis) });
      }
    }
  }
}

interface Made {
  handler: Handler;
  mode: ModeDecl;
  /** Names of the regions that it may set, of a transition. */
  writes: ReadonlySet<string>;
  /** The mode that it leaves and enters again, if there is one. */
  again?: ModeDecl;
  /** All that it may enter. */
  enters?: ReadonlySet<ModeDecl>;
}

function isReaction(member: ModeMember | LoopMember): member is Reaction {
  return (
    isOnStatement(member) ||
    isWhenStatement(member) ||
    isAtStatement(member) ||
    isEveryStatement(member) ||
    isRuleDecl(member) ||
    isAfterStatement(member)
  );
}

/** Modes in the order in which their transitions are looked at: those within a mode before it, else as written. */
function innerFirst(region: Region): ModeDecl[] {
  return modesIn(region).flatMap((mode) => [...regionsIn(mode).flatMap(innerFirst), mode]);
}

function lowerReaction(
  tree: Reaction,
  mode: ModeDecl,
  loops: Loop[],
  id: string,
  histories: ReadonlySet<Region>,
  analysis: Analysis,
): Omit<Made, 'mode'> {
  const active = isMode(mode, sourceOf(tree));
  const handler: Handler = isAfterStatement(tree)
    ? {
        kind: 'when',
        name: `after ${textOf(tree.duration)}`,
        loops,
        condition: active,
        duration: lowerExpression(tree.duration, analysis),
        actions: lowerActions(tree.actions, analysis),
        doc: '',
        source: sourceOf(tree),
      }
    : isOnStatement(tree)
      ? lowerOn(tree, loops, analysis)
      : lowerHandler(tree, loops, analysis);
  handler.id ??= id;
  if (handler.kind === 'at' || handler.kind === 'on')
    handler.guard = handler.guard === undefined ? active : and(active, handler.guard);
  else if (handler.kind === 'every')
    handler.actions = handler.actions.map((action) => ({ ...action, guard: active }));
  else if (!isAfterStatement(tree)) handler.condition = and(active, handler.condition);
  const transition = isRuleDecl(tree) ? undefined : tree.transition;
  if (transition === undefined) return { handler, writes: new Set() };
  return { handler, ...take(transition, mode, handler, histories, analysis) };
}

function take(
  transition: Transition,
  from: ModeDecl,
  handler: Handler,
  histories: ReadonlySet<Region>,
  analysis: Analysis,
): Pick<Made, 'writes' | 'again' | 'enters'> {
  const source = sourceOf(transition);
  const steps = stepsOf(from, transition, histories, source);
  const acts: Action[] = [];
  for (const { mode, when } of steps.left)
    acts.push(...guarded(actionsOf(mode, isExitActions, analysis), when));
  acts.push(...lowerActions(transition.actions, analysis));
  for (const { mode, when } of steps.entered)
    acts.push(...guarded(actionsOf(mode, isEntryActions, analysis), when));
  handler.actions = [...steps.writes, ...inOrder(acts)];
  const name = regionName(from.$container);
  handler.name = `${name}: ${from.name} -> ${targetText(transition)}`;
  const writes = new Set(steps.writes.flatMap(({ target }) => target.segments.map((one) => one.name)));
  const enters = new Set(steps.entered.map(({ mode }) => mode));
  return { writes, enters, ...(steps.again === undefined ? {} : { again: steps.again }) };
}

function targetText(transition: Transition): string {
  const text = textOf(transition.target);
  if (!transition.history) return text;
  return `${transition.deep ? 'deep ' : ''}history(${text})`;
}

function actionsOf(
  mode: ModeDecl,
  is: (member: ModeMember) => member is ModeMember & { $type: 'EntryActions' | 'ExitActions' },
  analysis: Analysis,
): Action[] {
  return mode.members.filter(is).flatMap(({ actions }) => lowerActions(actions, analysis));
}

function guarded(actions: Action[], when: Expression): Action[] {
  return when === TRUE ? actions : actions.map((action) => ({ ...action, guard: when }));
}

/** Where two of them set the same thing, the later one holds: exit, transition, entry happen in this order. */
function inOrder(actions: readonly Action[]): Action[] {
  const kept: Action[] = [];
  for (const action of actions) {
    const key = JSON.stringify(action.target);
    for (const [at, earlier] of [...kept.entries()].toReversed()) {
      if (JSON.stringify(earlier.target) !== key) continue;
      if (action.guard === undefined) kept.splice(at, 1);
      else {
        const { guard } = action;
        const not: Expression = { ...guard, kind: 'unary', operator: 'not', operand: guard };
        kept[at] = { ...earlier, guard: earlier.guard === undefined ? not : and(earlier.guard, not) };
      }
    }
    kept.push(action);
  }
  return kept;
}

/** What the modes that a run begins in do when they are entered: an instance or a scenario may begin in others than the initial ones. */
function started(tree: ModesDecl, made: readonly Made[], analysis: Analysis): Handler[] {
  const entries = outerFirst(tree).map((mode) => ({ mode, own: actionsOf(mode, isEntryActions, analysis) }));
  const handlers = entries.flatMap(({ mode, own }): Handler[] => {
    if (own.length === 0) return [];
    const source = sourceOf(mode);
    // Where a mode within it sets the same thing, that holds.
    const actions = own.map((action) => {
      const later = entries.filter(
        (other) => isInside(other.mode, mode) && other.own.some((one) => sets(one, action)),
      );
      return later.reduce((left, { mode: inner }) => {
        const other = is(read(inner.$container, source), numberOf(inner), source, '!=');
        return { ...left, guard: left.guard === undefined ? other : and(left.guard, other) };
      }, action);
    });
    return [
      {
        kind: 'when',
        name: `${regionName(tree)}: ${modeName(mode)} entered`,
        loops: [],
        condition: numberTrue(source),
        guard: isMode(mode, source),
        actions: inOrder(actions),
        id: `${regionName(tree)}#start ${modeName(mode)}`,
        doc: '',
        source,
      },
    ];
  });
  const ids = handlers.map(({ id }) => id!);
  if (ids.length > 0) for (const { handler } of made) if (handler.kind !== 'every') handler.yields = [...ids];
  const crossings = made.flatMap(({ handler: { kind, id } }) => (kind === 'at' ? [id!] : []));
  if (crossings.length > 0) for (const handler of handlers) handler.restarts = crossings;
  return handlers;
}

function sets(one: Action, other: Action): boolean {
  return JSON.stringify(one.target) === JSON.stringify(other.target);
}

function numberTrue(source: SourceRange): Expression {
  return { kind: 'boolean', value: true, type: BOOLEAN, source };
}

function outerFirst(region: Region): ModeDecl[] {
  return modesIn(region).flatMap((mode) => [mode, ...regionsIn(mode).flatMap(outerFirst)]);
}

/**
 * A transition waits for those before it that leave what it would leave; some start conditions anew. Conditions are false outside of their
 * mode, and begin with it by themselves, but for those of a mode that is left and entered at once, and for crossings.
 */
function connected(made: readonly Made[]): Handler[] {
  return made.map(({ handler, writes, again, enters }, at) => {
    const before = made
      .slice(0, at)
      .filter((other) => [...other.writes].some((name) => writes.has(name)))
      .map((other) => other.handler.id!);
    const yields = [...(handler.yields ?? []), ...before];
    const beginsWith = ({ mode, handler: { kind } }: Made): boolean =>
      kind === 'at'
        ? enters?.has(mode) === true
        : (kind === 'when' || kind === 'rule') &&
          again !== undefined &&
          (mode === again || isInside(mode, again));
    const restarts = made.filter(beginsWith).map((other) => other.handler.id!);
    return {
      ...handler,
      ...(yields.length === 0 ? {} : { yields }),
      ...(restarts.length === 0 ? {} : { restarts }),
    };
  });
}
