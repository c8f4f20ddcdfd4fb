import type { SearchMethod } from '../../runtime/contract/studies.ts';
import type { DisplayUnit, Override } from './asset.ts';
import type { Method } from './checked-model.ts';
import type { Expression, Reference, ValueType } from './expression.ts';
import type { SourceRange } from './source.ts';

/** Many runs of one thing. Times in s, values in SI. */
export interface Experiment {
  /** Qualified. */
  name: string;
  /** What runs: an asset type by qualified name, with the twin's overrides when it is a twin. */
  asset: string;
  twin?: string;
  /** The scenario whose settings and schedule hold in every run. */
  scenario?: string;
  overrides: Override[];
  /** Of a run, its warm-up included. */
  duration: number;
  /** Reported statistics begin here. */
  warmup: number;
  method?: Method;
  outputPeriod?: number;
  seed?: number;
  repeat: number;
  factors: Factor[];
  sample?: { count: number; method: SampleMethod };
  reports: Report[];
  /** Set where something is chosen: then the factors are what is chosen, each element of an array by itself. */
  search?: Search;
  doc: string;
  source: SourceRange;
}

export type SampleMethod = 'sobol' | 'latinHypercube' | 'random';

export type { SearchMethod };

export interface Search {
  goal: 'maximise' | 'minimise';
  objective: Report;
  constraints: { condition: Expression; text: string; source: SourceRange }[];
  method: SearchMethod;
  /** Most runs, repetitions included. */
  runs: number;
}

/** What is varied: over values, or over a range that is sampled. */
export interface Factor {
  target: Reference;
  /** As written. */
  text: string;
  type: ValueType;
  unit: DisplayUnit;
  /** A `fixed` value: each of its values is compiled anew. */
  structural: boolean;
  levels: Levels;
  source: SourceRange;
}
export type Levels = { values: number[] } | { low: number; high: number };

/** What is kept of a run: a value at its end, or a statistic of its course. */
export type Statistic = 'end' | 'mean' | 'min' | 'max' | 'sd' | 'quantile' | 'share' | 'time' | 'count';

export interface Report {
  expression: Expression;
  statistic: Statistic;
  /** Of a quantile: 0.95. */
  level?: number;
  /** As written, the statistic included. */
  text: string;
  /** Of what is reported, which need not be that of the expression. */
  unit: DisplayUnit;
  base: ValueType['base'];
  /** Of its confidence interval: 0.95. */
  confidence: number;
  source: SourceRange;
}
