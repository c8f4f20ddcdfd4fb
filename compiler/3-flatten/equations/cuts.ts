import type { FlatIndex, FlatLoop } from '../../ir/flat-expression.ts';
import type { VariableId } from '../../ir/flat-system.ts';
import { loads, rangesOf, substitute } from '../../ir/expressions.ts';
import type { Load, Substitution } from '../../ir/expressions.ts';
import { contains, meets, reach, same, subtract, whole } from '../box.ts';
import type { Box } from '../box.ts';
import type { Families, Family } from './families.ts';
import type { Flattening } from '../flattening.ts';

/** Where joins cut arrays of ports: disjoint boxes that cover each variable which is cut. */
export type Cuts = Map<VariableId, Box[]>;

/** More pieces than this of one array help nobody: then elements are looked at one by one. */
const MOST_PIECES = 24;

/** The pieces of the unknown arrays that these families read; for the variables that are cut at all. */
export function cutsOf(
  flattening: Flattening,
  families: readonly Family[],
  open: ReadonlySet<VariableId>,
): Cuts {
  const cuts: Cuts = new Map();
  for (const family of families) refine(flattening, cuts, family, open);
  for (const [variable, boxes] of cuts) if (boxes.length < 2) cuts.delete(variable);
  return cuts;
}

function refine(flattening: Flattening, cuts: Cuts, family: Family, open: ReadonlySet<VariableId>): boolean {
  let changed = false;
  const ranges = rangesOf(family.loops);
  for (const load of plainLoads(family)) {
    if (!open.has(load.variable)) continue;
    const box = reach(load.index, ranges);
    const known = cuts.get(load.variable) ?? [whole(flattening.variables[load.variable]!.dims)];
    if (known.some((one) => same(one, box)) || known.length > MOST_PIECES) continue;
    const now = known.flatMap((one) => (meets(one, box) ? [common(one, box), ...subtract(one, box)] : [one]));
    cuts.set(load.variable, now);
    changed ||= now.length > known.length;
  }
  return changed;
}

/** Loads outside of reductions: what an equation can be solved for. */
function plainLoads(family: Family): Load[] {
  return [...loads(family.left), ...loads(family.right)].flatMap(({ load, loops }) =>
    loops.length === 0 ? [load] : [],
  );
}

function common(a: Box, b: Box): Box {
  return a.map(([from, to], dim) => [Math.max(from, b[dim]![0]), Math.min(to, b[dim]![1])] as const);
}

/**
 * Equations over an array that joins cut are cut alike, where nothing else in them is whole: the cells at the ends of a
 * chain are determined in another order than those between. `thorough` cuts every family, and what hangs on it.
 */
export function split(flattening: Flattening, families: Families, cuts: Cuts, thorough: boolean): Families {
  const open = new Set(families.unknowns.map((one) => one.variable));
  const isCut = (family: Family, load: Load) => {
    const boxes = cuts.get(load.variable);
    if (!boxes) return false;
    const box = reach(load.index, rangesOf(family.loops));
    return !boxes.some((one) => contains(one, box));
  };
  const pieces = (family: Family): Family[] => {
    const read = plainLoads(family).filter((load) => cuts.has(load.variable));
    if (family.loops.length === 0 || read.length === 0) return [family];
    const unknown = plainLoads(family).filter((load) => open.has(load.variable));
    if (!thorough && unknown.some((load) => !isCut(family, load))) return [family];
    return cutFamily(family, read, cuts);
  };
  let { equations, definitions } = families;
  const parts = new Set<Family>();
  for (let changed = true; changed;) {
    const next = equations.flatMap((family) => {
      const cut = pieces(family);
      if (cut.length > 1 || parts.has(family)) for (const one of cut) parts.add(one);
      return cut;
    });
    changed = next.length > equations.length;
    equations = next;
    if (thorough) definitions = definitions.flatMap(pieces);
    // What equations in pieces determine is in the same pieces.
    for (const family of thorough ? equations : parts)
      changed = refine(flattening, cuts, family, open) || changed;
  }
  return { ...families, equations, definitions };
}

function cutFamily(family: Family, read: readonly Load[], cuts: Cuts): Family[] {
  const at = new Map<string, Set<number>>();
  const add = (index: FlatIndex, [from, to]: readonly [number, number]) => {
    if (typeof index === 'number') return;
    const known = at.get(index.loop) ?? new Set();
    at.set(index.loop, known.add(from - index.offset).add(to - index.offset));
  };
  for (const load of read)
    for (const box of cuts.get(load.variable)!) load.index.forEach((index, dim) => add(index, box[dim]!));
  return family.loops.reduce<Family[]>(
    (all, loop) => all.flatMap((one) => cutLoop(one, loop.variable, at.get(loop.variable))),
    [family],
  );
}

function cutLoop(family: Family, variable: string, at: ReadonlySet<number> | undefined): Family[] {
  const loop = family.loops.find((one) => one.variable === variable)!;
  const inside = [...(at ?? [])].filter((one) => one > loop.from && one < loop.to).sort((a, b) => a - b);
  if (inside.length === 0 || inside.length > MOST_PIECES) return [family];
  const ends = [loop.from, ...inside, loop.to];
  return ends.slice(1).map((to, position) => rangeOf(family, loop, ends[position]!, to));
}

function rangeOf(family: Family, loop: FlatLoop, from: number, to: number): Family {
  if (to - from > 1)
    return { ...family, loops: family.loops.map((one) => (one === loop ? { ...one, from, to } : one)) };
  const by: Substitution = new Map([[loop.variable, from]]);
  return {
    ...family,
    loops: family.loops.filter((one) => one !== loop),
    left: substitute(family.left, by),
    right: substitute(family.right, by),
    ...(family.target ? { target: substitute(family.target, by) as Load } : {}),
  };
}
