/**
 * Comparisons whose time of change moves with what is chosen → discrete variables, each set by a handler of its own when it changes. So
 * all that jumps does so at an event, before and after which the rates are known, and equations are smooth between events.
 */
import type { Block, FlatHandler, FlatSystem, FlatVariable, VariableId } from '../../ir/flat-system.ts';
import type { FlatExpression, FlatLoop } from '../../ir/flat-expression.ts';
import {
  comparisons,
  loopName,
  loopsIn,
  mapChildren,
  number,
  some,
  substitute,
} from '../../ir/expressions.ts';
import { hiddenVariable } from '../../ir/hidden.ts';
import { wrap } from '../../ir/lets.ts';
import type { Let } from '../../ir/lets.ts';
import { changes, moving } from '../events/crossings.ts';
import { inline } from '../algebra/inline.ts';
import { handlersIn, whenOf } from './smoothness.ts';
import type { Active } from './smoothness.ts';

export interface Switch {
  /** The discrete variable, 1 where the left side is greater. */
  variable: VariableId;
  /** Of its elements. */
  loops: FlatLoop[];
  condition: FlatExpression;
  left: FlatExpression;
  right: FlatExpression;
}

export interface Switched {
  system: FlatSystem;
  switches: Switch[];
}

export function switched(
  system: FlatSystem,
  { variables: active, moves }: Pick<Active, 'variables' | 'moves'>,
  scenario: number | undefined,
): Switched | { because: string } {
  const variables = [...system.variables];
  const running = [...system.dynamics, ...system.outputs];
  const flows = moving(system, running);
  const known = new Map<string, Switch>();
  const start: Block[] = [];
  let because: string | undefined;

  const switchFor = (
    node: Extract<FlatExpression, { kind: 'binary' }>,
    loops: readonly FlatLoop[],
    lets: readonly Let[],
  ): FlatExpression => {
    const [left, right] = [wrap(lets, node.left), wrap(lets, node.right)];
    const used = new Set([...loopsIn(left), ...loopsIn(right)]);
    const kept = loops.filter(({ variable }) => used.has(variable));
    const named = kept.map(({ from, to }, at): FlatLoop => ({ variable: loopName(at), from, to }));
    const by = new Map(kept.map(({ variable }, at) => [variable, { loop: loopName(at), offset: 0 }]));
    const [a, b] = [substitute(left, by), substitute(right, by)];
    const keyOf = (one: FlatExpression, other: FlatExpression): string => JSON.stringify([named, one, other]);
    const found = known.get(keyOf(a, b)) ?? known.get(keyOf(b, a));
    const isGreater = node.operator === '>' || node.operator === '>=';
    const own = found ?? declare(node, a, b, named);
    if (found === undefined) known.set(keyOf(a, b), own);
    const load: FlatExpression = {
      kind: 'load',
      variable: own.variable,
      index: kept.map(({ variable }) => ({ loop: variable, offset: 0 })),
    };
    const isTurned = JSON.stringify(own.left) !== JSON.stringify(a);
    return isGreater === isTurned ? { kind: 'unary', operator: 'not', operand: load } : load;
  };

  const declare = (
    { operator }: Extract<FlatExpression, { kind: 'binary' }>,
    left: FlatExpression,
    right: FlatExpression,
    loops: FlatLoop[],
  ): Switch => {
    const variable =
      variables.push(
        switchVariable(
          system,
          `switch ${known.size + 1}`,
          loops.map(({ to }) => to),
        ),
      ) - 1;
    const strict = operator === '>' || operator === '<=';
    const condition: FlatExpression = { kind: 'binary', operator: strict ? '>' : '>=', left, right };
    const index = loops.map((loop) => ({ loop: loop.variable, offset: 0 }));
    const value = inline(system, running, condition, loops);
    if (some(value, (one) => one.kind === 'load' && isComputed(system, one.variable)))
      because ??= 'a condition holds or not at the start by what is solved there';
    start.push({
      kind: 'assign',
      loops,
      target: { variable, index },
      value,
      source: system.structure.source,
    });
    return { variable, loops, condition, left, right };
  };

  const change = (node: FlatExpression, loops: readonly FlatLoop[], lets: readonly Let[]): FlatExpression => {
    if (node.kind === 'let')
      return {
        ...node,
        value: change(node.value, loops, lets),
        body: change(node.body, loops, [...lets, node]),
      };
    if (node.kind === 'binary' && comparisons.has(node.operator) && (!node.smooth || node.steep)) {
      const difference: FlatExpression = {
        kind: 'binary',
        operator: '-',
        left: node.left,
        right: node.right,
      };
      const side = wrap(lets, difference);
      if (moves(side) && changes(side, flows)) return switchFor(node, loops, lets);
    }
    const inner = node.kind === 'reduction' ? [...loops, ...node.loops] : loops;
    return mapChildren(node, (child) => change(child, inner, lets));
  };

  const blockOf = (block: Block): Block => {
    const targets = block.kind === 'assign' ? [block.target] : block.unknowns;
    if (!targets.some(({ variable }) => active.has(variable))) return block;
    const own = (value: FlatExpression): FlatExpression => change(value, block.loops, []);
    if (block.kind === 'assign') return { ...block, value: own(block.value) };
    return {
      ...block,
      residuals: block.residuals.map(own),
      jacobian: block.jacobian.map((entry) => ({ ...entry, value: own(entry.value) })),
    };
  };
  const firing = new Set(handlersIn(system, scenario));
  const handlerOf = (handler: FlatHandler): FlatHandler => {
    if (!firing.has(handler) || !handler.actions.some(({ target }) => active.has(target.variable)))
      return handler;
    if (!whenOf(handler).some(moves)) return handler;
    const { condition, guard } = handler;
    return {
      ...handler,
      ...(condition === undefined ? {} : { condition: change(condition, handler.loops, []) }),
      ...(guard === undefined ? {} : { guard: change(guard, handler.loops, []) }),
    };
  };
  const dynamics = system.dynamics.map(blockOf);
  const outputs = system.outputs.map(blockOf);
  const handlers = system.handlers.map(handlerOf);
  if (known.size > 0 && system.initial.length > 0)
    because ??= 'a condition may hold or not by what is solved at the start';
  if (because !== undefined) return { because };
  return {
    system: { ...system, variables, dynamics, outputs, handlers, start: [...system.start, ...start] },
    switches: [...known.values()],
  };
}

const isComputed = ({ variables }: FlatSystem, variable: VariableId): boolean =>
  ['algebraic', 'derivative'].includes(variables[variable]!.role);

/** A hidden number that changes at events only. */
export const switchVariable = (
  { structure: { source } }: FlatSystem,
  name: string,
  dims: readonly number[],
): FlatVariable =>
  hiddenVariable({ name: name + '[]'.repeat(dims.length), role: 'discrete', dims: [...dims], source });

/** Sets each when it changes. */
export const isOn = (condition: FlatExpression): FlatExpression => ({
  kind: 'conditional',
  condition,
  then: number(1),
  else: number(0),
});
