/**
 * FlatSystem → artefact: WebAssembly whose exports are the functions of `Kernel`, and the manifest.
 * Same input, same bytes. The module's only import is its memory.
 */
import { Cell } from '../../runtime/contract/cells.ts';
import type { Artefact, Manifest } from '../../runtime/contract/manifest.ts';
import type { FlatSystem } from '../ir/flat-system.ts';
import type { FlatTarget } from '../ir/flat-expression.ts';
import { stageLooks } from './beyond.ts';
import { evaluate } from './blocks.ts';
import type { Context } from './context.ts';
import { samplers } from './draws.ts';
import { routines } from './random/routine.ts';
import { specialFunctions } from './random/special.ts';
import { windowRoutines } from './windows.ts';
import { elementary } from './elementary/index.ts';
import { sides } from './sides.ts';
import { choice, commit, crossings, detect, fire, valueOf, watch } from './events.ts';
import { recaller, rememberAll } from './delays.ts';
import { limit } from './limits.ts';
import { poles, polesPassed } from './poles.ts';
import { integrators } from './integrate/index.ts';
import { stepLoops } from './loop/index.ts';
import { alike } from './beside.ts';
import { sampleAll } from './loop/offered.ts';
import type { Integration } from './integrate/index.ts';
import { workSize } from './integrate/work.ts';
import { implicitBytes, implicitSteps, implicitVector } from './integrate/implicit.ts';
import type { ImplicitSteps } from './integrate/implicit.ts';
import { CONSTANTS, layOut } from './layout.ts';
import type { MemoryPlan } from './layout.ts';
import { linearBytes, linearFunctions, linearListBytes, linearPlaces } from './linear.ts';
import { sparseFor } from './sparse.ts';
import { solvers } from './newton.ts';
import { processFlow } from './process/index.ts';
import { replicas } from './replicas/index.ts';
import { measurementError } from './sensors.ts';
import { lookups } from './tables.ts';
import { ModuleBuilder, run } from './wasm/index.ts';
import type { FunctionHandle } from './wasm/index.ts';

/** The same system gives the same bytes. */
export function generate(system: FlatSystem): Artefact {
  const context = contextOf(system);
  const { module, manifest } = assemble(context);
  return { manifest, wasm: module.encode({ names: true }) };
}

/** The generated code as text, with the modeller's names as comments: for people and golden tests. */
export function printGenerated(system: FlatSystem): string {
  return assemble(contextOf(system)).module.print();
}

/** Where everything is in memory; also for the interpreter, which runs in the same layout. */
export function planOf(system: FlatSystem): MemoryPlan {
  const plan = layOut(system, sizeOfWork(system), listBytes(system));
  const sparse = sparseFor(system);
  const { implicit } = plan.manifest;
  if (!sparse || !implicit) return plan;
  const first = plan.scratch.integrator;
  const stateCount = stateCountOf(system);
  const matrix = {
    entries: { address: first + implicitBytes(stateCount, sparse.size), count: sparse.entries },
    vector: implicitVector(first, stateCount),
  };
  return { ...plan, manifest: { ...plan.manifest, implicit: { ...implicit, matrix } } };
}

/** One method at a time works there; the lists of a matrix lie behind all. */
const sizeOfWork = (system: FlatSystem) => workSize(stateCountOf(system), matrixBytes(system));

function listBytes(system: FlatSystem): number {
  const sparse = sparseFor(system);
  return sparse ? linearListBytes(sparse) : 0;
}

/** Of implicit methods, whose matrix lies behind what they work in. */
function matrixBytes(system: FlatSystem): number {
  const sparse = sparseFor(system);
  return sparse ? implicitBytes(stateCountOf(system), sparse.size) + linearBytes(sparse) : 0;
}

function stateCountOf(system: FlatSystem): number {
  return system.variables
    .filter((variable) => variable.role === 'state')
    .reduce((total, { dims }) => total + dims.reduce((a, b) => a * b, 1), 0);
}

function contextOf(system: FlatSystem): Context {
  const module = new ModuleBuilder();
  const plan = planOf(system);
  module.keepConstants(plan.scratch.constants, CONSTANTS);
  const math = elementary(module);
  const own = routines(module, math, specialFunctions + windowRoutines);
  const parts = {
    module,
    system,
    plan,
    dims: system.variables.map((variable) => variable.dims),
    elementary: math,
    routines: own,
    samplers: samplers(module, math, plan, own),
    recall: recaller(module),
    delays: system.delays,
    lookups: lookups(module, system.tables, plan.scratch.tables),
    text: nameOf(system),
  };
  return { ...parts, solver: solvers(parts) };
}

/** The machine of a system with processes, as functions that are not yet emitted: the interpreter walks them. */
export const flowMachine = (system: FlatSystem) => processFlow(contextOf(system), false);

function assemble(context: Context): { module: ModuleBuilder; manifest: Manifest } {
  const { module, system, plan } = context;
  const { layout } = plan.manifest;
  module.importMemory(layout.pages);
  const derivatives = evaluate(context, 'derivatives', system.dynamics);
  const looks = stageLooks(context);
  const integration: Integration = {
    stateCount: layout.states.count,
    addresses: {
      time: layout.time,
      x: layout.states.address,
      dx: layout.derivatives.address,
      scratch: plan.scratch.integrator,
      absTol: layout.absoluteTolerances.address,
    },
    derivatives,
    looks,
  };
  const steps = integrators(module, integration);
  const implicit = implicitOf(context, integration);
  const followed = poles(context);
  const functions = {
    parameters: evaluate(context, 'parameters', system.parameters, { unlessGiven: true }),
    start: started(context),
    derivatives,
    outputs: evaluate(context, 'outputs', system.outputs),
    project: evaluate(context, 'project', system.projection),
    crossings: crossings(context),
    ...(layout.kinks === undefined ? {} : { sides: sides(context, layout.kinks) }),
    ...(followed === undefined ? {} : { poles: followed }),
    detect: detect(context),
    fire: fire(context),
    commit: commit(context),
    limit: limit(context),
    remember: rememberAll(context),
    interval: choice(
      context,
      'interval',
      'handler',
      system.handlers.map((handler) => ({
        name: handler.name,
        loops: handler.loops,
        value: valueOf(handler.duration ?? handler.period),
      })),
    ),
    phase: choice(
      context,
      'phase',
      'handler',
      system.handlers.map(({ name, loops, offset }) => ({ name, loops, value: valueOf(offset) })),
    ),
    samplePeriod: choice(
      context,
      'samplePeriod',
      'sensor',
      system.sensors.map((sensor) => ({
        name: sensor.name,
        loops: sensor.loops,
        value: valueOf(sensor.period),
      })),
    ),
    predict: choice(
      context,
      'predict',
      'sensor',
      system.sensors.map((sensor) => ({
        name: sensor.name,
        loops: sensor.loops,
        value: valueOf(sensor.target),
      })),
    ),
    noise: measurementError(context),
    probe: choice(
      context,
      'probe',
      'probe',
      system.probes.map((probe) => ({ name: probe.text, loops: probe.loops, value: valueOf(probe.value) })),
    ),
    rk4: steps.rk4,
    euler: steps.euler,
    tsit5Try: steps.tsit5Try,
    tsit5Interpolate: steps.tsit5Interpolate,
    tsit5Restore: steps.tsit5Restore,
    ...implicit,
    ...(looks === undefined ? {} : { sawBeyond: looks.saw }),
    ...(system.flow ? processFlow(context).functions : {}),
  };
  const sampled = sampleAll(context);
  const beside = alike(context);
  const loops = stepLoops(context, {
    ...functions,
    steps,
    implicit,
    watch: watch(context),
    poles: followed && polesPassed(context, followed),
    looks,
  });
  const sideBySide = replicas(context, functions.derivatives, functions.outputs, followed);
  for (const [name, made] of Object.entries({
    ...functions,
    ...(sampled === undefined ? {} : { sampleAll: sampled }),
    ...(beside === undefined ? {} : { alike: beside }),
    ...loops,
    ...sideBySide?.functions,
  }))
    module.export(name, made);
  const { manifest } = plan;
  return {
    module,
    manifest: sideBySide === undefined ? manifest : { ...manifest, replicas: sideBySide.manifest },
  };
}

/** Steps of implicit methods, where the system has a matrix for them. */
function implicitOf(context: Context, integration: Integration): Partial<ImplicitSteps> {
  const { system, module } = context;
  const sparse = sparseFor(system);
  if (!sparse) return {};
  const { addresses, stateCount } = integration;
  const places = linearPlaces(
    sparse,
    addresses.scratch + implicitBytes(stateCount, sparse.size),
    addresses.scratch + sizeOfWork(system).bytes,
  );
  const { delays, byTime } = system.linear!;
  const { runtime } = context.plan.manifest.layout;
  return implicitSteps(module, {
    ...integration,
    linear: linearFunctions(context, sparse, places),
    unknowns: sparse.size,
    byTime: places.byTime,
    blur: { tolerances: runtime + 8 * Cell.blur, relative: runtime + 8 * Cell.blurRelative },
    timed: delays ? 'differences' : byTime.length > 0,
  });
}

/** Start values that were not given, and then what holds at the start besides. */
function started(context: Context): FunctionHandle {
  const { module, system } = context;
  const values = evaluate(context, 'start', system.start, { unlessGiven: true });
  const more = [...system.guesses, ...system.initial];
  if (more.length === 0) return values;
  const both = module.function('start and solve', {});
  both.body = [run(values), run(evaluate(context, 'initially', more))];
  return both;
}

/** `pump[i].power`: the modeller's name with loop variables and one-based numbers. */
function nameOf(system: FlatSystem): (target: FlatTarget) => string {
  return ({ variable, index }) => {
    if (index.length === 0) return system.variables[variable]!.name;
    const written = index.map((i) => {
      if (typeof i === 'number') return `${i + 1}`;
      if (i.offset === 0) return i.loop;
      return `${i.loop} ${i.offset < 0 ? '-' : '+'} ${Math.abs(i.offset)}`;
    });
    let next = 0;
    return system.variables[variable]!.name.replaceAll('[]', () => `[${written[next++]}]`);
  };
}
