import { describe, expect, it } from 'vitest';
import { createTwin } from '../../runtime/twin.ts';
import type { RunEvent } from '../../runtime/twin.ts';
import { build } from './hand-written.ts';
import { ball, bounceTime, gravity, oscillator, tank } from './systems.ts';

describe.each([0, 1])('with method %i of rk4, tsit5', (scenario) => {
  it('bounces when and as high as the closed form says', () => {
    const keep = 0.8;
    const twin = createTwin({ ...build(ball(keep)), scenario });
    const events: RunEvent[] = [];
    twin.listen({ event: (event) => events.push(event) });
    twin.advance(10);
    const expected = Array.from({ length: 40 }, (_, i) => bounceTime(keep, i + 1)).filter(
      (time) => time <= 10,
    );
    expect(twin.trouble()).toBeUndefined();
    expect(events.length).toBe(expected.length);
    events.forEach(({ time }, i) => expect(Math.abs(time - expected[i]!)).toBeLessThan(1e-9));
    const k = expected.length;
    const rise = keep ** k * Math.sqrt(2 * gravity * 10);
    const since = 10 - expected.at(-1)!;
    expect(twin.value('height')).toBeCloseTo(rise * since - (gravity / 2) * since ** 2, 7);
  });

  it('names the event when bounces accumulate', () => {
    const twin = createTwin({ ...build(ball(0.5)), scenario });
    const stop = twin.advance(10);
    const fall = Math.sqrt((2 * 10) / gravity);
    expect(stop.reason).toBe('trouble');
    expect(twin.trouble()?.code).toBe('PX9006');
    expect(twin.trouble()?.message).toContain('at height <= 0 m falling');
    // Zeno: the sum of the geometric series.
    expect(twin.trouble()?.time).toBeCloseTo(fall + (2 * fall * 0.5) / (1 - 0.5), 9);
    expect(twin.value('height')).toBeCloseTo(0, 9);
  });

  it('follows cosine and sine', () => {
    const twin = createTwin({ ...build(oscillator), scenario });
    for (const t of [0.005, 1, 3.21, 20]) {
      twin.advance(t);
      expect(twin.time()).toBe(t);
      expect(twin.value('x')).toBeCloseTo(Math.cos(t), 7);
      expect(twin.value('v')).toBeCloseTo(-Math.sin(t), 7);
    }
  });

  it('stops the inflow 30 s after the level has passed the mark', () => {
    const twin = createTwin({ ...build(tank), scenario });
    const events: RunEvent[] = [];
    twin.listen({ event: (event) => events.push(event) });
    twin.advance(400);
    const overflow = events.filter(({ name }) => name === 'overflow');
    // level = 5 (1 − exp(−t/10)) reaches 4 at 10 ln 5.
    expect(overflow[0]!.time).toBeCloseTo(10 * Math.log(5) + 30, 8);
    const atStop = 5 * (1 - Math.exp(-overflow[0]!.time / 10));
    const refill = events.filter(({ name }) => name === 'refill');
    // From there it decays to 1; the first `refill` is at the start, when the tank is empty.
    expect(refill[0]!.time).toBe(0);
    expect(refill[1]!.time).toBeCloseTo(overflow[0]!.time + 10 * Math.log(atStop), 7);
    expect(twin.value('overflows')).toBe(overflow.length);
  });
});
