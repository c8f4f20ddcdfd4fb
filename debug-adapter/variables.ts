/** A moment → a tree of assets: their variables with values and units, sensors, alarms and parts. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Manifest } from '../runtime/contract/manifest.ts';
import type { ManifestStructure } from '../runtime/contract/shown.ts';
import { valueText } from '../runtime/describe.ts';
import type { Machine } from '../runtime/machine.ts';
import { count, elementAt, indexOf } from '../runtime/contract/elements.ts';
import { elementName } from '../runtime/names.ts';
import { PRIVATE_TEXT } from '../runtime/private.ts';

/** One element of a variable. */
export interface Element {
  variable: number;
  element: number;
}

/** What can be unfolded. `index`: zero-based, of the parts on the way from the root. */
export type Node =
  | { kind: 'asset'; structure: ManifestStructure; path: string; index: number[] }
  /** An array of parts. */
  | { kind: 'parts'; structure: ManifestStructure; path: string; index: number[] }
  | { kind: 'vector'; variable: number; index: number[] }
  | { kind: 'sensor'; sensor: number; index: number[] }
  | { kind: 'list'; elements: Element[] };

export interface Shown {
  name: string;
  value: string;
  type?: string;
  /** In the twin language, from the root. */
  path?: string;
  node?: Node;
  element?: Element;
  hint?: DebugProtocol.VariablePresentationHint;
  size?: number;
}

const DIGITS = 7;

export function elementText(manifest: Manifest, machine: Machine, { variable, element }: Element): string {
  return textOf(manifest, variable, machine.read(variable, element));
}

export function textOf(manifest: Manifest, variable: number, value: number): string {
  const { unit, base, labels, private: isPrivate } = manifest.variables[variable]!;
  return isPrivate === true ? PRIVATE_TEXT : valueText(value, unit, base, DIGITS, labels);
}

/** Whether a person may change it. */
export function isEditable(manifest: Manifest, variable: number): boolean {
  const { role, private: isPrivate, final } = manifest.variables[variable]!;
  if (isPrivate === true || (final && role === 'parameter')) return false;
  return role === 'parameter' || role === 'input' || role === 'state' || role === 'discrete';
}

const RANK = { state: 0, discrete: 1, input: 2, algebraic: 3, derivative: 4, parameter: 5 } as const;

export function childrenOf(manifest: Manifest, machine: Machine, node: Node): Shown[] {
  const show = (variable: number, element: number, name: string): Shown => {
    const described = manifest.variables[variable]!;
    const path = elementName(described.name, described.dims, element);
    return {
      name,
      value: elementText(manifest, machine, { variable, element }),
      type: described.quantity === '' ? described.base : described.quantity,
      path: described.role === 'derivative' ? undefined : path,
      element: { variable, element },
      hint: {
        kind: 'property',
        attributes: isEditable(manifest, variable) ? [] : ['readOnly'],
        ...(described.role === 'parameter' ? { visibility: 'public' as const } : {}),
      },
    } as Shown;
  };
  switch (node.kind) {
    case 'list':
      return node.elements.map(({ variable, element }) => {
        const { name, dims } = manifest.variables[variable]!;
        return show(variable, element, elementName(name, dims, element));
      });
    case 'vector': {
      const { dims } = manifest.variables[node.variable]!;
      const own = dims.slice(node.index.length);
      return Array.from({ length: count(own) }, (_, at) => {
        const index = [...node.index, ...indexOf(own, at)];
        return show(
          node.variable,
          elementAt(dims, index),
          `[${indexOf(own, at)
            .map((i) => i + 1)
            .join(', ')}]`,
        );
      });
    }
    case 'sensor': {
      const { measured, predicted, stale, dims } = manifest.sensors[node.sensor]!;
      const element = elementAt(dims, node.index);
      return [
        show(measured, element, 'measured'),
        show(predicted, element, 'predicted'),
        show(stale, element, 'stale'),
      ];
    }
    case 'parts': {
      const { structure, path, index } = node;
      return Array.from({ length: structure.size! }, (_, at) => {
        const own = `${path}[${at + 1}]`;
        return {
          name: `[${at + 1}]`,
          value: structure.asset,
          path: own,
          node: { kind: 'asset', structure, path: own, index: [...index, at] },
        };
      });
    }
    case 'asset':
      return assetOf(manifest, machine, node, show);
  }
}

function assetOf(
  manifest: Manifest,
  machine: Machine,
  { structure, path, index }: Extract<Node, { kind: 'asset' }>,
  show: (variable: number, element: number, name: string) => Shown,
): Shown[] {
  const prefix = path === '' ? 0 : path.replaceAll(/\[[\d,]+\]/g, '[]').length + 1;
  const short = (name: string): string => name.slice(prefix).replace(/(\[\])+$/, '');
  const inside = (name: string): string => (path === '' ? name : `${path}.${name}`);
  const variables = structure.variables
    .filter((variable) => manifest.variables[variable]!.visible)
    .toSorted((a, b) => RANK[manifest.variables[a]!.role] - RANK[manifest.variables[b]!.role])
    .map((variable): Shown => {
      const { name, dims, quantity } = manifest.variables[variable]!;
      if (dims.length === index.length) return show(variable, elementAt(dims, index), short(name));
      const own = dims.slice(index.length);
      return {
        name: short(name),
        value: `${own.join(' × ')} of ${quantity}`,
        path: inside(short(name)),
        node: { kind: 'vector', variable, index },
        size: count(own),
      };
    });
  const sensors = structure.sensors.map((sensor): Shown => {
    const { name, dims, measured } = manifest.sensors[sensor]!;
    const element = elementAt(dims, index);
    return {
      name: short(name),
      value: elementText(manifest, machine, { variable: measured, element }),
      type: 'sensor',
      path: inside(short(name)),
      node: { kind: 'sensor', sensor, index },
    };
  });
  const alarms = structure.alarms.map((alarm): Shown => {
    const { name, active, dims } = manifest.alarms[alarm]!;
    return { ...show(active, elementAt(dims, index), short(name)), type: 'alarm' };
  });
  const parts = structure.children.map((child): Shown => {
    const own = inside(child.name);
    return child.size === undefined
      ? {
          name: child.name,
          value: child.asset,
          path: own,
          node: { kind: 'asset', structure: child, path: own, index },
        }
      : {
          name: child.name,
          value: `${child.size} of ${child.asset}`,
          path: own,
          node: { kind: 'parts', structure: child, path: own, index },
          size: child.size,
        };
  });
  return [...variables, ...sensors, ...alarms, ...parts];
}

/** The asset that something of this name belongs to: `pump[].tripHot` and [1] → `pump[2]`. */
export function ownerOf(
  manifest: Manifest,
  name: string,
  index: readonly number[],
): Extract<Node, { kind: 'asset' }> {
  let here: Extract<Node, { kind: 'asset' }> = {
    kind: 'asset',
    structure: manifest.structure,
    path: '',
    index: [],
  };
  let rest = name;
  for (;;) {
    const child = here.structure.children.find(({ name: part, size }) =>
      rest.startsWith(`${part}${size === undefined ? '' : '[]'}.`),
    );
    if (child === undefined) return here;
    const own = here.path === '' ? child.name : `${here.path}.${child.name}`;
    const at = child.size === undefined ? undefined : index[here.index.length];
    here = {
      kind: 'asset',
      structure: child,
      path: at === undefined ? own : `${own}[${at + 1}]`,
      index: at === undefined ? here.index : [...here.index, at],
    };
    rest = rest.slice(child.name.length + (child.size === undefined ? 1 : 3));
  }
}
