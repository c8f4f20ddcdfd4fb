/** What the runtime and everybody else is told of a system: its manifest. */
import { loads, some } from '../ir/expressions.ts';
import type { SourceRange } from '../model/source.ts';
import { solveBlocks } from '../ir/solve-blocks.ts';
import type { FlatExpression, FlatLoop } from '../ir/flat-expression.ts';
import type { FlatHandler, FlatBinding, FlatSystem } from '../ir/flat-system.ts';
import type { FlatWidget, StructureNode } from '../ir/flat-shown.ts';
import type { Layout } from '../../runtime/contract/layout.ts';
import type { Manifest, ManifestBinding, ManifestPoles } from '../../runtime/contract/manifest.ts';
import type { ManifestCalibration, ManifestExperiment } from '../../runtime/contract/studies.ts';
import type { ManifestStructure, ManifestWidget } from '../../runtime/contract/shown.ts';
import { count as elementCount, elementAt } from '../../runtime/contract/elements.ts';
import { extents } from '../ir/loops.ts';
import { fingerprint } from './fingerprint.ts';
import { carriesOutEvents, ticksTogether } from './loop/eligible.ts';
import { describeFlow } from './process/describe.ts';
import type { FlowPlan } from './process/plan.ts';
import type { Sparse } from '../ir/sparse.ts';
import type { SparseRows } from '../ir/sparse-rows.ts';
import { sparseFor } from './sparse.ts';
import { unmeasured } from '../ir/unmeasured.ts';

/** How a saved state is written (runtime/snapshot.ts): those of another edition are refused. */
const EDITION = 3;

/** By variable set, in the order of `sets`: the element that each action of the handler has for it, if that is one. */
function elementsSet(system: FlatSystem, { actions }: FlatHandler): (number | null)[] {
  return [...new Set(actions.map((action) => action.target.variable))].map((variable) => {
    const elements = actions
      .filter(({ target }) => target.variable === variable)
      .map(({ target: { index } }) =>
        index.every((i) => typeof i === 'number') ? elementAt(system.variables[variable]!.dims, index) : null,
      );
    return new Set(elements).size === 1 ? elements[0]! : null;
  });
}

function guardedOf({ actions }: FlatHandler): { guarded?: number[] } {
  const guarded = new Set(
    actions.filter(({ guard }) => guard !== undefined).map((one) => one.target.variable),
  );
  return guarded.size === 0 ? {} : { guarded: [...guarded] };
}

/** Variables that an expression looks at, in order of appearance. */
const readBy = (expression: FlatExpression | undefined): number[] =>
  expression === undefined ? [] : [...new Set(loads(expression).map(({ load }) => load.variable))];

/** Where the first of each lies, one after another. */
export function offsets(counts: readonly number[]): number[] {
  let next = 0;
  return counts.map((count) => {
    const offset = next;
    next += count;
    return offset;
  });
}

const firstOf = (loops: readonly FlatLoop[]): number[] => loops.map((loop) => loop.from + 1);

/**
 * Of an implicit step to an explicit one, in steps: the factors, at some 0.5 ns an operation, and eight solutions, at some 1 ns, to six stages of some
 * 6 ns a state.
 */
const costOf = ({ states }: Sparse, { operations, columns }: SparseRows): number =>
  Math.round((0.5 * operations + 8 * columns.length) / (36 * states));

/** What people are told of poles. `at`: where their values lie. */
export const describePoles = (
  system: FlatSystem,
  at: Omit<ManifestPoles, 'kinds'>,
  poleOffsets: readonly number[],
): ManifestPoles => ({
  ...at,
  kinds: system.poles.map(({ loops, divisor, holes, of, source }, id) => ({
    offset: poleOffsets[id]!,
    dims: extents(loops),
    first: firstOf(loops),
    divisor,
    ...(holes === undefined ? {} : { holes }),
    of: {
      variable: of.variable,
      index: of.index.map((one) =>
        typeof one === 'number'
          ? one
          : { loop: loops.findIndex(({ variable }) => variable === one.loop), offset: one.offset },
      ),
    },
    source,
  })),
});

/** What is where, and what it means: all that a runtime knows of a model. */
export function manifestOf(
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
  const missing = unmeasured(system);
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
    ...(variable.divisors === undefined ? {} : { divisors: variable.divisors }),
    ...(variable.doubts === undefined ? {} : { doubts: true as const }),
    ...(missing.has(id) ? { unmeasured: true as const } : {}),
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
    dims: extents(handler.loops),
    first: firstOf(handler.loops),
    offset: handlerOffsets[id]!,
    edge: handler.edge,
    firesAtStart: handler.firesAtStart,
    hasDuration: handler.duration !== undefined,
    ...(handler.renewed ? { renewed: true as const } : {}),
    ...(handler.turn === undefined ? {} : { turn: handler.turn }),
    ...(ticksTogether(system, handler) ? { oneCount: true as const } : {}),
    ...(handler.scheduled === undefined ? {} : { scheduled: handler.scheduled }),
    ...(handler.alarm === undefined ? {} : { alarm: handler.alarm }),
    ...(handler.yields === undefined ? {} : { yields: handler.yields }),
    ...(handler.elseOf === undefined ? {} : { elseOf: handler.elseOf }),
    ...(handler.restarts === undefined ? {} : { restarts: handler.restarts }),
    ...(handler.begins === undefined ? {} : { begins: handler.begins }),
    ...(handler.ofLooks === undefined ? {} : { ofLooks: handler.ofLooks }),
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
  const branching = branchingIn(system);
  const streamOffsets = offsets(system.streams.map(({ dims }) => elementCount(dims)));
  const streams = system.streams.map((stream, id) => ({ ...stream, offset: streamOffsets[id]! }));
  return {
    format: 'pollux-twin',
    formatVersion: 1,
    name: system.name,
    title: system.title,
    doc: system.doc,
    stateFingerprint: fingerprint({
      edition: EDITION,
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
    crossings: system.crossings.map(({ turnedBy, source }, id) => ({
      offset: crossingOffsets[id]!,
      ...(turnedBy === undefined ? {} : { turnedBy }),
      source,
    })),
    alarms: system.alarms,
    ...(system.events.length === 0 ? {} : { events: system.events }),
    sensors,
    streams,
    probes: system.probes.map((probe) => ({
      text: probe.text,
      dims: extents(probe.loops),
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
    ...(branching.length > 0 ? { branching } : {}),
    ...(carriesOutEvents(system) ? { alone: true as const } : {}),
    ...(sparse
      ? {
          implicit: {
            unknowns: sparse.size,
            others: sparse.names,
            ...(sparse.rows ? { cost: costOf(sparse, sparse.rows) } : {}),
          },
        }
      : {}),
    views: system.views.map((view) => ({ ...view, widgets: view.widgets.map(widgetOf) })),
    ...(system.estimator === undefined ? {} : { estimator: system.estimator }),
    ...(system.charts.length > 0 ? { modes: system.charts } : {}),
    bindings: system.bindings.map(({ target, type, ...binding }) => ({
      ...binding,
      base: type.base,
      target: boundTo(system, target),
    })),
    structure: structureOf(system.structure),
  };
}

/** What a binding brings or takes, by places in memory. */
function boundTo(system: FlatSystem, target: FlatBinding['target']): ManifestBinding['target'] {
  switch (target.kind) {
    case 'sensor': {
      const { sensor, index } = target;
      return { kind: 'sensor', sensor, instance: elementAt(system.sensors[sensor]!.dims, index) };
    }
    case 'command': {
      const { command, index } = target;
      return { kind: 'command', command, instance: elementAt(system.events[command]!.dims, index) };
    }
    case 'alarm': {
      const { alarm, index } = target;
      return { kind: 'alarm', alarm, instance: elementAt(system.alarms[alarm]!.dims, index) };
    }
    case 'input': {
      const { variable, index } = target.target;
      return {
        kind: 'input',
        variable,
        element: elementAt(system.variables[variable]!.dims, constants(index)),
      };
    }
    case 'probe':
      return target;
  }
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
              instance: elementAt(system.sensors[of.sensor]!.dims, of.index),
            },
            dimension: system.sensors[of.sensor]!.type.dimension,
          },
    ),
    columns: columns.map(({ index, ...column }) => ({
      ...column,
      element: elementAt(system.variables[column.variable]!.dims, index),
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

/** Functions that jump where what they are of changes. */
const JUMPS: ReadonlySet<string> = new Set(['sign', 'floor', 'ceil', 'round', 'trunc', 'mod', 'atan2']);

/** Equations between states that branch by what changes within steps: at an event states are put onto them anew. */
function branchingIn({ projection, variables }: FlatSystem): SourceRange[] {
  const changes = (one: FlatExpression): boolean =>
    some(one, (node) => {
      if (node.kind !== 'load') return node.kind === 'time' || node.kind === 'local';
      const { role, driven } = variables[node.variable]!;
      return role === 'state' || role === 'algebraic' || role === 'derivative' || driven?.line !== undefined;
    });
  const branches = (node: FlatExpression): boolean =>
    node.kind === 'conditional'
      ? changes(node.condition)
      : node.kind === 'call' && JUMPS.has(node.function) && node.arguments.some(changes);
  return projection.flatMap(({ residuals, sources }) =>
    sources.filter((_, row) => some(residuals[row]!, branches)),
  );
}
