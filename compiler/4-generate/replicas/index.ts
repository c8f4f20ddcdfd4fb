/**
 * Steps of eight replicas of a twin at once, for experiments: each replica's numbers are those of the twin by itself, to the last bit.
 * Only where equations are few and in a straight line; what happens at instants stays with each twin's own kernel.
 */
import { withinSteps } from '../../../runtime/contract/besides-steps.ts';
import type { ManifestReplicas } from '../../../runtime/contract/layout.ts';
import type { Manifest } from '../../../runtime/contract/manifest.ts';
import type { Context } from '../context.ts';
import type { FunctionHandle } from '../wasm/index.ts';
import { NotPairwise } from '../wasm/two-lanes.ts';
import { onGrid } from './on-grid.ts';
import { CELL, Cells, VECTORS } from './side-by-side.ts';

/** Code grows with states times stages times vectors. */
const MOST_STATES = 24;

export interface Replicas {
  functions: Record<string, FunctionHandle>;
  manifest: ManifestReplicas;
}

/** Undefined where there is no experiment. */
export function replicas(
  context: Context,
  derivatives: FunctionHandle,
  outputs: FunctionHandle,
  poles: FunctionHandle | undefined,
): Replicas | undefined {
  const { layout, experiments } = context.plan.manifest;
  if (experiments === undefined) return undefined;
  const alone = (reason: string): Replicas => ({ functions: {}, manifest: { alone: reason } });
  const why = reasonAgainst(context.plan.manifest);
  if (why !== undefined) return alone(why);
  const first = layout.pages * 65536;
  const count = layout.states.count;
  // States, states to go back to, time; then what is read only.
  const cells = new Cells(first + CELL * (2 * count + 1));
  const place = { states: first, saved: first + CELL * count, time: first + CELL * 2 * count };
  const parts = { derivatives, outputs, poles };
  try {
    const functions = {
      // Its steps end at kinks, where those of Euler's method look at their start alone.
      ...(layout.kinks ? {} : { replicasRk4: onGrid(context, 'rk4', parts, cells, place) }),
      replicasEuler: onGrid(context, 'euler', parts, cells, place),
    };
    const bytes = cells.first + CELL * cells.addresses.length - first;
    return {
      functions,
      manifest: {
        width: 2 * VECTORS,
        states: place.states,
        time: place.time,
        cells: cells.first,
        reads: cells.addresses,
        pages: Math.ceil(bytes / 65536),
      },
    };
  } catch (error) {
    if (!(error instanceof NotPairwise)) throw error;
    return alone('its equations go over arrays, or look up what cannot be looked up for two at once');
  }
}

function reasonAgainst(manifest: Manifest): string | undefined {
  const { count } = manifest.layout.states;
  if (count === 0) return 'it has no states';
  if (count > MOST_STATES) return `it has ${count} states; up to ${MOST_STATES} go side by side`;
  return withinSteps(manifest);
}
