/**
 * What is known of an item when it comes to a step, whichever way it comes: the queues that it may be in, and the uses whose units it may
 * still have to give back. What is known need not be looked up in the item while the flow runs.
 */
import type { FlatFlow, FlatPlace, FlatProcess, FlatStep, StepId } from '../../ir/process.ts';

export interface Coming {
  /** Position of the process. */
  process: number;
  /** Queues by their text; '' for none. Absent: any queue or belt. */
  places?: ReadonlyMap<string, FlatPlace | undefined>;
  /** Positions of uses; -1 for none. Absent: any. */
  uses?: ReadonlySet<number>;
}

const NONE = -1;
type State = Omit<Coming, 'process'>;
const fresh: State = { places: new Map([['', undefined]]), uses: new Set([NONE]) };
const anything: State = {};

/** Whether a queue may have no place at all, so that items go past it. */
export const mayBeWithoutPlaces = (flow: FlatFlow, { id }: FlatPlace): boolean => {
  const { capacity } = flow.queues[id]!;
  return capacity !== undefined && (capacity.kind !== 'number' || capacity.value < 1);
};

/** Whether the step after a delay may keep the item from going on: then it keeps its units until it has a place. */
export function keepsUnits({ steps }: FlatProcess, finish: StepId): boolean {
  const next = steps[finish + 1];
  return next !== undefined && ['reserve', 'choose', 'go', 'assign', 'set', 'make'].includes(next.kind);
}

/** For each step of a process. */
export function comings(flow: FlatFlow, process: FlatProcess): Coming[] {
  const { steps, uses } = process;
  const known: (State | undefined)[] = steps.map(() => undefined);
  const open: StepId[] = [];
  const arrives = (at: StepId, coming: State): void => {
    if (at >= steps.length) return;
    const before = known[at];
    const after = before === undefined ? coming : either(before, coming);
    if (before !== undefined && isWithin(after, before)) return;
    known[at] = after;
    open.push(at);
  };
  steps.forEach((step, at) => {
    if (step.kind === 'arrive') arrives(at + 1, fresh);
  });
  arrives(process.start, fresh);
  if (process.internal) arrives(0, fresh);
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const coming = known[at]!;
    const step = steps[at]!;
    for (const [to, then] of onward(flow, process, step, at, coming)) arrives(to, then);
    // Work that is interrupted begins anew, or goes elsewhere.
    for (const use of uses)
      if (
        use.delay === at &&
        use.needs.some(({ resource }) => flow.resources[resource.id]!.units !== undefined)
      )
        arrives(typeof use.interrupted === 'number' ? use.interrupted : use.seize, coming);
  }
  const position = flow.processes.indexOf(process);
  return known.map((coming) => ({ ...(coming ?? anything), process: position }));
}

function onward(
  flow: FlatFlow,
  process: FlatProcess,
  step: FlatStep,
  at: StepId,
  coming: State,
): (readonly [StepId, State])[] {
  const next = at + 1;
  switch (step.kind) {
    case 'arrive':
    case 'leave':
    case 'repaired':
      return [];
    case 'refill':
    case 'assign':
    case 'set':
    case 'make':
    case 'release':
      return [[next, coming]];
    case 'reserve':
      return [
        [next, coming],
        // Past a queue without places.
        ...(step.on === 'queue' && mayBeWithoutPlaces(flow, step.place)
          ? ([[next + 1, coming]] as const)
          : []),
        ...(step.full === 'block' ? [] : ([[step.full, coming]] as const)),
      ];
    case 'enter':
      return [
        [
          next,
          step.on === 'queue' ? { ...fresh, places: new Map([[textOf(step.place), step.place]]) } : anything,
        ],
        ...(step.gaveUp === undefined ? [] : ([[step.gaveUp, fresh]] as const)),
      ];
    case 'seize':
    case 'wait':
      return [[next, fresh]];
    case 'delay':
      return [[next, step.use === undefined ? fresh : coming]];
    case 'finish':
      return [[next, keepsUnits(process, at) ? { ...coming, uses: new Set([step.use]) } : coming]];
    case 'choose':
      return [[next, coming] as const, ...step.options.map(({ to }) => [to, coming] as const)];
    case 'go':
      return [[step.to, coming]];
    case 'keep':
      return [[step.taken, anything]];
    case 'ride':
    case 'alight':
    case 'batch':
    case 'unbatch':
    case 'split':
    case 'take':
      return [[next, anything]];
  }
}

const textOf = ({ id, index }: FlatPlace): string => JSON.stringify([id, index]);

const either = (a: State, b: State): State => ({
  places: a.places && b.places && new Map([...a.places, ...b.places]),
  uses: a.uses && b.uses && new Set([...a.uses, ...b.uses]),
});

const isWithin = (a: State, b: State): boolean =>
  a.places?.size === b.places?.size && a.uses?.size === b.uses?.size;

/** The units of uses have been given back, unless the item may keep them. */
export const givenBack = (coming: Coming, mayKeep: boolean): Coming => ({
  ...coming,
  uses: mayKeep ? coming.uses && new Set([...coming.uses, NONE]) : new Set([NONE]),
});

/** The only queue or use that it can be; whether there may be none; undefined where more are possible. */
export function onlyPlace({ places }: State): { place?: FlatPlace; none: boolean } | undefined {
  const known = places && [...places.values()].filter((one) => one !== undefined);
  return known === undefined || known.length > 1 ? undefined : { place: known[0], none: places!.has('') };
}
export function onlyUse({ uses }: State): { use?: number; none: boolean } | undefined {
  const known = uses && [...uses].filter((one) => one !== NONE);
  return known === undefined || known.length > 1 ? undefined : { use: known[0], none: uses!.has(NONE) };
}
