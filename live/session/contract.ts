/** What a session takes, what it can do, and what of it is kept for a later process. */
import type { Entry } from '../../runtime/journal.ts';
import type { Twin } from '../../runtime/twin.ts';
import type { FromPreview, Mode, Problem, SessionStatus, ToPreview } from '../../preview/protocol.ts';
import type { Receiver } from '../receiver.ts';
import type { Replay } from './replay.ts';
import type { SessionModel } from './model.ts';
import type { OtherVersion } from './other-version.ts';

/** Where alarms and values go in live mode, such as an MQTT link. Times are ms since 1970. */
export interface Outlet {
  /** Positions in `manifest.probes` whose values it wants. */
  readonly probes: readonly number[];
  alarm(alarm: number, instance: number, active: boolean, time: number): void;
  value(probe: number, value: number, time: number): void;
  counts?(): Record<string, number>;
}

/** What a session borrows from where it runs, and how it begins. */
export interface SessionOptions {
  send: (message: ToPreview) => void;
  /** ms since 1970 (any origin will do when nothing is live); must not go backwards. */
  now: () => number;
  /** ms since 1970 as the machine tells it: it may be set, and goes on while the machine sleeps. `now` when left out. */
  wall?: () => number;
  /** Calls back after about `ms`; returns how to cancel. */
  schedule: (callback: () => void, ms: number) => () => void;
  /** Default `simulate`. */
  mode?: Mode;
  /** Whether something feeds the session live. */
  live?: boolean;
  replay?: Replay;
  /** Default: the first. null: none. */
  scenario?: string | null;
  /** Default true. */
  playing?: boolean;
  /** Simulated seconds a second; null: as fast as possible. Default: the run takes about 30 s. */
  speed?: number | null;
  seed?: number;
  /** s that the live twin stays behind the clock, so that most samples are there when it passes their time. */
  lag?: number;
}

/** A running twin as those see it who look on: messages of `preview/protocol.ts` in and out. */
export interface Session extends Receiver {
  /** Starts a model, or puts a new version in place of the one that runs: time, speed and settings stay where they fit. */
  load(model: SessionModel, problems?: readonly Problem[]): void;
  /** The text is broken, or mended again: what runs stays. */
  problems(problems: readonly Problem[]): void;
  receive(message: FromPreview): void;
  /** Compares with another version from now on, in whatever scenario; undefined: no longer. */
  against(version: OtherVersion | undefined): void;
  /** Sends what waits, before somebody who joins is told by himself. */
  flush(): void;
  /** No preview is visible: no frames are sent. */
  hidden(hidden: boolean): void;
  /** Returns how to detach it. */
  attach(outlet: Outlet): () => void;
  /** undefined while there is no model that runs. */
  status(): SessionStatus | undefined;
  /** Values now (SI) of everything that has a name: for hovers. */
  values(): Record<string, number | null>;
  /** Names of active modes, and of what is the largest of several, by what they are the value of. */
  names(): Record<string, string>;
  /** How the scenario that runs is integrated, in words. */
  integration(): { scenario: string; method: string } | undefined;
  /** With all that has arrived. */
  twin(): Twin | undefined;
  /** All that a later process needs to go on from here. */
  keep(): KeptSession | undefined;
  /** After `load`: goes on from there. Returns why not, in words. */
  resume(kept: KeptSession): string | undefined;
  dispose(): void;
}

/** What goes on in a later process. */
export interface KeptSession {
  state: Uint8Array;
  mode: Mode;
  scenario: string | null;
  /** What came for later than the state, as for what is newer than a live twin. */
  coming?: readonly Entry[];
  /** Clock at time 0 of a live twin, ms since 1970. */
  epoch: number;
  /** What was set, for a run from the start. */
  settings: [id: string, value: number][];
  /** Alarms that are raised and acknowledged; and those that are shelved, until when (s of the run). Earlier versions did not keep them. */
  acknowledged?: string[];
  shelved?: [id: string, until: number][];
}
