import type { DisplayUnit, Override } from './asset.ts';
import type { Method } from './checked-model.ts';
import type { Expression, Reference, ValueType } from './expression.ts';
import type { SourceRange } from './source.ts';

/** Parameters that are fitted to a recording. Values in SI. */
export interface Calibration {
  /** Qualified; the subject's name where it has none of its own. */
  name: string;
  asset: string;
  twin?: string;
  scenario?: string;
  /** As written: relative to the file of the text. */
  file: string;
  overrides: Override[];
  method?: Method;
  /** What is measured from `from` to `to` (s) is kept from the fit. */
  heldOut?: { from: number; to?: number };
  parameters: FittedParameter[];
  compared: Compared[];
  /** Inputs whose columns have other names. */
  columns: { target: Reference; text: string; column: string; unit?: DisplayUnit; source: SourceRange }[];
  doc: string;
  source: SourceRange;
}

export interface FittedParameter {
  target: Reference;
  text: string;
  type: ValueType;
  unit: DisplayUnit;
  low?: number;
  high?: number;
  source: SourceRange;
}

export interface Compared {
  expression: Expression;
  text: string;
  /** Of the recording; a sensor's name where none is said. */
  column?: string;
  /** Of the column, where it was said. */
  columnUnit?: DisplayUnit;
  unit: DisplayUnit;
  source: SourceRange;
}
