/**
 * What the page of an experiment or a calibration is told, as it goes on, and what it asks for. Types only. `pollux experiment --events`
 * and `pollux calibrate --events` write a `StudyEvent` a line, as JSON. Values are in the units that go with them; what is no number is
 * null. Of a page that is to be the same each time `seconds` is null, too.
 */
import type { Unit } from '../../runtime/contract/manifest.ts';
import type { ManifestReport } from '../../runtime/contract/studies.ts';

export type Base = 'number' | 'integer' | 'boolean';
export type MaybeNumber = number | null;

export type StudyEvent =
  | { type: 'plan'; plan: ExperimentPlan | CalibrationPlan }
  /** `kept`: how many of the finished ones were done by an earlier call. */
  | { type: 'progress'; finished: number; failed: number; kept: number; seconds: MaybeNumber }
  /** Those of variants that have changed, whole. */
  | { type: 'rows'; rows: Row[] }
  /** What single runs came to: the run's number, then a value for each report. */
  | { type: 'runs'; runs: MaybeNumber[][] }
  | { type: 'candidates'; candidates: SearchCandidate[] }
  /** Rank correlation with each factor, by report; empty where a report has names. */
  | { type: 'ranks'; ranks: MaybeNumber[][] }
  /** Of a search, how it came to its gradients, where it needs any. */
  | { type: 'gradients'; text: string }
  | { type: 'fitting'; simulations: number; seconds: MaybeNumber }
  | { type: 'fit'; fit: Fit }
  | { type: 'end'; how: 'done' | 'stopped' | 'failed'; seconds: MaybeNumber; text?: string };

export interface ExperimentPlan {
  kind: 'variants' | 'search';
  /** Qualified. */
  name: string;
  doc: string;
  /** What it runs on: an asset or twin, and by which scenario. Qualified names. */
  root: string;
  scenario: string | null;
  seed: number;
  repeat: number;
  /** s, the warm-up included. */
  duration: number;
  warmup: number;
  /** Variants; of a search, the most candidates. */
  count: number;
  /** Runs; of a search, the most. */
  total: number;
  factors: Factor[];
  /** Of a search: what is made best, then the margins of the constraints. */
  reports: Report[];
  /** The variant that others are compared with, and whether it is the model as written. */
  base: number;
  baseIsModel: boolean;
  /** What all runs are set to besides, SI by id. */
  settings: [id: string, value: number][];
  /** Whether values of single runs come, and rows of all variants: where there are very many they do not. */
  tellsRuns: boolean;
  tellsRows: boolean;
  search?: { goal: 'maximise' | 'minimise'; method: string };
}

export interface Factor {
  name: string;
  unit: Unit;
  base: Base;
  /** What is set to its value in a preview; empty where that cannot be, as with what is fixed. */
  ids: string[];
  /** The ends of what is sampled or searched; absent where single values are listed. */
  range?: [low: number, high: number];
  /** As the model has it; null where elements differ. */
  written: MaybeNumber;
}

export interface Report {
  name: string;
  unit: Unit;
  base: Base;
  statistic: ManifestReport['statistic'];
  /** Of the interval, such as 0.95. */
  confidence: number;
  /** Its values are names: runs tell the position among these. */
  labels?: readonly string[];
}

/** A variant, with what its runs came to so far. */
export interface Row {
  variant: number;
  values: number[];
  /** Runs that stopped early, and why the first did. */
  failed: number;
  trouble?: string;
  reports: RowReport[];
}

export interface RowReport {
  count: number;
  mean: MaybeNumber;
  deviation: MaybeNumber;
  /** Half the width of the mean's interval of confidence. */
  half: MaybeNumber;
  /** From the base, run by run with equal seeds. */
  difference?: { mean: MaybeNumber; half: MaybeNumber };
  /** How many runs ended with a name, the most frequent first. */
  names?: { name: string; count: number }[];
}

export interface SearchCandidate {
  values: number[];
  objective: MaybeNumber;
  half: MaybeNumber;
  margins: MaybeNumber[];
  feasible: boolean;
  /** The best objective among those so far that hold all constraints. */
  best: MaybeNumber;
  trouble?: string;
}

export interface CalibrationPlan {
  kind: 'calibration';
  name: string;
  doc: string;
  root: string;
  scenario: string | null;
  /** The recording. */
  data: string;
  parameters: (Pick<Factor, 'name' | 'unit' | 'ids'> & { low: MaybeNumber; high: MaybeNumber })[];
}

export interface Fit {
  converged: boolean;
  iterations: number;
  simulations: number;
  /** How slopes came, in words. */
  slopes: string;
  /** In the order of the plan's; null throughout for what is private. `low` and `high`: 95 %, by Student's t. */
  parameters: {
    value: MaybeNumber;
    error: MaybeNumber;
    low: MaybeNumber;
    high: MaybeNumber;
    written: MaybeNumber;
    atBound: 'low' | 'high' | null;
    private: boolean;
    /** As it would stand in the text; empty of what is private. */
    text: string;
  }[];
  correlations: MaybeNumber[][];
  notes: string[];
  compared: {
    name: string;
    unit: Unit;
    points: number;
    rms: MaybeNumber;
    bias: MaybeNumber;
    /** Of what was held out. */
    tested: { points: number; rms: MaybeNumber; bias: MaybeNumber } | null;
    /** Times in s. Absent of what is private. */
    course?: {
      times: number[];
      measured: MaybeNumber[];
      fitted: MaybeNumber[];
      /** As the model was before; empty where that run failed. */
      written: MaybeNumber[];
    };
  }[];
  /** s; what is measured from here to there was kept from the fit. */
  heldOut: { from: number; to: MaybeNumber } | null;
}

/** To the page, from whoever holds it. */
export type ToStudy =
  | { type: 'study'; subject: StudySubject; running: boolean }
  | { type: 'events'; events: StudyEvent[] }
  /** Whether the text is another than when the runs began. */
  | { type: 'stale'; stale: boolean };

export interface StudySubject {
  uri: string;
  kind: 'experiment' | 'calibration';
  /** Qualified; a calibration may have none. */
  name?: string;
}

export type FromStudy =
  | { type: 'ready' }
  | { type: 'run'; resume: boolean }
  | { type: 'stop' }
  /** Shows a run in the preview: of what, up to when (s), and with which values (SI, by id). */
  | { type: 'preview'; root: string; scenario: string | null; time: number; settings: [string, number][] }
  | { type: 'source' }
  | { type: 'terminal' }
  | { type: 'copy'; text: string }
  | { type: 'save'; name: string; base64: string }
  /** Puts the fitted values into the text. */
  | { type: 'write'; root: string; values: { id: string; text: string }[] };
