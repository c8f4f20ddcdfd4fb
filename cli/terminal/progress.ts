import type { Terminal } from './terminal.ts';

const SLICES = 200;
/** Runs shorter than this (ms) show nothing. */
const PATIENCE = 500;

/**
 * Does long work in slices and shows how far it is, on a terminal only. `step` goes on towards a time and says where it
 * is and whether it is done.
 */
export async function progress(
  terminal: Terminal,
  title: string,
  length: number,
  step: (until: number) => { at: number; done: boolean },
): Promise<void> {
  const started = performance.now();
  let shown = 0;
  for (let slice = 1; slice <= SLICES; slice++) {
    const { at, done } = step(slice === SLICES ? length : (length * slice) / SLICES);
    const elapsed = performance.now() - started;
    if (terminal.interactive && elapsed > PATIENCE && elapsed - shown > 100) {
      shown = elapsed;
      const share = Math.min(1, at / length);
      const left = share > 0 ? (elapsed / share - elapsed) / 1000 : NaN;
      const bar = '━'.repeat(Math.round(share * 24)).padEnd(24, '─');
      terminal.err(`\r${title} ${bar} ${Math.round(share * 100)} % ${left.toFixed(0)} s left \x1b[K`);
      // Lets Ctrl-C be heard.
      await new Promise(setImmediate);
    }
    if (done) break;
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
