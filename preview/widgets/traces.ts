/** Chart widget → what is drawn in it: traces, by unit in panes that stand above each other, and their colours. */
import type { ManifestWidget } from '../../runtime/contract/manifest.ts';
import type { SeriesInfo } from '../protocol.ts';
import type { Lookup } from '../session/store.ts';
import { words } from '../words.ts';

export interface Trace {
  id: string;
  info: SeriesInfo;
  label: string;
  /** Measured values are points, the model's are lines, booleans are bands. */
  style: 'line' | 'points' | 'band';
  /** Position in the palette: what belongs to one asset has one colour, as long as it can be told apart. */
  color: number;
}

export interface PaneSpec {
  /** Unit's label, '' for none. */
  unit: string;
  bands: boolean;
  traces: Trace[];
}

export type ChartWidget = Extract<ManifestWidget, { kind: 'chart' }>;

/** Ids of all series a chart shows: a sensor brings its prediction along, unless the chart names a value of the same owner and unit. */
export function chartSeries(
  widget: ChartWidget,
  lookup: Lookup,
): { id: string; role: Trace['style']; added: boolean }[] {
  const named = widget.series.flatMap(({ probe }) => lookup.probes.get(probe) ?? []);
  const chosen = new Map<string, Trace['style']>();
  const added = new Set<string>();
  for (const id of named) {
    const sensor = lookup.sensorOf.get(id);
    const drawn = sensor ? sensor.measured : id;
    const info = lookup.series.get(drawn);
    if (!info) continue;
    chosen.set(drawn, info.base === 'boolean' ? 'band' : sensor ? 'points' : 'line');
    if (!sensor || info.base === 'boolean') continue;
    const compared = named.some((other) => {
      if (lookup.sensorOf.has(other)) return false;
      const against = lookup.series.get(other);
      return against?.unit.label === info.unit.label && ownerOf(other) === ownerOf(sensor.id);
    });
    if (compared || chosen.has(sensor.predicted) || !lookup.series.has(sensor.predicted)) continue;
    chosen.set(sensor.predicted, 'line');
    added.add(sensor.predicted);
  }
  return [...chosen].map(([id, role]) => ({ id, role, added: added.has(id) }));
}

export function panesOf(widget: ChartWidget, lookup: Lookup): PaneSpec[] {
  const panes = new Map<string, PaneSpec>();
  const colors = new Map<string, number>();
  const used = new Set<string>();
  for (const { id, role, added } of chartSeries(widget, lookup)) {
    const info = lookup.series.get(id)!;
    const unit = info.base === 'boolean' ? '' : info.unit.label;
    const key = role === 'band' ? 'bands' : `unit ${unit}`;
    let pane = panes.get(key);
    if (!pane) panes.set(key, (pane = { unit, bands: role === 'band', traces: [] }));
    // A measured and a predicted value of one asset share a colour; two lines never do.
    let owner = ownerOf(id);
    if (used.has(`${key}|${owner}|${role}`)) owner = `${owner}|${id}`;
    used.add(`${key}|${owner}|${role}`);
    let color = colors.get(owner);
    if (color === undefined) colors.set(owner, (color = colors.size));
    // Beside its measurement, the model's value needs no second name.
    pane.traces.push({
      id,
      info,
      label: added ? words.predicted.toLowerCase() : info.label,
      style: role,
      color,
    });
  }
  for (const pane of panes.values()) pane.traces.sort((a, b) => a.color - b.color);
  // Bands last, so that they stand on the axis of time.
  return [...panes.values()].sort((a, b) => Number(a.bands) - Number(b.bands));
}

/** `pump[2].casing.measured` and `pump[2].temperature` belong to `pump[2]`. */
function ownerOf(id: string): string {
  const path = id.replace(/\.(measured|predicted|residual)$/, '');
  const dot = path.lastIndexOf('.');
  return dot < 0 ? '' : path.slice(0, dot);
}
