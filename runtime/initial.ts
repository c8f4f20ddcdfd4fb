/** The state before the first instant; and which start values were moved onto the equations that tie states to each other. */
import { writeAbsoluteTolerances } from './solvers/adaptive.ts';
import { beginSides } from './events/sides.ts';
import { markGiven } from './events/given.ts';
import { FIXED_TOLERANCE } from './solvers/implicit.ts';
import type { Inputs } from './inputs.ts';
import { Cell } from './machine.ts';
import { elementAt } from './contract/elements.ts';
import type { Plan } from './plan.ts';
import type { Trouble } from './trouble.ts';
import { startStream } from './random/stream.ts';
import { variableText } from './describe.ts';
import type { RunEvent } from './describe.ts';
import type { Machine } from './machine.ts';
import { count } from './contract/elements.ts';
import { elementName } from './names.ts';

type Moved = Omit<RunEvent, 'id' | 'time' | 'microstep'>[];

/** What was given, defaults and start values, into memory. Returns what to log of states that could not start where they were said to. */
export function setInitial(machine: Machine, plan: Plan, inputs: Inputs | undefined): Moved {
  const { manifest, kernel } = machine;
  const { layout } = manifest;
  const { method } = plan;
  const give = (variable: number, element: number, value: number): void => {
    machine.write(variable, element, value);
    markGiven(machine, variable, element);
  };
  for (const { variable, index, value } of plan.settings) {
    const { dims } = manifest.variables[variable]!;
    if (index !== undefined) give(variable, elementAt(dims, index), value);
    else for (let element = 0; element < count(dims); element += 1) give(variable, element, value);
  }
  inputs?.values().forEach(({ variable, element, value }) => give(variable, element, value));
  for (const { variable, element, value } of plan.overrides) give(variable, element, value);
  const memory = new DataView(kernel.memory);
  for (const { name, dims, offset } of manifest.streams)
    for (let i = 0; i < count(dims); i += 1)
      startStream(
        memory,
        layout.streams.address + (offset + i) * layout.streamBytes,
        elementName(name, dims, i),
        plan.seed,
      );
  machine.since.fill(NaN);
  machine.sampleTimes.fill(NaN);
  machine.cells[Cell.lastCrossing] = -1;
  for (const { hasDuration, kind, offset, dims } of manifest.handlers)
    if (hasDuration && kind !== 'every') machine.ticks.fill(NaN, offset, offset + count(dims));
  kernel.parameters();
  kernel.start();
  inputs?.begin(plan.overrides);
  beginSides(machine, 'tolerance' in method ? method.tolerance : undefined);
  let moved: Moved = [];
  if (manifest.projects) {
    const given = machine.states.slice();
    machine.project();
    moved = movedStates(machine, given);
  }
  beginMemories(machine);
  kernel.flowStart?.(plan.warmUp ?? NaN);
  if (method.name !== 'rk4' && method.name !== 'euler')
    writeAbsoluteTolerances(machine, 'tolerance' in method ? method.tolerance : FIXED_TOLERANCE);
  rememberStart(machine);
  return moved;
}

/** A `hysteresis` of what starts beyond its limit is true from the start, for all that looks at it before conditions are. */
function beginMemories(machine: Machine): void {
  const { manifest, kernel, truths, queue, status, evaluate } = machine;
  const { handlers } = manifest;
  if (!handlers.some(({ begins }) => begins)) return;
  rememberStart(machine);
  const before = truths.slice();
  for (let changed = 1; changed > 0 && evaluate() === undefined;) {
    let listed: number;
    do {
      listed = kernel.detect(0);
      for (let i = 0; i < listed; i += 1) {
        const [which, instance] = [queue[2 * i]!, queue[2 * i + 1]!];
        if (handlers[which]!.begins && (instance & 1) === 1) kernel.fire(which, instance >> 1);
      }
    } while (listed > 0 && 2 * listed >= queue.length);
    changed = kernel.commit();
  }
  // What is wrong is told by whoever evaluates next; all other conditions count as false before the first instant.
  status.fill(0);
  for (const { begins, offset, dims } of handlers)
    if (!begins) truths.set(before.subarray(offset, offset + count(dims)), offset);
}

/** Delays of what is delayed, of that, and so on, as deep as anybody has them; two at least, for what reads its own past. */
const [LEAST_ROUNDS, MOST_ROUNDS] = [2, 8];

/** What is delayed has been before the start as it is now; what depends on that follows, and is evaluated. */
export function rememberStart({ manifest, kernel, evaluate }: Machine): Trouble | undefined {
  const { delays } = manifest;
  if (delays === undefined) return undefined;
  let trouble: Trouble | undefined;
  const rounds = Math.min(Math.max(delays.length, LEAST_ROUNDS), MOST_ROUNDS);
  for (let round = 0; round < rounds && trouble === undefined; round += 1) {
    evaluate();
    kernel.remember(0);
    trouble = evaluate();
  }
  return trouble;
}

/** Rounding, and what a tolerance of a run would not show. */
const SEEN = 1e-6;

/** What to log of it: `given` are the states before. */
function movedStates({ manifest, states }: Machine, given: Float64Array): Moved {
  const { address: base } = manifest.layout.states;
  return manifest.variables.flatMap((variable, id) => {
    if (variable.role !== 'state') return [];
    const first = (variable.address - base) / 8;
    return Array.from({ length: count(variable.dims) }, (_, element) => element).flatMap((element) => {
      const [from, to] = [given[first + element]!, states[first + element]!];
      const size = Math.max(Math.abs(from), Math.abs(to), Math.abs(variable.unit.factor) * SEEN);
      if (!(Math.abs(to - from) > SEEN * size)) return [];
      const name = elementName(variable.name, variable.dims, element);
      const [was, is] = [from, to].map((value) => variableText(manifest, id, value));
      return [
        {
          kind: 'event' as const,
          name,
          text: `starts at ${is} instead of ${was}: the equations that tie it to other states hold there`,
          severity: 'warning' as const,
          source: variable.source,
        },
      ];
    });
  });
}
