/**
 * Structure of the twin → boxes and lines with places. ELK packs the parts of each asset into its box, or lays them out in
 * layers where they are joined, in the order of the text, so that a small edit moves little. The same structure and width
 * give the same picture.
 */
import type { ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api.js';
import type { StructureInfo } from '../protocol.ts';

export interface Box {
  /** Of the whole drawing, in px. */
  x: number;
  y: number;
  width: number;
  height: number;
  part: StructureInfo;
  /** Parts of the same kind that are not drawn. */
  more: number;
  depth: number;
  /** It holds other boxes. */
  holds: boolean;
}

export interface Drawing {
  width: number;
  height: number;
  boxes: Box[];
  lines: Line[];
  /** Where lines of more than two ends meet. */
  dots: { x: number; y: number }[];
  /** Ports of an asset, inside its box. */
  terminals: { x: number; y: number; width: number; height: number; name: string }[];
}

/** A connection, or a part of one. */
export interface Line {
  points: [number, number][];
  /** Paths of the parts at both ends of its connection. */
  parts: readonly string[];
  /** `battery.p – r.p` */
  text: string;
}

interface Made {
  parts: Map<string, { part: StructureInfo; more: number; depth: number }>;
  lines: Map<string, { parts: readonly string[]; text: string }>;
  terminals: Map<string, string>;
  dots: Set<string>;
  /** Part of the room's width that layers are folded to. */
  slimmer: number;
}

const headHeight = 30;
const valueHeight = 20;
const boxWidth = 188;
const gap = 12;
/** Values shown in a box. */
export const valuesShown = 2;
/** Elements of one array that are drawn; a box with their number stands for the rest. */
const elementsShown = 12;

const unfolded = Infinity;

export async function layOut(root: StructureInfo, width: number): Promise<Drawing> {
  // ELK is larger than all the rest together, and most views have no schematic.
  const { default: Elk } = (await import('elkjs/lib/elk.bundled.js')).default;
  const target = Math.max(boxWidth + 2 * gap, width);
  const elk = new Elk();
  // Layers are folded at a ratio of width to height, so the width that comes of it has to be tried.
  for (let slimmer = unfolded; ; slimmer = slimmer === unfolded ? 1 : slimmer * 0.75) {
    const made: Made = {
      parts: new Map(),
      lines: new Map(),
      terminals: new Map(),
      dots: new Set(),
      slimmer,
    };
    const placed = await elk.layout(toNode(root, 0, target, made));
    if ((placed.width ?? 0) <= target || made.lines.size === 0 || slimmer < 0.4) return draw(placed, made);
  }
}

function draw(placed: ElkNode, made: Made): Drawing {
  const drawing: Drawing = {
    width: placed.width ?? 0,
    height: placed.height ?? 0,
    boxes: [],
    lines: [],
    dots: [],
    terminals: [],
  };
  collect(placed, 0, 0, made, drawing);
  return drawing;
}

function toNode(part: StructureInfo, depth: number, width: number, made: Made, more = 0): ElkNode {
  const { parts } = made;
  const id = String(parts.size);
  parts.set(id, { part, more, depth });
  const own = headHeight + Math.min(valuesShown, part.series.length) * valueHeight + 6;
  if (part.children.length === 0 || more > 0)
    return { id, width: boxWidth, height: more > 0 ? headHeight + 6 : own };
  const inner = width - 2 * gap;
  const kept = abridged(part.children);
  const children = kept.map((each) => toNode(each.part, depth + 1, inner, made, each.more));
  const common = {
    'elk.padding': `[top=${own + 4},left=${gap},bottom=${gap},right=${gap}]`,
    'elk.nodeSize.constraints': 'MINIMUM_SIZE',
    'elk.nodeSize.minimum': `(${boxWidth},${own})`,
  };
  if (part.links !== undefined && part.links.length > 0) {
    const boxOf = (path: string): { node: ElkNode; order: number } | undefined => {
      const at = kept.findIndex((each) => each.part.path === path && each.more === 0);
      if (at >= 0) return { node: children[at]!, order: at };
      // One of the many that a single box stands for.
      const rest = kept.findIndex((each) => each.more > 0 && arrayOf(each.part.path) === arrayOf(path));
      return rest < 0 ? undefined : { node: children[rest]!, order: rest };
    };
    const { nodes, edges } = connect(part, id, boxOf, made);
    return {
      id,
      layoutOptions: {
        ...common,
        'elk.algorithm': 'layered',
        'elk.direction': 'RIGHT',
        'elk.edgeRouting': 'ORTHOGONAL',
        'elk.spacing.nodeNode': String(gap + 4),
        'elk.spacing.edgeNode': String(gap),
        'elk.spacing.edgeEdge': '8',
        'elk.layered.spacing.nodeNodeBetweenLayers': '36',
        'elk.layered.spacing.edgeNodeBetweenLayers': String(gap),
        'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
        'elk.layered.cycleBreaking.strategy': 'GREEDY',
        'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
        'elk.layered.wrapping.strategy': made.slimmer === unfolded ? 'OFF' : 'MULTI_EDGE',
        'elk.aspectRatio': String(Math.max(0.6, (Math.min(1, made.slimmer) * inner) / 360)),
      },
      children: [...children, ...nodes],
      edges,
    };
  }
  return {
    id,
    layoutOptions: {
      ...common,
      'elk.algorithm': 'rectpacking',
      'elk.rectpacking.widthApproximation.strategy': 'TARGET_WIDTH',
      'elk.rectpacking.widthApproximation.targetWidth': String(inner),
      'elk.spacing.nodeNode': String(gap),
    },
    children,
  };
}

const arrayOf = (path: string): string => path.replace(/\[[^\]]*\]$/, '');

/** The joins of a part as edges; with a dot where more than two ends meet, and a terminal for each own port. */
function connect(
  part: StructureInfo,
  id: string,
  boxOf: (path: string) => { node: ElkNode; order: number } | undefined,
  made: Made,
): { nodes: ElkNode[]; edges: ElkExtendedEdge[] } {
  const nodes: ElkNode[] = [];
  const edges: ElkExtendedEdge[] = [];
  const terminals = new Map<string, string>();
  const known = new Set<string>();
  const first = part.ports?.[0];
  const isFirst = (port: string): boolean => first !== undefined && arrayOf(port) === first;
  const nameOf = (path: string): string =>
    part.path !== '' && path.startsWith(`${part.path}.`) ? path.slice(part.path.length + 1) : path;
  const terminal = (port: string): string => {
    let there = terminals.get(port);
    if (there === undefined) {
      terminals.set(port, (there = `${id} port ${port}`));
      made.terminals.set(there, port);
      nodes.push({ id: there, width: 16 + 7 * port.length, height: 20 });
    }
    return there;
  };
  // All lines of one port leave its box at one place.
  const portOf = (box: ElkNode, port: string): string => {
    const there = `${box.id} at ${port}`;
    box.ports ??= [];
    if (!box.ports.some((each) => each.id === there)) box.ports.push({ id: there, width: 0, height: 0 });
    return there;
  };
  const edge = (from: string, to: string, parts: readonly string[], text: string): void => {
    // Within one box, such as the one that stands for many, there is nothing to see.
    if (from.split(' at ')[0] === to.split(' at ')[0] || known.has(`${from} ${to}`)) return;
    known.add(`${from} ${to}`);
    const line = `${id} line ${edges.length}`;
    made.lines.set(line, { parts, text });
    edges.push({ id: line, sources: [from], targets: [to] });
  };
  for (const ends of part.links ?? []) {
    const text = ends
      .map((end) => (end.part === part.path ? end.port : `${nameOf(end.part)}.${end.port}`))
      .join(' – ');
    const parts = ends.map((end) => end.part);
    const places = new Map<string, number>();
    for (const end of ends) {
      if (end.part === part.path) {
        // The first port of an asset stands on its left, the others on its right, the parts between.
        places.set(terminal(end.port), isFirst(end.port) ? -1 : Infinity);
        continue;
      }
      const box = boxOf(end.part);
      if (box !== undefined) places.set(portOf(box.node, end.port), box.order);
    }
    // From left to right in the order of the text.
    const different = [...places].sort(([, x], [, y]) => x - y).map(([place]) => place);
    const leaves = places.get(different.at(-1)!) === Infinity;
    const comes = (i: number): boolean => (leaves ? i < different.length - 1 : i === 0);
    if (different.length === 2) edge(different[0]!, different[1]!, parts, text);
    else if (different.length > 2) {
      const dot = `${id} dot ${made.dots.size}`;
      made.dots.add(dot);
      nodes.push({
        id: dot,
        width: 8,
        height: 8,
        ports: [
          { id: `${dot} in`, width: 0, height: 0, layoutOptions: { 'elk.port.side': 'WEST' } },
          { id: `${dot} out`, width: 0, height: 0, layoutOptions: { 'elk.port.side': 'EAST' } },
        ],
        layoutOptions: { 'elk.portConstraints': 'FIXED_SIDE' },
      });
      different.forEach((place, i) => {
        if (comes(i)) edge(place, `${dot} in`, parts, text);
        else edge(`${dot} out`, place, parts, text);
      });
    }
  }
  return { nodes, edges };
}

/** Long arrays in short: their first elements, and one that stands for the rest. */
function abridged(children: readonly StructureInfo[]): { part: StructureInfo; more: number }[] {
  const seen = new Map<string, number>();
  const kept: { part: StructureInfo; more: number }[] = [];
  for (const part of children) {
    const key = `${part.name.replace(/\[.*\]$/, '')}|${part.asset}`;
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    if (count <= elementsShown) kept.push({ part, more: 0 });
    else if (count === elementsShown + 1) kept.push({ part, more: 1 });
    else {
      const rest = kept.find(
        (each) => each.more > 0 && `${each.part.name.replace(/\[.*\]$/, '')}|${each.part.asset}` === key,
      );
      if (rest) rest.more++;
    }
  }
  return kept;
}

function collect(node: ElkNode, x: number, y: number, made: Made, drawing: Drawing): void {
  const left = x + (node.x ?? 0);
  const top = y + (node.y ?? 0);
  const { width = 0, height = 0 } = node;
  const name = made.terminals.get(node.id);
  if (name !== undefined) {
    drawing.terminals.push({ x: left, y: top, width, height, name });
    return;
  }
  if (made.dots.has(node.id)) {
    drawing.dots.push({ x: left + width / 2, y: top + height / 2 });
    return;
  }
  const entry = made.parts.get(node.id)!;
  const holds = (node.children?.length ?? 0) > 0;
  drawing.boxes.push({ x: left, y: top, width, height, ...entry, holds });
  for (const child of node.children ?? []) collect(child, left, top, made, drawing);
  for (const edge of node.edges ?? [])
    for (const { startPoint, bendPoints = [], endPoint } of edge.sections ?? []) {
      const at = (point: { x: number; y: number }): [number, number] => [left + point.x, top + point.y];
      drawing.lines.push({
        points: [at(startPoint), ...bendPoints.map(at), at(endPoint)],
        ...made.lines.get(edge.id)!,
      });
    }
}
