/** A flow as the manifest tells it: for messages, and for those who draw it. */
import type { FlatFlow, FlatStep } from '../../ir/process.ts';
import type { ManifestFlow, ManifestProcess } from '../../../runtime/contract/flow.ts';
import { Header, Item, Place, STORE_BYTES } from './plan.ts';
import type { FlowPlan } from './plan.ts';

export function describeFlow(flow: FlatFlow, plan: FlowPlan): ManifestFlow {
  let uses = 0;
  return {
    coupled: flow.coupled,
    items: {
      address: plan.items,
      bytes: plan.itemBytes,
      made: plan.header + Header.fresh,
      free: plan.header + Header.free,
      code: Item.code,
      instance: Item.instance,
      next: Item.next,
      previous: Item.previous,
      list: Item.list,
      members: Item.members,
      pending: Item.pending,
      arrived: Item.arrived,
      place: Item.place,
    },
    processes: flow.processes.map(
      ({ name, loops, limit, inside, arrived, left, steps, uses: own, doc, source }, id): ManifestProcess => {
        const before = uses;
        uses += own.length;
        return {
          name,
          dims: loops.map(({ from, to }) => to - from),
          limit,
          firstCode: plan.codes[id]!,
          inside,
          arrived,
          left,
          steps: steps.map((step) => ({
            kind: step.kind,
            text: step.text,
            source: step.source,
            ...links(step, before),
          })),
          doc,
          source,
        };
      },
    ),
    queues: flow.queues.map(({ name, dims, length, capacity, store, doc, source }, id) => ({
      name,
      dims,
      length,
      records: { address: plan.queues[id]!, bytes: Place.size },
      ...(store ? { store: { address: plan.stores[id]!, bytes: STORE_BYTES } } : {}),
      ...(capacity?.kind === 'number' ? { capacity: capacity.value } : {}),
      doc,
      source,
    })),
    belts: flow.belts.map(({ name, dims, length, doc, source }, id) => ({
      name,
      dims,
      length,
      records: { address: plan.belts[id]!, bytes: Place.size },
      doc,
      source,
    })),
    resources: flow.resources.map(({ name, dims, busy, waiting, down, capacity, doc, source }) => ({
      name,
      dims,
      busy,
      waiting,
      ...(down === undefined ? {} : { down }),
      ...(capacity.kind === 'number' ? { units: capacity.value } : {}),
      doc,
      source,
    })),
    values: [],
  };
}

/** `usesBefore`: of the processes before its own. */
function links(
  step: FlatStep,
  usesBefore: number,
): Omit<ManifestProcess['steps'][number], 'kind' | 'text' | 'source'> {
  switch (step.kind) {
    case 'choose':
      return { to: step.options.map(({ to }) => to) };
    case 'go':
      return { to: [step.to] };
    case 'finish':
      return { use: usesBefore + step.use + 1 };
    case 'reserve':
      return { ...placeOf(step), ...(step.full === 'block' ? {} : { full: step.full }) };
    case 'enter':
      return { ...placeOf(step), ...(step.gaveUp === undefined ? {} : { gaveUp: step.gaveUp }) };
    case 'keep':
    case 'take':
      return { queue: step.place.id };
    case 'ride':
    case 'alight':
      return { belt: step.place.id };
    case 'seize':
    case 'release':
      return { resources: step.needs.map(({ resource }) => resource.id) };
    default:
      return {};
  }
}

const placeOf = ({
  on,
  place,
}: Extract<FlatStep, { kind: 'reserve' | 'enter' }>): { queue: number } | { belt: number } =>
  on === 'queue' ? { queue: place.id } : { belt: place.id };
