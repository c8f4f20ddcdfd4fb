/** What a preview is told as time passes, gathered and sent in batches: status, events, alarms, frames. */
import { decimate } from '../../runtime/recording.ts';
import type { Recording } from '../../runtime/recording.ts';
import type { Twin } from '../../runtime/twin.ts';
import type {
  AlarmState,
  FromPreview,
  Items,
  SessionStatus,
  ToPreview,
  TwinEvent,
} from '../../preview/protocol.ts';
import { alarmKey } from './log.ts';
import type { SessionSeries } from './series.ts';

const ROWS_A_FRAME = 2000;

export interface OutboxOptions {
  send: (message: ToPreview) => void;
  twin: () => Twin | undefined;
  status: () => SessionStatus | undefined;
  /** All, or only those of these keys. */
  alarms: (only?: ReadonlySet<string>) => AlarmState[];
  /** Whether it is time to tell of them again. */
  alarmsDue: () => boolean;
  /** Where items are, when somebody looks. */
  items: () => Items | undefined;
}

export const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

export function createOutbox({ send, twin, status, alarms, alarmsDue, items }: OutboxOptions) {
  let subscribed: SessionSeries[] = [];
  let times: number[] = [];
  let rows: number[][] = [];
  let events: TwinEvent[] = [];
  let alarmsChanged = false;
  /** Those that have, where not all may have. */
  let changed: Set<string> | undefined = new Set();
  let hidden = false;
  let statusText = '';
  let itemsText = '';

  const sendStatus = (): void => {
    const current = status();
    if (current === undefined) return;
    const text = JSON.stringify(current);
    if (text === statusText) return;
    statusText = text;
    send({ type: 'status', status: current });
  };
  const sendAlarms = (): void => {
    const only = changed;
    alarmsChanged = false;
    changed = new Set();
    if (twin() !== undefined && !hidden) send({ type: 'alarms', alarms: alarms(only) });
  };
  /** Of a key, or of all. */
  const noteAlarms = (keys?: Iterable<string>): void => {
    alarmsChanged = true;
    if (keys === undefined) changed = undefined;
    else if (changed !== undefined) for (const key of keys) changed.add(key);
  };
  const sendFrame = (): void => {
    const current = twin();
    if (current !== undefined && !hidden)
      send({
        type: 'frame',
        series: subscribed.map(({ id }) => id),
        times,
        columns: subscribed.map((_, i) => rows.map((row) => finite(row[i]!))),
        now: subscribed.map(({ read }) => finite(read(current))),
        time: current.time(),
      });
    times = [];
    rows = [];
    sendItems();
  };
  const sendItems = (): void => {
    const found = hidden ? undefined : items();
    if (found === undefined) return;
    const text = JSON.stringify(found.flows);
    if (text === itemsText) return;
    itemsText = text;
    send(found);
  };

  return {
    sendStatus,
    sendFrame,
    /**
     * Everything new, at once. The status comes first: it says when what was known of later times no longer holds. Returns whether alarms were told.
     */
    flush: (): boolean => {
      sendStatus();
      if (events.length > 0 && !hidden) send({ type: 'events', events });
      events = [];
      const tells = alarmsChanged && alarmsDue();
      if (tells) sendAlarms();
      sendFrame();
      return tells;
    },
    /** A row of the subscribed series. Every other one goes when a fast run makes more than anyone could see. */
    row: (time: number, current: Twin): void => {
      if (subscribed.length === 0 || hidden) return;
      times.push(time);
      rows.push(subscribed.map(({ read }) => read(current)));
      if (times.length <= ROWS_A_FRAME) return;
      times = times.filter((_, i) => i % 2 === 1);
      rows = rows.filter((_, i) => i % 2 === 1);
    },
    event: (event: TwinEvent): void => {
      events.push(event);
    },
    /** One alarm has, or any may have. */
    alarmsChanged: (key?: string): void => noteAlarms(key === undefined ? undefined : [key]),
    /** Somebody has done something with an alarm: it is told at once, with those that wait. */
    sendAlarm: (alarm: { alarm: number; instance: number } | undefined): void => {
      if (alarm === undefined) return;
      noteAlarms([alarmKey(alarm)]);
      sendAlarms();
    },
    subscribe: (series: readonly SessionSeries[]): void => {
      // What waits is of what was subscribed before.
      if (times.length > 0) sendFrame();
      subscribed = [...series];
    },
    subscribed: (): readonly SessionSeries[] => subscribed,
    /** What waits to be sent is of another run. */
    clear: (): void => {
      times = [];
      rows = [];
      events = [];
      noteAlarms();
    },
    /**
     * Tells the preview, at once, that what it knows of times after `time` no longer holds; −1: nothing does. `alarms`: those that had changed
     * since; where it is not said, any may have.
     */
    forgetAfter: (time: number, including: boolean, alarms?: Iterable<string>): void => {
      events = events.filter((event) => event.time < time || (event.time === time && !including));
      const kept = times.findIndex((at) => at > time || (including && at === time));
      if (kept >= 0) {
        times.length = kept;
        rows.length = kept;
      }
      noteAlarms(alarms);
      const current = status();
      if (current !== undefined) send({ type: 'status', status: { ...current, computed: time } });
      statusText = '';
    },
    /** The next status is sent even when it is the same. */
    repeatStatus: (): void => {
      statusText = '';
    },
    repeatItems: (): void => {
      itemsText = '';
    },
    forgetEvents: (): void => {
      events = [];
    },
    /** Returns whether that is new. */
    hide: (hide: boolean): boolean => {
      const changed = hidden !== hide;
      hidden = hide;
      return changed;
    },
    history: (
      recording: Pick<Recording, 'times' | 'column'>,
      { request, series, from, to, points }: Extract<FromPreview, { type: 'history' }>,
    ): void => {
      const all = recording.times();
      const columns = series.map((id) => recording.column(id));
      const known = columns.filter((column) => column !== undefined);
      const each = Math.max(2, Math.floor(points / Math.max(1, known.length)));
      const kept = new Set(known.flatMap((column) => decimate(all, column, from, to, each)));
      const order = [...kept].sort((a, b) => a - b);
      send({
        type: 'history',
        request,
        times: order.map((row) => all[row]!),
        columns: Object.fromEntries(
          series.map((id, i) => [
            id,
            order.map((row) => (columns[i] === undefined ? null : finite(columns[i][row]!))),
          ]),
        ),
      });
    },
  };
}
