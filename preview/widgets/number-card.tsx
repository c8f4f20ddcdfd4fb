/** A value in large figures, with the last minutes as a small line. */
import { useComputed } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { usePreview, useWatch } from '../context.ts';
import { Decimator } from '../data/decimate.ts';
import { formatValue } from '../format/number.ts';
import { visibleRange } from '../format/range.ts';
import type { SeriesInfo } from '../protocol.ts';
import { Difference } from './difference.tsx';
import { isOutside } from './gauge.tsx';

export function NumberCard({ info }: { info: SeriesInfo }) {
  const { store } = usePreview();
  useWatch([info.id]);
  const value = store.value(info.id);
  const text = useComputed(() => formatValue(value.value, info, store.peak(info.id)));
  const state = useComputed(() => {
    if (info.base === 'boolean') return `card number boolean${(value.value ?? 0) > 0.5 ? ' is-on' : ''}`;
    return `card number${info.kpi ? ' kpi' : ''}${isOutside(value.value, info) ? ' outside' : ''}`;
  });
  return (
    <article class={state} title={info.doc}>
      <h2 class="label">{info.label}</h2>
      <p class="figure">
        <span class="figure-value">{text}</span>
        {info.base === 'boolean' ? null : <span class="unit">{info.unit.label}</span>}
        <Difference info={info} beside={[info.id]} />
      </p>
      {info.kpi && info.doc ? <p class="summary">{summaryOf(info.doc)}</p> : null}
      <Sparkline info={info} />
    </article>
  );
}

/** The first sentence. */
function summaryOf(doc: string): string {
  const [paragraph = ''] = doc.trim().split(/\n\s*\n/);
  return /^.*?[.!?](?=\s|$)/s.exec(paragraph)?.[0].replace(/\s+/g, ' ') ?? paragraph.replace(/\s+/g, ' ');
}

function Sparkline({ info }: { info: SeriesInfo }) {
  const { store, palette, kept } = usePreview();
  const ref = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const canvas = ref.current;
    const context = canvas?.getContext('2d');
    if (!canvas || !context) return;
    const decimator = new Decimator();
    let painted = '';
    let visible = true;
    const paint = () => {
      if (!visible) return;
      const width = Math.round(canvas.clientWidth * devicePixelRatio);
      const height = Math.round(canvas.clientHeight * devicePixelRatio);
      const time = store.shown.peek();
      const [from, until] = visibleRange({
        zoom: null,
        window: kept.window.peek(),
        own: undefined,
        status: store.status.peek(),
        time,
      });
      const history = store.past.history(info.id);
      // It has no axis: what is not computed yet needs no room.
      const to = Math.max(Math.min(until, Math.max(time, history.lastTime || 0)), from + 1e-6);
      const key = `${from} ${to} ${history.version} ${width} ${height} ${palette.peek().accent}`;
      if (key === painted || width === 0) return;
      painted = key;
      if (canvas.width !== width || canvas.height !== height) {
        canvas.width = width;
        canvas.height = height;
      } else context.clearRect(0, 0, width, height);
      decimator.begin(from, to, width / 2);
      history.visit(from, to, decimator);
      decimator.end();
      draw(context, decimator, {
        from,
        to,
        width,
        height,
        held: info.held,
        boolean: info.base === 'boolean',
        color: palette.peek().accent,
      });
    };
    const seen = new IntersectionObserver((entries) => {
      visible = entries.some((entry) => entry.isIntersecting);
      store.invalidate();
    });
    seen.observe(canvas);
    const stop = [store.onPaint(paint), palette.subscribe(() => store.invalidate())];
    return () => {
      seen.disconnect();
      for (const each of stop) each();
    };
  }, [info]);
  return <canvas ref={ref} class="sparkline" aria-hidden="true" />;
}

interface Look {
  from: number;
  to: number;
  width: number;
  height: number;
  held: boolean;
  boolean: boolean;
  color: string;
}

function draw(context: CanvasRenderingContext2D, samples: Decimator, look: Look): void {
  const { from, to, width, height, held, color } = look;
  const { length, times, values } = samples;
  if (length === 0) return;
  const pad = 2 * devicePixelRatio;
  const low = look.boolean ? 0 : samples.low;
  const span = (look.boolean ? 1 : samples.high) - low;
  const x = (time: number) => ((time - from) / (to - from)) * width;
  // A constant is a line in the middle, not on the floor.
  const y = (value: number) =>
    span > 0 ? height - pad - ((value - low) / span) * (height - 2 * pad) : height / 2;
  context.beginPath();
  context.moveTo(x(times[0]!), y(values[0]!));
  for (let i = 1; i < length; i++) {
    if (held) context.lineTo(x(times[i]!), y(values[i - 1]!));
    context.lineTo(x(times[i]!), y(values[i]!));
  }
  context.strokeStyle = color;
  context.lineWidth = 1.5 * devicePixelRatio;
  context.lineJoin = 'round';
  context.stroke();
  context.lineTo(x(times[length - 1]!), height);
  context.lineTo(x(times[0]!), height);
  context.closePath();
  context.globalAlpha = 0.1;
  context.fillStyle = color;
  context.fill();
  context.globalAlpha = 1;
}
