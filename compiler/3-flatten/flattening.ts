import type { CheckedModel } from '../model/checked-model.ts';
import type { FlatAlarm, FlatSensor, FlatVariable } from '../ir/flat-system.ts';
import type { FlatDelay, FlatTable, FlatStream, FlatWindow } from '../ir/flat-expression.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Statistics } from './instances/measures.ts';
import type { Constraints } from './causality/index-reduction.ts';
import type { Link } from '../model/asset.ts';
import type { Group } from './instances/instances.ts';
import type { Given } from './expressions/links.ts';
import type { Box } from './box.ts';
import type { Estimated } from './studies/estimated.ts';

/** What the steps of flattening share, and add to one after the other. */
export interface Flattening {
  model: CheckedModel;
  /** The root first. */
  groups: Group[];
  variables: FlatVariable[];
  sensors: FlatSensor[];
  alarms: FlatAlarm[];
  tables: FlatTable[];
  delays: FlatDelay[];
  streams: FlatStream[];
  windows: FlatWindow[];
  /** Found by index reduction. */
  constraints: Constraints[];
  /** States whose start is looked for. */
  startsFree: Set<number>;
  statistics: Statistics;
  /** What links were found to lead to, by the instances that have them. */
  links: Map<Group, Map<Link, Given>>;
  /** What an estimator knows, as far as something reads it. */
  estimated: Estimated;
  diagnostics: Diagnostic[];
  /** Arrays of unknowns that joins cut into pieces which are determined apart. */
  cuts?: ReadonlyMap<number, Box[]>;
}

/** Of these groups of instances, with nothing found yet. Findings are added to `diagnostics`. */
export const beginFlattening = (
  model: CheckedModel,
  groups: Group[],
  diagnostics: Diagnostic[],
): Flattening => ({
  model,
  groups,
  variables: [],
  sensors: [],
  alarms: [],
  tables: [],
  delays: [],
  streams: [],
  windows: [],
  constraints: [],
  startsFree: new Set(),
  statistics: { levels: new Map(), tallies: new Map() },
  links: new Map(),
  estimated: { deviations: new Map(), surprises: new Map(), reads: [] },
  diagnostics,
});
