/** A `modes` block as a diagram: what a person sees of it. What it does stands in variables, equations and handlers. */
import type { SourceRange } from './source.ts';

export interface ModeChart {
  name: string;
  /** What one mode at a time is active in: the block itself first. `variable`: which one, counted from 1; 0: none. */
  regions: {
    name: string;
    variable: string;
    /** `regions`: those that are active while it is. */
    modes: { name: string; initial: boolean; doc: string; regions: number[]; source: SourceRange }[];
  }[];
  transitions: ModeTransition[];
  doc: string;
  source: SourceRange;
}

/** `from` and `to`: region and mode, zero-based. */
export interface ModeTransition {
  from: [number, number];
  to: [number, number];
  history?: 'shallow' | 'deep';
  /** As written: `after 8 h`. */
  text: string;
  source: SourceRange;
}
