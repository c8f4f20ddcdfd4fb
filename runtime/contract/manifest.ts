import type { ManifestFlow } from './flow.ts';
import type { Layout, ManifestReplicas, Region } from './layout.ts';
import type { ManifestModes, ManifestStructure, ManifestView } from './shown.ts';
import type { ManifestCalibration, ManifestExperiment, ManifestScenario, ManifestTest } from './studies.ts';

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
  /** Absent where samples correct nothing. */
  estimator?: ManifestEstimator;
  structure: ManifestStructure;
  /** Processes, and what their items go through. */
  flow?: ManifestFlow;
  /** Set where a comparison stands in what rates are computed by, so that solutions bend at its crossing. */
  bends?: true;
  /** What is remembered for a time, by `remember`. */
  delays?: { source: SourceRange }[];
  /** `limit` says how far a step may go. */
  limited?: true;
  /** Where there are experiments: how replicas go side by side, or why they do not. */
  replicas?: ManifestReplicas;
  /** Set where equations tie states to each other: `project` keeps them on these. */
  projects?: true;
  /** Lines of such equations that branch by what changes while running, and so may jump. Absent where there are none. */
  branching?: SourceRange[];
  /** The kernel's step loop carries out `every`, conditions and durations itself while nobody listens. */
  alone?: true;
  /**
   * Where the kernel notes by handler (i32 in 8 bytes each, not saved) that what an `every` has set are numbers, and of a size that what it sets
   * next must be numbers too. Whoever puts another state into memory clears it.
   */
  trusted?: Region;
  /** Where a rate may be divided by zero: absent where it cannot. */
  poles?: ManifestPoles;
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

/** Where it is seen which parts of a text a run comes to. */
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

/** Where something stands in a text: a file's URI and a half-open range of UTF-16 offsets. */
export interface SourceRange {
  uri: string;
  start: number;
  end: number;
  /** One-based, for people and for the formats that want lines. */
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
}

/** A unit as it is written and shown. Values are in SI everywhere; only who shows or reads them converts. */
export interface Unit {
  /** As written: `m3/h`. */
  text: string;
  /** For people: `m³/h`. */
  label: string;
  /** shown = si / factor - offset */
  factor: number;
  offset: number;
}

/** A variable of the model, with all elements of it; values are f64 in SI. */
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
  /** Positions of variables that its equation, or an event that sets it, divides by, or time. */
  divisors?: (number | 'time')[];
  /** Hidden: no number where the condition of its name, or in that variable's equation, cannot be told. */
  doubts?: true;
  /** It may have no value before all sensors have measured, or before samples have corrected states. */
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

/** Divisors that `Kernel.poles` looks at. None of it is saved. */
export interface ManifestPoles extends Region {
  /** Byte address of as many values again: those at the start of a step. */
  begin: number;
  kinds: {
    /** Position of its first instance. */
    offset: number;
    /** Number of elements by loop; the product is the number of instances. */
    dims: number[];
    /** One-based number of the first element by loop. */
    first: number[];
    /** The divisor in the modeller's names; numbers are in SI units. */
    divisor: string;
    /** What it divides changes, and may be zero where it is. */
    holes?: true;
    /** What is computed by it: a variable, and for each of its dims the loop that counts there and an offset, or the element. */
    of: { variable: number; index: (number | { loop: number; offset: number })[] };
    source: SourceRange;
  }[];
}

/** What happens at an instant, for all instances: `detect` looks at them, `fire` carries them out. */
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
  /** Of `every` at one time: the lowest take effect first, those below 0 before sensors are sampled; 0 when absent. */
  turn?: number;
  scheduled?: { scenario: number; time: number };
  alarm?: number;
  /** Handlers that go first: where one of them fires for the same instance, this one is looked at again after it. */
  yields?: number[];
  /** Handlers: where one of them fires for the same instance, this one does not. */
  elseOf?: number[];
  /** Handlers whose conditions count anew after this one. */
  restarts?: number[];
  /** What it sets is so before the first instant, if its condition is true then. */
  begins?: true;
  /** It compares what statistics see: their first look, in the first instant, says where that begins. */
  ofLooks?: true;
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

/** An alarm, in all its instances. */
export interface ManifestAlarm {
  /** `pump[].hot` */
  name: string;
  dims: number[];
  severity: 'critical' | 'warning' | 'info';
  message: string;
  /** The variable that is 1 while it is raised, else 0. */
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

/** What a sensor measures, and where its samples lie. */
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

/** A value that somebody wants to see: evaluated on demand, never needed by the run. */
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

/** Where a value comes from, or goes to. */
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

/** Which states samples from outside correct. What it knows lies in discrete variables, so it is part of the state. */
export interface ManifestEstimator {
  /** One for each element, in the order of rows and columns of the covariance. */
  states: {
    variable: number;
    element: number;
    /** Variable of the same shape: standard deviations. */
    deviation: number;
    /** Standard deviation (SI) when the first sample comes. */
    spread: number;
    /** How far the plant departs from the equations by itself, per square root of a second. */
    drift: number;
  }[];
  /** Variable of so many rows and columns. */
  covariance: number;
  /** Variable: 1 from the first sample on. */
  begun: number;
  /** Whether anything in the text reads deviations. */
  read?: true;
  sensors: {
    sensor: number;
    /** Probes of a sample's error, with the sensor's instances. */
    mean: number;
    deviation: number;
    /** Variable like the sensor: how many standard deviations the last sample was off what was expected. */
    surprise: number;
    /** Likewise: samples in a row that were too far off to be used. */
    refused: number;
  }[];
}

/** What the compiler makes and the runtime runs. */
export interface Artefact {
  manifest: Manifest;
  /** Imports nothing but `env.memory`; exports the functions of `Kernel`. */
  wasm: Uint8Array;
}
