/** A flow as the manifest tells it: for messages, and for those who draw it. */
import type { FlatFlow, FlatStep } from '../../ir/process.ts';
import type { ManifestFlow, ManifestProcess } from '../../../runtime/contract/manifest.ts';
import type { FlowPlan } from './plan.ts';

export function describeFlow(flow: FlatFlow, plan: FlowPlan): ManifestFlow {
  return {
    coupled: flow.coupled,
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
    queues: flow.queues.map(({ name, dims, length, capacity, doc, source }) => ({
      name,
      dims,
      length,
      ...(capacity?.kind === 'number' ? { capacity: capacity.value } : {}),
      doc,
      source,
    })),
    belts: flow.belts.map(({ name, dims, length, doc, source }) => ({ name, dims, length, doc, source })),
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
  };
}

function links(
  step: FlatStep,
): Pick<ManifestProcess['steps'][number], 'to' | 'queue' | 'belt' | 'resources'> {
  switch (step.kind) {
    case 'choose':
      return { to: step.options.map(({ to }) => to) };
    case 'go':
      return { to: [step.to] };
    case 'reserve':
    case 'enter':
      return step.on === 'queue' ? { queue: step.place.id } : { belt: step.place.id };
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
