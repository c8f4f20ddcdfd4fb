/**
 * Sorted blocks → functions that evaluate them. Neighbouring loops over the same range become one loop where no element
 * needs another element of it; within a loop, values just computed are read from locals.
 */
import { children, loads, substitute, substituteIndex } from '../ir/expressions.ts';
import type { Block, SolveBlock } from '../ir/flat-system.ts';
import type { FlatExpression, FlatLoop, FlatTarget } from '../ir/flat-expression.ts';
import { elementOffset, keyOf, load, number, place, Scope, store } from './expression.ts';
import type { Context } from './context.ts';
import { plainly } from './plain.ts';
import { RepeatedValues, textOf } from './repeated.ts';
import { comment, i32, run, set, StraightCode, when } from './wasm/index.ts';
import type { FunctionBuilder, Local, Statement } from './wasm/index.ts';

/** Blocks a function: V8 compiles a function at a time, and is quicker with several. */
const BLOCKS_PER_FUNCTION = 400;

export type Assign = Block & { kind: 'assign' };
export interface Fused {
  loops: FlatLoop[];
  assigns: Assign[];
}

export interface EvaluateOptions {
  /** Leave elements alone that are marked as given from outside. */
  unlessGiven?: boolean;
  /** What is done with a value in place of storing it; undefined: it is stored. */
  instead?: (scope: Scope, target: FlatTarget, value: Local<'f64'>) => Statement[] | undefined;
}

/** The same code within a function of the caller's, which says what is at hand; for systems whose code is one function's. */
export const evaluateInto = (
  context: Context,
  outer: Scope,
  blocks: readonly Block[],
  options: EvaluateOptions,
): Statement[] =>
  statements(context, outer.owner as unknown as FunctionBuilder, fuse(blocks), options, outer);

export function evaluate(
  context: Context,
  name: string,
  blocks: readonly Block[],
  options: EvaluateOptions = {},
): FunctionBuilder {
  const groups = fuse(blocks);
  const whole = context.module.function(name, {});
  const parts = inParts(groups);
  if (parts.length <= 1) {
    whole.body = statements(context, whole, groups, options);
    return whole;
  }
  for (const [n, part] of parts.entries()) {
    const chunk = context.module.function(`${name} ${n + 1}`, {});
    chunk.body = statements(context, chunk, part, options);
    whole.body.push(run(chunk));
  }
  return whole;
}

/** Each part is as many blocks as a function takes, or one group that is larger. */
function inParts(groups: readonly (Fused | SolveBlock)[]): (Fused | SolveBlock)[][] {
  const parts: (Fused | SolveBlock)[][] = [];
  let room = 0;
  for (const group of groups) {
    const size = 'kind' in group ? 1 : group.assigns.length;
    if (parts.length === 0 || size > room) {
      parts.push([]);
      room = BLOCKS_PER_FUNCTION;
    }
    parts.at(-1)!.push(group);
    room -= size;
  }
  return parts;
}

function statements(
  context: Context,
  owner: FunctionBuilder,
  groups: readonly (Fused | SolveBlock)[],
  options: EvaluateOptions,
  outer = new Scope(context, owner),
): Statement[] {
  const body: Statement[] = [];
  // What is done with values besides storing them is said in nodes.
  const straight = options.instead === undefined ? new StraightCode(owner) : undefined;
  const singles = groups.filter((group): group is Fused => !('kind' in group) && group.loops.length === 0);
  outer.repeated = repeatedIn(singles, options);
  for (const group of groups) {
    if ('kind' in group) {
      const scope = outer.inner(group.loops);
      const operands = group.loops.map((loop) => scope.counters.get(loop.variable)!);
      body.push(...scope.loop(group.loops, [run(context.solver(group), operands)]));
      // What was solved for is in memory only.
      for (const unknown of group.unknowns) {
        outer.known.delete(unknown);
        outer.repeated?.changed(unknown.variable);
      }
      continue;
    }
    if (group.loops.length === 0 && straight !== undefined) {
      for (const assign of group.assigns) {
        const text = context.text(assign.target);
        const flag = flagOf(context, outer, assign, options);
        const isRepeated = outer.repeated?.isIn(assign.value) === true;
        const plain = isRepeated ? undefined : plainly(outer, straight, assign, text, flag);
        if (plain !== undefined) {
          body.push(plain);
          outer.repeated?.changed(assign.target.variable);
        } else body.push(comment(text), ...assignment(context, outer, assign, options));
      }
      continue;
    }
    const scope = group.loops.length === 0 ? outer : outer.inner(group.loops);
    const { before, inside } = groupIn(context, scope, group, options);
    body.push(...before, ...scope.loop(group.loops, inside, true));
    if (group.loops.length > 0) forgetStored(outer, group);
  }
  outer.repeated = undefined;
  return body;
}

/** The byte that says whether a single element is given from outside, where that is asked. */
function flagOf(
  { plan }: Context,
  scope: Scope,
  { target }: Assign,
  { unlessGiven }: EvaluateOptions,
): number | undefined {
  if (unlessGiven !== true) return undefined;
  const first = plan.given[target.variable]!;
  if (target.index.length === 0) return first;
  return first + elementOffset(scope, target.variable, target.index).constant / 8;
}

/** The statements of a group before its loops and in them, where the scope is the one inside. */
export function groupIn(
  context: Context,
  scope: Scope,
  group: Fused,
  options: EvaluateOptions,
): { before: Statement[]; inside: Statement[] } {
  if (group.loops.length > 0) scope.repeated = repeatedIn([group], options);
  const before = group.loops.length > 0 ? hoist(context, scope, group) : [];
  const inside = group.loops.length > 0 ? readOnce(context, scope, group) : [];
  for (const assign of group.assigns) {
    inside.push(comment(context.text(assign.target)));
    inside.push(...assignment(context, scope, assign, options));
  }
  return { before, inside };
}

/** A loop wrote elements that a name with a constant index may stand for. */
function forgetStored(outer: Scope, group: Fused): void {
  for (const assign of group.assigns) {
    outer.known.forget(assign.target.variable);
    outer.repeated?.changed(assign.target.variable);
  }
}

/** Reads what does not change in a loop once, before it: V8 cannot, as it does not know what the loop's stores touch. */
function hoist(context: Context, scope: Scope, group: Fused): Statement[] {
  const written = new Set(group.assigns.map((assign) => assign.target.variable));
  const statements: Statement[] = [];
  for (const { load: target } of group.assigns.flatMap((assign) => loads(assign.value))) {
    const isInvariant = target.index.every((i) => typeof i === 'number') && !written.has(target.variable);
    if (!isInvariant || scope.known.has(target)) continue;
    const local = scope.owner.local('f64', context.text(target));
    statements.push(set(local, load(scope, target)));
    scope.known.set(target, local);
  }
  if (scope.repeated === undefined) return statements;
  const values = new Map<string, Local<'f64'>>();
  for (const one of group.assigns.flatMap(({ value }) => invariants(value, written))) {
    const text = textOf(one)!;
    let local = values.get(text);
    if (local === undefined) {
      local = scope.owner.local('f64', 'for all');
      statements.push(set(local, number(scope, one)));
      values.set(text, local);
    }
    scope.repeated.keep(one, local);
  }
  return statements;
}

/** The largest parts of a value that are the same for all elements, and always computed. */
function invariants(value: FlatExpression, written: ReadonlySet<number>): FlatExpression[] {
  const isOperation =
    value.kind === 'call' ||
    value.kind === 'lookup' ||
    (value.kind === 'unary' && value.operator === 'negate') ||
    (value.kind === 'binary' && ['+', '-', '*', '/', '^'].includes(value.operator));
  if (!isOperation) return [];
  return isSameForAll(value, written) ? [value] : children(value).flatMap((one) => invariants(one, written));
}

function isSameForAll(value: FlatExpression, written: ReadonlySet<number>): boolean {
  if (value.kind === 'load')
    return value.index.every((i) => typeof i === 'number') && !written.has(value.variable);
  if (value.kind === 'position' || textOf(value) === undefined) return false;
  return children(value).every((child) => isSameForAll(child, written));
}

/** What is computed several times in groups one after the other; values that may be given from outside are not always computed. */
const repeatedIn = (groups: readonly Fused[], { unlessGiven }: EvaluateOptions): RepeatedValues | undefined =>
  unlessGiven === true
    ? undefined
    : new RepeatedValues(groups.flatMap(({ assigns }) => assigns.map(({ value }) => value)));

/** Reads an element that several terms of a loop's body ask for once, before them. */
function readOnce(context: Context, scope: Scope, group: Fused): Statement[] {
  const written = new Set(group.assigns.map((assign) => assign.target.variable));
  const free = group.assigns.flatMap(({ value }) =>
    loads(value).filter(({ loops, load: { variable } }) => loops.length === 0 && !written.has(variable)),
  );
  const asked = new Map<string, { target: FlatTarget; times: number }>();
  for (const { load: target } of free) {
    const key = keyOf(target);
    asked.set(key, { target, times: (asked.get(key)?.times ?? 0) + 1 });
  }
  return [...asked.values()].flatMap(({ target, times }) => {
    if (times === 1 || scope.known.has(target)) return [];
    const local = scope.owner.local('f64', context.text(target));
    const read = set(local, load(scope, target));
    scope.known.set(target, local);
    return [read];
  });
}

function assignment(
  context: Context,
  scope: Scope,
  assign: Assign,
  { unlessGiven = false, instead }: EvaluateOptions,
): Statement[] {
  const value = number(scope, assign.value);
  if (unlessGiven) {
    const { dynamic, constant } = elementOffset(scope, assign.target.variable, assign.target.index);
    const first = context.plan.given[assign.target.variable]! + constant / 8;
    const flag = i32.load8(...place(dynamic === undefined ? undefined : i32.shrU(dynamic, 3), first));
    return [when(i32.eqz(flag), [store(scope, assign.target, value)])];
  }
  const local = scope.owner.local('f64', context.text(assign.target));
  const stored = instead?.(scope, assign.target, local) ?? [store(scope, assign.target, local)];
  scope.known.set(assign.target, local);
  scope.repeated?.changed(assign.target.variable);
  return [set(local, value), ...stored];
}

/** Groups blocks; the order is kept. */
export function fuse(blocks: readonly Block[]): (Fused | SolveBlock)[] {
  const groups: (Fused | SolveBlock)[] = [];
  let touched = new Touched();
  for (const block of blocks) {
    if (block.kind === 'solve') {
      groups.push(block);
      continue;
    }
    const last = groups.at(-1);
    const candidate =
      last !== undefined && !('kind' in last) && sameLoops(last, block)
        ? renamed(block, last.loops)
        : undefined;
    const joins =
      candidate !== undefined &&
      (candidate.loops.length === 0
        ? (last as Fused).assigns.length < BLOCKS_PER_FUNCTION
        : touched.hasRoomFor(candidate));
    if (joins) (last as Fused).assigns.push(candidate);
    else {
      groups.push({ loops: block.loops, assigns: [block] });
      touched = new Touched();
    }
    touched.add(joins ? candidate : block);
  }
  return groups;
}

function sameLoops(group: Fused, block: Assign): boolean {
  return (
    group.loops.length === block.loops.length &&
    group.loops.every((loop, n) => {
      const other = block.loops[n]!;
      return loop.from === other.from && loop.to === other.to && loop.descending === other.descending;
    })
  );
}

/** Which elements the loops of a group write and read, by variable: one element of each in a round, so that all may share the loop. */
class Touched {
  private readonly written = new Map<number, string>();
  /** Undefined where several elements are read. */
  private readonly read = new Map<number, string | undefined>();

  hasRoomFor({ target, value }: Assign): boolean {
    const { variable } = target;
    if (this.written.has(variable)) return false;
    if (this.read.has(variable) && this.read.get(variable) !== keyOf(target)) return false;
    return loads(value).every(({ load: one }) => {
      const own = this.written.get(one.variable);
      return own === undefined || own === keyOf(one);
    });
  }

  add({ loops, target, value }: Assign): void {
    if (loops.length === 0) return;
    this.written.set(target.variable, keyOf(target));
    for (const { load: one } of loads(value)) {
      const key = keyOf(one);
      const same = !this.read.has(one.variable) || this.read.get(one.variable) === key;
      this.read.set(one.variable, same ? key : undefined);
    }
  }
}

/** The block with its loop variables named as those of the group. */
function renamed(block: Assign, loops: readonly FlatLoop[]): Assign {
  if (block.loops.length === 0) return block;
  const names = new Map(
    block.loops.map(({ variable }, n) => [variable, { loop: loops[n]!.variable, offset: 0 }]),
  );
  if ([...names].every(([from, to]) => from === to.loop)) return block;
  const { variable, index } = block.target;
  return {
    ...block,
    loops: [...loops],
    target: { variable, index: index.map((one) => substituteIndex(one, names)) },
    value: substitute(block.value, names),
  };
}
