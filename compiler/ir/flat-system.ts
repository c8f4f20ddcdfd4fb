import type { DisplayUnit } from '../model/asset.ts';
import type { Binding } from '../model/checked-model.ts';
import type { ValueType } from '../model/expression.ts';
import type { SourceRange } from '../model/source.ts';
import type {
  FlatDelay,
  FlatExpression,
  FlatLimit,
  FlatLoop,
  FlatStream,
  FlatTable,
  FlatTarget,
  FlatWindow,
} from './flat-expression.ts';
import type { FlatView, StructureNode } from './flat-shown.ts';
import type { FlatCalibration, FlatExperiment, FlatScenario, FlatTest } from './flat-studies.ts';
import type { FlatLinear } from './linear.ts';
import type { FlatChart } from './modes.ts';
import type { FlatFlow } from './process.ts';

/**
 * One asset (or twin) as a single system: every variable, the equations matched and sorted into blocks, events, sensors.
 * Arrays stay arrays: `part pump[6]: Pump` gives each variable of Pump one entry with `dims: [6]`, and each equation one
 * block with a loop. Can no longer occur here: names to resolve, units, inheritance, overrides, `fixed` variables
 * (they are numbers now), `[*]`, unmatched or unsorted equations. Booleans are 0 and 1.
 */
export interface FlatSystem {
  /** The twin's or the asset's qualified name. */
  name: string;
  title: string;
  doc: string;
  variables: FlatVariable[];
  /** Defaults of parameters in dependency order. A parameter that was given from outside is not overwritten. */
  parameters: Block[];
  /** Start values of inputs, discrete variables and states, in dependency order; the same rule. */
  start: Block[];
  /** Algebraic variables that the derivatives need, and the derivatives, in order of evaluation. */
  dynamics: Block[];
  /** The other algebraic variables, in order; evaluated after `dynamics`. */
  outputs: Block[];
  /** Equations that tie states to each other: what moves the states onto them, after each step and each event. */
  projection: SolveBlock[];
  /** Where iterations begin, of algebraic variables; after `start`. */
  guesses: Block[];
  /** What holds at the start besides, for states that start free; after `guesses`. */
  initial: SolveBlock[];
  /** Functions of time and state whose sign changes are located: one for each comparison of continuous values. */
  crossings: FlatCrossing[];
  /** Where a rate may be divided by zero. */
  poles: FlatPole[];
  handlers: FlatHandler[];
  tables: FlatTable[];
  limits: FlatLimit[];
  delays: FlatDelay[];
  alarms: FlatAlarm[];
  events: FlatEvent[];
  sensors: FlatSensor[];
  /** Where random numbers come from: one stream for each place that draws, and each of its elements. */
  streams: FlatStream[];
  /** What statistics over time remember. */
  windows: FlatWindow[];
  /** What items live through, where the system has processes. */
  flow?: FlatFlow;
  /** Expressions that someone outside looks at: views, requirements, outgoing bindings. Evaluated on demand. */
  probes: FlatProbe[];
  scenarios: FlatScenario[];
  tests: FlatTest[];
  experiments: FlatExperiment[];
  calibrations: FlatCalibration[];
  views: FlatView[];
  /** Modes as diagrams. */
  charts: FlatChart[];
  bindings: FlatBinding[];
  /** Which states samples from outside correct. */
  estimator?: FlatEstimator;
  structure: StructureNode;
  /** How rates depend on states, for implicit methods; made when compiling, as `3-flatten/algebra/linearise.ts` says. */
  linear?: FlatLinear;
  /** Only where coverage is asked for: what is looked at besides, which changes nothing that runs. */
  coverage?: { branches: FlatBranch[] };
}

/** A written `if`. Its probe is 0 where it is not reached, 1 for `else`, 2 for `then`. */
export interface FlatBranch {
  probe: ProbeId;
  /** The handler in whose actions it stands: looked at when that fires. */
  handler?: number;
  source: SourceRange;
}

/** Position in `FlatSystem.variables`. */
export type VariableId = number;

/** What becomes of a variable while it runs. */
export type FlatRole =
  /** Tunable; its default is computed by `parameters`. */
  | 'parameter'
  /** Set from outside (scenario, live data, a user) or by a rule. An input bound by an override is algebraic instead. */
  | 'input'
  /** Changes continuously; has a partner of role `derivative`. */
  | 'state'
  | 'derivative'
  /** Changes at events only; also what sensors hold (measured, predicted, stale) and whether an alarm is active. */
  | 'discrete'
  /** Computed by `dynamics` or `outputs`. */
  | 'algebraic';

export interface FlatVariable {
  /** Path from the root with `[]` where an index goes: `pump[].bearing.wear`, `T[]`. */
  name: string;
  role: FlatRole;
  /** Row-major; one entry for each `[]`. Empty for a scalar. */
  dims: number[];
  type: ValueType;
  quantity: string;
  unit: DisplayUnit;
  doc: string;
  /** A state's derivative, a derivative's state. */
  partner?: VariableId;
  /** Constant bounds (SI) where known at compile time: for sliders and gauges, and checked when set. */
  low?: number;
  high?: number;
  /** Of one that looks up tables without a value outside of their points, where those are. */
  lookedUp?: string;
  /** Variables that its equation, or an event that sets it, divides by. */
  divisors?: (VariableId | 'time')[];
  /** 0 while the condition of its name, or of that variable's equation, can be told; else no number (`3-flatten/events/doubts.ts`). */
  doubts?: true;
  /** What an estimator knows: written by the runtime, and no number until samples have corrected states. */
  estimated?: true;
  /** Written by the modeller, or made by the compiler (derivatives, sensor and alarm state). */
  visible: boolean;
  /** Says how well the whole does. */
  kpi?: true;
  /** As it is declared; what is computed from private variables becomes private itself (`3-flatten/instances/private.ts`). */
  exposure?: 'private' | 'released';
  /** Of a port: equal where ports are joined, or flowing into the asset that has the port. */
  flows?: 'across' | 'through';
  final: boolean;
  /** Names of its values from 0 on, of a variable that says which mode is active. */
  labels?: string[];
  /** Of an input that follows something in a scenario. */
  driven?: Driven;
  source: SourceRange;
}

/** Discrete variables, shaped like the input. The input's own place holds its value at the time in memory. */
export interface Driven {
  /** Position of what it follows in the scenario's `drives`, plus one; 0: nothing. Setting the input sets it to 0. */
  by: VariableId;
  /** Where it follows lines: its value at a time (s), and how much it changes in a second; with a slope of 0 it holds. */
  line?: { value: VariableId; since: VariableId; slope: VariableId };
}

/** One assignment or one system to solve, in the order in which they are evaluated. */
export type Block =
  | { kind: 'assign'; loops: FlatLoop[]; target: FlatTarget; value: FlatExpression; source: SourceRange }
  | SolveBlock;

/** Coupled algebraic equations, solved by Newton's method for each combination of the loops. */
export interface SolveBlock {
  kind: 'solve';
  loops: FlatLoop[];
  unknowns: FlatTarget[];
  /** Each must become zero. As many as unknowns, unless `scales` are set. */
  residuals: FlatExpression[];
  /**
   * Set where there may be fewer residuals than unknowns: the solution next to the present values is wanted, with the
   * unknowns measured in these sizes.
   */
  scales?: number[];
  /** Partial derivatives that are not identically zero: d residuals[row] / d unknowns[column]. */
  jacobian: { row: number; column: number; value: FlatExpression }[];
  /** Names the equations for people: `pipe.flow and pipe.loss`. */
  name: string;
  sources: SourceRange[];
}

export interface FlatCrossing {
  loops: FlatLoop[];
  /** Left minus right of the comparison. */
  value: FlatExpression;
  /** The comparison stands in what rates are computed by: solutions have a bend, or a jump, at the crossing. */
  bends?: boolean;
  /** Of `abs`, `min` and `max`: no jump. */
  kink?: FlatKink;
  /** Position of a handler that turns back at it what comes to it: see `3-flatten/events/turned.ts`. */
  turnedBy?: number;
  source: SourceRange;
}

/** Which side it is on is remembered, and is another one only beyond a width: see `runtime/contract/sides.ts`. */
export interface FlatKink {
  /** As large as what the value is the difference of. */
  size: FlatExpression;
  /** Where it lies: in what is integrated, whose solution bends there, or in what is compared, or both. */
  lies: 'integrated' | 'compared' | 'both';
}

/**
 * A divisor of something that rates are computed by. The value is its sign, times 2 where what it divides is negative, and 3 where that is zero; 0 where none of
 * this is looked at. Between two values of other signs the divisor is zero, and what it divides is not where they are as large.
 */
export interface FlatPole {
  loops: FlatLoop[];
  value: FlatExpression;
  /** As people are told of it. */
  divisor: string;
  /** What it divides changes, and may be zero where it is. */
  holes?: true;
  /** What is computed by it. */
  of: FlatTarget;
  source: SourceRange;
}

export interface FlatAction {
  target: FlatTarget;
  value: FlatExpression;
  /** Boolean: what must be true for it to happen. */
  guard?: FlatExpression;
  source: SourceRange;
}

/** One for each declaration; its loops make the instances (instance = row-major position in the loops). */
export interface FlatHandler {
  kind: 'when' | 'at' | 'rule' | 'on' | 'raise' | 'clear' | 'range' | 'every' | 'scheduled';
  /** `pump[].tripHot`, `pump[].overheating`, `when level > 4 m`; `[]` where the loops' indexes go. */
  name: string;
  loops: FlatLoop[];
  /** Boolean; absent for `every` and `scheduled`. `at` has its comparison turned so that it becomes true at the crossing. */
  condition?: FlatExpression;
  /**
   * 'true': when the condition becomes true; 'any': at each change (`at` without a direction); 'change': at each change of the
   * condition, which is a number then.
   */
  edge: 'true' | 'any' | 'change';
  /** Whether a condition that is true at the start counts as becoming true then (all but `at`). */
  firesAtStart: boolean;
  /** Boolean: a change of the condition counts only while it is true. */
  guard?: FlatExpression;
  /** Positions of handlers that go first: where one of them fires for the same instance, this one is looked at again after it. */
  yields?: number[];
  /** Positions of handlers: where one of them fires for the same instance, this one does not. */
  elseOf?: number[];
  /** Positions of handlers whose conditions count anew after this one. */
  restarts?: number[];
  /** What it sets is so before the first instant, if its condition is true then. */
  begins?: true;
  /** It compares what statistics see: their first look, in the first instant, says where that begins. */
  ofLooks?: true;
  /** s that the condition must stay true. */
  duration?: FlatExpression;
  /** s, for `every`: at 0, period, 2 period, … */
  period?: FlatExpression;
  /** The period is drawn: the first tick is one period after the start, and each tick draws the time to the next. */
  renewed?: true;
  /** Of `every` at one time: the lowest take effect first, those below 0 before sensors are sampled; 0 when absent. */
  turn?: number;
  /** s: the time of its first tick, 0 when absent. */
  offset?: FlatExpression;
  /** For `scheduled`: the time (s) and which scenario it belongs to. */
  scheduled?: { scenario: number; time: number };
  /** Position in `alarms` for raise and clear. */
  alarm?: number;
  actions: FlatAction[];
  source: SourceRange;
}

export interface FlatAlarm {
  /** `pump[].overheating` */
  name: string;
  dims: number[];
  severity: 'critical' | 'warning' | 'info';
  message: string;
  /** Discrete boolean: active or not. */
  active: VariableId;
  doc: string;
  source: SourceRange;
}

/** Something that happens, or that is called from outside. */
export interface FlatEvent {
  /** `press[].jam` */
  name: string;
  dims: number[];
  command: boolean;
  /** Discrete: how often it has happened. */
  count: VariableId;
  /** Its values, as they were the last time. */
  parameters: { name: string; variable: VariableId }[];
  doc: string;
  source: SourceRange;
}

export interface FlatSensor {
  /** `pump[].casing` */
  name: string;
  dims: number[];
  /** The dims' loops; `target` uses their variables. */
  loops: FlatLoop[];
  target: FlatExpression;
  /** s */
  period?: FlatExpression;
  /** Added to the target at each sample. */
  noise?: FlatExpression;
  low?: number;
  high?: number;
  /** Held since the last sample. `predicted` is the model's value at that time. */
  measured: VariableId;
  predicted: VariableId;
  /** Set by the runtime. */
  stale: VariableId;
  type: ValueType;
  quantity: string;
  unit: DisplayUnit;
  doc: string;
  source: SourceRange;
}

export interface FlatProbe {
  /** As written. */
  text: string;
  loops: FlatLoop[];
  value: FlatExpression;
  type: ValueType;
  unit: DisplayUnit;
  labels?: string[];
  /** Computed from what is private. */
  private?: true;
}

/** Position in `probes`. */
export type ProbeId = number;

/** What an estimator corrects and by what, and the discrete variables in which the runtime keeps what it knows. */
export interface FlatEstimator {
  /** One for each element, in the order of rows and columns of the covariance. */
  states: {
    variable: VariableId;
    element: number;
    /** Shaped like the variable: standard deviations. */
    deviation: VariableId;
    /** Standard deviation (SI) when the first sample comes. */
    spread: number;
    /** Per square root of a second. */
    drift: number;
  }[];
  covariance: VariableId;
  /** 1 from the first sample on. */
  begun: VariableId;
  /** Whether anything in the text reads deviations. */
  read?: true;
  sensors: {
    sensor: number;
    /** Of a sample's error. */
    mean: ProbeId;
    deviation: ProbeId;
    /** Shaped like the sensor: how many standard deviations the last sample was off what was expected. */
    surprise: VariableId;
    /** Likewise: samples in a row that were too far off to be used. */
    refused: VariableId;
  }[];
}

export interface FlatBinding extends Omit<Binding, 'target'> {
  target:
    | { kind: 'sensor'; sensor: number; index: number[] }
    | { kind: 'input'; target: FlatTarget }
    | { kind: 'command'; command: number; index: number[] }
    | { kind: 'alarm'; alarm: number; index: number[] }
    | { kind: 'probe'; probe: ProbeId };
}
