/** Items of the processes that views draw, read from the twin's memory: where they are now. */
import type { Manifest } from '../../runtime/contract/manifest.ts';
import type { ManifestWidget } from '../../runtime/contract/shown.ts';
import { count } from '../../runtime/contract/elements.ts';
import type { Twin } from '../../runtime/twin.ts';
import type { Items } from '../../preview/protocol.ts';

/** More are not told apart. */
const MOST_ITEMS = 300;

/** Undefined where no view draws a process. */
export function itemsOf({ manifest, machine, time }: Twin): Items | undefined {
  const { flow } = manifest;
  const wanted = drawn(manifest, 'process');
  if (flow === undefined || wanted.length === 0) return undefined;
  const { items, processes } = flow;
  const view = new DataView(machine.kernel.memory);
  const made = view.getInt32(items.made, true);
  const gone = new Set<number>();
  for (let item = view.getInt32(items.free, true); item !== 0;) {
    gone.add(item);
    item = view.getInt32(item + items.next, true);
  }
  const flows = wanted.map(({ process, instance }) => ({
    process,
    instance,
    counts: processes[process]!.steps.map(() => 0),
    ids: [] as string[],
    steps: [] as number[],
  }));
  for (let i = 0; i < made; i += 1) {
    const item = items.address + i * items.bytes;
    if (gone.has(item)) continue;
    const code = view.getInt32(item + items.code, true);
    const instance = view.getInt32(item + items.instance, true);
    for (const flow of flows) {
      const { firstCode, dims } = processes[flow.process]!;
      const next = code - firstCode;
      if (next < 0 || next >= flow.counts.length) continue;
      // Who is in a queue has the step behind it in mind.
      const place = view.getInt32(item + items.place, true);
      const step = place === 0 ? next : (entered(manifest, flow.process, place) ?? next);
      if (count(dims) > 1 && instance !== flow.instance) continue;
      flow.counts[step]! += 1;
      if (flow.ids.length >= MOST_ITEMS) continue;
      flow.ids.push(`${i}@${view.getFloat64(item + items.arrived, true)}`);
      flow.steps.push(step);
    }
  }
  return { type: 'items', time: time(), flows };
}

/** The step in which items of a process come into a queue or onto a belt, by the address of its record. */
function entered({ flow }: Manifest, process: number, place: number): number | undefined {
  const at = (records: { address: number; bytes: number }, dims: readonly number[]): boolean =>
    place >= records.address && place < records.address + records.bytes * count(dims);
  const { queues, belts, processes } = flow!;
  const queue = queues.findIndex(({ records, dims }) => at(records, dims));
  const belt = queue < 0 ? belts.findIndex(({ records, dims }) => at(records, dims)) : -1;
  const step = processes[process]!.steps.findIndex(
    (each) => each.kind === 'enter' && (queue < 0 ? each.belt === belt : each.queue === queue),
  );
  return step < 0 ? undefined : step;
}

type Drawn<Kind extends 'modes' | 'process'> = Extract<ManifestWidget, { kind: Kind }>;

/** The diagrams of a kind in all views, each once. */
export function drawn<Kind extends 'modes' | 'process'>(manifest: Manifest, kind: Kind): Drawn<Kind>[] {
  const found = new Map<string, Drawn<Kind>>();
  const look = (widgets: readonly ManifestWidget[]): void => {
    for (const widget of widgets) {
      if (widget.kind === 'row' || widget.kind === 'column') look(widget.widgets);
      else if (widget.kind === kind) found.set(JSON.stringify(widget), widget as Drawn<Kind>);
    }
  };
  for (const { widgets } of manifest.views) look(widgets);
  return [...found.values()];
}
