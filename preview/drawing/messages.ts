/** Between the page and the worker that draws for it. Types only. */
import type { Strokes } from './strokes.ts';

export type FromPage =
  | { type: 'open'; id: number; canvas: OffscreenCanvas }
  | { type: 'draw'; id: number; strokes: Strokes }
  | { type: 'close'; id: number };

export type FromWorker = { type: 'ready' } | { type: 'drawn' };
