/**
 * Equations between states that branch. A branch may jump where it is taken: then states that obey the one do not obey the other, and what puts them back onto
 * their equations moves them by what no rate says, perhaps so far that the branch is left again. What drifts within a step is far less than that.
 */
import { variableText } from './describe.ts';
import type { Manifest } from './contract/manifest.ts';
import type { Machine } from './machine.ts';
import type { Plan } from './plan.ts';
import { stateAt } from './state-at.ts';
import { timeText } from './trouble.ts';
import type { Trouble } from './trouble.ts';

/** How far states were moved onto their equations in the steps of a run. */
export interface Leaps {
  /** A step is taken from the state in memory. */
  begin(): void;
  /** What is wrong with the step from there (s) up to `to`: its end was moved by more than it explains. */
  found(from: number, to: number): Trouble | undefined;
}

/** An accepted step is wrong by about a tolerance; by so many it is not, nor by as few where that is much of what it changes. */
const [LEAST_TOLERANCES, MOST_TOLERANCES] = [2, 10];
/** Share of what a step changes: what drifts from an equation is a curve's distance from its tangent. */
const MOST_SHARE = 1 / 4;
/** Of the size of a state, by fixed steps: what iterations leave. */
const LEAST = 1e-6;

/** Undefined where no equation between states branches. */
export function createLeaps(machine: Machine, { method }: Pick<Plan, 'method'>): Leaps | undefined {
  const { manifest, states, absoluteTolerances, projected } = machine;
  const { branching } = manifest;
  if (branching === undefined) return undefined;
  const start = states.slice();
  const sizes = Float64Array.from(states, (_, i) => sizeOf(manifest, i));

  return {
    begin: () => {
      start.set(states);
      projected.clear();
    },
    found: (from, to) => {
      const [before, after] = projected.get(to) ?? [];
      if (before === undefined || after === undefined) return undefined;
      const moves = after.map((value, i) => Math.abs(value - before[i]!));
      const own = before.map((value, i) => Math.abs(value - start[i]!));
      const largest = (changes: Float64Array): number =>
        changes.reduce((most, change, i) => Math.max(most, change / sizes[i]!), 0);
      const isShare = largest(moves) > MOST_SHARE * largest(own);
      if ('step' in method && !isShare) return undefined;
      const allowed = (i: number): number =>
        'step' in method
          ? LEAST * Math.max(sizes[i]!, Math.abs(before[i]!))
          : (isShare ? LEAST_TOLERANCES : MOST_TOLERANCES) *
            (absoluteTolerances[i]! + method.tolerance * Math.abs(before[i]!));
      const moved = [...moves.keys()]
        .filter((i) => moves[i]! > allowed(i))
        .toSorted((a, b) => moves[b]! / sizes[b]! - moves[a]! / sizes[a]!)[0];
      if (moved === undefined) return undefined;
      const { id, name } = stateAt(manifest, moved)!;
      const text = (values: Float64Array): string => variableText(manifest, id, values[moved]!);
      const [first, last] = [timeText(from), timeText(to)];
      const where = first === last ? `at t = ${last}` : `between t = ${first} and ${last}`;
      const lines = [...new Set(branching.map(({ line }) => line))].join(' or ');
      return {
        code: 'PX9059',
        message:
          `An equation between states of ${manifest.name} (line ${lines}) jumps ${where}: ${name} would be moved from ${text(before)} to ${text(after)}, which no rate says. ` +
          'Write branches that agree where one follows the other. If the states are to jump, choose the branch by a variable that an event sets.',
        time: from,
        source: branching[0]!,
      };
    },
  };
}

/** The size in which it is measured how far a state is moved: its range's, or one of its unit. */
function sizeOf(manifest: Manifest, position: number): number {
  const { low, high, unit } = stateAt(manifest, position)!.variable;
  const range = Math.max(Math.abs(low ?? 0), Math.abs(high ?? 0));
  return range > 0 && Number.isFinite(range) ? range : Math.abs(unit.factor) || 1;
}
