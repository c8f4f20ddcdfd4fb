/**
 * Many steps a call: the kernel takes those in which nothing happens, or nothing that anybody listens to. The stepper, the locator and
 * the instant take all others, one by one, and what either does is the same to the last bit.
 */
import type { Stepper } from './solvers/integrate.ts';
import { Cell } from './machine.ts';
import { implicitFor } from './solvers/method.ts';
import type { Machine } from './machine.ts';
import type { Plan } from './plan.ts';

/** How far steps may go. */
export interface Span {
  /** s: a step is cut there. */
  limit: number;
  /** s: steps end before it. */
  before: number;
  /** s: or at it. */
  bound: number;
  /** s: the first step that reaches it is the last. */
  after: number;
  most: number;
  /** Somebody hears of events: whatever happens is left to the host. */
  heard: boolean;
}

/** The loop of steps in the kernel, which goes on by itself until the host must look. */
export interface Loop {
  /** Events are carried out in the kernel while nobody listens. */
  readonly alone: boolean;
  /** Whether it would try now. */
  ready(): boolean;
  /** Takes steps; returns how many. */
  run(span: Span): number;
  /** Whether the kernel counted the last ones itself for the choice of a method. */
  counted(): boolean;
}

/** Most steps a call: a kernel that is asked to end must get to hear of it. */
const MOST = 1 << 24;
/** After steps that the kernel could not finish, so many are taken one by one before it tries again. */
const LONGEST_PAUSE = 16;

/** Undefined where all steps are taken one by one. */
export function createLoop(machine: Machine, plan: Plan, stepper: Stepper): Loop | undefined {
  const going = goingBy(machine, plan);
  if (going === undefined) return undefined;
  const alone = machine.manifest.alone === true;
  const stepBefore = machine.manifest.layout.located.time / 8;
  const { cells, kernel } = machine;
  /** The kernel looks itself at whether the system has become stiff, while the explicit method is in use. */
  const looks = stepper.room !== undefined && kernel.fastestRate !== undefined;
  let counted = false;
  let pause = 0;
  let waiting = 0;
  return {
    alone,
    ready: () => alone && waiting === 0,
    run: (span) => {
      if (waiting > 0) {
        waiting -= 1;
        return 0;
      }
      counted = looks && cells[Cell.implicit] !== 1;
      const most = Math.min(span.most, MOST, counted ? MOST : (stepper.room?.() ?? MOST));
      const result = going(span, most, alone && !span.heard ? plan.span : NaN, counted ? 1 : 0);
      const taken = result >>> 2;
      // After an event it may be unable to begin, or it came upon what it cannot finish.
      const failed =
        (result & 3) === 1 ||
        (taken === 0 && machine.crossings.length > 0 && Number.isNaN(machine.numbers[stepBefore]!));
      pause = failed && taken <= 1 ? Math.min(2 * pause + 1, LONGEST_PAUSE) : 0;
      waiting = pause;
      return taken;
    },
    counted: () => counted,
  };
}

type Going = (span: Span, most: number, length: number, looks: number) => number;

function goingBy({ manifest, kernel, states, cells }: Machine, { method, maxStep }: Plan): Going | undefined {
  const onGrid = (go: NonNullable<typeof kernel.goRk4>, step: number): Going => {
    return ({ limit, before, bound, after }, most, length) =>
      go(step, limit, before, bound, after, most, length);
  };
  if (states.length === 0) return kernel.goTime && onGrid(kernel.goTime, maxStep);
  switch (method.name) {
    case 'rk4':
      return kernel.goRk4 && onGrid(kernel.goRk4, method.step);
    case 'euler':
      return kernel.goEuler && onGrid(kernel.goEuler, method.step);
    case 'auto':
    case 'tsit5':
    case 'rodas5p': {
      const { goTsit5, goRodas } = kernel;
      const { tolerance, name } = method;
      const bySteps = name === 'auto' && implicitFor(manifest) === 'bdf';
      const own = name === 'rodas5p' ? goRodas : goTsit5;
      const other = name === 'auto' ? goRodas : undefined;
      return (
        own &&
        (({ limit, before, bound, after }, most, length, looks) => {
          if (bySteps && cells[Cell.implicit] === 1) return 0;
          const go = other !== undefined && cells[Cell.implicit] === 1 ? other : own;
          return go(tolerance, maxStep, limit, before, bound, after, most, length, looks);
        })
      );
    }
    default:
      return undefined;
  }
}
