/** The saved region as it was before an instant: what memory goes back to where the instant comes to nothing. */
import type { Machine } from '../machine.ts';

/** Where it lies: one run after another in one machine has the same. */
const rooms = new WeakMap<Machine, Uint8Array>();

export function createLastGood(machine: Machine) {
  const { manifest, bytes } = machine;
  const { states, savedBytes } = manifest.layout;
  const [from, to] = [states.address, states.address + 8 * states.count];
  /** States are most of what there is, and seldom set. */
  const setsStates =
    manifest.flow !== undefined ||
    manifest.projects === true ||
    manifest.handlers.some(({ sets }) => sets.some((id) => manifest.variables[id]!.role === 'state'));
  const others = rooms.get(machine) ?? new Uint8Array(savedBytes - (to - from));
  rooms.set(machine, others);
  let own: Uint8Array | undefined;
  let hasStates = false;
  return {
    /** `isOpen`: somebody from outside may set anything. */
    take: (isOpen: boolean): void => {
      others.set(bytes.subarray(0, from));
      others.set(bytes.subarray(to, savedBytes), from);
      hasStates = isOpen || setsStates;
      if (!hasStates) return;
      own ??= new Uint8Array(to - from);
      own.set(bytes.subarray(from, to));
    },
    putBack: (): void => {
      bytes.set(others.subarray(0, from));
      bytes.set(others.subarray(from), to);
      if (hasStates) bytes.set(own!, from);
    },
  };
}
