/**
 * What looks back over time → hidden variables that remember, and handlers that keep them up to date. `once(c within W)` and
 * its kind are exact: they note the times at which their conditions change, and `count(c within W)` delays how often one did. Statistics look at their signal every so often.
 * Two that are written alike share one memory.
 */
import { isSensorDecl, type AssetDecl, type FunctionCall } from '../../../grammar/generated/ast.ts';
import { sourceOf } from '../../1-parse/source.ts';
import { NO_UNIT } from '../../model/asset.ts';
import { BOOLEAN, NUMBER } from '../../model/expression.ts';
import type { Action, AssetType, Handler, Variable } from '../../model/asset.ts';
import {
  STATISTICS,
  type BinaryOperator,
  type Expression,
  type Index,
  type Statistic,
  type ValueType,
} from '../../model/expression.ts';
import { textOf, type Analysis } from '../analysis.ts';
import { callsIn } from '../calls.ts';
import { displayUnit, quantityOf, valueType } from '../display.ts';
import { inModel, isOverTime, loopsOf, overTimeOf } from '../over-time.ts';
import { featureOf, pathOf } from '../paths.ts';
import { lowerLoop } from './assets.ts';
import { lowerExpression, needed, referenceTo } from './expressions.ts';

/** Longer ago than any window. */
const LONG_AGO = -1e300;
/** Values in a window where it is not said how often to look. */
const USUAL = 100;

/** Adds what the calls in an asset's own text need. */
export function rememberOverTime(tree: AssetDecl, asset: AssetType, analysis: Analysis): void {
  // Inner ones first: a mean of medians reads what the medians gave.
  const calls = callsIn(tree).filter(isOverTime).toReversed();
  if (calls.length === 0) return;
  const known = new Set(asset.variables.map(({ name }) => name));
  for (const call of calls) {
    if (known.has(nameOf(call))) continue;
    const before = asset.variables.length;
    remember(call, asset, analysis);
    for (const { name } of asset.variables.slice(before)) known.add(name);
  }
}

/** The value of a call. */
export function lowerOverTime(call: FunctionCall, type: ValueType, analysis: Analysis): Expression {
  const source = sourceOf(call);
  const { name } = needed(overTimeOf(call), call.function);
  if (!inModel(call)) throw new Error(`${name} is no value outside of an asset`);
  const make = maker(call, analysis);
  const argument = (at: number) => lowerExpression(call.arguments[at], analysis);
  const recent = (condition: Expression, seen: string, last: string): Expression =>
    make.either(
      condition,
      make.either(
        make.read(seen, BOOLEAN),
        make.compare('<=', make.minus(make.time(), make.read(last)), make.window()),
      ),
    );
  switch (name) {
    case 'age': {
      const reference = referenceTo(call.arguments[0], analysis);
      return {
        kind: 'variable',
        reference: { ...reference, target: { kind: 'sensor', field: 'age' } },
        type,
        source,
      };
    }
    case 'once':
      return recent(argument(0), nameOf(call), nameOf(call, 'last'));
    case 'historically':
      return make.not(recent(make.not(argument(0)), nameOf(call), nameOf(call, 'last')));
    case 'since': {
      const held = make.either(argument(1), make.both(make.read(nameOf(call), BOOLEAN), argument(0)));
      if (call.window === undefined) return held;
      return make.both(held, recent(argument(1), nameOf(call, 'seen'), nameOf(call, 'last')));
    }
    case 'duration':
      return call.window === undefined ? soFar(call, analysis) : make.read(nameOf(call), type);
    case 'elapsed':
      return make.choose(
        make.read(heldOf(call), BOOLEAN),
        make.minus(make.time(), make.read(nameOf(call, 'start'))),
        make.constant(0, make.timeType),
      );
    default:
      return make.read(nameOf(call), type);
  }
}

/** Whether a condition holds. One variable of a call has its plain name, by which another one that is written alike is known. */
const heldOf = (call: FunctionCall): string => nameOf(call, call.window === undefined ? '' : 'held');

/** How long a condition has held: up to its last end, and since its last beginning while it holds. */
function soFar(call: FunctionCall, analysis: Analysis): Expression {
  const make = maker(call, analysis);
  const before = make.read(nameOf(call, 'before'));
  const now = make.minus(make.time(), make.read(nameOf(call, 'start')));
  return make.choose(make.read(heldOf(call), BOOLEAN), make.plus(before, now), before);
}

/** Its text names what it remembers, with the loops around that it depends on; `part` tells several apart. */
const nameOf = (call: FunctionCall, part = ''): string =>
  [
    textOf(call, Infinity) + (part === '' ? '' : `.${part}`),
    ...loopsOf(call).map(({ variable, range }) => `${variable.name} in ${textOf(range, Infinity)}`),
  ].join(' for ');

function remember(call: FunctionCall, asset: AssetType, analysis: Analysis): void {
  const make = maker(call, analysis);
  const argument = (at: number) => lowerExpression(call.arguments[at], analysis);
  const { name, sampled } = needed(overTimeOf(call), call.function);
  const hold = (variable: string, type: ValueType, start: number | boolean): void => {
    asset.variables.push({ ...hidden(variable, type, make.constant(start, type), call), ...make.sizes });
  };
  const when = (condition: Expression, ...actions: Action[]): Handler => {
    const made = { ...handler('when', condition, actions, call), loops: make.loops };
    asset.handlers.push(made);
    return made;
  };
  /** `seen` while the condition is true; when it ends, `last` is that time, and `seen` is over, at one instant. */
  const note = (condition: Expression, seen: string, last: string): void => {
    hold(seen, BOOLEAN, false);
    hold(last, make.timeType, LONG_AGO);
    when(condition, make.set(seen, make.constant(true, BOOLEAN)));
    when(
      make.both(make.not(condition), make.read(seen, BOOLEAN)),
      make.set(seen, make.constant(false, BOOLEAN)),
      make.set(last, make.time()),
    );
  };
  /** All that came so far, less what had come by the beginning of the window; an equation, so that what is delayed is looked at throughout. */
  const ofWindow = (type: ValueType, all: Expression, less: (past: Expression) => Expression): void => {
    const { value: _, ...memory } = hidden(nameOf(call), type, make.constant(0, type), call, analysis);
    asset.variables.push({ ...memory, role: 'let', ...make.sizes });
    asset.equations.push({
      loops: make.loops,
      left: make.read(nameOf(call), type),
      right: less({ kind: 'delay', value: all, duration: make.window(), type, source: sourceOf(call) }),
      source: sourceOf(call),
    });
  };
  if (sampled) return sample(call, asset, analysis);
  switch (name) {
    case 'once':
      return note(argument(0), nameOf(call), nameOf(call, 'last'));
    case 'historically':
      return note(make.not(argument(0)), nameOf(call), nameOf(call, 'last'));
    case 'since': {
      const [condition, start] = [argument(0), argument(1)];
      hold(nameOf(call), BOOLEAN, false);
      when(start, make.set(nameOf(call), make.constant(true, BOOLEAN)));
      when(
        make.both(make.not(condition), make.not(start)),
        make.set(nameOf(call), make.constant(false, BOOLEAN)),
      );
      if (call.window !== undefined) note(start, nameOf(call, 'seen'), nameOf(call, 'last'));
      return;
    }
    case 'count': {
      const so = nameOf(call, 'so far');
      const { NUMBER } = make;
      hold(so, NUMBER, 0);
      const sum = (operator: BinaryOperator, right: Expression) =>
        make.number(operator, make.read(so, NUMBER), right);
      when(argument(0), make.set(so, sum('+', make.constant(1, NUMBER))));
      return ofWindow(NUMBER, make.read(so, NUMBER), (past) => sum('-', past));
    }
    case 'duration':
    case 'elapsed': {
      const [held, start, before] = [heldOf(call), nameOf(call, 'start'), nameOf(call, 'before')];
      hold(held, BOOLEAN, false);
      hold(start, make.timeType, 0);
      when(argument(0), make.set(held, make.constant(true, BOOLEAN)), make.set(start, make.time()));
      const ends: Action[] = [make.set(held, make.constant(false, BOOLEAN))];
      if (name === 'duration') {
        hold(before, make.timeType, 0);
        ends.push(make.set(before, soFar(call, analysis)));
      }
      when(make.both(make.not(argument(0)), make.read(held, BOOLEAN)), ...ends);
      if (call.window === undefined) return;
      const all = soFar(call, analysis);
      return ofWindow(make.timeType, all, (past) => make.minus(all, past));
    }
    case 'hysteresis': {
      const [x, on, off] = [argument(0), argument(1), argument(2)];
      const rising = make.compare('>=', on, off);
      const pass = (limit: Expression, up: BinaryOperator, down: BinaryOperator): Expression =>
        make.choose(rising, make.compare(up, x, limit), make.compare(down, x, limit));
      hold(nameOf(call), BOOLEAN, false);
      when(pass(on, '>', '<'), make.set(nameOf(call), make.constant(true, BOOLEAN))).begins = true;
      when(pass(off, '<', '>'), make.set(nameOf(call), make.constant(false, BOOLEAN)));
      return;
    }
  }
}

/** A statistic over the last values of a signal. */
function sample(call: FunctionCall, asset: AssetType, analysis: Analysis): void {
  const make = maker(call, analysis);
  const [signal, ...rest] = call.arguments;
  const type = analysis.typeOf(call);
  const signalType = analysis.typeOf(signal);
  const input = lowerExpression(signal, analysis, signalType);
  const period = periodOf(call, analysis);
  const own = rest.map((each) => lowerExpression(each, analysis, signalType));
  const name = call.function;
  const statistic: Statistic = name === 'median' ? 'quantile' : (name as Statistic);
  const takes: readonly string[] = STATISTICS[statistic];
  const parameters =
    name === 'median'
      ? [make.constant(0.5, make.NUMBER)]
      : takes.includes('period')
        ? [period]
        : statistic === 'ewma'
          ? [make.weight(period, own[0]!)]
          : own;
  const value: Expression = {
    kind: 'window',
    statistic,
    input,
    parameters,
    ...(call.window === undefined ? {} : { span: lowerExpression(call.window, analysis) }),
    period,
    type: valueType(type),
    source: sourceOf(call),
  };
  // What has no value before a sensor has measured is awaited (`ir/unmeasured.ts`).
  const start = make.constant(0, valueType(type));
  const memory = hidden(nameOf(call), valueType(type), start, call, analysis);
  asset.variables.push({ ...memory, ...make.sizes });
  asset.handlers.push({
    ...handler('every', period, [make.set(nameOf(call), value)], call),
    loops: make.loops,
  });
}

/** As said; as often as a sensor measures; or a hundred times a window. */
function periodOf(call: FunctionCall, analysis: Analysis): Expression {
  if (call.period !== undefined) return lowerExpression(call.period, analysis);
  const path = pathOf(call.arguments[0]);
  const feature = featureOf(path);
  if (isSensorDecl(feature) && path?.steps.length === 1 && feature.period !== undefined)
    return lowerExpression(feature.period, analysis);
  const whole = lowerExpression(call.window ?? call.arguments[1], analysis);
  const parts: Expression = { kind: 'number', value: USUAL, type: NUMBER, source: whole.source };
  return { kind: 'binary', operator: '/', left: whole, right: parts, type: whole.type, source: whole.source };
}

function hidden(
  name: string,
  type: ValueType,
  value: Expression,
  call: FunctionCall,
  analysis?: Analysis,
): Variable {
  const shown = analysis?.typeOf(call);
  const table = analysis?.tableOf(call);
  return {
    name,
    role: 'state',
    final: false,
    type,
    quantity: shown && table ? quantityOf(shown, table) : type.base === 'boolean' ? 'Boolean' : 'Time',
    unit: shown && table ? displayUnit(shown, table) : NO_UNIT,
    doc: '',
    value,
    hidden: true,
    source: sourceOf(call),
  };
}

function handler(
  kind: 'when' | 'every',
  condition: Expression,
  actions: Action[],
  call: FunctionCall,
): Handler {
  return { kind, name: textOf(call), loops: [], condition, actions, doc: '', source: sourceOf(call) };
}

/** Expressions with the place of a call. */
function maker(call: FunctionCall, analysis: Analysis) {
  const source = sourceOf(call);
  const timeType: ValueType = { base: 'number', dimension: 's', scale: 'either' };
  const binary = (
    operator: BinaryOperator,
    left: Expression,
    right: Expression,
    type: ValueType,
  ): Expression => ({
    kind: 'binary',
    operator,
    left,
    right,
    type,
    source,
  });
  const around = loopsOf(call);
  const [index, column] = around.map(({ variable }): Index => ({
    kind: 'loop',
    variable: variable.name,
    offset: 0,
  }));
  const [size, columns] = around.map(({ range }) => lowerExpression(range.high, analysis));
  const indexes = { ...(index ? { index } : {}), ...(column ? { column } : {}) };
  const reference = (name: string) => ({
    segments: [{ name, ...indexes }],
    target: { kind: 'variable' as const },
  });
  const constant = (value: number | boolean, type: ValueType): Expression =>
    typeof value === 'boolean'
      ? { kind: 'boolean', value, type, source }
      : { kind: 'number', value, type, source };
  return {
    NUMBER,
    timeType,
    constant,
    loops: around.map((loop) => lowerLoop(loop, analysis)),
    /** Of what it remembers: one for each turn of the loops. */
    sizes: { ...(size ? { size } : {}), ...(columns ? { columns } : {}) },
    read: (name: string, type: ValueType = timeType): Expression => ({
      kind: 'variable',
      reference: reference(name),
      type,
      source,
    }),
    set: (name: string, value: Expression): Action => ({ target: reference(name), value, source }),
    time: (): Expression => ({ kind: 'time', type: timeType, source }),
    window: (): Expression => lowerExpression(call.window, analysis),
    not: (operand: Expression): Expression => ({
      kind: 'unary',
      operator: 'not',
      operand,
      type: BOOLEAN,
      source,
    }),
    both: (left: Expression, right: Expression) => binary('and', left, right, BOOLEAN),
    either: (left: Expression, right: Expression) => binary('or', left, right, BOOLEAN),
    compare: (operator: BinaryOperator, left: Expression, right: Expression) =>
      binary(operator, left, right, BOOLEAN),
    minus: (left: Expression, right: Expression) => binary('-', left, right, timeType),
    plus: (left: Expression, right: Expression) => binary('+', left, right, timeType),
    number: (operator: BinaryOperator, left: Expression, right: Expression) =>
      binary(operator, left, right, NUMBER),
    choose: (condition: Expression, then: Expression, other: Expression): Expression => ({
      kind: 'conditional',
      condition,
      then,
      else: other,
      type: other.type,
      source,
    }),
    /** 1 - exp(-period / time constant) */
    weight: (period: Expression, timeConstant: Expression): Expression => {
      const share: Expression = {
        kind: 'unary',
        operator: 'negate',
        operand: binary('/', period, timeConstant, NUMBER),
        type: NUMBER,
        source,
      };
      const grown: Expression = {
        kind: 'call',
        function: 'expm1',
        arguments: [share],
        type: NUMBER,
        source,
      };
      return { kind: 'unary', operator: 'negate', operand: grown, type: NUMBER, source };
    },
  };
}
