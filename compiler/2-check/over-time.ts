/** Functions that look over time: what they take and give. */
import { AstUtils, type AstNode } from 'langium';
import {
  isAssetDecl,
  isBinaryExpr,
  isForStatement,
  isFunctionCall,
  isNameRef,
  isParenExpr,
  isSensorDecl,
  isTestDecl,
  isUnaryExpr,
  type Expression,
  type ForStatement,
  type FunctionCall,
} from '../../grammar/generated/ast.ts';
import * as structure from '../diagnostics/structure.ts';
import * as temporal from '../diagnostics/temporal.ts';
import * as types from '../diagnostics/types.ts';
import { textOf, type Analysis } from './analysis.ts';
import { isConstant, numberValue } from './constants.ts';
import { joinAll, requireBoolean, requireNumber, requirePlain, TIME } from './infer/infer.ts';
import { requireFit } from './mismatch.ts';
import { target } from './members.ts';
import { featureOf, pathOf } from './paths.ts';
import { BOOLEAN, INTEGER, numberOf, UNKNOWN, type Type } from './type.ts';
import { derivative } from './units/index.ts';

type Clause = 'over' | 'within' | 'for';
type ArgumentKind = 'signal' | 'same' | 'difference' | 'plain' | 'time' | 'condition' | 'sensor';
type Gives = 'same' | 'difference' | 'rate' | 'condition' | 'time' | 'number';

export interface OverTime {
  name: string;
  arguments: readonly { name: string; is: ArgumentKind }[];
  /** Words that may stand before the window; none where there is no window. */
  clauses: readonly Clause[];
  /** The window may be left out. */
  open?: true;
  /** A window from one time to another. */
  between?: true;
  gives: Gives;
  /** Which way it looks: both stand in requirements, only `back` in models. */
  looks: 'back' | 'ahead';
  /** Looked at every so often. */
  sampled: boolean;
  doc: string;
}

const entry = (
  name: string,
  given: Readonly<Record<string, ArgumentKind>>,
  clauses: readonly Clause[],
  gives: Gives,
  doc: string,
  more: Partial<Pick<OverTime, 'looks' | 'open' | 'between' | 'sampled'>> = {},
): OverTime => ({
  name,
  arguments: Object.entries(given).map(([argument, is]) => ({ name: argument, is })),
  clauses,
  gives,
  doc,
  looks: 'back',
  sampled: clauses.includes('over'),
  ...more,
});

const over: readonly Clause[] = ['over'];
const within: readonly Clause[] = ['within'];

const LIST: readonly OverTime[] = [
  entry('mean', { x: 'signal' }, over, 'same', 'The mean of the last values: mean(x over 5 min).'),
  entry('deviation', { x: 'signal' }, over, 'difference', 'Their standard deviation.'),
  entry('min', { x: 'signal' }, over, 'same', 'The least of the last values: min(x over 5 min).'),
  entry('max', { x: 'signal' }, over, 'same', 'The greatest of the last values.'),
  entry('median', { x: 'signal' }, over, 'same', 'The value in the middle of the last ones.'),
  entry(
    'quantile',
    { x: 'signal', share: 'plain' },
    over,
    'same',
    'What that share of the last values lies below: quantile(x, 95 % over 1 h).',
  ),
  entry('slope', { x: 'signal' }, over, 'rate', 'The slope of the line of least squares through them.'),
  entry('rate', { x: 'signal' }, over, 'rate', 'The change over the window, by its length.'),
  entry(
    'ewma',
    { x: 'signal', timeConstant: 'time' },
    [],
    'same',
    'A mean that forgets by and by: exponentially weighted, with this time constant.',
    { sampled: true },
  ),
  entry(
    'cusum',
    { x: 'signal', target: 'same', slack: 'difference' },
    [],
    'difference',
    "How far values have added up away from target, either way, beyond slack each (Page's test).",
    { sampled: true },
  ),
  entry(
    'hysteresis',
    { x: 'signal', on: 'same', off: 'same' },
    [],
    'condition',
    'True from where x passes on until it passes off.',
  ),
  entry('age', { sensor: 'sensor' }, [], 'time', 'How long ago the sensor was sampled.'),
  entry(
    'once',
    { condition: 'condition' },
    within,
    'condition',
    'It was so at some time: once(c within 5 min).',
    {
      between: true,
    },
  ),
  entry(
    'historically',
    { condition: 'condition' },
    ['for', 'within'],
    'condition',
    'It has been so all the time: historically(c for 5 min).',
    { between: true },
  ),
  entry(
    'count',
    { condition: 'condition' },
    within,
    'number',
    'How often it became true: count(c within 1 h).',
  ),
  entry(
    'duration',
    { condition: 'condition' },
    within,
    'time',
    'How long it has been so in all: duration(c), or of the last hour duration(c within 1 h).',
    { open: true },
  ),
  entry('elapsed', { condition: 'condition' }, [], 'time', 'How long ago it became so; 0 while it is not.'),
  entry(
    'since',
    { condition: 'condition', start: 'condition' },
    within,
    'condition',
    'Start was true at some time, and condition ever since.',
    { open: true },
  ),
  entry(
    'always',
    { condition: 'condition' },
    ['for', 'within'],
    'condition',
    'It will be so all the time: always(c for 5 min).',
    { looks: 'ahead', between: true },
  ),
  entry(
    'eventually',
    { condition: 'condition' },
    within,
    'condition',
    'It will be so at some time: eventually(c within 5 min).',
    { looks: 'ahead', between: true },
  ),
  entry(
    'until',
    { condition: 'condition', end: 'condition' },
    within,
    'condition',
    'End will be true at some time, and condition up to then.',
    { looks: 'ahead', between: true },
  ),
];

export const OVER_TIME: ReadonlyMap<string, OverTime> = new Map(LIST.map((each) => [each.name, each]));

/** What looks over time in a call; undefined for `mean(x[*])` and all that does not. */
export function overTimeOf(call: FunctionCall): OverTime | undefined {
  const found = OVER_TIME.get(call.function);
  if (found === undefined || target(call.declared) !== undefined) return undefined;
  const shared = found.clauses.includes('over') || isReductionName(call.function);
  return shared && call.clause === undefined && call.period === undefined ? undefined : found;
}

export const isOverTime = (node: AstNode): node is FunctionCall =>
  isFunctionCall(node) && overTimeOf(node) !== undefined;

/** Whether a condition of a requirement has operators over time in it. */
export function hasOverTime(node: Expression | undefined): boolean {
  return node !== undefined && AstUtils.streamAst(node).some(isOverTime);
}

const timeType = (): Type => ({ ...numberOf({ dimension: TIME, kind: 'either' }), name: 'Time' });

function mustBePositive(time: Expression | undefined, place: string, analysis: Analysis): void {
  const value = numberValue(time, analysis);
  if (time !== undefined && value !== undefined && value <= 0)
    analysis.report(types.positiveExpected, { text: textOf(time), place }, time);
}

/** The type of a call that looks over time; undefined where it is none. */
export function inferOverTime(call: FunctionCall, analysis: Analysis): Type | undefined {
  const known = overTimeOf(call);
  if (known === undefined) {
    if (call.clause === undefined && call.period === undefined) {
      const over = OVER_TIME.get(call.function);
      // `median(x)`, which is nothing without a window.
      if (over === undefined || isReductionName(call.function) || target(call.declared) !== undefined)
        return undefined;
    } else {
      incomplete(call, 'does not look over time', 'Remove what stands behind its arguments.', analysis);
      return UNKNOWN;
    }
    incomplete(call, 'needs a window', `Write ${call.function}(… over 5 min).`, analysis);
    return UNKNOWN;
  }
  const given = call.arguments;
  if (given.length !== known.arguments.length) {
    const names = known.arguments.map((each) => each.name).join(', ');
    const expected = `${given.length === 1 ? 'one argument' : `${known.arguments.length} arguments`} (${names})`;
    analysis.report(structure.argumentCount, { name: known.name, expected, given: given.length }, call);
    return UNKNOWN;
  }
  if (!clauseFits(call, known, analysis)) return UNKNOWN;
  return typeOf(call, known, analysis);
}

const isReductionName = (name: string): boolean => ['mean', 'min', 'max', 'count'].includes(name);

function incomplete(call: FunctionCall, problem: string, help: string, analysis: Analysis): void {
  analysis.report(temporal.clauseWrong, { name: call.function, problem, help }, call);
}

function clauseFits(call: FunctionCall, known: OverTime, analysis: Analysis): boolean {
  const { clause, window, upTo, period } = call;
  const { clauses, name } = known;
  const example = name === 'since' || name === 'until' ? 'a, b' : clauses.includes('over') ? 'x' : 'c';
  const help = `Write ${name}(${example}${clauses.length > 0 ? ` ${clauses[0]} 5 min` : ''}).`;
  const fail = (problem: string, what = help): false => {
    incomplete(call, problem, what, analysis);
    return false;
  };
  if (clause !== undefined && !clauses.includes(clause))
    return fail(
      clauses.length === 0 ? 'has no window' : `takes its window after '${clauses[0]}', not '${clause}'`,
    );
  if (clause === undefined && clauses.length > 0 && known.open !== true) return fail('needs a window');
  if (upTo !== undefined && (known.between !== true || inModel(call)))
    return fail(
      'takes one length of time',
      inModel(call) ? 'From one time to another is for requirements.' : help,
    );
  if (period !== undefined && !known.sampled) return fail('is exact, and needs no period', 'Remove every ….');
  const times = [window, upTo, period].filter((each) => each !== undefined);
  if (!times.every((each) => requireFit(each, { text: 'A time', type: timeType() }, analysis))) return false;
  const fixedWindow = known.sampled || /^(number|time)$/.test(known.gives) || !inModel(call);
  const constant = [...(fixedWindow ? [window, upTo] : []), period];
  for (const each of constant) {
    if (each === undefined || isConstant(each, inModel(call) ? 'fixed' : 'const')) continue;
    const what = each === period ? 'The period of a look over time' : 'A window';
    analysis.report(temporal.windowNotConstant, { text: textOf(each), what }, each);
    return false;
  }
  if (upTo === undefined) mustBePositive(window, 'A window', analysis);
  mustBePositive(period, 'A period', analysis);
  const [from, to] = [numberValue(window, analysis), numberValue(upTo, analysis)];
  if (from !== undefined && to !== undefined && !(from >= 0 && to > from))
    return fail('looks from a later time to an earlier one', 'Write the earlier one first: within 2 s..5 s.');
  return true;
}

function typeOf(call: FunctionCall, known: OverTime, analysis: Analysis): Type {
  const given = call.arguments;
  const [first] = given;
  const of = (kind: ArgumentKind): Expression[] => given.filter((_, at) => known.arguments[at]!.is === kind);
  if (given.some((each) => analysis.typeOf(each).base === 'unknown')) return UNKNOWN;
  const conditions = of('condition').map((each) => requireBoolean(each, known.name, analysis));
  if (!conditions.every(Boolean)) return UNKNOWN;
  if (known.name === 'age') {
    const path = pathOf(first);
    const sensor = isSensorDecl(featureOf(path)) && path?.field === undefined;
    if (!sensor) analysis.report(temporal.sensorExpected, { text: textOf(first) }, first ?? call);
    return sensor ? numberOf({ dimension: TIME, kind: 'either' }) : UNKNOWN;
  }
  if (known.gives === 'condition' && known.name !== 'hysteresis') return BOOLEAN;
  if (known.gives === 'number') return INTEGER;
  if (known.gives === 'time') return timeType();
  const numbers = given.map((each) => requireNumber(each, known.name, analysis));
  const plain = of('plain').every((each) => requirePlain(each, known.name, analysis));
  const times = of('time').every((each) =>
    requireFit(each, { text: 'A time constant', type: timeType() }, analysis),
  );
  if (!numbers.every(Boolean) || !plain || !times) return UNKNOWN;
  const same = joinAll(call, [...of('signal'), ...of('same')], known.name, analysis);
  if (same.base === 'unknown') return UNKNOWN;
  const { dimension, kind } = same.quantity;
  const difference = numberOf({ dimension, kind: kind === 'absolute' ? 'difference' : kind }, same.unit);
  for (const each of of('difference'))
    if (!requireFit(each, { text: 'The slack', type: difference }, analysis)) return UNKNOWN;
  switch (known.gives) {
    case 'same':
      return { ...same, base: 'number' };
    case 'difference':
      return difference;
    case 'rate': {
      const rate = derivative(same.quantity, TIME);
      return rate.ok ? numberOf(rate.quantity) : UNKNOWN;
    }
    default:
      return BOOLEAN;
  }
}

/** Whether it belongs to an asset, and so to the running twin. */
export const inModel = (node: AstNode): boolean =>
  AstUtils.getContainerOfType(node, isAssetDecl) !== undefined;

/** In a requirement, operators stand in each other and in and, or, not, so that each part has a margin. */
function inTest(call: FunctionCall, { name, gives, looks }: OverTime, analysis: Analysis): void {
  if (gives !== 'condition' || name === 'hysteresis') {
    analysis.report(temporal.memoryOutside, { name, place: 'a test' }, call);
    return;
  }
  let node: AstNode = call;
  for (let parent = node.$container; parent !== undefined; node = parent, parent = parent.$container) {
    const combines =
      isParenExpr(parent) ||
      (isUnaryExpr(parent) && parent.operator === 'not') ||
      (isBinaryExpr(parent) && (parent.operator === 'and' || parent.operator === 'or')) ||
      (isOverTime(parent) && node.$containerProperty === 'arguments');
    if (combines) continue;
    const whole =
      node.$containerProperty === 'condition' && /^(Require|Response|Expect)Statement$/.test(parent.$type);
    if (!whole) break;
    if (parent.$type !== 'ExpectStatement' || looks === 'back') return;
    analysis.report(temporal.aheadOfEnd, { name }, call);
    return;
  }
  analysis.report(temporal.notInFormula, { name }, call);
}

export function overTimeMustHaveItsPlace(call: FunctionCall, analysis: Analysis): void {
  const known = overTimeOf(call);
  if (known === undefined) return;
  const { name } = known;
  if (!inModel(call)) {
    if (AstUtils.getContainerOfType(call, isTestDecl) !== undefined) inTest(call, known, analysis);
    else if (known.looks === 'ahead') analysis.report(temporal.looksAhead, { name }, call);
    else analysis.report(temporal.memoryOutside, { name, place: 'this place' }, call);
    return;
  }
  if (known.looks === 'ahead') {
    analysis.report(temporal.looksAhead, { name }, call);
    return;
  }
  // A memory for each turn of one or two loops is an array or a matrix, whose indexes count from 1.
  const loops = loopsOf(call);
  const low = loops.find(({ range }) => {
    const from = numberValue(range?.low, analysis);
    return from === undefined || from < 1;
  });
  const hinders = loops.length > 2 ? loops[0] : low;
  if (hinders !== undefined)
    analysis.report(temporal.inLoop, { name, variable: hinders.variable.name, deep: loops.length > 2 }, call);
}

/** Loops around a look over time whose variables it reads, the outermost first. */
export function loopsOf(call: FunctionCall): ForStatement[] {
  const found: ForStatement[] = [];
  for (let loop = AstUtils.getContainerOfType(call, isForStatement); loop !== undefined;) {
    const { variable } = loop;
    if (AstUtils.streamAst(call).some((node) => isNameRef(node) && node.target.ref === variable))
      found.unshift(loop);
    loop = AstUtils.getContainerOfType(loop.$container, isForStatement);
  }
  return found;
}
