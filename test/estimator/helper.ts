/** Models whose states samples correct, and truths to compare estimates with. */
import type { Compiled } from '../../compiler/index.ts';
import type { CheckpointSettings } from '../../runtime/checkpoints.ts';
import type { Twin } from '../../runtime/twin.ts';
import { adaptive, compiled, twinOf } from '../solvers/compiled.ts';

/** A hot room whose heater nobody knows the power of. */
export const ROOM = `asset Room {
  state T = 20 degC
  state heating = 0.01 K/s
  input outside = 20 degC
  der(T) = heating - (T - outside) / 100 s
  der(heating) = 0 K/s2
  sensor gauge measures T noise normal(0.5 K)
  sensor second measures T - outside noise uniform(1 K)
  state alarms = 0
  when T > 24 degC { set alarms = pre(alarms) + 1 }
}
twin R: Room
bind R {
  gauge from mqtt("gauge") as degC
  second from mqtt("second") as K
  estimate T within 5 K drifts 0.3 K in 1 min
  estimate heating within 0.1 K/s drifts 0.01 K/s in 1 h
}
`;

export const live = (
  value: Compiled,
  checkpoints: Partial<CheckpointSettings> = {},
  interpreted = false,
): Twin =>
  twinOf(value, {
    method: adaptive('auto', 1e-9),
    end: Infinity,
    interpreted,
    settings: { offered: 'all', maxStep: 60, outputPeriod: 1, checkpoints },
  });

export const twinOfText = (text: string): Twin => live(compiled(text));

/** Of element [i, j]. */
export function covarianceOf(twin: Twin): number[][] {
  const { states, covariance } = twin.manifest.estimator!;
  return states.map((_, i) => states.map((_, j) => twin.machine.read(covariance, i * states.length + j)));
}

/** Standard normal numbers that are the same each time (mulberry32, Box and Muller). */
export function normals(seed: number): () => number {
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}
