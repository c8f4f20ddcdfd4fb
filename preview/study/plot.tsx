/** A picture as wide as there is room, with axes: what is in it is drawn by whoever uses it. */
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Axis } from './axis.ts';

/** px */
const HEIGHT = 230;
const LEAST_WIDTH = 200;
/** Nearer than this to a mark the pointer means it. */
const NEAR = 28;

export interface Scales {
  x: (value: number) => number;
  y: (value: number) => number;
  width: number;
  height: number;
}

/** What the pointer can mean, in the axes' numbers. */
export interface Mark {
  x: number;
  y: number;
  text: string;
  choose?: (() => void) | undefined;
}

interface Props {
  title: string;
  unit: string;
  label: string;
  xTitle: string;
  x: Axis;
  y: Axis;
  marks: () => readonly Mark[];
  legend?: ComponentChildren;
  /** The axis of y has no numbers. */
  bare?: boolean;
  children: (scales: Scales) => ComponentChildren;
}

export function Plot({ title, unit, label, xTitle, x, y, marks, legend, bare = false, children }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const width = useSignal(0);
  const pointed = useSignal<{ mark: Mark; left: number; top: number } | null>(null);
  useLayoutEffect(() => {
    const element = frame.current!;
    const measure = (): void => {
      width.value = Math.max(LEAST_WIDTH, Math.floor(element.clientWidth));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const longest = bare ? 0 : Math.max(...y.ticks.map(({ label: each }) => each.length));
  const box = { left: 10 + 6.6 * longest, right: 12, top: 10, bottom: 38 };
  const inner = {
    width: Math.max(10, width.value - box.left - box.right),
    height: HEIGHT - box.top - box.bottom,
  };
  const scales: Scales = {
    x: (value) => ((value - x.low) / (x.high - x.low)) * inner.width,
    y: (value) => inner.height - ((value - y.low) / (y.high - y.low)) * inner.height,
    ...inner,
  };
  // Labels that would stand in each other's way are left out.
  const widest = Math.max(...x.ticks.map(({ label: each }) => each.length)) * 6.6 + 10;
  const every = Math.max(1, Math.ceil((x.ticks.length * widest) / inner.width));
  const point = (event: PointerEvent): void => {
    const rect = frame.current!.getBoundingClientRect();
    const [left, top] = [event.clientX - rect.left - box.left, event.clientY - rect.top - box.top];
    let best: Mark | undefined;
    let least = NEAR ** 2;
    for (const mark of marks()) {
      const apart = (scales.x(mark.x) - left) ** 2 + (scales.y(mark.y) - top) ** 2;
      if (apart < least) [best, least] = [mark, apart];
    }
    pointed.value =
      best === undefined
        ? null
        : { mark: best, left: scales.x(best.x) + box.left, top: scales.y(best.y) + box.top };
  };
  const clip = `clip-${useRef(Math.random().toString(36).slice(2)).current}`;
  return (
    <figure class="card plot">
      <figcaption>
        <strong>{title}</strong> {unit === '' ? null : <span class="unit">{unit}</span>}
        {legend === undefined ? null : <div class="legend">{legend}</div>}
      </figcaption>
      <div class="plot-frame" ref={frame} onPointerMove={point} onPointerLeave={() => (pointed.value = null)}>
        {width.value === 0 ? null : (
          <svg
            width={width.value}
            height={HEIGHT}
            role="img"
            aria-label={label}
            class={pointed.value?.mark.choose === undefined ? '' : 'can-choose'}
            onClick={() => pointed.value?.mark.choose?.()}
          >
            <defs>
              <clipPath id={clip}>
                <rect x={-8} y={-8} width={inner.width + 16} height={inner.height + 16} />
              </clipPath>
            </defs>
            <g transform={`translate(${box.left} ${box.top})`}>
              {bare
                ? null
                : y.ticks.map(({ at, label: text }) => (
                    <g key={text}>
                      <line class="grid" x1={0} x2={inner.width} y1={scales.y(at)} y2={scales.y(at)} />
                      <text class="tick" x={-6} y={scales.y(at)} dy="0.35em" text-anchor="end">
                        {text}
                      </text>
                    </g>
                  ))}
              <line class="axis" x1={0} x2={inner.width} y1={inner.height} y2={inner.height} />
              {x.ticks.map(({ at, label: text }, n) =>
                n % every === 0 ? (
                  <text key={text} class="tick" x={scales.x(at)} y={inner.height + 15} text-anchor="middle">
                    {text}
                  </text>
                ) : null,
              )}
              <text class="tick axis-title" x={inner.width} y={inner.height + 32} text-anchor="end">
                {xTitle}
              </text>
              <g clip-path={`url(#${clip})`}>{children(scales)}</g>
              {pointed.value === null ? null : (
                <circle
                  class="pointed"
                  cx={scales.x(pointed.value.mark.x)}
                  cy={scales.y(pointed.value.mark.y)}
                  r={6}
                />
              )}
            </g>
          </svg>
        )}
        {pointed.value === null ? null : (
          <div
            class={`tip${pointed.value.left > width.value / 2 ? ' to-left' : ''}`}
            style={{ left: `${pointed.value.left}px`, top: `${pointed.value.top}px` }}
          >
            {pointed.value.mark.text}
          </div>
        )}
      </div>
    </figure>
  );
}

/** A point as part of a path of round dots. */
export const dot = (x: number, y: number): string => `M${x.toFixed(1)} ${y.toFixed(1)}h0`;

export const polyline = (points: readonly (readonly [number, number])[]): string =>
  points.map(([x, y], at) => `${at === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');

export function Key({
  series,
  name,
  kind,
}: {
  series: number;
  name: string;
  kind: 'line' | 'dot' | 'dashes';
}) {
  return (
    <span class="key">
      <svg width={kind === 'dot' ? 9 : 16} height={9} aria-hidden="true" class={`series-${series}`}>
        {kind === 'dot' ? (
          <circle class="filled" cx={4.5} cy={4.5} r={3} />
        ) : (
          <line class={`line${kind === 'dashes' ? ' dashes' : ''}`} x1={0} x2={16} y1={4.5} y2={4.5} />
        )}
      </svg>
      {name}
    </span>
  );
}
