/** Stations and ways of a process → places. Folded into lines where the room is too narrow for one. */
import type { ElkNode } from 'elkjs/lib/elk-api.js';
import type { ProcessGraph, Station } from './process-graph.ts';

export interface PlacedStation extends Station {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface PlacedWay {
  from: number;
  to: number;
  kind: 'on' | 'full' | 'gaveUp';
  points: [number, number][];
  label: { x: number; y: number; text: string } | undefined;
}

export interface ProcessDrawing {
  width: number;
  height: number;
  stations: PlacedStation[];
  ways: PlacedWay[];
}

/** Names and counts stand in the upper 24, or, with a line beneath, 38; items in the lower 28. */
export const sizes: Readonly<Record<Station['kind'], readonly [number, number]>> = {
  arrive: [92, 44],
  queue: [132, 64],
  belt: [168, 64],
  use: [132, 64],
  wait: [112, 68],
  choose: [30, 30],
  other: [132, 68],
  leave: [92, 44],
};
const letter = 6;

export async function layOutProcess(graph: ProcessGraph, width: number): Promise<ProcessDrawing> {
  const { default: Elk } = (await import('elkjs/lib/elk.bundled.js')).default;
  const elk = new Elk();
  // Layers are folded at a ratio of width to height, so the width that comes of it has to be tried.
  let best: ElkNode | undefined;
  for (let slimmer = Infinity; ; slimmer = slimmer === Infinity ? 1.2 : slimmer * 0.7) {
    const placed = await elk.layout(toNode(graph, width, slimmer));
    if (best === undefined || (placed.width ?? 0) < (best.width ?? 0)) best = placed;
    if ((placed.width ?? 0) <= width || slimmer < 0.3) break;
  }
  return draw(best, graph);
}

function toNode({ stations, ways }: ProcessGraph, width: number, slimmer: number): ElkNode {
  return {
    id: 'root',
    layoutOptions: {
      'elk.algorithm': 'layered',
      'elk.direction': 'RIGHT',
      'elk.edgeRouting': 'ORTHOGONAL',
      'elk.padding': '[top=8,left=8,bottom=8,right=8]',
      'elk.spacing.nodeNode': '20',
      'elk.spacing.edgeNode': '14',
      'elk.spacing.edgeEdge': '10',
      'elk.layered.spacing.nodeNodeBetweenLayers': '26',
      'elk.layered.spacing.edgeNodeBetweenLayers': '14',
      'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
      'elk.layered.cycleBreaking.strategy': 'MODEL_ORDER',
      'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
      'elk.layered.nodePlacement.favorStraightEdges': 'true',
      'elk.layered.wrapping.strategy': slimmer === Infinity ? 'OFF' : 'MULTI_EDGE',
      'elk.aspectRatio': String(Math.max(0.5, (Math.min(1.2, slimmer) * width) / 300)),
    },
    children: stations.map(({ kind }, at) => ({
      id: `station ${at}`,
      width: sizes[kind][0],
      height: sizes[kind][1],
    })),
    edges: ways.map(({ from, to, label }, at) => ({
      id: `way ${at}`,
      sources: [`station ${from}`],
      targets: [`station ${to}`],
      ...(label
        ? {
            labels: [
              { id: `label ${at}`, text: label, width: Math.ceil(letter * label.length + 6), height: 14 },
            ],
          }
        : {}),
    })),
  };
}

function draw(placed: ElkNode, { stations, ways }: ProcessGraph): ProcessDrawing {
  return {
    width: placed.width ?? 0,
    height: placed.height ?? 0,
    stations: (placed.children ?? []).map(({ x = 0, y = 0, width = 0, height = 0 }, at) => ({
      ...stations[at]!,
      x,
      y,
      width,
      height,
    })),
    ways: (placed.edges ?? []).map((edge, at) => {
      const { from, to, kind } = ways[at]!;
      const label = edge.labels?.[0];
      return {
        from,
        to,
        kind,
        // A way that is folded into the next line comes in pieces.
        points: (edge.sections ?? []).flatMap(({ startPoint, bendPoints = [], endPoint }) =>
          [startPoint, ...bendPoints, endPoint].map(({ x, y }): [number, number] => [x, y]),
        ),
        label: label?.text
          ? {
              x: (label.x ?? 0) + (label.width ?? 0) / 2,
              y: (label.y ?? 0) + (label.height ?? 0) / 2,
              text: label.text,
            }
          : undefined,
      };
    }),
  };
}
