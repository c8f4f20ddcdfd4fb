import type { FromHost, ToHost } from '../live/host/protocol.ts';

/** Where a previewed twin runs: a process, or a worker where there are none. */
export interface TwinHost {
  send(message: ToHost): void;
  dispose(): void;
}

export interface TwinHostEvents {
  message: (message: FromHost) => void;
  log: (text: string) => void;
  /** It has ended, and nobody asked it to. */
  end: (reason: string) => void;
}

export type StartTwin = (on: TwinHostEvents) => TwinHost;
