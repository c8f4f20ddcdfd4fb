/**
 * The process flow within the run. Its events are carried out in the kernel, many a call. A coupled flow (something else reads
 * it between its events, or it reads what changes continuously) has each of its events end a step; any other runs freely: it is
 * taken to whatever time somebody looks at, and back again to the committed time, from a copy, when they look at an earlier one.
 */
import { isStopped, troubleOf } from './flow-trouble.ts';
import type { Stepper } from './solvers/integrate.ts';
import type { Machine } from './machine.ts';
import type { Trouble } from './trouble.ts';

export interface RunningFlow {
  /** Time of the next event that ends a step; Infinity where the flow runs freely, or nothing is to come. */
  next(): number;
  /** Carries out what is due by now: how many events, or what went wrong. */
  now(): number | Trouble;
  /** A step begins at the committed state. */
  begin(): void;
  /** A free flow's state at a time of the step in flight. What goes wrong on the way is told by `settle` alone. */
  show(time: number): void;
  /** What its start came upon. */
  begun(): Trouble | undefined;
  /** The time is to be the committed one. */
  settle(time: number): Trouble | undefined;
  /** Whether anything in memory moves with `show`. */
  readonly free: boolean;
}

/** The process flow of a twin; undefined where it has none. */
export function createFlow(machine: Machine): RunningFlow | undefined {
  const { manifest, kernel, bytes } = machine;
  const described = manifest.flow;
  const { flowNext, flowRun } = kernel;
  if (described === undefined || flowNext === undefined || flowRun === undefined) return undefined;
  const { layout } = manifest;
  const regions = [
    [layout.discretes.address, 8 * layout.discretes.count],
    [layout.inputs.address, 8 * layout.inputs.count],
    [layout.streams.address, layout.streamBytes * layout.streams.count],
    [layout.flow!.address, layout.flow!.count],
  ] as const;
  const kept = regions.map(([, size]) => new Uint8Array(described.coupled ? 0 : size));
  let keeps = false;
  let from = 0;
  let shown = 0;
  /** The flow was stopped on the way to the time shown. */
  let stopped = false;

  const carry = (until: number): number | Trouble => {
    const events = flowRun(until);
    return machine.unsolved() ?? (events < 0 ? troubleOf(machine) : events);
  };
  const back = (): void => {
    if (!keeps) return;
    regions.forEach(([address], at) => bytes.set(kept[at]!, address));
    shown = from;
    stopped = false;
  };
  const show = (time: number): number | Trouble => {
    if (time < shown || stopped) back();
    shown = Math.max(time, from);
    if (time <= from || flowNext() > time) return 0;
    if (!keeps) {
      regions.forEach(([address, size], at) => kept[at]!.set(bytes.subarray(address, address + size)));
      keeps = true;
    }
    const clock = machine.time();
    machine.setTime(from);
    const result = carry(time);
    machine.setTime(clock);
    stopped = typeof result !== 'number';
    return result;
  };

  return {
    free: !described.coupled,
    next: () => (described.coupled ? flowNext() : Infinity),
    now: () => carry(machine.time()),
    begin: () => {
      from = machine.time();
      shown = from;
      keeps = false;
      stopped = false;
    },
    show: (time) => {
      show(time);
    },
    begun: () => (isStopped(machine) ? troubleOf(machine) : undefined),
    settle: (time) => {
      // Of a coupled flow all is committed by the instants that it makes.
      if (described.coupled) return undefined;
      const result = show(time);
      if (typeof result === 'number') return undefined;
      back();
      return result;
    },
  };
}

/** A flow that runs freely is shown with the states. */
export const shownWith = (flow: RunningFlow, own: Stepper): Stepper => ({
  ...own,
  attempt: (limit) => {
    flow.begin();
    return own.attempt(limit);
  },
  ...(own.attemptAlong && {
    attemptAlong: (limit: number) => {
      flow.begin();
      return own.attemptAlong!(limit);
    },
  }),
  show: (t) => {
    own.show(t);
    flow.show(t);
  },
  withdraw: () => {
    flow.show(-Infinity);
    own.withdraw();
  },
});
