/** A moment of a run as the end of an address, and back: time, view, zoomed stretch, scenario and what was set. */
import { effect } from '@preact/signals';
import type { Kept } from './kept-state.ts';
import type { SessionStore } from './store.ts';

export interface Moment {
  /** s */
  time: number;
  view: number;
  zoom: { from: number; to: number } | null;
  /** Null where none is said, empty where there is to be none. */
  scenario: string | null;
  /** s, of the run; null where it is the scenario's, or the usual one. */
  duration: number | null;
  /** SI, by id. */
  settings: ReadonlyMap<string, number>;
}

/** `#t=649.5&view=1&zoom=600..700&scenario=drought&set.cooling=45` */
export function writeMoment({ time, view, zoom, scenario, duration, settings }: Moment): string {
  const fields = new URLSearchParams();
  fields.set('t', String(Number(time.toPrecision(12))));
  if (view > 0) fields.set('view', String(view));
  if (zoom) fields.set('zoom', `${zoom.from}..${zoom.to}`);
  if (scenario !== null) fields.set('scenario', scenario);
  if (duration !== null) fields.set('duration', String(duration));
  for (const [id, value] of settings) fields.set(`set.${id}`, String(value));
  return `#${fields.toString()}`;
}

/** Undefined when the text says no time. */
export function readMoment(hash: string): Moment | undefined {
  const fields = new URLSearchParams(hash.replace(/^#/, ''));
  const number = (text: string | null): number => (text === null || text.trim() === '' ? NaN : Number(text));
  const time = number(fields.get('t'));
  if (!Number.isFinite(time)) return undefined;
  const [from = NaN, to = NaN] = (fields.get('zoom') ?? '').split('..').map(number);
  const view = number(fields.get('view'));
  const duration = number(fields.get('duration'));
  return {
    time,
    view: Number.isInteger(view) && view > 0 ? view : 0,
    zoom: Number.isFinite(from) && from < to ? { from, to } : null,
    scenario: fields.get('scenario'),
    duration: duration > 0 && Number.isFinite(duration) ? duration : null,
    settings: new Map(
      [...fields]
        .filter(([name, value]) => name.startsWith('set.') && Number.isFinite(number(value)))
        .map(([name, value]) => [name.slice('set.'.length), Number(value)]),
    ),
  };
}

export function momentOf(store: SessionStore, kept: Kept): Moment {
  const status = store.status.peek();
  const parameters = store.lookup.peek().parameters;
  return {
    time: store.shown.peek(),
    view: kept.view.peek(),
    zoom: kept.zoom.peek(),
    scenario: status?.mode === 'simulate' ? status.scenario : null,
    duration: status?.mode === 'simulate' ? lengthOf(store) : null,
    // An input that is set holds from some time on, of which nothing is known here.
    settings: new Map([...store.settings.peek()].filter(([id]) => parameters.get(id)?.role === 'parameter')),
  };
}

/** Where nothing plans how long it is to be, or the run has another length than planned. */
function lengthOf(store: SessionStore): number | null {
  const { end, scenario } = store.status.peek()!;
  const planned = store.hello.peek()?.scenarios.find(({ name }) => name === scenario)?.duration;
  return end === planned ? null : end;
}

/** Goes to a moment once the session says what runs. */
export function goTo(moment: Moment, store: SessionStore, kept: Kept): void {
  kept.view.value = moment.view;
  kept.zoom.value = moment.zoom;
  const stop = effect(() => {
    const status = store.status.value;
    const hello = store.hello.value;
    if (!status || !hello) return;
    queueMicrotask(() => {
      stop();
      if (status.mode === 'live') {
        store.seek(moment.time);
        return;
      }
      store.command({ type: 'pause' });
      // Of a run without a scenario the name is empty.
      const wanted = moment.scenario === '' ? null : moment.scenario;
      const known = moment.scenario === '' || hello.scenarios.some(({ name }) => name === wanted);
      const { duration } = moment;
      const isOther = wanted !== status.scenario || (duration !== null && duration !== status.end);
      if (status.mode === 'simulate' && known && isOther)
        store.command({ type: 'scenario', scenario: wanted, ...(duration === null ? {} : { duration }) });
      const settings = [...moment.settings].filter(([id]) => store.lookup.peek().parameters.has(id));
      for (const [id, value] of settings) store.set(id, value);
      // A run that took long is not run again by itself: what was set would hold from now on only, and the moment lies before.
      if (settings.length > 0) store.command({ type: 'restart' });
      // Not bounded by what is computed: the session computes as far as that.
      store.command({ type: 'seek', time: moment.time });
      store.command({ type: 'pause' });
    });
  });
}
