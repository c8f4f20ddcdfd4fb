/** The seam between data from outside and a session: whatever brings values knows only this. */
import type { OfferResult } from '../runtime/twin.ts';
import type { Fault } from './faults.ts';

/** A value for a bound sensor or input. */
export interface Arrival {
  /** Position in `manifest.bindings`. */
  binding: number;
  /** ms since 1970 by the session's clock. */
  time: number;
  /** SI; 0 and 1 for booleans. */
  value: number;
  /** Of a command: its values in their order, SI. */
  values?: readonly number[];
}

/** How it stands with a connection; `detail`: where to, and why it was lost. */
export interface ConnectionState {
  state: 'connected' | 'connecting' | 'lost';
  detail: string;
}

/** What the twin made of a value. */
export type Verdict = OfferResult;

/** A session, as those see it who bring values. */
export interface Receiver {
  /** The session's clock, ms since 1970. */
  now(): number;
  arrive(arrival: Arrival): Verdict;
  /** The same of a sample or an input, together with others that come about then: what became of it is told before long. */
  gather?(arrival: Arrival, became: (verdict: Verdict) => void): void;
  /** Told once for each kind and source. */
  fault(fault: Fault): void;
  connection(name: string, state: ConnectionState): void;
}
