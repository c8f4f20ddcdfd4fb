/** Structure of the twin → boxes with places. ELK packs the parts of each asset into its box; the same structure and width give the same picture. */
import type { ElkNode } from 'elkjs/lib/elk-api.js';
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
}

export const headHeight = 30;
export const valueHeight = 20;
const boxWidth = 188;
const gap = 12;
/** Values shown in a box. */
export const valuesShown = 2;
/** Elements of one array that are drawn; a box with their number stands for the rest. */
const elementsShown = 12;

export async function layOut(root: StructureInfo, width: number): Promise<Drawing> {
  // ELK is larger than all the rest together, and most views have no schematic.
  const { default: Elk } = (await import('elkjs/lib/elk.bundled.js')).default;
  const parts = new Map<string, { part: StructureInfo; more: number; depth: number }>();
  const target = Math.max(boxWidth + 2 * gap, width);
  const node = toNode(root, 0, target, parts);
  const placed = await new Elk().layout(node);
  const boxes: Box[] = [];
  collect(placed, 0, 0, parts, boxes);
  return { width: placed.width ?? 0, height: placed.height ?? 0, boxes };
}

function toNode(
  part: StructureInfo,
  depth: number,
  width: number,
  parts: Map<string, { part: StructureInfo; more: number; depth: number }>,
  more = 0,
): ElkNode {
  const id = String(parts.size);
  parts.set(id, { part, more, depth });
  const own = headHeight + Math.min(valuesShown, part.series.length) * valueHeight + 6;
  if (part.children.length === 0 || more > 0)
    return { id, width: boxWidth, height: more > 0 ? headHeight + 6 : own };
  const inner = width - 2 * gap;
  return {
    id,
    layoutOptions: {
      'elk.algorithm': 'rectpacking',
      'elk.rectpacking.widthApproximation.strategy': 'TARGET_WIDTH',
      'elk.rectpacking.widthApproximation.targetWidth': String(inner),
      'elk.padding': `[top=${own + 4},left=${gap},bottom=${gap},right=${gap}]`,
      'elk.spacing.nodeNode': String(gap),
      'elk.nodeSize.constraints': 'MINIMUM_SIZE',
      'elk.nodeSize.minimum': `(${boxWidth},${own})`,
    },
    children: abridged(part.children).map((each) => toNode(each.part, depth + 1, inner, parts, each.more)),
  };
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

function collect(
  node: ElkNode,
  x: number,
  y: number,
  parts: ReadonlyMap<string, { part: StructureInfo; more: number; depth: number }>,
  boxes: Box[],
): void {
  const left = x + (node.x ?? 0);
  const top = y + (node.y ?? 0);
  const entry = parts.get(node.id)!;
  boxes.push({
    x: left,
    y: top,
    width: node.width ?? 0,
    height: node.height ?? 0,
    ...entry,
    holds: (node.children?.length ?? 0) > 0,
  });
  for (const child of node.children ?? []) collect(child, left, top, parts, boxes);
}
