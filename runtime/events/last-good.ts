/** The saved region as it was before an instant: what memory goes back to where the instant comes to nothing. */
import type { Machine } from '../machine.ts';

export function createLastGood({ manifest, bytes }: Machine) {
  const { states, savedBytes } = manifest.layout;
  const [from, to] = [states.address, states.address + 8 * states.count];
  /** States are most of what there is, and seldom set. */
  const setsStates =
    manifest.flow !== undefined ||
    manifest.projects === true ||
    manifest.handlers.some(({ sets }) => sets.some((id) => manifest.variables[id]!.role === 'state'));
  const others = new Uint8Array(savedBytes - (to - from));
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
