/**
 * A state to keep ↔ the snapshot in it, and why its run had stopped, if it had. Little endian:
 *
 * | bytes | what |
 * | --- | --- |
 * | 0– | the snapshot (see `snapshot.ts`) |
 * | then | JSON, UTF-8: the trouble that stopped the run; nothing where it goes on |
 * | last 8 | u32: length of that in bytes; a sum over all before |
 *
 * With the trouble, as a run that has stopped within an instant would go past what did not happen there; with the sum, as a number that was
 * damaged on a disk is a number still.
 */
import type { Trouble } from './trouble.ts';

const TAIL = 8;

export function saved(snapshot: Uint8Array, trouble: Trouble | undefined): Uint8Array {
  const said = trouble === undefined ? new Uint8Array() : new TextEncoder().encode(JSON.stringify(trouble));
  const whole = new Uint8Array(snapshot.length + said.length + TAIL);
  whole.set(snapshot);
  whole.set(said, snapshot.length);
  const view = new DataView(whole.buffer);
  view.setUint32(whole.length - 8, said.length, true);
  view.setUint32(whole.length - 4, sumOf(whole.subarray(0, -4)), true);
  return whole;
}

/** Undefined where it was cut or changed. */
export function openSaved(bytes: Uint8Array): { snapshot: Uint8Array; trouble?: Trouble } | undefined {
  if (bytes.length < TAIL) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.length - TAIL - view.getUint32(bytes.length - 8, true);
  if (end < 0 || view.getUint32(bytes.length - 4, true) !== sumOf(bytes.subarray(0, -4))) return undefined;
  const snapshot = bytes.subarray(0, end);
  const said = bytes.subarray(end, -TAIL);
  if (said.length === 0) return { snapshot };
  try {
    return { snapshot, trouble: JSON.parse(new TextDecoder().decode(said)) as Trouble };
  } catch {
    return undefined;
  }
}

/** FNV-1a, 32 bits (Fowler, Noll, Vo), by words: any word that is another one changes it. */
function sumOf(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const words = bytes.length >> 2;
  let sum = 0x811c9dc5;
  for (let word = 0; word < words; word += 1)
    sum = Math.imul(sum ^ view.getUint32(4 * word, true), 0x01000193);
  for (let at = 4 * words; at < bytes.length; at += 1) sum = Math.imul(sum ^ bytes[at]!, 0x01000193);
  return sum >>> 0;
}
