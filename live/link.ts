/** The bindings of one protocol, linked to where they lead: what every such link is made of, and what it does. */
import type { Manifest } from '../runtime/contract/manifest.ts';
import type { Receiver } from './receiver.ts';
import type { Outlet } from './session/contract.ts';
import type { ReadUnit } from './units.ts';

/** Whose bindings, which broker or server, who takes what comes, and which units other than those of the manifest are read. */
export interface LinkOptions<Settings> {
  manifest: Manifest;
  settings: Settings;
  receiver: Receiver;
  readUnit?: ReadUnit;
}

/** What comes goes to the receiver; alarms and values that it is told go out. */
export interface Link extends Outlet {
  /** `received`, `sent`, and what was wrong, by kind. */
  counts(): Record<string, number>;
  close(): Promise<void>;
}
