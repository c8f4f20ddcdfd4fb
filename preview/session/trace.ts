/** Takes the run that is shown to where a test fails. */
import { effect } from '@preact/signals';
import type { Kept } from './kept-state.ts';
import type { SessionStore } from './store.ts';
import type { Trace } from './trials.ts';

export function followTrace(store: SessionStore, kept: Kept): () => void {
  let shown: Trace | null = null;
  return effect(() => {
    const trace = store.trials.trace.value;
    if (trace === shown) return;
    shown = trace;
    if (!trace) return;
    const { test, time } = trace;
    queueMicrotask(() => {
      kept.zoom.value = null;
      store.command({ type: 'trace', test, time });
    });
  });
}
