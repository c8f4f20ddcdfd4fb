/**
 * A piece of a checked model → a text that is equal when the meaning is. Left out: places, docs, the unit a number was
 * written in, the order in which a sum was written. Kept: everything else, also what this file has never heard of.
 */
import type { CheckedModel } from '../compiler/model/checked-model.ts';
import type { Reference } from '../compiler/model/expression.ts';

/** How names of one version are written in the other: identity where nothing was renamed. */
export interface Names {
  /** Qualified name of an asset, twin or scenario. */
  declaration(name: string): string;
  /** A member of an asset (qualified name). */
  member(asset: string, name: string): string;
  /** The asset type of a part. */
  partType(asset: string, name: string): string | undefined;
}

export function plainNames(model: CheckedModel): Names {
  const types = new Map<string, string>();
  for (const asset of Object.values(model.assets))
    for (const part of asset.parts) types.set(`${asset.name} ${part.name}`, part.asset);
  return {
    declaration: (name) => name,
    member: (_, name) => name,
    partType: (asset, name) => types.get(`${asset} ${name}`),
  };
}

const LEFT_OUT = new Set([
  'source',
  'sources',
  'doc',
  'text',
  'quantity',
  'label',
  'related',
  'unit',
  'display',
]);
/** Fields that hold the name of a declaration. */
const NAMES_DECLARATION = new Set(['asset', 'twin', 'scenario', 'base']);
const COMMUTATIVE = new Set(['+', '*', 'and', 'or', '==', '!=']);

/** @param owner qualified name of the asset in which names are looked up */
export function canonical(value: unknown, owner: string, names: Names): string {
  if (Array.isArray(value)) return `[${value.map((each) => canonical(each, owner, names)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const node = value as Record<string, unknown>;
  // Where something stands, whatever the field is called.
  if (typeof node['uri'] === 'string' && typeof node['endColumn'] === 'number') return '';
  if (Array.isArray(node['segments'])) return reference(node as unknown as Reference, owner, names);
  if (node['kind'] === 'number' && typeof node['value'] === 'number') return `#${node['value']}`;
  if (node['kind'] === 'binary' && COMMUTATIVE.has(node['operator'] as string)) {
    const operator = node['operator'] as string;
    const sides = operandsOf(node, operator).map((side) => canonical(side, owner, names));
    return `(${sides.toSorted().join(` ${operator} `)})`;
  }
  if ('left' in node && 'right' in node && 'loops' in node && !('kind' in node)) {
    // An equation says the same whichever side comes first.
    const sides = [node['left'], node['right']].map((side) => canonical(side, owner, names));
    return `${canonical(node['loops'], owner, names)}:${sides.toSorted().join('=')}`;
  }
  const fields = Object.keys(node)
    .filter((field) => !LEFT_OUT.has(field) && node[field] !== undefined)
    .toSorted();
  const texts = fields.map((field) => {
    const inner = node[field];
    if (NAMES_DECLARATION.has(field) && typeof inner === 'string')
      return `${field}:${JSON.stringify(names.declaration(inner))}`;
    // What a function takes once has the place of its call in its name. Only its own formula reads it, and the nearest counts.
    if (field === 'name' && (node['kind'] === 'let' || node['kind'] === 'local'))
      return `${field}:${JSON.stringify(String(inner).replace(/\.\d+$/, ''))}`;
    // What is overridden is named as in the adapted type, what it is set to as where the override stands.
    if (field === 'overrides' && Array.isArray(inner) && typeof node['asset'] === 'string')
      return `${field}:[${inner.map((each) => override(each, node['asset'] as string, owner, names)).join(',')}]`;
    return `${field}:${canonical(inner, owner, names)}`;
  });
  // On the wire a number is worth what its unit says.
  if (typeof node['protocol'] === 'string' && node['unit'] !== undefined) {
    const { factor, offset } = node['unit'] as { factor: number; offset: number };
    texts.push(`unit:${factor}/${offset}`);
  }
  return `{${texts.join(',')}}`;
}

/** `a + b + c` has three, however it is bracketed; comparisons have two. */
function operandsOf(node: Record<string, unknown>, operator: string): unknown[] {
  const sides = [node['left'], node['right']] as Record<string, unknown>[];
  if (operator === '==' || operator === '!=') return sides;
  return sides.flatMap((side) =>
    side['kind'] === 'binary' && side['operator'] === operator ? operandsOf(side, operator) : [side],
  );
}

function override(value: unknown, adapted: string, owner: string, names: Names): string {
  const { target, value: set } = value as { target: Reference; value: unknown };
  return `${reference(target, adapted, names)}=${canonical(set, owner, names)}`;
}

function reference({ segments, target }: Reference, owner: string, names: Names): string {
  let asset: string | undefined = owner;
  const path = segments.map(({ name, index, column }) => {
    const renamed: string = asset === undefined ? name : names.member(asset, name);
    asset = asset === undefined ? undefined : names.partType(asset, name);
    if (index === undefined) return renamed;
    const indexes = [index, ...(column === undefined ? [] : [column])];
    return `${renamed}[${indexes.map((one) => canonical(one, owner, names)).join()}]`;
  });
  return `@${path.join('.')}${canonical(target, owner, names)}`;
}
