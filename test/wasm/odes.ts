/** Differential equations as emitted code and as plain functions, with the same order of operations. */
import { integrators } from '../../compiler/4-generate/integrate/index.ts';
import type { Integrators } from '../../compiler/4-generate/integrate/index.ts';
import { workSize } from '../../compiler/4-generate/integrate/work.ts';
import { f64, forRange, ModuleBuilder } from '../../compiler/4-generate/wasm/index.ts';
import type { F64, FunctionBuilder, Statement } from '../../compiler/4-generate/wasm/index.ts';

export interface Ode {
  readonly start: readonly number[];
  /** Statements that write dx: `x(n)` reads state n. */
  emit(
    f: FunctionBuilder,
    x: (n: number) => F64,
    dx: (n: number, value: F64) => Statement,
    t: F64,
  ): Statement[];
  plain(t: number, x: Float64Array, dx: Float64Array): void;
}

export const oscillator: Ode = {
  start: [1, 0],
  emit: (_, x, dx) => [dx(0, x(1)), dx(1, f64.neg(x(0)))],
  plain: (_, x, dx) => {
    dx[0] = x[1]!;
    dx[1] = -x[0]!;
  },
};

/** x' = 5 t^4, y' = 4 t^3: no method may lose the time of a stage. */
export const quadrature: Ode = {
  start: [0, 0],
  emit: (_, _x, dx, t) => [
    dx(0, f64.mul(5, f64.mul(f64.mul(t, t), f64.mul(t, t)))),
    dx(1, f64.mul(4, f64.mul(t, f64.mul(t, t)))),
  ],
  plain: (t, _, dx) => {
    dx[0] = 5 * (t * t * (t * t));
    dx[1] = 4 * (t * (t * t));
  },
};

export const lorenz: Ode = {
  start: [1, 1, 1],
  emit: (_, x, dx) => [
    dx(0, f64.mul(10, f64.sub(x(1), x(0)))),
    dx(1, f64.sub(f64.mul(x(0), f64.sub(28, x(2))), x(1))),
    dx(2, f64.sub(f64.mul(x(0), x(1)), f64.mul(8 / 3, x(2)))),
  ],
  plain: (_, x, dx) => {
    dx[0] = 10 * (x[1]! - x[0]!);
    dx[1] = x[0]! * (28 - x[2]!) - x[1]!;
    dx[2] = x[0]! * x[1]! - (8 / 3) * x[2]!;
  },
};

export const lotkaVolterra: Ode = {
  start: [1, 2],
  emit: (_, x, dx) => [dx(0, f64.mul(x(0), f64.sub(1.5, x(1)))), dx(1, f64.mul(x(1), f64.sub(x(0), 3)))],
  plain: (_, x, dx) => {
    dx[0] = x[0]! * (1.5 - x[1]!);
    dx[1] = x[1]! * (x[0]! - 3);
  },
};

/** A rod of n nodes between two of temperature zero, as a loop over arrays. */
export const heatChain = (n: number): Ode => ({
  start: Array.from({ length: n }, (_, i) => 20 + (i % 7)),
  emit: (f) => {
    const at = f.local('i32', 'at');
    const [x, dx] = [16, 16 + 8 * n];
    const rate = (left: F64 | number, here: F64, right: F64 | number): F64 =>
      f64.mul(0.5, f64.add(f64.sub(left, here), f64.sub(right, here)));
    const first = f64.load(0, x);
    const last = f64.load(0, x + 8 * (n - 1));
    return [
      f64.store(0, rate(0, first, n > 1 ? f64.load(0, x + 8) : 0), dx),
      forRange(
        at,
        8,
        8 * (n - 1),
        [f64.store(at, rate(f64.load(at, x - 8), f64.load(at, x), f64.load(at, x + 8)), dx)],
        8,
      ),
      ...(n > 1 ? [f64.store(0, rate(f64.load(0, x + 8 * (n - 2)), last, 0), dx + 8 * (n - 1))] : []),
    ];
  },
  plain: (_, x, dx) => {
    for (let i = 0; i < n; i++) dx[i] = 0.5 * ((x[i - 1] ?? 0) - x[i]! + ((x[i + 1] ?? 0) - x[i]!));
  },
});

type Run = { [N in keyof Integrators]: (...operands: number[]) => number };

/** The emitted integrators around an equation: time at 0, then x, dx, absTol and scratch. */
export function emitted(ode: Ode, folded = false) {
  const n = ode.start.length;
  const [time, x, dx, absTol, scratch] = [0, 16, 16 + 8 * n, 16 + 16 * n, 16 + 24 * n];
  const m = new ModuleBuilder();
  const pages = Math.ceil((scratch + workSize(n, 0).bytes) / 65536);
  m.importMemory(pages);
  const derivatives = m.function('derivatives');
  derivatives.body = ode.emit(
    derivatives,
    (k) => f64.load(0, x + 8 * k),
    (k, value) => f64.store(0, value, dx + 8 * k),
    f64.load(0, time),
  );
  const all = integrators(
    m,
    { stateCount: n, addresses: { time, x, dx, scratch, absTol }, derivatives },
    folded,
  );
  for (const [name, handle] of Object.entries(all)) m.export(name, handle);
  const memory = new WebAssembly.Memory({ initial: pages });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(m.encode()), { env: { memory } });
  const states = new Float64Array(memory.buffer, x, n);
  states.set(ode.start);
  new Float64Array(memory.buffer, absTol, n).fill(1e-6);
  return {
    run: instance.exports as unknown as Run,
    x: states,
    time: new Float64Array(memory.buffer, time, 1),
  };
}
