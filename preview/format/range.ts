/** Which stretch of time the charts show. */
import type { SessionStatus } from '../protocol.ts';
import type { TimeWindow } from '../session/kept-state.ts';
import { roundUpSpan } from './time.ts';

/** A live twin runs for months; without a window of its own a chart shows its last minutes. */
const liveWindow = 600;
/** s; the shortest stretch a young run is shown over. */
const youngest = 10;
/** Part of the window that shows what comes after the playhead, when one has gone back in the run. */
const ahead = 0.25;

export interface RangeInput {
  zoom: { from: number; to: number } | null;
  window: TimeWindow;
  /** s; what the view's text says for this chart. */
  own: number | undefined;
  status: SessionStatus | null;
  /** s; the time that is shown. */
  time: number;
}

/** From and to, in s; from < to. */
export function visibleRange({ zoom, window, own, status, time }: RangeInput): [number, number] {
  if (zoom) return [zoom.from, zoom.to];
  const start = status?.start ?? 0;
  const computed = Math.max(status?.computed ?? time, time);
  let span = window === 'auto' ? own : window === 'all' ? undefined : window;
  if (span === undefined && window === 'auto' && status?.mode === 'live') span = liveWindow;
  if (span !== undefined && span > 0) {
    // A young run fills its chart in round steps rather than a corner of it.
    span = Math.min(span, Math.max(youngest, roundUpSpan(computed - start)));
    const to = Math.max(start + span, time + Math.min(computed - time, span * ahead));
    return [to - span, to];
  }
  // Grows in round steps, so that the axis stands still between them.
  const grown = roundUpSpan(Math.max(computed - start, 1e-3));
  const whole = status?.end == null ? Infinity : status.end - start;
  return [start, start + Math.max(Math.min(grown, whole), computed - start, 1e-6)];
}
