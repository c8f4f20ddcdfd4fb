/**
 * The choice between an explicit and an implicit method while running, as Petzold (SIAM J. Sci. Stat. Comput. 4, 1983) made it for LSODA: the
 * explicit one goes until its steps have for long been held back by stability and not by accuracy, the implicit one until its steps are such
 * that the explicit one could take them too. All that decides lies in the saved cells, so a run goes on from a saved state as it would have.
 */
import { EVERY, HELD_BACK, STIFF_LOOKS } from '../contract/stiffness.ts';
import type { Stepper } from './integrate.ts';
import { Cell } from '../machine.ts';
import type { Machine } from '../machine.ts';
import { fastestRate } from './stiffness.ts';
import type { Trouble } from '../trouble.ts';

/** Step times rate below which an explicit step is as good. */
const EASY = 1;
const EASY_LOOKS = 3;

/** Of `Cell.cut`: beyond it the explicit method only creeps along a pole. */
const CREEPS = 300;

/** Why the method in use was taken, in `Cell.cause`. */
export const Cause = { none: 0, stiff: 1, failed: 2, easy: 3 } as const;

export function autoStepper(
  machine: Machine,
  explicit: Stepper,
  implicit: Stepper,
  relativeTolerance: number,
): Stepper {
  const { cells } = machine;
  const rateNow = fastestRate(machine);
  /** Where an implicit step costs as much as so many explicit ones, it is gone over to later, and left sooner. */
  const dear = Math.max(1, (machine.manifest.implicit?.cost ?? 0) / 4);
  const active = (): Stepper => (cells[Cell.implicit] === 1 ? implicit : explicit);
  /** Whose step is in flight. */
  let taken = explicit;

  const change = (cause: number, rate: number, step: number, at = machine.time()): void => {
    cells[Cell.implicit] = 1 - cells[Cell.implicit]!;
    cells[Cell.switches]! += 1;
    cells[Cell.switchedAt] = at;
    cells[Cell.cause] = cause;
    cells[Cell.fastestRate] = rate;
    cells[Cell.switchStep] = step;
    cells[Cell.sinceLook] = 0;
    cells[Cell.looks] = 0;
    cells[Cell.lastError] = 1;
    cells[Cell.cut] = 0;
    explicit.disturb();
    implicit.disturb();
  };

  const room = (): number =>
    (cells[Cell.implicit] === 0 && cells[Cell.looks]! > 0 ? 1 : EVERY) - cells[Cell.sinceLook]!;

  /** So many whole steps have been taken, not more than there was room for. */
  const look = (steps: number): void => {
    const isImplicit = cells[Cell.implicit] === 1;
    const due = steps >= room();
    cells[Cell.sinceLook]! += steps;
    if (!due) return;
    cells[Cell.sinceLook] = 0;
    const step = cells[Cell.stepSize]!;
    const rate = rateNow(relativeTolerance);
    const speaksForChange = isImplicit ? step * rate < EASY * dear : step * rate > HELD_BACK;
    if (!speaksForChange) {
      cells[Cell.looks] = isImplicit ? 0 : Math.max(0, cells[Cell.looks]! - 1);
      return;
    }
    cells[Cell.looks]! += 1;
    const wanted = isImplicit
      ? EASY_LOOKS
      : STIFF_LOOKS * dear * 2 ** Math.min(3, Math.floor(cells[Cell.switches]! / 2));
    if (cells[Cell.looks]! < wanted) return;
    change(isImplicit ? Cause.easy : Cause.stiff, rate, step);
  };

  /** The step in flight was taken by the other method, as the one in use could not: settled with the step. */
  let pending: { from: number; step: number } | undefined;

  const attempt = (limit: number): number | Trouble => {
    taken = active();
    pending = undefined;
    const creeps = taken === explicit && cells[Cell.cut]! > CREEPS;
    // The other method works where its last stage lies.
    if (creeps) explicit.forget();
    const result = creeps ? undefined : taken.attempt(limit);
    if (
      result !== undefined &&
      (typeof result === 'number' || (result.code !== 'PX9005' && result.code !== 'PX9030'))
    )
      return result;
    const before = cells.slice();
    machine.status.fill(0);
    machine.evaluate();
    machine.status.fill(0);
    const other = taken === explicit ? implicit : explicit;
    cells[Cell.stepSize] = 0;
    const from = machine.time();
    const reached = other.attempt(limit);
    cells.set(before);
    if (typeof reached !== 'number') return result ?? taken.attempt(limit);
    taken = other;
    pending = { from, step: before[Cell.stepSize]! };
    return reached;
  };

  return {
    attempt,
    show: (t) => taken.show(t),
    settle: (t, whole) => {
      if (pending !== undefined) {
        change(Cause.failed, NaN, pending.step, pending.from);
        cells[Cell.stepSize] = 0;
        pending = undefined;
      }
      taken.settle(t, whole);
    },
    withdraw: () => {
      pending = undefined;
      taken.withdraw();
    },
    disturb: () => {
      explicit.disturb();
      implicit.disturb();
    },
    forget: () => {
      explicit.forget();
      implicit.forget();
    },
    adaptive: true,
    blurred: 1e-6,
    damps: () => taken.damps?.() === true,
    ...(explicit.sawBeyond === undefined ? {} : { sawBeyond: () => taken.sawBeyond?.() === true }),
    room,
    took: look,
  };
}
