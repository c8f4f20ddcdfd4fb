/** What every component may reach: the store, the kept state and the palette. */
import { createContext } from 'preact';
import type { ReadonlySignal } from '@preact/signals';
import { useContext, useEffect } from 'preact/hooks';
import type { Painter } from './drawing/painter.ts';
import type { Kept } from './session/kept-state.ts';
import type { SessionStore } from './session/store.ts';
import type { Palette } from './style/palette.ts';

export interface Preview {
  store: SessionStore;
  kept: Kept;
  palette: ReadonlySignal<Palette>;
  /** Draws the traces of charts. */
  painter: Painter;
  /** A page of its own, with no editor around it. */
  standalone: boolean;
}

export const PreviewContext = createContext<Preview | null>(null);

export function usePreview(): Preview {
  const preview = useContext(PreviewContext);
  if (!preview) throw new Error('A component of the preview stands outside of its context.');
  return preview;
}

/** Has the session send these series while the component is there. */
export function useWatch(series: readonly string[]): void {
  const { store } = usePreview();
  useEffect(() => store.watch(series), [store, series.join('\n')]);
}
