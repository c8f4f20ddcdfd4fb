/**
 * Many steps a call: the kernel takes those in which nothing happens and nobody looks. The stepper and the locator take all others, one by
 * one, and what either does is the same to the last bit.
 */
import type { Machine } from './machine.ts';
import type { Plan } from './plan.ts';

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
}

/** Most steps a call: a kernel that is asked to end must get to hear of it. */
const MOST = 1 << 24;
/** After steps in which something happened, so many are taken one by one before the loop is tried again. */
const LONGEST_PAUSE = 16;

/** Takes steps, and returns how many; undefined where they are all taken one by one. */
export function createLoop(
  machine: Machine,
  { method, maxStep }: Plan,
): ((span: Span) => number) | undefined {
  const { kernel } = machine;
  const going = ((): ((span: Span, most: number) => number) | undefined => {
    if (machine.states.length === 0) return undefined;
    switch (method.name) {
      case 'rk4':
      case 'euler': {
        const go = method.name === 'rk4' ? kernel.goRk4 : kernel.goEuler;
        const { step } = method;
        return go && (({ limit, before, bound, after }, most) => go(step, limit, before, bound, after, most));
      }
      case 'tsit5': {
        const { goTsit5 } = kernel;
        const { tolerance } = method;
        return (
          goTsit5 &&
          (({ limit, before, bound, after }, most) =>
            goTsit5(tolerance, maxStep, limit, before, bound, after, most))
        );
      }
      default:
        return undefined;
    }
  })();
  if (going === undefined) return undefined;
  let pause = 0;
  let waiting = 0;
  return (span) => {
    if (waiting > 0) {
      waiting -= 1;
      return 0;
    }
    const result = going(span, Math.min(span.most, MOST));
    const taken = result >>> 2;
    if ((result & 3) !== 1 || taken > 1) pause = 0;
    else {
      pause = Math.min(2 * pause + 1, LONGEST_PAUSE);
      waiting = pause;
    }
    return taken;
  };
}
