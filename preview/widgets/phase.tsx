/** One value over another: where the twin is in the plane of both, and the way that it came. */
import { useMemo, useRef, useEffect } from 'preact/hooks';
import type { ManifestWidget } from '../../runtime/contract/shown.ts';
import { usePreview, useWatch } from '../context.ts';
import type { SeriesInfo } from '../protocol.ts';
import { words } from '../words.ts';
import { PhasePlot } from './phase-plot.ts';
import { PhaseExport } from './phase-export.tsx';

export type PhaseWidget = Extract<ManifestWidget, { kind: 'phase' }>;

export interface PhasePair {
  value: SeriesInfo;
  base: SeriesInfo;
}

export function Phase({ widget }: { widget: PhaseWidget }) {
  const preview = usePreview();
  const { store, palette } = preview;
  const lookup = store.lookup.value;
  const pairs = useMemo(() => {
    const infos = (probe: number) =>
      (lookup.probes.get(probe) ?? []).flatMap((id) => lookup.series.get(id) ?? []);
    const [values, bases] = [infos(widget.value), infos(widget.base)];
    return values.flatMap((value, i): PhasePair[] => {
      const base = bases.length === 1 ? bases[0] : bases[i];
      return base ? [{ value, base }] : [];
    });
  }, [widget, lookup]);
  useWatch(pairs.flatMap(({ value, base }) => [value.id, base.id]));
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<PhasePlot | null>(null);
  useEffect(() => {
    if (!host.current || pairs.length === 0) return;
    const made = new PhasePlot(host.current, pairs, widget.window, preview);
    plot.current = made;
    return () => {
      plot.current = null;
      made.destroy();
    };
  }, [pairs, widget.window]);
  const first = pairs[0];
  if (!first) return null;
  const named = words.against(first.value.label, first.base.label);
  const title = widget.title || named;
  return (
    <section class="card phase-card" aria-label={words.phaseOf(title, named)}>
      <header class="card-head">
        <h2>{title}</h2>
        {pairs.length > 1 ? (
          <div class="legend" role="group">
            {pairs.map(({ value }, i) => (
              <span class="legend-item" key={value.id}>
                <span
                  class="swatch line"
                  style={{ '--color': palette.value.series[i % palette.value.series.length]! }}
                />
                {value.label}
              </span>
            ))}
          </div>
        ) : null}
        <PhaseExport title={title} plot={() => plot.current} />
      </header>
      <div ref={host} class="phase-host" />
    </section>
  );
}
