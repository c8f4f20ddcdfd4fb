/** What is shown of a flat system: views, and what is made of what. */
import type { SourceRange } from '../model/source.ts';
import type { FlatTarget } from './flat-expression.ts';
import type { ProbeId, VariableId } from './flat-system.ts';

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

/**
 * `sensor` is set where the series is a plain sensor: then it is drawn measured against predicted. `deviation` is set where it is an estimated
 * state: the standard deviation, element by element.
 */
export interface FlatSeries {
  probe: ProbeId;
  sensor?: number;
  deviation?: ProbeId;
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
