/**
 * A system → the same with the derivatives of what matters by what is chosen, as ordinary variables and equations beside
 * its own (forward sensitivities): for x' = f(x, p) also s' = ∂f/∂x s + ∂f/∂p. All directions share the equations, in a loop
 * of their own, so arrays stay loops and the work of compiling does not grow with what is chosen.
 */
import type {
  Block,
  FlatHandler,
  FlatProbe,
  FlatSystem,
  FlatVariable,
  ProbeId,
  SolveBlock,
  VariableId,
} from '../../ir/flat-system.ts';
import type { FlatExpression, FlatIndex, FlatLoop } from '../../ir/flat-expression.ts';
import type { FlatReport, FlatScenario } from '../../ir/flat-studies.ts';
import type { SourceRange } from '../../model/source.ts';
import { elements, whole } from '../box.ts';
import { directional } from './directional.ts';
import type { Directions } from './directional.ts';
import { plainOf } from './rates.ts';
import { coefficientOf, rolledSlopes } from './rolled-slopes.ts';
import { activeIn, firstJump, handlersIn } from './smoothness.ts';
import { eventSlopes } from './event-slopes.ts';
import type { EventSlopes } from './event-slopes.ts';
import { choose, divide, subtract } from '../algebra/simplify.ts';
import { switched } from './switches.ts';
import { number } from '../../ir/expressions.ts';

type Setting = FlatScenario['settings'][number];

/** By what the system is differentiated, and what of it. */
export interface Asked {
  scenario?: number;
  /** What is set before the start, that of the scenario included: it does not move. */
  settings: readonly Setting[];
  /** What each direction moves, and how far. */
  directions: readonly {
    targets: readonly { variable: VariableId; index?: number[] }[];
    size: number;
    source: SourceRange;
  }[];
  probes: readonly ProbeId[];
}

export interface Sensitivities {
  system: FlatSystem;
  /** What is set besides: where the directions point. */
  settings: Setting[];
  /** By probe, what its derivatives are taken from. */
  slopes: ReadonlyMap<ProbeId, NonNullable<FlatReport['slopes']>>;
  /** Variables that move and matter. */
  active: ReadonlySet<VariableId>;
}

/** In words why there are none, after “because”. */
export interface NotSmooth {
  because: string;
}

const LOOP = 'direction';

export function sensitivitiesOf(written: FlatSystem, asked: Asked): Sensitivities | NotSmooth {
  const { scenario, directions, probes } = asked;
  const chosen = new Set(directions.flatMap(({ targets }) => targets.map(({ variable }) => variable)));
  const found = switched(written, activeIn(written, chosen, probes, scenario), scenario);
  if ('because' in found) return found;
  const { system, switches } = found;
  const among = activeIn(system, chosen, probes, scenario);
  const because = firstJump(system, among, probes, scenario);
  if (because !== undefined) return { because };
  const active = among.variables;
  const count = directions.length;
  const variables = [...system.variables];
  const slopes = new Map<VariableId, VariableId>();
  for (const id of active) {
    const of = system.variables[id]!;
    if (of.type.base !== 'number') continue;
    slopes.set(id, variables.push(slopeVariable(of, count, nominalOf(system, id))) - 1);
  }
  for (const [id, slope] of slopes) {
    const { partner } = system.variables[id]!;
    const own = partner === undefined ? undefined : slopes.get(partner);
    if (own !== undefined) variables[slope] = { ...variables[slope]!, partner: own };
  }
  const loop: FlatLoop = { variable: LOOP, from: 0, to: count };
  const along = (at: FlatIndex): Directions => ({ slopeOf: (id) => slopes.get(id), at });
  const all = along({ loop: LOOP, offset: 0 });
  const d = (expression: FlatExpression): FlatExpression => directional(expression, all);

  const slopeBlock = (block: Block, rolls: boolean): Block[] => {
    if (block.kind === 'solve') {
      const slope = solveSlopes(block, slopes, loop, d);
      return slope === undefined ? [] : [slope];
    }
    const variable = slopes.get(block.target.variable);
    if (variable === undefined) return [];
    const index = [...block.target.index, { loop: LOOP, offset: 0 }];
    const rolled =
      rolls && count > 1
        ? rolledSlopes(block, all, (dims) => {
            const of = system.variables[block.target.variable]!;
            return variables.push(coefficientOf(of, dims, variables.length)) - 1;
          })
        : undefined;
    const value = rolled === undefined ? d(block.value) : rolled.value;
    return [
      ...(rolled?.blocks ?? []),
      { ...block, loops: [...block.loops, loop], target: { variable, index }, value },
    ];
  };
  const withSlopes = (blocks: readonly Block[], rolls: boolean): Block[] =>
    blocks.flatMap((block) => [block, ...slopeBlock(block, rolls)]);
  const solves = (blocks: readonly SolveBlock[]): SolveBlock[] =>
    blocks.flatMap((block) => [block, solveSlopes(block, slopes, loop, d) ?? []].flat());

  const parameters = withSlopes(system.parameters, false);
  const start = withSlopes(system.start, false);
  const dynamics = withSlopes(system.dynamics, true);
  const outputs = withSlopes(system.outputs, true);
  const events =
    switches.length === 0
      ? undefined
      : eventSlopes({
          system,
          switches,
          slopes,
          matters: among.matters,
          directions: count,
          scenario,
          first: variables.length,
          watched: probes.map((id) => system.probes[id]!.value),
        });
  if (events !== undefined && 'because' in events) return events;
  const firing = new Set(handlersIn(system, scenario));
  const handlers = system.handlers.map((handler): FlatHandler => {
    if (!firing.has(handler)) return handler;
    const actions = handler.actions.flatMap((action) => {
      const variable = slopes.get(action.target.variable);
      if (variable === undefined) return [];
      return directions.map((_, at) => ({
        ...action,
        target: { variable, index: [...action.target.index, at] },
        value: directional(action.value, along(at)),
      }));
    });
    return actions.length === 0 ? handler : { ...handler, actions: [...handler.actions, ...actions] };
  });
  const observed = slopeProbes(system.probes, probes, loop, d, events);
  return {
    system: {
      ...system,
      variables: [...variables, ...(events?.variables ?? [])],
      parameters,
      start: [...start, ...(events?.start ?? [])],
      dynamics,
      outputs: [...outputs, ...(events?.outputs ?? [])],
      projection: solves(system.projection),
      initial: solves(system.initial),
      handlers: events?.handlers ?? handlers,
      probes: observed.list,
      tests: [],
      experiments: [],
      calibrations: [],
      views: [],
      bindings: [],
    },
    settings: pointing(asked, system, slopes),
    slopes: observed.slopes,
    active,
  };
}

/** Probes of the derivatives, with an index more; with events also of how fast the value changes, and how the last event moves. */
function slopeProbes(
  own: readonly FlatProbe[],
  asked: readonly ProbeId[],
  loop: FlatLoop,
  d: (expression: FlatExpression) => FlatExpression,
  events: EventSlopes | undefined,
): { list: FlatProbe[]; slopes: Map<ProbeId, NonNullable<FlatReport['slopes']>> } {
  const list = [...own];
  const slopes = new Map<ProbeId, NonNullable<FlatReport['slopes']>>();
  for (const id of asked) {
    const { labels: _, ...probe } = own[id]!;
    const seen = (text: string, loops: FlatLoop[], value: FlatExpression): ProbeId =>
      list.push({ ...probe, text: `${text} of ${probe.text}`, loops, value }) - 1;
    const all = [...probe.loops, loop];
    if (events === undefined) {
      slopes.set(id, { probe: seen('slope', all, d(probe.value)) });
      continue;
    }
    const { lost, at, shift, rateOf } = events;
    const load = (variable: VariableId, index: FlatIndex[] = []): FlatExpression => ({
      kind: 'load',
      variable,
      index,
    });
    const live: FlatExpression = { kind: 'binary', operator: '==', left: load(at), right: { kind: 'time' } };
    slopes.set(id, {
      // No number where events came so that the derivatives are lost.
      probe: seen('slope', all, divide(d(probe.value), subtract(number(1), load(lost)))),
      rate: seen('rate', probe.loops, rateOf(probe.value)),
      shift: seen('shift', [loop], choose(live, load(shift, [{ loop: LOOP, offset: 0 }]), number(0))),
    });
  }
  return { list, slopes };
}

/** The equations of the unknowns' derivatives are linear, with the matrix that the unknowns' own have at the solution. */
function solveSlopes(
  block: SolveBlock,
  slopes: ReadonlyMap<VariableId, VariableId>,
  loop: FlatLoop,
  d: (expression: FlatExpression) => FlatExpression,
): SolveBlock | undefined {
  if (!block.unknowns.some(({ variable }) => slopes.has(variable))) return undefined;
  return {
    ...block,
    loops: [...block.loops, loop],
    unknowns: block.unknowns.map(({ variable, index }) => ({
      variable: slopes.get(variable)!,
      index: [...index, { loop: LOOP, offset: 0 }],
    })),
    residuals: block.residuals.map(d),
    name: `slopes of ${block.name}`,
  };
}

/** What a state starts with, where the text has it as a number: its slopes are as exact as it is. */
function nominalOf({ start, parameters }: FlatSystem, id: VariableId): number | undefined {
  const valueOf = (variable: VariableId, blocks: readonly Block[]): number | undefined => {
    const own = blocks.find((block) => block.kind === 'assign' && block.target.variable === variable);
    if (own?.kind !== 'assign') return undefined;
    const { value } = own;
    if (value.kind === 'number') return Math.abs(value.value);
    return value.kind === 'load' && blocks === start ? valueOf(value.variable, parameters) : undefined;
  };
  return valueOf(id, start);
}

function slopeVariable(of: FlatVariable, directions: number, nominal = 0): FlatVariable {
  const size = Math.max(Math.abs(of.low ?? 0), Math.abs(of.high ?? 0), nominal);
  return {
    ...plainOf(of),
    name: `${of.name}'[]`,
    role: of.role === 'input' ? 'discrete' : of.role,
    dims: [...of.dims, directions],
    visible: false,
    ...(of.role === 'state' && size > 0 ? { high: size } : {}),
  };
}

/** What is set does not move; what is chosen moves by its size, in its own direction alone. */
function pointing(
  { directions, settings }: Asked,
  { variables }: FlatSystem,
  slopes: ReadonlyMap<VariableId, VariableId>,
): Setting[] {
  const places = (variable: VariableId, index: readonly number[] | undefined): (readonly number[])[] =>
    index === undefined ? [...elements(whole(variables[variable]!.dims))] : [index];
  const pointed = new Map<string, Setting>();
  const point = (place: Pick<Setting, 'variable' | 'index'>, sizeOf: (direction: number) => number): void => {
    const slope = slopes.get(place.variable);
    if (slope === undefined) return;
    for (const index of places(place.variable, place.index))
      directions.forEach(({ source }, at) => {
        const to = [...index, at];
        pointed.set(`${slope} ${to.join()}`, { variable: slope, index: to, value: sizeOf(at), source });
      });
  };
  for (const setting of settings) point(setting, () => 0);
  directions.forEach(({ targets, size }, own) => {
    for (const target of targets) point(target, (at) => (at === own ? size : 0));
  });
  return [...pointed.values()];
}
