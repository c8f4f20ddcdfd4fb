import type { FlatExpression, FlatLoop, FlatTarget } from './flat-expression.ts';
import type { VariableId } from './flat-system.ts';

/**
 * How rates of change depend on states, by families: what implicit methods solve with. Algebraic variables stay unknowns beside the
 * states, so that no chain of definitions is multiplied out; their elimination is a matter of order.
 *
 * For a change `du` of all unknowns, a row says: its diagonal times its own unknown's change, plus the sum of its entries times the changes of
 * their columns, is what the method puts on the right side, plus `byTime` times the passing of time.
 */
export interface FlatLinear {
  rows: LinearRow[];
  entries: LinearEntry[];
  byTime: LinearSlope[];
  /** What is delayed depends on time in a way that is not written out. */
  delays: boolean;
}

export interface LinearRow {
  loops: FlatLoop[];
  /** One row for each unknown. */
  unknown: FlatTarget;
  /** 'rate': one over a time that the method chooses, for states; 'one' for what an expression defines; 'none' for coupled equations. */
  diagonal: 'rate' | 'one' | 'none';
}

/** A partial derivative with its sign turned. */
export interface LinearEntry {
  loops: FlatLoop[];
  /** The row of this unknown. */
  row: FlatTarget;
  column: FlatTarget;
  value: FlatExpression;
}

export interface LinearSlope {
  loops: FlatLoop[];
  row: FlatTarget;
  value: FlatExpression;
}

/** Where the values of an entry's instances are put: an array of its own, row-major in its loops. */
export const instanceTarget = (id: VariableId, loops: readonly FlatLoop[]): FlatTarget => ({
  variable: id,
  index: loops.map(({ variable, from }) => ({ loop: variable, offset: -from })),
});
