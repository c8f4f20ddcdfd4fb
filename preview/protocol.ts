/**
 * Messages between a session (a running twin, in any process) and a preview (a webview or a page).
 * They travel by `postMessage` or as JSON over a WebSocket; numbers in `frame` as arrays (NaN as null in JSON).
 * Types only. All values are SI; `unit` says how to show them.
 */
import type { ManifestView } from '../runtime/contract/shown.ts';
import type { Unit } from '../runtime/contract/manifest.ts';

/** Each may do what the ones before may: look; do what a shift does; change parameters and begin anew. */
export type Role = 'view' | 'operate' | 'administer';

export type Mode = 'simulate' | 'replay' | 'live';

export type ToPreview =
  | Hello
  | Frame
  | { type: 'status'; status: SessionStatus }
  | { type: 'events'; events: TwinEvent[] }
  | { type: 'alarms'; alarms: AlarmState[] }
  /** The text is broken: the last good run stays. Empty when mended. */
  | { type: 'problems'; problems: Problem[] }
  | Items
  | Samples
  | Tests
  /** Host only: go to a moment, or to where a test fails. */
  | { type: 'go'; moment?: string; test?: string }
  /** Host only: what the panel is of now, to be kept in place of what its page was made with. */
  | { type: 'subject'; subject: unknown }
  /** Host only: what runs the twin has ended by itself, and why. `restart` starts it again. */
  | { type: 'ended'; reason: string }
  /** Who sits here and what they may do; not said where everyone may do everything. */
  | { type: 'role'; name: string; role: Role }
  /** What was asked for is not allowed, and why. */
  | { type: 'refused'; text: string; said?: Said }
  /** Answer to `history`: rows of the series between two times, thinned to at most `points` (min and max kept). */
  | { type: 'history'; request: number; times: number[]; columns: Record<string, (number | null)[]> };

/** Sent first, and again after each change of the spec. Forget everything known before. */
export interface Hello {
  type: 'hello';
  name: string;
  title: string;
  doc: string;
  /** The scenarios one can choose. */
  scenarios: { name: string; doc: string; duration: number }[];
  modes: Mode[];
  /** Everything that can be charted, by id; ids are element names such as `pump[2].temperature`, `casing.measured`, or `probe:3[2]`. */
  series: SeriesInfo[];
  views: ManifestView[];
  /** Widgets name probes; these are their series, by probe and element. */
  probes: { probe: number; text: string; series: string[] }[];
  sensors: SensorInfo[];
  alarms: AlarmState[];
  parameters: ParameterInfo[];
  /** Absent where the model has none. */
  commands?: CommandInfo[];
  structure: StructureInfo;
  /** Absent where there are none. */
  tests?: TestInfo[];
  /** Those that views draw. */
  charts?: ModesInfo[];
  processes?: ProcessInfo[];
}

/** The diagram of a `modes` block; widgets name it by its position in the manifest and the instance. */
export interface ModesInfo {
  chart: number;
  instance: number;
  /** `machine[2].operation` */
  label: string;
  doc: string;
  /** `series` says which of the modes is active, counted from 1; 0: none. The block itself is the first. */
  regions: {
    name: string;
    series: string;
    modes: { name: string; initial: boolean; doc: string; regions: number[]; source: Place }[];
  }[];
  /** Region and mode, zero-based. */
  transitions: {
    from: [number, number];
    to: [number, number];
    history?: 'shallow' | 'deep';
    text: string;
    source: Place;
  }[];
}

/** A process of the flow; widgets name it by its position in the manifest and the instance. */
export interface ProcessInfo {
  process: number;
  instance: number;
  /** `line[2].bottle` */
  label: string;
  doc: string;
  /** Series. */
  arrived: string;
  left: string;
  inside: string;
  steps: ProcessStep[];
}

export interface ProcessStep {
  kind: string;
  /** As written; steps that follow each other and say the same are one line of the text. */
  text: string;
  source: Place;
  to?: number[];
  full?: number;
  gaveUp?: number;
  /** A queue or belt: series of its length. */
  place?: { name: string; length: string; capacity?: number; belt: boolean };
  resources?: { name: string; busy: string; waiting: string; down?: string; units?: number }[];
}

export interface Place {
  uri: string;
  line: number;
  column: number;
}

/** Where the items of the processes are now, with each frame in which that has changed. */
export interface Items {
  type: 'items';
  time: number;
  flows: {
    process: number;
    instance: number;
    /** Items at each step. */
    counts: number[];
    /** The first of them, one by one: who it is, and at which step. */
    ids: string[];
    steps: number[];
  }[];
}

/** Values (SI) at the end of runs with other seeds, for histograms: as they come, run after run. */
export interface Samples {
  type: 'samples';
  /** How many runs came before these; 0: forget all. */
  first: number;
  /** How many there will be. */
  runs: number;
  series: string[];
  /** By series; null where a run ended in trouble. */
  values: (number | null)[][];
}

export interface TestInfo {
  name: string;
  /** Of the manifest's. */
  scenario: string;
  source: Place;
}

/** How the tests stand that were asked for: again with each change. */
export interface Tests {
  type: 'tests';
  tests: TestState[];
}

export interface TestState {
  name: string;
  state: 'waiting' | 'running' | 'passed' | 'failed';
  judged: Judged[];
}

/** What a test requires, or the trouble that ended its run. */
export interface Judged {
  /** As written; of trouble, what happened. */
  text: string;
  holds: boolean;
  /** `4.2 K`: by how much; '' where there is no such number. */
  margin: string;
  /** Which element decided, `[3]`; '' for single values. */
  element: string;
  /** s: where it failed by most, or came nearest to it; null where it is said of many runs. */
  time: number | null;
  trouble?: true;
  source?: Place;
}

export interface SeriesInfo {
  id: string;
  /** `pump[2].temperature` */
  label: string;
  doc: string;
  unit: Unit;
  base: 'number' | 'integer' | 'boolean';
  /** Of a value that says which mode is active: names of its values from 0 on. */
  labels?: readonly string[];
  low?: number;
  high?: number;
  /** Says how well the whole does. */
  kpi?: true;
  /** Constant between samples: drawn as steps. */
  held: boolean;
}

export interface SensorInfo {
  id: string;
  label: string;
  doc: string;
  unit: Unit;
  /** Series ids. */
  measured: string;
  predicted: string;
  residual: string;
  low?: number;
  high?: number;
  /** Live: what it is bound to, such as `mqtt plant/P101/vib`. */
  binding?: string;
}

/** What can be called: one for each instance. */
export interface CommandInfo {
  /** `press[2].start` */
  id: string;
  label: string;
  doc: string;
  /** Position in the manifest's events, and the instance there. */
  command: number;
  instance: number;
  parameters: { name: string; unit: Unit; base: 'number' | 'integer' | 'boolean' }[];
}

/** A parameter or an input, element by element; has a slider when both bounds are there. */
export interface ParameterInfo {
  id: string;
  label: string;
  doc: string;
  role: 'parameter' | 'input';
  base: 'number' | 'integer' | 'boolean';
  unit: Unit;
  value: number;
  /** The value in the text. */
  initial: number;
  low?: number;
  high?: number;
  /** Where it stands in the manifest: slider widgets name a variable by its position and the element's index (zero-based, by dimension). */
  variable?: number;
  index?: number[];
}

export interface StructureInfo {
  name: string;
  /** Path from the root, '' for the root. */
  path: string;
  asset: string;
  doc: string;
  /** Values worth showing on it: series ids, the most telling first. */
  series: string[];
  sensors: string[];
  alarms: string[];
  children: StructureInfo[];
  /** What is joined here: each a list of ends, which are ports of children or, with this part's own path, of itself. */
  links?: { part: string; port: string }[][];
  /** Own ports, in the order of the text. */
  ports?: string[];
}

export interface AlarmState {
  id: string;
  label: string;
  message: string;
  severity: 'critical' | 'warning' | 'info';
  active: boolean;
  /** s, when it last changed; null when it never did. */
  since: number | null;
  acknowledged: boolean;
  /** s; kept quiet until then. Left out: not. */
  shelvedUntil?: number;
}

export interface TwinEvent {
  /** Ascending over the session. */
  id: number;
  time: number;
  microstep: number;
  kind: 'rule' | 'alarm' | 'event' | 'sensor' | 'range' | 'command' | 'trouble';
  /** `pump[2].tripHot` */
  name: string;
  text: string;
  /** The same for other languages; absent where the text is in the words of the model. */
  said?: Said;
  severity: 'critical' | 'warning' | 'info';
  /** Where it is written. */
  source?: { uri: string; line: number; column: number };
}

/** A sentence by its key, with what belongs in it. */
export interface Said {
  key:
    | 'noneToSet'
    | 'noneToCall'
    | 'setAgain'
    | 'backAgain'
    | 'holdsFrom'
    | 'versionGoesOn'
    | 'versionCarried'
    | 'notCarried'
    | 'versionAnew'
    | 'goesOnFrom'
    | 'keptValue'
    | 'cleared'
    | 'setTo'
    | 'outsideRange'
    | 'startsAt'
    | 'timeOver'
    | 'behind'
    | 'caughtUp'
    | 'clockOn'
    | 'clockBack'
    | 'tooMuch'
    | 'notAudited'
    | 'needsRole';
  args: string[];
}

export type MethodReason = 'noStates' | 'asked' | 'noMatrix' | 'notStiff' | 'stiff' | 'easy' | 'failed';

/** The method in use; where it was changed over to, when (s), and at which fastest rate (1/s) and step (s). */
export interface MethodStatus {
  name?: string;
  changes: number;
  why: MethodReason;
  since?: number;
  rate?: number;
  step?: number;
}

export interface SessionStatus {
  mode: Mode;
  scenario: string | null;
  playing: boolean;
  /** Simulated seconds per second; Infinity is sent as null. */
  speed: number | null;
  /** s */
  time: number;
  start: number;
  /** End of the run; null while live. */
  end: number | null;
  /** Latest time that has been computed: one can scrub up to here. */
  computed: number;
  /** Set when the run stopped by trouble; names the asset and the time. */
  trouble: string | null;
  /** How the equations are integrated now, and why; absent where there are none. */
  method?: MethodStatus;
  /** The run that this one is compared with, and how far it is computed (s). */
  compared?: { id: number; label: string; computed: number };
  /** Live: state of connections. */
  connections: { name: string; state: 'connected' | 'connecting' | 'lost'; detail: string }[];
  /** Live: counts of what came in, and of what was wrong with it, by kind. */
  counts: Record<string, number>;
}

/** New rows since the frame before, at most one frame per display refresh. `columns[i]` belongs to `series[i]`. */
export interface Frame {
  type: 'frame';
  series: string[];
  times: number[];
  columns: (number | null)[][];
  /** Values now, for gauges and numbers (`series` order). */
  now: (number | null)[];
  time: number;
}

export interface Problem {
  severity: 'error' | 'warning' | 'info';
  code: string;
  message: string;
  uri: string;
  line: number;
  column: number;
}

export type FromPreview =
  | { type: 'ready' }
  /** Which series frames should carry. */
  | { type: 'subscribe'; series: string[] }
  /** Which of the costly things the page shows: items of processes, and runs for histograms. */
  | { type: 'show'; items: boolean; samples: boolean }
  | { type: 'play' }
  | { type: 'pause' }
  | { type: 'speed'; speed: number | null }
  /** Forward by one output step, or to the next or the previous event. */
  | { type: 'step'; to: 'step' | 'next-event' | 'previous-event' }
  | { type: 'seek'; time: number }
  | { type: 'restart' }
  | { type: 'mode'; mode: Mode }
  /** `duration`: s, of the run, where it is not the scenario's own. */
  | { type: 'scenario'; scenario: string | null; duration?: number }
  /** Sets a parameter or input (SI). `null` goes back to the text's value. */
  | { type: 'set'; id: string; value: number | null }
  /** Calls a command now, with its values in their order (SI). */
  | { type: 'call'; id: string; values: number[] }
  /** Runs these tests of the model beside what is shown. */
  | { type: 'test'; names: string[] }
  /** In place of the run that is shown, that of a test to its end, with the values of the text, and then back to this time (s). */
  | { type: 'trace'; test: string; time: number }
  | { type: 'acknowledge'; alarm: string }
  /** Keeps an alarm quiet for a time of the run (s); null: no longer. */
  | { type: 'shelve'; alarm: string; seconds: number | null }
  /** `run` left out: of the run that is shown. `to` may lie after all that is computed. */
  | {
      type: 'history';
      request: number;
      series: string[];
      from: number;
      to: number;
      points: number;
      run?: 'compared';
    }
  /** Compare from now on: with the run as it is now, with a run of another scenario, or not at all. */
  | { type: 'compare'; with: 'this' | 'scenario' | 'none'; scenario: string | null }
  /** Host only: put this file where the user says. */
  | { type: 'save'; name: string; base64: string }
  /** Host only: write these values where the text gives them. `45 W/K` */
  | { type: 'write'; values: { id: string; text: string }[] }
  /** Host only: copy a link to this moment. */
  | { type: 'link'; moment: string }
  /** Host only: show this place of the text. */
  | { type: 'reveal'; uri: string; line: number; column: number };
