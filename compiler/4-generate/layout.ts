/**
 * FlatSystem → where everything lies in memory, and the manifest that says so.
 * The generated code and the interpreter both follow this plan. What changes while a twin runs comes first and in one
 * piece, so that saving is one copy; what can be recomputed comes after.
 */
import { loads } from '../ir/expressions.ts';
import { tableCells } from './tables.ts';
import { DENSE_LIMIT, eliminationFor, solveBlocks } from '../ir/solve-blocks.ts';
import type {
  FlatCrossing,
  FlatExpression,
  FlatHandler,
  FlatLoop,
  FlatSystem,
  FlatVariable,
  FlatWindow,
  FlatWidget,
  SolveBlock,
  StructureNode,
} from '../ir/flat-system.ts';
import type {
  Layout,
  Manifest,
  ManifestCalibration,
  ManifestExperiment,
  ManifestStructure,
  ManifestWidget,
  Region,
} from '../../runtime/contract/manifest.ts';
import { fingerprint } from './fingerprint.ts';
import { carriesOutEvents, ticksTogether } from './loop/eligible.ts';
import { locationCells } from './loop/locate.ts';
import { soundTicks } from './loop/sound.ts';
import { describeFlow } from './process/describe.ts';
import { planFlow } from './process/plan.ts';
import type { FlowPlan } from './process/plan.ts';
import { sparseFor } from './sparse.ts';
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
  /** Work of the step methods. */
  integrator: number;
  /** Work of Newton's method: see solve.ts. */
  newton: number;
  /** Where iterations of the step loop's step start from. */
  loop: number;
  /** What an instant that the kernel carries out may change, as it was. */
  undo: number;
  /** Constants of the code. */
  constants: number;
  /** Numbers that were drawn ahead. */
  ahead?: AheadPlan;
}

export const RUNTIME_CELLS = 64;
/** Room for constants of the code. */
export const CONSTANTS = 128;
/** Matrix, residuals and right side; unknowns at the start and before a step; where `scales` are set, step and Jacobian. */
export function newtonCells(block: SolveBlock): number {
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

/** Instances of the crossings of a kind. */
const instancesOf = (
  system: FlatSystem,
  counts: readonly number[],
  is: (crossing: FlatCrossing) => boolean,
): number => system.crossings.reduce((total, crossing, id) => total + (is(crossing) ? counts[id]! : 0), 0);

export const elementCount = (dims: readonly number[]): number =>
  dims.reduce((total, size) => total * size, 1);
export const loopDims = (loops: readonly FlatLoop[]): number[] => loops.map((loop) => loop.to - loop.from);

export function layOut(system: FlatSystem, integratorBytes: number): MemoryPlan {
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
  const handlerInstances = system.handlers.map((handler) => elementCount(loopDims(handler.loops)));
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
  const crossingCounts = system.crossings.map((crossing) => elementCount(loopDims(crossing.loops)));
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
  end += Math.ceil(integratorBytes / 8) * 8;
  const newton = end;
  end += 8 * Math.max(0, ...solveBlocks(system).map(newtonCells));

  const loop = end;
  const events = carriesOutEvents(system);
  if (solveBlocks(system).length > 0) end += 8 * (derivatives.count + algebraics.count);
  if (events) end += 8 * (states.count + locationCells(crossings.count));
  end = Math.ceil(end / 64) * 64;
  const undo = end;
  if (events) end += savedBytes;

  const tables = system.tables.map((table) => {
    const address = end;
    end += 8 * tableCells(table);
    return address;
  });

  // Not in the layout proper: a saved state is the same with and without it.
  const passed = system.coverage && flow ? { address: end, count: flow.codeCount } : undefined;
  if (passed) end += 8 * Math.ceil(passed.count / 2);

  const constants = Math.ceil(end / 16) * 16;
  end = constants + 16 * CONSTANTS;
  const lines = Math.min(streamCount, MOST_LINES);
  end = Math.ceil(end / 16) * 16;
  const ahead =
    lines === 0
      ? undefined
      : { streams: streams.address, streamBytes: streamSize, lines: end, count: lines, of: streamCount };
  end += lines * LINE_BYTES;
  // Not in the layout proper either.
  const trusted = soundTicks(system).size > 0 ? take(system.handlers.length) : undefined;

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
      used: end,
      ...(system.coverage ? { coverage: { ...system.coverage, ...(passed ? { passed } : {}) } } : {}),
    },
    addresses,
    given: system.variables.map((variable, id) => givenOf(variable, addresses[id]!)),
    handlerInstances,
    crossingOffsets: offsets(crossingCounts),
    windows,
    scratch: {
      tables,
      writers,
      pendingCount,
      pending,
      integrator,
      newton,
      loop,
      undo,
      constants,
      ...(ahead ? { ahead } : {}),
    },
    ...(flow ? { flow } : {}),
  };
}

function offsets(counts: readonly number[]): number[] {
  let next = 0;
  return counts.map((count) => {
    const offset = next;
    next += count;
    return offset;
  });
}

/** By variable set, in the order of `sets`: the element that each action of the handler has for it, if that is one. */
function elementsSet(system: FlatSystem, { actions }: FlatHandler): (number | null)[] {
  return [...new Set(actions.map((action) => action.target.variable))].map((variable) => {
    const elements = actions
      .filter(({ target }) => target.variable === variable)
      .map(({ target: { index } }) =>
        index.every((i) => typeof i === 'number') ? elementOf(system.variables[variable]!.dims, index) : null,
      );
    return new Set(elements).size === 1 ? elements[0]! : null;
  });
}

const elementOf = (dims: readonly number[], index: readonly number[]): number =>
  index.reduce((position, i, axis) => position * dims[axis]! + i, 0);

function guardedOf({ actions }: FlatHandler): { guarded?: number[] } {
  const guarded = new Set(
    actions.filter(({ guard }) => guard !== undefined).map((one) => one.target.variable),
  );
  return guarded.size === 0 ? {} : { guarded: [...guarded] };
}

/** Variables that an expression looks at, in order of appearance. */
const readBy = (expression: FlatExpression | undefined): number[] =>
  expression === undefined ? [] : [...new Set(loads(expression).map(({ load }) => load.variable))];

const firstOf = (loops: readonly FlatLoop[]): number[] => loops.map((loop) => loop.from + 1);

function manifestOf(
  system: FlatSystem,
  layout: Layout,
  addresses: readonly number[],
  handlerInstances: readonly number[],
  crossingOffsets: readonly number[],
  planned: FlowPlan | undefined,
): Manifest {
  const handlerOffsets = offsets(handlerInstances);
  const sensorOffsets = offsets(system.sensors.map((sensor) => elementCount(sensor.dims)));
  const sparse = sparseFor(system);
  const solves = solveBlocks(system).map(({ name, sources }) => ({ name, sources }));
  const variables = system.variables.map((variable, id) => ({
    name: variable.name,
    role: variable.role,
    base: variable.type.base,
    address: addresses[id]!,
    dims: variable.dims,
    quantity: variable.quantity,
    dimension: variable.type.dimension,
    unit: variable.unit,
    doc: variable.doc,
    ...(variable.low === undefined ? {} : { low: variable.low }),
    ...(variable.high === undefined ? {} : { high: variable.high }),
    ...(variable.lookedUp === undefined ? {} : { lookedUp: variable.lookedUp }),
    visible: variable.visible,
    ...(variable.kpi ? { kpi: true as const } : {}),
    ...(variable.exposure === 'private' ? { private: true as const } : {}),
    final: variable.final,
    ...(variable.labels === undefined ? {} : { labels: variable.labels }),
    ...(variable.driven === undefined ? {} : { driven: variable.driven }),
    source: variable.source,
  }));
  const handlers = system.handlers.map((handler, id) => ({
    kind: handler.kind,
    name: handler.name,
    dims: loopDims(handler.loops),
    first: firstOf(handler.loops),
    offset: handlerOffsets[id]!,
    edge: handler.edge,
    firesAtStart: handler.firesAtStart,
    hasDuration: handler.duration !== undefined,
    ...(handler.renewed ? { renewed: true as const } : {}),
    ...(ticksTogether(system, handler) ? { together: true as const } : {}),
    ...(handler.scheduled === undefined ? {} : { scheduled: handler.scheduled }),
    ...(handler.alarm === undefined ? {} : { alarm: handler.alarm }),
    ...(handler.yields === undefined ? {} : { yields: handler.yields }),
    ...(handler.elseOf === undefined ? {} : { elseOf: handler.elseOf }),
    ...(handler.restarts === undefined ? {} : { restarts: handler.restarts }),
    reads: readBy(handler.condition),
    sets: [...new Set(handler.actions.map((action) => action.target.variable))],
    setElements: elementsSet(system, handler),
    ...guardedOf(handler),
    source: handler.source,
  }));
  const sensors = system.sensors.map((sensor, id) => ({
    name: sensor.name,
    dims: sensor.dims,
    offset: sensorOffsets[id]!,
    measured: sensor.measured,
    predicted: sensor.predicted,
    stale: sensor.stale,
    hasPeriod: sensor.period !== undefined,
    hasNoise: sensor.noise !== undefined,
    ...(sensor.low === undefined ? {} : { low: sensor.low }),
    ...(sensor.high === undefined ? {} : { high: sensor.high }),
    quantity: sensor.quantity,
    unit: sensor.unit,
    doc: sensor.doc,
    source: sensor.source,
  }));
  const streamOffsets = offsets(system.streams.map(({ dims }) => elementCount(dims)));
  const streams = system.streams.map((stream, id) => ({ ...stream, offset: streamOffsets[id]! }));
  return {
    format: 'pollux-twin',
    formatVersion: 1,
    name: system.name,
    title: system.title,
    doc: system.doc,
    stateFingerprint: fingerprint({
      layout: { ...layout, pages: 0 },
      variables: variables.map(({ name, role, dims, address, dimension }) => [
        name,
        role,
        dims,
        address,
        dimension,
      ]),
      handlers: handlers.map(({ name, kind, dims }) => [name, kind, dims]),
      sensors: sensors.map(({ name, dims }) => [name, dims]),
      streams: streams.map(({ name, dims }) => [name, dims]),
      windows: system.windows,
    }),
    layout,
    variables,
    handlers,
    crossings: system.crossings.map(({ source }, id) => ({ offset: crossingOffsets[id]!, source })),
    alarms: system.alarms,
    ...(system.events.length === 0 ? {} : { events: system.events }),
    sensors,
    streams,
    probes: system.probes.map((probe) => ({
      text: probe.text,
      dims: loopDims(probe.loops),
      first: firstOf(probe.loops),
      base: probe.type.base,
      unit: probe.unit,
      ...(probe.labels === undefined ? {} : { labels: probe.labels }),
      ...(probe.private === true ? { private: true as const } : {}),
    })),
    solves,
    scenarios: system.scenarios.map(({ settings, drives, ...scenario }) => ({
      ...scenario,
      settings: settings.map(({ source: _, ...setting }) => setting),
      ...(drives.length === 0 ? {} : { drives: drives.map(({ source: _, ...drive }) => drive) }),
    })),
    tests: system.tests.map(({ chances, ...test }) => ({
      ...test,
      ...(chances.length === 0 ? {} : { chances }),
    })),
    ...(system.experiments.length === 0 ? {} : { experiments: experimentsIn(system) }),
    ...(system.calibrations.length === 0 ? {} : { calibrations: calibrationsIn(system) }),
    ...(system.flow ? { flow: describeFlow(system.flow, planned!) } : {}),
    ...(system.crossings.some(({ bends }) => bends) ? { bends: true as const } : {}),
    ...(system.delays.length > 0 ? { delays: system.delays.map(({ source }) => ({ source })) } : {}),
    ...(system.limits.length > 0 ? { limited: true as const } : {}),
    ...(system.projection.length > 0 ? { projects: true as const } : {}),
    ...(carriesOutEvents(system) ? { alone: true as const } : {}),
    ...(sparse ? { implicit: { unknowns: sparse.size, others: sparse.names } } : {}),
    views: system.views.map((view) => ({ ...view, widgets: view.widgets.map(widgetOf) })),
    ...(system.charts.length > 0 ? { modes: system.charts } : {}),
    bindings: system.bindings.map(({ target, type, ...binding }) => ({
      ...binding,
      base: type.base,
      target:
        target.kind === 'sensor'
          ? {
              kind: 'sensor' as const,
              sensor: target.sensor,
              instance: elementOf(system.sensors[target.sensor]!.dims, target.index),
            }
          : target.kind === 'command'
            ? {
                kind: 'command' as const,
                command: target.command,
                instance: elementOf(system.events[target.command]!.dims, target.index),
              }
            : target.kind === 'alarm'
              ? {
                  kind: 'alarm' as const,
                  alarm: target.alarm,
                  instance: elementOf(system.alarms[target.alarm]!.dims, target.index),
                }
              : target.kind === 'input'
                ? {
                    kind: 'input' as const,
                    variable: target.target.variable,
                    element: elementOf(
                      system.variables[target.target.variable]!.dims,
                      constants(target.target.index),
                    ),
                  }
                : target,
    })),
    structure: structureOf(system.structure),
  };
}

const experimentsIn = (system: FlatSystem): ManifestExperiment[] =>
  system.experiments.map(({ settings, factors, ...experiment }) => ({
    ...experiment,
    settings: settings.map(({ source: _, ...setting }) => setting),
    factors: factors.map(({ type, base, ...factor }) => ({
      ...factor,
      base: type.base,
      ...(base === undefined ? {} : { default: base }),
    })),
  }));

const calibrationsIn = (system: FlatSystem): ManifestCalibration[] =>
  system.calibrations.map(({ settings, parameters, compared, columns, ...calibration }) => ({
    ...calibration,
    settings: settings.map(({ source: _, ...setting }) => setting),
    parameters: parameters.map(({ type: _, ...parameter }) => parameter),
    compared: compared.map(({ of, ...one }) =>
      of.kind === 'probe'
        ? { ...one, of, dimension: system.probes[of.probe]!.type.dimension }
        : {
            ...one,
            of: {
              kind: 'sensor' as const,
              sensor: of.sensor,
              instance: elementOf(system.sensors[of.sensor]!.dims, of.index),
            },
            dimension: system.sensors[of.sensor]!.type.dimension,
          },
    ),
    columns: columns.map(({ index, ...column }) => ({
      ...column,
      element: elementOf(system.variables[column.variable]!.dims, index),
    })),
  }));

const constants = (index: readonly unknown[]): number[] =>
  index.map((i) => {
    if (typeof i !== 'number') throw new Error('a binding or slider needs constant indexes');
    return i;
  });

function widgetOf(widget: FlatWidget): ManifestWidget {
  switch (widget.kind) {
    case 'row':
    case 'column':
      return { ...widget, widgets: widget.widgets.map(widgetOf) };
    case 'slider': {
      const { target, low, high } = widget;
      return { kind: 'slider', variable: target.variable, index: constants(target.index), low, high };
    }
    default:
      return widget;
  }
}

function structureOf(node: StructureNode): ManifestStructure {
  return { ...node, children: node.children.map(structureOf) };
}
