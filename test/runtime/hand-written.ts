/**
 * Hand-written systems as manifest + kernel, so that the runtime is tested without the compiler.
 * Functions see a system's values by name: scalars, or one Float64Array per array.
 */
import type { Kernel } from '../../runtime/contract/kernel.ts';
import { Status } from '../../runtime/contract/kernel.ts';
import type { Layout, Region } from '../../runtime/contract/layout.ts';
import type {
  Manifest,
  ManifestHandler,
  ManifestSensor,
  ManifestVariable,
} from '../../runtime/contract/manifest.ts';
import type { ManifestScenario, ManifestTest } from '../../runtime/contract/studies.ts';

const source = { uri: 'test:/system.twin', start: 0, end: 1, line: 1, column: 1, endLine: 1, endColumn: 2 };
const one = { text: '1', label: '', factor: 1, offset: 0 };

/** Scalars by name; `time` too. Assigning writes the kernel's memory. */
export type Values = Record<string, number>;

export interface SystemHandler extends Partial<ManifestHandler> {
  name: string;
  kind: ManifestHandler['kind'];
  condition?: (v: Values) => boolean;
  interval?: (v: Values) => number;
  actions?: Record<string, (v: Values) => number>;
}

export interface SystemSensor extends Partial<ManifestSensor> {
  name: string;
  target: (v: Values) => number;
  period?: number;
  /** Half-width of uniform noise. */
  noise?: number;
}

export interface System {
  name: string;
  parameters?: Values;
  inputs?: Values;
  states?: Record<string, number | ((v: Values) => number)>;
  discretes?: Values;
  algebraics?: Record<string, (v: Values) => number>;
  derivatives?: Record<string, (v: Values) => number>;
  crossings?: ((v: Values) => number)[];
  handlers?: SystemHandler[];
  sensors?: SystemSensor[];
  probes?: { text: string; value: (v: Values) => number }[];
  variables?: Record<string, Partial<ManifestVariable>>;
  scenarios?: Partial<ManifestScenario>[];
  tests?: ManifestTest[];
  alarms?: Manifest['alarms'];
  bindings?: Manifest['bindings'];
}

const RUNTIME_CELLS = 32;

export function build(system: System): { manifest: Manifest; kernel: () => Kernel } {
  const roles: [ManifestVariable['role'], string[]][] = [
    ['state', Object.keys(system.states ?? {})],
    ['parameter', Object.keys(system.parameters ?? {})],
    ['input', Object.keys(system.inputs ?? {})],
    [
      'discrete',
      [
        ...Object.keys(system.discretes ?? {}),
        ...(system.sensors ?? []).flatMap(({ name }) => [
          `${name}.measured`,
          `${name}.predicted`,
          `${name}.stale`,
        ]),
      ],
    ],
  ];
  const handlers = system.handlers ?? [];
  const sensors = system.sensors ?? [];
  let end = 0;
  const take = (count: number, bytes = 8): Region => {
    const address = end;
    end += Math.ceil((count * bytes) / 8) * 8;
    return { address, count };
  };
  const time = take(1).address;
  const runtime = take(RUNTIME_CELLS).address;
  const variables: ManifestVariable[] = [];
  const addVariables = (role: ManifestVariable['role'], names: readonly string[]): Region => {
    const region = take(names.length);
    names.forEach((name, i) => {
      variables.push({
        name,
        role,
        base: 'number',
        address: region.address + 8 * i,
        dims: [],
        quantity: '',
        dimension: '1',
        unit: one,
        doc: '',
        visible: true,
        final: false,
        source,
        ...system.variables?.[name],
      });
    });
    return region;
  };
  const [states, parameters, inputs, discretes] = roles.map(([role, names]) => addVariables(role, names)) as [
    Region,
    Region,
    Region,
    Region,
  ];
  const truths = take(handlers.length);
  const since = take(handlers.length);
  const ticks = take(handlers.length);
  const samples = take(sensors.length);
  const sampleTimes = take(sensors.length);
  const streams = take(sensors.length, 32);
  const given = take(states.count + parameters.count + inputs.count + discretes.count, 1);
  const savedBytes = end;
  const derivatives = addVariables(
    'derivative',
    Object.keys(system.states ?? {}).map((name) => `der(${name})`),
  );
  const algebraics = addVariables('algebraic', Object.keys(system.algebraics ?? {}));
  const crossings = take(system.crossings?.length ?? 0);
  const located = { begin: take(crossings.count), before: take(crossings.count), time: take(1).address };
  const absoluteTolerances = take(states.count);
  const status = take(3).address;
  const queue = take(Math.max(handlers.length, 1));
  const layout: Layout = {
    savedBytes,
    pages: Math.ceil(end / 65536),
    time,
    runtime,
    runtimeCells: RUNTIME_CELLS,
    states,
    parameters,
    inputs,
    discretes,
    truths,
    since,
    ticks,
    samples,
    sampleTimes,
    streams,
    streamBytes: 32,
    given,
    derivatives,
    algebraics,
    crossings,
    located,
    absoluteTolerances,
    status,
    queue,
  };
  const id = (name: string): number => {
    const found = variables.findIndex((variable) => variable.name === name);
    if (found < 0) throw new Error(`no variable ${name}`);
    return found;
  };
  const manifest: Manifest = {
    format: 'pollux-twin',
    formatVersion: 1,
    name: system.name,
    title: system.name,
    doc: '',
    stateFingerprint: `${system.name}0123456789abcdef`.slice(0, 16),
    layout,
    variables,
    handlers: handlers.map(({ condition: _, interval, actions = {}, ...handler }, i) => ({
      dims: [],
      first: [],
      offset: i,
      edge: 'true',
      firesAtStart: handler.kind !== 'at',
      hasDuration: interval !== undefined && handler.kind !== 'every',
      sets: Object.keys(actions).map(id),
      source,
      ...handler,
    })),
    alarms: system.alarms ?? [],
    streams: sensors.map(({ name }, offset) => ({ name, dims: [], offset, source })),
    sensors: sensors.map(({ name, target: _, period, noise, ...sensor }, i) => ({
      name,
      dims: [],
      offset: i,
      measured: id(`${name}.measured`),
      predicted: id(`${name}.predicted`),
      stale: id(`${name}.stale`),
      hasPeriod: period !== undefined,
      hasNoise: noise !== undefined,
      quantity: '',
      unit: one,
      doc: '',
      source,
      ...sensor,
    })),
    probes: (system.probes ?? []).map(({ text }) => ({
      text,
      dims: [],
      first: [],
      base: 'number',
      unit: one,
    })),
    solves: [],
    scenarios: (system.scenarios ?? []).map((scenario, i) => ({
      name: `scenario${i + 1}`,
      settings: [],
      duration: 10,
      method: { name: 'rk4', step: 0.01 },
      seed: 1,
      doc: '',
      source,
      ...scenario,
    })),
    tests: system.tests ?? [],
    views: [],
    bindings: system.bindings ?? [],
    structure: {
      name: system.name,
      asset: system.name,
      doc: '',
      children: [],
      variables: variables.map((_, i) => i),
      sensors: sensors.map((_, i) => i),
      alarms: [],
      source,
    },
  };
  return { manifest, kernel: () => kernelOf(system, manifest) };
}

function kernelOf(system: System, manifest: Manifest): Kernel {
  const { layout, variables } = manifest;
  const memory = new ArrayBuffer(layout.pages * 65536);
  const numbers = new Float64Array(memory);
  const words = new DataView(memory);
  const handlers = system.handlers ?? [];
  const v = { time: 0 } as Values;
  Object.defineProperty(v, 'time', { get: () => numbers[layout.time / 8] });
  for (const { name, address } of variables)
    Object.defineProperty(v, name, {
      get: () => numbers[address / 8],
      set: (value: number) => {
        numbers[address / 8] = value;
      },
    });
  const given = (role: ManifestVariable['role'], i: number): boolean => {
    const before = {
      parameter: 0,
      input: layout.parameters.count,
      discrete: layout.parameters.count + layout.inputs.count,
      state: layout.parameters.count + layout.inputs.count + layout.discretes.count,
    };
    return words.getUint8(layout.given.address + before[role as keyof typeof before] + i) === 1;
  };
  const fill = (
    role: ManifestVariable['role'],
    starts: Record<string, number | ((v: Values) => number)> = {},
  ): void =>
    Object.entries(starts).forEach(([name, start], i) => {
      if (!given(role, i)) v[name] = typeof start === 'number' ? start : start(v);
    });
  let pending = new Map<string, { value: number; handler: number }>();
  const n = layout.states.count;
  const x = new Float64Array(memory, layout.states.address, n);
  const dx = new Float64Array(memory, layout.derivatives.address, n);
  const at = layout.time / 8;

  const derivatives = (): void => {
    for (const [name, value] of Object.entries(system.algebraics ?? {})) v[name] = value(v);
    for (const [name, value] of Object.entries(system.derivatives ?? {})) v[`der(${name})`] = value(v);
  };
  const stages = Array.from({ length: 8 }, () => new Float64Array(n));
  const x0 = new Float64Array(n);
  const stage = (t: number, into: Float64Array): void => {
    numbers[at] = t;
    derivatives();
    into.set(dx);
  };
  const combine = (h: number, weights: readonly number[]): void => {
    for (let i = 0; i < n; i += 1) {
      let sum = 0;
      for (let k = 0; k < weights.length; k += 1) sum += weights[k]! * stages[k]![i]!;
      x[i] = x0[i]! + h * sum;
    }
  };
  let lastStep = 0;
  let lastStart = 0;

  return {
    memory,
    parameters: () => fill('parameter', system.parameters),
    start: () => {
      fill('input', system.inputs);
      fill('discrete', system.discretes);
      fill('state', system.states);
    },
    derivatives,
    outputs: () => {},
    limit: () => Infinity,
    remember: () => {},
    project: () => {},
    crossings: () =>
      system.crossings?.forEach((crossing, i) => (numbers[layout.crossings.address / 8 + i] = crossing(v))),
    detect: (learn) => {
      let count = 0;
      handlers.forEach((handler, i) => {
        if (handler.condition === undefined) return;
        const { firesAtStart } = manifest.handlers[i]!;
        if (learn === 1 && firesAtStart) return;
        const now = handler.condition(v) ? 1 : 0;
        const cell = layout.truths.address / 8 + i;
        if (numbers[cell] === now) return;
        numbers[cell] = now;
        if (learn === 1) return;
        words.setInt32(layout.queue.address + 8 * count, i, true);
        words.setInt32(layout.queue.address + 8 * count + 4, now, true);
        count += 1;
      });
      return count;
    },
    fire: (handler) => {
      for (const [name, value] of Object.entries(handlers[handler]!.actions ?? {})) {
        const other = pending.get(name);
        if (other !== undefined) {
          words.setInt32(layout.status, Status.twoWriters, true);
          words.setInt32(
            layout.status + 4,
            variables.findIndex((variable) => variable.name === name),
            true,
          );
          words.setInt32(layout.status + 8, 0, true);
          words.setInt32(layout.status + 12, other.handler, true);
          return;
        }
        pending.set(name, { value: value(v), handler });
      }
    },
    commit: () => {
      let changed = 0;
      for (const [name, { value }] of pending) {
        if (v[name] !== value) changed += 1;
        v[name] = value;
      }
      pending = new Map();
      return changed;
    },
    interval: (handler) => handlers[handler]!.interval?.(v) ?? NaN,
    phase: () => NaN,
    samplePeriod: (sensor) => system.sensors![sensor]!.period ?? NaN,
    predict: (sensor) => system.sensors![sensor]!.target(v),
    noise: (sensor) => {
      // A linear congruential generator in the stream's own bytes: enough to see that draws belong to the saved state.
      const address = layout.streams.address + 32 * sensor;
      const next = (Math.imul(words.getInt32(address, true), 1664525) + 1013904223) | 0;
      words.setInt32(address, next, true);
      return (system.sensors![sensor]!.noise ?? 0) * (next / 2 ** 31);
    },
    probe: (probe) => system.probes![probe]!.value(v),
    rk4: (t, h, next) => {
      x0.set(x);
      stage(t, stages[0]!);
      combine(h, [0.5]);
      stage(t + h / 2, stages[1]!);
      combine(h, [0, 0.5]);
      stage(t + h / 2, stages[2]!);
      combine(h, [0, 0, 1]);
      stage(t + h, stages[3]!);
      combine(h, [1 / 6, 1 / 3, 1 / 3, 1 / 6]);
      numbers[at] = next;
    },
    euler: (t, h, next) => {
      x0.set(x);
      stage(t, stages[0]!);
      combine(h, [1]);
      numbers[at] = next;
    },
    tsit5Try: (t, h, relativeTolerance, fresh) => {
      x0.set(x);
      lastStep = h;
      lastStart = t;
      if (fresh === 1) stage(t, stages[0]!);
      else stages[0]!.set(stages[6]!);
      for (let k = 1; k < 7; k += 1) {
        combine(h, TSIT5.a[k - 1]!);
        stage(t + TSIT5.c[k - 1]! * h, stages[k]!);
      }
      let sum = 0;
      for (let i = 0; i < n; i += 1) {
        let e = 0;
        for (let k = 0; k < 7; k += 1) e += TSIT5.error[k]! * stages[k]![i]!;
        const scale =
          numbers[layout.absoluteTolerances.address / 8 + i]! +
          relativeTolerance * Math.max(Math.abs(x0[i]!), Math.abs(x[i]!));
        sum += ((h * e) / scale) ** 2;
      }
      return sum / n;
    },
    tsit5Interpolate: (theta) => {
      combine(lastStep, TSIT5.interpolant(theta));
      numbers[at] = lastStart + theta * lastStep;
    },
    tsit5Restore: () => {
      x.set(x0);
      numbers[at] = lastStart;
    },
  };
}

/** Tsitouras, Computers & Mathematics with Applications 62 (2011) 770–775, table 1 and section 5. */
const TSIT5 = {
  c: [0.161, 0.327, 0.9, 0.9800255409045097, 1, 1],
  a: [
    [0.161],
    [-0.008480655492356989, 0.335480655492357],
    [2.8971530571054935, -6.359448489975075, 4.3622954328695815],
    [5.325864828439257, -11.748883564062828, 7.4955393428898365, -0.09249506636175525],
    [5.86145544294642, -12.92096931784711, 8.159367898576159, -0.071584973281401, -0.028269050394068383],
    [0.09646076681806523, 0.01, 0.4798896504144996, 1.379008574103742, -3.290069515436081, 2.324710524099774],
  ],
  error: [
    -0.00178001105222577714, -0.0008164344596567469, 0.007880878010261995, -0.1447110071732629,
    0.5823571654525552, -0.45808210592918697, 0.015151515151515152,
  ],
  interpolant: (t: number): number[] => [
    -1.0530884977290216 * t * (t - 1.329989018975141) * (t * t - 1.4364028541716351 * t + 0.7139816917074209),
    0.1017 * t * t * (t * t - 2.1966568338249754 * t + 1.2949852507374631),
    2.490627285651252793 * t * t * (t * t - 2.38535645472061657 * t + 1.57803468208092486),
    -16.54810288924490272 * (t - 1.21712927295533244) * (t - 0.61620406037800089) * t * t,
    47.37952196281928122 * (t - 1.203071208372362603) * (t - 0.658047292653547382) * t * t,
    -34.87065786149660974 * (t - 1.2) * (t - 0.666666666666666667) * t * t,
    2.5 * (t - 1) * (t - 0.6) * t * t,
  ],
};
