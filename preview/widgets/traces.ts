/** Chart widget → what is drawn in it: traces, by unit in panes that stand above each other, and their colours. */
import type { ManifestWidget } from '../../runtime/contract/shown.ts';
import type { SeriesInfo } from '../protocol.ts';
import type { Lookup } from '../session/store.ts';
import { words } from '../words.ts';

export interface Trace {
  id: string;
  info: SeriesInfo;
  label: string;
  /** Measured values are points, the model's are lines, booleans are bands. */
  style: 'line' | 'points' | 'band';
  /** Series of how far off an estimate may be: its standard deviation. */
  deviation?: string;
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

interface Chosen {
  info: SeriesInfo;
  style: Trace['style'];
  label: string;
  /** Whose value it is. */
  owner: string;
  deviation?: string;
}

/**
 * What a chart shows: a sensor as its measurements, and with them what the model predicts, unless the chart names
 * another value of the same owner and unit to compare with.
 */
function chosenSeries(widget: ChartWidget, lookup: Lookup): Chosen[] {
  const named = widget.series.flatMap(({ probe }) => lookup.probes.get(probe) ?? []);
  const chosen = new Map<string, Chosen>();
  const deviations = new Map(
    widget.series.flatMap(({ probe, deviation }) => {
      const of = deviation === undefined ? [] : (lookup.probes.get(deviation) ?? []);
      return (lookup.probes.get(probe) ?? []).map((id, i) => [id, of[i]] as const);
    }),
  );
  for (const id of named) {
    const said = lookup.series.get(id);
    if (!said) continue;
    const sensor = lookup.sensorOf.get(id);
    const measured = sensor && lookup.series.get(sensor.measured);
    if (!sensor || !measured) {
      const style = said.base === 'boolean' ? 'band' : 'line';
      const deviation = deviations.get(id);
      chosen.set(id, {
        info: said,
        style,
        label: said.label,
        owner: ownerOf(said.label),
        ...(deviation === undefined ? {} : { deviation }),
      });
      continue;
    }
    const owner = ownerOf(sensor.id);
    // The view may ask for another unit than the sensor's.
    const shown = (info: SeriesInfo): SeriesInfo => ({ ...info, unit: said.unit });
    if (measured.base === 'boolean') {
      chosen.set(measured.id, { info: measured, style: 'band', label: sensor.label, owner });
      continue;
    }
    chosen.set(measured.id, { info: shown(measured), style: 'points', label: sensor.label, owner });
    const compared = named.some((other) => {
      const against = lookup.series.get(other);
      if (!against || lookup.sensorOf.has(other) || ownerOf(against.label) !== owner) return false;
      return against.unit.label === said.unit.label;
    });
    const predicted = lookup.series.get(sensor.predicted);
    if (compared || !predicted || chosen.has(predicted.id)) continue;
    // Beside its measurement, the model's value needs no second name.
    chosen.set(predicted.id, {
      info: shown(predicted),
      style: 'line',
      label: words.predicted.toLowerCase(),
      owner,
    });
  }
  return [...chosen.values()];
}

export function panesOf(widget: ChartWidget, lookup: Lookup): PaneSpec[] {
  const panes = new Map<string, PaneSpec>();
  const colors = new Map<string, number>();
  const used = new Set<string>();
  for (const { info, style, label, owner, deviation } of chosenSeries(widget, lookup)) {
    const unit = style === 'band' ? '' : info.unit.label;
    const key = style === 'band' ? 'bands' : `unit ${unit}`;
    let pane = panes.get(key);
    if (!pane) panes.set(key, (pane = { unit, bands: style === 'band', traces: [] }));
    // A measured and a predicted value of one asset share a colour; two lines never do.
    let hue = owner;
    if (used.has(`${key}|${hue}|${style}`)) hue = `${hue}|${info.id}`;
    used.add(`${key}|${hue}|${style}`);
    let color = colors.get(hue);
    if (color === undefined) colors.set(hue, (color = colors.size));
    const spread = deviation === undefined ? {} : { deviation };
    pane.traces.push({ id: info.id, info, label, style, color, ...spread });
  }
  for (const pane of panes.values()) pane.traces.sort((a, b) => a.color - b.color);
  // Bands last, so that they stand on the axis of time.
  return [...panes.values()].sort((a, b) => Number(a.bands) - Number(b.bands));
}

/** `pump[2].casing` and `pump[2].temperature` belong to `pump[2]`. */
function ownerOf(name: string): string {
  const path = name.replace(/[. ](measured|predicted|residual)$/, '');
  const dot = path.lastIndexOf('.');
  return dot < 0 ? '' : path.slice(0, dot);
}

/** Series that have to be known to draw these. */
export const seriesOf = (panes: readonly PaneSpec[]): string[] =>
  panes.flatMap(({ traces }) => traces.flatMap(({ id, deviation }) => [id, deviation ?? []].flat()));
