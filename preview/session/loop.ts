/** Plays the zoomed stretch of a run over and over, for as long as that is wanted. */
import { effect } from '@preact/signals';
import type { Kept } from './kept-state.ts';
import type { SessionStore } from './store.ts';

export function playLoop(store: SessionStore, kept: Kept): () => void {
  /** It was sent back; until the session says that it is there, what it says is of before. */
  let sent = false;
  return effect(() => {
    const status = store.status.value;
    const zoom = kept.zoom.value;
    if (!kept.loop.value || !zoom || !status || status.mode === 'live') {
      sent = false;
      return;
    }
    const end = Math.min(zoom.to, status.end ?? Infinity);
    if (status.time < end) sent = false;
    // A run that came to its end while it was played goes on too.
    const playing = status.playing || (status.end !== null && status.time >= status.end);
    if (!playing || status.time < end || sent) return;
    sent = true;
    const back = Math.max(zoom.from, status.start);
    queueMicrotask(() => {
      store.seek(back);
      if (!status.playing) store.command({ type: 'play' });
    });
  });
}
