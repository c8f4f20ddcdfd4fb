/**
 * Conditions that cannot be told because what they compare is no number (`sqrt(level - 1 m) > …` below 1 m): that would count as false, silently. Each that may come
 * to it gets a hidden algebraic variable, which is 0 as long as it can be told and no number where it cannot; so it is found by whoever looks at
 * variables, with its time, and stops the run. What nobody asks for is in no doubt: of `a and b`, b where a is false and can be told, and the other way round.
 */
import {
  both,
  children,
  comparisons,
  either,
  isArithmetic,
  not,
  number,
  some,
} from '../../ir/expressions.ts';
import { hiddenVariable } from '../../ir/hidden.ts';
import type { Block, FlatAction, FlatHandler } from '../../ir/flat-system.ts';
import type { FlatExpression, FlatIndex, FlatLoop, FlatTable } from '../../ir/flat-expression.ts';
import type { SourceRange } from '../../model/source.ts';
import type { Flattening } from '../flattening.ts';

type Tables = readonly FlatTable[];

const NAME = 'doubtful';
const NONE: FlatExpression = { kind: 'binary', operator: '/', left: number(0), right: number(0) };

/** Blocks after all others, for conditions of handlers and of equations; values that are set are written anew, with what makes them doubtful in them. */
export function doubtsOf(
  flattening: Pick<Flattening, 'variables' | 'tables'>,
  blocks: readonly Block[],
  handlers: readonly FlatHandler[],
): Block[] {
  const { variables, tables } = flattening;
  const found: Block[] = [];
  const add = (
    name: string,
    loops: readonly FlatLoop[],
    doubt: FlatExpression,
    source: SourceRange,
  ): void => {
    const own = loops.map(({ variable, from, to }) => ({ variable, from, to }));
    const dims = own.map(({ from, to }) => to - from);
    const variable =
      variables.push(hiddenVariable({ name, role: 'algebraic', dims, doubts: true, source })) - 1;
    const index: FlatIndex[] = own.map((loop) => ({ loop: loop.variable, offset: -loop.from }));
    const value: FlatExpression = { kind: 'conditional', condition: doubt, then: NONE, else: number(0) };
    found.push({ kind: 'assign', loops: own, target: { variable, index }, value, source });
  };
  for (const handler of handlers) {
    const { condition, guard, edge, loops, name, source } = handler;
    handler.actions = handler.actions.map((action) => doubtfulAction(action, tables));
    if (condition === undefined) continue;
    const own = edge === 'change' ? valueDoubt(condition, tables) : doubtIn(condition, tables);
    const doubt = own && guard ? both(guard, own) : own;
    const guarded = guard && doubtIn(guard, tables);
    const whole = doubt && guarded ? either(doubt, guarded) : (doubt ?? guarded);
    if (whole) add(name, loops, whole, source);
  }
  for (const block of blocks) {
    const [values, sources] =
      block.kind === 'assign' ? [[block.value], [block.source]] : [block.residuals, block.sources];
    const target = block.kind === 'assign' ? block.target : block.unknowns[0]!;
    values.forEach((value, row) => {
      const doubt = doubtIn(value, tables);
      if (doubt) add(variables[target.variable]!.name, block.loops, doubt, sources[row]!);
    });
  }
  return found;
}

/** Whether some condition in an expression, as far as it is asked for, cannot be told; undefined where all can. */
export function doubtIn(expression: FlatExpression, tables: Tables): FlatExpression | undefined {
  if (isArithmetic(expression)) return undefined;
  return some(expression, ({ kind }) => kind === 'draw' || kind === 'window')
    ? undefined
    : doubt(expression, tables);
}

/** Where a value that is looked at is no number, or some condition in it cannot be told; undefined where neither can be. */
export function noneIn(value: FlatExpression, tables: Tables): FlatExpression | undefined {
  return some(value, ({ kind }) => kind === 'draw' || kind === 'window')
    ? undefined
    : anyOf([doubt(value, tables), valueDoubt(value, tables)]);
}

/** Whether all variables that an expression reads are numbers: a sensor that has not measured yet is none. */
export function allRead(expression: FlatExpression): FlatExpression | undefined {
  if (expression.kind === 'load')
    return { kind: 'binary', operator: '==', left: expression, right: expression, smooth: true };
  const parts = [
    ...new Map(
      children(expression).flatMap((child) => {
        const read = allRead(child);
        return read === undefined ? [] : [[JSON.stringify(read), read] as const];
      }),
    ).values(),
  ];
  if (parts.length === 0) return undefined;
  const body = parts.reduce(both);
  return expression.kind === 'reduction'
    ? { kind: 'reduction', operator: 'all', loops: expression.loops, body }
    : body;
}

/** A value, or a condition, that is no number itself where some condition in it cannot be told. */
export function toldOrNone(value: FlatExpression, tables: Tables): FlatExpression {
  const condition = doubtIn(value, tables);
  return condition === undefined ? value : { kind: 'conditional', condition, then: NONE, else: value };
}

function doubt(expression: FlatExpression, tables: Tables): FlatExpression | undefined {
  const of = (one: FlatExpression): FlatExpression | undefined => doubt(one, tables);
  switch (expression.kind) {
    case 'number':
    case 'load':
    case 'time':
    case 'local':
    case 'position':
      return undefined;
    case 'binary': {
      const { operator, left, right } = expression;
      const [a, b] = [of(left), of(right)];
      if (operator === 'and') return anyOf([a && both(a, b ? either(right, b) : right), b && both(b, left)]);
      if (operator === 'or')
        return anyOf([a && both(a, b ? either(not(right), b) : not(right)), b && both(b, not(left))]);
      if (!comparisons.has(operator) && operator !== '==' && operator !== '!=') return anyOf([a, b]);
      return anyOf([a, b, valueDoubt(left, tables), valueDoubt(right, tables)]);
    }
    case 'unary':
      return of(expression.operand);
    case 'conditional': {
      const { condition, then, else: otherwise } = expression;
      const [a, b] = [of(then), of(otherwise)];
      return anyOf([of(condition), a && both(condition, a), b && both(not(condition), b)]);
    }
    case 'let': {
      const { name, value } = expression;
      const body = of(expression.body);
      return anyOf([of(value), body && { kind: 'let', name, value, body }]);
    }
    case 'reduction': {
      const { loops, operator } = expression;
      const body = of(expression.body);
      const any = body && ({ kind: 'reduction', operator: 'any', loops, body } as const);
      if (any === undefined || (operator !== 'any' && operator !== 'all')) return any;
      return both(any, operator === 'any' ? not(expression) : allMayHold(expression, body!));
    }
    case 'call':
    case 'lookup':
      return anyOf(expression.arguments.map(of));
    default:
      return undefined;
  }
}

/** None of all is certainly false. */
const allMayHold = (
  all: Extract<FlatExpression, { kind: 'reduction' }>,
  doubted: FlatExpression,
): FlatExpression => ({ ...all, body: either(all.body, doubted) });

const PARTIAL: ReadonlySet<string> = new Set([
  'sqrt',
  'log',
  'log1p',
  'log2',
  'log10',
  'asin',
  'acos',
  'mod',
  'gamma',
]);
/** What has no value yet, before something was measured, is so on purpose; what counts each look cannot be looked at twice. */
const PAST: ReadonlySet<string> = new Set(['draw', 'window', 'sampled', 'delayed', 'quantile']);

/** Where a value that is computed on the spot is no number. Of a variable the run finds that itself. */
function valueDoubt(value: FlatExpression, tables: Tables): FlatExpression | undefined {
  if (!some(value, (node) => mayFail(node, tables)) || some(value, ({ kind }) => PAST.has(kind)))
    return undefined;
  const local: FlatExpression = { kind: 'local', name: NAME };
  return {
    kind: 'let',
    name: NAME,
    value,
    body: { kind: 'binary', operator: '!=', left: local, right: local, smooth: true },
  };
}

function mayFail(node: FlatExpression, tables: Tables): boolean {
  switch (node.kind) {
    case 'call':
      return PARTIAL.has(node.function);
    case 'lookup':
      return tables[node.table]!.outside === 'error';
    case 'binary':
      if (node.operator === '/') return node.right.kind !== 'number' || node.right.value === 0;
      return node.operator === '^' && !(node.right.kind === 'number' && Number.isInteger(node.right.value));
    default:
      return false;
  }
}

/** What is set under a condition that cannot be told is no number itself. */
function doubtfulAction(action: FlatAction, tables: Tables): FlatAction {
  const { value, guard } = action;
  const [a, b] = [doubtIn(value, tables), guard && doubtIn(guard, tables)];
  const whole = anyOf([a, b]);
  if (whole === undefined) return action;
  return {
    ...action,
    value: { kind: 'conditional', condition: whole, then: NONE, else: value },
    ...(guard && b ? { guard: either(guard, b) } : {}),
  };
}

const anyOf = (doubts: readonly (FlatExpression | undefined)[]): FlatExpression | undefined =>
  doubts.reduce((whole, one) => (whole && one ? either(whole, one) : (whole ?? one)), undefined);
