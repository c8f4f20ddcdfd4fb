/** Methods that solve with the matrix of the rates: Rodas5P for adaptive steps, implicit Euler for fixed ones. */
import { tsitouras } from './adaptive.ts';
import type { TrialMethod } from './adaptive.ts';
import { continuation } from './continuation.ts';
import type { Along } from './continuation.ts';
import { keep, nextOnGrid, showStep } from './integrate.ts';
import type { Stepper } from './integrate.ts';
import type { Machine } from '../machine.ts';
import { stateAt } from '../state-at.ts';
import { chattering } from '../events/zeno.ts';
import { timeText } from '../trouble.ts';
import type { Trouble } from '../trouble.ts';
import { endOf } from './work.ts';

export const hasImplicit = ({ kernel }: Machine): boolean => kernel.rodasTry !== undefined;

/**
 * The matrix of a trial that was taken back serves the next one; nothing is kept from one step to the next. Where there is no matrix, as a slope has no bound just
 * there (`q * abs(q) = d` from d = 0), the explicit method takes the step, to where there is one.
 */
export const rodas = (machine: Machine): TrialMethod => {
  const { kernel } = machine;
  const explicit = tsitouras(machine);
  let singularAt = -1;
  return {
    attempt: (t, h, relativeTolerance, serves) => {
      const isMade = serves === 'start' && singularAt < 0;
      const error = kernel.rodasTry!(t, h, relativeTolerance, isMade ? 0 : 1);
      singularAt = error < 0 ? -1 - error : -1;
      if (singularAt < 0) return error;
      kernel.rodasRestore!();
      return explicit.attempt(t, h, relativeTolerance, 'nothing');
    },
    interpolate: (theta) => (singularAt < 0 ? kernel.rodasInterpolate!(theta) : explicit.interpolate(theta)),
    restore: () => (singularAt < 0 ? kernel.rodasRestore!() : explicit.restore()),
    damps: true,
    sawBeyond: explicit.sawBeyond,
    failure: (time) => (singularAt < 0 ? undefined : singular(machine, singularAt, time)),
  };
};

/** The unknown at which the elimination stopped, by name. */
function singular({ manifest }: Machine, unknown: number, time: number): Trouble {
  const state = unknown < manifest.layout.states.count ? stateAt(manifest, unknown) : undefined;
  const variable =
    unknown < manifest.layout.states.count
      ? state?.variable
      : manifest.variables[manifest.implicit!.others.findLast(({ first }) => first <= unknown)!.variable];
  const name = state?.name ?? variable?.name ?? 'a state';
  return {
    code: 'PX9030',
    message:
      `The implicit method cannot go on at t = ${timeText(time)}: its matrix is singular at ${name}, even for very short steps. ` +
      'The equations there do not determine it, or it has no rate: look for a parameter that is zero, or take method tsit5.',
    time,
    ...(variable === undefined ? {} : { source: variable.source }),
  };
}

/** What is left of a Newton correction, relative to a state's size, where a fixed implicit step counts as solved. */
export const FIXED_TOLERANCE = 1e-8;

/** Of a step that has no matrix at its start: what it goes explicitly. */
const AHEAD = 1e-6;

/** Tolerances that a state's rate would take it away by, where it is held. */
const HELD = 1000;

/** So many states at most are looked at for having gone against their rates: those that these would move furthest. */
const MOST_AGAINST = 4;

/**
 * Steps on the grid n · step from 0, as those of `fixedStepper`; within a step, straight between its ends. What the kernel's rounds do not solve from
 * where it starts is tried once more, with care.
 */
export function implicitStepper(machine: Machine, step: number): Stepper {
  const { kernel } = machine;
  const begin = keep(machine);
  const end = endOf(machine);
  let carefully: ReturnType<typeof continuation> | undefined;
  let to = 0;
  /**
   * Whether a state has stayed where it was against its rate: where a slope has no bound, corrections are nothing (`q^3 = d` from d = 0), and would be in each
   * step from there.
   */
  const isHeld = (length: number): boolean => {
    const { states, derivatives, absoluteTolerances, status } = machine;
    const stays = (i: number): boolean =>
      states[i] === begin.states[i] &&
      length * Math.abs(derivatives[i]!) >
        HELD * (absoluteTolerances[i]! + FIXED_TOLERANCE * Math.abs(states[i]!));
    const anyStays = (): boolean => {
      for (let i = 0; i < states.length; i += 1) if (stays(i)) return true;
      return false;
    };
    if (!anyStays()) return false;
    machine.setTime(to);
    kernel.derivatives();
    status.fill(0);
    return anyStays();
  };
  const rates = new Float64Array(machine.states.length);
  /** What rates the step begins with. */
  const takeRates = (): void => {
    kernel.derivatives();
    machine.status.fill(0);
    rates.set(machine.derivatives);
    begin.putStartOfIterations();
  };
  /**
   * Whether a state went against its rate, and would not from where it was with all else as it is now: it has passed a place that rates lead away from, on both
   * sides, where the solution of short steps does not. A step that is longer than the time in which something grows e-fold has such an end: x' = x / T goes from 1 to
   * 1 / (1 - h / T).
   */
  const isAgainst = (length: number): boolean => {
    const { states, derivatives, absoluteTolerances, status } = machine;
    const size = (i: number, rate: number): number =>
      (length * Math.abs(rate)) / (absoluteTolerances[i]! + FIXED_TOLERANCE * Math.abs(states[i]!));
    const suspects: number[] = [];
    for (let i = 0; i < states.length; i += 1)
      if ((states[i]! - begin.states[i]!) * rates[i]! < 0 && size(i, rates[i]!) > HELD) suspects.push(i);
    if (suspects.length === 0) return false;
    if (suspects.length > MOST_AGAINST) suspects.sort((a, b) => size(b, rates[b]!) - size(a, rates[a]!));
    const iterated = machine.iterates ? machine.iterated.slice() : undefined;
    machine.setTime(to);
    const against = suspects.slice(0, MOST_AGAINST).some((i) => {
      const now = states[i]!;
      states[i] = begin.states[i]!;
      kernel.derivatives();
      status.fill(0);
      states[i] = now;
      const rate = derivatives[i]!;
      return (now - begin.states[i]!) * rate < 0 && size(i, rate) > HELD;
    });
    if (iterated !== undefined) machine.iterated.set(iterated);
    return against;
  };
  /** What is wrong at the end of a step. */
  const amiss = (left: number, from: number): Trouble | undefined => {
    machine.setTime(to);
    if (left >= 0) machine.project();
    return (
      machine.unsolved() ??
      (left < 0
        ? singular(machine, -1 - left, from)
        : left <= 1
          ? undefined
          : notSolved(machine, begin.states, from, to - from))
    );
  };
  /**
   * Takes the step of the kernel. Where there is no matrix just where it starts, as at a pendulum in x and y that hangs straight down, it starts a little
   * further on: the elimination has a fixed order, and comes upon a zero that is none a moment later.
   */
  const solve = (from: number): number => {
    const left = kernel.implicitEuler!(from, to - from, to, FIXED_TOLERANCE);
    const ahead = from + AHEAD * (to - from);
    if (left >= 0 || !(ahead > from && ahead < to)) return left;
    machine.status.fill(0);
    begin.put();
    begin.putStartOfIterations();
    kernel.euler(from, ahead - from, ahead);
    machine.setTime(ahead);
    if (machine.unsolved() !== undefined) return left;
    return kernel.implicitEuler!(ahead, to - ahead, to, FIXED_TOLERANCE);
  };
  /**
   * Whether a condition lies on the way of the step from beyond which the equations drive back to it: then no end of it may solve its equations, as beyond
   * the condition they lead before it, and before it beyond. Memory holds the start afterwards, evaluated.
   */
  const isDrivenBack = (): boolean => {
    const { states, derivatives, crossings, status } = machine;
    const length = to - begin.time();
    const count = machine.manifest.layout.kinks?.first ?? crossings.length;
    /** What conditions compare, where memory is now; and on to where the rates lead in so long. */
    const goOn = (by: number): Float64Array => {
      machine.evaluate();
      status.fill(0);
      kernel.crossings();
      for (let i = 0; i < states.length; i += 1) states[i]! += by * derivatives[i]!;
      return crossings.slice(0, count);
    };
    status.fill(0);
    begin.put();
    const before = goOn(length);
    machine.setTime(to);
    const beyond = goOn(length);
    const back = goOn(0);
    begin.put();
    goOn(0);
    return before.some(
      (value, i) => Math.sign(value) !== Math.sign(beyond[i]!) && (back[i]! - beyond[i]!) * beyond[i]! < 0,
    );
  };
  return {
    attempt: (limit) => {
      begin.take();
      const from = begin.time();
      to = Math.min(nextOnGrid(step, from), limit);
      takeRates();
      const trouble = amiss(solve(from), from);
      /** Whether the step is taken with care: by way of shorter ones, as `Along` says. */
      const follows = (along?: Along): boolean => {
        carefully ??= continuation(machine, begin, FIXED_TOLERANCE);
        return carefully(to - from, to, along) && amiss(0, from) === undefined;
      };
      const unsolved = (): Trouble => {
        machine.status.fill(0);
        const found = notSolved(machine, begin.states, from, to - from);
        begin.put();
        return found;
      };
      if (trouble !== undefined) {
        begin.put();
        if (!follows()) {
          machine.status.fill(0);
          begin.put();
          return trouble.code === 'PX9031' && isDrivenBack() ? chattering(machine) : trouble;
        }
      } else if (isHeld(to - from) && !follows('rates')) return unsolved();
      if (isAgainst(to - from) && (!follows('root') || isAgainst(to - from))) return unsolved();
      end.reached();
      return to;
    },
    show: (t) =>
      showStep(machine, { begin, end, to }, t, () => {
        const { states, work } = machine;
        const share = (t - begin.time()) / (to - begin.time());
        for (let i = 0; i < states.length; i += 1)
          states[i] = begin.states[i]! + share * (work.spare[i]! - begin.states[i]!);
        machine.setTime(t);
        machine.project();
      }),
    settle: () => {},
    withdraw: begin.put,
    disturb: () => {},
    forget: () => {},
    adaptive: false,
    // A step looks at its end alone; one to next to where it starts must get there all the same.
    blurred: 1e-10,
    straight: true,
  };
}

function notSolved({ manifest, states }: Machine, before: Float64Array, time: number, step: number): Trouble {
  let worst = 0;
  let change = -1;
  states.forEach((value, i) => {
    const moved = Number.isFinite(value)
      ? Math.abs(value - before[i]!) / (Math.abs(before[i]!) || 1)
      : Infinity;
    if (moved > change) {
      change = moved;
      worst = i;
    }
  });
  const state = stateAt(manifest, worst);
  const name = state?.name ?? 'a state';
  return {
    code: 'PX9031',
    message:
      `The implicit step of ${timeText(step)} from t = ${timeText(time)} was not solved within its rounds: ${name} would change too much in it. ` +
      'Take a shorter step, or an adaptive method: method auto tolerance 1e-6.',
    time,
    ...(state === undefined ? {} : { source: state.variable.source }),
  };
}
