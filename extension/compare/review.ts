/** What `pollux diff` writes, as far as the editor reads it: `review/review.schema.json`. */
import type { ComparedVersion } from '../preview-panel.ts';

export interface Place {
  uri: string;
  start: number;
  end: number;
  /** From one. */
  line: number;
  endLine: number;
}
export interface Change {
  kind: 'added' | 'removed' | 'changed' | 'renamed';
  subject: string;
  path: string;
  before?: string;
  text: string;
  oldText?: string;
  newSource?: Place;
}
export interface Review {
  changes: Change[];
  causes: { changes: number[]; scenario: string; effects: string[] }[];
  behaviour: { scenarios: { scenario: string; title: string }[] };
  verdict: { breaking: boolean; text: string };
}
/** The version before, to be shown and run. */
export interface Before {
  texts: { uri: string; text: string }[];
  programs: ({ kind: 'twin' | 'asset'; name: string } & Omit<ComparedVersion, 'label'>)[];
}
