/** The leak that the twin finds in a recording, against a Kalman filter with 2 × 2 matrices written out, and against the truth of the scenario. */
import { beforeAll, describe, expect, it } from 'vitest';
import { join } from 'node:path';
import { loadReplay } from '../../live/replay.ts';
import type { RecordedSample } from '../../live/session/replay.ts';
import type { RunEvent } from '../../runtime/twin.ts';
import { artefactOf, eventsOf, exampleFolder, twinOf, valueOf } from './example.ts';

const hour = 3600;
const hill = artefactOf('leaking-reservoir', 'Hill');
const AREA = 400;
const NAMES = ['level', 'leak', 'level.sd', 'leak.sd'] as const;

/** What is known after each sample: level, leak and the deviations of both, SI. */
type Known = readonly [number, number, number, number];

/** Level and leak by textbook: exact over ten minutes of constant flows, then one sample. */
function filtered(samples: readonly RecordedSample[]): Known[] {
  const error = 0.005 ** 2;
  const drifts = [0.002 ** 2 / hour, (2 / hour) ** 2 / (24 * hour)] as const;
  let [level, leak, time] = [3.5, 0, 0];
  let [a, b, c] = [0.2 ** 2, 0, (2 / hour) ** 2];
  const flows = new Map<number, number>();
  const known: Known[] = [];
  const supply = hill.manifest.variables.findIndex(({ name }) => name === 'supply');
  const net = () => [...flows].reduce((sum, [which, flow]) => sum + (which === supply ? flow : -flow), 0);
  for (const at of [...new Set(samples.map((sample) => sample.time))]) {
    const span = at - time;
    const f = -span / AREA;
    level += ((net() - leak) * span) / AREA;
    [a, b, c] = [
      a + 2 * f * b + f * f * c + drifts[0] * span + (drifts[1] * span ** 3) / (3 * AREA ** 2),
      b + f * c - (drifts[1] * span ** 2) / (2 * AREA),
      c + drifts[1] * span,
    ];
    time = at;
    for (const { target, time: when, value } of samples) {
      if (when !== at) continue;
      if (target.kind === 'input') flows.set(target.variable, value);
      else {
        const off = value - level;
        const total = a + error;
        [level, leak] = [level + (a / total) * off, leak + (b / total) * off];
        [a, b, c] = [a - (a * a) / total, b - (a * b) / total, c - (b * b) / total];
      }
    }
    known.push([level, leak, Math.sqrt(a), Math.sqrt(c)]);
  }
  return known;
}

describe('three days as they were recorded', () => {
  let samples: RecordedSample[] = [];
  const times: number[] = [];
  const known: Known[] = [];
  const alarms: RunEvent[] = [];

  beforeAll(async () => {
    const recording = await loadReplay(
      join(exampleFolder('leaking-reservoir'), 'three-days.csv'),
      hill.manifest,
    );
    expect(recording).toMatchObject({ unused: [], bad: { count: 0 }, samples: 3 * 433 });
    samples = recording.replay.take(Infinity);
    const twin = twinOf(hill, { offered: 'all', duration: 72 * hour });
    twin.listen({ event: (event) => event.kind === 'alarm' && alarms.push(event) });
    for (const { target, time, value } of samples)
      if (target.kind === 'sensor') twin.offer(target.sensor, target.instance, time, value);
      else twin.offerInput(target.variable, target.element, time, value);
    for (let time = 0; time <= 72 * hour; time += 600) {
      twin.advance(time);
      times.push(time);
      const [level, leak, ofLevel, ofLeak] = NAMES.map((name) => valueOf(twin, name));
      known.push([level!, leak!, ofLevel!, ofLeak!]);
    }
    expect(twin.trouble()).toBeUndefined();
  });

  it('are what the gauge of the scenario measured', () => {
    const plant = twinOf(hill, { scenario: 'cracked' });
    for (const { target, time, value } of samples) {
      if (target.kind !== 'sensor') continue;
      plant.advance(time);
      expect(Math.abs(valueOf(plant, 'gauge.measured') - value)).toBeLessThan(0.51e-4);
    }
  });

  it('tell the twin what they tell a filter that is written out', () => {
    const expected = filtered(samples);
    expect(expected).toHaveLength(times.length);
    known.forEach((row, n) =>
      row.forEach((value, i) => {
        // Of a leak of some m3/h, a millionth of what is known of it.
        const scale = i % 2 === 0 ? 1e-3 : 1e-4;
        expect(Math.abs(value - expected[n]![i]!) / scale, `${NAMES[i]} at ${times[n]} s`).toBeLessThan(1e-5);
      }),
    );
  });

  it('tell the leak to three deviations, eight hours after it has changed', () => {
    const settled = (time: number) => [30, 54].every((at) => time < at * hour || time > (at + 8) * hour);
    known.forEach(([, leak, , deviation], n) => {
      if (times[n]! < 3 * hour || !settled(times[n]!)) return;
      const truth = times[n]! > 30 * hour && times[n]! < 54 * hour ? 4 / hour : 0;
      expect(Math.abs(leak - truth), `at ${times[n]} s`).toBeLessThan(3 * deviation);
    });
  });

  it('raise the alarm hours after the floor has cracked, at no other time', () => {
    expect(alarms.map(({ name }) => name)).toEqual(['leaks', 'leaks']);
    const [raised, cleared] = alarms.map(({ time }) => time / hour);
    expect(raised).toBeGreaterThan(31);
    expect(raised).toBeLessThan(34);
    expect(cleared).toBeGreaterThan(55);
    expect(cleared).toBeLessThan(60);
  });
});

it('knows nothing of a leak where no samples come', () => {
  const twin = twinOf(hill, { given: { hole: 4 / hour }, duration: 72 * hour });
  expect(eventsOf(twin).filter(({ name }) => name === 'leaks')).toEqual([]);
  expect(valueOf(twin, 'leak')).toBe(0);
  expect(twin.value('leak.sd')).toBeNaN();
});
