/**
 * Integrator steps as emitted code, around a function that computes the derivatives of the states at the time in
 * the time cell. Knows the emitter; ignores equations, events and step-size control (`runtime` has those).
 */
import type { FunctionHandle, ModuleBuilder } from '../wasm/index.ts';
import type { StageLooks } from '../beyond.ts';
import { euler, eulerOnward, rk4, rk4Onward } from './runge-kutta.ts';
import { foldedInterpolate, foldedRestore, foldedTry, isFolded } from './tsitouras-folded.ts';
import { tsit5Interpolate, tsit5Restore, tsit5Try } from './tsitouras.ts';

/** Addresses in bytes, multiples of 8. `x`, `dx` and `absTol` are arrays of `stateCount` numbers; `time` is one number. */
export interface Integration {
  readonly stateCount: number;
  readonly addresses: {
    readonly time: number;
    readonly x: number;
    readonly dx: number;
    /** `workSize` says how many bytes; of one method at a time. */
    readonly scratch: number;
    readonly absTol: number;
  };
  /** Without parameters and results: reads time and x, writes dx. */
  readonly derivatives: FunctionHandle;
  /** What stages look at besides. */
  readonly looks?: Pick<StageLooks, 'seen' | 'look'> | undefined;
}

export interface Integrators {
  readonly euler: FunctionHandle;
  readonly rk4: FunctionHandle;
  /** The same steps where the derivatives are those of the states already. */
  readonly eulerOnward: FunctionHandle;
  readonly rk4Onward: FunctionHandle;
  readonly tsit5Try: FunctionHandle;
  readonly tsit5Interpolate: FunctionHandle;
  readonly tsit5Restore: FunctionHandle;
}

/** The functions of `Kernel` (runtime/contract) of the same names. */
export const integrators = (
  m: ModuleBuilder,
  integration: Integration,
  folded = isFolded(integration.stateCount),
): Integrators => {
  const [eulerFromSlope, rk4FromSlope] = [eulerOnward(m, integration), rk4Onward(m, integration)];
  return {
    euler: euler(m, integration, eulerFromSlope),
    rk4: rk4(m, integration, rk4FromSlope),
    eulerOnward: eulerFromSlope,
    rk4Onward: rk4FromSlope,
    ...(folded
      ? {
          tsit5Try: foldedTry(m, integration),
          tsit5Interpolate: foldedInterpolate(m, integration),
          tsit5Restore: foldedRestore(m, integration),
        }
      : {
          tsit5Try: tsit5Try(m, integration),
          tsit5Interpolate: tsit5Interpolate(m, integration),
          tsit5Restore: tsit5Restore(m, integration),
        }),
  };
};
