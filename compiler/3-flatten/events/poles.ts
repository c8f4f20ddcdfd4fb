/**
 * Where a rate may be divided by zero. A step that passes such a place sees no zero: its ends lie on both sides, and what it computes is as wrong as it looks
 * fine. So divisors are followed from step to step, and one that has gone through zero while what it divides has not says that a pole was passed.
 * Only what makes a rate infinite counts: neither what a bounded function hides (`atan(1 / x)`, `min(1 / x, 10)`) nor a root of a divisor, which a solution passes.
 */
import type { Block, FlatPole, FlatSystem, VariableId } from '../../ir/flat-system.ts';
import type { FlatExpression, FlatLoop, FlatTarget } from '../../ir/flat-expression.ts';
import type { SourceRange } from '../../model/source.ts';
import { equal, loopsIn, not, number, some, visit } from '../../ir/expressions.ts';
import { substituteLocal, wrap } from '../../ir/lets.ts';
import type { Let } from '../../ir/lets.ts';
import { changes, moving } from './crossings.ts';
import { expressionText } from '../print.ts';
import { call, choose, divide, multiply, subtract } from '../algebra/simplify.ts';

/** Where a value stands whose size the rate follows. */
interface Place {
  /** The equation's own, and those of sums. */
  loops: readonly FlatLoop[];
  lets: readonly Let[];
  /** Branches that it stands in: true where it counts. */
  branches: readonly FlatExpression[];
  /** What it is multiplied by, or divided: only their signs matter. */
  factors: readonly FlatExpression[];
  of: FlatTarget;
  source: SourceRange;
}

/** What takes more to compute is not followed. */
const MOST_NODES = 300;

/** In so many branches is what has a name followed. */
const MOST_BRANCHES = 8;

/** With the values by name that it needs of those around it; undefined where that is too much. */
function bound(lets: readonly Let[], expression: FlatExpression): FlatExpression | undefined {
  let nodes = 0;
  const wanted = new Set<string>();
  const look = (one: FlatExpression): void =>
    visit(one, (node, _, inner) => {
      nodes += 1;
      if (node.kind === 'local' && !inner.some(({ name }) => name === node.name)) wanted.add(node.name);
    });
  look(expression);
  const needed: Let[] = [];
  for (let at = lets.length - 1; at >= 0 && nodes <= MOST_NODES; at -= 1)
    if (wanted.has(lets[at]!.name)) {
      needed.unshift(lets[at]!);
      look(lets[at]!.value);
    }
  return nodes > MOST_NODES ? undefined : wrap(needed, expression);
}

/** `running`: all equations. */
export function polesOf(system: FlatSystem, running: readonly Block[]): FlatPole[] {
  let known: ReadonlySet<VariableId> | undefined;
  const poles = new Map<string, FlatPole>();
  const found = (divisor: FlatExpression, place: Place, said = divisor): void => {
    const { loops, lets, branches, factors, of, source } = place;
    const dividend = signOf(factors);
    if (dividend === 0) return;
    if (isOneSided(divisor)) return;
    const reads = bound(lets, divisor);
    known ??= moving(system, running);
    if (reads === undefined || !changes(reads, known)) return;
    const side = call('sign', divisor);
    const signed =
      typeof dividend === 'number'
        ? side
        : multiply(side, choose(greater(dividend), number(1), choose(less(dividend), number(2), number(3))));
    const value = bound(
      lets,
      branches.reduceRight((inner, branch) => choose(branch, inner, number(0)), signed),
    );
    if (value === undefined) return;
    const used = loopsIn(value);
    for (const one of of.index) if (typeof one !== 'number') used.add(one.loop);
    const own = loops.filter(({ variable }) => used.has(variable));
    const key = JSON.stringify([own, value]);
    const other = poles.get(key);
    if (other !== undefined) {
      // Terms of one sum that are infinite may be none together.
      if (equal(other.of, of)) other.holes = true;
      return;
    }
    const mayBeZero = (factor: FlatExpression): boolean => {
      const own = bound(lets, factor);
      return own !== undefined && changes(own, known!);
    };
    const holes = factors.some(mayBeZero);
    poles.set(key, {
      loops: own,
      value,
      divisor: expressionText(system, said === divisor ? reads : (bound(lets, said) ?? said)),
      ...(holes ? { holes } : {}),
      of,
      source,
    });
  };

  const reaching = new Set<VariableId>();
  system.variables.forEach(({ role }, id) => {
    if (role === 'derivative') reaching.add(id);
  });
  const search = new Search(found, ({ variable }) => {
    if (system.variables[variable]!.role === 'algebraic') reaching.add(variable);
  });
  // What an equation reads is computed before it.
  for (const block of system.dynamics.toReversed()) {
    const targets = block.kind === 'assign' ? [block.target] : block.unknowns;
    const of = targets.find(({ variable }) => reaching.has(variable));
    if (of === undefined) continue;
    const values = block.kind === 'assign' ? [block.value] : block.residuals;
    values.forEach((value, row) =>
      search.walk(value, {
        loops: block.loops,
        lets: [],
        branches: [],
        factors: [],
        of: block.kind === 'assign' ? block.target : of,
        source: block.kind === 'assign' ? block.source : block.sources[row]!,
      }),
    );
  }
  return [...poles.values()];
}

/** Follows a rate to what it is divided by. */
class Search {
  private readonly found: (divisor: FlatExpression, place: Place, said?: FlatExpression) => void;
  private readonly reached: (target: FlatTarget) => void;
  private readonly followed = new Map<FlatExpression, number>();
  private readonly split = new Set<FlatExpression>();

  constructor(found: Search['found'], reached: Search['reached']) {
    this.found = found;
    this.reached = reached;
  }

  /** An infinite value there makes the rate infinite. */
  walk(node: FlatExpression, place: Place): void {
    if (isLimited(node, place) || this.within(node, place, 'walk')) return;
    switch (node.kind) {
      case 'load':
        this.reached(node);
        return;
      case 'local': {
        const value = this.valueOf(node.name, place);
        if (value) this.walk(value, place);
        return;
      }
      case 'unary':
        if (node.operator === 'negate') this.walk(node.operand, place);
        return;
      case 'reduction':
        if (node.operator === 'sum')
          this.walk(node.body, { ...place, loops: [...place.loops, ...node.loops] });
        return;
      case 'call':
        if (node.function === 'tan') {
          const [angle] = node.arguments as [FlatExpression];
          this.divided(call('cos', angle), timesFactor(place, call('sin', angle)));
        }
        if (node.function === 'gamma') {
          const [of] = node.arguments as [FlatExpression];
          this.found(gammaDivides(of), place, divide(number(1), node));
        }
        return;
      case 'binary':
        this.binary(node, place);
        return;
      default:
    }
  }

  /** What is as large as a part of it, and as small: goes on with that. Returns whether the node was such. */
  private within(node: FlatExpression, place: Place, go: 'walk' | 'divided'): boolean {
    switch (node.kind) {
      case 'let': {
        const { body, lets } = named(node, place);
        this[go](body, { ...place, lets });
        return true;
      }
      case 'conditional': {
        const { condition } = node;
        this[go](node.then, { ...place, branches: [...place.branches, condition] });
        this[go](node.else, { ...place, branches: [...place.branches, not(condition)] });
        return true;
      }
      case 'call':
        if (node.function !== 'abs') return false;
        this[go](node.arguments[0]!, place);
        return true;
      default:
        return false;
    }
  }

  private binary(node: FlatExpression & { kind: 'binary' }, place: Place): void {
    const { operator, left, right } = node;
    const times = (factor: FlatExpression): Place => timesFactor(place, factor);
    switch (operator) {
      case '+':
      case '-':
        this.walk(left, place);
        this.walk(right, place);
        return;
      case '*':
        this.walk(left, times(right));
        this.walk(right, times(left));
        return;
      case '/':
        this.walk(left, times(right));
        this.divided(right, times(left));
        return;
      case '^':
        for (const inner of toPower(place, right, 1)) this.walk(left, inner);
        for (const inner of toPower(place, right, -1)) this.divided(left, inner);
        return;
      default:
    }
  }

  /** What has a name is followed once, but by branches where it stands in these alone, as far as that goes. */
  private valueOf(name: string, { lets, branches }: Place): FlatExpression | undefined {
    const value = lets.find((one) => one.name === name)?.value;
    if (value === undefined) return undefined;
    const times = this.followed.get(value) ?? 0;
    if (times >= MOST_BRANCHES) return undefined;
    this.followed.set(value, branches.length > 0 ? times + 1 : MOST_BRANCHES);
    return value;
  }

  /** Each factor of a divisor by itself, for the sign of a square does not show that it goes through zero. */
  private divided(divisor: FlatExpression, place: Place): void {
    if (this.within(divisor, place, 'divided')) return;
    const times = (factor: FlatExpression): Place => timesFactor(place, factor);
    switch (divisor.kind) {
      case 'unary':
        this.divided(divisor.operand, place);
        return;
      case 'local': {
        const value = place.lets.find(({ name }) => name === divisor.name)?.value;
        // A product has factors to be told apart.
        if (value && isProduct(value) && !this.split.has(value)) {
          this.split.add(value);
          this.divided(value, place);
        } else this.found(divisor, place);
        return;
      }
      case 'call':
        if (!JUMPS.has(divisor.function) && !ROOTS.has(divisor.function) && divisor.function !== 'gamma')
          this.found(divisor, place);
        return;
      case 'binary': {
        const { operator, left, right } = divisor;
        if (operator === '*' && equal(left, right)) this.divided(left, place);
        else if (operator === '*') {
          this.divided(left, times(right));
          this.divided(right, times(left));
        } else if (operator === '/') this.divided(left, times(right));
        else if (operator !== '^') this.found(divisor, place);
        else for (const inner of toPower(place, right, 1)) this.divided(left, inner);
        return;
      }
      default:
        this.found(divisor, place);
    }
  }
}

const timesFactor = (place: Place, factor: FlatExpression): Place => ({
  ...place,
  factors: [...place.factors, factor],
});

/**
 * Where an exponent is `least` or beyond, 1 or -1; nothing where it never is. Of other powers those below 1 have an integral over zero, and beyond zero only those
 * to a whole number have a value: what has none is told as such.
 */
function toPower(place: Place, exponent: FlatExpression, least: 1 | -1): Place[] {
  if (exponent.kind === 'number')
    return Number.isInteger(exponent.value) && exponent.value * least > 0 ? [place] : [];
  const operator = least === 1 ? '>=' : '<=';
  const branch: FlatExpression = { kind: 'binary', operator, left: exponent, right: number(least) };
  return [{ ...place, branches: [...place.branches, branch] }];
}

/**
 * What gamma(x) has in common with what is divided by something: gamma(x) = pi / (sin(pi * x) * gamma(1 - x)), whose other factor has no poles where x is below 1. It is
 * nowhere zero, so nothing divided by it has a pole.
 */
const gammaDivides = (of: FlatExpression): FlatExpression =>
  choose(less(subtract(of, number(1 / 2))), call('sin', multiply(number(Math.PI), of)), number(1));

/** The body of a let, whose name is one of its own among those around it. */
function named({ name, value, body }: Let, { lets }: Place): { body: FlatExpression; lets: readonly Let[] } {
  if (!lets.some((one) => one.name === name))
    return { body, lets: [...lets, { kind: 'let', name, value, body }] };
  const own = `${name} ${lets.length}`;
  const renamed = substituteLocal(body, name, { kind: 'local', name: own });
  return { body: renamed, lets: [...lets, { kind: 'let', name: own, value, body: renamed }] };
}

/** A branch is taken for as long as the value is small, or so that it is: `if q > 10 then 10 else q`. */
function isLimited(node: FlatExpression, { branches }: Place): boolean {
  if (node.kind !== 'load' && node.kind !== 'local' && node.kind !== 'binary') return false;
  return branches.some((branch) => some(branch, (one) => equal(one, node)));
}

const isProduct = (node: FlatExpression): boolean =>
  node.kind === 'binary' ? ['*', '/', '^'].includes(node.operator) : node.kind === 'unary';

/** They go from side to side without being zero; where, is located. */
const JUMPS: ReadonlySet<string> = new Set([
  'sign',
  'floor',
  'ceil',
  'round',
  'trunc',
  'most',
  'mod',
  'atan2',
]);
/** What is divided by them has an integral over zero, or no value beyond. */
const ROOTS: ReadonlySet<string> = new Set(['sqrt', 'cbrt', 'asin', 'acos']);

const compared = (operator: '>' | '<', left: FlatExpression): FlatExpression => ({
  kind: 'binary',
  operator,
  left,
  right: number(0),
});
const greater = (one: FlatExpression): FlatExpression => compared('>', one);
const less = (one: FlatExpression): FlatExpression => compared('<', one);

/** What decides the sign of a product; a number where that is always the same, 0 where it is nothing. */
function signOf(factors: readonly FlatExpression[]): FlatExpression | number {
  const open = factors.filter((factor) => sideOf(factor) === undefined);
  if (factors.some((factor) => factor.kind === 'number' && factor.value === 0)) return 0;
  if (open.length === 0) return 1;
  return open.map((one) => (open.length === 1 ? one : call('sign', one))).reduce(multiply);
}

/** Whether it is never on the other side of zero, whatever is read. */
const isOneSided = (one: FlatExpression): boolean => sideOf(one) !== undefined;

/** The only sign besides 0 that a value has, where that shows from how it is written: 1 or -1. */
function sideOf(one: FlatExpression): 1 | -1 | undefined {
  const opposite = (side: 1 | -1 | undefined): 1 | -1 | undefined =>
    side === undefined ? undefined : side === 1 ? -1 : 1;
  const together = (a: 1 | -1 | undefined, b: 1 | -1 | undefined): 1 | -1 | undefined =>
    a === b ? a : undefined;
  switch (one.kind) {
    case 'number':
      return one.value < 0 ? -1 : 1;
    case 'unary':
      return one.operator === 'negate' ? opposite(sideOf(one.operand)) : 1;
    case 'conditional':
      return together(sideOf(one.then), sideOf(one.else));
    case 'reduction':
      return one.operator === 'sum' || one.operator === 'product' ? sideOf(one.body) : undefined;
    case 'call': {
      if (POSITIVE.has(one.function)) return 1;
      if (one.function !== 'max' && one.function !== 'min') return undefined;
      const [strong, all] = one.function === 'max' ? [1, -1] : [-1, 1];
      const sides = one.arguments.map(sideOf);
      if (sides.includes(strong as 1 | -1)) return strong as 1 | -1;
      return sides.every((side) => side === all) ? (all as 1 | -1) : undefined;
    }
    case 'binary': {
      const { operator, left, right } = one;
      const [a, b] = [sideOf(left), sideOf(right)];
      if (operator === '+') return together(a, b);
      if (operator === '-') return together(a, opposite(b));
      if (operator === '^') {
        if (right.kind === 'number' && right.value % 2 === 0) return 1;
        return a === 1 ? 1 : undefined;
      }
      if (operator !== '*' && operator !== '/') return 1;
      if (operator === '*' && equal(left, right)) return 1;
      return a === undefined || b === undefined ? undefined : a === b ? 1 : -1;
    }
    default:
      return undefined;
  }
}

const POSITIVE: ReadonlySet<string> = new Set(['abs', 'sqrt', 'exp', 'cosh', 'hypot', 'acos']);
