/**
 * Between an editor and the process that runs a previewed twin. Beside these, the messages of `preview/protocol.ts` pass
 * through unchanged, in both directions. Types only.
 */
import type { Manifest } from '../../runtime/contract/manifest.ts';
import type { FromPreview, Problem, ToPreview } from '../../preview/protocol.ts';

export type ToHost =
  /** A new version of the twin: the first one starts it, later ones take its place and keep time, speed and settings. */
  | { type: 'load'; manifest: Manifest; wasmBase64: string; problems: Problem[] }
  /** The text is broken: keep what runs. */
  | { type: 'broken'; problems: Problem[] }
  /** Compare with this version from now on. */
  | { type: 'against'; label: string; manifest: Manifest; wasmBase64: string }
  /** Compare with no version any more. */
  | { type: 'alone' }
  | { type: 'preview'; message: FromPreview }
  /** No preview is visible: send no frames. */
  | { type: 'hidden'; hidden: boolean }
  /** Files of whose lines `lines` should tell. */
  | { type: 'lines'; uris: string[] };

export type FromHost =
  | { type: 'preview'; message: ToPreview }
  /** Values for hovers, about twice a second: series → SI value, at a time of the run (s). */
  | {
      type: 'values';
      time: number;
      values: Record<string, number | string | null>;
      integration?: Integration;
    }
  /** What to write behind lines, at a time of the run (s). */
  | { type: 'lines'; time: number; lines: LineNote[] };

/** How a scenario that runs is integrated, in words. */
export interface Integration {
  scenario: string;
  method: string;
}

export interface LineNote {
  uri: string;
  /** From one: first and last line of what it is about. */
  line: number;
  endLine: number;
  text: string;
  /** Of a value that says which mode is active: its name. */
  mode?: string;
  /** Something has happened there; `now`: nothing has since. */
  fired?: 'earlier' | 'now';
}
