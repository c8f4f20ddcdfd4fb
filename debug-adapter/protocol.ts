/** What is asked of the adapter beyond the Debug Adapter Protocol. Types and names only. */

/** `type` of debug configurations. */
export const DEBUG_TYPE = 'pollux';

/** Arguments of `launch`. */
export interface LaunchConfiguration {
  /** Path of a `.twin` file or of a folder. */
  program: string;
  /** Twin or asset; the file's only one when left out. */
  root?: string;
  scenario?: string;
  /** Title of a test: its scenario is run, and its requirements are watched. */
  test?: string;
  /** Values of parameters and inputs in the twin language: `{ "ambient": "30 degC" }`. */
  params?: Record<string, string>;
  seed?: number;
  /** Default false. */
  stopOnEntry?: boolean;
}

/** Request: why the firing that stands in a frame happens, or why a value is what it is. */
export const WHY = 'pollux/why';
export interface WhyArguments {
  frameId?: number;
  /** A variable such as `pump[2].running`; left out: what fires now. */
  name?: string;
}
export interface WhyResponse {
  text: string;
}

/** Request: what to write behind the lines of a file, at the moment of a frame. */
export const LINE_VALUES = 'pollux/lineValues';
export interface LineValuesArguments {
  frameId?: number;
  /** As the editor names the file. */
  path: string;
}
export interface LineValuesResponse {
  lines: LineValue[];
}
export interface LineValue {
  /** From one: first and last line of what has the value. */
  line: number;
  endLine: number;
  text: string;
  /** Of a value that says which mode is active: its name. */
  mode?: string;
  /** Something happens there, rather than that it has a value; `now`: nothing has since. */
  fired?: 'earlier' | 'now';
}

/** Event: a test was run to its end. */
export const VERDICT = 'pollux/verdict';
export interface Verdict {
  passed: boolean;
  failures: { message: string; line: number; column: number }[];
}

/** Request: go to a time (s), forward or back. */
export const GO_TO_TIME = 'pollux/goToTime';
export interface GoToTimeArguments {
  time: number;
}

/** Request: where the run is. */
export const MOMENT = 'pollux/moment';
export interface MomentResponse {
  /** s */
  time: number;
  /** Before which firing of this time; null: after all of them. */
  index: number | null;
  /** Of the state: equal states have equal hashes. */
  hash: string;
}

/** A text by its URI; nothing where there is none. */
export interface WorkerText {
  uri: string;
  text: string | null;
}

/** What `pollux test --json` says of a test. */
export interface TestOutcome {
  name: string;
  uri: string;
  passed: boolean;
  /** s, of the clock on the wall. */
  seconds: number;
  /** Lines and columns from one. */
  requirements: { text: string; holds: boolean; message: string; line: number; column: number }[];
}

/** To the worker in which an editor without processes debugs a twin or runs its tests. `program` comes first, and once. */
export type ToWorker =
  | { type: 'program'; uri: string; files: { uri: string; text: string }[] }
  | { type: 'data'; files: WorkerText[] }
  | { type: 'protocol'; message: object }
  /** All tests of the file, or those that are named. */
  | { type: 'tests'; names: readonly string[] };

export type FromWorker =
  /** Files that tables and recordings read. */
  | { type: 'read'; uris: string[] }
  | { type: 'protocol'; message: object }
  | { type: 'outcomes'; outcomes: TestOutcome[] }
  | { type: 'refused'; message: string };
