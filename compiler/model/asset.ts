import type { DrawExpression, Expression, Reference, ValueType } from './expression.ts';
import type { ModeChart } from './modes.ts';
import type { Process, Resource } from './process.ts';
import type { SourceRange } from './source.ts';

/** A unit to show a value in: shown = si / factor - offset. */
export interface DisplayUnit {
  /** As written: `m3/h`, `degC`; '' when dimensionless. */
  text: string;
  /** For people: `m³/h`, `°C`. */
  label: string;
  /** SI per unit. */
  factor: number;
  /** Added before the factor: 273.15 for degC. */
  offset: number;
}

/** Of what is dimensionless. */
export const NO_UNIT: DisplayUnit = { text: '', label: '', factor: 1, offset: 0 };

/**
 * An asset type, once, however many instances it has; inherited members are already in place, base members first.
 * `fixed` values are not yet numbers here: they may depend on overrides.
 */
export interface AssetType {
  /** Qualified: `water.station.Pump`. */
  name: string;
  abstract: boolean;
  doc: string;
  variables: Variable[];
  parts: Part[];
  equations: Equation[];
  /** What holds at the start besides. */
  initial: InitialCondition[];
  handlers: Handler[];
  sensors: Sensor[];
  alarms: Alarm[];
  resources: Resource[];
  processes: Process[];
  /** Its `modes` blocks, as diagrams. */
  charts: ModeChart[];
  joins: Join[];
  links: Link[];
  /** A type of ports: nothing but across and through variables. */
  port?: true;
  correlations: Correlation[];
  events: Event[];
  source: SourceRange;
  /** Where its name stands. */
  place: SourceRange;
}

/** Counted in a variable of its name; its values are variables named `jam.position`. */
export interface Event {
  name: string;
  /** Can be called from outside. */
  command: boolean;
  /** Names of its values. */
  parameters: string[];
  doc: string;
  source: SourceRange;
}

export type VariableRole = 'param' | 'fixed' | 'input' | 'state' | 'let';

export interface Variable {
  name: string;
  role: VariableRole;
  /** A port's variable (a let without a value): equal where ports are joined, or flowing into the asset and summing to zero. */
  flows?: 'across' | 'through';
  /** A let that says how well the whole does. */
  kpi?: true;
  /** Whether it may leave: not at all, nor what is computed from it; or in spite of what it is computed from. */
  exposure?: 'private' | 'released';
  final: boolean;
  type: ValueType;
  /** The quantity's name for people: `VolumeFlow`. */
  quantity: string;
  unit: DisplayUnit;
  doc: string;
  /** Size of an array; a constant expression of `fixed` values. */
  size?: Expression;
  /** Of a matrix: its columns; `size` are its rows. */
  columns?: Expression;
  /** A vector or matrix of so many dims whose sizes are those of its value. */
  sizedByValue?: number;
  /** Default (param, fixed, input), start value (state) or definition (let). Absent on a let: solved for by equations. */
  value?: Expression;
  /** Element by element when the value was written as a list: `[1 m, 2 m, 3 m]`; of a matrix row by row. */
  values?: Expression[];
  /** Where the search for the value begins: of a state that starts free, of an unknown that is solved for by iteration. */
  start?: Expression;
  range?: { low: Expression; high: Expression };
  /** Of a variable that says which mode is active: names of its values from 0 on. */
  labels?: string[];
  /** Where each of these names is declared, the one for none left out. */
  sources?: SourceRange[];
  /** Made by the compiler, for itself. */
  hidden?: true;
  source: SourceRange;
}

/**
 * What is drawn for these variables goes together: their standard normal scores have this correlation matrix (Gaussian copula).
 * `factor` is its lower Cholesky factor, row by row.
 */
export interface Correlation {
  variables: string[];
  factor: number[][];
  source: SourceRange;
}

export interface Part {
  name: string;
  size?: Expression;
  /** Qualified name of its asset type. */
  asset: string;
  overrides: Override[];
  /** `port inlet: Fluid`. */
  port?: true;
  doc: string;
  source: SourceRange;
}

/** `link feeds: Tank[0..2]`: assets that an asset knows without owning them. */
export interface Link {
  name: string;
  /** Qualified name of their asset type. */
  asset: string;
  /** How many; absent for one that is named without an index. */
  count?: { low: Expression; high: Expression };
  doc: string;
  source: SourceRange;
}

/** `join a.outlet, b[*].inlet` inside zero or more `for` loops. Each place leads to a port: own, or of a part. */
export interface Join {
  loops: Loop[];
  places: Reference[];
  source: SourceRange;
}

/**
 * `Pump(load = 4 kN)`, `Line(cell[3].mtbf = 40 h)`. The target is relative to the adapted type; the value is
 * an expression of the type that writes the override. The last one on a target wins; outer ones come later.
 */
export interface Override {
  target: Reference;
  value: Expression;
  /** Sizes of the list that the value is an element of, which are those of the variable. */
  listed?: number[];
  /** Of a link: the parts that it leads to; the value means nothing then. */
  parts?: Reference[];
  source: SourceRange;
}

/** A range of a `for`, one-based and inclusive, as written. */
export interface Loop {
  variable: string;
  from: Expression;
  to: Expression;
}

/** `left = right` inside zero or more `for` loops, outermost first. `der(x) = …` has the derivative as its left side. */
export interface Equation {
  loops: Loop[];
  left: Expression;
  right: Expression;
  source: SourceRange;
}

/** `initially der(T) = 0`; `initially steady` is one without an equation: nothing changes, in the asset and its parts. */
export interface InitialCondition {
  equation?: Equation;
  source: SourceRange;
}

/** Elements that one action sets: each becomes an action of its own. */
export const MOST_SET_AT_ONCE = 1000;

export interface Action {
  target: Reference;
  value: Expression;
  /** Boolean: what must be true for it to happen; always when absent. */
  guard?: Expression;
  source: SourceRange;
}

/** What happens at an instant. Values are read before any of them is written. */
export interface Handler {
  kind: 'when' | 'at' | 'every' | 'rule' | 'on';
  /** The rule's name; for the others a text such as `when level > 4 m`. */
  name: string;
  loops: Loop[];
  /** Boolean for when, at, rule; the period (a Time) for every; for on the number whose changes count. */
  condition: Expression;
  /** For `at`: which crossing of the condition's comparison; both when absent. */
  direction?: 'rising' | 'falling';
  /** `for 30 s`. */
  duration?: Expression;
  /** `every 1 s after 200 ms`. */
  offset?: Expression;
  actions: Action[];
  /** Boolean: whether it may happen, looked at when the condition changes; always when absent. */
  guard?: Expression;
  /** For the lists below: distinct in its asset. */
  id?: string;
  /** Of those that are due at one instant, this one waits for them. */
  yields?: string[];
  /** Of those that are due at one instant, this one does not happen with them. */
  elseOf?: string[];
  /** Conditions that count anew after it, as their mode was entered again. */
  restarts?: string[];
  /** What it sets is so before the first instant, if its condition is true then. */
  begins?: true;
  doc: string;
  source: SourceRange;
}

export interface Alarm {
  name: string;
  severity: 'critical' | 'warning' | 'info';
  message: string;
  raise: Trigger;
  /** Absent: cleared as soon as the raise condition no longer holds. */
  clear?: Trigger;
  /** Boolean, of an alarm in a mode: it is raised only while this is true, and cleared when it ends. */
  within?: Expression;
  doc: string;
  source: SourceRange;
}
export interface Trigger {
  condition: Expression;
  duration?: Expression;
}

export interface Sensor {
  name: string;
  /** What it measures. */
  target: Expression;
  type: ValueType;
  quantity: string;
  unit: DisplayUnit;
  /** Absent: sampled with every output. */
  period?: Expression;
  /** An error added to the true value at each sample. */
  noise?: DrawExpression;
  range?: { low: Expression; high: Expression };
  doc: string;
  source: SourceRange;
}
