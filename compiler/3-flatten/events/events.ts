import type { Action, Handler, Trigger } from '../../model/asset.ts';
import type { Scenario } from '../../model/checked-model.ts';
import type { SourceRange } from '../../model/source.ts';
import type { FlatAction, FlatHandler } from '../../ir/flat-system.ts';
import type { FlatExpression, FlatLoop } from '../../ir/flat-expression.ts';
import { report } from '../../diagnostics/diagnostic.ts';
import { simultaneousWriters } from '../../diagnostics/flattening.ts';
import { meets, reach } from '../box.ts';
import { isDrawn, placeAt } from '../expressions/draws.ts';
import { both, equal, not, number, rangesOf } from '../../ir/expressions.ts';
import { join, nameOf } from '../instances/instances.ts';
import type { Group } from '../instances/instances.ts';
import { lower } from '../expressions/lower.ts';
import { outside } from '../expressions/reads.ts';
import { scopeOf, within } from '../expressions/scope.ts';
import { targetOf } from '../expressions/places.ts';
import type { Flattening } from '../flattening.ts';
import type { Scope } from '../expressions/scope.ts';
import { Order } from './modes.ts';
import { plainName } from '../names.ts';
import { elementAt } from '../expressions/vectors.ts';
import { wholeOf } from '../expressions/whole.ts';

/** Everything that can happen at an instant, in the order of the text; the order of simultaneous handlers. */
export function handlersOf(flattening: Flattening, scenarios: readonly Scenario[]): FlatHandler[] {
  const handlers: FlatHandler[] = [];
  for (const group of flattening.groups) {
    const order = new Order();
    for (const handler of group.type.handlers) {
      const scope = within(flattening, scopeOf(group), handler.loops);
      if (!scope) continue;
      order.note(handler, handlers.length);
      handlers.push(declared(flattening, handler, scope));
    }
    order.connect(handlers);
  }
  for (const group of flattening.groups) handlers.push(...alarmsOf(flattening, group, handlers.length));
  for (const group of flattening.groups) handlers.push(...rangesWatched(flattening, group));
  scenarios.forEach((scenario, position) => {
    for (const { time, actions, source } of scenario.schedule)
      handlers.push({
        kind: 'scheduled',
        name: scheduledName(scenario, time),
        loops: [],
        edge: 'true',
        firesAtStart: true,
        scheduled: { scenario: position, time },
        actions: actionsOf(
          flattening,
          actions,
          scopeOf(flattening.groups[0]!),
          scheduledName(scenario, time),
        ),
        source,
      });
  });
  checkWriters(flattening, handlers);
  return handlers;
}

function declared(flattening: Flattening, handler: Handler, scope: Scope): FlatHandler {
  const { group } = scope;
  const flat: FlatHandler = {
    kind: handler.kind,
    name: join(group.path, handler.name) + '[]'.repeat(handler.loops.length),
    loops: [...scope.loops],
    edge:
      handler.kind === 'on'
        ? 'change'
        : handler.kind === 'at' && handler.direction === undefined
          ? 'any'
          : 'true',
    firesAtStart: handler.kind !== 'at' && handler.kind !== 'on',
    actions: [],
    source: handler.source,
  };
  const timer = (what: string): Scope => ({
    ...scope,
    draws: placeAt(`${flat.name}/${what}`, scope.loops, handler.source),
  });
  const condition = lower(flattening, handler.condition, handler.kind === 'every' ? timer('every') : scope);
  if (handler.kind === 'every') {
    flat.period = condition;
    if (isDrawn(condition)) flat.renewed = true;
  } else flat.condition = handler.kind === 'at' ? turned(condition, handler.direction) : condition;
  if (handler.offset) flat.offset = lower(flattening, handler.offset, scope);
  if (handler.begins) flat.begins = true;
  if (handler.guard) flat.guard = lower(flattening, handler.guard, scope);
  if (handler.duration) flat.duration = lower(flattening, handler.duration, timer('for'));
  flat.actions = actionsOf(flattening, handler.actions, scope, flat.name);
  return flat;
}

const scheduledName = ({ name }: Scenario, time: number): string =>
  `${name.slice(name.lastIndexOf('.') + 1)} at ${time} s`;

const opposite = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;

/** The comparison that becomes true when left minus right crosses 0 in the direction. */
function turned(condition: FlatExpression, direction: Handler['direction']): FlatExpression {
  if (condition.kind !== 'binary' || direction === undefined) return condition;
  const { operator } = condition;
  if (operator !== '<' && operator !== '<=' && operator !== '>' && operator !== '>=') return condition;
  const becomes = operator === '<' || operator === '<=' ? 'falling' : 'rising';
  return becomes === direction ? condition : { ...condition, operator: opposite[operator] };
}

/** `owner` names the streams of what is drawn in the actions; it has a `[]` for each loop. */
function actionsOf(
  flattening: Flattening,
  actions: readonly Action[],
  scope: Scope,
  owner: string,
): FlatAction[] {
  return actions.flatMap(({ target, value, guard, source }) => {
    const name = target.segments.map((segment) => segment.name).join('.');
    const draws = placeAt(`${owner}/${name}`, scope.loops, source);
    const inside = { ...scope, draws };
    const more = guard === undefined ? {} : { guard: lower(flattening, guard, scope) };
    const places = wholeOf(flattening, scope, { target, value, name, source });
    const isSame = places[0]?.element === undefined;
    const same = isSame && places.length > 0 ? lower(flattening, value, inside) : undefined;
    return places.map(({ scope: at, element }) => ({
      target: targetOf(flattening, target, at, source),
      value: same ?? elementAt(flattening, value, inside, element!),
      ...more,
      source,
    }));
  });
}

/** `before`: how many handlers there are. */
function alarmsOf(flattening: Flattening, group: Group, before: number): FlatHandler[] {
  const found: FlatHandler[] = [];
  for (const alarm of group.type.alarms) {
    const position = group.alarms.get(alarm.name)!;
    const { active, name } = flattening.alarms[position]!;
    const handler = (kind: 'raise' | 'clear', trigger: Trigger | undefined): FlatHandler => {
      const scope = scopeOf(group);
      const isActive: FlatExpression = { kind: 'load', variable: active, index: scope.index };
      const within = alarm.within && lower(flattening, alarm.within, scope);
      const raising = trigger ? lower(flattening, trigger.condition, scope) : undefined;
      const raised = lower(flattening, alarm.raise.condition, scope);
      const condition =
        kind === 'raise' && within
          ? both(within, raised)
          : (raising ?? not(within ? both(within, raised) : raised));
      return {
        kind,
        name,
        loops: [...scope.loops],
        condition: both(condition, kind === 'raise' ? not(isActive) : isActive),
        edge: 'true',
        firesAtStart: true,
        ...(trigger?.duration
          ? {
              duration: lower(flattening, trigger.duration, {
                ...scope,
                draws: placeAt(`${name}/${kind}`, scope.loops, alarm.source),
              }),
            }
          : {}),
        alarm: position,
        actions: [
          {
            target: { variable: active, index: scope.index },
            value: number(kind === 'raise' ? 1 : 0),
            source: alarm.source,
          },
        ],
        source: alarm.source,
      };
    };
    const clear = handler('clear', alarm.clear);
    found.push(handler('raise', alarm.raise), clear);
    if (!alarm.within || !alarm.clear) continue;
    const scope = scopeOf(group);
    const { duration: _, ...left } = clear;
    const isRaised: FlatExpression = { kind: 'load', variable: active, index: scope.index };
    const end = both(not(lower(flattening, alarm.within, scope)), isRaised);
    found.push({ ...left, condition: end, elseOf: [before + found.length - 1] });
  }
  return found;
}

/** `in a..b` on what can change by itself; parameters are checked when they are set. */
function rangesWatched(flattening: Flattening, group: Group): FlatHandler[] {
  return group.type.variables.flatMap((variable) => {
    const id = group.variables.get(variable.name);
    if (id === undefined || !variable.range || flattening.variables[id]!.role === 'parameter') return [];
    const sizes = group.sizes.get(variable.name) ?? [];
    const base = scopeOf(group);
    const own = sizes.map((size, axis) => ({ variable: `k${base.loops.length + axis}`, from: 0, to: size }));
    const scope: Scope = { ...base, loops: [...base.loops, ...own] };
    const index = [...base.index, ...own.map((loop) => ({ loop: loop.variable, offset: 0 }))];
    const [low, high] = widened(
      lower(flattening, variable.range.low, scope),
      lower(flattening, variable.range.high, scope),
    );
    return [
      {
        kind: 'range' as const,
        name: nameOf(group, variable.name),
        loops: [...scope.loops],
        condition: outside({ kind: 'load', variable: id, index }, low, high),
        edge: 'true' as const,
        firesAtStart: true,
        actions: [],
        source: variable.source,
      },
    ];
  });
}

/** What rests at an end of its range is beyond it by the method's error now and then, and has not left it. */
const RANGE_SLACK = 1e-5;

function widened(low: FlatExpression, high: FlatExpression): [FlatExpression, FlatExpression] {
  if (low.kind === 'number' && high.kind === 'number') {
    const slack = RANGE_SLACK * (high.value - low.value);
    return Number.isFinite(slack) ? [number(low.value - slack), number(high.value + slack)] : [low, high];
  }
  const of = (operator: '+' | '-' | '*', left: FlatExpression, right: FlatExpression): FlatExpression => ({
    kind: 'binary',
    operator,
    left,
    right,
  });
  const slack = of('*', number(RANGE_SLACK), of('-', high, low));
  return [of('-', low, slack), of('+', high, slack)];
}

/** Two writers of one element whose triggers are the same text of values: they meet at every instant. */
function checkWriters(flattening: Flattening, handlers: FlatHandler[]): void {
  const triggers = new Map<string, FlatHandler[]>();
  for (const handler of handlers) {
    const { condition, guard, period, offset, duration, scheduled, loops, edge } = handler;
    const key = JSON.stringify({ condition, guard, period, offset, duration, scheduled, loops, edge });
    const same = triggers.get(key) ?? [];
    for (const other of same)
      for (const action of givesWay(handler, handlers.indexOf(other)) ? [] : handler.actions) {
        const clash = other.actions.find((one) => overlaps(one, action, loops));
        if (clash) tell(action.source, action, other, handler, clash.source);
      }
    same.push(handler);
    triggers.set(key, same);
    handler.actions.forEach((action, at) => {
      const clash = handler.actions.slice(0, at).find((one) => overlaps(one, action, loops));
      if (clash) tell(action.source, action, handler, handler, clash.source);
    });
  }

  function tell(
    source: SourceRange,
    action: FlatAction,
    first: FlatHandler,
    second: FlatHandler,
    other: SourceRange,
  ) {
    const name = plainName(flattening.variables[action.target.variable]!);
    const related = [{ message: 'the other one', source: other }];
    const quoted = (handler: FlatHandler) => `'${handler.name}'`;
    flattening.diagnostics.push(
      report(simultaneousWriters, { name, first: quoted(first), second: quoted(second) }, source, {
        related,
      }),
    );
  }
}

function givesWay({ yields = [], elseOf = [] }: FlatHandler, other: number): boolean {
  return yields.includes(other) || elseOf.includes(other);
}

function overlaps(a: FlatAction, b: FlatAction, loops: FlatLoop[]): boolean {
  if (a.target.variable !== b.target.variable || a.guard || b.guard) return false;
  if (equal(a.target.index, b.target.index)) return true;
  const ranges = rangesOf(loops);
  const moving = [...a.target.index, ...b.target.index].some((one) => typeof one !== 'number');
  return !moving && meets(reach(a.target.index, ranges), reach(b.target.index, ranges));
}
