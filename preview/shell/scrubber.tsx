/** The run as a line: how far it is computed, where events are, where one stands. Drag it, or use the arrow keys. */
import { useComputed } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { usePreview } from '../context.ts';
import { formatRunning } from '../format/time.ts';
import type { SessionStore } from '../session/store.ts';
import type { Palette } from '../style/palette.ts';
import { words } from '../words.ts';
import { seekBy } from './keyboard.ts';

export function Scrubber() {
  const { store, palette, kept } = usePreview();
  const canvas = useRef<HTMLCanvasElement>(null);
  const track = useRef<HTMLDivElement>(null);
  const domain = () => domainOf(store);
  const part = useComputed(() => {
    const [from, to] = domain();
    return Math.min(1, Math.max(0, (store.shown.value - from) / (to - from)));
  });
  const computedPart = useComputed(() => {
    const [from, to] = domain();
    return Math.min(1, Math.max(0, ((store.status.value?.computed ?? from) - from) / (to - from)));
  });
  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    let painted = '';
    const paint = () => {
      const events = store.events.peek();
      const [from, to] = domainOf(store);
      const key = `${from} ${to} ${events.length} ${events.at(-1)?.id} ${element.clientWidth} ${palette.peek().warning}`;
      if (key === painted) return;
      painted = key;
      drawTicks(element, store, palette.peek(), from, to);
    };
    const stop = [
      store.onPaint(paint),
      palette.subscribe(() => store.invalidate()),
      store.events.subscribe(() => store.invalidate()),
    ];
    const observer = new ResizeObserver(() => store.invalidate());
    observer.observe(element);
    return () => {
      observer.disconnect();
      for (const each of stop) each();
    };
  }, []);
  const zoom = useComputed(() => {
    const stretch = kept.zoom.value;
    if (!stretch) return 'display: none';
    const [from, to] = domain();
    const place = (time: number) => Math.min(1, Math.max(0, (time - from) / (to - from)));
    const left = place(stretch.from);
    return `left: ${left * 100}%; width: ${(place(stretch.to) - left) * 100}%`;
  });
  const failure = useComputed(() => {
    const trace = store.trials.trace.value;
    if (!trace) return 'display: none';
    const [from, to] = domain();
    return `left: ${Math.min(1, Math.max(0, (trace.time - from) / (to - from))) * 100}%`;
  });
  const written = (time: number) => formatRunning(time, store.status.value?.end);
  /** s; where a brush over the line began. */
  const brushed = useRef<number | null>(null);
  const timeAt = (event: PointerEvent) => {
    const box = track.current!.getBoundingClientRect();
    const [from, to] = domain();
    const part = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    return from + part * (to - from);
  };
  const brushTo = (event: PointerEvent, from: number) => {
    const to = timeAt(event);
    if (to !== from) kept.zoom.value = { from: Math.min(from, to), to: Math.max(from, to) };
  };
  // A pointer moves more often than the screen changes; one seek for each frame is enough.
  const pending = useRef<number | null>(null);
  const seekTo = (event: PointerEvent) => {
    const time = timeAt(event);
    if (pending.current === null)
      requestAnimationFrame(() => {
        if (pending.current !== null) store.seek(pending.current);
        pending.current = null;
      });
    pending.current = time;
  };
  const status = store.status.value;
  return (
    <div
      ref={track}
      class="scrubber"
      role="slider"
      tabIndex={0}
      aria-label={words.scrub}
      aria-valuemin={status?.start ?? 0}
      aria-valuemax={status?.end ?? status?.computed ?? 0}
      aria-valuenow={useComputed(() => Math.round(store.shown.value * 10) / 10)}
      aria-valuetext={useComputed(() => words.of(written(store.shown.value), written(domain()[1])))}
      aria-disabled={status ? 'false' : 'true'}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        brushed.current = event.shiftKey ? timeAt(event) : null;
        if (!event.shiftKey) seekTo(event);
      }}
      onPointerMove={(event) => {
        if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
        if (brushed.current === null) seekTo(event);
        else brushTo(event, brushed.current);
      }}
      onKeyDown={(event) => {
        if (event.key !== 'PageUp' && event.key !== 'PageDown') return;
        event.preventDefault();
        seekBy(store, event.key === 'PageUp' ? 0.1 : -0.1);
      }}
    >
      <div class="scrub-track">
        <div class="scrub-computed" style={useComputed(() => `transform: scaleX(${computedPart.value})`)} />
        <div class="scrub-done" style={useComputed(() => `transform: scaleX(${part.value})`)} />
      </div>
      <div class="scrub-zoom" style={zoom} />
      <div class="scrub-rail">
        <div class="scrub-failure" style={failure} />
      </div>
      <canvas ref={canvas} class="scrub-events" aria-hidden="true" />
      <div class="scrub-rail">
        <div class="scrub-head" style={useComputed(() => `left: ${part.value * 100}%`)} />
      </div>
    </div>
  );
}

function domainOf(store: SessionStore): [number, number] {
  const status = store.status.value;
  if (!status) return [0, 1];
  const end = status.end ?? Math.max(status.computed, store.now.value);
  return [status.start, end > status.start ? end : status.start + 1];
}

function drawTicks(
  canvas: HTMLCanvasElement,
  store: SessionStore,
  palette: Palette,
  from: number,
  to: number,
): void {
  const context = canvas.getContext('2d');
  const ratio = devicePixelRatio;
  canvas.width = Math.round(canvas.clientWidth * ratio);
  canvas.height = Math.round(canvas.clientHeight * ratio);
  if (!context) return;
  const colors = { critical: palette.critical, warning: palette.warning, info: palette.muted };
  // The severe last: where ticks share a pixel, they must be the ones that are seen.
  for (const severity of ['info', 'warning', 'critical'] as const) {
    context.fillStyle = colors[severity];
    const height = canvas.height * (severity === 'info' ? 0.6 : 1);
    let drawn = -Infinity;
    for (const event of store.events.peek()) {
      if (event.severity !== severity) continue;
      const x = Math.round(((event.time - from) / (to - from)) * (canvas.width - ratio));
      if (x < drawn + 2 * ratio) continue;
      drawn = x;
      context.fillRect(x, 0, 1.5 * ratio, height);
    }
  }
}
