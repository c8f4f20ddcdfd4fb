/** Keys that work anywhere in the preview, except where one types or where a control has a use for them itself. */
import type { Kept } from '../session/kept-state.ts';
import { visibleRange } from '../format/range.ts';
import { speeds } from '../session/reduce.ts';
import type { SessionStore } from '../session/store.ts';

export interface Shell {
  store: SessionStore;
  kept: Kept;
  toggleHelp(): void;
  closeHelp(): void;
  togglePanel(): void;
}

/** Plays or pauses; of a live twin only the display stands still. */
export function togglePlay(store: SessionStore): void {
  const status = store.status.peek();
  if (!status) return;
  if (status.mode === 'live') {
    store.frozen.value = store.frozen.peek() === null ? store.now.peek() : null;
    store.invalidate();
    return;
  }
  store.command({ type: status.playing ? 'pause' : 'play' });
}

/** Keeps the run as it is to compare what follows with it, or forgets the one that was kept. */
function toggleComparison(store: SessionStore): void {
  const status = store.status.peek();
  if (!status || status.mode === 'live') return;
  store.command({ type: 'compare', with: status.compared ? 'none' : 'this', scenario: null });
}

/** Marks the time under the pointer, else the one that is shown, to read differences from it; or takes the mark away. */
export function toggleMark(store: SessionStore, kept: Kept): void {
  if (!store.status.peek()) return;
  kept.mark.value = kept.mark.peek() === null ? (store.cursor.peek() ?? store.shown.peek()) : null;
}

/** Moves by a part of the run. */
export function seekBy(store: SessionStore, part: number): void {
  const status = store.status.peek();
  if (!status) return;
  const span = (status.end ?? status.computed) - status.start;
  store.seek(store.shown.peek() + part * span);
}

/** To the latest time that is computed; from there to the end of the run, where it has one. */
function toLatest(store: SessionStore): void {
  const status = store.status.peek();
  const isThere = status !== null && store.shown.peek() >= status.computed;
  // Not bounded by what is computed: the session computes as far as that.
  if (isThere && status.mode !== 'live' && status.end !== null)
    store.command({ type: 'seek', time: status.end });
  else store.seek(Infinity);
}

/** Listens until the returned function is called. */
export function listenToKeys(shell: Shell): () => void {
  const listen = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape') {
      shell.closeHelp();
      return;
    }
    if (isTaken(event) || !mayPress(event.key, shell.store)) return;
    if (act(event, shell)) event.preventDefault();
  };
  window.addEventListener('keydown', listen);
  return () => window.removeEventListener('keydown', listen);
}

/** What a person may not do, keys do not ask for either. */
function mayPress(key: string, store: SessionStore): boolean {
  if (/^[rR]$/.test(key)) return store.may('administer');
  const live = store.status.peek()?.mode === 'live';
  return live || !/^( |Arrow(Left|Right)|Home|End|[1-9]|[cC])$/.test(key) || store.may('operate');
}

function act(event: KeyboardEvent, shell: Shell): boolean {
  const { store, kept, toggleHelp, togglePanel } = shell;
  const live = store.status.peek()?.mode === 'live';
  const step = (to: 'step' | 'next-event' | 'previous-event') => {
    if (!live) store.command({ type: 'step', to });
    else seekBy(store, to === 'previous-event' ? -0.01 : 0.01);
  };
  switch (event.key) {
    case ' ':
      togglePlay(store);
      return true;
    case 'ArrowRight':
      step(event.shiftKey ? 'next-event' : 'step');
      return true;
    case 'ArrowLeft':
      if (event.shiftKey) step('previous-event');
      else seekBy(store, -0.01);
      return true;
    case 'Home':
      store.seek(-Infinity);
      return true;
    case 'End':
      toLatest(store);
      return true;
    case '?':
      toggleHelp();
      return true;
    case 'r':
    case 'R':
      if (!live) store.command({ type: 'restart' });
      return true;
    case '+':
    case '=':
      zoomBy(shell, 0.5, 0);
      return true;
    case '-':
      zoomBy(shell, 2, 0);
      return true;
    case ',':
      zoomBy(shell, 1, -0.25);
      return true;
    case '.':
      zoomBy(shell, 1, 0.25);
      return true;
    case 'l':
    case 'L':
      kept.loop.value = !kept.loop.value;
      return true;
    case 'm':
    case 'M':
      toggleMark(store, kept);
      return true;
    case 'c':
    case 'C':
      toggleComparison(store);
      return true;
    case 'z':
    case 'Z':
      kept.zoom.value = null;
      return true;
    case 'p':
    case 'P':
      togglePanel();
      return true;
  }
  if (/^[1-9]$/.test(event.key)) {
    if (!live) store.command({ type: 'speed', speed: speeds[Number(event.key) - 1] ?? null });
    return true;
  }
  return false;
}

/** Scales the stretch that is shown about the time that is shown, or moves it by a part of itself. */
function zoomBy({ store, kept }: Shell, scale: number, shift: number): void {
  const status = store.status.peek();
  if (!status) return;
  const time = store.shown.peek();
  const [from, to] = visibleRange({
    zoom: kept.zoom.peek(),
    window: kept.window.peek(),
    own: undefined,
    status,
    time,
  });
  const by = shift * (to - from);
  const pivot = time >= from && time <= to ? time : (from + to) / 2;
  const next = {
    from: Math.max(status.start, pivot - (pivot - from) * scale + by),
    to: pivot + (to - pivot) * scale + by,
  };
  const whole = (status.end ?? status.computed) - status.start;
  if (next.to - next.from >= whole) kept.zoom.value = null;
  else if (next.to - next.from > 1e-6 * whole) kept.zoom.value = next;
}

/** Whether the focused control uses this key itself. */
function isTaken(event: KeyboardEvent): boolean {
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement && target.type === 'range')
    return /^(Arrow|Home|End|Page)/.test(event.key);
  if (target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName)) return true;
  if (target.tagName === 'BUTTON')
    return event.key === ' ' || (target.role === 'tab' && /^(Arrow|Home|End)/.test(event.key));
  // A scrolling list keeps its paging keys.
  return target.classList.contains('events') && /^(Home|End|Page)/.test(event.key);
}
