import type { DisplayUnit } from '../model/asset.ts';
import type { Distribution } from '../model/distribution.ts';
import type { BinaryOperator, ElementaryFunction, Statistic, ValueType } from '../model/expression.ts';
import type { SourceRange } from '../model/source.ts';
import type { Chance, Binding, Method, TableBetween, TableOutside } from '../model/checked-model.ts';
import type { Drive } from '../model/drive.ts';
import type { Calibration, Compared, FittedParameter } from '../model/calibration.ts';
import type { Experiment, Factor, Report, Search } from '../model/study.ts';
import type { FlatChart } from './modes.ts';
import type { FlatFlow } from './process.ts';
import type { FlatLinear } from './linear.ts';

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
  structure: StructureNode;
  /** How rates depend on states, for implicit methods; made when compiling, as `3-flatten/linearise.ts` says. */
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
  /** 0 while the condition of its name, or of that variable's equation, can be told; else no number (`3-flatten/doubts.ts`). */
  doubts?: true;
  /** Written by the modeller, or made by the compiler (derivatives, sensor and alarm state). */
  visible: boolean;
  /** Says how well the whole does. */
  kpi?: true;
  /** As it is declared; what is computed from private variables becomes private itself (`3-flatten/private.ts`). */
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

/** Zero-based: a number, or a loop variable with an offset. */
export type FlatIndex = number | { loop: string; offset: number };
/** One element of a variable: an index for each of its dims. */
export interface FlatTarget {
  variable: VariableId;
  index: FlatIndex[];
}

/** From `from` up to, not including, `to`. `descending` where element i needs element i + 1. */
export interface FlatLoop {
  variable: string;
  from: number;
  to: number;
  descending?: boolean;
}

export type FlatExpression =
  | { kind: 'number'; value: number }
  | { kind: 'load'; variable: VariableId; index: FlatIndex[] }
  | { kind: 'time' }
  /** A loop variable, which counts from zero, and an offset, as a number. */
  | { kind: 'position'; loop: string; offset: number }
  | { kind: 'unary'; operator: 'negate' | 'not'; operand: FlatExpression }
  /** `smooth`: said to be without a jump, so that nothing is located (`smooth(…)`). */
  | {
      kind: 'binary';
      operator: BinaryOperator;
      left: FlatExpression;
      right: FlatExpression;
      smooth?: true;
    }
  | { kind: 'conditional'; condition: FlatExpression; then: FlatExpression; else: FlatExpression }
  | { kind: 'call'; function: ElementaryFunction; arguments: FlatExpression[]; smooth?: true }
  /** In ascending order of the loops, the last one fastest. `mean` and `count` are written with the others by then. */
  | {
      kind: 'reduction';
      operator: 'sum' | 'product' | 'min' | 'max' | 'any' | 'all';
      loops: FlatLoop[];
      body: FlatExpression;
    }
  /** The value, computed once, stands where `local` has the name in the body; the nearest let of a name counts. */
  | { kind: 'let'; name: string; value: FlatExpression; body: FlatExpression }
  | { kind: 'local'; name: string }
  /** The value of a delay's element, that many seconds ago. */
  | { kind: 'delayed'; delay: DelayId; index: FlatIndex[]; duration: FlatExpression }
  | { kind: 'lookup'; table: TableId; ask: TableAsk; arguments: FlatExpression[]; smooth?: true }
  /** A value of the item that goes through a step; slot 0 is its priority, -1 how long it has been inside, s. */
  | { kind: 'attribute'; slot: number }
  /** The time that a share of all items is below, from counts by size (see `histogram.ts`). */
  | { kind: 'quantile'; histogram: VariableId; index: FlatIndex[]; share: FlatExpression }
  | FlatDraw
  /**
   * Looks at a signal once more and gives the statistic over what was seen. Stands in one action of an `every` alone, as each
   * evaluation counts.
   */
  | {
      kind: 'window';
      window: WindowId;
      index: FlatIndex[];
      input: FlatExpression;
      parameters: FlatExpression[];
    }
  /** s: when a sensor was sampled last; NaN before the first sample. */
  | { kind: 'sampled'; sensor: number; index: FlatIndex[] };

/** Position in `FlatSystem.windows`. */
export type WindowId = number;

export interface FlatWindow {
  /** `pump[].mean(casing over 5 min)` */
  name: string;
  dims: number[];
  statistic: Statistic;
  /** How many of the last values it is over; 0 for those that forget by and by. */
  capacity: number;
}

/** Position in `FlatSystem.delays`. */
export type DelayId = number;

/** A value that is remembered for a time; `history.ts` says how. Its points lie in hidden discrete variables. */
export interface FlatDelay {
  loops: FlatLoop[];
  /** The loops' variables, as indexes. */
  index: FlatIndex[];
  value: FlatExpression;
  /** s; the longest time it is looked back over. */
  most: FlatExpression;
  times: VariableId;
  values: VariableId;
  count: VariableId;
  source: SourceRange;
}

/** Position in `FlatSystem.tables`. */
export type TableId = number;

/**
 * What is asked of a table: its value, or that many times differentiated by each argument; a function that changes its
 * sign at the points of an axis; or the next point above the argument. `tables.ts` says what each gives.
 */
export type TableAsk = { of: 'value'; orders: number[] } | { of: 'bend'; axis: number } | { of: 'next' };

/** Points of a function of one value, or of two with `y`; then `values` has a row for each x. Both increase. */
export interface FlatTable {
  name: string;
  x: number[];
  y?: number[];
  values: number[];
  /** At the points, where it is cubic. */
  slopes?: number[];
  between: TableBetween;
  outside: TableOutside;
  source: SourceRange;
}

/** No step goes beyond the time (s) that this is at its start. */
export interface FlatLimit {
  loops: FlatLoop[];
  value: FlatExpression;
}

/**
 * A number from a distribution, drawn from one element of a stream. `moves`: each evaluation draws the next number, so it
 * may stand only where it is evaluated exactly when a number is wanted: in actions, durations, periods that are `renewed`,
 * and noise. Without it each evaluation gives the stream's first number: for parameters and start values, which so have
 * one value in a run however often they are computed. Never in equations, conditions or probes.
 *
 * To draw in a new place: make a stream with `streamFor` (3-flatten/draws.ts) named by the path of what draws, or lower
 * the model's expression with `Scope.draws` set, and evaluate the expression in emitted code and interpreter as any other.
 */
export interface FlatDraw {
  kind: 'draw';
  stream: StreamId;
  /** One for each of the stream's dims. */
  index: FlatIndex[];
  distribution: Distribution;
  arguments: FlatExpression[];
  /** Truncated to these bounds, both included. */
  within?: { low: FlatExpression; high: FlatExpression };
  /**
   * A standard normal number that takes the place of the stream's: the draw is the value whose probability from below is that
   * of the score. For correlated draws.
   */
  score?: FlatExpression;
  moves: boolean;
}

/** Position in `FlatSystem.streams`. */
export type StreamId = number;

export interface FlatStream {
  /** Path of what draws, `[]` for each dim: `line.press[].repair`. With the run's seed it is the stream's key. */
  name: string;
  dims: number[];
  source: SourceRange;
}

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
  /** The comparison stands in an equation: solutions have a bend, or a jump, at the crossing. */
  bends?: boolean;
  /** Of `abs`, `min` and `max`: no jump. */
  kink?: FlatKink;
  /** Position of a handler that turns back at it what comes to it: see `3-flatten/turned.ts`. */
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
  /** s that the condition must stay true. */
  duration?: FlatExpression;
  /** s, for `every`: at 0, period, 2 period, … */
  period?: FlatExpression;
  /** The period is drawn: the first tick is one period after the start, and each tick draws the time to the next. */
  renewed?: true;
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

export interface FlatScenario {
  name: string;
  /** Values set before the start: one element, or all elements where `index` is absent. SI. */
  settings: { variable: VariableId; index?: number[]; value: number; source: SourceRange }[];
  /** What inputs follow, in the order of the text; times and values as in `Drive`. */
  drives: FlatDrive[];
  duration: number;
  method: Method;
  /** s from the start after which statistics begin anew. */
  warmUp?: number;
  outputPeriod?: number;
  seed: number;
  doc: string;
  source: SourceRange;
}

/** One element, or all of them where `index` is absent. */
export interface FlatDrive extends Omit<Drive, 'target'> {
  variable: VariableId;
  index?: number[];
}

export interface FlatTest {
  name: string;
  /** Position in `scenarios`. */
  scenario: number;
  requirements: FlatRequirement[];
  chances: FlatChance[];
  source: SourceRange;
}
export interface FlatChance extends Omit<Chance, 'of'> {
  of: FlatRequirement;
}

/**
 * `condition` is a boolean probe; `margin` a numeric one (SI), positive when it holds, by how much: the quantitative
 * semantics of Donzé and Maler (2010) for the comparison. A probe with loops must hold for every element.
 */
export type FlatRequirement = {
  text: string;
  source: SourceRange;
  condition: ProbeId;
  margin?: ProbeId;
  /** Judged in the place of `condition` and `margin`, which are those of its first atom. */
  formula?: FlatFormula;
} & (
  | { kind: 'always' | 'eventually' | 'never'; after: number; within?: number }
  | { kind: 'response'; trigger: ProbeId; within: number }
  | { kind: 'expect'; at?: number }
);

/** See `Formula` in `runtime/temporal.ts`. Where the atoms' margins are of several quantities, none has one. */
export type FlatFormula =
  | { kind: 'atom'; atom: { condition: ProbeId; margin?: ProbeId } }
  | { kind: 'not'; operand: FlatFormula }
  | { kind: 'and' | 'or'; left: FlatFormula; right: FlatFormula }
  | {
      kind: 'always' | 'eventually' | 'historically' | 'once';
      from: number;
      to?: number;
      operand: FlatFormula;
    }
  | { kind: 'until' | 'since'; from: number; to?: number; left: FlatFormula; right: FlatFormula };

/** Its asset is the root; `scenario` is a position in `scenarios`. */
export interface FlatExperiment extends Omit<
  Experiment,
  'asset' | 'twin' | 'scenario' | 'overrides' | 'factors' | 'reports' | 'search'
> {
  scenario?: number;
  settings: FlatScenario['settings'];
  factors: FlatFactor[];
  /** Of a search: first its objective, then the least margins of its constraints, then what else is reported. */
  reports: FlatReport[];
  search?: Pick<Search, 'goal' | 'method' | 'runs'> & { constraints: number };
}
export interface FlatFactor extends Omit<Factor, 'target'> {
  /** What gets each value; nothing where it is structural. */
  targets: { variable: VariableId; index?: number[] }[];
  /** The value that a structural one has without the experiment. */
  base?: number;
}
/** `margin` is that of a condition, where it has one. */
export interface FlatReport extends Omit<Report, 'expression' | 'base'> {
  base: ValueType['base'];
  probe: ProbeId;
  margin?: ProbeId;
  /**
   * Of `probe`: its derivatives by what is chosen, one for each; where events move with that, also its rate, and how much the
   * time of an event that has just been moves with each.
   */
  slopes?: { probe: ProbeId; rate?: ProbeId; shift?: ProbeId };
}

export interface FlatCalibration extends Omit<
  Calibration,
  'asset' | 'twin' | 'scenario' | 'overrides' | 'parameters' | 'compared' | 'columns'
> {
  scenario?: number;
  settings: FlatScenario['settings'];
  parameters: (Omit<FittedParameter, 'target'> & { targets: FlatFactor['targets'] })[];
  compared: (Omit<Compared, 'expression'> & {
    of: { kind: 'sensor'; sensor: number; index: number[] } | { kind: 'probe'; probe: ProbeId };
    /** A probe with the derivatives of what is predicted, for each element and each parameter, in parts of `sizes`. */
    slopes?: ProbeId;
  })[];
  sizes?: number[];
  columns: (Omit<Calibration['columns'][number], 'target'> & { variable: VariableId; index: number[] })[];
}

export interface FlatView {
  title: string;
  widgets: FlatWidget[];
  /** Derived from the model, as the text has none. */
  derived: boolean;
}
export type FlatWidget =
  | { kind: 'row' | 'column'; title: string; widgets: FlatWidget[] }
  | { kind: 'gauge'; value: ProbeId; low?: number; high?: number }
  | { kind: 'number'; value: ProbeId }
  | { kind: 'chart'; title: string; series: FlatSeries[]; window?: number }
  | { kind: 'phase'; title: string; value: ProbeId; base: ProbeId; window?: number }
  | { kind: 'histogram'; title: string; series: ProbeId[]; runs: number }
  /** Positions in `charts` and `flow.processes`. */
  | { kind: 'modes'; chart: number; instance: number }
  | { kind: 'process'; process: number; instance: number }
  /** `command`: position in `events`; null: a value that is asked for. */
  | { kind: 'button'; title: string; command: number; instance: number; values: (number | null)[] }
  | { kind: 'slider'; target: FlatTarget; low: number; high: number }
  | { kind: 'text'; content: string }
  | { kind: 'schematic' | 'alarms' | 'events' | 'sensors' };
/** `sensor` is set where the series is a plain sensor: then it is drawn measured against predicted. */
export interface FlatSeries {
  probe: ProbeId;
  sensor?: number;
}

export interface FlatBinding extends Omit<Binding, 'target'> {
  target:
    | { kind: 'sensor'; sensor: number; index: number[] }
    | { kind: 'input'; target: FlatTarget }
    | { kind: 'command'; command: number; index: number[] }
    | { kind: 'alarm'; alarm: number; index: number[] }
    | { kind: 'probe'; probe: ProbeId };
}

/** The tree of parts, for schematics and explorers. */
export interface StructureNode {
  name: string;
  asset: string;
  doc: string;
  /** Number of elements when it is an array. */
  size?: number;
  children: StructureNode[];
  /** Own ports, and what is joined here: own ports and those of the children. */
  ports?: StructurePort[];
  joins?: StructureJoin[];
  /** Which parts it knows: paths from the root, with `[]` where an own index goes. */
  links?: { name: string; to: string[] }[];
  /** Own variables, those of ports included, sensors and alarms. */
  variables: VariableId[];
  sensors: number[];
  alarms: number[];
  source: SourceRange;
}

export interface StructurePort {
  name: string;
  /** Qualified name of the port type. */
  type: string;
  size?: number;
  variables: VariableId[];
}

/** Ports that are joined; one connection for each of the rounds. */
export interface StructureJoin {
  rounds: number;
  ends: StructureEnd[];
  source: SourceRange;
}

/** One end of a connection. `part` is a child, absent for an own port. */
export interface StructureEnd {
  part?: string;
  port: string;
  /** Which elements of the part, and of the port, where these are arrays. */
  partElements?: StructureElements;
  portElements?: StructureElements;
}

/** From `first` (one-based), `count` of them: one for each round, or all of them in each. */
export interface StructureElements {
  first: number;
  count: number;
  each: boolean;
}
