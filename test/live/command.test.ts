/** `pollux demo`, `pollux serve` and `run.mjs` as processes, on the pump station. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openRecording } from '../../live/recording/index.ts';
import { addressOf, bundleCommand, pollux, repository, start, view } from './command.ts';
import type { Running } from './command.ts';
import { startBroker, until } from './fixture.ts';
import { readArguments, SECONDS_IN } from '../../cli/standalone/arguments.ts';
import { durationOf } from '../../cli/quantity.ts';

const folder = mkdtempSync(join(tmpdir(), 'pollux-command-'));
const station = join(repository, 'examples', 'pump-station');
const closing: (() => Promise<unknown> | unknown)[] = [];
beforeAll(bundleCommand);
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(args: readonly string[], environment?: Record<string, string>): Running {
  const running = start(args, environment);
  closing.push(() => running.child.kill('SIGKILL'));
  return running;
}
async function watch(running: Running, series: readonly string[]) {
  const viewer = await view(await addressOf(running), series);
  closing.push(() => viewer.close());
  await until('a greeting', () => viewer.hello() !== undefined && viewer.status() !== undefined);
  return viewer;
}
const moved = (values: readonly number[]) => new Set(values).size > 3;

describe('pollux demo', () => {
  it('shows measured beside predicted, and the alarm of the injected fault', async () => {
    const demo = run(['demo', station, '--speed', '25']);
    const [measured, predicted] = ['pump[1].vibration.measured', 'pump[1].vibration.predicted'];
    const viewer = await watch(demo, [measured!, predicted!, 'tank.gauge.measured', 'tank.gauge.predicted']);
    expect(viewer.hello()!.modes).toContain('live');
    expect(viewer.hello()!.sensors.find(({ id }) => id === 'pump[1].casing')!.binding).toBe(
      'mqtt waterworks/east/pump1/casing',
    );
    await until(
      'charts move',
      () => moved(viewer.values('tank.gauge.measured')) && moved(viewer.values('tank.gauge.predicted')),
    );
    await until(
      'the alarm',
      () => viewer.events().some(({ kind, name }) => kind === 'alarm' && name === 'pump[1].bearingFault'),
      25_000,
    );
    const names = viewer
      .events()
      .filter(({ kind }) => kind === 'alarm')
      .map(({ name }) => name);
    expect(names.slice(0, 3)).toEqual([
      'pump[1].unlikeModel',
      'pump[1].roughRunning',
      'pump[1].bearingFault',
    ]);
    const alarm = viewer.events().find(({ name }) => name === 'pump[1].bearingFault')!;
    // The fault begins after 60 s; 1.4 + 14 d passes 7.1 mm/s at d = 0.407, which is ln(1/(1−d))/0.008 = 65 s later, and holds 5 s.
    expect(alarm.time).toBeGreaterThan(125);
    expect(alarm.time).toBeLessThan(150);
    // The live twin does not know of the fault: what it predicts stays that of a healthy bearing.
    expect(viewer.values(predicted!).at(-1)!).toBeLessThan(0.0015);
    expect(viewer.values(measured!).at(-1)!).toBeGreaterThan(0.006);
    await until('the alarm is sent out', () => (viewer.status()!.counts['sent'] ?? 0) > 0);
    const counts = viewer.status()!.counts;
    expect(counts['received']).toBeGreaterThan(500);
    expect(
      Object.keys(counts).filter((kind) =>
        ['unreadable', 'wrongType', 'missing', 'dropped', 'notANumber'].includes(kind),
      ),
    ).toEqual([]);
    demo.child.kill('SIGINT');
    expect(await demo.ended).toBe(0);
    expect(demo.output()).not.toMatch(/Warning|fault of Pollux/);
  });

  it('simulates what has no bindings', async () => {
    const demo = run(['demo', join(repository, 'examples', 'bouncing-ball')]);
    const viewer = await watch(demo, []);
    expect(viewer.hello()!.modes).toEqual(['simulate']);
    expect(viewer.status()!.playing).toBe(true);
    demo.child.kill('SIGTERM');
    expect(await demo.ended).toBe(0);
  });

  it('refuses what cannot be had in a sentence, and shows errors where they are', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    closing.push(() => taken.close());
    const { port } = taken.address() as AddressInfo;
    const broken = join(folder, 'broken.twin');
    writeFileSync(broken, 'package a\n\nasset A {\n  param x = 1 m + 1 s\n}\n');
    const cases: [string[], number, string][] = [
      [['demo', station, '--port', String(port)], 1, `port ${port} is in use`],
      [['demo', 'nothing.twin'], 1, 'there is no file or folder nothing.twin'],
      [['demo', station, '--plant', 'picnic'], 1, 'no scenario picnic'],
      [['demo', broken], 3, 'broken.twin:4:'],
      [['serve', station, '--broker', 'http://x'], 1, 'begins with mqtt://'],
      [['serve', station, '--replay', 'nothing.csv'], 1, 'there is no file nothing.csv'],
      [['serve', station, '--record', 'x.csv'], 1, 'name a broker with --broker'],
    ];
    const ended = cases.map(async ([args, code, words]) => {
      const running = run(args);
      expect([args, await running.ended]).toEqual([args, code]);
      expect(running.output()).toContain(words);
      expect(running.output()).not.toMatch(/^\s+at /m);
    });
    await Promise.all(ended);
  }, 30_000);
});

describe('pollux serve', () => {
  it('is live on a broker, records what comes in, and replays it', async () => {
    const broker = await startBroker();
    closing.push(() => broker.stop());
    const recording = join(folder, 'in.csv');
    const live = run(['serve', station, '--record', recording], {
      POLLUX_MQTT_URL: `mqtt://127.0.0.1:${broker.port}`,
    });
    const viewer = await watch(live, ['tank.gauge.measured']);
    await until('connected', () => viewer.status()?.connections[0]?.state === 'connected');
    const plant = mqtt.connect(`mqtt://127.0.0.1:${broker.port}`);
    closing.push(() => plant.endAsync(true));
    await new Promise((resolve) => setTimeout(resolve, 100));
    for (let i = 0; i < 20; i += 1) {
      plant.publish('waterworks/east/tank/level', String(2 + i / 100));
      plant.publish('waterworks/east/pump1/vibration', i === 10 ? 'garbage' : '1.5');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await until('all counted', () => viewer.status()!.counts['received'] === 40);
    expect(viewer.status()!.counts).toMatchObject({ onTime: 39, unreadable: 1 });
    await until('told', () => viewer.events().some(({ text }) => text.includes('“garbage”')));
    await until('shown', () => viewer.values('tank.gauge.measured').some((value) => value > 2));
    live.child.kill('SIGINT');
    expect(await live.ended).toBe(0);
    expect(live.output()).toContain(`Wrote ${recording}: `);
    let cells = 0;
    for await (const { values } of (await openRecording(recording)).rows())
      cells += values.slice(1).filter((value) => !Number.isNaN(value)).length;
    expect(cells).toBe(39);

    const kept = readFileSync(recording, 'utf8');
    const restarted = run(['serve', station, '--record', recording], {
      POLLUX_MQTT_URL: `mqtt://127.0.0.1:${broker.port}`,
    });
    await addressOf(restarted);
    restarted.child.kill('SIGTERM');
    expect(await restarted.ended).toBe(0);
    expect(restarted.output()).toContain(`${join(folder, 'in-2.csv')}, as ${recording} is there already`);
    expect(readFileSync(join(folder, 'in-2.csv'), 'utf8')).toMatch(/^time \[s\],/);
    expect(readFileSync(recording, 'utf8')).toBe(kept);

    const replayed = run(['serve', station, '--replay', recording]);
    const again = await watch(replayed, ['tank.gauge.measured']);
    expect(again.hello()!.modes).toContain('replay');
    expect(again.status()).toMatchObject({ mode: 'replay' });
    again.send({ type: 'speed', speed: null });
    await until('the last sample', () =>
      again.values('tank.gauge.measured').some((value) => Math.abs(value - 2.19) < 0.03),
    );
    replayed.child.kill('SIGINT');
    expect(await replayed.ended).toBe(0);
  });
});

describe('run.mjs', () => {
  it('knows units of time as the library has them', () => {
    for (const unit of Object.keys(SECONDS_IN))
      expect([unit, readArguments(['--duration', `3 ${unit}`]).duration]).toEqual([
        unit,
        durationOf(`3 ${unit}`),
      ]);
  });

  const node = (args: readonly string[]) =>
    execFileSync(process.execPath, args, { encoding: 'utf8', cwd: folder });
  it('runs a built twin with nothing else', () => {
    const built = join(folder, 'east');
    node([pollux, 'build', station, '--out', `${built}/`]);
    // From the sources as they are, not from what was built last.
    writeFileSync(join(built, 'run.mjs'), readFileSync(join(repository, 'dist', 'test', 'live', 'run.mjs')));
    const runner = join(built, 'run.mjs');
    const imported = [...readFileSync(runner, 'utf8').matchAll(/^import .* from "([^"]+)"/gm)].map(
      (match) => match[1],
    );
    expect(new Set(imported)).toEqual(new Set(['node:fs', 'node:process']));
    expect(node([runner, '--list'])).toMatch(/bearingFault +15 min/);
    expect(node([runner, '--help'])).toContain('--seed N');
    expect(node([runner])).toMatch(/pump\[1\]\.bearingFault: [\s\S]*state [0-9a-f]{16}/);
    const hash = (args: string[]) => /state (\w{16})/.exec(node([runner, ...args]))![1];
    expect(hash([])).toBe(hash(['--seed', '1']));
    expect(hash([])).not.toBe(hash(['--seed=2']));
    expect(
      (
        JSON.parse(
          node([
            pollux,
            'run',
            join(repository, 'examples', 'pump-station'),
            '--scenario',
            'bearingFault',
            '--json',
          ]),
        ) as { hash: string }
      ).hash,
    ).toBe(hash([]));
    const csv = node([runner, '--duration', '10', '--csv', '-']).split('\r\n');
    expect(csv[0]).toMatch(/^time \[s\],inflow \[m3\/h\],/);
    expect(csv[1]!.split(',').slice(0, 3)).toEqual(['0', '90', '20']);
    expect(hash(['--duration', '1.5 min'])).toBe(hash(['--duration=90']));
    for (const args of [
      ['--scenario', 'picnic'],
      ['--bogus'],
      ['--duration', '-1'],
      ['--duration', '2 hours'],
      ['--duration', '1e300'],
      ['--csv', join(folder, 'no', 'where.csv')],
    ])
      expect(() => execFileSync(process.execPath, [runner, ...args], { stdio: 'pipe' })).toThrow(
        /run\.mjs: /,
      );
  });
});
