/** What made-up twins are made of. */
import type { Unit } from '../../runtime/contract/manifest.ts';
import type { Hello, SeriesInfo, StructureInfo, TwinEvent } from '../../preview/protocol.ts';

/** What a made-up twin is: its description, and how it moves. */
export interface FakeTwin {
  hello: Hello;
  /** Series that have the values of others, by id. */
  aliases: Readonly<Record<string, string>>;
  /** s between rows. */
  step: number;
  /** s; null runs for ever. */
  duration: number | null;
  /** Values of all series at the start. */
  start(settings: ReadonlyMap<string, number>): Record<string, number>;
  /** Values one step later, and what happened. `draw` gives uniform numbers in (0, 1). */
  next(
    now: Readonly<Record<string, number>>,
    time: number,
    settings: ReadonlyMap<string, number>,
    draw: () => number,
  ): {
    values: Record<string, number>;
    events: Omit<TwinEvent, 'id' | 'time' | 'microstep'>[];
    alarms: Record<string, boolean>;
  };
}

export const unit = {
  one: { text: '1', label: '', factor: 1, offset: 0 },
  degC: { text: 'degC', label: '°C', factor: 1, offset: 273.15 },
  m3h: { text: 'm3/h', label: 'm³/h', factor: 1 / 3600, offset: 0 },
  kW: { text: 'kW', label: 'kW', factor: 1000, offset: 0 },
  kWh: { text: 'kWh', label: 'kWh', factor: 3.6e6, offset: 0 },
  m: { text: 'm', label: 'm', factor: 1, offset: 0 },
  mms: { text: 'mm/s', label: 'mm/s', factor: 1e-3, offset: 0 },
  percent: { text: '%', label: '%', factor: 0.01, offset: 0 },
  perDay: { text: '1/d', label: '1/d', factor: 1 / 86_400, offset: 0 },
  WK: { text: 'W/K', label: 'W/K', factor: 1, offset: 0 },
} satisfies Record<string, Unit>;

/** A probe of some series: it has series of its own, labelled by its text, as a session gives them. */
export function probe(number: number, text: string, of: readonly SeriesInfo[]) {
  const indexed = text.includes('[*]');
  const series = of.map((info, i) => ({
    ...info,
    id: indexed ? `probe:${number}[${i + 1}]` : `probe:${number}`,
    label: text.replace('[*]', `[${i + 1}]`),
    held: info.base !== 'number',
  }));
  return { probe: { probe: number, text, series: series.map(({ id }) => id) }, series, of };
}

/** Series of probes by id → the series whose values they have. */
export function aliases(probes: readonly ReturnType<typeof probe>[]): Record<string, string> {
  return Object.fromEntries(
    probes.flatMap(({ series, of }) => series.map(({ id }, i) => [id, of[i]!.id] as const)),
  );
}

export function gauss(draw: () => number): number {
  return Math.sqrt(-2 * Math.log(draw())) * Math.cos(2 * Math.PI * draw());
}

export function series(id: string, of: Unit, more: Partial<SeriesInfo> = {}): SeriesInfo {
  return { id, label: id, doc: '', unit: of, base: 'number', held: false, ...more };
}

export function structure(
  name: string,
  path: string,
  asset: string,
  more: Partial<StructureInfo> = {},
): StructureInfo {
  return { name, path, asset, doc: '', series: [], sensors: [], alarms: [], children: [], ...more };
}

export const source = (line: number) => ({ uri: 'file:///twin/station.twin', line, column: 3 });
