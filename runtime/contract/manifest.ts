import type { Formula } from './formula.ts';

/** Describes a compiled system. Plain JSON; together with the kernel it is the artefact. Same input, same bytes. */
export interface Manifest {
  format: 'pollux-twin';
  formatVersion: 1;
  name: string;
  title: string;
  doc: string;
  /** Hash of layout and meaning of the saved state: a saved state fits a twin with the same one. */
  stateFingerprint: string;
  layout: Layout;
  variables: ManifestVariable[];
  handlers: ManifestHandler[];
  /**
   * Where the comparisons of the crossing functions are written; `offset` is the first one's position in `layout.crossings`. `turnedBy`: a handler,
   * with as many instances, that turns back what comes there.
   */
  crossings?: { offset: number; turnedBy?: number; source: SourceRange }[];
  alarms: ManifestAlarm[];
  events?: ManifestEvent[];
  sensors: ManifestSensor[];
  streams: ManifestStream[];
  probes: ManifestProbe[];
  /** Names of solve blocks and their equations' places, for messages. */
  solves: { name: string; sources: SourceRange[] }[];
  scenarios: ManifestScenario[];
  tests: ManifestTest[];
  /** Absent in artefacts without any. */
  experiments?: ManifestExperiment[];
  calibrations?: ManifestCalibration[];
  views: ManifestView[];
  /** Modes as diagrams: for who draws them and who steps through them. Absent where there are none. */
  modes?: ManifestModes[];
  bindings: ManifestBinding[];
  structure: ManifestStructure;
  /** Processes, and what their items go through. */
  flow?: ManifestFlow;
  /** Set where a comparison stands in an equation, so that solutions bend at its crossing. */
  bends?: true;
  /** What is remembered for a time, by `remember`. */
  delays?: { source: SourceRange }[];
  /** `limit` says how far a step may go. */
  limited?: true;
  /** Where there are experiments: how replicas go side by side, or why they do not. */
  replicas?: ManifestReplicas;
  /** Set where equations tie states to each other: `project` keeps them on these. */
  projects?: true;
  /** The kernel's step loop carries out `every`, conditions and durations itself while nobody listens. */
  alone?: true;
  /**
   * Where the kernel notes by handler (i32 in 8 bytes each, not saved) that what an `every` has set are numbers, and of a size that what it sets
   * next must be numbers too. Whoever puts another state into memory clears it.
   */
  trusted?: Region;
  /** Bytes of the memory, from its start, that anything is written to. */
  used?: number;
  /**
   * Where steps work, byte addresses: `before` are the states that the step in flight started from, with at least five times as many numbers
   * behind them. Nothing is in these between steps. `spare` is room for as many numbers as there are states, untouched while a step is in flight.
   */
  work?: { before: number; spare: number };
  /** Implicit methods can run it: how many unknowns they solve for, and from which unknown on they belong to which variable. */
  implicit?: {
    unknowns: number;
    others: { first: number; variable: number }[];
    /** About how many explicit steps take as long as one of theirs; absent where that is a few. */
    cost?: number;
    /** Where `Kernel.matrix` leaves its entries, and the address of the vector of `Kernel.solve`. */
    matrix?: { entries: Region; vector: number };
  };
  /** Only in artefacts that were made to show what tests reach. */
  coverage?: ManifestCoverage;
}

export interface ManifestCoverage {
  branches: {
    /** Its value is 0 where the `if` is not reached, 1 for `else`, 2 for `then`. */
    probe: number;
    /** The handler in whose actions it stands: looked at when that fires. Its instances come first in those of the probe. */
    handler?: number;
    source: SourceRange;
  }[];
  /** An i32 for each code of a step (`ManifestProcess.firstCode`): 1 when an item has come to it. Not saved. */
  passed?: Region;
}

/**
 * Replicas of a twin in the lanes of vectors: `Kernel.replicasRk4`. Byte addresses beyond `layout.pages`, in a memory of so many more
 * `pages`; at each there are `width` f64, one for each replica.
 */
export type ManifestReplicas =
  | {
      width: number;
      /** The first state; the others follow. */
      states: number;
      /** f64, once for all. */
      time: number;
      /** The first of the cells that hold what equations read: the numbers at the addresses `reads` of each twin. */
      cells: number;
      reads: number[];
      pages: number;
    }
  /** Why they go one by one. */
  | { alone: string };

/** Byte addresses in the kernel's memory. All numbers are f64 unless said. The saved state is [0, savedBytes). */
export interface Layout {
  /** Length of the saved state: the following regions up to `given`. */
  savedBytes: number;
  /** Whole memory, in 64 KiB pages. */
  pages: number;
  /** f64: seconds since the start. */
  time: number;
  /** Runtime's own cells (clock, step counters, step size …), `runtimeCells` f64. */
  runtime: number;
  runtimeCells: number;
  /** States, contiguous. */
  states: Region;
  /** Parameters, inputs and discrete variables. */
  parameters: Region;
  inputs: Region;
  discretes: Region;
  /** Per handler instance: last truth (0, 1); time since which it has been true (NaN when not); ticks counted. */
  truths: Region;
  since: Region;
  ticks: Region;
  /** Per sensor instance: samples taken; time of the last sample (NaN before the first). */
  samples: Region;
  sampleTimes: Region;
  /** Random streams of `streamBytes` each; see `ManifestStream`. */
  streams: Region;
  streamBytes: number;
  /** One byte for each element of parameters, inputs, discretes, states (in this order): 1 = given from outside. Saved too. */
  given: Region;
  /** The machine of the process flow, in bytes; its first cells are in `FlowCell`. Saved too. */
  flow?: Region;
  /** Absent where no kink is located. */
  kinks?: Kinks;

  /** Not saved from here on. */
  derivatives: Region;
  algebraics: Region;
  crossings: Region;
  /** Crossing functions at the last committed time, and a step earlier; the time of the latter, NaN after an event. */
  located: { begin: Region; before: Region; time: number };
  absoluteTolerances: Region;
  /** Status: 5 × i32, see `Status`. */
  status: number;
  /** Queue of `detect`: pairs of i32. */
  queue: Region;
}

/**
 * The last crossing functions are of kinks, in three runs: of what is compared, of that which is integrated as well, of what is integrated
 * alone. See `runtime/contract/sides.ts`.
 */
export interface Kinks {
  /** Positions among the crossing functions at which the runs begin. */
  first: number;
  bending: number;
  alone: number;
  count: number;
  /** `count` f64 each, saved: the side (1 or -1), what is added to the value times the side, the greatest value so far. */
  side: number;
  slack: number;
  greatest: number;
  /** `count` f64 each, not saved: the value, and the size of what it is the difference of. */
  value: number;
  size: number;
}

/** `count` is in elements of the region's kind. */
export interface Region {
  address: number;
  count: number;
}

export interface SourceRange {
  uri: string;
  start: number;
  end: number;
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
}

export interface Unit {
  /** As written: `m3/h`. */
  text: string;
  /** For people: `m³/h`. */
  label: string;
  /** shown = si / factor - offset */
  factor: number;
  offset: number;
}

export interface ManifestVariable {
  /** `pump[].temperature` */
  name: string;
  role: 'parameter' | 'input' | 'state' | 'derivative' | 'discrete' | 'algebraic';
  base: 'number' | 'integer' | 'boolean';
  /** Byte address of the first element; row-major, 8 bytes each. */
  address: number;
  dims: number[];
  quantity: string;
  dimension: string;
  unit: Unit;
  doc: string;
  low?: number;
  high?: number;
  /** Where the tables end that it looks up, if they have no values beyond. */
  lookedUp?: string;
  /** Hidden: no number where the condition of its name, or in that variable's equation, cannot be told. */
  doubts?: true;
  /** It may have no value before all sensors have measured. */
  unmeasured?: true;
  visible: boolean;
  /** Says how well the whole does. */
  kpi?: true;
  /** Leaves by no recording, view, log or message. */
  private?: true;
  final: boolean;
  /** Names of its values from 0 on, of a variable that says which mode is active; '' for none. */
  labels?: string[];
  /**
   * Of an input that follows something in a scenario, or of what a recording sets: discrete variables of its shape. `by`: position in
   * the scenario's `drives`, plus one; 0: nothing. With `line` it is value + slope · (time - since) while the slope is not 0.
   */
  driven?: { by: number; line?: { value: number; since: number; slope: number } };
  source: SourceRange;
}

export interface ManifestHandler {
  kind: 'when' | 'at' | 'rule' | 'on' | 'raise' | 'clear' | 'range' | 'every' | 'scheduled';
  name: string;
  /** Number of elements by loop; the product is the number of instances. */
  dims: number[];
  /** One-based number of the first element by loop, for names. */
  first: number[];
  /** Position of its first instance in truths, since and ticks. */
  offset: number;
  edge: 'true' | 'any' | 'change';
  firesAtStart: boolean;
  hasDuration: boolean;
  /** Of `every`: its period is drawn anew at each tick; its cell in ticks is the time of the next. */
  renewed?: true;
  /** Of `every`: all its instances have the same period, and tick together. They are counted in the cell of the first; those of the others stay 0. */
  oneCount?: true;
  scheduled?: { scenario: number; time: number };
  alarm?: number;
  /** Handlers that go first: where one of them fires for the same instance, this one is looked at again after it. */
  yields?: number[];
  /** Handlers: where one of them fires for the same instance, this one does not. */
  elseOf?: number[];
  /** Handlers whose conditions count anew after this one. */
  restarts?: number[];
  /** Variables that its actions set. */
  sets: number[];
  /** Which element of each of them, where it is always the same one; null where it follows the instance. */
  setElements?: (number | null)[];
  /** Of these, the ones that it sets only under a condition. */
  guarded?: number[];
  /** Variables that its condition compares, in the order written: what the event log shows as the cause. */
  reads?: number[];
  source: SourceRange;
}

export interface ManifestAlarm {
  name: string;
  dims: number[];
  severity: 'critical' | 'warning' | 'info';
  message: string;
  active: number;
  doc: string;
  source: SourceRange;
}

/** Something that happens, or, as a command, is called from outside. */
export interface ManifestEvent {
  /** `press[].jam` */
  name: string;
  dims: number[];
  command: boolean;
  /** Variable that counts how often it has happened. */
  count: number;
  /** Variables of its values. */
  parameters: { name: string; variable: number }[];
  doc: string;
  source: SourceRange;
}

export interface ManifestSensor {
  name: string;
  dims: number[];
  /** Position of its first instance in samples and sampleTimes. */
  offset: number;
  measured: number;
  predicted: number;
  stale: number;
  hasPeriod: boolean;
  hasNoise: boolean;
  low?: number;
  high?: number;
  quantity: string;
  unit: Unit;
  doc: string;
  source: SourceRange;
}

/** A place that draws random numbers. Each element has a stream of its own, keyed by its name and the run's seed. */
export interface ManifestStream {
  /** `pump[].tripHot/for` */
  name: string;
  dims: number[];
  /** Position of its first element in `layout.streams`. */
  offset: number;
  source: SourceRange;
}

export interface ManifestProbe {
  text: string;
  /** Empty: one value. */
  dims: number[];
  first: number[];
  base: 'number' | 'integer' | 'boolean';
  unit: Unit;
  labels?: string[];
  /** Computed from what is private: looked at by tests alone. */
  private?: true;
}

/** 'auto': tsit5, and rodas5p or, where matrices are dear, bdf where the system is stiff. */
export type ManifestMethod =
  | { name: 'rk4' | 'euler' | 'implicitEuler'; step: number }
  | { name: 'auto' | 'tsit5' | 'rodas5p' | 'bdf'; tolerance: number };

export interface ManifestScenario {
  name: string;
  settings: { variable: number; index?: number[]; value: number }[];
  /** What inputs follow from a time on. Absent where nothing does. */
  drives?: ManifestDrive[];
  duration: number;
  method: ManifestMethod;
  outputPeriod?: number;
  /** s from the start after which statistics begin anew. */
  warmUp?: number;
  seed: number;
  doc: string;
  source: SourceRange;
}

/** All elements of the variable where `index` is absent. */
export interface ManifestDrive {
  variable: number;
  index?: number[];
  /** s */
  start: number;
  /** s after the start, increasing. */
  times: number[];
  /** SI; null in the place of the first: what the variable is at the start. */
  values: (number | null)[];
  between: 'linear' | 'previous';
  /** s after which it begins again. */
  period?: number;
}

export interface ManifestTest {
  name: string;
  scenario: number;
  requirements: ManifestRequirement[];
  /** What is expected of many runs. */
  chances?: ManifestChance[];
  source: SourceRange;
}
/** In how many runs, with other seeds, something is so. */
export interface ManifestChance {
  of: ManifestRequirement;
  operator: '<' | '>';
  /** A share, as the confidence is. */
  bound: number;
  confidence: number;
  /** Absent: as many as would show it if the probability were half of what may be. */
  runs?: number;
  text: string;
  source: SourceRange;
}
/** Probes of a part of a formula. */
export interface ManifestAtom {
  condition: number;
  margin?: number;
}
export type ManifestRequirement = {
  text: string;
  condition: number;
  margin?: number;
  /** Judged in the place of condition and margin, which are those of a part of it. */
  formula?: Formula<ManifestAtom>;
  source: SourceRange;
} & (
  | { kind: 'always' | 'eventually' | 'never'; after: number; within?: number }
  | { kind: 'response'; trigger: number; within: number }
  | { kind: 'expect'; at?: number }
);

/** Times in s, values in SI. */
export interface ManifestExperiment {
  name: string;
  /** Whose settings and schedule hold in every run. */
  scenario?: number;
  settings: ManifestScenario['settings'];
  /** Of a run, the warm-up included. */
  duration: number;
  warmup: number;
  method?: ManifestScenario['method'];
  outputPeriod?: number;
  seed?: number;
  repeat: number;
  factors: ManifestFactor[];
  sample?: { count: number; method: 'sobol' | 'latinHypercube' | 'random' };
  reports: ManifestReport[];
  /** The factors are chosen so that the first report becomes best; the next `constraints` are margins that stay above 0. */
  search?: {
    goal: 'maximise' | 'minimise';
    method: 'cmaes' | 'differentialEvolution' | 'nelderMead' | 'gradient';
    /** Most runs, repetitions included. */
    runs: number;
    constraints: number;
  };
  doc: string;
  source: SourceRange;
}
export interface ManifestFactor {
  text: string;
  base: 'number' | 'integer' | 'boolean';
  unit: Unit;
  /** Each value is compiled anew; then there are no targets, and `default` is the value of this artefact. */
  structural: boolean;
  default?: number;
  targets: { variable: number; index?: number[] }[];
  levels: { values: number[] } | { low: number; high: number };
  source: SourceRange;
}
export interface ManifestReport {
  text: string;
  statistic: 'end' | 'mean' | 'min' | 'max' | 'sd' | 'quantile' | 'share' | 'time' | 'count';
  /** Of a quantile. */
  level?: number;
  base: 'number' | 'integer' | 'boolean';
  unit: Unit;
  confidence: number;
  probe: number;
  margin?: number;
  /**
   * Probes: the derivatives of what is reported, for each factor by the share of its range; where events move with the factors, also how
   * fast it changes, and by how much the time of an event that has just been moves with each.
   */
  slopes?: { probe: number; rate?: number; shift?: number };
  source: SourceRange;
}

/** Values in SI. */
export interface ManifestCalibration {
  name: string;
  scenario?: number;
  /** As written: relative to the file of the text, which `source` names. */
  file: string;
  settings: ManifestScenario['settings'];
  method?: ManifestScenario['method'];
  parameters: {
    text: string;
    unit: Unit;
    low?: number;
    high?: number;
    targets: ManifestFactor['targets'];
    source: SourceRange;
  }[];
  compared: {
    text: string;
    unit: Unit;
    column?: string;
    columnUnit?: Unit;
    of: { kind: 'sensor'; sensor: number; instance: number } | { kind: 'probe'; probe: number };
    dimension: string;
    /** A probe with the derivatives of what is predicted: for each element, by each parameter in parts of its size. */
    slopes?: number;
    source: SourceRange;
  }[];
  /** Of the parameters, where there are slopes. */
  sizes?: number[];
  columns: {
    text: string;
    column: string;
    unit?: Unit;
    variable: number;
    element: number;
    source: SourceRange;
  }[];
  doc: string;
  source: SourceRange;
}

export interface ManifestView {
  title: string;
  widgets: ManifestWidget[];
  derived: boolean;
}
export type ManifestWidget =
  | { kind: 'row' | 'column'; title: string; widgets: ManifestWidget[] }
  | { kind: 'gauge'; value: number; low?: number; high?: number }
  | { kind: 'number'; value: number }
  | { kind: 'chart'; title: string; series: { probe: number; sensor?: number }[]; window?: number }
  /** `value` over `base`; element by element where they are arrays. */
  | { kind: 'phase'; title: string; value: number; base: number; window?: number }
  /** Values at the end of so many runs, which differ in their seeds. */
  | { kind: 'histogram'; title: string; series: number[]; runs: number }
  /** Position in the manifest's `modes`, and the instance there. */
  | { kind: 'modes'; chart: number; instance: number }
  /** Position in the processes of the manifest's `flow`, and the instance there. */
  | { kind: 'process'; process: number; instance: number }
  /** Calls a command; null: a value that is asked for. */
  | { kind: 'button'; title: string; command: number; instance: number; values: (number | null)[] }
  | { kind: 'slider'; variable: number; index: number[]; low: number; high: number }
  | { kind: 'text'; content: string }
  | { kind: 'schematic' | 'alarms' | 'events' | 'sensors' };

/** A `modes` block, with those in it. */
export interface ManifestModes {
  /** `pump[].operation` */
  name: string;
  dims: number[];
  /** What one mode at a time is active in: the block itself first. */
  regions: ManifestRegion[];
  /** `from` and `to`: region and mode, zero-based. */
  transitions: {
    from: [number, number];
    to: [number, number];
    /** It goes on in the mode that was active last. */
    history?: 'shallow' | 'deep';
    /** As written: `after 8 h`. */
    text: string;
    source: SourceRange;
  }[];
  doc: string;
  source: SourceRange;
}
export interface ManifestRegion {
  name: string;
  /** Which of its modes is active, counted from 1; 0: none. */
  variable: number;
  /** `regions`: those that are active while it is. */
  modes: { name: string; initial: boolean; doc: string; regions: number[]; source: SourceRange }[];
}

export interface ManifestFlow {
  /** Its events end steps; otherwise it runs freely between the times at which somebody looks. */
  coupled: boolean;
  /**
   * Records of items, `bytes` each from `address` on, as many as the i32 at `made` says; the i32 at `free` leads to those that are
   * none now, each to the next one by `next`. Within a record: i32 `code`, `instance`, `next` and `place` (the record
   * of the queue or belt that it is in; 0: none), f64 `arrived`.
   */
  items: {
    address: number;
    bytes: number;
    made: number;
    free: number;
    code: number;
    instance: number;
    next: number;
    arrived: number;
    place: number;
  };
  processes: ManifestProcess[];
  /** Variables that hold how many items are in a queue or on a belt. */
  queues: {
    name: string;
    dims: number[];
    length: number;
    capacity?: number;
    records: { address: number; bytes: number };
    doc: string;
    source: SourceRange;
  }[];
  belts: {
    name: string;
    dims: number[];
    length: number;
    records: { address: number; bytes: number };
    doc: string;
    source: SourceRange;
  }[];
  resources: ManifestResource[];
}
export interface ManifestProcess {
  name: string;
  dims: number[];
  /** Most items inside at a time. */
  limit: number;
  /** Code of its first step. */
  firstCode: number;
  inside: number;
  arrived: number;
  left: number;
  steps: {
    kind: string;
    /** As written: `use filler for 2 s`. */
    text: string;
    source: SourceRange;
    /** Steps that may follow, where that is not the next one alone. */
    to?: number[];
    queue?: number;
    belt?: number;
    resources?: number[];
    /** Where items go when there is no place, and when they give up. */
    full?: number;
    gaveUp?: number;
  }[];
  doc: string;
  source: SourceRange;
}
export interface ManifestResource {
  name: string;
  dims: number[];
  /** Variables: units busy, items that wait for one, units down. */
  busy: number;
  waiting: number;
  down?: number;
  /** Where it is known when compiled. */
  units?: number;
  doc: string;
  source: SourceRange;
}

export interface ManifestBinding {
  direction: 'from' | 'to';
  protocol: string;
  arguments: Record<string, string | number | boolean>;
  target:
    | { kind: 'sensor'; sensor: number; instance: number }
    | { kind: 'input'; variable: number; element: number }
    | { kind: 'command'; command: number; instance: number }
    | { kind: 'alarm'; alarm: number; instance: number }
    | { kind: 'probe'; probe: number };
  base: 'number' | 'integer' | 'boolean';
  /** Unit on the wire. */
  unit: Unit;
  late?: { after: number; policy: 'revise' | 'drop' };
  stale?: number;
  source: SourceRange;
}

export interface ManifestStructure {
  name: string;
  asset: string;
  doc: string;
  size?: number;
  children: ManifestStructure[];
  /** Own ports, with their variables. */
  ports?: { name: string; type: string; size?: number; variables: number[] }[];
  /** What is joined here: own ports (no `part`) and those of the children. One connection for each of the rounds. */
  joins?: { rounds: number; ends: ManifestJoinEnd[]; source: SourceRange }[];
  /** Which parts it knows: paths from the root, with `[]` where an own index goes. */
  links?: { name: string; to: string[] }[];
  /** Own variables, those of ports included. */
  variables: number[];
  sensors: number[];
  alarms: number[];
  source: SourceRange;
}

export interface ManifestJoinEnd {
  /** Name of a child; absent for an own port. */
  part?: string;
  port: string;
  /** Where part or port are arrays: which elements, from one; one for each round, or all of them in each. */
  partElements?: { first: number; count: number; each: boolean };
  portElements?: { first: number; count: number; each: boolean };
}

/** What the compiler makes and the runtime runs. */
export interface Artefact {
  manifest: Manifest;
  /** Imports nothing but `env.memory`; exports the functions of `Kernel`. */
  wasm: Uint8Array;
}
