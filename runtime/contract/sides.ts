/**
 * On which side of its kinks, of `abs`, `min`, `max` and tables, the system is. Rounding, and the error of the integration, keep a value that rests at a kink going from side to
 * side: each time would end a step, and time stand still. So a side is remembered, in the saved region, and is another one only where the value,
 * times the side, is beyond zero by a width; or at zero, where the step began further than the width from it. (Schmitt triggers do
 * so. CVODE leaves out roots that are zero at the start until they are not any more, but there noise brings each of them back.)
 *
 * The crossing function is `side * value + slack`, which is above 0 as long as the side is the same: the slack is the width after a commit
 * within it, and 0 after one without.
 */
import type { Layout } from './layout.ts';

/** So that the crossing function of what is exactly zero, with nothing to be measured by, is above zero. */
export const LEAST_WIDTH = 1e-300;

/** A step that ends at no more than its start times this has not advanced time but by rounding. */
export const STANDS_STILL = 1 + 64 * Number.EPSILON;

/** So many such steps may follow one another. What is located, sampled or due may well lie that near together, but not so often. */
export const MOST_STILL = 10_000;

/** Whether nothing is located but kinks in what is integrated: Euler's method, which is wrong by as much anyhow, passes them by. */
export const bendsAlone = ({ kinks, crossings }: Pick<Layout, 'kinks' | 'crossings'>): boolean =>
  kinks !== undefined && kinks.first === 0 && kinks.alone === 0 && kinks.count === crossings.count;

/**
 * What went over zero at an event may have come back at once and gone again, unseen, in a step that ends where it began: its rate at its start makes
 * up no more than this share of the change.
 */
export const TURNS_BACK = 0.25;

/** Share of a step along which a function's rate at its start is looked at, where an event left it at zero; a power of two. */
export const AHEAD = 1 / 1024;

/** Share of a step along which the rates at its start are followed to see on which side of zero a function goes that starts there; a power of two. */
export const SOON = 2 ** -20;
