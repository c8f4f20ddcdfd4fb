/**
 * Searches for the best point of the unit cube. A search is a generator: it asks for the values of some points at once and is
 * told them in the same order, so whoever runs it decides where and how many at a time; the way it takes depends on
 * nothing but the values and its seed.
 */
import type { SearchMethod } from '../../contract/studies.ts';
import { cmaEvolution } from './cma-evolution.ts';
import { differentialEvolution } from './differential-evolution.ts';
import { gradientDescent } from './gradient-descent.ts';
import { nelderMead } from './nelder-mead.ts';

export interface Value {
  /** What is made small; NaN where there is none. */
  objective: number;
  /** By how much each constraint holds. */
  margins: readonly number[];
  /** Of the objective and of each margin, the derivative by each coordinate; where they were asked for and are known. */
  slopes?: { objective: readonly number[]; margins: readonly (readonly number[])[] };
}
export interface Found extends Value {
  point: readonly number[];
}

export interface Task {
  /** Where to begin, inside the cube. */
  start: readonly number[];
  seed: number;
  /** Values that may be asked for. */
  most: number;
  /** Slopes may be asked for, too; they may still not be known at some point. */
  slopes?: boolean;
}
/** Points; with `slopes` those at which slopes are wanted, and nothing else. */
export type Asked = readonly (readonly number[])[] & { readonly slopes?: true };
/** Yields points of the unit cube to be looked at, gets their values, returns the best. */
export type Search = Generator<Asked, Found, readonly Value[]>;

/** By name, as the language has them. */
export const SEARCHES: Readonly<Record<SearchMethod, (task: Task) => Search>> = {
  cmaes: cmaEvolution,
  differentialEvolution,
  nelderMead,
  gradient: gradientDescent,
};

/** How far constraints are broken, all together; 0 where all hold. */
export const violation = ({ margins }: Value): number =>
  margins.reduce((sum, margin) => sum + (Number.isNaN(margin) ? Infinity : Math.max(0, -margin)), 0);

/**
 * Whether a is better than b: of two that break constraints the one that breaks them less, before both what holds them all, and
 * of those the lower objective (Deb 2000). Below 0 for better.
 */
export function compare(a: Value, b: Value): number {
  const [va, vb] = [violation(a), violation(b)];
  if (va !== vb) return va < vb ? -1 : 1;
  const [x, y] = [known(a.objective), known(b.objective)];
  return x < y ? -1 : x > y ? 1 : 0;
}

export const known = (value: number): number => (Number.isNaN(value) ? Infinity : value);

/** Inside the cube; what lies beyond a wall is mirrored at it. */
export const mirrored = (point: readonly number[]): number[] =>
  point.map((x) => {
    const folded = Math.abs(x) % 2;
    return folded > 1 ? 2 - folded : folded;
  });

/** The nearest point of the cube. */
export const clamped = (point: readonly number[]): number[] => point.map((x) => Math.min(1, Math.max(0, x)));
