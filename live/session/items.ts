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
  const read = (item: number, field: number): number => view.getInt32(item + field, true);
  const made = read(0, items.made);
  const gone = new Set<number>();
  for (let item = read(0, items.free); item !== 0; item = read(item, items.next)) gone.add(item);
  const flows = wanted.map(({ process, instance }) => ({
    process,
    instance,
    counts: processes[process]!.steps.map(() => 0),
    ids: [] as string[],
    steps: [] as number[],
  }));
  // What is packed into others goes where they go.
  const within = new Map<number, number>();
  const all = Array.from({ length: made }, (_, i) => items.address + i * items.bytes);
  const present = all.filter((item) => !gone.has(item));
  for (const item of present)
    for (let batch = read(item, items.members); batch !== 0; batch = read(batch, items.previous))
      for (let one = batch; one !== 0; one = read(one, items.next)) within.set(one, item);
  for (const item of present) {
    let outermost = item;
    for (let outer = within.get(item); outer !== undefined; outer = within.get(outer)) outermost = outer;
    const code = read(outermost, items.code);
    const instance = read(outermost, items.instance);
    for (const flow of flows) {
      const { firstCode, dims } = processes[flow.process]!;
      const next = code - firstCode;
      if (next < 0 || next >= flow.counts.length) continue;
      if (count(dims) > 1 && instance !== flow.instance) continue;
      const step = stayedIn(manifest, flow.process, next, {
        place: read(outermost, items.place),
        list: read(outermost, items.list),
        pending: read(outermost, items.pending),
      });
      flow.counts[step]! += 1;
      if (flow.ids.length >= MOST_ITEMS) continue;
      const i = (item - items.address) / items.bytes;
      flow.ids.push(`${i}@${view.getFloat64(item + items.arrived, true)}`);
      flow.steps.push(step);
    }
  }
  return { type: 'items', time: time(), flows };
}

/** The step in which an item is; `next`: the one that it has in mind, often that behind it. */
function stayedIn(
  manifest: Manifest,
  process: number,
  next: number,
  { place, list, pending }: { place: number; list: number; pending: number },
): number {
  const { queues, processes } = manifest.flow!;
  const { steps } = processes[process]!;
  // It is done, and keeps its units until it has a place elsewhere.
  if (pending !== 0) return found(steps, ({ use }) => use === pending) ?? next;
  if (place !== 0) return entered(manifest, process, place) ?? next;
  const before = steps[next - 1];
  if (before?.kind === 'delay' && list === 0) return next - 1;
  const store = before?.kind === 'take' ? queues[before.queue!] : undefined;
  return store?.store && isAmong(store.store, store.dims, list) ? next - 1 : next;
}

/** The step in which items of a process come into a queue or onto a belt, by the address of its record. */
function entered({ flow }: Manifest, process: number, place: number): number | undefined {
  const { queues, belts, processes } = flow!;
  const queue = queues.findIndex(({ records, dims }) => isAmong(records, dims, place));
  const belt = queue < 0 ? belts.findIndex(({ records, dims }) => isAmong(records, dims, place)) : -1;
  return found(
    processes[process]!.steps,
    (each) => each.kind === 'enter' && (queue < 0 ? each.belt === belt : each.queue === queue),
  );
}

const isAmong = (
  { address, bytes }: { address: number; bytes: number },
  dims: readonly number[],
  record: number,
): boolean => record >= address && record < address + bytes * count(dims);

function found<Each>(all: readonly Each[], is: (one: Each) => boolean): number | undefined {
  const at = all.findIndex(is);
  return at < 0 ? undefined : at;
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
