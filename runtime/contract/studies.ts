/** What is done with a twin: scenarios and their methods, tests and requirements, experiments, calibrations. */
import type { Formula } from './formula.ts';
import type { SourceRange, Unit } from './manifest.ts';

/** 'auto': tsit5, and rodas5p or, where matrices are dear, bdf where the system is stiff. */
export type ManifestMethod =
  | { name: 'rk4' | 'euler' | 'implicitEuler'; step: number }
  | { name: 'auto' | 'tsit5' | 'rodas5p' | 'bdf'; tolerance: number };

/** Times in s, values in SI. */
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

/** A scenario with what must hold in it. */
export interface ManifestTest {
  name: string;
  scenario: number;
  requirements: ManifestRequirement[];
  /** What is expected of many runs. */
  chances?: Chance<ManifestRequirement>[];
  source: SourceRange;
}

/** In how many of many runs something is so, with other seeds. */
export interface Chance<Requirement> {
  /** What is looked for in each run. */
  of: Requirement;
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
  /** True where the condition cannot be told, as what it compares is no number. */
  doubt?: number;
}

/** What must hold of a run; `condition`, `margin`, `doubt` and `trigger` are probes. Times in s. */
export type ManifestRequirement = {
  text: string;
  condition: number;
  margin?: number;
  doubt?: number;
  /** Judged in the place of condition and margin, which are those of a part of it. */
  formula?: Formula<ManifestAtom>;
  source: SourceRange;
} & (
  | { kind: 'always' | 'eventually' | 'never'; after: number; within?: number }
  | { kind: 'response'; trigger: number; triggerDoubt?: number; within: number }
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
    method: SearchMethod;
    /** Most runs, repetitions included. */
    runs: number;
    constraints: number;
  };
  doc: string;
  source: SourceRange;
}

/** How the best is looked for, as the language has it. */
export type SearchMethod = 'cmaes' | 'differentialEvolution' | 'nelderMead' | 'gradient';

/** What an experiment varies, in SI. */
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

/** What is kept of a run: of a probe, in SI. */
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
  /** True where it is no number, or cannot be told. */
  doubt?: number;
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
  /** What is measured from `from` to `to` (s; to the end where none is said) is kept from the fit, and compared after it. */
  heldOut?: { from: number; to?: number };
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
