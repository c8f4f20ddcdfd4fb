/**
 * Two requirements → whether the one after promises more, less or the same. Only what can be told from how they are written: the same
 * things compared with another number, a part more or less in an `and` or `or`, a longer or shorter window.
 */
import type { Chance } from '../runtime/contract/studies.ts';
import type { Formula } from '../runtime/contract/formula.ts';
import type { CheckedModel, Requirement, Test } from '../compiler/model/checked-model.ts';
import type { BinaryExpression, Expression } from '../compiler/model/expression.ts';
import { canonical, plainNames } from './canonical.ts';
import type { Names } from './canonical.ts';
import { renamedNames } from './renames.ts';
import type { Renames } from './renames.ts';

/** Of the one after, against the one before. */
export type Strength = 'same' | 'stronger' | 'weaker';
export type Promise = Requirement | Chance<Requirement>;

/** In which asset names are looked up, and how those of the version before are called in the version after. */
export interface Reading {
  owners: { old: string; now: string };
  names: { old: Names; now: Names };
}

/** Nothing where it cannot be told. */
export function strengthOf(old: Promise, now: Promise, reading: Reading): Strength | undefined {
  if (isSame(old, now, reading)) return 'same';
  if ('bound' in old || 'bound' in now)
    return 'bound' in old && 'bound' in now ? ofChance(old, now, reading) : undefined;
  const [a, b] = [ofWhole(old), ofWhole(now)];
  if (a === undefined || b === undefined) return ofResponse(old, now, reading);
  return ofFormula(a, b, reading);
}

/** Over the whole run: a formula that is judged at its start. */
function ofWhole(requirement: Requirement): Formula<Expression> | undefined {
  const operand: Formula<Expression> = requirement.formula ?? { kind: 'atom', atom: requirement.condition };
  if (requirement.kind === 'response') return undefined;
  if (requirement.kind === 'expect')
    // `always` at one instant: the same as what holds then. The end of the run is later than all.
    return { kind: 'always', from: requirement.at ?? Infinity, to: requirement.at ?? Infinity, operand };
  const { after: from, within: to } = requirement;
  const window = { from, ...(to === undefined ? {} : { to }) };
  return requirement.kind === 'never'
    ? { kind: 'always', ...window, operand: { kind: 'not', operand } }
    : { kind: requirement.kind, ...window, operand };
}

function ofResponse(old: Requirement, now: Requirement, reading: Reading): Strength | undefined {
  if (old.kind !== 'response' || now.kind !== 'response') return undefined;
  const condition = (of: Requirement): Formula<Expression> =>
    of.formula ?? { kind: 'atom', atom: of.condition };
  return together(
    // Triggered by more, it promises more.
    turned(
      isSame(old.trigger, now.trigger, reading) ? 'same' : ofCondition(old.trigger, now.trigger, reading),
    ),
    ofFormula(condition(old), condition(now), reading),
    less(change(old.within, now.within)),
  );
}

function ofChance(
  old: Chance<Requirement>,
  now: Chance<Requirement>,
  reading: Reading,
): Strength | undefined {
  if (old.operator !== now.operator) return undefined;
  const of = strengthOf(old.of, now.of, reading);
  return together(
    old.operator === '<' ? turned(of) : of,
    old.operator === '<' ? less(change(old.bound, now.bound)) : less(change(now.bound, old.bound)),
    less(change(now.confidence, old.confidence)),
  );
}

type Operator = Formula<Expression>;
const AHEAD = new Set(['always', 'historically']);
const SOME = new Set(['eventually', 'once']);

function ofFormula(before: Operator, after: Operator, reading: Reading): Strength | undefined {
  const [old, now] = [opened(before), opened(after)];
  if (old.kind === 'atom' && now.kind === 'atom') return ofCondition(old.atom, now.atom, reading);
  if (old.kind === 'not' && now.kind === 'not') return turned(ofFormula(old.operand, now.operand, reading));
  for (const kind of ['and', 'or'] as const)
    if (old.kind === kind || now.kind === kind)
      return ofParts(kind, partsOf(old, kind), partsOf(now, kind), (a, b) => ofFormula(a, b, reading));
  if ('from' in old && 'from' in now) {
    const [until, later] = [old.to ?? Infinity, now.to ?? Infinity];
    const longer = together(less(change(old.from, now.from)), less(change(later, until)));
    if ('left' in old && 'left' in now)
      return old.kind !== now.kind
        ? undefined
        : together(
            ofFormula(old.left, now.left, reading),
            ofFormula(old.right, now.right, reading),
            turned(longer),
          );
    if ('left' in old || 'left' in now) return undefined;
    const inner = ofFormula(old.operand, now.operand, reading);
    if (old.kind === now.kind) return together(inner, AHEAD.has(now.kind) ? longer : turned(longer));
    // What is always so is so at some time, too; of the same window, which is not empty.
    const isOneWindow = longer === 'same' && inner === 'same' && isPair(old.kind, now.kind);
    return isOneWindow ? (AHEAD.has(now.kind) ? 'stronger' : 'weaker') : undefined;
  }
  return undefined;
}

/** A `not` of a condition is one of the formula, as `never` is. */
const opened = (formula: Operator): Operator =>
  formula.kind === 'atom' && formula.atom.kind === 'unary' && formula.atom.operator === 'not'
    ? { kind: 'not', operand: { kind: 'atom', atom: formula.atom.operand } }
    : formula;

const isPair = (a: string, b: string): boolean =>
  [a, b].some((kind) => AHEAD.has(kind)) &&
  [a, b].some((kind) => SOME.has(kind)) &&
  [a, b].every(
    (kind) => (kind === 'always' || kind === 'eventually') === (a === 'always' || a === 'eventually'),
  );

const partsOf = (formula: Operator, kind: 'and' | 'or'): Operator[] =>
  formula.kind === kind
    ? [...partsOf(formula.left, kind), ...partsOf(formula.right, kind)]
    : formula.kind === 'atom'
      ? operandsOf(formula.atom, kind).map((atom) => ({ kind: 'atom', atom }))
      : [formula];

const operandsOf = (condition: Expression, operator: 'and' | 'or'): Expression[] =>
  condition.kind === 'binary' && condition.operator === operator
    ? [...operandsOf(condition.left, operator), ...operandsOf(condition.right, operator)]
    : [condition];

/** Each part of one goes with one of the other; one more of them makes an `and` stronger and an `or` weaker. */
function ofParts<Part>(
  kind: 'and' | 'or',
  old: readonly Part[],
  now: readonly Part[],
  compare: (a: Part, b: Part) => Strength | undefined,
): Strength | undefined {
  const left = [...now];
  const gone: Part[] = [];
  const found: Strength[] = [];
  const pair = (part: Part, wanted: (strength: Strength | undefined) => boolean): boolean => {
    const at = left.findIndex((other) => wanted(compare(part, other)));
    if (at < 0) return false;
    found.push(compare(part, left.splice(at, 1)[0]!)!);
    return true;
  };
  const rest = old.filter((part) => !pair(part, (strength) => strength === 'same'));
  for (const part of rest) if (!pair(part, (strength) => strength !== undefined)) gone.push(part);
  const [more, fewer]: Strength[] = kind === 'and' ? ['stronger', 'weaker'] : ['weaker', 'stronger'];
  return together(...found, ...left.map(() => more!), ...gone.map(() => fewer!));
}

/** Of conditions: the stronger one is true more seldom. */
function ofCondition(old: Expression, now: Expression, reading: Reading): Strength | undefined {
  if (isSame(old, now, reading)) return 'same';
  for (const operator of ['and', 'or'] as const)
    if ([old, now].some((each) => each.kind === 'binary' && each.operator === operator))
      return ofParts(operator, operandsOf(old, operator), operandsOf(now, operator), (a, b) =>
        ofCondition(a, b, reading),
      );
  if (old.kind === 'unary' && now.kind === 'unary' && old.operator === 'not' && now.operator === 'not')
    return turned(ofCondition(old.operand, now.operand, reading));
  if (old.kind === 'reduction' && now.kind === 'reduction')
    return old.operator === now.operator && (now.operator === 'any' || now.operator === 'all')
      ? ofCondition(old.body, now.body, reading)
      : undefined;
  const [a, b] = [below(old), below(now)];
  if (a === undefined || b === undefined) return undefined;
  return together(
    less(rise(a.high, b.high, reading)),
    less(turn(rise(a.low, b.low, reading))),
    a.strict === b.strict ? 'same' : b.strict ? 'stronger' : 'weaker',
  );
}

/** A comparison as `low < high`. */
function below(each: Expression): { low: Expression; high: Expression; strict: boolean } | undefined {
  if (each.kind !== 'binary') return undefined;
  const { operator, left, right } = each as BinaryExpression;
  if (operator === '<' || operator === '<=') return { low: left, high: right, strict: operator === '<' };
  if (operator === '>' || operator === '>=') return { low: right, high: left, strict: operator === '>' };
  return undefined;
}

/** By how much the value after is more than the value before, whatever the variables are: its sign counts. NaN where it cannot be told. */
function rise(old: Expression, now: Expression, reading: Reading): number {
  if (isSame(old, now, reading)) return 0;
  if (old.kind === 'number' && now.kind === 'number') return now.value - old.value;
  if (old.kind === 'unary' && now.kind === 'unary' && old.operator === 'negate' && now.operator === 'negate')
    return turn(rise(old.operand, now.operand, reading));
  const [a, b] = [termsOf(old), termsOf(now)];
  if (a.length + b.length < 3) return NaN;
  // What both have drops out; of the rest, numbers can be told.
  let sum = 0;
  const left = [...b];
  const rest = a.filter(({ term, sign }) => {
    const at = left.findIndex((other) => other.sign === sign && isSame(term, other.term, reading));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  for (const [terms, side] of [
    [rest, -1],
    [left, 1],
  ] as const)
    for (const { term, sign } of terms) {
      if (term.kind !== 'number') return NaN;
      sum += side * sign * term.value;
    }
  return sum;
}

const termsOf = (each: Expression, sign = 1): { term: Expression; sign: number }[] =>
  each.kind === 'binary' && (each.operator === '+' || each.operator === '-')
    ? [...termsOf(each.left, sign), ...termsOf(each.right, each.operator === '-' ? -sign : sign)]
    : [{ term: each, sign }];

/** Two times without end are the same. */
const change = (old: number, now: number): number => (old === now ? 0 : now - old);

const turn = (value: number): number => (value === 0 ? 0 : -value);

/** Less is stronger. */
const less = (rises: number): Strength | undefined =>
  Number.isNaN(rises) ? undefined : rises === 0 ? 'same' : rises < 0 ? 'stronger' : 'weaker';

const turned = (strength: Strength | undefined): Strength | undefined =>
  strength === 'stronger' ? 'weaker' : strength === 'weaker' ? 'stronger' : strength;

function together(...all: readonly (Strength | undefined)[]): Strength | undefined {
  const said = new Set(all.filter((each) => each !== 'same'));
  return said.size === 0 ? 'same' : said.size === 1 ? [...said][0] : undefined;
}

const isSame = (old: unknown, now: unknown, { owners, names }: Reading): boolean =>
  canonical(old, owners.old, names.old) === canonical(now, owners.now, names.now);

/** What a requirement of the version before has become. */
export interface Promised {
  /** Names of the version after. */
  scenario: string;
  test: string;
  old: string;
  now: string;
  /** Nothing where neither is known to follow from the other. */
  strength: Strength | undefined;
}

/** Requirements that are written otherwise: in each test, those that are left over on both sides, as far as they belong together. */
export function promisesBetween(base: CheckedModel, head: CheckedModel, renames: Renames): Promised[] {
  const names = { old: renamedNames(base, renames), now: plainNames(head) };
  const ownerOf = ({ scenarios }: CheckedModel, name: string): string =>
    scenarios.find((each) => each.name === name)?.asset ?? '';
  const all = ({ requirements, chances }: Test): Promise[] => [...requirements, ...chances];
  return base.tests.flatMap((before): Promised[] => {
    const [title, scenario] = [
      renames.tests.get(before.name) ?? before.name,
      renames.declarations.get(before.scenario) ?? before.scenario,
    ];
    const after = head.tests.find((each) => each.name === title && each.scenario === scenario);
    if (after === undefined) return [];
    const reading = {
      owners: { old: ownerOf(base, before.scenario), now: ownerOf(head, scenario) },
      names,
    };
    const left = all(after);
    const found: Promised[] = [];
    const pair = (old: Promise, accepts: (strength: Strength | undefined) => boolean): boolean => {
      const at = left.findIndex((each) => accepts(strengthOf(old, each, reading)));
      if (at < 0) return false;
      const [now] = left.splice(at, 1);
      found.push({
        scenario,
        test: title,
        old: old.text,
        now: now!.text,
        strength: strengthOf(old, now!, reading),
      });
      return true;
    };
    const others = all(before).filter((old) => !pair(old, (strength) => strength === 'same'));
    const alone = others.filter((old) => !pair(old, (strength) => strength !== undefined));
    // One that is gone and one that is new: it was replaced.
    if (alone.length === 1 && left.length === 1) pair(alone[0]!, () => true);
    return found;
  });
}
