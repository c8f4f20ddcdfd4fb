/** Requests beyond LSP, between the server and its client. Types and names only. */
import type { Manifest } from '../runtime/contract/manifest.ts';
import type { Range } from 'vscode-languageserver-types';

/** `initializationOptions`. All may be missing. */
export interface InitializationOptions {
  /** URI of the folder with a page for each diagnostic (`PX1001.md`); with a slash at its end. */
  diagnosticPages?: string;
}

/** The section `pollux.inlayHints` of the client's settings. */
export const INLAY_HINTS_SECTION = 'pollux.inlayHints';
export interface InlayHintSettings {
  /** Quantities that are inferred. */
  types: boolean;
  /** Numbers in SI behind those in other units. */
  values: boolean;
  parameterNames: boolean;
}

/** Client → server: what can be run, previewed or tested in a file. */
export const ROOTS = 'pollux/roots';
export interface RootsParams {
  uri: string;
}
export interface Root {
  kind: 'asset' | 'twin' | 'scenario' | 'test' | 'experiment' | 'calibration';
  /** Qualified, except of tests: those have the text they are titled with. */
  name: string;
  /** As written, for people. */
  label: string;
  /** Of the whole declaration. */
  range: Range;
  /** Of its name. */
  selection: Range;
  /** What a scenario or test runs on: the asset's or twin's qualified name. */
  subject?: string;
  /** The scenario that a test runs. */
  scenario?: string;
  doc: string;
}

/** Client → server: the text of a file of the standard library (`pollux-library:/units.twin`). */
export const LIBRARY_TEXT = 'pollux/libraryText';
export interface LibraryTextParams {
  uri: string;
}
export interface LibraryTextResult {
  text: string;
}

/** Client → server, a notification: current values of a running twin, for hovers. Empty when it has stopped. */
export const VALUES = 'pollux/values';
export interface ValuesParams {
  /** Qualified name of the asset or twin that is running. */
  root: string;
  /** s, of the run. */
  time?: number;
  /** SI values by series (`pump[2].temperature`, `casing.measured`), names of active modes. */
  values: Record<string, number | boolean | string | null>;
  /** Qualified name of the scenario that runs, where one does. */
  scenario?: string;
  /** How its equations are integrated, and why: `method tsit5, as …`. */
  method?: string;
}

/** Client → server: the artefact of a root, from the editor's texts. */
export const COMPILE = 'pollux/compile';
export interface CompileParams {
  uri: string;
  /** Qualified name; the file's first root when absent. */
  root?: string;
}
export interface CompileResult {
  ok: boolean;
  root: string;
  artefact?: { manifest: Manifest; wasmBase64: string };
  problems: Problem[];
}
export interface Problem {
  code: string;
  severity: 'error' | 'warning' | 'info';
  message: string;
  uri: string;
  range: Range;
}

/**
 * Client → server: compile this root now (the answer) and again after each change that matters, and say so.
 * While files on disk are read, what fails is answered when all are read: what it lacks may be in them.
 * `pollux/unwatch`, with the same parameters, ends it.
 */
export const WATCH = 'pollux/watch';
export const UNWATCH = 'pollux/unwatch';
export type WatchParams = CompileParams;

/** Client → server: values of parameters that were tried out, to be written where the text gives them. */
export const SET_VALUES = 'pollux/setValues';
export interface SetValuesParams {
  uri: string;
  /** Qualified name of what runs. */
  root: string;
  /** `pump.cooling`, `45 W/K` */
  values: { id: string; text: string }[];
}
export interface SetValuesResult {
  changes: Record<string, { range: Range; newText: string }[]>;
  /** What could not be written, and why. */
  left: { id: string; why: string }[];
}

/** Server → client, a notification: a watched root was compiled again. */
export const DID_COMPILE = 'pollux/didCompile';
export interface DidCompileParams extends CompileResult {
  uri: string;
  /** The root as it was asked for: a scenario or a test may be asked for, and `root` is then what it runs on. */
  wanted?: string;
}

/**
 * Server → client, where the server has no disk of its own: the `.twin` files of a folder, of all below it when deep; and
 * the text of one file, such as a table's data, `null` when there is none.
 */
export const READ_FOLDER = 'pollux/readFolder';
export interface ReadFolderParams {
  uri: string;
  deep: boolean;
}
export type ReadFolderResult = FileText[];
export const READ_FILE = 'pollux/readFile';
export interface ReadFileParams {
  uri: string;
}
export interface FileText {
  uri: string;
  text: string | null;
}

/** Client → server, a notification: what a file says now, told before the change is. Only where the server has no disk. */
export const FILE = 'pollux/file';

/** Client → server: what the workspace is about, for a tree of it. */
export const EXPLORE = 'pollux/explore';
export interface ExploreItem {
  kind: 'twin' | 'asset' | 'scenario' | 'test' | 'experiment' | 'calibration' | 'sensor' | 'rule' | 'alarm';
  label: string;
  /** Qualified, except of tests. */
  name: string;
  /** What is said behind the label: what a sensor measures, what a scenario is for. */
  detail: string;
  uri: string;
  /** Of its name. */
  range: Range;
  /** Whether it can be previewed, run or tested by itself. */
  runs: boolean;
  children: ExploreItem[];
}

/** Commands of code lenses; arguments: the file's URI and the root's name. */
export const EXPERIMENT_COMMAND = 'pollux.experiment';
export const CALIBRATE_COMMAND = 'pollux.calibrate';
export const RUN_COMMAND = 'pollux.run';
export const PREVIEW_COMMAND = 'pollux.preview';
export const TEST_COMMAND = 'pollux.test';
/** With a third argument: the kind, `scenario` or `test`. */
export const DEBUG_COMMAND = 'pollux.debug';
