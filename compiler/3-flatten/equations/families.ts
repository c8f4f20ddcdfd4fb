import type { FlatExpression, FlatIndex, FlatLoop, FlatTarget } from '../../ir/flat-expression.ts';
import type { VariableId } from '../../ir/flat-system.ts';
import type { Expression } from '../../model/expression.ts';
import type { SourceRange } from '../../model/source.ts';
import { Taken, whole } from '../box.ts';
import type { Box } from '../box.ts';
import { loopName, number } from '../../ir/expressions.ts';
import type { Load } from '../../ir/expressions.ts';
import { mixtureOf } from '../expressions/draws.ts';
import type { Group, PlacedOverride } from '../instances/instances.ts';
import { scopeOf, within } from '../expressions/scope.ts';
import type { Flattening } from '../flattening.ts';
import type { Scope } from '../expressions/scope.ts';
import { dimsOf, reportSizes } from '../expressions/shapes.ts';
import { elementAt, equationElements, isListed, sizesIn } from '../expressions/vectors.ts';
import { bindings } from '../instances/variables.ts';

/** `left = right` for each combination of its loops. */
export interface Family {
  loops: FlatLoop[];
  left: FlatExpression;
  right: FlatExpression;
  /** What it determines: known from the start where a declaration says so, else found by matching. */
  target?: Load;
  /** Whose text it is. */
  group: Group;
  source: SourceRange;
}

/** An open unknown: some equation must determine each of its elements. */
export interface Unknown {
  variable: VariableId;
  group: Group;
}

export interface Families {
  /** Lets with a value and inputs that are bound: nothing to find. */
  definitions: Family[];
  equations: Family[];
  unknowns: Unknown[];
}

/** All equations and definitions of all groups, lowered, and the unknowns that they determine. */
export function collect(flattening: Flattening): Families {
  const families: Families = { definitions: [], equations: [], unknowns: [] };
  for (const group of flattening.groups) {
    for (const declared of group.type.variables) {
      const id = group.variables.get(declared.name);
      if (id === undefined) continue;
      const variable = flattening.variables[id]!;
      // What a port carries belongs to the asset that has the port.
      const owner = group.part?.port ? group.parent! : group;
      if (variable.partner !== undefined) families.unknowns.push({ variable: variable.partner, group });
      if (variable.role !== 'algebraic') continue;
      const open =
        declared.role === 'let'
          ? !declared.value && !declared.values
          : bindings(group, declared.name).length === 0;
      if (open && !group.overrides.get(declared.name)?.length)
        families.unknowns.push({ variable: id, group: owner });
      else families.definitions.push(...valuesOf(flattening, group, declared.name));
    }
    for (const equation of group.type.equations) {
      const scope = within(flattening, scopeOf(group), equation.loops);
      if (!scope) continue;
      for (const one of equationElements(flattening, equation, scope))
        families.equations.push({ ...one, group, source: equation.source });
    }
  }
  return families;
}

/**
 * The value of each element of a variable by its declaration and overrides, as disjoint families: whole
 * rectangles where one text gives the value, single elements where an override names them.
 */
export function valuesOf(flattening: Flattening, group: Group, name: string): Family[] {
  const declared = group.declared.get(name)!;
  const id = group.variables.get(name)!;
  const variable = flattening.variables[id]!;
  const { dims } = variable;
  const mixture = mixtureOf(flattening, group, name);
  const mixed = mixture ? { mixed: mixture } : {};
  const families: Family[] = [];
  const covered = new Taken();
  const give = (
    box: Box,
    value: Expression,
    writer: Group,
    source: SourceRange,
    pins: readonly (number | undefined)[] = [],
  ) => {
    // Dims of the variable's own that no index names: those of a value that is a vector.
    const open = dims.flatMap((_, at) =>
      at >= group.dims.length && pins[at - group.dims.length] === undefined ? [at] : [],
    );
    if (
      !hasSizes(
        flattening,
        value,
        writer,
        open.map((at) => dims[at]!),
        declared.name,
      )
    )
      return;
    for (const rest of piecesOf(covered.leave(box), value, open)) {
      const { loops, index } = loopsOver(rest);
      const scope: Scope = {
        group: writer,
        index: index.slice(0, writer.dims.length),
        named: new Map(),
        loops,
        used: { count: loops.length },
        draws: { name: variable.name, dims, index, moves: false, shared: true, count: 0, source, ...mixed },
      };
      const target: Load = { kind: 'load', variable: id, index };
      const right = elementAt(
        flattening,
        value,
        scope,
        open.map((at) => index[at]!),
      );
      families.push({ loops, left: target, right, target, group: writer, source });
    }
    covered.add(box);
  };
  const overrides = group.overrides.get(name) ?? [];
  for (const one of [...overrides].reverse())
    give(boxOf(one, dims, group), one.value, one.writer, one.source, one.element);
  declared.values?.forEach((value, at) => {
    const element = indexOf(dims.slice(group.dims.length), at);
    const own = element.map((one) => [one, one + 1] as const);
    give([...whole(group.dims), ...own], value, group, value.source, element);
  });
  const own =
    declared.value ?? (declared.role === 'state' || declared.role === 'param' ? declared.start : undefined);
  if (own) give(whole(dims), own, group, declared.source);
  return families.reverse();
}

/** Row-major. */
function indexOf(sizes: readonly number[], element: number): number[] {
  let rest = element;
  const index = [...sizes].reverse().map((size) => {
    const at = rest % size;
    rest = Math.floor(rest / size);
    return at;
  });
  return index.reverse();
}

/** A value that is a vector has the sizes of what it is for. */
function hasSizes(
  flattening: Flattening,
  value: Expression,
  writer: Group,
  open: number[],
  name: string,
): boolean {
  if (dimsOf(value) === 0) return true;
  const { stars, shape } = sizesIn(flattening, value, scopeOf(writer));
  const given = [...stars, ...shape];
  if (given.join() === open.join()) return true;
  reportSizes({ text: `'${name}'`, sizes: open }, given, value.source, flattening.diagnostics);
  return false;
}

/** Single elements in the open dims, where the elements of the value are different texts. */
function piecesOf(boxes: Box[], value: Expression, open: readonly number[]): Box[] {
  if (!isListed(value, {})) return boxes;
  return open.reduce<Box[]>(
    (all, dim) =>
      all.flatMap((box) => {
        const [from, to] = box[dim]!;
        return Array.from({ length: to - from }, (_, at) =>
          box.map((range, axis) => (axis === dim ? ([from + at, from + at + 1] as const) : range)),
        );
      }),
    boxes,
  );
}

export function boxOf(override: PlacedOverride, dims: number[], group: Group): Box {
  const free = override.writer.dims.length;
  return dims.map((size, at) => {
    const pin =
      at < free
        ? undefined
        : at < group.dims.length
          ? override.pins[at - free]
          : override.element?.[at - group.dims.length];
    return pin === undefined ? ([0, size] as const) : ([pin, pin + 1] as const);
  });
}

/** Loops over a box; a single element of a wider array becomes a plain index. */
function loopsOver(box: Box): { loops: FlatLoop[]; index: FlatIndex[] } {
  const loops: FlatLoop[] = [];
  const index = box.map(([from, to]): FlatIndex => {
    if (to - from === 1) return from;
    const loop = { variable: loopName(loops.length), from, to };
    loops.push(loop);
    return { loop: loop.variable, offset: 0 };
  });
  return { loops, index };
}

/** The elements of a target that one family reaches, for a variable without value: `T[2], T[3]`. */
export function zero(target: FlatTarget, loops: FlatLoop[], group: Group, source: SourceRange): Family {
  const load: Load = { kind: 'load', ...target };
  return { loops, left: load, right: number(0), target: load, group, source };
}
