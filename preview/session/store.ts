/**
 * What the preview knows of the running twin. Messages go in by `receive`; components read signals, charts read
 * histories. Samples go into rings at once; everything on the screen follows in the next animation frame, once,
 * however many messages came before it.
 */
import { batch, computed, signal } from '@preact/signals';
import type { ReadonlySignal, Signal } from '@preact/signals';
import type {
  AlarmState,
  Frame,
  FromPreview,
  Hello,
  ParameterInfo,
  Problem,
  Role,
  Said,
  SensorInfo,
  SeriesInfo,
  SessionStatus,
  ToPreview,
  TwinEvent,
} from '../protocol.ts';
import { toShown } from '../format/number.ts';
import { Costly } from './costly.ts';
import { Past } from './past.ts';
import { addEvents, cutEvents, mergeAlarms } from './reduce.ts';
import { Trials } from './trials.ts';
import type { Connection } from './transport.ts';

export interface Lookup {
  series: ReadonlyMap<string, SeriesInfo>;
  /** By id, by measured series, and by series of probes that show it. */
  sensorOf: ReadonlyMap<string, SensorInfo>;
  probes: ReadonlyMap<number, readonly string[]>;
  probeText: ReadonlyMap<number, string>;
  parameters: ReadonlyMap<string, ParameterInfo>;
}

/** ms between changes of numbers on the screen: faster ones cannot be read. Charts move in every frame. */
const valuePeriod = 80;

const roles: readonly Role[] = ['view', 'operate', 'administer'];

export class SessionStore {
  readonly connection = signal<Connection>('connecting');
  readonly hello = signal<Hello | null>(null);
  readonly status = signal<SessionStatus | null>(null);
  readonly alarms = signal<readonly AlarmState[]>([]);
  readonly events = signal<readonly TwinEvent[]>([]);
  readonly problems = signal<readonly Problem[]>([]);
  /** Why the last thing that was asked for was not allowed; null when it was. */
  readonly refused = signal<{ text: string; said?: Said } | null>(null);
  /** Why what runs the twin has ended; null while it is there. */
  readonly ended = signal<string | null>(null);
  /** Who sits here, where that was asked; null: whoever it is may do everything. */
  readonly person = signal<{ name: string; role: Role } | null>(null);
  /** Values of parameters and inputs that were set here, by id. */
  readonly settings = signal<ReadonlyMap<string, number>>(new Map());
  /** s; the time of the latest frame or status. */
  readonly now = signal(0);
  /** s; set while the display of a live twin is frozen at a time. */
  readonly frozen = signal<number | null>(null);
  /** s; what gauges and numbers show. */
  readonly shown: ReadonlySignal<number> = computed(() => this.frozen.value ?? this.now.value);
  /** s; where the pointer is over a chart. */
  readonly cursor = signal<number | null>(null);

  /** What is known of other times than now. */
  readonly past: Past;
  /** What is computed only while it is shown. */
  readonly costly: Costly;
  readonly trials: Trials;
  readonly lookup: ReadonlySignal<Lookup> = computed(() => lookUp(this.hello.value));

  private readonly scalesChanged = signal(0);
  /** Power of ten of the largest magnitude so far, by id: with it the number of decimals changes. */
  private readonly decades = new Map<string, number>();
  private readonly values = new Map<string, Signal<number | null>>();
  private readonly latest = new Map<string, number | null>();
  private readonly painters = new Set<(time: number) => void>();
  /** How many components show a series. */
  private readonly watched = new Map<string, number>();
  private subscribed: readonly string[] = [];
  private settling = false;
  /** Whether the session that said hello last has said how it stands, too. */
  private isCurrent = false;
  private frameTime = NaN;
  private scheduled = false;
  private readonly send: (message: FromPreview) => void;
  private readonly schedule: (paint: (time: number) => void) => void;
  /** ms; when values were last put on the screen. */
  private valuesAt = -Infinity;
  /** The last values came too soon after those before; they have to be shown later. */
  private valuesDue = false;

  /** `schedule` calls back before the next repaint with the time in ms, as requestAnimationFrame does. */
  constructor(send: (message: FromPreview) => void, schedule: (paint: (time: number) => void) => void) {
    this.send = send;
    this.costly = new Costly(send);
    this.trials = new Trials(send);
    this.past = new Past(send, () => this.isCurrent && this.status.peek());
    this.schedule = schedule;
  }

  setConnection(state: Connection): void {
    this.connection.value = state;
    if (state === 'open') this.send({ type: 'ready' });
  }

  receive(message: ToPreview): void {
    switch (message.type) {
      case 'hello':
        this.start(message);
        break;
      case 'frame':
        this.addFrame(message);
        break;
      case 'status':
        this.setStatus(message.status);
        break;
      case 'events':
        this.events.value = addEvents(this.events.value, message.events);
        break;
      case 'alarms':
        this.alarms.value = mergeAlarms(this.alarms.value, message.alarms);
        break;
      case 'problems':
        this.problems.value = message.problems;
        break;
      case 'refused':
        this.refused.value = message;
        break;
      case 'ended':
        this.ended.value = message.reason;
        break;
      case 'role':
        this.person.value = { name: message.name, role: message.role };
        break;
      case 'items':
      case 'samples':
        this.costly.take(message);
        break;
      case 'tests':
        this.trials.take(message);
        break;
      case 'history':
        this.past.take(message);
        this.scalesChanged.value++;
        this.invalidate();
        break;
    }
  }

  /** The value to show now, in SI. */
  value(id: string): Signal<number | null> {
    let value = this.values.get(id);
    if (!value) this.values.set(id, (value = signal(this.valueNow(id))));
    return value;
  }

  /** Largest magnitude of a series so far, in its display unit: it sets the number of decimals. */
  peak(id: string): number {
    // Read so that texts follow when the magnitude, and with it the number of decimals, has changed.
    void this.scalesChanged.value;
    return this.magnitude(id);
  }

  private magnitude(id: string): number {
    const info = this.lookup.peek().series.get(id);
    const history = this.past.known(id);
    if (!info || !history || history.low > history.high) return 0;
    return Math.max(Math.abs(toShown(history.low, info.unit)), Math.abs(toShown(history.high, info.unit)));
  }

  /** A component shows these series from now on; gives back how to say that it no longer does. */
  watch(series: readonly string[]): () => void {
    for (const id of series) this.watched.set(id, (this.watched.get(id) ?? 0) + 1);
    this.settleSubscription();
    return () => {
      for (const id of series) {
        const count = (this.watched.get(id) ?? 1) - 1;
        if (count > 0) this.watched.set(id, count);
        else this.watched.delete(id);
      }
      this.settleSubscription();
    };
  }

  /** Calls `paint` in each animation frame (its time in ms) in which something may have changed; gives back how to stop it. */
  onPaint(paint: (time: number) => void): () => void {
    this.painters.add(paint);
    this.invalidate();
    return () => this.painters.delete(paint);
  }

  /** Asks for an animation frame. */
  invalidate(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    this.schedule((time) => {
      this.scheduled = false;
      this.paint(time);
    });
  }

  /** Whether whoever sits here may do what needs this role. */
  may(needed: Role): boolean {
    const { role = 'administer' } = this.person.value ?? {};
    return roles.indexOf(role) >= roles.indexOf(needed);
  }

  command(message: FromPreview): void {
    this.send(message);
  }

  /** Sets a parameter or an input; null is the text's value. */
  set(id: string, value: number | null): void {
    const settings = new Map(this.settings.value);
    if (value === null) settings.delete(id);
    else settings.set(id, value);
    this.settings.value = settings;
    this.send({ type: 'set', id, value });
  }

  /** Calls a command of the model now. */
  call(id: string, values: number[]): void {
    this.send({ type: 'call', id, values });
  }

  /** Goes to a time: a simulated or replayed run is taken there, the display of a live one frozen. */
  seek(time: number): void {
    const status = this.status.value;
    if (!status) return;
    const target = Math.min(Math.max(time, status.start), Math.max(status.computed, status.start));
    if (status.mode === 'live') {
      this.frozen.value = target >= this.now.value ? null : target;
    } else {
      this.now.value = target;
      this.send({ type: 'seek', time: target });
    }
    this.invalidate();
  }

  /** Whether values on the screen move with the run. */
  get following(): boolean {
    return this.frozen.value === null;
  }

  private start(hello: Hello): void {
    const before = this.hello.value;
    this.isCurrent = false;
    batch(() => {
      this.past.clear();
      this.latest.clear();
      for (const value of this.values.values()) value.value = null;
      this.frameTime = NaN;
      this.frozen.value = null;
      this.events.value = [];
      this.alarms.value = hello.alarms;
      this.settings.value = new Map(
        hello.parameters
          // An input differs from its start because the run moved it; a parameter because someone set it.
          .filter((each) => each.role === 'parameter' && each.value !== each.initial)
          .map((each) => [each.id, each.value]),
      );
      if (before && before.name !== hello.name) this.status.value = null;
      this.hello.value = hello;
      this.ended.value = null;
    });
    this.costly.start();
    this.trials.start(hello);
    // The session has forgotten too, so even the same list has to be sent again.
    this.subscribed = [];
    this.settleSubscription();
    this.invalidate();
  }

  private setStatus(status: SessionStatus): void {
    const before = this.status.value;
    batch(() => {
      this.status.value = status;
      this.now.value = status.time;
      if (status.mode !== 'live') this.frozen.value = null;
    });
    if (!this.isCurrent) {
      // What was said before the hello was said of what is forgotten, or by a session that ran on meanwhile.
      this.isCurrent = true;
      this.past.settle(this.subscribed);
    } else if (
      before &&
      (status.computed < before.computed ||
        status.mode !== before.mode ||
        status.scenario !== before.scenario)
    ) {
      const same = status.mode === before.mode && status.scenario === before.scenario;
      this.rewind(same ? status.computed : -Infinity);
    }
    this.past.followReference();
    this.invalidate();
  }

  /** What was known after `time` no longer holds. */
  private rewind(time: number): void {
    this.past.cut(time);
    this.events.value = cutEvents(this.events.value, time);
  }

  private addFrame(frame: Frame): void {
    for (let i = 0; i < frame.series.length; i++) {
      const id = frame.series[i]!;
      const column = frame.columns[i];
      if (column && column.length > 0) this.past.history(id).append(frame.times, column);
      this.latest.set(id, frame.now[i] ?? null);
    }
    this.frameTime = frame.time;
    this.invalidate();
  }

  private paint(time: number): void {
    if (!Number.isNaN(this.frameTime)) {
      this.now.value = this.frameTime;
      this.frameTime = NaN;
    }
    if (time - this.valuesAt >= valuePeriod) {
      this.valuesAt = time;
      this.publishValues();
    } else if (this.latest.size > 0) this.valuesDue = true;
    for (const paint of this.painters) paint(time);
    if (this.valuesDue) {
      this.valuesDue = false;
      this.invalidate();
    }
  }

  private publishValues(): void {
    let changed = false;
    for (const id of this.subscribed) {
      const decade = Math.floor(Math.log10(this.magnitude(id)));
      if (decade === this.decades.get(id)) continue;
      this.decades.set(id, decade);
      changed = true;
    }
    if (changed) this.scalesChanged.value++;
    batch(() => {
      for (const [id, value] of this.values) value.value = this.valueNow(id);
    });
  }

  private valueNow(id: string): number | null {
    const frozen = this.frozen.peek();
    if (frozen === null) return this.latest.get(id) ?? null;
    const past = this.past.history(id).at(frozen);
    return Number.isNaN(past) ? null : past;
  }

  /** One message after all components have said what they show; then asks for the past of what is new. */
  private settleSubscription(): void {
    if (this.settling) return;
    this.settling = true;
    queueMicrotask(() => {
      this.settling = false;
      const known = this.lookup.peek().series;
      const series = [...this.watched.keys()].filter((id) => known.has(id)).sort();
      if (series.length === this.subscribed.length && series.every((id, i) => id === this.subscribed[i]))
        return;
      this.subscribed = series;
      this.send({ type: 'subscribe', series });
      this.past.settle(series);
    });
  }
}

function lookUp(hello: Hello | null): Lookup {
  const sensorOf = new Map<string, SensorInfo>();
  for (const sensor of hello?.sensors ?? []) {
    // A predicted series may be a plain variable of the model, which is not the sensor.
    for (const id of [sensor.id, sensor.measured]) sensorOf.set(id, sensor);
  }
  // A probe of a sensor has the sensor's name, and a series of its own.
  const labels = new Map(hello?.series.map(({ id, label }) => [id, label]));
  for (const id of hello?.probes.flatMap((probe) => probe.series) ?? []) {
    const sensor = sensorOf.get(labels.get(id) ?? '');
    if (sensor) sensorOf.set(id, sensor);
  }
  return {
    series: new Map(hello?.series.map((info) => [info.id, info])),
    sensorOf,
    probes: new Map(hello?.probes.map(({ probe, series }) => [probe, series])),
    probeText: new Map(hello?.probes.map(({ probe, text }) => [probe, text])),
    parameters: new Map(hello?.parameters.map((info) => [info.id, info])),
  };
}
