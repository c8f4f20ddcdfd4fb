import type { CheckedModel } from '../../model/checked-model.ts';
import type { AssetType, Override, Part, Variable } from '../../model/asset.ts';
import type { Expression, Index, Reference, ReferenceSegment } from '../../model/expression.ts';
import type { SourceRange } from '../../model/source.ts';
import type { VariableId } from '../../ir/flat-system.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { report } from '../../diagnostics/diagnostic.ts';
import {
  fixedDiffers,
  indexOutside,
  notConstant,
  partOfItself,
  partsTooDeep,
  wrongCount,
  wrongSize,
} from '../../diagnostics/flattening.ts';
import { constantOf } from './constant.ts';
import { reportSizes, sizesOfVariable } from '../expressions/shapes.ts';

/** All instances along one path of parts: `pump[].bearing`. */
export interface Group {
  /** '' for the root. */
  path: string;
  type: AssetType;
  parent?: Group;
  part?: Part;
  /** Size of the part, when it is an array. */
  size?: number;
  /** Sizes along the path, outermost first. */
  dims: number[];
  children: Map<string, Group>;
  declared: Map<string, Variable>;
  /** Sizes of vectors and matrices among its variables. */
  sizes: Map<string, number[]>;
  /** What adapts the variables of this group; the inner writer first, the last one wins. */
  overrides: Map<string, PlacedOverride[]>;
  /** Values of `fixed` variables: one for a scalar, one for each element of an array. */
  fixed: Map<string, number[]>;
  /** Filled by `variables.ts`. */
  variables: Map<string, VariableId>;
  sensors: Map<string, number>;
  alarms: Map<string, number>;
}

export interface PlacedOverride {
  /** The group whose expression the value is; its dims are the first dims of the target. */
  writer: Group;
  /** Zero-based for each dim of the target group beyond the writer's; undefined: all elements. */
  pins: (number | undefined)[];
  /** Zero-based element of an array variable, by dim; undefined: all. */
  element?: (number | undefined)[];
  value: Expression;
  /** Sizes of the list that the value is an element of. */
  listed?: number[];
  /** Of a link: the parts that it leads to, from the writer on. */
  parts?: Reference[];
  source: SourceRange;
}

interface Pending {
  writer: Group;
  pins: (number | undefined)[];
  override: Override;
  /** Segments of the target that are behind us. */
  passed: number;
}

/** Parts of parts of parts: what goes through them goes as deep. */
const DEEPEST = 200;

/** The path of a member of what is at `path`. */
export function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

/** Path of a variable from the root, `[]` for each index: `pump[].wear`. */
export function nameOf(group: Group, name: string): string {
  return join(group.path, name) + '[]'.repeat(group.sizes.get(name)?.length ?? 0);
}

/** Groups of an asset in the order of the tree of parts, the root first. Undefined after an error. */
export function instantiate(
  model: CheckedModel,
  asset: AssetType,
  overrides: Override[],
  diagnostics: Diagnostic[],
): Group[] | undefined {
  const groups: Group[] = [];
  const before = diagnostics.length;
  const root = emptyGroup(asset);
  build(
    root,
    overrides.map((override) => ({ writer: root, pins: [], override, passed: 0 })),
  );
  if (diagnostics.length === before) groups.forEach(checkElements);
  return diagnostics.length === before ? groups : undefined;

  function build(group: Group, pending: Pending[]): void {
    groups.push(group);
    for (const one of pending) {
      const segment = one.override.target.segments[one.passed]!;
      if (one.passed < one.override.target.segments.length - 1) continue;
      const placed: PlacedOverride = {
        writer: one.writer,
        pins: one.pins,
        value: one.override.value,
        ...(one.override.listed ? { listed: one.override.listed } : {}),
        ...(one.override.parts ? { parts: one.override.parts } : {}),
        source: one.override.source,
      };
      const element = [segment.index, segment.column].map((index) =>
        pinned(index, one.writer, one.override.source),
      );
      if (element.some((pin) => pin !== undefined)) placed.element = element;
      const list = group.overrides.get(segment.name);
      if (list) list.push(placed);
      else group.overrides.set(segment.name, [placed]);
    }
    for (const variable of group.type.variables)
      if (variable.role === 'fixed') fixedValues(group, variable, []);
    for (const variable of group.type.variables) {
      const sizes = variableSizes(group, variable);
      if (sizes !== undefined) group.sizes.set(variable.name, sizes);
    }
    for (const part of group.type.parts) {
      const type = model.assets[part.asset];
      if (!type) throw new Error(`The checked model lacks ${part.asset}`);
      const size = part.size ? sizeOf(part.size, group, part.name, part.source) : undefined;
      if (part.size && size === undefined) continue;
      const child: Group = {
        ...emptyGroup(type),
        path: join(group.path, part.name) + (size === undefined ? '' : '[]'),
        parent: group,
        part,
        dims: size === undefined ? group.dims : [...group.dims, size],
      };
      if (size !== undefined) child.size = size;
      if (isInside(group, type)) {
        diagnostics.push(report(partOfItself, { asset: type.name }, part.source));
        return;
      }
      if (depth(group) >= DEEPEST) {
        if (!diagnostics.some(({ code }) => code === partsTooDeep.code))
          diagnostics.push(report(partsTooDeep, { asset: asset.name, levels: DEEPEST }, part.source));
        return;
      }
      group.children.set(part.name, child);
      const own = size === undefined ? [] : [undefined];
      const inside: Pending[] = part.overrides.map((override) => ({
        writer: group,
        pins: own,
        override,
        passed: 0,
      }));
      for (const one of pending) {
        const { segments } = one.override.target;
        const segment = segments[one.passed]!;
        if (one.passed >= segments.length - 1 || segment.name !== part.name) continue;
        const pin = pinned(segment.index, one.writer, one.override.source);
        if (pin !== undefined && (pin < 0 || size === undefined || pin >= size)) {
          const hole = { name: part.name, low: pin + 1, high: pin + 1, size: size ?? 1 };
          diagnostics.push(report(indexOutside, hole, one.override.source));
          continue;
        }
        const pins = size === undefined ? one.pins : [...one.pins, pin];
        inside.push({ ...one, pins, passed: one.passed + 1 });
      }
      build(child, inside);
    }
  }

  function pinned(index: Index | undefined, writer: Group, source: SourceRange): number | undefined {
    if (index?.kind === 'constant') return index.value - 1;
    if (index?.kind === 'fixed') {
      const value = constant(index.value, writer);
      if (value !== undefined) return value - 1;
      const holes = { what: 'This index', why: 'it is not made of fixed values' };
      diagnostics.push(report(notConstant, holes, source));
    }
    return undefined;
  }

  function variableSizes(group: Group, variable: Variable): number[] | undefined {
    const { name, values, source } = variable;
    const written = [variable.size, variable.columns].flatMap((size) =>
      size === undefined ? [] : [sizeOf(size, group, name, source)],
    );
    if (written.includes(undefined)) return undefined;
    const sizes = written.length > 0 ? (written as number[]) : values && [values.length];
    const count = sizes?.reduce((product, size) => product * size, 1);
    if (count !== undefined && values && values.length !== count)
      diagnostics.push(report(wrongCount, { name, given: values.length, size: count }, source));
    return sizes;
  }

  /** Elements that are given a value by themselves must be there. */
  function checkElements(group: Group): void {
    for (const { name } of group.type.sensors) sizesOfVariable(group, name, { diagnostics });
    for (const { name } of group.type.variables) {
      const sizes = sizesOfVariable(group, name, { diagnostics });
      for (const { element, listed, source } of group.overrides.get(name) ?? []) {
        if (listed && sizes && listed.join() !== sizes.join()) {
          reportSizes({ text: `'${name}'`, sizes }, listed, source, diagnostics);
          continue;
        }
        element?.forEach((at, axis) => {
          const size = sizes?.[axis] ?? 1;
          if (at === undefined || (at >= 0 && at < size)) return;
          diagnostics.push(report(indexOutside, { name, low: at + 1, high: at + 1, size }, source));
        });
      }
    }
  }

  function sizeOf(
    expression: Expression,
    group: Group,
    name: string,
    source: SourceRange,
  ): number | undefined {
    const size = constant(expression, group);
    if (size === undefined)
      diagnostics.push(
        report(
          notConstant,
          { what: `The size of '${name}'`, why: 'it is not made of fixed values' },
          expression.source,
        ),
      );
    else if (!Number.isInteger(size) || size < 1)
      diagnostics.push(report(wrongSize, { name, size: String(size) }, source));
    else return size;
    return undefined;
  }

  function fixedValues(group: Group, variable: Variable, asking: Variable[]): number[] | undefined {
    const known = group.fixed.get(variable.name);
    if (known) return known;
    if (asking.includes(variable)) {
      diagnostics.push(
        report(notConstant, { what: `'${variable.name}'`, why: 'it depends on itself' }, variable.source),
      );
      return undefined;
    }
    const now = [...asking, variable];
    const evaluate = (expression: Expression, scope: Group): number | undefined => {
      const value = constantOf(expression, ({ reference }) => {
        const [segment, more] = reference.segments;
        const other = more ? undefined : scope.declared.get(segment!.name);
        if (other?.role !== 'fixed') return undefined;
        const values = fixedValues(scope, other, scope === group ? now : []);
        return values?.[fixedElement(segment!, fixedSizes(scope, other)) ?? 0];
      });
      if (value === undefined) {
        const holes = { what: `'${variable.name}'`, why: 'this is not made of fixed values' };
        diagnostics.push(report(notConstant, holes, expression.source));
      }
      return value;
    };
    const sizes = fixedSizes(group, variable);
    const size = sizes.reduce((product, one) => product * one, 1);
    const placed = group.overrides.get(variable.name) ?? [];
    for (const one of placed)
      if (one.pins.some((pin, at) => pin !== undefined && group.dims[one.writer.dims.length + at] !== 1))
        diagnostics.push(report(fixedDiffers, { name: nameOf(group, variable.name) }, one.source));
    const lastWhole = placed.findLastIndex((one) => one.element === undefined);
    const values = Array.from({ length: size }, (_, element) => {
      const at = placed.findLastIndex(
        (one, position) => position > lastWhole && one.element && isElement(one.element, element, sizes),
      );
      const winner = at >= 0 ? placed[at] : placed[lastWhole];
      if (winner) return evaluate(winner.value, winner.writer);
      const own = variable.values?.[element] ?? variable.value;
      if (own) return evaluate(own, group);
      const holes = { what: `'${variable.name}'`, why: 'it has no value' };
      diagnostics.push(report(notConstant, holes, variable.source));
      return undefined;
    });
    if (values.includes(undefined)) return undefined;
    group.fixed.set(variable.name, values as number[]);
    return values as number[];
  }
}

function fixedSizes(group: Group, { size, columns, values }: Variable): number[] {
  const written = [size, columns].flatMap((one) => (one === undefined ? [] : [constant(one, group) ?? 1]));
  return written.length > 0 ? written : values ? [values.length] : [];
}

/** Row-major position of an element that is named by constants. */
function fixedElement({ index, column }: ReferenceSegment, sizes: readonly number[]): number | undefined {
  if (index?.kind !== 'constant') return undefined;
  if (column === undefined) return index.value - 1;
  return column.kind === 'constant' ? (index.value - 1) * sizes[1]! + column.value - 1 : undefined;
}

function isElement(
  pins: readonly (number | undefined)[],
  element: number,
  sizes: readonly number[],
): boolean {
  const [, columns] = sizes;
  const at = columns === undefined ? [element] : [Math.floor(element / columns), element % columns];
  return at.every((one, axis) => pins[axis] === undefined || pins[axis] === one);
}

/** An expression of `fixed` values of a group (or its parts) as a number. */
export function constant(expression: Expression, group: Group): number | undefined {
  return constantOf(expression, ({ reference }) => {
    let place: Group | undefined = group;
    for (const { name } of reference.segments.slice(0, -1)) place = place?.children.get(name);
    const last = reference.segments.at(-1)!;
    const values = place?.fixed.get(last.name);
    if (last.index === undefined) return values?.length === 1 ? values[0] : undefined;
    const declared = place?.declared.get(last.name);
    const at = place && declared ? fixedElement(last, fixedSizes(place, declared)) : undefined;
    return at === undefined ? undefined : values?.[at];
  });
}

function emptyGroup(type: AssetType): Group {
  return {
    path: '',
    type,
    dims: [],
    children: new Map(),
    declared: new Map(type.variables.map((variable) => [variable.name, variable])),
    sizes: new Map(),
    overrides: new Map(),
    fixed: new Map(),
    variables: new Map(),
    sensors: new Map(),
    alarms: new Map(),
  };
}

function depth(group: Group): number {
  let levels = 0;
  for (let each = group.parent; each; each = each.parent) levels += 1;
  return levels;
}

function isInside(group: Group, type: AssetType): boolean {
  for (let each: Group | undefined = group; each; each = each.parent) if (each.type === type) return true;
  return false;
}
