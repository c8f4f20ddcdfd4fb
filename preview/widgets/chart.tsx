/** A chart: a legend with values, and panes of one unit each above a common axis of time. */
import { computed, useComputed, useSignal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { usePreview, useWatch } from '../context.ts';
import type { Preview } from '../context.ts';
import { formatValue } from '../format/number.ts';
import { visibleRange } from '../format/range.ts';
import { words } from '../words.ts';
import { chartCsv, chartPng, chartSvg } from './chart-file.ts';
import { Difference } from './difference.tsx';
import { ExportMenu } from './export-menu.tsx';
import { SinceMark } from './since-mark.tsx';
import { Pane, paneHeight } from './pane.ts';
import { panesOf, seriesOf } from './traces.ts';
import type { ChartWidget, PaneSpec, Trace } from './traces.ts';

const collapsedLegend = 12;

export function Chart({ widget }: { widget: ChartWidget }) {
  const preview = usePreview();
  const lookup = preview.store.lookup.value;
  const panes = useMemo(() => panesOf(widget, lookup), [widget, lookup]);
  useWatch(seriesOf(panes));
  const labels = panes.flatMap((pane) => pane.traces.map((trace) => trace.label));
  const title = widget.title || commonTitle(panes);
  const drawn = useRef<readonly Pane[]>([]);
  return (
    <section class="card chart" aria-label={words.chartOf(title || labels.join(', '))}>
      <header class="card-head">
        {title ? <h2>{title}</h2> : null}
        <Legend panes={panes} />
        {panes.length > 0 ? <Export title={title || labels.join(', ')} panes={() => drawn.current} /> : null}
      </header>
      {panes.length > 0 ? (
        <Panes key={lookup.series} panes={panes} own={widget.window} drawn={drawn} />
      ) : (
        <p class="hint">{words.noSamples}</p>
      )}
    </section>
  );
}

/** Names that say what is in the chart, when the text gives none. */
function commonTitle(panes: readonly PaneSpec[]): string {
  const names = panes.flatMap((pane) =>
    pane.traces.map((trace) => trace.label.replace(/\[[^\]]*\]/g, '').replace(/\.(measured|predicted)$/, '')),
  );
  return [...new Set(names.map((name) => name.split('.').at(-1) ?? name))].slice(0, 3).join(' · ');
}

interface PanesProps {
  panes: readonly PaneSpec[];
  own: number | undefined;
  /** Where the panes that are drawn are to be found. */
  drawn: { current: readonly Pane[] };
}

function Panes({ panes, own, drawn }: PanesProps) {
  const preview = usePreview();
  const host = useRef<HTMLDivElement>(null);
  const empty = useSignal(true);
  const alone = panes.filter((pane) => !pane.bands).length < 2;
  useEffect(
    () =>
      host.current
        ? mount(host.current, panes, alone, own, preview, (value) => (empty.value = value), drawn)
        : undefined,
    [panes, own],
  );
  const least = panes.reduce((sum, pane, i) => sum + paneHeight(pane, i === panes.length - 1, alone), 0);
  return (
    <div class="panes" style={{ minHeight: `${least}px` }}>
      <div ref={host} class="pane-host" />
      <EmptyHint empty={empty} />
    </div>
  );
}

function EmptyHint({ empty }: { empty: ReadonlySignal<boolean> }) {
  return (
    <p class="pane-empty" hidden={computed(() => !empty.value)}>
      {words.noSamples}
    </p>
  );
}

/** Builds the panes and keeps them drawn, sized and zoomable; gives back how to take them down. */
function mount(
  host: HTMLElement,
  specs: readonly PaneSpec[],
  alone: boolean,
  own: number | undefined,
  { store, kept, palette, painter }: Preview,
  setEmpty: (empty: boolean) => void,
  drawn: { current: readonly Pane[] },
): () => void {
  const range = () =>
    visibleRange({
      zoom: kept.zoom.peek(),
      window: kept.window.peek(),
      own,
      status: store.status.peek(),
      time: store.shown.peek(),
    });
  // A chart that stands beside a taller one uses the height it gets.
  const heights = () => {
    const least = specs.map((spec, i) => paneHeight(spec, i === specs.length - 1, alone));
    const spare = Math.max(0, host.clientHeight - least.reduce((sum, height) => sum + height, 0));
    const sharing = specs.filter((spec) => !spec.bands).length;
    return least.map((height, i) => (specs[i]!.bands ? height : height + Math.floor(spare / sharing)));
  };
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const later = (ms: number) => {
    waiting ??= setTimeout(() => {
      waiting = undefined;
      store.invalidate();
    }, ms);
  };
  const initial = heights();
  const width = () => Math.max(160, Math.floor(host.clientWidth));
  const panes = specs.map(
    (spec, i) =>
      new Pane(host, width(), initial[i]!, {
        spec,
        store,
        painter,
        palette: () => palette.peek(),
        hidden: () => kept.hidden.peek(),
        mark: () => kept.mark.peek(),
        last: i === specs.length - 1,
        later,
        onZoom: (from, to) => (kept.zoom.value = { from, to }),
        onResetZoom: () => (kept.zoom.value = null),
      }),
  );
  drawn.current = panes;
  let visible = true;
  let hovered = false;
  const paint = (time: number) => {
    if (!visible) return;
    if (!painter.turn(host, time)) {
      store.invalidate();
      return;
    }
    const [from, to] = range();
    const computedTo = Math.max(store.status.peek()?.computed ?? 0, store.now.peek());
    let any = false;
    for (const pane of panes) any = pane.paint(from, to, store.shown.peek(), computedTo) || any;
    setEmpty(!any);
    // The chart moves under a pointer that rests.
    if (hovered) store.cursor.value = panes[0]?.pointerTime() ?? null;
  };
  const repaint = () => {
    for (const pane of panes) pane.forget();
    store.invalidate();
  };
  let wasHelped = painter.isHelped.peek();
  let asking: ReturnType<typeof setTimeout> | undefined;
  const unwatch = [
    store.onPaint(paint),
    palette.subscribe(repaint),
    kept.hidden.subscribe(repaint),
    kept.window.subscribe(repaint),
    store.frozen.subscribe(() => store.invalidate()),
    store.trials.trace.subscribe(() => store.invalidate()),
    kept.mark.subscribe(() => store.invalidate()),
    store.cursor.subscribe(() => {
      for (const pane of panes) pane.pointed();
    }),
    painter.isHelped.subscribe((helped) => {
      if (helped === wasHelped) return;
      wasHelped = helped;
      for (const pane of panes) pane.renew();
      store.invalidate();
    }),
    kept.zoom.subscribe((zoom) => {
      repaint();
      clearTimeout(asking);
      if (!zoom) return;
      asking = setTimeout(() => store.past.askDetail(seriesOf(specs), zoom.from, zoom.to, 2 * width()), 150);
    }),
  ];
  const resized = new ResizeObserver(() => {
    const next = heights();
    panes.forEach((pane, i) => pane.resize(width(), next[i]!));
    store.invalidate();
  });
  resized.observe(host);
  const seen = new IntersectionObserver((entries) => {
    visible = entries.some((entry) => entry.isIntersecting);
    if (visible) store.invalidate();
  });
  seen.observe(host);
  const wheel = (event: WheelEvent) => {
    if (!event.ctrlKey && !event.metaKey && !event.shiftKey) return;
    event.preventDefault();
    const [from, to] = range();
    const pivot = panes[0]?.pointerTime() ?? (from + to) / 2;
    if (event.shiftKey) {
      const shift = ((event.deltaX || event.deltaY) / 1000) * (to - from);
      kept.zoom.value = { from: from + shift, to: to + shift };
    } else {
      const scale = Math.exp(event.deltaY / 400);
      kept.zoom.value = { from: pivot - (pivot - from) * scale, to: pivot + (to - pivot) * scale };
    }
  };
  const enter = () => (hovered = true);
  const leave = () => {
    hovered = false;
    store.cursor.value = null;
  };
  host.addEventListener('wheel', wheel, { passive: false });
  host.addEventListener('mouseenter', enter);
  host.addEventListener('mouseleave', leave);
  return () => {
    clearTimeout(asking);
    clearTimeout(waiting);
    painter.leave(host);
    for (const stop of unwatch) stop();
    resized.disconnect();
    seen.disconnect();
    host.removeEventListener('wheel', wheel);
    host.removeEventListener('mouseenter', enter);
    host.removeEventListener('mouseleave', leave);
    for (const pane of panes) pane.destroy();
    drawn.current = [];
  };
}

/** The chart as a file. */
function Export({ title, panes }: { title: string; panes: () => readonly Pane[] }) {
  const { palette } = usePreview();
  const files = { png: chartPng, svg: chartSvg, csv: chartCsv };
  return (
    <ExportMenu
      title={title}
      make={(kind) => files[kind]({ title, panes: panes(), palette: palette.peek() })}
    />
  );
}

function Legend({ panes }: { panes: readonly PaneSpec[] }) {
  const all = useSignal(false);
  const traces = panes.flatMap((pane) => pane.traces);
  // With one unit, the axis says it.
  const several = panes.filter((pane) => !pane.bands).length > 1;
  const shown = all.value || traces.length <= collapsedLegend ? traces : traces.slice(0, collapsedLegend - 1);
  return (
    <div class="legend" role="group">
      {shown.map((trace) => (
        <LegendItem key={trace.id} trace={trace} beside={besides(panes, trace)} withUnit={several} />
      ))}
      {traces.length > collapsedLegend ? (
        <button type="button" class="link" onClick={() => (all.value = !all.value)}>
          {all.value ? words.showFewerSeries : words.showAllSeries(traces.length)}
        </button>
      ) : null}
    </div>
  );
}

/** Series of the same pane: their values are written with the same decimals. */
function besides(panes: readonly PaneSpec[], trace: Trace): readonly string[] {
  return panes.find((pane) => pane.traces.includes(trace))?.traces.map(({ id }) => id) ?? [];
}

interface LegendItemProps {
  trace: Trace;
  beside: readonly string[];
  withUnit: boolean;
}

function LegendItem({ trace, beside, withUnit }: LegendItemProps) {
  const { store, kept } = usePreview();
  const { id, info } = trace;
  const text = useComputed(() => {
    const value = store.value(id).value;
    const cursor = store.cursor.value;
    const magnitude = Math.max(...beside.map((other) => store.peak(other)));
    return formatValue(cursor === null ? value : store.past.history(id).at(cursor), info, magnitude);
  });
  const pressed = useComputed(() => (kept.hidden.value.has(id) ? 'false' : 'true'));
  const toggle = () => {
    const hidden = new Set(kept.hidden.value);
    if (!hidden.delete(id)) hidden.add(id);
    kept.hidden.value = hidden;
  };
  return (
    <button
      type="button"
      class="legend-item"
      aria-pressed={pressed}
      title={[trace.label, info.doc, trace.deviation === undefined ? '' : words.estimateBand]
        .filter(Boolean)
        .join('\n')}
      onClick={toggle}
    >
      <span class={`swatch swatch-${trace.style} color-${(trace.color % 8) + 1}`} aria-hidden="true" />
      <span class="legend-label">{trace.label}</span>
      <span class={info.base === 'boolean' ? 'legend-value is-word' : 'legend-value'}>{text}</span>
      {trace.style === 'line' ? <Difference info={info} beside={beside} atCursor /> : null}
      <SinceMark info={info} beside={beside} />
      {info.base === 'boolean' || !withUnit ? null : <span class="unit">{info.unit.label}</span>}
    </button>
  );
}
