import type { Block, VariableId } from '../../ir/flat-system.ts';
import type { FlatExpression, FlatLoop } from '../../ir/flat-expression.ts';
import { report } from '../../diagnostics/diagnostic.ts';
import { coupledTooWide } from '../../diagnostics/flattening.ts';
import { meets, reach } from '../box.ts';
import type { Box } from '../box.ts';
import { eliminationOf } from '../../ir/elimination.ts';
import { DENSE_LIMIT, MOST_OPERATIONS } from '../../ir/solve-blocks.ts';
import { patternOf, solveBlock } from './couple.ts';
import { equal, loads, loopName, rangesOf, substitute, visit } from '../../ir/expressions.ts';
import type { Load, Substitution } from '../../ir/expressions.ts';
import type { Family } from '../equations/families.ts';
import { isolate } from '../algebra/isolate.ts';
import type { Flattening } from '../flattening.ts';
import { plainName } from '../names.ts';
import { instances, keyOf, SCALAR_LIMIT, scalars } from '../algebra/scalarise.ts';
import { subtract } from '../algebra/simplify.ts';
import { strongComponents } from './strong-components.ts';
import { coupled } from './tear.ts';

export type Matched = Family & { target: Load };

/** Above this, elements of a recurrence over several variables share a loop with a solve block instead of a line each. */
const LINES_LIMIT = 200;

/** Families with their targets → blocks in an order in which each value is there when it is read. */
export function sort(flattening: Flattening, families: Family[]): { dynamics: Block[]; outputs: Block[] } {
  const nodes = families.map((family) => normalise(family as Matched));
  const needs = dependencies(nodes);
  const needed = new Set<number>();
  const visit = nodes.flatMap((node, at) =>
    flattening.variables[node.target.variable]!.role === 'derivative' ? [at] : [],
  );
  for (const at of visit) {
    if (needed.has(at)) continue;
    needed.add(at);
    visit.push(...needs[at]!);
  }
  const sorted: { dynamics: Block[]; outputs: Block[] } = { dynamics: [], outputs: [] };
  for (const component of strongComponents(nodes.length, (at) => needs[at]!)) {
    const blocks = blocksOf(
      flattening,
      component.map((at) => nodes[at]!),
      component.length > 1 || needs[component[0]!]!.includes(component[0]!),
    );
    sorted[component.some((at) => needed.has(at)) ? 'dynamics' : 'outputs'].push(...blocks);
  }
  return sorted;
}

/** Loops stand in the order of the target's dims and count its elements; a loop of one round becomes a number. */
export function normalise(family: Matched): Matched {
  if (family.loops.length === 0) return family;
  const by = new Map<string, ReturnType<Substitution['get']> & {}>();
  const loops: FlatLoop[] = [];
  for (const loop of family.loops) if (loop.to - loop.from === 1) by.set(loop.variable, loop.from);
  for (const index of family.target.index) {
    if (typeof index === 'number' || by.has(index.loop)) continue;
    const loop = family.loops.find((one) => one.variable === index.loop)!;
    const variable = loopName(loops.length);
    loops.push({ variable, from: loop.from + index.offset, to: loop.to + index.offset });
    by.set(index.loop, { loop: variable, offset: -index.offset });
  }
  return {
    ...family,
    loops,
    left: substitute(family.left, by),
    right: substitute(family.right, by),
    target: substitute(family.target, by) as Load,
  };
}

export const boxOf = (family: Matched): Box => reach(family.target.index, rangesOf(family.loops));

/** For each family, those that determine elements which it reads, itself included. */
export function dependencies(nodes: readonly Matched[]): number[][] {
  const providers = new Map<VariableId, { at: number; box: Box }[]>();
  const single = new Map<string, number>();
  /** Of what is there once. */
  const scalar = new Map<VariableId, number>();
  nodes.forEach((node, at) => {
    const { variable, index } = node.target;
    const list = providers.get(variable);
    const provider = { at, box: boxOf(node) };
    if (list === undefined) providers.set(variable, [provider]);
    else list.push(provider);
    if (node.loops.length > 0) return;
    if (index.length === 0) scalar.set(variable, at);
    else single.set(keyOf(variable, index), at);
  });
  /** For which node each was found last. */
  const foundFor = new Int32Array(nodes.length).fill(-1);
  return nodes.map((node, own) => {
    const found: number[] = [];
    const add = (at: number): void => {
      if (foundFor[at] === own) return;
      foundFor[at] = own;
      found.push(at);
    };
    const look = (load: FlatExpression, loops: FlatLoop[]): void => {
      if (load.kind !== 'load') return;
      const list = providers.get(load.variable);
      if (!list) return;
      const { index } = load;
      const exact =
        index.length === 0
          ? scalar.get(load.variable)
          : index.every((one) => typeof one === 'number')
            ? single.get(keyOf(load.variable, index))
            : undefined;
      if (exact !== undefined) {
        if (exact !== own || !isTarget(node, load)) add(exact);
        return;
      }
      const box = reach(index, rangesOf([...node.loops, ...loops]));
      for (const { at, box: provided } of list)
        if (meets(box, provided) && !(at === own && isTarget(node, load))) add(at);
    };
    visit(node.left, look);
    visit(node.right, look);
    return found.sort((a, b) => a - b);
  });
}

const isTarget = (node: Matched, load: Load) =>
  load.variable === node.target.variable && equal(load.index, node.target.index);

function blocksOf(flattening: Flattening, families: Matched[], cyclic: boolean): Block[] {
  const [first] = families;
  if (!cyclic) return [one(flattening, first!, first!.loops)];
  const shape = aligned(families);
  if (shape && families.length === 1) return [one(flattening, first!, directed(first!.loops, shape))];
  const count = families.reduce((sum, family) => sum + instances(family), 0);
  if (shape && shape.direction === undefined)
    return first!.loops.length > 0
      ? coupled(flattening, families, first!.loops)
      : together(flattening, families);
  if (shape && count > LINES_LIMIT) return [solveBlock(flattening, families, directed(first!.loops, shape))];
  if (count > SCALAR_LIMIT) return tooWide(flattening, families, count, SCALAR_LIMIT);
  return elementwise(flattening, families);
}

function one(flattening: Flattening, family: Matched, loops: FlatLoop[]): Block {
  const value = isolate(family, family.target);
  if (!value) return solveBlock(flattening, [family], loops);
  const { variable, index } = family.target;
  return { kind: 'assign', loops, target: { variable, index }, value, source: family.source };
}

interface Shape {
  /** A loop whose neighbouring element must be there first. */
  direction?: { loop: string; descending: boolean };
}

/**
 * Whether coupled families fit into one loop: they run over the same elements and read of each other only the element
 * that the loop is at, or ones that it passed, all in the same direction.
 */
function aligned(families: Matched[]): Shape | undefined {
  const { loops } = families[0]!;
  if (!families.every((family) => equal(family.loops, loops))) return undefined;
  if (loops.length === 0) return readsAcross(families) ? undefined : {};
  const ranges = rangesOf(loops);
  const shape: Shape = {};
  for (const family of families)
    for (const { load, loops: inner } of [...loads(family.left), ...loads(family.right)])
      for (const { target } of families) {
        if (target.variable !== load.variable) continue;
        const box = reach(load.index, rangesOf([...loops, ...inner]));
        if (!meets(box, reach(target.index, ranges))) continue;
        if (inner.length > 0) return undefined;
        const away: { loop: string; offset: number }[] = [];
        for (const [dim, index] of load.index.entries()) {
          const own = target.index[dim]!;
          if (typeof own === 'number' || typeof index === 'number') {
            if (own !== index) return undefined;
          } else if (own.loop !== index.loop) return undefined;
          else if (index.offset !== 0) away.push(index);
        }
        const [step, more] = away;
        if (!step) continue;
        if (more) return undefined;
        const direction = { loop: step.loop, descending: step.offset > 0 };
        if (shape.direction && !equal(shape.direction, direction)) return undefined;
        shape.direction = direction;
      }
  return shape;
}

/** Whether single equations read several elements of each other's targets at once, as sums do. */
function readsAcross(families: Matched[]): boolean {
  const targets = new Set(families.map(({ target }) => target.variable));
  return families.some(({ left, right }) =>
    [...loads(left), ...loads(right)].some(
      ({ load, loops }) => loops.length > 0 && targets.has(load.variable),
    ),
  );
}

function directed(loops: FlatLoop[], { direction }: Shape): FlatLoop[] {
  return loops.map((loop) =>
    direction?.descending && loop.variable === direction.loop ? { ...loop, descending: true } : loop,
  );
}

/** The same once more with single elements in the place of families. */
function elementwise(flattening: Flattening, families: Matched[]): Block[] {
  const variables = new Set(families.map((family) => family.target.variable));
  const nodes = families.flatMap(
    (family) => scalars(family, (variable) => variables.has(variable)) as Matched[],
  );
  const needs = dependencies(nodes);
  return strongComponents(nodes.length, (at) => needs[at]!).flatMap((component) => {
    const parts = component.map((at) => nodes[at]!);
    if (parts.length === 1) return [one(flattening, parts[0]!, [])];
    return together(flattening, parts);
  });
}

/** Single equations that are all coupled. Many of them are not torn: a sparse elimination takes no longer, and is found sooner. */
function together(flattening: Flattening, parts: Matched[]): Block[] {
  if (parts.length <= DENSE_LIMIT) return coupled(flattening, parts, []);
  if (parts.length > SCALAR_LIMIT) return tooWide(flattening, parts, parts.length, SCALAR_LIMIT);
  const residuals = parts.map(({ left, right }) => subtract(left, right));
  const pattern = patternOf(
    residuals,
    parts.map(({ target }) => target),
  );
  if (!eliminationOf(parts.length, pattern, MOST_OPERATIONS))
    return tooWide(flattening, parts, parts.length, DENSE_LIMIT);
  return [solveBlock(flattening, parts, [])];
}

function tooWide(flattening: Flattening, families: Matched[], count: number, limit: number): Block[] {
  const names = [
    ...new Set(families.map((family) => plainName(flattening.variables[family.target.variable]!))),
  ];
  const related = families
    .slice(0, 8)
    .map((family) => ({ message: 'coupled by this', source: family.source }));
  flattening.diagnostics.push(
    report(coupledTooWide, { names, count, limit }, families[0]!.source, { related: related.slice(1) }),
  );
  return [];
}
