import type { Terminal } from './terminal.ts';

/** Of a run, at least. They become more where one takes long, so that the bar moves and Ctrl-C is heard. */
const SLICES = 200;
/** Of such a slice, at first: nobody knows yet how long one takes. */
const FIRST = 1 / 4096;
/** ms that a slice may take, and below which the next may be twice as long. */
const LONG = 100;
const SHORT = 20;
/** Runs shorter than this (ms) show nothing. */
const PATIENCE = 500;

/**
 * Does long work in slices and shows how far it is, on a terminal only. `step` goes on towards a time and says where it
 * is, whether it is done, and whether it is not there yet and wants to be asked again.
 */
export async function progress(
  terminal: Terminal,
  title: string,
  length: number,
  step: (until: number) => { at: number; done: boolean; early?: boolean },
): Promise<void> {
  const started = performance.now();
  let shown = 0;
  let share = FIRST / SLICES;
  for (let until = share; ;) {
    const begun = performance.now();
    const { at, done, early } = step(until === 1 ? length : length * until);
    const now = performance.now();
    if (early !== true) {
      if (now - begun > LONG) share *= Math.max(LONG / (now - begun) / 2, FIRST);
      else if (now - begun < SHORT) share = Math.min(2 * share, 1 / SLICES);
    }
    const elapsed = now - started;
    if (terminal.interactive && elapsed > PATIENCE && elapsed - shown > 100) {
      shown = elapsed;
      const part = Math.min(1, at / length);
      const left = part > 0 ? (elapsed / part - elapsed) / 1000 : NaN;
      const bar = '━'.repeat(Math.round(part * 24)).padEnd(24, '─');
      terminal.err(`\r${title} ${bar} ${Math.round(part * 100)} % ${left.toFixed(0)} s left \x1b[K`);
    }
    if (done || (until === 1 && early !== true)) break;
    // Signals are heard here: whoever writes a file puts its part away.
    await new Promise(setImmediate);
    if (early !== true) until = Math.min(1, until + share);
  }
  if (shown > 0) terminal.err('\r\x1b[K');
}

/** A count towards a number, with what is left by the pace so far; on a terminal only. */
export function meter(
  terminal: Terminal,
  title: string,
  total: number,
): { at(count: number): void; clear(): void } {
  const started = performance.now();
  let shown = 0;
  return {
    at: (count) => {
      const elapsed = performance.now() - started;
      if (!terminal.interactive || elapsed < PATIENCE || elapsed - shown < 100) return;
      shown = elapsed;
      const share = count / total;
      const bar = '━'.repeat(Math.round(share * 24)).padEnd(24, '─');
      const left = share > 0 ? leftText(((elapsed / share) * (1 - share)) / 1000) : '';
      terminal.err(`\r${title} ${bar} ${count} of ${total} runs${left} \x1b[K`);
    },
    clear: () => {
      if (shown > 0) terminal.err('\r\x1b[K');
    },
  };
}

/** No more digits than a guess has. */
function leftText(seconds: number): string {
  if (seconds < 60) return `, ${Math.ceil(seconds)} s left`;
  const minutes = seconds / 60;
  return minutes < 100
    ? `, about ${Math.ceil(minutes)} min left`
    : `, about ${(minutes / 60).toFixed(1)} h left`;
}
