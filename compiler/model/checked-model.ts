import type { Action, AssetType, DisplayUnit, Override } from './asset.ts';
import type { Expression, Reference, ValueType } from './expression.ts';
import type { Calibration } from './calibration.ts';
import type { Drive } from './drive.ts';
import type { Experiment } from './experiment.ts';
import type { Formula } from '../../runtime/contract/formula.ts';
import type { Chance } from '../../runtime/contract/studies.ts';
import type { SourceRange } from './source.ts';

/**
 * The result of `2-check`: plain data, free of Langium. Names are resolved, inheritance is applied, every expression has
 * a quantity, every unit conversion is done. An asset type stands once. It exists only when there was no error.
 */
export interface CheckedModel {
  /** By qualified name; bases and parts of what is here are here too. */
  assets: Record<string, AssetType>;
  twins: Twin[];
  scenarios: Scenario[];
  tests: Test[];
  experiments: Experiment[];
  calibrations: Calibration[];
  views: View[];
  /** Those that are looked up, by qualified name. */
  tables: Record<string, Table>;
}

/** How values between points are found. */
export type TableBetween = 'linear' | 'cubic' | 'previous';
/** What holds beyond the first and the last point. */
export type TableOutside = 'hold' | 'linear' | 'error';

/** Points of a function of one or two values, in SI. */
export interface Table {
  /** Qualified. */
  name: string;
  parameters: { name: string; unit: DisplayUnit }[];
  /** Increasing. */
  x: number[];
  /** Increasing; with it `values` has a row for each x. */
  y?: number[];
  values: number[];
  between: TableBetween;
  outside: TableOutside;
  source: SourceRange;
}

/** A named instance, with what it is bound to. */
export interface Twin {
  name: string;
  asset: string;
  overrides: Override[];
  bindings: Binding[];
  estimates: Estimate[];
  doc: string;
  source: SourceRange;
}

export interface Binding {
  /** A sensor or an input for `from`; any value or alarm for `to`. Relative to the twin. */
  target: Reference;
  direction: 'from' | 'to';
  /** `mqtt`, `csv`, `http` …: what `live/` offers. */
  protocol: string;
  /** Unnamed arguments by position ('0', '1'), the others by name. */
  arguments: Record<string, string | number | boolean>;
  type: ValueType;
  /** Unit on the wire. */
  unit: DisplayUnit;
  /** Samples older than this (s) are late; what happens to them. */
  late?: { after: number; policy: 'revise' | 'drop' };
  /** Without a sample for this long (s) the value is stale. */
  stale?: number;
  source: SourceRange;
}

/** A state that samples correct. Relative to the twin; both numbers are standard deviations (SI). */
export interface Estimate {
  target: Reference;
  /** How far off it may be when the first sample comes. */
  spread: number;
  /** How far the plant departs from the equations by itself: per square root of a second. */
  drift: number;
  source: SourceRange;
}

/** How a scenario is integrated. Steps in s. */
export type Method =
  | { name: 'rk4' | 'euler' | 'implicitEuler'; step: number }
  /**
   * Relative tolerance; the absolute one is that times the nominal size of each state. 'auto' is tsit5, and rodas5p or bdf where the system turns
   * out to be stiff.
   */
  | { name: 'auto' | 'tsit5' | 'rodas5p' | 'bdf'; tolerance: number };

export interface Scenario {
  /** Qualified. */
  name: string;
  /** What runs: an asset type by qualified name, with the twin's overrides when it is a twin. */
  asset: string;
  twin?: string;
  overrides: Override[];
  schedule: ScheduledAction[];
  /** What inputs follow, in the order of the text. */
  drives: Drive[];
  /** s, with the warm-up. */
  duration: number;
  /** s from the start after which statistics begin anew. */
  warmUp?: number;
  method: Method;
  /** s between recorded rows; absent: 200 rows over the run. */
  outputPeriod?: number;
  seed: number;
  doc: string;
  source: SourceRange;
}
export interface ScheduledAction {
  /** s */
  time: number;
  actions: Action[];
  source: SourceRange;
}

export interface Test {
  name: string;
  scenario: string;
  requirements: Requirement[];
  chances: Chance<Requirement>[];
  source: SourceRange;
}
/**
 * Times in s from the start of the run. Conditions are boolean expressions relative to the scenario's asset. `formula` is the condition where it has operators
 * over time; `condition` is then one of its parts.
 */
export type Requirement = { formula?: Formula<Expression> } & (
  | {
      kind: 'always' | 'eventually' | 'never';
      condition: Expression;
      after: number;
      within?: number;
      text: string;
      source: SourceRange;
    }
  | {
      kind: 'response';
      trigger: Expression;
      condition: Expression;
      within: number;
      text: string;
      source: SourceRange;
    }
  | { kind: 'expect'; condition: Expression; at?: number; text: string; source: SourceRange }
);

export interface View {
  asset: string;
  /** Set when the view was written for a twin. */
  twin?: string;
  title: string;
  widgets: Widget[];
  source: SourceRange;
}
export type Widget =
  | { kind: 'row' | 'column'; title: string; widgets: Widget[] }
  | { kind: 'gauge'; value: ShownValue; low?: number; high?: number }
  | { kind: 'number'; value: ShownValue }
  | { kind: 'chart'; title: string; series: ShownValue[]; window?: number }
  | { kind: 'phase'; title: string; value: ShownValue; base: ShownValue; window?: number }
  | { kind: 'histogram'; title: string; series: ShownValue[]; runs: number }
  | { kind: 'modes' | 'process'; target: Reference }
  /** SI, by parameter. */
  | { kind: 'button'; title: string; target: Reference; values: Record<string, number> }
  | { kind: 'slider'; target: Reference; low?: number; high?: number }
  | { kind: 'text'; content: string }
  | { kind: 'schematic' | 'alarms' | 'events' | 'sensors' };
/** A value in a view; `[*]` in it stands for one series or gauge per element. Low, high: SI. */
export interface ShownValue {
  expression: Expression;
  unit: DisplayUnit;
  text: string;
}
