/**
 * A session without a compiler: it speaks the preview's protocol and moves made-up twins with plain formulas. Time comes from
 * `tick`, so that a test decides how much of it passes; the same ticks give the same frames.
 */
import type {
  AlarmState,
  FromPreview,
  Mode,
  SessionStatus,
  ToPreview,
  TwinEvent,
} from '../../preview/protocol.ts';
import type { FakeTwin } from './fake-twin.ts';

export class FakeSession {
  readonly received: FromPreview[] = [];
  private readonly twin: FakeTwin;
  private readonly emit: (message: ToPreview) => void;
  private readonly settings = new Map<string, number>();
  private subscribed: string[] = [];
  private times: number[] = [];
  private rows: Record<string, number>[] = [];
  private sent = 0;
  private compared: { times: number[]; rows: Record<string, number>[] } | undefined;
  private events: TwinEvent[] = [];
  private alarms: AlarmState[];
  private status: SessionStatus;
  private seed = 1;

  constructor(twin: FakeTwin, emit: (message: ToPreview) => void, mode: Mode = 'simulate') {
    this.twin = twin;
    this.emit = emit;
    for (const { id, initial } of twin.hello.parameters) this.settings.set(id, initial);
    this.alarms = twin.hello.alarms.map((alarm) => ({ ...alarm }));
    const live = mode === 'live';
    this.status = {
      mode,
      scenario: live ? null : (twin.hello.scenarios[0]?.name ?? null),
      playing: live,
      speed: 1,
      time: 0,
      start: 0,
      end: live ? null : twin.duration,
      computed: 0,
      trouble: null,
      connections: live ? [{ name: 'mqtt', state: 'connected', detail: 'mqtt://127.0.0.1:1883' }] : [],
      counts: live ? { 'samples received': 0, late: 3, garbage: 1 } : {},
    };
    this.restart();
  }

  get time(): number {
    return this.status.time;
  }

  receive(message: FromPreview): void {
    this.received.push(message);
    const { status } = this;
    switch (message.type) {
      case 'ready':
        this.emit({ ...this.twin.hello, alarms: this.alarms });
        this.sendStatus();
        this.emit({ type: 'events', events: this.events });
        this.sendNow();
        return;
      case 'subscribe':
        this.subscribed = message.series;
        this.sendNow();
        return;
      case 'play':
        status.playing = true;
        break;
      case 'pause':
        status.playing = false;
        break;
      case 'speed':
        status.speed = message.speed;
        break;
      case 'restart':
        this.restart();
        break;
      case 'seek':
        status.time = this.timeOfRow(message.time);
        this.sendNow();
        break;
      case 'step':
        this.stepTo(message.to);
        break;
      case 'mode':
        status.mode = message.mode;
        break;
      case 'scenario':
        status.scenario = message.scenario;
        this.restart();
        break;
      case 'set': {
        const initial = this.twin.hello.parameters.find(({ id }) => id === message.id)?.initial ?? 0;
        this.settings.set(message.id, message.value ?? initial);
        // What was computed beyond now was computed with the old value.
        this.forgetFuture();
        break;
      }
      case 'acknowledge':
        this.alarms = this.alarms.map((alarm) =>
          alarm.id === message.alarm ? { ...alarm, acknowledged: true } : alarm,
        );
        this.emit({ type: 'alarms', alarms: this.alarms });
        return;
      case 'history':
        this.sendHistory(message);
        return;
      case 'compare':
        this.compared = { times: [...this.times], rows: [...this.rows] };
        status.compared = { id: this.received.length, label: 'before', computed: status.computed };
        if (message.with === 'none') {
          this.compared = undefined;
          delete status.compared;
        }
        break;
      case 'shelve':
        this.alarms = this.alarms.map(({ shelvedUntil, ...alarm }) =>
          alarm.id !== message.alarm
            ? { ...alarm, ...(shelvedUntil === undefined ? {} : { shelvedUntil }) }
            : message.seconds === null
              ? alarm
              : { ...alarm, shelvedUntil: status.time + message.seconds },
        );
        this.emit({ type: 'alarms', alarms: this.alarms });
        return;
      case 'reveal':
      case 'save':
      case 'show':
      case 'write':
        return;
    }
    this.sendStatus();
  }

  /** Lets `seconds` of the wall clock pass. */
  tick(seconds: number): void {
    const { status } = this;
    if (!status.playing) return;
    const until = status.time + seconds * (status.speed ?? 5000);
    const end = status.end ?? Infinity;
    this.advance(Math.min(until, end));
    if (status.time >= end) status.playing = false;
    this.sendNow();
    this.sendStatus();
  }

  /** Computes up to a time without anyone watching, as a session does that ran before the preview was opened. */
  advance(until: number): void {
    const { status, twin } = this;
    const events: TwinEvent[] = [];
    let changed = false;
    while (status.computed + twin.step <= until + 1e-9) {
      const time = status.computed + twin.step;
      const next = twin.next(this.rows.at(-1)!, time, this.settings, () => this.draw());
      this.times.push(time);
      this.rows.push(next.values);
      status.computed = time;
      for (const event of next.events)
        events.push({ ...event, id: this.events.length + events.length + 1, time, microstep: 0 });
      for (const alarm of this.alarms) {
        const active = next.alarms[alarm.id] ?? alarm.active;
        if (active === alarm.active) continue;
        changed = true;
        Object.assign(alarm, { active, since: time, acknowledged: false });
        events.push({
          id: this.events.length + events.length + 1,
          time,
          microstep: 0,
          kind: 'alarm',
          name: alarm.label,
          text: active ? `raised: ${alarm.message}` : 'cleared',
          severity: active ? alarm.severity : 'info',
          source: { uri: 'file:///twin/station.twin', line: 31, column: 3 },
        });
      }
    }
    status.time = Math.max(status.time, Math.min(until, status.computed));
    if ('samples received' in status.counts) status.counts['samples received'] = 2 * this.rows.length;
    this.events.push(...events);
    if (events.length > 0) this.emit({ type: 'events', events });
    if (changed) this.emit({ type: 'alarms', alarms: this.alarms.map((alarm) => ({ ...alarm })) });
  }

  /** Says whatever a test wants to be said. */
  send(message: ToPreview): void {
    this.emit(message);
  }

  sendStatus(change: Partial<SessionStatus> = {}): void {
    Object.assign(this.status, change);
    this.emit({ type: 'status', status: structuredClone(this.status) });
  }

  private restart(): void {
    this.times = [0];
    this.rows = [this.twin.start(this.settings)];
    this.sent = 0;
    this.seed = 1;
    this.alarms = this.twin.hello.alarms.map((alarm) => ({ ...alarm }));
    Object.assign(this.status, { time: 0, computed: 0, trouble: null });
    this.emit({ type: 'alarms', alarms: this.alarms });
    this.sendStatus();
  }

  private forgetFuture(): void {
    const keep = this.times.findLastIndex((time) => time <= this.status.time) + 1;
    this.times.length = keep;
    this.rows.length = keep;
    this.status.computed = this.times[keep - 1]!;
    this.sent = Math.min(this.sent, keep);
    this.events = this.events.filter((event) => event.time <= this.status.time);
  }

  private stepTo(to: 'step' | 'next-event' | 'previous-event'): void {
    const { status, twin } = this;
    status.playing = false;
    if (to === 'step') {
      status.time = this.timeOfRow(status.time) + twin.step;
      this.advance(status.time);
    } else {
      const event =
        to === 'next-event'
          ? this.events.find(({ time }) => time > status.time)
          : this.events.findLast(({ time }) => time < status.time);
      if (event) status.time = event.time;
    }
    this.sendNow();
  }

  private valueOf(row: Readonly<Record<string, number>>, id: string): number | undefined {
    return row[this.twin.aliases[id] ?? id];
  }

  private timeOfRow(time: number): number {
    return this.times.findLast((each) => each <= time) ?? 0;
  }

  /** The rows that are new, and the values at the present time. */
  private sendNow(): void {
    const rows = this.rows.slice(this.sent);
    const times = this.times.slice(this.sent);
    this.sent = this.rows.length;
    const at = this.rows[this.times.findLastIndex((time) => time <= this.status.time)] ?? this.rows[0]!;
    this.emit({
      type: 'frame',
      series: this.subscribed,
      times,
      columns: this.subscribed.map((id) => rows.map((row) => finite(this.valueOf(row, id)))),
      now: this.subscribed.map((id) => finite(this.valueOf(at, id))),
      time: this.status.time,
    });
  }

  private sendHistory({
    request,
    series,
    from,
    to,
    points,
    run,
  }: Extract<FromPreview, { type: 'history' }>): void {
    const { times, rows } = run === 'compared' ? this.compared! : { times: this.times, rows: this.rows };
    const indices = times.flatMap((time, i) => (time >= from && time <= to ? [i] : []));
    const every = Math.max(1, Math.ceil(indices.length / points));
    const kept = indices.filter((_, i) => i % every === 0);
    this.emit({
      type: 'history',
      request,
      times: kept.map((i) => times[i]!),
      columns: Object.fromEntries(
        series.map((id) => [id, kept.map((i) => finite(this.valueOf(rows[i]!, id)))]),
      ),
    });
  }

  /** Park and Miller's generator: anything repeatable will do here. */
  private draw(): number {
    this.seed = (this.seed * 48_271) % 2_147_483_647;
    return this.seed / 2_147_483_647;
  }
}

function finite(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}
