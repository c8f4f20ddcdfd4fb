/** What is shown of a twin: views, charts of modes, its structure. */
import type { SourceRange } from './manifest.ts';

/** One page of what is shown, as the text lays it out or as derived from the model. */
export interface ManifestView {
  title: string;
  widgets: ManifestWidget[];
  derived: boolean;
}

/** Numbers are probes. */
export type ManifestWidget =
  | { kind: 'row' | 'column'; title: string; widgets: ManifestWidget[] }
  | { kind: 'gauge'; value: number; low?: number; high?: number }
  | { kind: 'number'; value: number }
  /** `deviation`: of an estimated state, the probe of its standard deviation, element by element. */
  | {
      kind: 'chart';
      title: string;
      series: { probe: number; sensor?: number; deviation?: number }[];
      window?: number;
    }
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

/** Modes of which one is active at a time. */
export interface ManifestRegion {
  name: string;
  /** Which of its modes is active, counted from 1; 0: none. */
  variable: number;
  /** `regions`: those that are active while it is. */
  modes: { name: string; initial: boolean; doc: string; regions: number[]; source: SourceRange }[];
}

/** The tree of parts, and how ports are joined, for drawing. */
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

/** One of the ports that are joined. */
export interface ManifestJoinEnd {
  /** Name of a child; absent for an own port. */
  part?: string;
  port: string;
  /** Where part or port are arrays: which elements, from one; one for each round, or all of them in each. */
  partElements?: { first: number; count: number; each: boolean };
  portElements?: { first: number; count: number; each: boolean };
}
