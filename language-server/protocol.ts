/**
 * What the language server offers beyond LSP, for any client. Types and method names only.
 */
import type { Manifest } from '../runtime/contract/manifest.ts';

/** `pollux/roots`: what of a file can run. */
export interface RootsParams {
  uri: string;
}
export interface RootsResult {
  roots: RootInfo[];
  scenarios: { name: string; subject: string; range: LspRange }[];
  tests: { name: string; scenario: string; range: LspRange }[];
}
export interface RootInfo {
  kind: 'twin' | 'asset';
  /** Qualified: `waterworks.East`. */
  name: string;
  range: LspRange;
}

/** `pollux/compile`: a root of a file, compiled now. Without `root`: the first of the file. */
export interface CompileParams {
  uri: string;
  root?: string;
}
export interface CompileResult {
  uri: string;
  /** Qualified name of what was compiled; '' when there is none. */
  root: string;
  /** Absent when there are errors, or nothing can run. */
  artefact?: { manifest: Manifest; wasmBase64: string };
  problems: CompileProblem[];
}
export interface CompileProblem {
  severity: 'error' | 'warning' | 'info';
  code: string;
  message: string;
  uri: string;
  /** One-based. */
  line: number;
  column: number;
}

/**
 * `pollux/watch`: from now on the server sends `pollux/didCompile` (a CompileResult) for this file and root: at once, and
 * after each change of it or of what it uses. `pollux/unwatch` ends that.
 */
export type WatchParams = CompileParams;

/** `pollux/values`: the client tells current values of a running twin, for hovers. Empty when nothing runs. */
export interface ValuesParams {
  /** The file that is being previewed. */
  uri: string;
  root: string;
  /** Element name (`pump[2].temperature`) → value as shown (`63.2 °C`). */
  values: Record<string, string>;
}

/** `pollux/libraryText`: the text of a `pollux-library:` document. */
export interface LibraryTextParams {
  uri: string;
}
export interface LibraryTextResult {
  text: string;
}

/** As in LSP: zero-based lines and UTF-16 characters. */
export interface LspRange {
  start: { line: number; character: number };
  end: { line: number; character: number };
}

export const Methods = {
  roots: 'pollux/roots',
  compile: 'pollux/compile',
  watch: 'pollux/watch',
  unwatch: 'pollux/unwatch',
  didCompile: 'pollux/didCompile',
  values: 'pollux/values',
  libraryText: 'pollux/libraryText',
} as const;
