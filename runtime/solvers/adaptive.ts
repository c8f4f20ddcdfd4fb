/**
 * Steps whose length follows from their error (`contract/step-length.ts`), by a pair of orders 5 and 4, and the method's interpolant for everything
 * within a step.
 */
import { afterStep, forAnotherTry, LEAST_ERROR } from '../contract/step-length.ts';
import { keep } from './integrate.ts';
import type { Stepper } from './integrate.ts';
import { Cell } from '../machine.ts';
import type { Machine } from '../machine.ts';
import { stateAt } from '../state-at.ts';
import { plain, timeText } from '../trouble.ts';
import type { Trouble } from '../trouble.ts';
import { gotOn, heldBack } from './setbacks.ts';
import { endOf } from './work.ts';

/** A method that tries a step in memory and says how wrong it was. */
export interface TrialMethod {
  /**
   * Takes a trial step from the states in memory: new states in place. Returns the mean square of the scaled errors (accept when at most 1);
   * NaN where there is none.
   */
  attempt(t: number, h: number, relativeTolerance: number, serves: Serves): number;
  /** States at t + theta h within the last trial step. */
  interpolate(theta: number): void;
  /** Back to the states before the trial step. */
  restore(): void;
  /** It goes by slopes: where they have no bound, a step may go against its rates. */
  damps?: true;
  /** Whether a stage of the last trial has seen another side of a condition that rates depend on than its start. */
  sawBeyond?: (() => boolean) | undefined;
  /** Why the last trial from `time` came to nothing, where the method knows better than that it was inaccurate. */
  failure?(time: number): Trouble | undefined;
}

/** What of the step before may be used: what was computed at its end, or at its start, where it was taken back. */
export type Serves = 'nothing' | 'end' | 'start';

export const tsitouras = ({ kernel }: Machine): TrialMethod => ({
  attempt: (t, h, relativeTolerance, serves) =>
    kernel.tsit5Try(t, h, relativeTolerance, serves === 'end' ? 0 : 1),
  interpolate: (theta) => kernel.tsit5Interpolate(theta),
  restore: () => kernel.tsit5Restore(),
  sawBeyond: kernel.sawBeyond && (() => kernel.sawBeyond!() === 1),
});

export interface AdaptiveSettings {
  relativeTolerance: number;
  /** s */
  maxStep: number;
}

/** Steps as long as the error allows (PI control), for any method that tells its error. */
export function adaptiveStepper(machine: Machine, method: TrialMethod, settings: AdaptiveSettings): Stepper {
  const { cells } = machine;
  const { relativeTolerance, maxStep } = settings;
  const begin = keep(machine);
  const end = endOf(machine);
  /** Rates at a step's end are others when they are computed again: iterations give other last digits; what is delayed is a curve through more points. */
  const isLooseAtEnd = machine.iterates || machine.manifest.delays !== undefined;
  let to = 0;
  /** What `settle` writes when the step is committed. */
  let stepTaken = 0;
  let error = 0;
  /** The last stage of the step before is the first of the next: only when nothing has happened in between. */
  let lastStageServes = false;
  /** The step in flight is shorter than planned because of its error. */
  let shortened = false;
  let saw = false;

  const attempt = (limit: number): number | Trouble => {
    begin.take();
    const from = begin.time();
    let step = Math.min(
      cells[Cell.stepSize]! || firstStep(machine, relativeTolerance, limit - from),
      maxStep,
    );
    shortened = false;
    let serves: Serves = lastStageServes && !isLooseAtEnd ? 'end' : 'nothing';
    for (;;) {
      to = from + step >= limit ? limit : from + step;
      stepTaken = to - from;
      if (stepTaken <= smallestStep(from)) {
        const trouble = tooSmall(machine, from, relativeTolerance);
        // The limit may lie that near; then there is nothing to integrate over and no accuracy to lose.
        if (to !== limit) return trouble;
      }
      error = method.attempt(from, stepTaken, relativeTolerance, serves);
      if (error <= 1) {
        machine.setTime(to);
        machine.project();
      }
      const unsolved = machine.unsolved();
      if (unsolved === undefined && error <= 1) break;
      method.restore();
      begin.put();
      lastStageServes = false;
      serves = 'start';
      // Where there is no value the planned length is tried again and again, so that it shows when nothing else is left.
      if (!Number.isNaN(error)) shortened = true;
      if (Number.isNaN(error) && heldBack(machine, Cell.blind))
        return tooSmall(machine, from, relativeTolerance);
      if (step <= smallestStep(from) * 2)
        return unsolved ?? method.failure?.(from) ?? tooSmall(machine, from, relativeTolerance);
      step = forAnotherTry(stepTaken, error > 1 && unsolved === undefined ? error : Infinity);
    }
    gotOn(machine, Cell.blind);
    saw = method.sawBeyond?.() === true;
    lastStageServes = from + stepTaken === to;
    machine.setTime(to);
    end.reached();
    return to;
  };

  return {
    attempt,
    show: (t) => {
      begin.putStartOfIterations();
      if (t === to) end.put();
      else if (t <= begin.time()) {
        end.leave();
        begin.put();
      } else {
        end.leave();
        method.interpolate((t - begin.time()) / (to - begin.time()));
        machine.setTime(t);
        machine.project();
      }
      machine.setTime(t);
    },
    settle: (_, whole) => {
      if (!whole) {
        // The step to `to` was accurate enough, so one of its length may be tried again; one that a limit cut to next to
        // nothing says nothing against the length that was planned.
        const cut = stepTaken < 1e-6 * cells[Cell.stepSize]!;
        cells[Cell.stepSize] = Math.max(cut ? cells[Cell.stepSize]! : stepTaken, smallestStep(to));
        cells[Cell.lastError] = 1;
        lastStageServes = false;
        return;
      }
      const before = cells[Cell.lastError]! || 1;
      const next = afterStep(stepTaken, error, before);
      // A step cut short by a timer says nothing against the length that was planned; one cut short by its error does.
      const isCut = !shortened && stepTaken < cells[Cell.stepSize]! * 0.99;
      cells[Cell.stepSize] = Math.min(maxStep, Math.max(next, isCut ? cells[Cell.stepSize]! : 0));
      cells[Cell.lastError] = Math.max(error, LEAST_ERROR);
    },
    withdraw: () => {
      begin.put();
      lastStageServes = false;
    },
    disturb: () => {
      lastStageServes = false;
      cells[Cell.lastError] = 1;
    },
    forget: () => {
      lastStageServes = false;
    },
    adaptive: true,
    blurred: 1e-6,
    damps: () => method.damps === true,
    ...(method.sawBeyond === undefined ? {} : { sawBeyond: () => saw }),
  };
}

export const smallestStep = (t: number): number => 16 * Number.EPSILON * Math.max(Math.abs(t), 1e-9);

/** Hairer, Nørsett & Wanner, II.4: a hundredth of the states over their rates, in the error's norm. */
function firstStep(machine: Machine, relativeTolerance: number, span: number): number {
  const { states, derivatives, absoluteTolerances } = machine;
  let size = 0;
  let rate = 0;
  for (let i = 0; i < states.length; i += 1) {
    const scale = absoluteTolerances[i]! + relativeTolerance * Math.abs(states[i]!);
    size += (states[i]! / scale) ** 2;
    rate += (derivatives[i]! / scale) ** 2;
  }
  const longest = Number.isFinite(span) ? span : 1;
  const n = Math.max(states.length, 1);
  size = Math.sqrt(size / n);
  rate = Math.sqrt(rate / n);
  const step = size < 1e-5 || rate < 1e-5 ? 1e-6 * longest : (0.01 * size) / rate;
  // Not a number where a rate is none: the trial step will say so.
  return step > 0 ? Math.min(Math.max(step, 1e-12 * longest), longest) : 1e-6 * longest;
}

/** From this tolerance on a run may well leave what it follows: concentrations become negative, and grow without bound. */
const LOOSE = 1e-4;

/** From this time on (s) its digits may be fewer than a tolerance asks for. */
const LATE = 1e6;

export function tooSmall(machine: Machine, time: number, tolerance: number): Trouble {
  const { manifest, kernel, derivatives, absoluteTolerances } = machine;
  // Memory still holds what the last trial came upon: a table that ends, perhaps.
  const beyond = manifest.variables.some(({ lookedUp }) => lookedUp !== undefined)
    ? machine.fault()
    : undefined;
  if (beyond !== undefined) return { ...beyond, time };
  const scaledRate = (derivative: number, i: number): number => Math.abs(derivative) / absoluteTolerances[i]!;
  let seen = derivatives.reduce((most, derivative, i) => Math.max(most, scaledRate(derivative, i)), 0);
  // A trial may have come far from where it began, and brought others in trouble.
  if (derivatives.every(Number.isFinite)) kernel.derivatives();
  let worst = 0;
  let rate = -1;
  derivatives.forEach((derivative, i) => {
    const scaled = Number.isFinite(derivative) ? scaledRate(derivative, i) : Infinity;
    seen = Math.max(seen, scaled);
    if (scaled > rate) {
      rate = scaled;
      worst = i;
    }
  });
  const state = stateAt(manifest, worst);
  const name = state?.name ?? 'a state';
  const unmeasured = machine.unmeasured();
  if (Number.isNaN(derivatives[worst]) && unmeasured !== undefined)
    return {
      code: 'PX9003',
      message:
        `${name} has no rate at t = ${timeText(time)}: it depends on a sensor that has not measured yet, such as ${unmeasured}. ` +
        'Give the equation a value to go by until then.',
      time,
      ...(state === undefined ? {} : { source: state.variable.source }),
    };
  const loose =
    tolerance < LOOSE
      ? ''
      : ` With a tolerance of ${tolerance} it may also be wrong by so much that it has come where its equation does not hold, as below zero: take a smaller one, such as 1e-6.`;
  const least = smallestStep(time);
  // Shorter steps would do, as near 0 they could be: from the start on or where the last trial came.
  if (time > LATE && seen * least > 1 && seen * smallestStep(1) < 1)
    return {
      code: 'PX9005',
      message:
        `The step became too small at t = ${timeText(time)}: the digits of times like this are ${plain(2 ** Math.floor(Math.log2(time)) * Number.EPSILON)} s apart, so no step is shorter than ${plain(least)} s, ` +
        `and one of these is too long for a tolerance of ${tolerance} where the rate of ${name} jumps or is as large as here. ` +
        'Take a larger tolerance, or count time from a later start. If the run stops here all the same, look for a division by zero or growth without bound in its equation.',
      time,
      ...(state === undefined ? {} : { source: state.variable.source }),
    };
  return {
    code: 'PX9005',
    message:
      `The step became too small at t = ${timeText(time)}: ${name} changes too fast or has no value from here on. ` +
      `Look for a division by zero or growth without bound in its equation; if it is only stiff, take method auto or rodas5p.${loose}`,
    time,
    ...(state === undefined ? {} : { source: state.variable.source }),
  };
}

/**
 * In the unit that a state is shown in. One that starts at less is as good as empty, and nothing to measure an error by: what fills it later would never
 * be accurate enough.
 */
const LEAST_NOMINAL = 1e-30;

/**
 * Absolute tolerance of each state: the relative one times its nominal size, which is the largest of its start value and its range,
 * or 1 in the unit it is shown in when it has neither.
 */
export function writeAbsoluteTolerances(machine: Machine, relativeTolerance: number): void {
  const { manifest, states, absoluteTolerances } = machine;
  const { address: base } = manifest.layout.states;
  for (const variable of manifest.variables) {
    if (variable.role !== 'state') continue;
    const first = (variable.address - base) / 8;
    const elements = variable.dims.reduce((a, b) => a * b, 1);
    const range = Math.max(Math.abs(variable.low ?? 0), Math.abs(variable.high ?? 0));
    for (let i = first; i < first + elements; i += 1) {
      const start = Math.abs(states[i]!);
      const nominal = Math.max(Number.isFinite(start) ? start : 0, Number.isFinite(range) ? range : 0);
      const unit = Math.abs(variable.unit.factor) || 1;
      absoluteTolerances[i] = relativeTolerance * (nominal > LEAST_NOMINAL * unit ? nominal : unit);
    }
  }
}
