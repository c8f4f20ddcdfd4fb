/**
 * The whole state of a twin ↔ one flat value, little endian:
 *
 * | bytes | what |
 * | --- | --- |
 * | 0–7 | `PLXSTATE` |
 * | 8–23 | fingerprint of the layout, ASCII |
 * | 24–27 | scenario + 1; 0 for none |
 * | 28–31 | number of f64 that follow the saved region |
 * | 32– | the saved region of memory, [0, `savedBytes`), as the layout says |
 * | then | f64: time shown, last crossing values' time, crossing values of this and the last step |
 * | then | f64, only where something is solved by iteration: derivatives and algebraic variables, from which it starts |
 * | then | f64: absolute tolerances, as runs: how many, and of each its length and the tolerance; or 0 and each by itself, where that is shorter |
 * | then | f64, only of a method with several steps: what it knows of those before, as `past.ts` says |
 */
import type { Crossings } from './events/locate.ts';
import type { Machine } from './machine.ts';
import { pastNumbers, putPast } from './solvers/past.ts';

const MAGIC = 'PLXSTATE';
export const HEADER = 32;

/** `shown` ≥ the committed time: where the host was looking. The machine is at its committed time. */
export function writeSnapshot(...state: Parameters<typeof snapshotParts>): Uint8Array {
  return joined(snapshotParts(...state));
}

/** One after another they are the state; what lies in the machine's memory is shown there, and not copied. */
export function snapshotParts(
  machine: Machine,
  known: Crossings,
  scenario: number | undefined,
  shown: number,
): Uint8Array[] {
  const { layout, stateFingerprint } = machine.manifest;
  const parts = [
    [shown, known.beforeTime],
    known.begin,
    known.before,
    ...(machine.iterates ? [machine.iterated] : []),
    ...inRuns(machine.absoluteTolerances),
    ...pastNumbers(machine.past),
  ];
  const numbers = parts.reduce((total, part) => total + part.length, 0);
  const header = new Uint8Array(HEADER);
  for (const [i, character] of [...MAGIC, ...stateFingerprint.slice(0, 16)].entries())
    header[i] = character.charCodeAt(0);
  const view = new DataView(header.buffer);
  view.setUint32(24, scenario === undefined ? 0 : scenario + 1, true);
  view.setUint32(28, numbers, true);
  const tail = new DataView(new ArrayBuffer(8 * numbers));
  let at = 0;
  for (const part of parts)
    for (const number of part) {
      tail.setFloat64(at, number, true);
      at += 8;
    }
  return [header, machine.bytes.subarray(0, layout.savedBytes), new Uint8Array(tail.buffer)];
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Puts a state into a machine. Returns the time that was shown, or in words why the state does not fit. */
export function readSnapshot(
  machine: Machine,
  known: Crossings,
  scenario: number | undefined,
  bytes: Uint8Array,
): { shown: number } | string {
  const { layout, stateFingerprint, name, scenarios } = machine.manifest;
  const text = (from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to));
  if (bytes.length < HEADER || text(0, 8) !== MAGIC) return 'This is not a saved state of a twin.';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const own = stateFingerprint.slice(0, 16).padEnd(16, '\0');
  const numbers = view.getUint32(28, true);
  if (text(8, 24) !== own)
    return `The saved state belongs to another version of ${name}, or was saved by another version of Pollux: variables, events or how they are kept have changed since. Start the run anew.`;
  if (bytes.length !== HEADER + layout.savedBytes + 8 * numbers)
    return 'The saved state is damaged: its length is wrong.';
  const saved = view.getUint32(24, true) - 1;
  if (saved !== (scenario ?? -1))
    return `The saved state comes from scenario ${scenarios[saved]?.name ?? '(none)'}, this twin runs ${scenario === undefined ? 'none' : scenarios[scenario]!.name}.`;
  machine.bytes.set(bytes.subarray(HEADER, HEADER + layout.savedBytes));
  let at = HEADER + layout.savedBytes;
  const next = (): number => {
    at += 8;
    return view.getFloat64(at - 8, true);
  };
  const shown = next();
  known.beforeTime = next();
  for (const part of [known.begin, known.before, ...(machine.iterates ? [machine.iterated] : [])])
    for (let i = 0; i < part.length; i += 1) part[i] = next();
  const { absoluteTolerances: tolerances } = machine;
  const runs = next();
  if (runs === 0) for (let i = 0; i < tolerances.length; i += 1) tolerances[i] = next();
  for (let run = 0, from = 0; run < runs; run += 1) {
    const [length, tolerance] = [next(), next()];
    // Memory that nothing was written to takes no room.
    for (const to = from + length; from < to; from += 1)
      if (tolerances[from] !== tolerance) tolerances[from] = tolerance;
  }
  const rest = Math.max(0, (bytes.length - at) / 8);
  putPast(machine.past, machine.states, Float64Array.from({ length: rest }, next));
  return { shown };
}

/** How many runs of equal numbers there are, and of each its length and the number; or 0, and the numbers. */
function inRuns(numbers: Float64Array): (readonly number[] | Float64Array)[] {
  const runs: number[] = [];
  for (let from = 0, i = 1; i <= numbers.length; i += 1) {
    if (i < numbers.length && numbers[i] === numbers[from]) continue;
    runs.push(i - from, numbers[from]!);
    if (runs.length >= numbers.length) return [[0], numbers];
    from = i;
  }
  return [[runs.length / 2], runs];
}

/** Position of the scenario that a state comes from, -1 for none; undefined when it is no state. */
export function savedScenario(bytes: Uint8Array): number | undefined {
  if (bytes.length < HEADER || String.fromCharCode(...bytes.subarray(0, 8)) !== MAGIC) return undefined;
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(24, true) - 1;
}

/** 64-bit FNV-1a as 16 hex digits (Fowler, Noll, Vo): equal states have equal hashes. */
export function hashBytes(...parts: readonly ArrayBufferView[]): string {
  let high = 0xcbf29ce4;
  let low = 0x84222325;
  for (const { buffer, byteOffset, byteLength } of parts)
    for (const byte of new Uint8Array(buffer, byteOffset, byteLength)) {
      low = (low ^ byte) >>> 0;
      // Times 2^40 + 0x1b3, in two 32-bit halves.
      const product = low * 0x1b3;
      high = (Math.imul(high, 0x1b3) + Math.floor(product / 2 ** 32) + ((low << 8) >>> 0)) >>> 0;
      low = product >>> 0;
    }
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
}
