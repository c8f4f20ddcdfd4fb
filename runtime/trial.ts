import type { Passed } from './events/locate.ts';
import type { Trouble } from './trouble.ts';

/** A step that may be taken anew. */
export interface Trial {
  readonly from: number;
  /** Where it ended when it was taken first. */
  readonly first: number;
  /** Its end, and the earliest crossing up to it; below 0: there are no values. */
  to: number;
  end: number;
  /** What is passed there. */
  passed: Passed;
  /** Memory holds what the locator evaluated last. */
  isEvaluated: boolean;
  /** Takes the step anew, up to `limit` (s), and looks at what it crosses; what is wrong where it cannot be taken. */
  retake(limit: number, by?: (limit: number) => number | Trouble): Trouble | undefined;
}
