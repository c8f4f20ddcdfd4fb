/**
 * A session without a compiler: it speaks the preview's protocol and moves made-up twins with plain formulas. Time comes from
 * `tick`, so that a test decides how much of it passes; the same ticks give the same frames.
 */
import type { ManifestView, Unit } from '../../runtime/contract/manifest.ts';
import type {
  AlarmState,
  FromPreview,
  Hello,
  Mode,
  SeriesInfo,
  SessionStatus,
  StructureInfo,
  ToPreview,
  TwinEvent,
} from '../../preview/protocol.ts';

export const unit = {
  one: { text: '1', label: '', factor: 1, offset: 0 },
  degC: { text: 'degC', label: '°C', factor: 1, offset: 273.15 },
  m3h: { text: 'm3/h', label: 'm³/h', factor: 1 / 3600, offset: 0 },
  kW: { text: 'kW', label: 'kW', factor: 1000, offset: 0 },
  kWh: { text: 'kWh', label: 'kWh', factor: 3.6e6, offset: 0 },
  m: { text: 'm', label: 'm', factor: 1, offset: 0 },
  mms: { text: 'mm/s', label: 'mm/s', factor: 1e-3, offset: 0 },
  percent: { text: '%', label: '%', factor: 0.01, offset: 0 },
  perDay: { text: '1/d', label: '1/d', factor: 1 / 86_400, offset: 0 },
  WK: { text: 'W/K', label: 'W/K', factor: 1, offset: 0 },
} satisfies Record<string, Unit>;

/** A probe of some series: it has series of its own, labelled by its text, as a session gives them. */
function probe(number: number, text: string, of: readonly SeriesInfo[]) {
  const indexed = text.includes('[*]');
  const series = of.map((info, i) => ({
    ...info,
    id: indexed ? `probe:${number}[${i + 1}]` : `probe:${number}`,
    label: text.replace('[*]', `[${i + 1}]`),
    held: info.base !== 'number',
  }));
  return { probe: { probe: number, text, series: series.map(({ id }) => id) }, series, of };
}

/** Series of probes by id → the series whose values they have. */
function aliases(probes: readonly ReturnType<typeof probe>[]): Record<string, string> {
  return Object.fromEntries(
    probes.flatMap(({ series, of }) => series.map(({ id }, i) => [id, of[i]!.id] as const)),
  );
}

/** What a made-up twin is: its description, and how it moves. */
export interface FakeTwin {
  hello: Hello;
  /** Series that have the values of others, by id. */
  aliases: Readonly<Record<string, string>>;
  /** s between rows. */
  step: number;
  /** s; null runs for ever. */
  duration: number | null;
  /** Values of all series at the start. */
  start(settings: ReadonlyMap<string, number>): Record<string, number>;
  /** Values one step later, and what happened. `draw` gives uniform numbers in (0, 1). */
  next(
    now: Readonly<Record<string, number>>,
    time: number,
    settings: ReadonlyMap<string, number>,
    draw: () => number,
  ): {
    values: Record<string, number>;
    events: Omit<TwinEvent, 'id' | 'time' | 'microstep'>[];
    alarms: Record<string, boolean>;
  };
}

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

function gauss(draw: () => number): number {
  return Math.sqrt(-2 * Math.log(draw())) * Math.cos(2 * Math.PI * draw());
}

function series(id: string, of: Unit, more: Partial<SeriesInfo> = {}): SeriesInfo {
  return { id, label: id, doc: '', unit: of, base: 'number', held: false, ...more };
}

function structure(
  name: string,
  path: string,
  asset: string,
  more: Partial<StructureInfo> = {},
): StructureInfo {
  return { name, path, asset, doc: '', series: [], sensors: [], alarms: [], children: [], ...more };
}

const source = (line: number) => ({ uri: 'file:///twin/station.twin', line, column: 3 });

/** Two pumps that fill a tank; the second one's bearing wears out from `fault` (s) on. */
export function pumpStation({
  fault = 60,
  duration = 3600,
  modes = ['simulate', 'replay', 'live'] as Mode[],
} = {}): FakeTwin {
  const numbers = [1, 2] as const;
  const all: SeriesInfo[] = [
    series('tank.level', unit.m, { low: 0.5, high: 4, doc: 'Level of the water in the tank.' }),
  ];
  for (const n of numbers) {
    const pump = `pump[${n}]`;
    all.push(
      series(`${pump}.temperature`, unit.degC, {
        doc: 'Temperature of the casing, as the model has it.',
        high: 358.15,
      }),
      series(`${pump}.flow`, unit.m3h),
      series(`${pump}.power`, unit.kW),
      series(`${pump}.running`, unit.one, { base: 'boolean', held: true }),
      series(`${pump}.casing.measured`, unit.degC, { label: `${pump}.casing measured`, held: true }),
      series(`${pump}.casing.predicted`, unit.degC),
      series(`${pump}.vibration.measured`, unit.mms, { label: `${pump}.vibration measured`, held: true }),
      series(`${pump}.vibration.predicted`, unit.mms, { label: `${pump}.vibration.predicted` }),
    );
  }
  const sensors = numbers.flatMap((n) =>
    (
      [
        ['casing', unit.degC, undefined, 'opcua ns=2;s=P10'],
        ['vibration', unit.mms, 0.0071, 'mqtt plant/P10'],
      ] as const
    ).map(([name, of, high, binding]) => ({
      id: `pump[${n}].${name}`,
      label: `pump[${n}].${name}`,
      doc: '',
      unit: of,
      measured: `pump[${n}].${name}.measured`,
      predicted: `pump[${n}].${name}.predicted`,
      residual: `pump[${n}].${name}.residual`,
      binding: `${binding}${n}`,
      ...(high === undefined ? {} : { low: 0, high }),
    })),
  );
  const view: ManifestView = {
    title: 'Pumping station',
    derived: false,
    widgets: [
      {
        kind: 'row',
        title: '',
        widgets: [
          { kind: 'gauge', value: 0, low: 273.15, high: 393.15 },
          { kind: 'number', value: 1 },
          { kind: 'number', value: 2 },
        ],
      },
      { kind: 'chart', title: 'Casing temperature', series: [{ probe: 3 }, { probe: 0 }], window: 600 },
      {
        kind: 'row',
        title: '',
        widgets: [
          { kind: 'chart', title: 'Vibration', series: [{ probe: 4 }, { probe: 5 }], window: 600 },
          { kind: 'chart', title: 'Tank', series: [{ probe: 2 }] },
        ],
      },
      { kind: 'schematic' },
      { kind: 'row', title: '', widgets: [{ kind: 'alarms' }, { kind: 'events' }] },
    ],
  };
  const of = (ids: readonly string[]) => ids.map((id) => all.find((info) => info.id === id)!);
  const each = (name: string) => of(numbers.map((n) => `pump[${n}].${name}`));
  const probes = [
    probe(0, 'pump[*].temperature', each('temperature')),
    probe(1, 'pump[*].flow', each('flow')),
    probe(2, 'tank.level', of(['tank.level'])),
    probe(3, 'pump[*].casing', each('casing.measured')),
    probe(4, 'pump[*].vibration', each('vibration.measured')),
    probe(5, 'pump[*].running', each('running')),
    probe(6, 'pump[*].power', each('power')),
  ];
  const parameters: Hello['parameters'] = [
    ...numbers.map((n) => ({
      id: `pump[${n}].enabled`,
      label: `pump[${n}].enabled`,
      doc: 'Switches the motor.',
      role: 'input' as const,
      base: 'boolean' as const,
      unit: unit.one,
      value: 1,
      initial: 1,
    })),
    {
      id: 'ambient',
      label: 'ambient',
      doc: 'Temperature of the room.',
      role: 'input',
      base: 'number',
      unit: unit.degC,
      value: 293.15,
      initial: 293.15,
      low: 253.15,
      high: 318.15,
    },
    {
      id: 'ratedFlow',
      label: 'ratedFlow',
      doc: '',
      role: 'parameter',
      base: 'number',
      unit: unit.m3h,
      value: 120 / 3600,
      initial: 120 / 3600,
      low: 0,
      high: 400 / 3600,
    },
    {
      id: 'cooling',
      label: 'cooling',
      doc: '',
      role: 'parameter',
      base: 'number',
      unit: unit.WK,
      value: 45,
      initial: 45,
      low: 10,
      high: 200,
    },
    {
      id: 'stages',
      label: 'stages',
      doc: '',
      role: 'parameter',
      base: 'integer',
      unit: unit.one,
      value: 2,
      initial: 2,
    },
  ];
  return {
    step: 1,
    aliases: aliases(probes),
    duration,
    hello: {
      type: 'hello',
      name: 'station',
      title: 'Pumping station',
      doc: 'Two pumps that fill a tank.',
      scenarios: [
        { name: 'heatWave', doc: 'A hot day.', duration },
        { name: 'nominal', doc: '', duration },
      ],
      modes,
      series: [...all, ...probes.flatMap((each) => each.series)],
      views: [
        view,
        {
          title: 'Sensors',
          derived: false,
          widgets: [
            { kind: 'text', content: '## Sensors\n\nWhat is **measured** beside what the model *predicts*.' },
            { kind: 'sensors' },
            { kind: 'slider', variable: 7, index: [], low: 253.15, high: 318.15 },
            { kind: 'chart', title: '', series: [{ probe: 6 }, { probe: 1 }] },
          ],
        },
      ],
      probes: probes.map((each) => each.probe),
      sensors,
      alarms: numbers.flatMap((n) => [
        {
          id: `pump[${n}].overheating`,
          label: `pump[${n}].overheating`,
          message: 'Casing too hot: stop and inspect the seal',
          severity: 'critical' as const,
          active: false,
          since: null,
          acknowledged: false,
        },
        {
          id: `pump[${n}].bearingWorn`,
          label: `pump[${n}].bearingWorn`,
          message: 'Vibration above 7.1 mm/s: plan a change of the bearing',
          severity: 'warning' as const,
          active: false,
          since: null,
          acknowledged: false,
        },
      ]),
      parameters: parameters.map((each) =>
        each.id === 'ambient' ? { ...each, variable: 7, index: [] } : each,
      ),
      structure: structure('station', '', 'Station', {
        doc: 'Two pumps that fill a tank.',
        children: [
          structure('tank', 'tank', 'Tank', { series: ['tank.level'] }),
          ...numbers.map((n) =>
            structure(`pump[${n}]`, `pump[${n}]`, 'Pump', {
              doc: 'A centrifugal pump driven by a fixed-speed motor.',
              series: [`pump[${n}].temperature`, `pump[${n}].flow`, `pump[${n}].power`, `pump[${n}].running`],
              sensors: [`pump[${n}].casing`, `pump[${n}].vibration`],
              alarms: [`pump[${n}].overheating`, `pump[${n}].bearingWorn`],
            }),
          ),
        ],
      }),
    },
    start() {
      const values: Record<string, number> = { 'tank.level': 2 };
      for (const n of numbers) {
        values[`pump[${n}].temperature`] = 293.15;
        values[`pump[${n}].flow`] = 0;
        values[`pump[${n}].power`] = 0;
        values[`pump[${n}].running`] = n === 1 ? 1 : 0;
      }
      return values;
    },
    next(now, time, settings, draw) {
      const values: Record<string, number> = {};
      const events: Omit<TwinEvent, 'id' | 'time' | 'microstep'>[] = [];
      const alarms: Record<string, boolean> = {};
      const ambient = settings.get('ambient')!;
      let inflow = 0;
      const level = now['tank.level']!;
      for (const n of numbers) {
        const pump = `pump[${n}]`;
        const was = now[`${pump}.running`]! > 0.5;
        const trip = now[`${pump}.temperature`]! > 273.15 + 97;
        const start = n === 1 ? 2.6 : 2.2;
        const stop = n === 1 ? 3.4 : 3.1;
        const running =
          settings.get(`${pump}.enabled`)! > 0.5 && !trip && (was ? level < stop : level < start);
        if (running !== was)
          events.push({
            kind: 'rule',
            name: `${pump}.${running ? 'start' : trip ? 'tripHot' : 'stop'}`,
            text: trip
              ? 'temperature > 95 °C: running = false'
              : `level ${running ? '<' : '>'} ${running ? start : stop} m: running = ${running}`,
            severity: trip ? 'warning' : 'info',
            source: source(24 + n),
          });
        const wear = n === 2 ? Math.max(0, time - fault) / 600 : 0;
        const flow = running ? settings.get('ratedFlow')! * (1 - 0.1 * (level - 2)) : 0;
        const power = flow * 32 * 998 * 9.81 * (1.35 + 0.35 * wear);
        const heat = power * 0.18 - settings.get('cooling')! * (now[`${pump}.temperature`]! - ambient);
        const temperature = now[`${pump}.temperature`]! + heat / 18_000;
        const vibration = running ? 0.0024 + 0.0035 * wear : 0.0001;
        values[`${pump}.running`] = running ? 1 : 0;
        values[`${pump}.flow`] = flow;
        values[`${pump}.power`] = power;
        values[`${pump}.temperature`] = temperature;
        const sampled = time % 10 === 0;
        values[`${pump}.casing.measured`] = sampled
          ? temperature + 0.6 * gauss(draw)
          : now[`${pump}.casing.measured`]!;
        values[`${pump}.casing.predicted`] = temperature - 1.5 * wear;
        values[`${pump}.vibration.measured`] = Math.max(0, vibration + 0.0002 * gauss(draw));
        values[`${pump}.vibration.predicted`] = running ? 0.0024 : 0.0001;
        alarms[`${pump}.overheating`] = temperature > 273.15 + 85;
        alarms[`${pump}.bearingWorn`] = vibration > 0.0071;
        inflow += flow;
      }
      values['tank.level'] = level + (inflow - 0.06 - 0.012 * Math.sin(time / 140)) / 14;
      return { values, events, alarms };
    },
  };
}

/** Susceptible, infected, recovered: one hundred days. */
export function epidemic(): FakeTwin {
  const names = ['susceptible', 'infected', 'recovered'] as const;
  const all = [
    ...names.map((name) => series(name, unit.one, { doc: `People who are ${name}.` })),
    series('prevalence', unit.percent, { high: 0.2 }),
    series('lockdown', unit.one, { base: 'boolean', held: true }),
  ];
  const probes = all.map((info, i) => probe(i, info.id, [info]));
  return {
    step: 21_600,
    aliases: aliases(probes),
    duration: 100 * 86_400,
    hello: {
      type: 'hello',
      name: 'epidemic',
      title: 'Epidemic',
      doc: 'An infection in a closed population of a thousand (SIR).',
      scenarios: [{ name: 'outbreak', doc: 'One infected person arrives.', duration: 100 * 86_400 }],
      modes: ['simulate'],
      series: [...all, ...probes.flatMap((each) => each.series)],
      views: [
        {
          title: 'Epidemic',
          derived: true,
          widgets: [
            { kind: 'gauge', value: 3, low: 0, high: 0.5 },
            { kind: 'number', value: 0 },
            { kind: 'number', value: 1 },
            { kind: 'number', value: 2 },
            {
              kind: 'chart',
              title: 'Population',
              series: [{ probe: 0 }, { probe: 1 }, { probe: 2 }, { probe: 4 }],
            },
            { kind: 'events' },
          ],
        },
      ],
      probes: probes.map((each) => each.probe),
      sensors: [],
      alarms: [
        {
          id: 'overload',
          label: 'overload',
          message: 'More than a fifth is ill: beds run short',
          severity: 'warning',
          active: false,
          since: null,
          acknowledged: false,
        },
      ],
      parameters: [
        {
          id: 'contact',
          label: 'contact',
          doc: 'Contacts that infect.',
          role: 'parameter',
          base: 'number',
          unit: unit.perDay,
          value: 0.4 / 86_400,
          initial: 0.4 / 86_400,
          low: 0,
          high: 1 / 86_400,
        },
        {
          id: 'recovery',
          label: 'recovery',
          doc: '',
          role: 'parameter',
          base: 'number',
          unit: unit.perDay,
          value: 0.1 / 86_400,
          initial: 0.1 / 86_400,
          low: 0,
          high: 1 / 86_400,
        },
      ],
      structure: structure('epidemic', '', 'Epidemic', {
        series: ['infected', 'prevalence'],
        alarms: ['overload'],
      }),
    },
    start: () => ({ susceptible: 999, infected: 1, recovered: 0, prevalence: 0.001, lockdown: 0 }),
    next(now, _time, settings) {
      const { susceptible: s, infected: i, recovered: r, lockdown } = now as Record<string, number>;
      const catching = (settings.get('contact')! * (lockdown! > 0.5 ? 0.6 : 1) * s! * i! * 21_600) / 1000;
      const healing = settings.get('recovery')! * i! * 21_600;
      const infected = i! + catching - healing;
      const closed = lockdown! > 0.5 ? infected > 60 : infected > 250;
      return {
        values: {
          susceptible: s! - catching,
          infected,
          recovered: r! + healing,
          prevalence: infected / 1000,
          lockdown: closed ? 1 : 0,
        },
        events:
          closed === lockdown! > 0.5
            ? []
            : [
                {
                  kind: 'rule',
                  name: closed ? 'close' : 'open',
                  text: `lockdown = ${closed}`,
                  severity: 'info',
                  source: source(12),
                },
              ],
        alarms: { overload: infected > 200 },
      };
    },
  };
}
