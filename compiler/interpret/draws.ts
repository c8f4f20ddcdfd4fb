/** Draws by the plain samplers of the runtime, and by inverses where a draw is truncated, correlated or has no sampler. */
import { Status } from '../../runtime/contract/kernel.ts';
import type { Layout } from '../../runtime/contract/layout.ts';
import type { Manifest } from '../../runtime/contract/manifest.ts';
import { distributions } from '../../runtime/random/distributions.ts';
import type { Elementary } from '../4-generate/elementary/load.ts';
import { SAMPLED } from '../4-generate/random/index.ts';
import { loadSpecial, routineOf } from '../4-generate/random/special.ts';
import type { SpecialFunctions } from '../4-generate/random/special.ts';
import type { FlatDraw } from '../ir/flat-expression.ts';
import { DISCRETE, unmet } from '../model/distribution.ts';

/** What the expressions of a draw have come to. */
export interface Drawn {
  parameters: readonly number[];
  low?: number;
  high?: number;
  score?: number;
}

export function drawing(manifest: Manifest, view: DataView, elementary: Elementary) {
  const layout: Layout = manifest.layout;
  const samplers = distributions(elementary);
  let special: SpecialFunctions | undefined;

  /** `element` is the stream's among those of its place. */
  return ({ stream, distribution, moves }: FlatDraw, element: number, drawn: Drawn): number => {
    const address =
      layout.streams.address + layout.streamBytes * (manifest.streams[stream]!.offset + element);
    const refuse = (): number => {
      if (view.getInt32(layout.status, true) === Status.ok)
        [Status.noDistribution, address].forEach((word, at) =>
          view.setInt32(layout.status + 4 * at, word, true),
        );
      return NaN;
    };
    const { parameters, low, high, score } = drawn;
    if (unmet(distribution, parameters)) return refuse();
    const value = number();
    if (!moves) view.setBigUint64(address + 8, 0n, true);
    return value;

    function number(): number {
      if (low === undefined && score === undefined && isSampled(distribution)) {
        const sampler = samplers[distribution] as (at: DataView, stream: number, ...of: number[]) => number;
        return sampler(view, address, ...parameters);
      }
      special ??= loadSpecial();
      const name = routineOf(distribution);
      const below = (x: number): number => special![`below${name}`]!(x, ...parameters);
      const above = (x: number): number => special![`above${name}`]!(x, ...parameters);
      let p = score === undefined ? samplers.unit(view, address) : special.belowStandard!(score);
      let q = score === undefined ? 1 - p : special.belowStandard!(-score);
      if (low !== undefined && high !== undefined) {
        const first = DISCRETE.has(distribution) ? Math.ceil(low) - 1 : low;
        const under = below(first);
        const over = above(high);
        const inLower = below(high) - under;
        const inUpper = above(first) - over;
        if (!(elementary.max(inLower, inUpper) > 0)) return refuse();
        p = under + p * inLower;
        q = over + q * inUpper;
      }
      const found = special[`quantile${name}`]!(p, q, ...parameters);
      return low === undefined || high === undefined
        ? found
        : elementary.min(elementary.max(found, low), high);
    }
  };
}

type Sampled = (typeof SAMPLED)[number];
const isSampled = (name: string): name is Sampled => (SAMPLED as readonly string[]).includes(name);
