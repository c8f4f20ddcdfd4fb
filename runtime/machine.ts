/**
 * A kernel's memory as typed views, and its evaluation with whatever may go wrong in it.
 * Views alias the memory: writing to one is writing the twin's state.
 */
import { Cell } from './contract/cells.ts';
import type { Kernel } from './contract/kernel.ts';
import { Status } from './contract/kernel.ts';
import type { Manifest, ManifestVariable } from './contract/manifest.ts';
import type { Region } from './contract/layout.ts';
import { count } from './contract/elements.ts';
import { elementName } from './names.ts';
import { noPast } from './solvers/past.ts';
import type { Past } from './solvers/past.ts';
import { noDelay, noDistribution, notFinite, notSolved, timeText } from './trouble.ts';
import type { Trouble } from './trouble.ts';
import { workOf } from './solvers/work.ts';
import type { Work } from './solvers/work.ts';

export { Cell };
export const CELLS = 27;

/** The memory of a kernel by what lies in it, and its functions. All views are of the same bytes. */
export interface Machine {
  readonly manifest: Manifest;
  readonly kernel: Kernel;
  /** Whole memory by f64 position: address / 8. */
  readonly numbers: Float64Array;
  /** SI; of an element of a variable. */
  read(variable: number, element: number): number;
  write(variable: number, element: number, value: number): void;
  readonly bytes: Uint8Array;
  readonly cells: Float64Array;
  readonly states: Float64Array;
  readonly derivatives: Float64Array;
  readonly algebraics: Float64Array;
  /** Derivatives and algebraic variables, which lie side by side: where iterations start from. */
  readonly iterated: Float64Array;
  readonly crossings: Float64Array;
  /** Their values at the start of a step, and one step earlier: see `Crossings`. */
  readonly located: { readonly begin: Float64Array; readonly before: Float64Array };
  readonly absoluteTolerances: Float64Array;
  readonly truths: Float64Array;
  readonly since: Float64Array;
  readonly ticks: Float64Array;
  readonly samples: Float64Array;
  readonly sampleTimes: Float64Array;
  readonly work: Work;
  /** Of the steps before, where a method uses it. */
  readonly past: Past;
  readonly status: Int32Array;
  readonly queue: Int32Array;
  /** Algebraic equations are solved by iteration, so where one starts from matters to the last bit. */
  readonly iterates: boolean;
  time(): number;
  setTime(time: number): void;
  /** Puts states that equations tie to each other back onto these, after a step or where something was set. */
  project(): void;
  /** Where such equations branch: states by time, before and after they were put back. */
  readonly projected: Map<number, readonly [before: Float64Array, after: Float64Array]>;
  /** Algebraic variables and derivatives for the time and states in memory. */
  evaluate(): Trouble | undefined;
  /** Not-finite states and algebraic variables, or equations that were not solved. Call after `evaluate`. */
  fault(): Trouble | undefined;
  /** Parameters, or with `start` also what only events set, that have no value; what sensors and statistics have not seen yet is no fault. */
  given(start: boolean): Trouble | undefined;
  /** Equations that were not solved since the last call, if any. */
  unsolved(): Trouble | undefined;
  /** Name of a sensor that has not measured yet, if any has not. */
  unmeasured(): string | undefined;
}

/** Views take longer to make than a short run: one run after another in one kernel has the same. Two at a time would share its memory anyway. */
const made = new WeakMap<Kernel, Machine>();

/** Views of the memory of a kernel by its manifest. Throws where the artefact has not as many cells as this runtime needs: another version made it. */
export function createMachine(manifest: Manifest, kernel: Kernel): Machine {
  const known = made.get(kernel);
  if (known?.manifest === manifest) {
    Object.assign(known.past, noPast());
    return known;
  }
  const machine = viewed(manifest, kernel);
  made.set(kernel, machine);
  return machine;
}

function viewed(manifest: Manifest, kernel: Kernel): Machine {
  const { layout } = manifest;
  if (layout.runtimeCells < CELLS)
    throw new Error(`The artefact offers ${layout.runtimeCells} runtime cells, not ${CELLS}.`);
  const memory = kernel.memory;
  const view = ({ address, count }: Region): Float64Array => new Float64Array(memory, address, count);
  const numbers = new Float64Array(memory, 0, Math.floor(memory.byteLength / 8));
  const states = view(layout.states);
  const derivatives = view(layout.derivatives);
  const algebraics = view(layout.algebraics);
  const sampleTimes = view(layout.sampleTimes);
  const status = new Int32Array(memory, layout.status, 5);
  const clock = layout.time / 8;
  const projected = new Map<number, readonly [Float64Array, Float64Array]>();

  const unsolved = (): Trouble | undefined => {
    if (status[0] === Status.historyFull) {
      const source = manifest.delays?.[status[1]!]?.source;
      status.fill(0);
      return {
        code: 'PX9050',
        message:
          `A delayed value has jumped too often by t = ${timeText(numbers[clock]!)} for its past to be remembered: some five hundred jumps within its delay are. ` +
          'Delay what the jumps are made of, or make the delay shorter.',
        time: numbers[clock]!,
        ...(source === undefined ? {} : { source }),
      };
    }
    if (status[0] === Status.noDelay) {
      const source = manifest.delays?.[status[1]!]?.source;
      status.fill(0);
      return noDelay(manifest, source, numbers[clock]!);
    }
    if (status[0] === Status.noDistribution) {
      const address = status[1]!;
      status.fill(0);
      return noDistribution(manifest, address, numbers[clock]!);
    }
    if (status[0] !== Status.noConvergence && status[0] !== Status.singular) return undefined;
    const [code, at, , row, isNone] = status;
    status.fill(0);
    return notSolved(
      manifest.solves[at!],
      { code: code!, row: row!, isNone: isNone! !== 0 },
      numbers[clock]!,
    );
  };

  const read = (variable: number, element: number): number =>
    numbers[manifest.variables[variable]!.address / 8 + element]!;

  const culprit = (region: Region, position: number): [number, number] => {
    const address = region.address + 8 * position;
    const holds = ({ address: first, dims }: ManifestVariable): boolean =>
      address >= first && address < first + 8 * dims.reduce((a, b) => a * b, 1);
    const id = manifest.variables.findIndex(holds);
    return [id, id < 0 ? 0 : (address - manifest.variables[id]!.address) / 8];
  };
  /** x − x is 0 for finite numbers only. */
  const bad = (values: Float64Array): boolean => {
    let sum = 0;
    for (let i = 0; i < values.length; i += 1) sum += values[i]! - values[i]!;
    return sum !== 0;
  };
  /** Statistics that have looked at nothing yet have no value; one of another follows it a tick later. */
  const awaited = manifest.variables.flatMap((variable) =>
    isAwaited(variable) ? [view({ address: variable.address, count: count(variable.dims) })] : [],
  );
  const faultIn = (values: Float64Array, region: Region, excused = false): Trouble | undefined => {
    if (!bad(values)) return undefined;
    const wrong = [...values.keys()].filter(
      (i) =>
        !Number.isFinite(values[i]) &&
        !(excused && manifest.variables[culprit(region, i)[0]]?.unmeasured === true),
    );
    // What looks up a table beyond its points is the reason for what follows from it; a condition in doubt follows from variables.
    const kindOf = (i: number): ManifestVariable | undefined => manifest.variables[culprit(region, i)[0]];
    const reason =
      wrong.find((i) => kindOf(i)?.lookedUp !== undefined) ??
      wrong.find((i) => kindOf(i)?.doubts === undefined);
    for (const i of reason === undefined ? wrong : [reason, ...wrong]) {
      const [id, element] = culprit(region, i);
      if (id >= 0) return notFinite(manifest, id, element, values[i]!, numbers[clock]!, read);
    }
    return undefined;
  };

  return {
    manifest,
    kernel,
    numbers,
    read,
    write: (variable, element, value) => {
      numbers[manifest.variables[variable]!.address / 8 + element] = value;
    },
    bytes: new Uint8Array(memory),
    cells: new Float64Array(memory, layout.runtime, layout.runtimeCells),
    states,
    derivatives,
    algebraics,
    iterated: new Float64Array(
      memory,
      layout.derivatives.address,
      layout.derivatives.count + layout.algebraics.count,
    ),
    crossings: view(layout.crossings),
    located: { begin: view(layout.located.begin), before: view(layout.located.before) },
    absoluteTolerances: view(layout.absoluteTolerances),
    truths: view(layout.truths),
    since: view(layout.since),
    ticks: view(layout.ticks),
    samples: view(layout.samples),
    sampleTimes,
    work: workOf(manifest, kernel),
    past: noPast(),
    status,
    queue: new Int32Array(memory, layout.queue.address, layout.queue.count * 2),
    iterates: manifest.solves.length > 0,
    time: () => numbers[clock]!,
    setTime: (time) => {
      numbers[clock] = time;
    },
    project:
      manifest.branching !== undefined
        ? () => {
            const before = states.slice();
            kernel.project();
            projected.set(numbers[clock]!, [before, states.slice()]);
          }
        : manifest.projects
          ? () => kernel.project()
          : () => {},
    projected,
    evaluate: () => {
      kernel.derivatives();
      kernel.outputs();
      return status[0] === 0 ? undefined : unsolved();
    },
    // What was computed from a sensor that has not measured yet has no value either, and that is no fault.
    fault: () => {
      const wrong = faultIn(states, layout.states);
      if (wrong !== undefined || (!bad(algebraics) && !bad(derivatives))) return wrong;
      const excused = bad(sampleTimes) || awaited.some(bad);
      return (
        faultIn(algebraics, layout.algebraics, excused) ?? faultIn(derivatives, layout.derivatives, excused)
      );
    },
    given: (start) => {
      for (const [id, { role, address, dims, visible, unmeasured }] of manifest.variables.entries()) {
        if (role !== 'parameter' && !(start && role === 'discrete' && visible && unmeasured !== true))
          continue;
        const elements = dims.reduce((a, b) => a * b, 1);
        for (let element = 0; element < elements; element += 1)
          if (Number.isNaN(numbers[address / 8 + element]!))
            return notFinite(manifest, id, element, NaN, numbers[clock]!, read);
      }
      return undefined;
    },
    unsolved,
    unmeasured: () => {
      const at = sampleTimes.findIndex(Number.isNaN);
      const sensor = manifest.sensors.findLast(({ offset }) => offset <= at);
      return sensor && elementName(sensor.name, sensor.dims, at - sensor.offset);
    },
  };
}

/** Whether it is remembered over time of what may not have been measured yet, or known of what is estimated: no number until it is. */
export const isAwaited = ({ unmeasured, role }: ManifestVariable): boolean =>
  unmeasured === true && role === 'discrete';

/** Name of one element of a variable. */
export const variableElement = (manifest: Manifest, variable: number, element: number): string => {
  const { name, dims } = manifest.variables[variable]!;
  return elementName(name, dims, element);
};
