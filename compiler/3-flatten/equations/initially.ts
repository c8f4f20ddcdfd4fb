import type { Block, SolveBlock, VariableId } from '../../ir/flat-system.ts';
import type { FlatLoop } from '../../ir/flat-expression.ts';
import type { SourceRange } from '../../model/source.ts';
import { report } from '../../diagnostics/diagnostic.ts';
import { initialTooWide, startOpen, tooManyConditions } from '../../diagnostics/initially.ts';
import { contains, elements, reach, subtractAll, whole } from '../box.ts';
import type { Box } from '../box.ts';
import { equal, loads, loopName, rangesOf, substitute } from '../../ir/expressions.ts';
import type { Load } from '../../ir/expressions.ts';
import { Expansion } from '../algebra/expand.ts';
import type { Equation } from '../algebra/expand.ts';
import { boxOf } from './families.ts';
import type { Group } from '../instances/instances.ts';
import { scopeOf, within } from '../expressions/scope.ts';
import type { Flattening } from '../flattening.ts';
import { elementName, plainName } from '../names.ts';
import { solveNearest } from '../causality/projection.ts';
import { keyOf, writeOut } from '../algebra/scalarise.ts';
import { subtract } from '../algebra/simplify.ts';
import { elementAt, equationElements } from '../expressions/vectors.ts';

/**
 * The start as a system of its own. States with `=` are given. Free are those with `guess`, and below `initially steady` all but those that a
 * condition of their own is about (`initially energy = 0`). Free states obey the conditions, and the
 * equations that tie states to each other; where these leave something open, the nearest to what they were is taken.
 */
export function initialSystem(
  flattening: Flattening,
  running: readonly Block[],
): { guesses: Block[]; initial: SolveBlock[] } {
  const guesses = flattening.groups.flatMap((group) => guessesOf(flattening, group));
  const free = freeStates(flattening);
  for (const id of free.keys()) flattening.startsFree.add(id);
  if (free.size === 0 && flattening.groups.every((group) => group.type.initial.length === 0))
    return { guesses, initial: [] };
  const conditions = conditionsOf(flattening, running);
  const isFree = (load: Load, loops: readonly FlatLoop[]) =>
    free.get(load.variable)?.some((box) => contains(box, reach(load.index, rangesOf(loops)))) ?? false;
  const isUnknown = (load: Load, loops: readonly FlatLoop[]) => {
    const { role } = flattening.variables[load.variable]!;
    if (role === 'algebraic' || role === 'derivative') return true;
    return (role === 'state' || role === 'discrete') && isFree(load, loops);
  };
  const ties = flattening.constraints.flatMap(({ loops, rows }) =>
    rows.map(({ family: { left, right, source } }) => ({ loops, residual: subtract(left, right), source })),
  );
  const initial = systems(flattening, running, conditions, ties, isUnknown);
  if (!flattening.diagnostics.some(({ severity }) => severity === 'error'))
    sayOpen(flattening, initial, free);
  return { guesses, initial };
}

interface Condition extends Equation {
  loops: FlatLoop[];
  isSplit?: boolean;
}

/** `let flow: VolumeFlow guess 3 m3/h`: where Newton's method begins. */
function guessesOf(flattening: Flattening, group: Group): Block[] {
  return group.type.variables.flatMap((declared) => {
    const variable = group.variables.get(declared.name);
    if (declared.role !== 'let' || !declared.start || variable === undefined) return [];
    const { dims } = flattening.variables[variable]!;
    const loops = dims.map((size, at) => ({ variable: loopName(at), from: 0, to: size }));
    const index = loops.map((loop) => ({ loop: loop.variable, offset: 0 }));
    const scope = { ...scopeOf(group), loops, used: { count: loops.length } };
    const value = elementAt(flattening, declared.start, scope, index.slice(group.dims.length));
    return [{ kind: 'assign' as const, loops, target: { variable, index }, value, source: declared.source }];
  });
}

/** States, and parameters with a guess. */
export function freeStates(flattening: Flattening): Map<VariableId, Box[]> {
  const free = new Map<VariableId, Box[]>();
  const add = (variable: VariableId, box: Box) => free.set(variable, [...(free.get(variable) ?? []), box]);
  for (const group of flattening.groups) {
    for (const declared of group.type.variables) {
      const id = group.variables.get(declared.name);
      const flat = id === undefined ? undefined : flattening.variables[id]!;
      const isParameter = flat?.role === 'discrete' && declared.role === 'param';
      if (id === undefined || (flat?.role !== 'state' && !isParameter)) continue;
      const below = !isParameter && steadyAbove(group);
      const given = (group.overrides.get(declared.name) ?? []).map((one) => boxOf(one, flat!.dims, group));
      if (below) add(id, whole(flat!.dims));
      else if (declared.start) for (const box of subtractAll(whole(flat!.dims), given)) add(id, box);
    }
  }
  return free;
}

function steadyAbove(group: Group): boolean {
  if (group.type.initial.some(({ equation }) => !equation)) return true;
  return group.parent ? steadyAbove(group.parent) : false;
}

/** Conditions that were written as equations; `stands`: the state that such a one is about by itself. */
function explicitOf(flattening: Flattening, group: Group): (Condition & { stands?: VariableId })[] {
  return group.type.initial.flatMap(({ equation, source }) => {
    const scope = equation && within(flattening, scopeOf(group), equation.loops);
    if (!equation || !scope) return [];
    return equationElements(flattening, equation, scope).map(({ loops, left, right }) => {
      const common = { loops, residual: subtract(left, right), source };
      if (left.kind !== 'load') return common;
      const { role, partner } = flattening.variables[left.variable]!;
      if (role === 'state') return { ...common, stands: left.variable };
      return role === 'derivative' ? { ...common, stands: partner! } : common;
    });
  });
}

function conditionsOf(flattening: Flattening, running: readonly Block[]): Condition[] {
  const explicit = flattening.groups.flatMap((group) => explicitOf(flattening, group));
  const standing = new Set(explicit.map(({ stands }) => stands));
  const steady = flattening.groups.filter(steadyAbove).flatMap((group) =>
    [...group.variables.values()].flatMap((id) => {
      const { role, partner } = flattening.variables[id]!;
      if (role !== 'state' || standing.has(id)) return [];
      // One for each block, so that each keeps its loop.
      return running.flatMap(({ loops, ...block }) =>
        (block.kind === 'solve' ? block.unknowns : [block.target])
          .filter(({ variable }) => variable === partner)
          .map((rate) => ({
            loops: loops.map(({ variable, from, to }) => ({ variable, from, to })),
            residual: { kind: 'load' as const, ...rate },
            source: steadySource(group),
          })),
      );
    }),
  );
  return [...explicit, ...steady];
}

function steadySource(group: Group): SourceRange {
  const own = group.type.initial.find(({ equation }) => !equation);
  return own?.source ?? steadySource(group.parent!);
}

/** How many equations may hang together. */
const INITIAL_LIMIT = 300;

type IsUnknown = (load: Load, loops: readonly FlatLoop[]) => boolean;

function systems(
  flattening: Flattening,
  running: readonly Block[],
  conditions: Condition[],
  ties: Condition[],
  isUnknown: IsUnknown,
): SolveBlock[] {
  const looped = expandedTo(flattening, running, conditions, ties, isUnknown);
  const keyByVariable = ({ variable }: Load) => `${variable}`;
  const byElement = ({ variable, index }: Load) => keyOf(variable, index);
  const elementwise = (some: Condition[], tied: Condition[]) => {
    const single = expandedTo(flattening, running, scalar(some), scalar(tied), isUnknown, true);
    return hangingTogether(single, isUnknown, byElement).map((rows) =>
      solved(flattening, [], rows, isUnknown),
    );
  };
  const tooWide = (rows: Condition[]) => {
    const count = rows.reduce((sum, row) => sum + instancesOf(row.loops), 0);
    if (count <= INITIAL_LIMIT) return false;
    flattening.diagnostics.push(report(initialTooWide, { count, limit: INITIAL_LIMIT }, rows[0]!.source));
    return true;
  };
  if (looped.some((row) => row.isSplit)) return tooWide(looped) ? [] : elementwise(conditions, ties);
  return hangingTogether(looped, isUnknown, keyByVariable).flatMap((part) => {
    const { loops } = part[0]!;
    const aligned = part.every(
      (row) =>
        equal(row.loops, loops) &&
        loads(row.residual).every(
          ({ load, loops: inner }) =>
            !isUnknown(load, [...loops, ...inner]) ||
            (inner.length === 0 &&
              equal(
                load.index.filter((one) => typeof one !== 'number'),
                loops.map((loop) => ({ loop: loop.variable, offset: 0 })),
              )),
        ),
    );
    if (aligned)
      return (loops.length > 0 ? [part] : hangingTogether(part, isUnknown, byElement)).flatMap((rows) =>
        rows.length > INITIAL_LIMIT && tooWide(rows) ? [] : [solved(flattening, loops, rows, isUnknown)],
      );
    const variables = new Set(
      part.flatMap((row) => unknownsOf(row, isUnknown).map(({ variable }) => variable)),
    );
    const own = (all: Condition[]) =>
      all.filter((row) =>
        expandedTo(flattening, running, [row], [], isUnknown).some((one) =>
          unknownsOf(one, isUnknown).some(({ variable }) => variables.has(variable)),
        ),
      );
    return tooWide(part) ? [] : elementwise(own(conditions), own(ties));
  });
}

const instancesOf = (loops: readonly FlatLoop[]) =>
  loops.reduce((product, loop) => product * (loop.to - loop.from), 1);

function scalar(rows: Condition[]): Condition[] {
  return rows.flatMap(({ loops, residual, source }) =>
    [...elements(loops.map((loop) => [loop.from, loop.to] as const))].map((at) => {
      const by = new Map(loops.map((loop, depth) => [loop.variable, at[depth]!]));
      return { loops: [], residual: writeOut(substitute(residual, by), () => true), source };
    }),
  );
}

/** Conditions, those ties that a free state is in, and what both drag in. */
function expandedTo(
  flattening: Flattening,
  running: readonly Block[],
  conditions: Condition[],
  ties: Condition[],
  isUnknown: IsUnknown,
  isScalar = false,
): Condition[] {
  const make = (rows: Condition[]) =>
    rows.flatMap(({ loops, residual, source }) => {
      const expansion = new Expansion(flattening, running, isScalar);
      const written = expansion.expand(residual, loops);
      const own = { loops, residual: written, source, isSplit: expansion.isSplit };
      return [own, ...expansion.equations.map((equation) => ({ loops, ...equation }))];
    });
  const involved = make(ties).filter((row) => unknownsOf(row, isUnknown).length > 0);
  const seen = new Set<string>();
  return [...make(conditions), ...involved].filter(({ loops, residual }) => {
    const key = JSON.stringify([loops, residual]);
    return !seen.has(key) && seen.add(key);
  });
}

function unknownsOf({ residual, loops }: Condition, isUnknown: IsUnknown): Load[] {
  return loads(residual).flatMap(({ load, loops: inner }) =>
    isUnknown(load, [...loops, ...inner]) ? [load] : [],
  );
}

function hangingTogether(
  rows: Condition[],
  isUnknown: IsUnknown,
  keyOfLoad: (load: Load) => string,
): Condition[][] {
  const parts: { keys: Set<string>; rows: Condition[] }[] = [];
  for (const row of rows) {
    const keys = new Set(unknownsOf(row, isUnknown).map(keyOfLoad));
    const joined = parts.filter((part) => [...keys].some((key) => part.keys.has(key)));
    const into = joined[0] ?? { keys: new Set<string>(), rows: [] };
    if (!joined[0]) parts.push(into);
    for (const other of joined.slice(1)) {
      for (const key of other.keys) into.keys.add(key);
      into.rows.push(...other.rows);
      parts.splice(parts.indexOf(other), 1);
    }
    for (const key of keys) into.keys.add(key);
    into.rows.push(row);
  }
  return parts.map((part) => part.rows);
}

function solved(
  flattening: Flattening,
  loops: FlatLoop[],
  rows: Condition[],
  isUnknown: IsUnknown,
): SolveBlock {
  const block = solveNearest(flattening, loops, rows, (load) => isUnknown(load, loops));
  const owner = new Map<number, number>();
  const own = rows.map((_, row) =>
    block.jacobian.filter((entry) => entry.row === row).map(({ column }) => column),
  );
  const augment = (row: number, seen: Set<number>): boolean =>
    own[row]!.some((column) => {
      if (seen.has(column)) return false;
      seen.add(column);
      const other = owner.get(column);
      if (other !== undefined && !augment(other, seen)) return false;
      owner.set(column, row);
      return true;
    });
  const surplus = rows.filter((_, row) => !augment(row, new Set()));
  if (surplus.length > 0) {
    const { unknowns } = block;
    const names = unknowns.map(({ variable, index }) => {
      const flat = flattening.variables[variable]!;
      return loops.length > 0 ? plainName(flat) : elementName(flat, index);
    });
    const [first, ...others] = [...surplus, ...rows.filter((row) => !surplus.includes(row))];
    const related = others.slice(0, 8).map(({ source }) => ({ message: 'another one', source }));
    flattening.diagnostics.push(
      report(tooManyConditions, { conditions: rows.length, names }, first!.source, { related }),
    );
  }
  return block;
}

/** Free states that no condition determines: fewer equations than unknowns, or none at all. */
function sayOpen(
  flattening: Flattening,
  initial: readonly SolveBlock[],
  free: ReadonlyMap<VariableId, Box[]>,
): void {
  const solvedFor = new Set(initial.flatMap(({ unknowns }) => unknowns.map(({ variable }) => variable)));
  const tell = (variables: VariableId[]) => {
    const names = variables.map((id) => plainName(flattening.variables[id]!));
    const { source } = flattening.variables[variables[0]!]!;
    const isState = variables.every((id) => flattening.variables[id]!.role === 'state');
    flattening.diagnostics.push(report(startOpen, { names: [...new Set(names)], isState }, source));
  };
  for (const id of free.keys()) if (!solvedFor.has(id)) tell([id]);
  for (const { unknowns, residuals } of initial) {
    const states = unknowns.map(({ variable }) => variable).filter((id) => free.has(id));
    if (residuals.length < unknowns.length && states.length > 0) tell([...new Set(states)]);
  }
}
