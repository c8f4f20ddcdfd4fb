/** The same work as programs in C, C++ and Python, each written as one writes it for speed there: what a compiled twin costs besides. */
import { analyse, compile } from '../../compiler/index.ts';
import { readLibraryFiles } from '../../library/from-disk.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';
import type { Twin, TwinSettings } from '../../runtime/twin.ts';
import type { Contender, Report } from './harness.ts';
import { ball, heat, HEAT_NODES, line, pumps, PUMPS, SENSORS, sensors, single } from './models.ts';
import { Peers } from './peers.ts';
import type { PeerProgram } from './peers.ts';

type Overrides = (find: (name: string) => number) => NonNullable<TwinSettings['overrides']>;

function twinOf(text: string, asset?: string, overrides: Overrides = () => [], offered?: 'all'): Twin {
  const { model, roots, diagnostics } = analyse([{ uri: 'file:///bench.twin', text }], readLibraryFiles());
  const value =
    model &&
    compile(model, roots.find(({ name }) => asset !== undefined && name.endsWith(asset)) ?? roots[0]!).value;
  if (!value) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  const { manifest } = value.artefact;
  const find = (name: string): number => manifest.variables.findIndex((variable) => variable.name === name);
  return createTwin({
    manifest,
    kernel: kernelFactory(value.artefact),
    scenario: 0,
    settings: {
      overrides: overrides(find),
      maxStep: Infinity,
      ...(offered === undefined ? {} : { offered }),
      checkpoints: { keep: 'recent', limit: 2, interval: offered === undefined ? Infinity : 10 },
    },
  });
}

/** A twin that goes on by `seconds` with each call. */
function running(text: string, seconds: number, overrides?: Overrides): Contender {
  const twin = twinOf(text, undefined, overrides);
  let until = 0;
  return {
    name: 'twin',
    run: () => {
      until += seconds;
      const { reason } = twin.advance(until);
      if (reason !== 'reached') throw new Error(twin.trouble()?.message ?? reason);
    },
  };
}

/** Samples of a hundred seconds: any spread of values will do, here that of a logistic map. */
function samplesOf(): Float64Array[] {
  const level = new Float64Array(SENSORS);
  let x = 0.5;
  const next = (): number => (x = 3.99 * x * (1 - x));
  return Array.from({ length: 100 }, () =>
    level.map((before, i) => {
      level[i] = 0.98 * before + (next() - 0.5) * 8;
      return 50 + 3 * level[i]!;
    }),
  );
}

/** The same samples as they come from outside: entered in the journal with their time, so that late ones could be. */
function offered(): Contender {
  const { manifest, advance, offerColumns } = twinOf(
    sensors.replace('input v = 50', 'input raw = 50\n  sensor v measures raw'),
    'Plant',
    undefined,
    'all',
  );
  if (manifest.sensors.length !== 1) throw new Error('the samples are of one array of sensors');
  const samples = samplesOf();
  let time = 0;
  return {
    name: 'twin',
    run: () => {
      for (const values of samples) {
        offerColumns({ sensor: 0, time, values });
        advance(time + 0.5);
        time += 1;
      }
    },
  };
}

/** A hundred seconds a call, of samples that are written where the model has them, as a recording's columns are. */
function columns(): Contender {
  const { machine, advance } = twinOf(sensors, 'Plant');
  const { address } = machine.manifest.variables.find(({ name }) => name === 'sensor_[].v')!;
  const samples = samplesOf();
  let time = 0;
  return {
    name: 'twin',
    run: () => {
      for (const column of samples) {
        machine.numbers.set(column, address / 8);
        advance(time + 0.5);
        time += 1;
      }
    },
  };
}

const each = (
  variable: number,
  count: number,
  value: (element: number) => number,
): NonNullable<TwinSettings['overrides']> =>
  Array.from({ length: count }, (_, element) => ({ variable, element, value: value(element) }));

export default async function bench(report: Report): Promise<void> {
  const peers = new Peers();
  const against = async (
    title: string,
    goal: number | undefined,
    unit: string,
    perCall: number,
    programs: readonly PeerProgram[],
    twin: () => Contender,
  ): Promise<void> => {
    const started = programs.map((program) => peers.start(program));
    const contenders = started.filter((one) => typeof one !== 'string');
    for (const one of started) if (typeof one === 'string') report.missing(title, one);
    if (contenders.length < programs.length) return;
    await report.compare(title, { unit, perCall, turn: 150, rounds: 9, goal }, [...contenders, twin()]);
  };
  try {
    await against(
      'heat chain of 1,000 nodes, Runge–Kutta',
      1.2,
      'ns/node',
      2000 * HEAT_NODES,
      [
        { name: 'C -O3', source: 'heat.c', options: ['-O3'], work: 2000 },
        { name: 'C -O2', source: 'heat.c', options: ['-O2'], work: 2000 },
      ].reverse(),
      () =>
        running(heat, 200, (find) => [
          ...each(find('conduct[]'), HEAT_NODES + 1, (i) => 1 + 0.001 * i),
          ...each(find('ease[]'), HEAT_NODES, (i) => 1 / (1 + 0.0005 * i)),
          ...each(find('T[]'), HEAT_NODES, (i) => 293.15 + (i % 7)),
        ]),
    );
    await against(
      'small hybrid model: a ball that bounces, with drag',
      1.1,
      'ns/step',
      100_000,
      [{ name: 'C -O2', source: 'ball.c', options: ['-O2'], work: 100_000 }],
      () => running(ball, 1000),
    );
    await against(
      `${PUMPS} nonlinear pumps with rules`,
      0.65,
      'ns/pump',
      500 * PUMPS,
      [{ name: 'C -O2', source: 'pumps.c', options: ['-O2'], work: 500 }],
      () => running(pumps(false), 5, (find) => each(find('pump[].torque'), PUMPS, (i) => 0.05 + 0.0001 * i)),
    );
    await against(
      'the same where the twin finds the instants between steps, which the program does not',
      undefined,
      'ns/pump',
      // Twice round: they are switched off and on again every 14 s or so, all within a few.
      3000 * PUMPS,
      [{ name: 'C -O2', source: 'pumps.c', options: ['-O2'], work: 3000 }],
      () => running(pumps(true), 30, (find) => each(find('pump[].torque'), PUMPS, (i) => 0.05 + 0.0001 * i)),
    );
    const queues = (name: string, options: readonly string[], work: number): PeerProgram => ({
      name,
      source: 'queues.cpp',
      options,
      work,
    });
    await against(
      'M/M/1',
      1,
      'ns/customer',
      90_000,
      [queues('C++ priority_queue', ['-O2', '-DSINGLE'], 90_000)],
      () => running(single, 100_000),
    );
    await against(
      'line of ten stations with breakdowns',
      1,
      'ns/s',
      10_000,
      [queues('C++ priority_queue', ['-O2'], 10_000)],
      () => running(line, 10_000),
    );
    await against(
      '10,000 sensors through rules, a column of samples a second',
      0.5,
      'ns/sample',
      100 * SENSORS,
      [{ name: 'C -O2', source: 'sensors.c', options: ['-O2', '-DCOLUMNS'], work: 1 }],
      () => columns(),
    );
    await against(
      '10,000 sensors through rules, samples offered from outside',
      1.1,
      'ns/sample',
      100 * SENSORS,
      [{ name: 'C -O2', source: 'sensors.c', options: ['-O2'], work: 1 }],
      () => offered(),
    );
    for (const [name, source, needs] of [
      ['SimPy 3', 'queues-simpy3.py', 'python3-simpy3'],
      ['SimPy 2.3', 'queues.py', 'python3-simpy'],
    ] as const) {
      const simpy = (which: string, work: number): PeerProgram => ({
        name,
        source,
        options: [which],
        needs,
        work,
      });
      await against(`M/M/1, against ${name}`, 1 / 75, 'ns/customer', 9000, [simpy('single', 9000)], () =>
        running(single, 10_000),
      );
      await against(
        `line of ten stations with breakdowns, against ${name}`,
        1 / 75,
        'ns/s',
        1000,
        [simpy('line', 1000)],
        () => running(line, 1000),
      );
    }
  } finally {
    peers.stop();
  }
}
