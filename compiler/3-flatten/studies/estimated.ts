/** What an estimator knows of states and sensors, as discrete variables that the runtime writes: made where a text reads them, or a twin estimates. */
import { estimateMovesStates, notEstimated } from '../../diagnostics/sensors.ts';
import { report } from '../../diagnostics/diagnostic.ts';
import type { Block, FlatSystem, FlatVariable, VariableId } from '../../ir/flat-system.ts';
import type { FlatIndex } from '../../ir/flat-expression.ts';
import { hiddenVariable } from '../../ir/hidden.ts';
import { readsOf } from '../../ir/reads.ts';
import type { Twin } from '../../model/checked-model.ts';
import type { SourceRange } from '../../model/source.ts';
import { asDifference } from '../../../runtime/contract/difference.ts';
import { elementAt } from '../../../runtime/contract/elements.ts';
import type { Flattening } from '../flattening.ts';
import { plainName } from '../names.ts';

export interface Estimated {
  /** Of states, by the state. */
  deviations: Map<VariableId, VariableId>;
  /** Of sensors, by the sensor. */
  surprises: Map<number, VariableId>;
  /** Where a text reads one. */
  reads: Read[];
}

interface Read {
  kind: 'deviation' | 'surprise';
  /** The state or the sensor. */
  of: number;
  index: FlatIndex[];
  source: SourceRange;
}

/** `level.sd`, as the text reads it. */
export function readDeviation(
  flattening: Flattening,
  state: VariableId,
  index: FlatIndex[],
  source: SourceRange,
): VariableId {
  flattening.estimated.reads.push({ kind: 'deviation', of: state, index, source });
  return deviationOf(flattening, state);
}

/** `gauge.surprise`, as the text reads it. */
export function readSurprise(
  flattening: Flattening,
  sensor: number,
  index: FlatIndex[],
  source: SourceRange,
): VariableId {
  flattening.estimated.reads.push({ kind: 'surprise', of: sensor, index, source });
  return surpriseOf(flattening, sensor);
}

/** Shaped like the state. Shown where something is estimated, and hidden until then. */
export function deviationOf(flattening: Flattening, state: VariableId): VariableId {
  const { name, dims, type, unit, source } = flattening.variables[state]!;
  return made(flattening, flattening.estimated.deviations, state, {
    name: `${name}.sd`,
    dims,
    type,
    unit: asDifference(unit),
    doc: 'How far off the estimate is taken to be: its standard deviation.',
    source,
  });
}

/** Shaped like the sensor. */
export function surpriseOf(flattening: Flattening, sensor: number): VariableId {
  const { name, dims, source } = flattening.sensors[sensor]!;
  return made(flattening, flattening.estimated.surprises, sensor, {
    name: `${name}.surprise`,
    dims,
    doc: 'How many standard deviations the last sample was off what was expected.',
    source,
  });
}

function made(
  { variables }: Flattening,
  known: Map<number, VariableId>,
  of: number,
  own: Pick<FlatVariable, 'name' | 'dims' | 'source'> & Partial<FlatVariable>,
): VariableId {
  let id = known.get(of);
  if (id === undefined) {
    id = variables.push(hiddenVariable({ role: 'discrete', estimated: true, ...own })) - 1;
    known.set(of, id);
  }
  return id;
}

/** Equations hold at any time, and a deviation is known at the ends of steps: rates that follow it would depend on how long steps are. */
export function estimatesMoveNothing(flattening: Flattening, dynamics: readonly Block[]): void {
  const deviations = new Set(flattening.estimated.deviations.values());
  if (deviations.size === 0) return;
  for (const block of dynamics) {
    const reads = readsOf(block.kind === 'assign' ? block.value : block.residuals);
    const found = [...reads].find((read) => read !== 'past' && deviations.has(read));
    if (found === undefined) continue;
    const text = plainName(flattening.variables[found as VariableId]!);
    const source = block.kind === 'assign' ? block.source : block.sources[0]!;
    flattening.diagnostics.push(report(estimateMovesStates, { text }, source));
  }
}

/** Whether samples from outside come to it: only then does it estimate. */
const isLive = ({ bindings, estimates }: Twin): boolean =>
  estimates.length > 0 || bindings.some(({ direction }) => direction === 'from');

/**
 * Says where a text reads what nothing estimates: in a twin that gets samples, and in an asset where no twin of the texts estimates anything. That
 * one which is only simulated estimates nothing is as it should be.
 */
export function sayWhatIsNotEstimated(
  flattening: Flattening,
  system: FlatSystem,
  twins: readonly Twin[],
  runs: { twin?: Twin; namesakes?: readonly Twin[] },
): void {
  const { reads } = flattening.estimated;
  if (reads.length === 0) return;
  const live = (runs.twin === undefined ? (runs.namesakes ?? []) : [runs.twin]).filter(isLive);
  const missing = reads.filter((read) => !isKnown(system, read));
  for (const twin of live) for (const read of missing) say(flattening, system, read, twin);
  const isAsset = runs.twin === undefined && live.length === 0;
  if (isAsset && twins.every(({ estimates }) => estimates.length === 0))
    for (const read of missing) say(flattening, system, read);
}

/** Whether it may ever have a value. Of an index that changes it is taken that it may. */
function isKnown(
  { estimator, sensors, bindings, variables }: FlatSystem,
  { kind, of, index }: Read,
): boolean {
  if (estimator === undefined) return false;
  const { dims } = kind === 'deviation' ? variables[of]! : sensors[of]!;
  const fixed = index.every((one) => typeof one === 'number');
  const element = fixed ? elementAt(dims, index as number[]) : undefined;
  const meant = (other: number): boolean => element === undefined || other === element;
  if (kind === 'deviation')
    return estimator.states.some((state) => state.variable === of && meant(state.element));
  return (
    estimator.sensors.some(({ sensor }) => sensor === of) &&
    bindings.some(
      ({ target }) =>
        target.kind === 'sensor' && target.sensor === of && meant(elementAt(dims, target.index)),
    )
  );
}

function say(flattening: Flattening, system: FlatSystem, { kind, of, source }: Read, twin?: Twin): void {
  const { name } = kind === 'deviation' ? flattening.variables[of]! : flattening.sensors[of]!;
  const short = twin?.name.slice(twin.name.lastIndexOf('.') + 1);
  const bind = `bind ${short ?? '…'}`;
  const isBound = system.bindings.some(({ target }) => target.kind === 'sensor' && target.sensor === of);
  const [why, help] =
    system.estimator === undefined
      ? [
          'nothing estimates any state',
          `Write estimate ${kind === 'deviation' ? name : 'STATE'} within … drifts … in … in ${bind}.`,
        ]
      : kind === 'deviation'
        ? [`${bind} does not estimate it`, `Write estimate ${name} within … drifts … in … there.`]
        : isBound
          ? ['its samples correct nothing', 'Give the sensor noise normal(…) or noise uniform(…).']
          : [`${bind} has no samples for it`, `Write ${name} from … there.`];
  const holes = {
    text: `${name}.${kind === 'deviation' ? 'sd' : 'surprise'}`,
    where: short === undefined ? '' : ` in ${short}`,
    why,
    help,
  };
  flattening.diagnostics.push(report(notEstimated, holes, source));
}
