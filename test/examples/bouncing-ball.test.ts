/** The bouncing ball against its closed form: a sum of flights, each a parabola. */
import { describe, expect, it } from 'vitest';
import { artefactOf, eventsOf, twinOf, valueOf } from './example.ts';

const artefact = artefactOf('bouncing-ball', 'Ball');
const g = 9.80665;

/** Time of the k-th bounce of a ball dropped from h: the fall, then flights of twice the fall's time, shorter each by e. */
function bounceTime(k: number, h: number, e: number): number {
  const fall = Math.sqrt((2 * h) / g);
  let time = fall;
  for (let flight = 1; flight < k; flight += 1) time += 2 * fall * e ** flight;
  return time;
}

/** Height at a time, between the bounces k and k + 1 that enclose it. */
function heightAt(time: number, h: number, e: number): number {
  let k = 0;
  while (bounceTime(k + 1, h, e) <= time) k += 1;
  if (k === 0) return h - (g / 2) * time ** 2;
  const since = time - bounceTime(k, h, e);
  return e ** k * Math.sqrt(2 * g * h) * since - (g / 2) * since ** 2;
}

const cases = [
  { height: 1, restitution: 0.8, count: 25 },
  { height: 1.8, restitution: 0.5, count: 9 },
  { height: 0.25, restitution: 0.95, count: 40 },
];

describe.each(cases)('dropped from $height m, giving back $restitution', ({ height, restitution, count }) => {
  const given = { height, restitution };

  it('bounces when the sum of its flights says', () => {
    const events = eventsOf(
      twinOf(artefact, { given, duration: bounceTime(count, height, restitution) + 1e-3 }),
    );
    const times = events.filter(({ kind }) => kind === 'event').map(({ time }) => time);
    expect(times.length).toBeGreaterThanOrEqual(count);
    for (let k = 1; k <= count; k += 1)
      expect(times[k - 1], `bounce ${k}`).toBeCloseTo(bounceTime(k, height, restitution), 8);
  });

  it('is at the height of its parabola at any time', () => {
    const twin = twinOf(artefact, { given });
    const end = bounceTime(count, height, restitution);
    for (let i = 1; i < 200; i += 1) {
      const time = (end * i) / 200;
      twin.advance(time);
      expect(valueOf(twin, 'height')).toBeCloseTo(heightAt(time, height, restitution), 7);
    }
  });
});

it('lies still after the bounce that falls below the rest speed', () => {
  const restitution = 0.8;
  const impact = Math.sqrt(2 * g);
  const last = Math.ceil(Math.log(5e-3 / impact) / Math.log(restitution));
  const twin = twinOf(artefact, { scenario: 'drop' });
  const events = eventsOf(twin).filter(({ kind }) => kind === 'event');
  expect(events).toHaveLength(last);
  expect(events.at(-1)!.time).toBeCloseTo(bounceTime(last, 1, restitution), 7);
  expect(valueOf(twin, 'bounces')).toBe(last);
  expect(valueOf(twin, 'resting')).toBe(1);
  // What the infinitely many bounces left out would still take.
  const all = (Math.sqrt(2 / g) * (1 + restitution)) / (1 - restitution);
  expect(events.at(-1)!.time).toBeLessThan(all);
});
