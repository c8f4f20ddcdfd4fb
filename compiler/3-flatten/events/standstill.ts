/**
 * A handler that only takes the speed of something at its condition (`at height <= 0 m falling { set velocity = 0 m/s }`) does not hold it there: where what remains drives
 * it on, it goes through, and no further event comes. Said where that is certain: the speed is set to 0, the place changes by it alone, and its rate is known then, from numbers
 * and parameters as they are, and leads on. What a mode, another state or an input decides may hold it.
 */
import { arithmetic, children, comparisons } from '../../ir/expressions.ts';
import type { Block, FlatHandler, VariableId } from '../../ir/flat-system.ts';
import type { FlatExpression, FlatLoop } from '../../ir/flat-expression.ts';
import { report } from '../../diagnostics/diagnostic.ts';
import { standsStill } from '../../diagnostics/standstill.ts';
import { inline } from '../algebra/inline.ts';
import type { Flattening } from '../flattening.ts';

/** Longer rates are not looked at. */
const MOST_NODES = 200;

type Load = Extract<FlatExpression, { kind: 'load' }>;
const keyOf = ({ variable, index }: Pick<Load, 'variable' | 'index'>): string =>
  JSON.stringify([variable, index]);

export function warnOfStandstills(
  flattening: Flattening,
  blocks: readonly Block[],
  parameters: readonly Block[],
  handlers: readonly FlatHandler[],
): void {
  const { variables, diagnostics } = flattening;
  const definitionOf = (all: readonly Block[], variable: VariableId): FlatExpression | undefined => {
    const own = all.filter((block) => block.kind === 'assign' && block.target.variable === variable);
    return own.length === 1 && own[0]!.kind === 'assign' && own[0]!.loops.length === 0
      ? own[0]!.value
      : undefined;
  };
  const rateOf = (state: Load): FlatExpression | undefined => {
    const { role, partner } = variables[state.variable]!;
    const rate = role === 'state' && partner !== undefined ? definitionOf(blocks, partner) : undefined;
    return rate && inline(flattening, blocks, rate, NO_LOOPS, MOST_NODES);
  };
  /** With values of what is set; undefined where more would have to be known. */
  const valueOf = (
    expression: FlatExpression,
    given: ReadonlyMap<string, number>,
    depth = 0,
  ): number | undefined => {
    const of = (one: FlatExpression): number | undefined => valueOf(one, given, depth);
    switch (expression.kind) {
      case 'number':
        return expression.value;
      case 'load': {
        const known = given.get(keyOf(expression));
        if (known !== undefined || depth > 20) return known;
        if (variables[expression.variable]!.role !== 'parameter') return undefined;
        const definition = definitionOf(parameters, expression.variable);
        return definition && valueOf(definition, given, depth + 1);
      }
      case 'unary': {
        const value = of(expression.operand);
        return value === undefined || expression.operator !== 'negate' ? undefined : -value;
      }
      case 'binary': {
        const { operator, left, right } = expression;
        if (operator === '^') return undefined;
        const [a, b] = [of(left), of(right)];
        // Friction of what does not move is none, whatever else it depends on.
        if (operator === '*' && (a === 0 || b === 0)) return 0;
        return a === undefined || b === undefined ? undefined : arithmetic(operator, a, b);
      }
      case 'conditional': {
        const condition = of(expression.condition);
        return condition === undefined ? undefined : of(condition === 0 ? expression.else : expression.then);
      }
      default:
        return undefined;
    }
  };
  /** A state, of which a rate is a positive multiple. */
  const speedIn = (rate: FlatExpression): Load | undefined => {
    if (rate.kind === 'load') return rate;
    if (rate.kind !== 'binary' || (rate.operator !== '*' && rate.operator !== '/')) return undefined;
    const isPositive = (one: FlatExpression): boolean => (valueOf(one, new Map()) ?? 0) > 0;
    if (isPositive(rate.right)) return speedIn(rate.left);
    return rate.operator === '*' && isPositive(rate.left) ? speedIn(rate.right) : undefined;
  };
  for (const { condition, duration, edge, guard, loops, actions, name } of handlers) {
    if (condition?.kind !== 'binary' || !comparisons.has(condition.operator)) continue;
    if (duration !== undefined || edge !== 'true' || guard !== undefined || loops.length > 0) continue;
    const [place, bound] =
      condition.left.kind === 'load' ? [condition.left, condition.right] : [condition.right, condition.left];
    if (place.kind !== 'load' || variables[place.variable]!.role !== 'state') continue;
    const limit = valueOf(bound, new Map());
    if (limit === undefined) continue;
    const given = new Map([[keyOf(place), limit]]);
    for (const { target, value, guard: only } of actions) {
      const set = only === undefined ? valueOf(value, new Map()) : undefined;
      if (set !== undefined) given.set(keyOf(target), set);
      else if (children(value).length > 0 || only) given.delete(keyOf(target));
    }
    // The side on which the condition is true.
    const isBelow = condition.operator.startsWith('<') === (place === condition.left);
    const rate = rateOf(place);
    const speed = rate && speedIn(rate);
    if (speed === undefined || given.get(keyOf(speed)) !== 0) continue;
    const action = actions.find(({ target }) => keyOf(target) === keyOf(speed));
    if (action === undefined || actions.some(({ target }) => keyOf(target) === keyOf(place))) continue;
    const push = rateOf(speed);
    const drives = push && valueOf(push, given);
    if (drives === undefined || !(isBelow ? drives < 0 : drives > 0)) continue;
    const [moving, stopped] = [place, speed].map(({ variable }) => variables[variable]!.name) as [
      string,
      string,
    ];
    diagnostics.push(report(standsStill, { name, moving, stopped }, action.source));
  }
}

const NO_LOOPS: readonly FlatLoop[] = [];
