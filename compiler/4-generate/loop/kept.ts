/** What an instant may change, as it was: kept beside, so that an instant that comes to nothing can be taken back. */
import { CELLS_OF_INSTANTS } from '../../../runtime/contract/cells.ts';
import type { FlatHandler, FlatSystem } from '../../ir/flat-system.ts';
import type { Context } from '../context.ts';
import { i64, memoryCopy } from '../wasm/index.ts';
import type { Statement } from '../wasm/index.ts';
import { isTicking } from './eligible.ts';

/** Calling for a copy takes longer than a few moves. */
export const copiedCells = (from: number, to: number, bytes: number): Statement[] =>
  bytes > 128
    ? [memoryCopy(to, from, bytes)]
    : Array.from({ length: bytes / 8 }, (_, i) => i64.store(0, i64.load(0, from + 8 * i), to + 8 * i));

export const elementsOf = ({ variables }: FlatSystem, variable: number): number =>
  variables[variable]!.dims.reduce((a, b) => a * b, 1);

/** Variables that nothing sets but ticks, and those all elements of them. */
export function tickedAlone({ handlers, variables }: FlatSystem): Set<number> {
  const isWhole = ({ loops }: FlatHandler, variable: number): boolean =>
    variables[variable]!.dims.every((size, axis) => loops[axis]?.from === 0 && loops[axis].to === size);
  const others = new Set<number>();
  const ticked = new Set<number>();
  for (const handler of handlers)
    for (const { target } of handler.actions)
      (isTicking(handler) && isWhole(handler, target.variable) ? ticked : others).add(target.variable);
  return new Set([...ticked].filter((variable) => !others.has(variable)));
}

export interface KeptRegion {
  from: number;
  to: number;
  bytes: number;
}

/** By address; but for `alone`, which are kept where they are set. */
export function keptRegions(
  { system, plan }: Pick<Context, 'system' | 'plan'>,
  alone: ReadonlySet<number>,
): KeptRegion[] {
  const { runtime, truths, streams, given } = plan.manifest.layout;
  const written = new Set(
    system.handlers.flatMap(({ actions }) => actions.map(({ target }) => target.variable)),
  );
  const regions = [
    { from: runtime, bytes: 8 * CELLS_OF_INSTANTS },
    // Of ticks in columns the counters alone change, by one.
    {
      from: truths.address,
      bytes:
        alone.size > 0 && system.handlers.every(({ condition }) => condition === undefined)
          ? 0
          : 3 * 8 * truths.count,
    },
    // With the windows behind them.
    { from: streams.address, bytes: given.address - streams.address },
    ...[...written]
      .filter((variable) => !alone.has(variable))
      .map((variable) => ({
        from: plan.addresses[variable]!,
        bytes: 8 * elementsOf(system, variable),
      })),
  ].filter(({ bytes }) => bytes > 0);
  let to = plan.scratch.undo;
  return regions
    .toSorted((a, b) => a.from - b.from)
    .map(({ from, bytes }) => {
      to += bytes;
      return { from, to: to - bytes, bytes };
    });
}
