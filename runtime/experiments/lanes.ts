/** Steps of several runs at once, each in a lane of a vector: what a kernel does with each by itself, to the last bit. */
import type { Manifest } from '../contract/manifest.ts';
import type { KernelFactory } from '../load.ts';
import type { Span } from '../loop.ts';
import type { Machine } from '../machine.ts';

/** Its steps are as long for all runs. */
export interface GridMethod {
  name: 'rk4' | 'euler';
  /** s */
  step: number;
}

/** Of a manifest whose runs go side by side. */
export type LanePlaces = Exclude<NonNullable<Manifest['replicas']>, { alone: string }>;

/**
 * Steps of runs that are at the same time and may go equally far, as many as there are lanes at the most. `taken`: how many; their memory then
 * holds what came of it, evaluated. `alone`: what is next is not for lanes.
 */
export type Lanes = (machines: readonly Machine[], span: Span) => { taken: number; alone: boolean };

export function lanesOf(
  { layout }: Manifest,
  factory: KernelFactory,
  places: LanePlaces,
  method: GridMethod,
): Lanes {
  const table = factory(places.pages);
  const go = method.name === 'rk4' ? table.replicasRk4! : table.replicasEuler!;
  const { width, reads } = places;
  const [firstState, firstCell, time] = [places.states / 8, places.cells / 8, places.time / 8];
  const { count } = layout.states;
  const states = layout.states.address / 8;
  return (machines, { limit, before, bound, after }) => {
    if (after !== Infinity) return { taken: 0, alone: true };
    const numbers = new Float64Array(table.memory);
    for (let lane = 0; lane < width; lane += 1) {
      // Lanes to spare do what the first one does.
      const own = (machines[lane] ?? machines[0]!).numbers;
      for (let i = 0; i < count; i += 1) numbers[firstState + width * i + lane] = own[states + i]!;
      for (let k = 0; k < reads.length; k += 1) numbers[firstCell + width * k + lane] = own[reads[k]! / 8]!;
    }
    numbers[time] = machines[0]!.time();
    const result = go(method.step, limit, before, bound);
    const taken = result >>> 1;
    if (taken > 0)
      for (const [lane, machine] of machines.entries()) {
        for (let i = 0; i < count; i += 1)
          machine.numbers[states + i] = numbers[firstState + width * i + lane]!;
        machine.setTime(numbers[time]!);
        machine.kernel.derivatives();
        machine.kernel.outputs();
      }
    return { taken, alone: (result & 1) === 1 };
  };
}
