/** What the drawings of modes and of processes stand in: a card with a title, what is so now, a way to save it, and room to scroll. */
import type { ReadonlySignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { Arrowheads } from './arrowheads.tsx';
import { smallest } from './laid-out.ts';
import { SvgExport } from './svg-export.tsx';

interface Props {
  kind: 'modes' | 'process';
  title: string;
  doc: string;
  /** Of the card. */
  label: string;
  /** Of the drawing. */
  drawn: string | ReadonlySignal<string>;
  now: ReadonlySignal<string>;
  host: { current: HTMLDivElement | null };
  /** Nothing is drawn until it is laid out. */
  size: { width: number; height: number } | null;
  children: ComponentChildren;
}

export function DiagramCard({ kind, title, doc, label, drawn, now, host, size, children }: Props) {
  const svg = useRef<SVGSVGElement>(null);
  return (
    <section class={`card diagram ${kind}-card`} aria-label={label} title={doc}>
      <header class="card-head">
        <h2>{title}</h2>
        <span class="mode-now">{now}</span>
        <SvgExport title={title} svg={() => svg.current} />
      </header>
      <div ref={host} class="diagram-scroll">
        {size ? (
          <svg
            ref={svg}
            class={kind}
            style={{ maxWidth: `${size.width}px`, minWidth: `${smallest * size.width}px` }}
            viewBox={`0 0 ${size.width} ${size.height}`}
            role="group"
            aria-label={drawn}
          >
            <Arrowheads />
            {children}
          </svg>
        ) : null}
      </div>
    </section>
  );
}
