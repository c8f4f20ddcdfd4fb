/**
 * Steps between committed times. A stepper leaves the machine at the end of an accepted step and can show any time within it,
 * as often as asked, without changing what comes after.
 */
import type { Machine } from '../machine.ts';
import type { Trouble } from '../trouble.ts';
import { endOf } from './work.ts';

export interface Stepper {
  /**
   * One step from the machine's committed state, not beyond `limit` (> time). Returns its end, with states and time there
   * (not evaluated), or what went wrong, with the committed state put back.
   */
  attempt(limit: number): number | Trouble;
  /** The same by a step of next to no length that goes where the rates of its start lead (`along.ts`). */
  attemptAlong?(limit: number): number | Trouble;
  /** States and time at t within the step, ends included (not evaluated). */
  show(t: number): void;
  /** The step was committed up to t, the time shown last; `whole`: up to its end. */
  settle(t: number, whole: boolean): void;
  /** Back to the start of the step in flight, as before `attempt`. */
  withdraw(): void;
  /** States were changed from outside or by an event: nothing of the past step may be used. */
  disturb(): void;
  /** The machine holds a state from elsewhere; what the saved cells say of steps stays. */
  forget(): void;
  /** It chooses its steps by an error of its own: a step is wrong by little wherever it ends. */
  readonly adaptive: boolean;
  /**
   * Share of a step in which what lies beyond a crossing does not show within rounding, or nearly; Infinity where a step looks at its
   * start alone.
   */
  readonly blurred: number;
  /** A stage of the step in flight has seen another side of a condition that rates depend on than its start; its end may not have. */
  sawBeyond?(): boolean;
  /** It took the step in flight by slopes, which may have damped what its rates say. */
  damps?(): boolean;
  /** Within a step, states are shown on the straight line between its ends. */
  readonly straight?: true;
  /** Where it chooses methods while running: how many steps may be taken by a loop before it looks again, and that they were taken. */
  room?(): number;
  took?(steps: number): void;
}

/** What a step starts from; `iterated` because iterations start from it. */
export function keep(machine: Machine) {
  const { before: states, isKept } = machine.work;
  const iterated = machine.iterates ? machine.iterated.slice() : machine.iterated;
  let time = 0;
  return {
    time: () => time,
    states,
    take: (): void => {
      time = machine.time();
      if (!isKept) states.set(machine.states);
      if (machine.iterates) iterated.set(machine.iterated);
    },
    /** Where iterations start from, alone: so that what is shown does not depend on what was shown before. */
    putStartOfIterations: (): void => {
      if (machine.iterates) machine.iterated.set(iterated);
    },
    put: (): void => {
      machine.setTime(time);
      machine.states.set(states);
      if (machine.iterates) machine.iterated.set(iterated);
    },
  };
}

/** The first time n · step after `from`: counted, not added up, so that it does not drift. */
export function nextOnGrid(step: number, from: number): number {
  let n = Math.floor(from / step) + 1;
  while (n * step <= from) n += 1;
  return n * step;
}

/** Shows a fixed step at `t`: its end as it was reached, its start, or what `within` makes of the start. */
export function showStep(
  machine: Machine,
  { begin, end, to }: { begin: ReturnType<typeof keep>; end: ReturnType<typeof endOf>; to: number },
  t: number,
  within: () => void,
): void {
  if (t === to) {
    begin.putStartOfIterations();
    end.put();
    machine.setTime(t);
    return;
  }
  end.leave();
  begin.put();
  if (t > begin.time()) within();
}

/**
 * Fixed steps on the grid n · step from 0, without adding up. An event inside a step splits it; the next step goes to the
 * grid again. Times within a step are reached by a shorter step from its start, so they have the method's own accuracy.
 */
export function fixedStepper(machine: Machine, method: 'rk4' | 'euler', step: number): Stepper {
  const { kernel } = machine;
  const go = method === 'rk4' ? kernel.rk4 : kernel.euler;
  const begin = keep(machine);
  const end = endOf(machine);
  const looks = method === 'rk4' ? kernel.sawBeyond : undefined;
  let saw = false;
  let to = 0;
  const show = (t: number): void =>
    showStep(machine, { begin, end, to }, t, () => {
      go(begin.time(), t - begin.time(), t);
      machine.project();
    });
  return {
    attempt: (limit) => {
      begin.take();
      const from = begin.time();
      to = Math.min(nextOnGrid(step, from), limit);
      go(from, to - from, to);
      saw = looks?.() === 1;
      machine.setTime(to);
      machine.project();
      const trouble = machine.unsolved();
      if (trouble !== undefined) {
        begin.put();
        return trouble;
      }
      end.reached();
      return to;
    },
    show,
    settle: () => {},
    withdraw: begin.put,
    disturb: () => {},
    forget: () => {},
    adaptive: false,
    blurred: method === 'euler' ? Infinity : 1e-10,
    ...(looks === undefined ? {} : { sawBeyond: () => saw }),
  };
}

/** For systems without states: time alone goes on, in steps of at most `maxStep` s. */
export function timeStepper(machine: Machine, maxStep: number): Stepper {
  const begin = keep(machine);
  return {
    attempt: (limit) => {
      begin.take();
      const to = Math.min(limit, machine.time() + maxStep);
      machine.setTime(to);
      return to;
    },
    show: (t) => {
      begin.put();
      machine.setTime(t);
    },
    settle: () => {},
    withdraw: begin.put,
    disturb: () => {},
    forget: () => {},
    adaptive: true,
    blurred: 1e-6,
  };
}
