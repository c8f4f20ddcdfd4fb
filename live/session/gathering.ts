/**
 * What arrives between two looks at the clock → the twin, together: many samples of one time are one column, and however many are late, time
 * is gone over again once.
 */
import type { Offered } from '../../runtime/samples/offered-together.ts';
import type { OfferResult, Twin } from '../../runtime/twin.ts';

export type Became = (verdict: OfferResult) => void;

export interface Gathering {
  add(offered: Offered, became: Became): void;
  /** Offers what waits, and says of each what became of it. */
  offer(): void;
  waiting(): number;
  /** Whether to leave what waits for later: going over the past again took so long that little else would be done. */
  rests(): boolean;
}

/** Going over time again may take a part in so many of all time; but nothing waits longer for that than `LONGEST_REST` (ms). */
const SHARE = 4;
const LONGEST_REST = 1000;

/** `now`: ms. */
export function createGathering(twin: () => Twin | undefined, now: () => number): Gathering {
  let offered: Offered[] = [];
  let told: Became[] = [];
  let restsUntil = -Infinity;
  return {
    add: (one, became) => {
      offered.push(one);
      told.push(became);
    },
    waiting: () => offered.length,
    rests: () => now() < restsUntil,
    offer: () => {
      if (offered.length === 0) return;
      const [all, tell] = [offered, told];
      offered = [];
      told = [];
      const begun = now();
      const verdicts = twin()?.offerTogether(all);
      const ended = now();
      if (verdicts?.includes('revised') === true)
        restsUntil = ended + Math.min(LONGEST_REST, (SHARE - 1) * (ended - begun));
      for (const [i, became] of tell.entries()) became(verdicts?.[i] ?? 'dropped');
    },
  };
}
