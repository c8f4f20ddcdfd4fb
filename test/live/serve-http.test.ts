/** `pollux serve` of a twin that is fed by requests: acknowledged is kept, also over a restart. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { SampleReport } from '../../live/http/index.ts';
import { addressOf, bundleCommand, start, view } from './command.ts';
import type { Running } from './command.ts';
import { until } from './fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'pollux-serve-http-'));
const closing: (() => unknown)[] = [];
beforeAll(bundleCommand);
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

writeFileSync(
  join(folder, 'pump.twin'),
  `package plant

asset Pump {
  input running: Boolean = false
  state temperature = 20 degC
  state stops = 0
  command stop
  der(temperature) = (60 degC - temperature) / 100 s
  on stop -> set stops = stops + 1
  sensor casing measures temperature every 2 s
}

twin P101: Pump

bind P101 {
  casing  from http("P101/casing") as degC  late 60 s: revise
  running from http("P101/running")
  stop    from http("P101/stop")
}
`,
);

async function serving(args: readonly string[]): Promise<{ running: Running; address: string }> {
  const running = start(['serve', folder, ...args]);
  closing.push(() => running.child.kill('SIGKILL'));
  return { running, address: await addressOf(running) };
}
async function post(address: string, samples: readonly unknown[]) {
  const answer = await fetch(`${address}samples`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(samples),
  });
  return { status: answer.status, said: (await answer.json()) as SampleReport };
}

describe('samples that are sent', () => {
  it('are shown, recorded, and, once acknowledged, kept when the server is stopped at once', async () => {
    const [state, recording] = [join(folder, 'state'), join(folder, 'in.csv')];
    const first = await serving(['--state', state, '--record', recording]);
    await until('told where', () => first.running.output().includes(`POST to ${first.address}samples`));
    const viewer = await view(first.address, ['casing.measured', 'stops']);
    closing.push(() => viewer.close());
    await until('a greeting', () => viewer.hello() !== undefined && viewer.status()?.mode === 'live');
    expect(viewer.hello()!.sensors.find(({ id }) => id === 'casing')!.binding).toBe('http P101/casing');
    const begun = Date.now() / 1000;
    expect(
      await post(first.address, [
        { name: 'P101/casing', value: 61.5, time: begun },
        { name: 'P101/running', value: true },
        { name: 'P101/stop' },
        { name: 'P101/other', value: 1 },
      ]),
    ).toMatchObject({ status: 207, said: { taken: 3, refused: 1 } });
    await until('shown', () =>
      viewer.values('casing.measured').some((value) => Math.abs(value - 334.65) < 1e-6),
    );
    await until('called', () => viewer.values('stops').includes(1));
    await until('told', () => viewer.events().some(({ text }) => text.includes('“P101/other”')));
    expect(viewer.status()!.counts).toMatchObject({ received: 3, unknown: 1 });
    // Many, of which the last are for an instant that the twin has not come to.
    const now = Date.now() / 1000;
    const many = Array.from({ length: 2000 }, (_, n) => ({
      name: 'P101/casing',
      value: 30 + n / 100,
      time: begun + ((now - begun) * (n + 1)) / 2000,
    }));
    expect(await post(first.address, many)).toMatchObject({ status: 200, said: { taken: 2000 } });
    first.running.child.kill('SIGTERM');
    expect(await first.running.ended).toBe(0);
    // What came at one time is in one row, so it is samples that are counted.
    const [head, ...rows] = readFileSync(recording, 'utf8').trim().split('\r\n');
    const casing = head!.split(',').findIndex((name) => name.startsWith('casing'));
    expect(rows.filter((row) => row.split(',')[casing] !== '')).toHaveLength(1 + 2000);

    const again = await serving(['--state', state, '--record', recording]);
    await until('told from when', () => again.running.output().includes('goes on from t ='));
    const report = await post(again.address, many);
    expect(report).toMatchObject({ status: 400, said: { taken: 0, refused: 2000 } });
    // Those that the state has are too late now; those that waited for their time are twice there.
    const kinds = new Set<string>(report.said.problems.map(({ kind }) => kind));
    expect([...kinds].every((kind) => ['late', 'outOfOrder', 'duplicate'].includes(kind))).toBe(true);
  }, 60_000);
});
