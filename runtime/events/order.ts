/** Which of the handlers that are due at one instant go first, and which conditions count anew after them. */
import type { Instance } from './due.ts';
import type { Machine } from '../machine.ts';
import { count } from '../contract/elements.ts';

export function createOrder({ manifest, ticks, truths, since }: Machine) {
  const { handlers } = manifest;
  const instances = handlers.map(({ dims }) => count(dims));
  const waits = handlers.some(({ yields, elseOf }) => yields !== undefined || elseOf !== undefined);

  return {
    /**
     * Those of the fired (in ascending order) that go now. Of the others, a condition is looked at again in the next round:
     * if it still holds then, it becomes true again. A crossing is past by then, and is not.
     */
    first(fired: readonly Instance[], time: number): Instance[] {
      if (!waits) return [...fired];
      const going = new Set<string>();
      return fired.filter(({ which, instance }) => {
        const { yields = [], elseOf = [], kind, edge, offset, hasDuration } = handlers[which]!;
        const own = (other: number): number => Math.floor(instance / (instances[which]! / instances[other]!));
        const goes = (other: number): boolean => going.has(`${other}/${own(other)}`);
        if (elseOf.some(goes)) return false;
        if (!yields.some(goes)) {
          going.add(`${which}/${instance}`);
          return true;
        }
        if (hasDuration) ticks[offset + instance] = time;
        else if (kind !== 'at' && edge === 'true') truths[offset + instance] = 0;
        return false;
      });
    },

    /** After these have fired. Returns the cells in truths of `at` whose mode was entered: what that set is no crossing of theirs. */
    again(fired: readonly Instance[]): ReadonlySet<number> {
      const entered = new Set<number>();
      for (const { which, instance } of fired)
        for (const other of handlers[which]!.restarts ?? []) {
          const { kind, offset, hasDuration } = handlers[other]!;
          const each = instances[other]! / instances[which]!;
          for (let at = offset + instance * each; at < offset + (instance + 1) * each; at += 1) {
            if (kind === 'at') {
              entered.add(at);
              continue;
            }
            truths[at] = 0;
            since[at] = NaN;
            if (hasDuration) ticks[at] = NaN;
          }
        }
      return entered;
    },
  };
}
