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
