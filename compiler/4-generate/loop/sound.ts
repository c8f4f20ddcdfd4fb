/**
 * Values that cannot fail to be numbers: of choices, counts and times where those before were numbers, of arithmetic where what goes into it is of
 * a size that things have. A tick that sets only such values has nothing to look at afterwards.
 */
import { loads } from '../../ir/expressions.ts';
import type { FlatExpression } from '../../ir/flat-expression.ts';
import type { FlatHandler, FlatSystem } from '../../ir/flat-system.ts';
import { carriesOutEvents, isTicking, ticksInColumns } from './eligible.ts';
import { tickedAlone } from './kept.ts';

/** What goes into arithmetic is to be less than that, 2^100, of whatever unit. */
export const TAME = 2 ** 100;
/** What comes of it must be less than this. */
const LARGEST = 1e290;
/** A constant up to here may be added to any number: half of the distance of the largest ones is more. */
const ADDED = 1e200;
/** No look further ahead is worth it. */
const FURTHEST = 64;
/** Below so many instances a second loop is not worth its code. */
const FEWEST = 32;

export interface Soundness {
  /** Variables that the tick sets, each of whose new values is a number where all of these are. */
  sound: ReadonlySet<number>;
  /** The others that it sets: numbers where these were tame, and what is read besides. */
  tamed: readonly number[];
  /** What is read for them besides. */
  read: readonly number[];
  /** For how many ticks, one after the other, what comes of it is a number, where all was tame before the first. */
  ticks: number;
}

/** By position among handlers; for an `every` whose values cannot fail while what is said of them holds. */
export function soundTicks(system: FlatSystem): ReadonlyMap<number, Soundness> {
  const found = new Map<number, Soundness>();
  if (
    !system.handlers.some(isTicking) ||
    !carriesOutEvents(system) ||
    !ticksInColumns(system) ||
    !endsWithTicks(system)
  )
    return found;
  system.handlers.forEach((handler, id) => {
    const instances = handler.loops.reduce((product, { from, to }) => product * (to - from), 1);
    const soundness = isTicking(handler) && instances >= FEWEST ? soundnessOf(system, handler) : undefined;
    if (soundness !== undefined) found.set(id, soundness);
  });
  return found;
}

function soundnessOf(system: FlatSystem, { actions }: FlatHandler): Soundness | undefined {
  const set = new Set(actions.map(({ target }) => target.variable));
  // What something besides ticks may set could be no number.
  if ([...set].some((variable) => system.variables[variable]!.role !== 'discrete')) return undefined;
  const sound = new Set(set);
  const isTamed = ({ target }: FlatHandler['actions'][number]): boolean => !sound.has(target.variable);
  for (let before = -1; before !== sound.size;) {
    before = sound.size;
    for (const { target, value } of actions) if (!isSound(value, sound)) sound.delete(target.variable);
    // Of a size that things have is more than being a number.
    for (const { value } of actions.filter(isTamed))
      for (const variable of summands(value)) sound.delete(variable);
  }
  const tamed = actions.filter(isTamed);
  const ticks = ticksUntilTooLarge(tamed);
  if (ticks === 0) return undefined;
  const read = new Set(
    tamed.flatMap(({ value }) => summands(value)).filter((variable) => !set.has(variable)),
  );
  return { sound, tamed: tamed.map(({ target }) => target.variable), read: [...read], ticks };
}

/** Bounds of one tick are what the next one starts from: roundings keep the order of numbers, so that what is larger stays it. */
function ticksUntilTooLarge(tamed: FlatHandler['actions']): number {
  let bounds = new Map<number, number>();
  for (let ticks = 0; ticks < FURTHEST; ticks += 1) {
    const next = new Map(tamed.map(({ target, value }) => [target.variable, largest(value, bounds)]));
    if ([...next.values()].some((bound) => bound > LARGEST)) return ticks;
    bounds = next;
  }
  return FURTHEST;
}

function isSound(expression: FlatExpression, sound: ReadonlySet<number>): boolean {
  switch (expression.kind) {
    case 'number':
      return Number.isFinite(expression.value);
    case 'time':
    case 'position':
      return true;
    case 'load':
      return sound.has(expression.variable);
    case 'unary':
      return expression.operator === 'not' || isSound(expression.operand, sound);
    case 'conditional':
      return isSound(expression.then, sound) && isSound(expression.else, sound);
    case 'binary': {
      const { operator, left, right } = expression;
      if (isComparison(operator)) return true;
      if (operator !== '+' && operator !== '-') return false;
      return (isAdded(left) || isAdded(right)) && isSound(left, sound) && isSound(right, sound);
    }
    default:
      return false;
  }
}

const isAdded = (expression: FlatExpression): boolean =>
  expression.kind === 'number' && Math.abs(expression.value) <= ADDED;

const isComparison = (operator: string): boolean =>
  ['<', '<=', '>', '>=', '==', '!=', 'and', 'or'].includes(operator);

/** Bounds of variables that differ from what is tame. */
type Bounds = ReadonlyMap<number, number>;

/** How large a value can be where all that goes into it is tame, or within its bounds. */
function largest(expression: FlatExpression, bounds: Bounds): number {
  const found = bound(expression, bounds);
  return found <= LARGEST ? found : Infinity;
}

function bound(expression: FlatExpression, bounds: Bounds): number {
  switch (expression.kind) {
    case 'number':
      return Math.abs(expression.value);
    case 'time':
    case 'position':
      return TAME;
    case 'load':
      return bounds.get(expression.variable) ?? TAME;
    case 'unary':
      return expression.operator === 'not' ? 1 : largest(expression.operand, bounds);
    case 'conditional':
      return Math.max(largest(expression.then, bounds), largest(expression.else, bounds));
    case 'binary': {
      if (isComparison(expression.operator)) return 1;
      const [left, right] = [largest(expression.left, bounds), largest(expression.right, bounds)];
      if (expression.operator === '+' || expression.operator === '-') return left + right;
      return expression.operator === '*' ? left * right : Infinity;
    }
    case 'call':
      return ['min', 'max', 'abs'].includes(expression.function)
        ? Math.max(...expression.arguments.map((one) => largest(one, bounds)))
        : Infinity;
    default:
      return Infinity;
  }
}

/** Variables whose size counts, and not only what they compare to. */
function summands(expression: FlatExpression): number[] {
  switch (expression.kind) {
    case 'load':
      return [expression.variable];
    case 'unary':
      return expression.operator === 'not' ? [] : summands(expression.operand);
    case 'conditional':
      return [...summands(expression.then), ...summands(expression.else)];
    case 'binary':
      return isComparison(expression.operator)
        ? []
        : [...summands(expression.left), ...summands(expression.right)];
    case 'call':
      return expression.arguments.flatMap(summands);
    default:
      return [];
  }
}

/**
 * Whether nothing can go wrong once all that ticks set are numbers, and nothing is to be computed then: no condition waits for it, no
 * equation reads it.
 */
function endsWithTicks(system: FlatSystem): boolean {
  const alone = tickedAlone(system);
  const ticking = system.handlers.filter(isTicking);
  const set = new Set(ticking.flatMap(({ actions }) => actions.map(({ target }) => target.variable)));
  return (
    system.handlers.every(({ condition }) => condition === undefined) &&
    [...set].every((variable) => alone.has(variable)) &&
    !readByEquations(system, set)
  );
}

/** Whether equations are to be evaluated again where one of these variables has changed. */
export const readByEquations = (system: FlatSystem, variables: ReadonlySet<number>): boolean =>
  variables.size > 0 &&
  [...system.dynamics, ...system.outputs].some(
    (block) => block.kind !== 'assign' || loads(block.value).some(({ load }) => variables.has(load.variable)),
  );
