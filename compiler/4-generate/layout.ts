/**
 * FlatSystem → where everything lies in memory, and the manifest that says so.
 * The generated code and the interpreter both follow this plan. What changes while a twin runs comes first and in one
 * piece, so that saving is one copy; what can be recomputed comes after.
 */
import { tableCells } from './tables.ts';
import { DENSE_LIMIT, eliminationFor, solveBlocks } from '../ir/solve-blocks.ts';
import type { FlatCrossing, FlatSystem, FlatVariable, SolveBlock } from '../ir/flat-system.ts';
import type { FlatWindow } from '../ir/flat-expression.ts';
import type { Layout, Region } from '../../runtime/contract/layout.ts';
import type { Manifest } from '../../runtime/contract/manifest.ts';
import { count as elementCount } from '../../runtime/contract/elements.ts';
import { extents } from '../ir/loops.ts';
import type { WorkSize } from './integrate/work.ts';
import { carriesOutEvents } from './loop/eligible.ts';
import { locationCells } from './loop/locate.ts';
import { soundTicks } from './loop/sound.ts';
import { describePoles, manifestOf, offsets } from './manifest.ts';
import { planFlow } from './process/plan.ts';
import type { FlowPlan } from './process/plan.ts';
import { LISTED_BYTES } from './process/alike.ts';
import { LINE_BYTES, MOST_LINES } from './random/ahead.ts';
import type { AheadPlan } from './random/ahead.ts';
import { streamSize } from './random/index.ts';
import { windowCells } from './windows.ts';

export interface MemoryPlan {
  manifest: Manifest;
  /** Byte address of each variable's first element, by variable id. */
  addresses: number[];
  /** First byte of each parameter's, input's, discrete's and state's `given` flags, by variable id; 0 for others. */
  given: number[];
  /** Number of instances of each handler. */
  handlerInstances: number[];
  crossingOffsets: number[];
  poleOffsets: number[];
  scratch: Scratch;
  /** With the address of the first element's memory; `windowCells` says how much each has. */
  windows: (FlatWindow & { address: number })[];
  /** Where the machine of the process flow keeps its things. */
  flow?: FlowPlan;
}

/** Regions that only the generated code uses. */
export interface Scratch {
  /** One i32 for each element of what actions set: the handler that set it in this microstep, plus one. By variable id. */
  writers: Map<number, number>;
  /** Pending writes: i32 count, then entries of 16 bytes (i32 address of the cell, i32 address of its writer mark, f64 value). */
  pendingCount: number;
  pending: Region;
  /** Points of tables, which never change; by table. */
  tables: number[];
  /** Work of the step methods: the states that a step started from come first. */
  integrator: number;
  /** The states at the end of a step of which something else is shown. */
  end: number;
  /** Work of Newton's method: see solve.ts. */
  newton: number;
  /** Where iterations of the step loop's step start from. */
  loop: number;
  /** What an instant that the kernel carries out may change, as it was. */
  undo: number;
  /** Constants of the code. */
  constants: number;
  /** Numbers of steps that share their code. */
  listed: number;
  /** Numbers that were drawn ahead. */
  ahead?: AheadPlan;
}

const RUNTIME_CELLS = 64;
/** Room for constants of the code. */
export const CONSTANTS = 128;
/** Matrix, residuals and right side; unknowns at the start and before a step; where `scales` are set, step and Jacobian. */
function newtonCells(block: SolveBlock): number {
  const { unknowns, residuals, jacobian, scales } = block;
  const elimination = eliminationFor(block);
  return (
    matrixCells(block) +
    2 * (residuals.length + unknowns.length) +
    (scales || elimination ? unknowns.length + jacobian.length : 0) +
    (elimination?.slots ?? 0)
  );
}

/** A full matrix, where there is one. */
export const matrixCells = (block: SolveBlock): number =>
  eliminationFor(block) && block.unknowns.length > DENSE_LIMIT ? 0 : block.residuals.length ** 2;

const PAGE = 65536;
const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);

/** Instances of the crossings of a kind. */
const instancesOf = (
  system: FlatSystem,
  counts: readonly number[],
  is: (crossing: FlatCrossing) => boolean,
): number => system.crossings.reduce((total, crossing, id) => total + (is(crossing) ? counts[id]! : 0), 0);

/** `lists`: bytes of what never changes, behind the work. */
export function layOut(system: FlatSystem, work: WorkSize, lists: number): MemoryPlan {
  let end = 0;
  const align = (bytes: number): void => {
    if (bytes >= 512) end = Math.ceil(end / 64) * 64;
  };
  const take = (count: number, bytesEach = 8): Region => {
    align(count * bytesEach);
    const address = end;
    end += Math.ceil((count * bytesEach) / 8) * 8;
    return { address, count };
  };
  const addresses: number[] = system.variables.map(() => 0);
  const takeVariables = (role: FlatVariable['role']): Region => {
    // Algebraic variables follow the derivatives at once: what iterations start from is saved and put back as one.
    if (role !== 'algebraic')
      align(
        8 *
          system.variables
            .filter((variable) => variable.role === role)
            .reduce((total, variable) => total + elementCount(variable.dims), 0),
      );
    const address = end;
    let count = 0;
    system.variables.forEach((variable, id) => {
      if (variable.role !== role) return;
      addresses[id] = end;
      end += 8 * elementCount(variable.dims);
      count += elementCount(variable.dims);
    });
    return { address, count };
  };

  const time = take(1).address;
  const runtime = take(RUNTIME_CELLS).address;
  const states = takeVariables('state');
  const parameters = takeVariables('parameter');
  const inputs = takeVariables('input');
  const discretes = takeVariables('discrete');
  const handlerInstances = system.handlers.map((handler) => elementCount(extents(handler.loops)));
  const handlerCount = handlerInstances.reduce((a, b) => a + b, 0);
  const truths = take(handlerCount);
  const since = take(handlerCount);
  const ticks = take(handlerCount);
  const sensorCount = system.sensors.reduce((total, sensor) => total + elementCount(sensor.dims), 0);
  const samples = take(sensorCount);
  const sampleTimes = take(sensorCount);
  const streamCount = system.streams.reduce((total, { dims }) => total + elementCount(dims), 0);
  const streams = take(streamCount, streamSize);
  const windows = system.windows.map((window) => ({
    ...window,
    address: take(elementCount(window.dims) * windowCells(window.statistic, window.capacity)).address,
  }));
  const given = take(parameters.count + inputs.count + discretes.count + states.count, 1);
  const flow = system.flow && planFlow(system.flow, end);
  if (flow) end = flow.address + flow.bytes;
  const crossingCounts = system.crossings.map((crossing) => elementCount(extents(crossing.loops)));
  const kinkCount = instancesOf(system, crossingCounts, ({ kink }) => kink !== undefined);
  const [side, slack, greatest] = [0, 1, 2].map(() => take(kinkCount).address) as [number, number, number];
  const savedBytes = end;

  align(8 * states.count);
  const derivatives: Region = { address: end, count: states.count };
  for (const [id, variable] of system.variables.entries())
    if (variable.role === 'derivative' && variable.partner !== undefined)
      addresses[id] = derivatives.address + (addresses[variable.partner]! - states.address);
  end += derivatives.count * 8;
  const algebraics = takeVariables('algebraic');
  const crossings = take(crossingCounts.reduce((a, b) => a + b, 0));
  const located = {
    begin: take(crossings.count),
    before: take(crossings.count),
    time: take(1).address,
  };
  const first = crossings.count - kinkCount;
  const lying = (where: string): number =>
    instancesOf(system, crossingCounts, ({ kink }) => kink?.lies === where);
  const bending = first + lying('compared');
  const kinks = {
    first,
    bending,
    alone: bending + lying('both'),
    count: kinkCount,
    side,
    slack,
    greatest,
    value: take(kinkCount).address,
    size: take(kinkCount).address,
  };
  const absoluteTolerances = take(states.count);
  const status = take(3).address;
  const queue = take(Math.max(handlerCount, 1));

  const writers = new Map<number, number>();
  const written = new Set(
    system.handlers.flatMap((handler) => handler.actions.map((a) => a.target.variable)),
  );
  let writtenCount = 0;
  for (const id of [...written].sort((a, b) => a - b)) {
    const count = elementCount(system.variables[id]!.dims);
    writers.set(id, take(count, 4).address);
    writtenCount += count;
  }
  const pendingCount = take(1).address;
  const pending = take(Math.max(writtenCount, 1), 16);
  end = Math.ceil(end / 64) * 64;
  const integrator = end;
  end += work.bytes + Math.ceil(lists / 8) * 8;
  const newton = end;
  end += 8 * Math.max(0, ...solveBlocks(system).map(newtonCells));

  const loop = end;
  const events = carriesOutEvents(system);
  if (solveBlocks(system).length > 0) end += 8 * (derivatives.count + algebraics.count);
  if (events) end += 8 * locationCells(crossings.count);
  end = Math.ceil(end / 64) * 64;
  const undo = end;
  // As `keptRegions` says.
  if (events)
    end += 8 * (RUNTIME_CELLS + 3 * handlerCount + writtenCount) + (given.address - streams.address);

  const tables = system.tables.map((table) => {
    const address = end;
    end += 8 * tableCells(table);
    return address;
  });

  // Not in the layout proper: a saved state is the same with and without it.
  const passed = system.coverage && flow ? { address: end, count: flow.codeCount } : undefined;
  if (passed) end += 8 * Math.ceil(passed.count / 2);

  const constants = Math.ceil(end / 16) * 16;
  const listed = constants + 16 * CONSTANTS;
  end = listed + LISTED_BYTES * (flow?.codeCount ?? 0);
  const lines = Math.min(streamCount, MOST_LINES);
  end = Math.ceil(end / 16) * 16;
  const ahead =
    lines === 0
      ? undefined
      : { streams: streams.address, streamBytes: streamSize, lines: end, count: lines, of: streamCount };
  end += lines * LINE_BYTES;
  // Not in the layout proper either.
  const trusted = soundTicks(system).size > 0 ? take(system.handlers.length) : undefined;

  const poleCounts = system.poles.map(({ loops }) => elementCount(extents(loops)));
  const poles =
    poleCounts.length === 0 ? undefined : { ...take(sum(poleCounts)), begin: take(sum(poleCounts)).address };

  const givenOf = (variable: FlatVariable, address: number): number => {
    const before = {
      parameter: 0,
      input: parameters.count,
      discrete: parameters.count + inputs.count,
    } as const;
    switch (variable.role) {
      case 'parameter':
        return given.address + before.parameter + (address - parameters.address) / 8;
      case 'input':
        return given.address + before.input + (address - inputs.address) / 8;
      case 'discrete':
        return given.address + before.discrete + (address - discretes.address) / 8;
      case 'state':
        return given.address + before.discrete + discretes.count + (address - states.address) / 8;
      default:
        return 0;
    }
  };

  const layout: Layout = {
    savedBytes,
    pages: Math.ceil(end / PAGE) + 1,
    time,
    runtime,
    runtimeCells: RUNTIME_CELLS,
    states,
    parameters,
    inputs,
    discretes,
    truths,
    since,
    ticks,
    samples,
    sampleTimes,
    streams,
    streamBytes: streamSize,
    given,
    ...(flow ? { flow: { address: flow.address, count: flow.bytes } } : {}),
    ...(kinkCount === 0 ? {} : { kinks }),
    derivatives,
    algebraics,
    crossings,
    located,
    absoluteTolerances,
    status,
    queue,
  };
  return {
    manifest: {
      ...manifestOf(system, layout, addresses, handlerInstances, offsets(crossingCounts), flow),
      ...(trusted ? { trusted } : {}),
      ...(poles ? { poles: describePoles(system, poles, offsets(poleCounts)) } : {}),
      used: end,
      ...(states.count === 0 ? {} : { work: { before: integrator, spare: integrator + work.spare } }),
      ...(system.coverage ? { coverage: { ...system.coverage, ...(passed ? { passed } : {}) } } : {}),
    },
    addresses,
    given: system.variables.map((variable, id) => givenOf(variable, addresses[id]!)),
    handlerInstances,
    crossingOffsets: offsets(crossingCounts),
    poleOffsets: offsets(poleCounts),
    windows,
    scratch: {
      tables,
      writers,
      pendingCount,
      pending,
      integrator,
      end: integrator + work.spare,
      newton,
      loop,
      undo,
      constants,
      listed,
      ...(ahead ? { ahead } : {}),
    },
    ...(flow ? { flow } : {}),
  };
}
