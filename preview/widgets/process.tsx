/** The steps of a process as stations, with the items in them: queues with their lengths, units that are busy, and who goes where. */
import { useComputed } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { ManifestWidget } from '../../runtime/contract/shown.ts';
import { usePreview, useWatch } from '../context.ts';
import type { Place, ProcessInfo } from '../protocol.ts';
import { words } from '../words.ts';
import { DiagramCard } from './diagram-card.tsx';
import { useLayout } from './laid-out.ts';
import { roundedPath } from './polyline.ts';
import { processGraph } from './process-graph.ts';
import type { ProcessGraph } from './process-graph.ts';
import { ItemDots } from './process-items.ts';
import { layOutProcess } from './process-layout.ts';
import type { ProcessDrawing } from './process-layout.ts';
import { StationBox } from './process-station.tsx';

export function Process({ widget }: { widget: Extract<ManifestWidget, { kind: 'process' }> }) {
  const { store } = usePreview();
  const info = store.hello.value?.processes?.find(
    ({ process, instance }) => process === widget.process && instance === widget.instance,
  );
  return info ? <Flow key={info.label} info={info} /> : null;
}

function Flow({ info }: { info: ProcessInfo }) {
  const { store } = usePreview();
  const graph = useMemo(() => processGraph(info), [info]);
  const { host, drawing } = useLayout((width) => layOutProcess(graph, width), graph);
  useWatch([info.inside]);
  useEffect(() => store.costly.show('items'), [store]);
  const inside = useComputed(() => Math.round(store.value(info.inside).value ?? 0));
  const text = useComputed(() => words.itemsInside(inside.value));
  const placed = drawing.value;
  const reveal = ({ uri, line, column }: Place) => store.command({ type: 'reveal', uri, line, column });
  const label = words.processOf(info.label);
  return (
    <DiagramCard
      kind="process"
      title={info.label}
      doc={info.doc}
      label={label}
      drawn={label}
      now={text}
      host={host}
      size={placed}
    >
      {placed?.ways.map(({ points, kind, label: said }, i) => (
        <g key={i} class={`way way-${kind}`}>
          <path d={roundedPath(points)} marker-end="url(#arrow)" />
          {said ? (
            <text x={said.x} y={said.y} dy="0.35em">
              {said.text}
            </text>
          ) : null}
        </g>
      ))}
      {placed?.stations.map((station, i) => (
        <StationBox key={i} at={i} station={station} info={info} graph={graph} reveal={reveal} />
      ))}
      {placed ? <Items key={placed.width} info={info} graph={graph} drawing={placed} /> : null}
    </DiagramCard>
  );
}

function Items({
  info,
  graph,
  drawing,
}: {
  info: ProcessInfo;
  graph: ProcessGraph;
  drawing: ProcessDrawing;
}) {
  const { store } = usePreview();
  const host = useRef<SVGGElement>(null);
  useEffect(() => {
    if (!host.current) return;
    const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    const dots = new ItemDots(host.current, drawing, still);
    let shown: unknown;
    const paint = () => {
      const now = performance.now();
      const items = store.costly.items.peek();
      if (items !== shown) {
        shown = items;
        const flow = items?.flows.find(
          ({ process, instance }) => process === info.process && instance === info.instance,
        );
        if (flow) dots.update(flow.ids, (item) => graph.stationOf[flow.steps[item]!] ?? -1, now);
        else dots.clear();
      }
      if (dots.paint(now)) store.invalidate();
    };
    const stop = [store.onPaint(paint), store.costly.items.subscribe(() => store.invalidate())];
    return () => {
      for (const each of stop) each();
      dots.clear();
    };
  }, [info, graph, drawing]);
  return <g ref={host} class="items" aria-hidden="true" />;
}
