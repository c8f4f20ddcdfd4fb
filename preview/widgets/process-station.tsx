/** One station of a process: what it is called, how many are in it, and how much of what it uses is busy. */
import { useComputed } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { usePreview, useWatch } from '../context.ts';
import type { Place, ProcessInfo, ProcessStep } from '../protocol.ts';
import { words } from '../words.ts';
import type { ProcessGraph } from './process-graph.ts';
import type { PlacedStation } from './process-layout.ts';

/** Units drawn one by one. */
const mostUnits = 8;

type Resource = NonNullable<ProcessStep['resources']>[number];

interface Props {
  at: number;
  station: PlacedStation;
  info: ProcessInfo;
  graph: ProcessGraph;
  reveal: (place: Place) => void;
}

export function StationBox({ at, station, info, graph, reveal }: Props) {
  const { kind, text, main } = station;
  const count = useCount(at, station, info, graph);
  const label = useComputed(() => words.station(visibleText(station, count.value), text));
  return (
    <g
      class={`station station-${kind}`}
      role="button"
      tabindex={0}
      aria-label={label}
      data-station={at}
      data-count={count}
      onClick={() => reveal(main.source)}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        event.stopPropagation();
        reveal(main.source);
      }}
    >
      <title>{`${text}\n${words.revealSource}`}</title>
      <g aria-hidden="true">
        <Shape station={station} count={count} />
      </g>
    </g>
  );
}

/** What is written in it: a name that is heard begins with what is seen. */
function visibleText({ kind, name, width, main, detail }: PlacedStation, count: number): string {
  switch (kind) {
    case 'arrive':
      return `${count} ${words.arrived}`;
    case 'leave':
      return `${count} ${fitted(name, width - 16)}`;
    case 'choose':
      return '';
    case 'use':
      return '';
    case 'wait':
    case 'other':
      return `${fitted(name, width - 62)} ${count} ${fitted(detail, width - 20)}`.trimEnd();
    default: {
      const capacity = kind === 'queue' ? main.place?.capacity : undefined;
      return `${fitted(name, width - 62)} ${count}${capacity === undefined ? '' : ` / ${capacity}`}`;
    }
  }
}

/** What is counted there: items that came, left, wait, or are worked on. */
function useCount(
  at: number,
  station: PlacedStation,
  info: ProcessInfo,
  graph: ProcessGraph,
): ReadonlySignal<number> {
  const { store } = usePreview();
  const { kind, main } = station;
  const named =
    kind === 'arrive'
      ? info.arrived
      : kind === 'leave'
        ? counterOf(info, station)
        : kind === 'queue' || kind === 'belt'
          ? main.place!.length
          : undefined;
  const series = named !== undefined && store.lookup.value.series.has(named) ? named : undefined;
  useWatch(series === undefined ? [] : [series]);
  return useComputed(() => {
    if (series !== undefined) return Math.round(store.value(series).value ?? 0);
    const flow = store.costly.items.value?.flows.find(
      ({ process, instance }) => process === info.process && instance === info.instance,
    );
    return (flow?.counts ?? []).reduce(
      (sum, each, step) => sum + (graph.stationOf[step] === at ? each : 0),
      0,
    );
  });
}

function Shape({ station, count }: { station: PlacedStation; count: ReadonlySignal<number> }) {
  const { x, y, width, height, kind, name, main } = station;
  const middle = x + width / 2;
  if (kind === 'choose')
    return (
      <path
        class="station-shape"
        d={`M${middle} ${y}L${x + width} ${y + height / 2}L${middle} ${y + height}L${x} ${y + height / 2}Z`}
      />
    );
  if (kind === 'arrive' || kind === 'leave')
    return (
      <>
        <rect class="station-shape" x={x} y={y} width={width} height={height} rx={height / 2} />
        <text class="station-count" x={middle} y={y + 20} text-anchor="middle">
          {count}
        </text>{' '}
        <text class="station-name small" x={middle} y={y + 35} text-anchor="middle">
          {kind === 'arrive' ? words.arrived : fitted(name, width - 16)}
        </text>
      </>
    );
  const capacity = kind === 'queue' ? main.place?.capacity : undefined;
  return (
    <>
      <rect class="station-shape" x={x} y={y} width={width} height={height} rx={8} />
      {capacity === undefined ? null : <Filled station={station} count={count} capacity={capacity} />}
      {kind === 'use' ? (
        main.resources
          ?.slice(0, 2)
          .map((resource, row) => (
            <Used key={resource.name} station={station} resource={resource} y={y + 10 + 17 * row} />
          ))
      ) : (
        <>
          <text class="station-name" x={x + 10} y={y + 19}>
            {fitted(name, width - 62)}
          </text>{' '}
          <text class="station-count" x={x + width - 10} y={y + 20} text-anchor="end">
            {count}
            {capacity === undefined ? null : <tspan class="station-of">{` / ${capacity}`}</tspan>}
          </text>{' '}
          {kind === 'wait' || kind === 'other' ? (
            <text class="station-name small" x={x + 10} y={y + 34}>
              {fitted(station.detail, width - 20)}
            </text>
          ) : null}
        </>
      )}
    </>
  );
}

/** A line along the lower edge that says how full a queue is. */
function Filled({
  station,
  count,
  capacity,
}: {
  station: PlacedStation;
  count: ReadonlySignal<number>;
  capacity: number;
}) {
  const { x, y, width, height } = station;
  const full = width - 16;
  const filled = useComputed(() => (capacity > 0 ? Math.min(1, count.value / capacity) * full : 0));
  const look = useComputed(() => `fill-level${count.value >= capacity ? ' is-full' : ''}`);
  return (
    <>
      <rect class="fill-track" x={x + 8} y={y + height - 5} width={full} height={2.5} rx={1.25} />
      <rect class={look} x={x + 8} y={y + height - 5} width={filled} height={2.5} rx={1.25} />
    </>
  );
}

/** What is used, and its units as squares: busy ones filled, broken ones crossed out. */
function Used({ station, resource, y }: { station: PlacedStation; resource: Resource; y: number }) {
  const { x, width } = station;
  const { store } = usePreview();
  const { name, units } = resource;
  const known = (id: string | undefined): id is string =>
    id !== undefined && store.lookup.value.series.has(id);
  useWatch([resource.busy, resource.down].filter(known));
  const read = (id: string | undefined) => (known(id) ? Math.round(store.value(id).value ?? 0) : 0);
  const busy = useComputed(() => read(resource.busy));
  const down = useComputed(() => read(resource.down));
  const text = useComputed(() => (units === undefined ? String(busy.value) : `${busy.value} / ${units}`));
  const single = units !== undefined && units <= mostUnits;
  const right = x + width - 10;
  return (
    <>
      <text class="station-name" x={x + 10} y={y + 9}>
        {fitted(name, width - 24 - (single ? 12 * units : 44))}
      </text>
      {single ? (
        Array.from({ length: units }, (_, unit) => (
          <Unit
            key={unit}
            x={right - (units - unit) * 12 + 2}
            y={y}
            unit={unit}
            units={units}
            busy={busy}
            down={down}
          />
        ))
      ) : (
        <text class="station-count" x={right} y={y + 10} text-anchor="end">
          {text}
        </text>
      )}
    </>
  );
}

function Unit({
  x,
  y,
  unit,
  units,
  busy,
  down,
}: {
  x: number;
  y: number;
  unit: number;
  units: number;
  busy: ReadonlySignal<number>;
  down: ReadonlySignal<number>;
}) {
  const state = useComputed(() =>
    unit >= units - down.value ? 'unit is-down' : unit < busy.value ? 'unit is-busy' : 'unit',
  );
  return (
    <g class={state}>
      <rect x={x} y={y} width={10} height={10} rx={2} />
      <path d={`M${x + 2.5} ${y + 2.5}l5 5m0 -5l-5 5`} />
    </g>
  );
}

/** A name cut to a width in px. */
function fitted(name: string, width: number): string {
  const letters = Math.max(3, Math.floor(width / 6.6));
  return name.length <= letters ? name : `${name.slice(0, letters - 1)}…`;
}

/** What a way out counts: `bottle.scrap`, `bottle.balked`. */
function counterOf(info: ProcessInfo, { text, name }: PlacedStation): string {
  if (text === 'leave') return info.left;
  const field = { balk: 'balked', 'give up': 'reneged' }[text] ?? name;
  return `${info.label}.${field}`;
}
