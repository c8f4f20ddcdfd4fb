/** Fixed steps: Euler's, and the classical Runge–Kutta method of order 4 (Kutta 1901). */
import { f64, run, set } from '../wasm/index.ts';
import type { F64, FunctionBuilder, FunctionHandle, Local, ModuleBuilder, Statement } from '../wasm/index.ts';
import { Elementwise } from './elementwise.ts';
import type { Integration } from './index.ts';
import { unseen } from './looks.ts';

type Step = FunctionBuilder<{ t: 'f64'; h: 'f64'; next: 'f64' }>;

const step = (m: ModuleBuilder, name: string): Step =>
  m.function(name, { params: { t: 'f64', h: 'f64', next: 'f64' } });

const at = ({ addresses, derivatives }: Integration, time: F64): Statement[] => [
  f64.store(0, time, addresses.time),
  run(derivatives),
];

const fromStates = (
  m: ModuleBuilder,
  name: string,
  integration: Integration,
  onward: FunctionHandle,
): FunctionHandle => {
  const f = step(m, name);
  const { t, h, next } = f.params;
  f.body = [...at(integration, t), run(onward, [t, h, next])];
  return f;
};

/** x + h f(t, x) */
export const euler = (m: ModuleBuilder, integration: Integration, onward: FunctionHandle): FunctionHandle =>
  fromStates(m, 'euler', integration, onward);

/** The same where the slopes at t are in memory. Scratch holds the old x then. */
export function eulerOnward(m: ModuleBuilder, integration: Integration): FunctionHandle {
  const f = step(m, 'euler onward');
  const { h, next } = f.params;
  const { x, dx, scratch } = integration.addresses;
  const states = new Elementwise(f, integration.stateCount);
  const advance = states.each((lanes) => {
    const x0 = lanes.local('x0');
    return [
      set(x0, lanes.load(x)),
      lanes.store(scratch, x0),
      lanes.store(x, lanes.add(x0, lanes.mul(lanes.uniform(h), lanes.load(dx)))),
    ];
  });
  f.body = [...states.prelude(), ...advance, f64.store(0, next, integration.addresses.time)];
  return f;
}

/**
 * x + (h/6) (((k1 + 2 k2) + 2 k3) + k4). Scratch holds the old x, then the sum of the slopes so far; a stage's
 * slope is added to the sum in the loop that makes the next stage's x.
 */
export const rk4 = (m: ModuleBuilder, integration: Integration, onward: FunctionHandle): FunctionHandle =>
  fromStates(m, 'rk4', integration, onward);

/** The same where the slopes at t are in memory. Each stage looks at what it may be beyond of. */
export function rk4Onward(m: ModuleBuilder, integration: Integration): FunctionHandle {
  const f = step(m, 'rk4 onward');
  const { t, h, next } = f.params;
  const { x, dx, scratch } = integration.addresses;
  const old = scratch;
  const sum = scratch + 8 * integration.stateCount;
  const states = new Elementwise(f, integration.stateCount);
  const half = f.local('f64', 'half step');
  const sixth = f.local('f64', 'sixth of step');
  const middle = f.local('f64', 'middle');

  const first = states.each((lanes) => {
    const [x0, k] = [lanes.local('x0'), lanes.local('k')];
    return [
      set(x0, lanes.load(x)),
      set(k, lanes.load(dx)),
      lanes.store(old, x0),
      lanes.store(sum, k),
      lanes.store(x, lanes.add(x0, lanes.mul(lanes.uniform(half), k))),
    ];
  });
  const inner = (length: Local<'f64'>): Statement[] =>
    states.each((lanes) => {
      const k = lanes.local('k');
      return [
        set(k, lanes.load(dx)),
        lanes.store(sum, lanes.add(lanes.load(sum), lanes.add(k, k))),
        lanes.store(x, lanes.add(lanes.load(old), lanes.mul(lanes.uniform(length), k))),
      ];
    });
  const second = inner(half);
  const third = inner(h);
  const { looks } = integration;
  const stage = (time: F64): Statement[] => [
    ...at(integration, time),
    ...(looks === undefined ? [] : [run(looks.look)]),
  ];
  const last = states.each((lanes) => [
    lanes.store(
      x,
      lanes.add(lanes.load(old), lanes.mul(lanes.uniform(sixth), lanes.add(lanes.load(sum), lanes.load(dx)))),
    ),
  ]);

  f.body = [
    set(half, f64.mul(h, 0.5)),
    set(sixth, f64.div(h, 6)),
    set(middle, f64.add(t, half)),
    ...unseen(looks),
    ...states.prelude(),
    ...first,
    ...stage(middle),
    ...second,
    ...stage(middle),
    ...third,
    ...stage(next),
    ...last,
  ];
  return f;
}
