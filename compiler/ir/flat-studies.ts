/** What is done with a flat system: scenarios, tests, experiments, calibrations. */
import type { Calibration, Compared, FittedParameter } from '../model/calibration.ts';
import type { Method } from '../model/checked-model.ts';
import type { Drive } from '../model/drive.ts';
import type { ValueType } from '../model/expression.ts';
import type { SourceRange } from '../model/source.ts';
import type { Experiment, Factor, Report, Search } from '../model/experiment.ts';
import type { Formula } from '../../runtime/contract/formula.ts';
import type { Chance } from '../../runtime/contract/studies.ts';
import type { ProbeId, VariableId } from './flat-system.ts';

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
  chances: Chance<FlatRequirement>[];
  source: SourceRange;
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
  /** Boolean: the condition cannot be told. */
  doubt?: ProbeId;
  /** Judged in the place of `condition` and `margin`, which are those of its first atom. */
  formula?: Formula<FlatAtom>;
} & (
  | { kind: 'always' | 'eventually' | 'never'; after: number; within?: number }
  | { kind: 'response'; trigger: ProbeId; triggerDoubt?: ProbeId; within: number }
  | { kind: 'expect'; at?: number }
);

/** Probes of a part of a formula. Where the margins of its atoms are of several quantities, none has one. */
export interface FlatAtom {
  condition: ProbeId;
  margin?: ProbeId;
  doubt?: ProbeId;
}

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
  /** Boolean: it is no number, or cannot be told. */
  doubt?: ProbeId;
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
