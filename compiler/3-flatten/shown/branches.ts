/**
 * For coverage: which side of each written `if` is taken, as probes. A probe says 0 where the `if` is not reached, 1 for its `else`, 2 for its
 * `then`. Nothing that runs is changed by them.
 */
import { NO_UNIT } from '../../model/asset.ts';
import type { Handler, Loop } from '../../model/asset.ts';
import { BOOLEAN } from '../../model/expression.ts';
import type { Expression, ValueType } from '../../model/expression.ts';
import type { SourceRange } from '../../model/source.ts';
import type { FlatBranch, FlatHandler } from '../../ir/flat-system.ts';
import type { FlatLoop } from '../../ir/flat-expression.ts';
import { join } from '../instances/instances.ts';
import { lower } from '../expressions/lower.ts';
import { scopeOf, within } from '../expressions/scope.ts';
import type { Flattening } from '../flattening.ts';
import type { Scope } from '../expressions/scope.ts';
import type { Probes } from './probes.ts';
import { rankOf } from '../expressions/shapes.ts';

/** Whether a conditional was written as one, and is not made by the compiler. */
export type IsWritten = (whole: SourceRange, condition: SourceRange) => boolean;

type Conditional = Extract<Expression, { kind: 'conditional' }>;
/** Puts what stands around an expression around what looks at it. */
type Around = (looked: Expression) => Expression;

export function branchesOf(
  flattening: Flattening,
  probes: Probes,
  handlers: readonly FlatHandler[],
  isWritten: IsWritten,
): FlatBranch[] {
  const branches: FlatBranch[] = [];
  const look = (expression: Expression | undefined, scope: Scope, handler?: number): void => {
    if (expression === undefined) return;
    for (const { source, side } of sidesIn(expression, isWritten)) {
      const probe = probeOf(flattening, probes, side, source, scope);
      if (probe !== undefined)
        branches.push({ source, probe, ...(handler === undefined || handler < 0 ? {} : { handler }) });
    }
  };
  for (const group of flattening.groups) {
    const scope = scopeOf(group);
    const inside = (loops: readonly Loop[]): Scope | undefined => within(flattening, scope, loops);
    for (const { value, values = [] } of group.type.variables)
      for (const each of [value, ...values]) look(each, scope);
    for (const { loops, left, right } of group.type.equations) {
      const around = inside(loops);
      if (around) for (const side of [left, right]) look(side, around);
    }
    for (const handler of group.type.handlers) {
      const around = inside(handler.loops);
      if (!around) continue;
      for (const each of [handler.condition, handler.guard, handler.duration, handler.offset])
        look(each, around);
      const at = handlers.findIndex(
        ({ name, source }) => source === handler.source && name === nameOf(group.path, handler),
      );
      for (const { value, guard } of handler.actions) {
        look(guard, around, at);
        look(value, around, at);
      }
    }
    for (const { target, period } of group.type.sensors)
      for (const each of [target, period]) look(each, scope);
    for (const { raise, clear } of group.type.alarms)
      for (const each of [raise.condition, raise.duration, clear?.condition, clear?.duration])
        look(each, scope);
  }
  return branches;
}

const nameOf = (path: string, { name, loops }: Handler): string =>
  join(path, name) + '[]'.repeat(loops.length);

const WHOLE: ValueType = { base: 'integer', dimension: '1', scale: 'either' };

/** Each written `if` with an expression that says which side is taken, as far as looking leaves no traces. */
export function sidesIn(
  expression: Expression,
  isWritten: IsWritten,
): { source: SourceRange; side: Expression }[] {
  const found: { source: SourceRange; side: Expression }[] = [];
  const visit = (one: Expression, around: Around): void => {
    switch (one.kind) {
      case 'conditional': {
        if (isWritten(one.source, one.condition.source)) {
          const side = around(choice(one.condition, whole(2, one), whole(1, one)));
          if (rankOf(one.condition) === 0 && isQuiet(side)) found.push({ source: one.source, side });
        }
        visit(one.condition, around);
        visit(one.then, (looked) => around(choice(one.condition, looked, whole(0, one))));
        visit(one.else, (looked) => around(choice(one.condition, whole(0, one), looked)));
        return;
      }
      case 'let':
        visit(one.value, around);
        visit(one.body, (looked) => around({ ...one, type: WHOLE, body: looked }));
        return;
      default:
        for (const part of partsOf(one)) visit(part, around);
    }
  };
  visit(expression, (looked) => looked);
  return found;
}

const whole = (value: number, { source }: Expression): Expression => ({
  kind: 'number',
  value,
  type: WHOLE,
  source,
});
const choice = (condition: Expression, then: Expression, otherwise: Expression): Conditional => ({
  kind: 'conditional',
  condition: { ...condition, type: BOOLEAN },
  then,
  else: otherwise,
  type: WHOLE,
  source: condition.source,
});

function partsOf(expression: Expression): Expression[] {
  switch (expression.kind) {
    case 'unary':
      return [expression.operand];
    case 'binary':
      return [expression.left, expression.right];
    case 'conditional':
      return [expression.condition, expression.then, expression.else];
    case 'call':
    case 'lookup':
    case 'linear':
    case 'draw':
      return expression.arguments;
    case 'reduction':
      return [expression.body];
    case 'let':
      return [expression.value, expression.body];
    case 'delay':
      return [expression.value, expression.duration];
    case 'window':
      return [expression.input, ...expression.parameters];
    default:
      return [];
  }
}

/** Drawing and remembering leave traces, so what does cannot be looked at once more. */
function isQuiet(expression: Expression): boolean {
  if (['draw', 'window', 'delay', 'statistic'].includes(expression.kind)) return false;
  return partsOf(expression).every(isQuiet);
}

function probeOf(
  flattening: Flattening,
  probes: Probes,
  side: Expression,
  source: SourceRange,
  around: Scope,
): number | undefined {
  const stars: FlatLoop[] = [];
  const scope: Scope = { ...around, stars, used: { count: around.loops.length } };
  const said = flattening.diagnostics.length;
  const value = lower(flattening, side, scope);
  // What it says was said where the expression itself was lowered.
  if (flattening.diagnostics.length > said) {
    flattening.diagnostics.length = said;
    return undefined;
  }
  return probes.add({
    text: `if in line ${source.line}, column ${source.column} of ${source.uri}`,
    loops: [...around.loops, ...stars],
    value,
    type: WHOLE,
    unit: NO_UNIT,
    private: true,
  });
}
