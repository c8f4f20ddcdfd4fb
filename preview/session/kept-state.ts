/** What survives a reload of the preview: where one looked and what was hidden. Read with care: it may be of an older version. */
import { effect, signal } from '@preact/signals';
import type { Signal } from '@preact/signals';

export type PanelTab = 'controls' | 'alarms' | 'events' | 'sensors' | 'tests';
export type Theme = 'auto' | 'light' | 'dark';
/** Seconds; `auto` is as each chart's text says, `all` the whole run. */
export type TimeWindow = number | 'auto' | 'all';

export interface Kept {
  view: Signal<number>;
  /** Series that are switched off in legends. */
  hidden: Signal<ReadonlySet<string>>;
  window: Signal<TimeWindow>;
  zoom: Signal<{ from: number; to: number } | null>;
  /** s; the time that differences are read from. */
  mark: Signal<number | null>;
  /** Plays the zoomed stretch over and over. */
  loop: Signal<boolean>;
  theme: Signal<Theme>;
  /** null: by the width of the page. */
  panelOpen: Signal<boolean | null>;
  panelTab: Signal<PanelTab>;
  scroll: Signal<number>;
}

const tabs: readonly PanelTab[] = ['controls', 'alarms', 'events', 'sensors', 'tests'];
const themes: readonly Theme[] = ['auto', 'light', 'dark'];

/** Restores from what was kept, and keeps each change a moment later. */
export function keptState(stored: unknown, keep: (state: unknown) => void): Kept {
  const from: Record<string, unknown> =
    typeof stored === 'object' && stored !== null ? (stored as Record<string, unknown>) : {};
  const zoom = from['zoom'];
  const kept: Kept = {
    view: signal(number(from['view']) ?? 0),
    hidden: signal<ReadonlySet<string>>(
      new Set(Array.isArray(from['hidden']) ? from['hidden'].filter((id) => typeof id === 'string') : []),
    ),
    window: signal<TimeWindow>(from['window'] === 'all' ? 'all' : (number(from['window']) ?? 'auto')),
    zoom: signal(isSpan(zoom) ? { from: zoom.from, to: zoom.to } : null),
    mark: signal(number(from['mark']) ?? null),
    loop: signal(from['loop'] === true),
    theme: signal(themes.find((theme) => theme === from['theme']) ?? 'auto'),
    panelOpen: signal(typeof from['panelOpen'] === 'boolean' ? from['panelOpen'] : null),
    panelTab: signal(tabs.find((tab) => tab === from['panelTab']) ?? 'controls'),
    scroll: signal(number(from['scroll']) ?? 0),
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  let first = true;
  effect(() => {
    const state = {
      view: kept.view.value,
      hidden: [...kept.hidden.value],
      window: kept.window.value,
      zoom: kept.zoom.value,
      mark: kept.mark.value,
      loop: kept.loop.value,
      theme: kept.theme.value,
      panelOpen: kept.panelOpen.value,
      panelTab: kept.panelTab.value,
      scroll: kept.scroll.value,
    };
    if (first) {
      first = false;
      return;
    }
    clearTimeout(timer);
    timer = setTimeout(() => keep(state), 100);
  });
  return kept;
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function isSpan(value: unknown): value is { from: number; to: number } {
  if (typeof value !== 'object' || value === null || !('from' in value) || !('to' in value)) return false;
  return typeof value.from === 'number' && typeof value.to === 'number' && value.from < value.to;
}
