/** Ids that a preview charts ↔ values of a twin. */
import type { Manifest } from '../../runtime/contract/manifest.ts';
import { asDifference } from '../../runtime/contract/difference.ts';
import { count } from '../../runtime/contract/elements.ts';
import { elementName } from '../../runtime/names.ts';
import { isPrivateSensor } from '../../runtime/private.ts';
import { probeSeries } from '../../runtime/recording.ts';
import type { Series } from '../../runtime/recording.ts';
import type { Twin } from '../../runtime/twin.ts';
import type { SeriesInfo } from '../../preview/protocol.ts';

/** Series past this are left out of the list: nobody can choose among more, and each costs memory. */
const MOST_SERIES = 5000;

export interface SessionSeries extends Series {
  info: SeriesInfo;
}

const at =
  (address: number) =>
  ({ machine }: Twin): number =>
    machine.numbers[address / 8]!;

export function sessionSeries(manifest: Manifest): SessionSeries[] {
  const found = new Map<string, SessionSeries>();
  const add = (series: Series, info: Omit<SeriesInfo, 'id'>): void => {
    if (found.size < MOST_SERIES && !found.has(series.id))
      found.set(series.id, { ...series, info: { id: series.id, ...info } });
  };
  for (const {
    name,
    dims,
    address,
    visible,
    role,
    doc,
    unit,
    base,
    labels,
    low,
    high,
    kpi,
  } of manifest.variables) {
    if (!visible || role === 'parameter') continue;
    for (let element = 0; element < count(dims); element += 1) {
      const id = elementName(name, dims, element);
      add(
        { id, read: at(address + 8 * element) },
        {
          label: id,
          doc,
          unit,
          base,
          ...bounds(low, high),
          ...(labels === undefined ? {} : { labels }),
          ...(kpi === undefined ? {} : { kpi }),
          held: role === 'discrete' || role === 'input' || base !== 'number',
        },
      );
    }
  }
  for (const sensor of manifest.sensors) {
    if (isPrivateSensor(manifest, sensor)) continue;
    const { name, dims, unit, doc, low, high } = sensor;
    const { base } = manifest.variables[sensor.measured]!;
    const address = (variable: number): number => manifest.variables[variable]!.address;
    for (let i = 0; i < count(dims); i += 1) {
      const id = elementName(name, dims, i);
      const measured = at(address(sensor.measured) + 8 * i);
      const predicted = at(address(sensor.predicted) + 8 * i);
      const info = { doc, unit, base, ...bounds(low, high), held: true };
      add({ id: `${id}.measured`, read: measured }, { ...info, label: `${id} measured` });
      add({ id: `${id}.predicted`, read: predicted }, { ...info, label: `${id} predicted` });
      add(
        { id: `${id}.residual`, read: (twin) => measured(twin) - predicted(twin) },
        { doc, unit: asDifference(unit), base: 'number', held: true, label: `${id} residual` },
      );
    }
  }
  for (const series of probeSeries(manifest)) {
    const { probe, label } = probeLabel(manifest, series.id);
    const { unit, base, labels } = manifest.probes[probe]!;
    const names = labels === undefined ? {} : { labels };
    // What stands in a view as it is called in the model is explained as it is there.
    const { doc = '', kpi } = found.get(label)?.info ?? {};
    const said = { doc, ...(kpi === undefined ? {} : { kpi }) };
    add(series, { label, ...said, unit, base, ...names, held: base !== 'number' });
  }
  return [...found.values()];
}

/** What has a name for a value now: modes that are active, and what is the largest of several. */
export function namesNow({ manifest, machine }: Twin): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { name, dims, address, labels, private: isPrivate } of manifest.variables) {
    if (labels === undefined || isPrivate === true) continue;
    for (let element = 0; element < count(dims); element += 1) {
      const label = labels[machine.numbers[address / 8 + element]!];
      if (label !== undefined && label !== '') found[elementName(name, dims, element)] = label;
    }
  }
  return found;
}

const bounds = (low: number | undefined, high: number | undefined): { low?: number; high?: number } => ({
  ...(low === undefined ? {} : { low }),
  ...(high === undefined ? {} : { high }),
});

/** `probe:3[2]` → probe 3, labelled by its text with the first `[*]` or `[i]` made definite. */
function probeLabel(manifest: Manifest, id: string): { probe: number; label: string } {
  const [, number = '0', index = ''] = /^probe:(\d+)(.*)$/.exec(id) ?? [];
  const probe = Number(number);
  const { text } = manifest.probes[probe]!;
  if (index === '') return { probe, label: text };
  const parts = index.match(/\[\d+\]/g) ?? [];
  let next = 0;
  const label = text.replaceAll('[*]', () => parts[next++] ?? '[*]').replaceAll('][', ',');
  return { probe, label: next === 0 ? `${text} ${index}` : label };
}
