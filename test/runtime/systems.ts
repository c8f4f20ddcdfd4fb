/** Small systems with solutions in closed form. */
import type { System } from './hand-written.ts';

export const gravity = 9.80665;

/** Dropped from 10 m; each bounce keeps `keep` of the speed. */
export const ball = (keep: number): System => ({
  name: 'ball',
  states: { height: 10, velocity: 0 },
  discretes: { bounces: 0 },
  derivatives: { height: (v) => v.velocity!, velocity: () => -gravity },
  crossings: [(v) => v.height!],
  handlers: [
    {
      kind: 'at',
      name: 'at height <= 0 m falling',
      condition: (v) => v.height! <= 0,
      actions: { velocity: (v) => -keep * v.velocity!, bounces: (v) => v.bounces! + 1 },
    },
  ],
  scenarios: [
    { duration: 10, method: { name: 'rk4', step: 0.01 } },
    { duration: 10, method: { name: 'tsit5', tolerance: 1e-9 } },
  ],
});

/** Time of the k-th bounce, k from 1. */
export const bounceTime = (keep: number, k: number): number => {
  const fall = Math.sqrt((2 * 10) / gravity);
  let time = fall;
  for (let i = 1; i < k; i += 1) time += 2 * fall * keep ** i;
  return time;
};

export const oscillator: System = {
  name: 'oscillator',
  states: { x: 1, v: 0 },
  derivatives: { x: (s) => s.v!, v: (s) => -s.x! },
  scenarios: [
    { duration: 20, method: { name: 'rk4', step: 0.01 } },
    { duration: 20, method: { name: 'tsit5', tolerance: 1e-10 } },
  ],
};

/** Fills at a constant rate; a rule stops the inflow when it has been over the mark for some time. */
export const tank: System = {
  name: 'tank',
  parameters: { inflow: 0.5, drain: 0.1 },
  inputs: { open: 1 },
  discretes: { alarm: 0, overflows: 0 },
  states: { level: 0 },
  algebraics: { flow: (v) => (v.open === 1 ? v.inflow! : 0) },
  derivatives: { level: (v) => v.flow! - v.drain! * v.level! },
  crossings: [(v) => v.level! - 4, (v) => v.level! - 1],
  handlers: [
    {
      kind: 'rule',
      name: 'overflow',
      condition: (v) => v.level! > 4,
      interval: () => 30,
      actions: { open: () => 0, overflows: (v) => v.overflows! + 1 },
    },
    { kind: 'rule', name: 'refill', condition: (v) => v.level! < 1, actions: { open: () => 1 } },
  ],
  variables: { inflow: { low: 0, high: 2 }, open: { base: 'boolean' } },
  sensors: [{ name: 'gauge', target: (v) => v.level!, period: 7, noise: 0.05 }],
  scenarios: [
    { duration: 400, method: { name: 'rk4', step: 0.1 } },
    { duration: 400, method: { name: 'tsit5', tolerance: 1e-10 } },
  ],
};
