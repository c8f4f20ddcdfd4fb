/** A flow as the manifest tells it: for messages, and for those who draw it. */
import type { FlatFlow, FlatStep } from '../../ir/process.ts';
import type { ManifestFlow, ManifestProcess } from '../../../runtime/contract/flow.ts';
import { Header, Item, Place } from './plan.ts';
import type { FlowPlan } from './plan.ts';

export function describeFlow(flow: FlatFlow, plan: FlowPlan): ManifestFlow {
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
      arrived: Item.arrived,
      place: Item.place,
    },
    processes: flow.processes.map(
      ({ name, loops, limit, inside, arrived, left, steps, doc, source }, id): ManifestProcess => ({
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
          ...links(step),
        })),
        doc,
        source,
      }),
    ),
    queues: flow.queues.map(({ name, dims, length, capacity, doc, source }, id) => ({
      name,
      dims,
      length,
      records: { address: plan.queues[id]!, bytes: Place.size },
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

function links(step: FlatStep): Omit<ManifestProcess['steps'][number], 'kind' | 'text' | 'source'> {
  switch (step.kind) {
    case 'choose':
      return { to: step.options.map(({ to }) => to) };
    case 'go':
      return { to: [step.to] };
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
