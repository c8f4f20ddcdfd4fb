/** when, at, every, rules and alarms: conditions, times, and what they set. */
import type { AstNode } from 'langium';
import {
  isAfterStatement,
  isAtStep,
  isOnStatement,
  isBinaryExpr,
  isEquation,
  isItemDecl,
  isParenExpr,
  isRuleDecl,
  isSetAction,
  isVariableDecl,
  isWhenStatement,
  type AfterStatement,
  type AtStatement,
  type AtStep,
  type EveryStatement,
  type Expression,
  type FunctionCall,
  type RuleDecl,
  type Action,
  type OnStatement,
  type ScheduledAction,
  type SetAction,
  type Transition,
  type Trigger,
  type WhenStatement,
} from '../../../grammar/generated/ast.ts';
import { sourceOf } from '../../1-parse/source.ts';
import * as events from '../../diagnostics/events.ts';
import * as types from '../../diagnostics/types.ts';
import type { SourceRange } from '../../model/source.ts';
import { textOf, type Analysis } from '../analysis.ts';
import { numberValue } from '../constants.ts';
import { requireBoolean, TIME } from '../infer/infer.ts';
import { assetAround, kindOf } from '../members.ts';
import { requireFit } from '../mismatch.ts';
import { featureOf, pathKey, pathOf, type Path } from '../paths.ts';
import { numberOf, type Type } from '../type.ts';
import { followedBy, type Owner } from './owners.ts';
import { placeOf } from './variables.ts';

export const TIME_TYPE: Type = { ...numberOf({ dimension: TIME, kind: 'either' }), name: 'Time' };

export function triggerMustBeCondition(trigger: Trigger, analysis: Analysis): void {
  requireBoolean(trigger.condition, 'A condition', analysis);
  if (trigger.duration !== undefined) positiveTime(trigger.duration, 'The time after for', analysis);
}

export function periodMustBePositiveTime(every: EveryStatement, analysis: Analysis): void {
  positiveTime(every.period, 'A period', analysis);
  if (every.offset !== undefined)
    requireFit(every.offset, { text: 'The time after after', type: TIME_TYPE }, analysis);
}

export function timerMustBePositiveTime(after: AfterStatement, analysis: Analysis): void {
  positiveTime(after.duration, 'The time after after', analysis);
}

/** A duration or period: a time, and more than none where it is known. */
export function positiveTime(time: Expression | undefined, place: string, analysis: Analysis): void {
  if (time === undefined || !requireFit(time, { text: place, type: TIME_TYPE }, analysis)) return;
  const value = numberValue(time, analysis);
  if (value !== undefined && value <= 0)
    analysis.report(types.positiveExpected, { text: textOf(time), place }, time);
}

export function crossingMustCompare(at: AtStatement, analysis: Analysis): void {
  let condition = at.condition as Expression | undefined;
  while (isParenExpr(condition)) condition = condition.inner;
  const type = analysis.typeOf(condition);
  if (condition === undefined || type.base === 'unknown') return;
  if (isBinaryExpr(condition) && ['<', '<=', '>', '>='].includes(condition.operator)) return;
  analysis.report(events.crossingExpected, { text: textOf(condition) }, condition);
}

export function crossingMustDoSomething(at: AtStatement, analysis: Analysis): void {
  if (at.actions.length === 0 && at.transition === undefined)
    analysis.report(events.nothingHappens, { what: 'This at' }, at);
}

export function eventMustDoSomething(
  event: WhenStatement | EveryStatement | AfterStatement | OnStatement | RuleDecl,
  analysis: Analysis,
): void {
  if (event.actions.length > 0 || (!isRuleDecl(event) && event.transition !== undefined)) return;
  const what = isRuleDecl(event)
    ? `The rule '${event.name}'`
    : `This ${isWhenStatement(event) ? 'when' : isAfterStatement(event) ? 'after' : isOnStatement(event) ? 'on' : 'every'}`;
  analysis.report(events.nothingHappens, { what }, event);
}

export function actionsMustBeDistinct(
  event:
    | WhenStatement
    | AtStatement
    | EveryStatement
    | AfterStatement
    | RuleDecl
    | Transition
    | OnStatement
    | AtStep,
  analysis: Analysis,
): void {
  const seen = new Set<string>();
  for (const action of event.actions as (Action | ScheduledAction | undefined)[]) {
    const path = pathOf(action?.target);
    if (action === undefined || path === undefined) continue;
    const key = pathKey(path, textOf);
    if (seen.has(key)) analysis.report(events.setTwice, { name: textOf(action.target) }, action);
    seen.add(key);
  }
}

export function actionMustSetStateOrInput(action: SetAction, analysis: Analysis): void {
  const path = pathOf(action.target);
  const feature = featureOf(path);
  if (path === undefined || feature === undefined) return;
  analysis.typeOf(action.target);
  const refusal = whyNotSettable(path, action, analysis);
  // Of a part without its index it was said already that it is no value to set.
  if (refusal === undefined || analysis.findingsAt(action.target).length > 0) return;
  const { related, ...holes } = refusal;
  analysis.report(events.setOfGiven, { name: textOf(action.target), ...holes }, action.target, {
    related: related === undefined ? [] : [{ message: 'its owner', source: related }],
  });
}

interface Refusal {
  owner: string;
  help: string;
  related?: SourceRange;
}

function whyNotSettable(path: Path, action: SetAction, analysis: Analysis): Refusal | undefined {
  const feature = featureOf(path);
  if (isItemDecl(feature)) return undefined;
  if (path.field !== undefined || !isVariableDecl(feature)) {
    return { owner: `it is ${kindOf(feature)}`, help: 'Only states and inputs can be set.' };
  }
  switch (feature.role) {
    case 'param': {
      const help = isAtStep(action.$container)
        ? 'Give it another value for the whole run, in a line of the scenario, or declare it as input.'
        : 'A param is tuned from outside. Declare it as input, or as state, if the model itself changes it.';
      return { owner: 'it is a parameter', help, related: sourceOf(feature) };
    }
    case 'fixed':
      return { owner: 'it is fixed when compiled', help: 'Declare it as state.', related: sourceOf(feature) };
    case 'across':
    case 'through':
    case 'kpi':
    case 'let':
      return {
        owner: feature.value === undefined ? 'equations define it' : 'its let defines it',
        help: 'Declare it as state if it changes at events only.',
        related: sourceOf(feature),
      };
    case 'input': {
      const binding = followedBy(path, analysis) ?? equationFor(path, action, analysis);
      return binding === undefined
        ? undefined
        : {
            owner: `it follows '${binding.text}'`,
            help: 'Set what it follows, or remove that.',
            related: binding.source,
          };
    }
  }
  return undefined;
}

/** `pump.running = level > 2 m` in the asset around the action. */
function equationFor(path: Path, action: SetAction, analysis: Analysis): Owner | undefined {
  const asset = assetAround(action);
  if (asset === undefined) return undefined;
  const key = pathKey(path, textOf);
  for (const member of analysis.membersOf(asset)) {
    const other = isEquation(member) ? pathOf(member.left) : undefined;
    if (isEquation(member) && other !== undefined && pathKey(other, textOf) === key) {
      return { text: textOf(member), source: sourceOf(member) };
    }
  }
  return undefined;
}

export function actionValueMustFit(action: SetAction, analysis: Analysis): void {
  const feature = featureOf(pathOf(action.target));
  if (isItemDecl(feature)) {
    const place = { text: `'${textOf(action.target)}'`, type: analysis.typeOf(feature.value) };
    requireFit(action.value, place, analysis);
  }
  if (!isVariableDecl(feature) || analysis.typeOf(action.target).base === 'unknown') return;
  requireFit(action.value, { ...placeOf(feature, analysis), text: `'${textOf(action.target)}'` }, analysis);
}

export function previousMustBeInsideAction(call: FunctionCall, analysis: Analysis): void {
  if (call.function !== 'pre') return;
  let child: AstNode = call;
  for (
    let node = call.$container as AstNode | undefined;
    node !== undefined;
    child = node, node = node.$container
  ) {
    if (isSetAction(node)) {
      if (child.$containerProperty === 'value') return;
      break;
    }
  }
  analysis.report(events.previousOutsideAction, { text: textOf(call) }, call);
}
