/** What a twin's estimates say → the states that samples correct, what is remembered of how far off they may be, and the sensors that correct them. */
import type {
  FlatEstimator,
  FlatSensor,
  FlatSystem,
  FlatVariable,
  VariableId,
} from '../../ir/flat-system.ts';
import type { StructureNode } from '../../ir/flat-shown.ts';
import type { FlatExpression, FlatLoop } from '../../ir/flat-expression.ts';
import { report } from '../../diagnostics/diagnostic.ts';
import { notEstimable } from '../../diagnostics/sensors.ts';
import { loopName, number, substituteIndex } from '../../ir/expressions.ts';
import { hiddenVariable } from '../../ir/hidden.ts';
import { NO_UNIT } from '../../model/asset.ts';
import { NUMBER } from '../../model/expression.ts';
import type { Estimate } from '../../model/checked-model.ts';
import type { SourceRange } from '../../model/source.ts';
import { elementAt } from '../../../runtime/contract/elements.ts';
import { elements } from '../box.ts';
import { placeOf } from '../expressions/places.ts';
import { scopeOf } from '../expressions/scope.ts';
import type { Flattening } from '../flattening.ts';
import { plainName } from '../names.ts';
import type { Probes } from '../shown/probes.ts';
import { deviationOf, surpriseOf } from './estimated.ts';

/** The work at each step grows with the third power of their number: these take about a millisecond. */
const MOST = 64;

/** Adds the estimator to the system, with the variables that it remembers things in. What texts read of one has no value before it has any. */
export function addEstimator(
  flattening: Flattening,
  probes: Probes,
  system: FlatSystem,
  estimates: readonly Estimate[],
): void {
  findEstimator(flattening, probes, system, estimates);
  const { deviations, surprises } = flattening.estimated;
  for (const id of [...deviations.values(), ...surprises.values()]) startsWith(system, id, NaN);
}

function findEstimator(
  flattening: Flattening,
  probes: Probes,
  system: FlatSystem,
  estimates: readonly Estimate[],
): void {
  if (estimates.length === 0) return;
  const states = estimates.flatMap((estimate) => statesOf(flattening, system, estimate));
  const { source } = estimates[0]!;
  const refuse = (why: string, help: string, at = source): void => {
    const text = plainName(flattening.variables[states[0]!.variable]!);
    flattening.diagnostics.push(report(notEstimable, { text, why, help }, at));
  };
  if (states.length === 0) return;
  if (states.length > MOST)
    return refuse(
      `${states.length} values would be estimated together, and ${MOST} are possible`,
      'Estimate those that are least known, or let each twin be a smaller part of the plant.',
    );
  if (system.projection.length > 0)
    return refuse(
      'equations tie states of this twin to each other, and a corrected state would leave them',
      'Write the model so that each state has a der(…) of its own.',
    );
  const sensors = system.sensors.flatMap((sensor, id) => correcting(probes, sensor, id, flattening));
  const isBound = (id: number): boolean =>
    system.bindings.some(({ target }) => target.kind === 'sensor' && target.sensor === id);
  if (!sensors.some(({ sensor }) => isBound(sensor)))
    return refuse(
      'no sensor that gets samples says how far these are off',
      'Bind a sensor, and give it noise normal(…) or noise uniform(…).',
    );
  const make = new Maker(flattening, system);
  const deviations = new Map(states.map(({ variable }) => [variable, make.deviation(variable)]));
  // Another version takes over what has the same name: what is known of other states, or in another order, is of no use to it.
  const which = states
    .map(({ variable, element }) => `${plainName(flattening.variables[variable]!)} ${element}`)
    .join(', ');
  system.estimator = {
    states: states.map((state) => ({ ...state, deviation: deviations.get(state.variable)! })),
    covariance: make.hidden(`estimator.covariance of ${which}`, [states.length, states.length], source),
    begun: make.hidden(`estimator.begun of ${which}`, [], source),
    ...(flattening.estimated.reads.some(({ kind }) => kind === 'deviation') ? { read: true as const } : {}),
    sensors: sensors.map((one) => ({ ...one, ...make.ofSensor(one.sensor) })),
  };
  const surprises = new Map(system.estimator.sensors.map(({ sensor, surprise }) => [sensor, surprise]));
  show(system.structure, deviations, surprises);
}

type State = Omit<FlatEstimator['states'][number], 'deviation'>;

/** Deviations stand where their states do, and surprises where their sensors do. */
function show(
  node: StructureNode,
  deviations: ReadonlyMap<VariableId, VariableId>,
  surprises: ReadonlyMap<number, VariableId>,
): void {
  const own = [
    ...node.variables.flatMap((variable) => deviations.get(variable) ?? []),
    ...node.sensors.flatMap((sensor) => surprises.get(sensor) ?? []),
  ];
  node.variables.push(...own);
  for (const child of node.children) show(child, deviations, surprises);
}

/** The elements that an estimate names; none where one of them cannot be estimated, which is reported. */
function statesOf(flattening: Flattening, system: FlatSystem, estimate: Estimate): State[] {
  const { target, spread, drift, source } = estimate;
  const stars: FlatLoop[] = [];
  const place = placeOf(flattening, target, { ...scopeOf(flattening.groups[0]!), stars }, source);
  const variable = place.group.variables.get(place.name)!;
  const { role, dims } = flattening.variables[variable]!;
  const refuse = (why: string, help?: string): [] => {
    const text = plainName(flattening.variables[variable]!);
    flattening.diagnostics.push(report(notEstimable, { text, why, ...(help ? { help } : {}) }, source));
    return [];
  };
  if (role === 'discrete')
    return refuse(
      'it has no der(…)',
      `What is constant but not known can be a state with der(…) = 0 in its unit per second, and be estimated then.`,
    );
  if (role !== 'state') return refuse('other states determine it');
  const setter = system.handlers.find(
    ({ kind, actions }) =>
      kind !== 'scheduled' && actions.some((action) => action.target.variable === variable),
  );
  if (setter)
    return refuse(
      `it is set by ${setter.name}, and what is not known of it then is not known either`,
      'Estimate states that only der(…) moves.',
    );
  return [...elements(stars.map((loop) => [loop.from, loop.to] as const))].map((at) => {
    const by = new Map(stars.map((loop, depth) => [loop.variable, at[depth]!]));
    const element = elementAt(
      dims,
      place.index.map((one) => substituteIndex(one, by) as number),
    );
    return { variable, element, spread, drift };
  });
}

/** A sensor whose errors have a known mean and standard deviation, with probes of both. */
function correcting(
  probes: Probes,
  { name, loops, noise, type, measured }: FlatSensor,
  sensor: number,
  { variables }: Flattening,
): { sensor: number; mean: number; deviation: number }[] {
  if (noise?.kind !== 'draw' || noise.within || noise.score || type.base !== 'number') return [];
  if (variables[measured]!.exposure === 'private') return [];
  const [first, second] = noise.arguments;
  if (first === undefined || second === undefined) return [];
  const halves = (value: FlatExpression, by: number): FlatExpression => binary('*', value, number(by));
  const found =
    noise.distribution === 'normal'
      ? { mean: first, deviation: second }
      : noise.distribution === 'uniform'
        ? {
            mean: halves(binary('+', first, second), 0.5),
            deviation: halves(binary('-', second, first), 1 / Math.sqrt(12)),
          }
        : undefined;
  if (found === undefined) return [];
  const probe = (text: string, value: FlatExpression): number =>
    probes.add({ text: `${text} of ${name}`, loops, value, type: NUMBER, unit: NO_UNIT });
  return [
    {
      sensor,
      mean: probe('mean error', found.mean),
      deviation: probe('standard deviation', found.deviation),
    },
  ];
}

const binary = (operator: '+' | '-' | '*', left: FlatExpression, right: FlatExpression): FlatExpression => ({
  kind: 'binary',
  operator,
  left,
  right,
});

/** Makes variables that the runtime writes, with what they start with. */
class Maker {
  private readonly flattening: Flattening;
  private readonly system: FlatSystem;
  constructor(flattening: Flattening, system: FlatSystem) {
    this.flattening = flattening;
    this.system = system;
  }

  hidden(name: string, dims: number[], source: SourceRange): VariableId {
    const id = this.system.variables.push(hiddenVariable({ name, role: 'discrete', dims, source })) - 1;
    startsWith(this.system, id, 0);
    return id;
  }

  deviation(state: VariableId): VariableId {
    const { exposure } = this.system.variables[state]!;
    return this.shown(deviationOf(this.flattening, state), exposure);
  }

  ofSensor(sensor: number): { surprise: VariableId; refused: VariableId } {
    const { name, dims, source, measured } = this.system.sensors[sensor]!;
    const { exposure } = this.system.variables[measured]!;
    return {
      surprise: this.shown(surpriseOf(this.flattening, sensor), exposure),
      refused: this.hidden(`${name}.refused`, dims, source),
    };
  }

  private shown(id: VariableId, exposure: FlatVariable['exposure']): VariableId {
    const variable = this.system.variables[id]!;
    variable.visible = exposure !== 'private';
    if (exposure !== undefined) variable.exposure = exposure;
    return id;
  }
}

function startsWith({ variables, start }: FlatSystem, variable: VariableId, value: number): void {
  const { dims, source } = variables[variable]!;
  const loops = dims.map((size, at) => ({ variable: loopName(at), from: 0, to: size }));
  const index = loops.map((loop) => ({ loop: loop.variable, offset: 0 }));
  start.push({ kind: 'assign', loops, target: { variable, index }, value: number(value), source });
}
