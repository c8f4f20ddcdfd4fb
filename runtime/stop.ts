/** What a host may stop at, and what it was that a run stopped at. */
import type { Span } from './loop.ts';

export type StopReason = 'asked' | 'handedOver' | 'reached' | 'event' | 'row' | 'steps' | 'end' | 'trouble';
export interface Stop {
  reason: StopReason;
  /** The time shown now, s. */
  time: number;
  /** How far the steps that are handed over may go. */
  span?: Span;
}
export interface StopAt {
  /** Stop after an instant at which something was logged. */
  event?: boolean;
  /** Stop after an output row. */
  row?: boolean;
  /** Stop after a committed time at which this says so. */
  asked?: () => boolean;
  /** Stop after so many steps: for hosts that must not block. */
  steps?: number;
  /** Stop where steps follow in which nothing happens, and leave them to the caller, who says by `landed` how many were taken. */
  handOver?: true;
}
