/** The runtime's own saved numbers, by position in `layout.runtime`. */
export const Cell = {
  /** Steps already taken at this time. */
  microstep: 0,
  /** Adaptive: next step to try, s; 0: not yet chosen. */
  stepSize: 1,
  /** Adaptive: scaled error of the last accepted step (PI control). */
  lastError: 2,
  /** Zeno: start of the window, s, and crossings in it. */
  windowStart: 3,
  windowCount: 4,
  /** Zeno: time of the last crossing that fired, the handler and instance it began with, how often that fired since. */
  lastCrossing: 5,
  crossingHandler: 6,
  crossingInstance: 7,
  crossingRepeats: 8,
  /** Adaptive: how often steps ran into a place without a value of late. */
  blind: 9,
  /** Chattering: time of the last crossing at which nothing fired, and how many followed one another at once. */
  lastSilent: 10,
  silentRepeats: 11,
  /** Choice of the method: 1 while the implicit one is used; see `auto.ts`. Why, when, at which rate (1/s) and step (s). */
  implicit: 12,
  switches: 13,
  cause: 14,
  switchedAt: 15,
  fastestRate: 16,
  switchStep: 17,
  /** Steps since the fastest rate was looked at, and looks in a row that spoke for a change. */
  sinceLook: 18,
  looks: 19,
  /** How far beyond a kink its other side begins, as a part of the sizes there. */
  kinkWidth: 20,
  /** Steps in a row that did not advance time by more than rounding. */
  still: 21,
  /** While a matrix is made that takes roots next to zero as steeper (`3-flatten/algebra/roots.ts`): within how many tolerances, and the relative one; else 0. */
  blur: 22,
  blurRelative: 23,
  /** Steps since it was looked at whether they get anywhere, the time then (s), and after how many it is again; see `solvers/creeping.ts`. */
  lookSteps: 24,
  lookFrom: 25,
  lookLength: 26,
  /** Adaptive: how often steps were cut short of a pole of late. */
  cut: 27,
} as const;

/** Those that an instant may change come first. */
export const CELLS_OF_INSTANTS = Cell.silentRepeats + 1;
