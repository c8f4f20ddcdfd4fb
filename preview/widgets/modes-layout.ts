/** A `modes` block → boxes, arrows and labels with places. The same block gives the same picture. */
import type { ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api.js';
import type { ModesInfo } from '../protocol.ts';

export interface ModeBox {
  x: number;
  y: number;
  width: number;
  height: number;
  /** Region and mode; a region that stands beside others has no mode. */
  region: number;
  mode: number | undefined;
  name: string;
  holds: boolean;
}

export interface ModeArrow {
  points: [number, number][];
  /** Position among the transitions; undefined: where a region begins. */
  transition: number | undefined;
  label: { x: number; y: number; text: string } | undefined;
}

export interface ModeDrawing {
  width: number;
  height: number;
  boxes: ModeBox[];
  arrows: ModeArrow[];
  /** Where regions begin. */
  dots: { x: number; y: number }[];
}

const letter = 7.4;
const smallLetter = 6;
const modeHeight = 36;
const headHeight = 28;
const dot = 10;
const longestLabel = 30;

const shortened = (text: string): string =>
  text.length > longestLabel ? `${text.slice(0, longestLabel - 1)}…` : text;

export async function layOutModes(info: ModesInfo, width: number): Promise<ModeDrawing> {
  const { default: Elk } = (await import('elkjs/lib/elk.bundled.js')).default;
  const elk = new Elk();
  const across = draw(await elk.layout(toNode(info, 'RIGHT')), info);
  if (across.width <= width) return across;
  const down = draw(await elk.layout(toNode(info, 'DOWN')), info);
  return down.width <= across.width ? down : across;
}

const modeId = (region: number, mode: number): string => `mode ${region} ${mode}`;

function toNode(info: ModesInfo, direction: 'RIGHT' | 'DOWN'): ElkNode {
  const spacing = {
    'elk.algorithm': 'layered',
    'elk.direction': direction,
    'elk.edgeRouting': 'ORTHOGONAL',
    'elk.spacing.nodeNode': '28',
    'elk.spacing.edgeNode': '18',
    'elk.spacing.edgeEdge': '14',
    'elk.spacing.edgeLabel': '4',
    'elk.layered.spacing.nodeNodeBetweenLayers': '40',
    'elk.layered.spacing.edgeNodeBetweenLayers': '18',
    // The order of the text; where modes have modes of their own ELK 0.12 keeps none.
    ...(info.regions.length === 1
      ? {
          'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
          'elk.layered.cycleBreaking.strategy': 'MODEL_ORDER',
        }
      : { 'elk.layered.cycleBreaking.strategy': 'DEPTH_FIRST' }),
    'elk.layered.feedbackEdges': 'true',
    'elk.edgeLabels.inline': 'false',
  };
  const edges: ElkExtendedEdge[] = [];
  const inside = (region: number): ElkNode[] => {
    const { modes } = info.regions[region]!;
    const nodes = modes.map(({ name, regions }, mode): ElkNode => {
      const id = modeId(region, mode);
      const least = Math.round(letter * name.length + 32);
      if (regions.length === 0) return { id, width: Math.max(72, least), height: modeHeight };
      const children =
        regions.length === 1
          ? inside(regions[0]!)
          : regions.map((each) => ({
              id: `region ${each}`,
              children: inside(each),
              layoutOptions: { ...spacing, 'elk.padding': `[top=${headHeight},left=12,bottom=12,right=12]` },
            }));
      return {
        id,
        children,
        layoutOptions: {
          ...spacing,
          'elk.padding': `[top=${headHeight + 8},left=16,bottom=16,right=16]`,
          'elk.nodeSize.constraints': 'MINIMUM_SIZE',
          'elk.nodeSize.minimum': `(${least},${modeHeight})`,
        },
      };
    });
    const first = modes.findIndex(({ initial }) => initial);
    if (first < 0) return nodes;
    const begin = `begin ${region}`;
    edges.push({ id: `begins ${region}`, sources: [begin], targets: [modeId(region, first)] });
    return [{ id: begin, width: dot, height: dot }, ...nodes];
  };
  const children = inside(0);
  info.transitions.forEach(({ from, to, text }, i) => {
    const label = shortened(text);
    edges.push({
      id: `transition ${i}`,
      sources: [modeId(...from)],
      targets: [modeId(...to)],
      labels: [
        { id: `label ${i}`, text: label, width: Math.ceil(smallLetter * label.length + 6), height: 14 },
      ],
    });
  });
  return {
    id: 'root',
    children,
    edges,
    layoutOptions: {
      ...spacing,
      'elk.padding': '[top=8,left=8,bottom=8,right=8]',
      'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
      'org.eclipse.elk.json.edgeCoords': 'ROOT',
      'org.eclipse.elk.json.shapeCoords': 'ROOT',
    },
  };
}

function draw(placed: ElkNode, info: ModesInfo): ModeDrawing {
  const drawing: ModeDrawing = {
    width: placed.width ?? 0,
    height: placed.height ?? 0,
    boxes: [],
    arrows: [],
    dots: [],
  };
  const collect = (node: ElkNode): void => {
    const { x = 0, y = 0, width = 0, height = 0 } = node;
    const [kind, region, mode] = node.id.split(' ');
    const at = Number(region);
    if (kind === 'begin') drawing.dots.push({ x: x + width / 2, y: y + height / 2 });
    else
      drawing.boxes.push({
        x,
        y,
        width,
        height,
        region: at,
        mode: kind === 'mode' ? Number(mode) : undefined,
        name: kind === 'mode' ? info.regions[at]!.modes[Number(mode)]!.name : info.regions[at]!.name,
        holds: (node.children?.length ?? 0) > 0,
      });
    for (const child of node.children ?? []) collect(child);
  };
  for (const child of placed.children ?? []) collect(child);
  for (const edge of placed.edges ?? []) {
    const [kind, number] = edge.id.split(' ');
    const label = edge.labels?.[0];
    for (const { startPoint, bendPoints = [], endPoint } of edge.sections ?? [])
      drawing.arrows.push({
        points: [startPoint, ...bendPoints, endPoint].map(({ x, y }): [number, number] => [x, y]),
        transition: kind === 'transition' ? Number(number) : undefined,
        label:
          label === undefined
            ? undefined
            : {
                x: (label.x ?? 0) + (label.width ?? 0) / 2,
                y: (label.y ?? 0) + (label.height ?? 0) / 2,
                text: label.text ?? '',
              },
      });
  }
  return drawing;
}
