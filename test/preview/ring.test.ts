import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { History, Ring } from '../../preview/data/ring.ts';

interface Sample {
  time: number;
  value: number;
}

function samplesOf(history: History, from = -Infinity, to = Infinity): Sample[] {
  const samples: Sample[] = [];
  history.visit(from, to, { add: (time, value) => samples.push({ time, value }) });
  return samples;
}

function fill(history: History, count: number, value = (time: number) => Math.sin(time)): Sample[] {
  const samples = Array.from({ length: count }, (_, time) => ({ time, value: value(time) }));
  history.append(
    samples.map(({ time }) => time),
    samples.map((sample) => sample.value),
  );
  return samples;
}

describe('a ring', () => {
  it('keeps the newest samples, in order, as a list would', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true }), { maxLength: 900 }),
        fc.integer({ min: 1, max: 600 }),
        (values, limit) => {
          const ring = new Ring(limit);
          values.forEach((value, time) => ring.push(time, value));
          const kept = values.map((value, time) => [time, value]).slice(-limit);
          expect(Array.from({ length: ring.length }, (_, i) => [ring.timeAt(i), ring.valueAt(i)])).toEqual(
            kept,
          );
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('a history', () => {
  it('keeps every sample while there is room', () => {
    const history = new History();
    const samples = fill(history, 4000);
    expect(samplesOf(history)).toEqual(samples);
    expect(history.fineFrom).toBe(0);
  });

  it('stays bounded and keeps the extremes of what it thinned', () => {
    const history = new History(64, 4);
    const value = (time: number) => (time === 1000 ? 50 : time === 1500 ? -50 : Math.sin(time));
    fill(history, 4000, value);
    const samples = samplesOf(history);
    expect(history.length).toBeLessThanOrEqual(4 * 64);
    expect(samples).toContainEqual({ time: 1000, value: 50 });
    expect(samples).toContainEqual({ time: 1500, value: -50 });
    expect(samples.every(({ time }, i) => i === 0 || time > samples[i - 1]!.time)).toBe(true);
    expect(samples.every((sample) => sample.value === value(sample.time))).toBe(true);
    expect([history.low, history.high]).toEqual([-50, 50]);
  });

  it('holds a million samples in flat memory', () => {
    const history = new History();
    for (let time = 0; time < 1e6; time++) history.append([time], [time % 100]);
    expect(history.length).toBeLessThanOrEqual(4 * 4096);
    expect(history.levels.every((level) => level.times.length <= 4096)).toBe(true);
    expect(history.lastTime).toBe(999_999);
    expect(history.firstTime).toBeLessThan(1e6 - 4096 * 200);
  });

  it('skips what is not there', () => {
    const history = new History();
    history.append([0, 1, 2, 3], [null, 5, NaN, 7]);
    expect(samplesOf(history)).toEqual([
      { time: 1, value: 5 },
      { time: 3, value: 7 },
    ]);
  });

  it('replaces the span of a late revision and keeps what came after it', () => {
    const history = new History();
    fill(history, 10, () => 0);
    history.append([4, 5.5, 6], [1, 2, 3]);
    expect(samplesOf(history).map(({ time, value }) => [time, value])).toEqual([
      [0, 0],
      [1, 0],
      [2, 0],
      [3, 0],
      [4, 1],
      [5.5, 2],
      [6, 3],
      [7, 0],
      [8, 0],
      [9, 0],
    ]);
  });

  it('keeps two values of one instant, before and after an event', () => {
    const history = new History();
    history.append([0, 1, 1, 2], [0, 0, 1, 1]);
    expect(samplesOf(history).map(({ value }) => value)).toEqual([0, 0, 1, 1]);
    expect(history.at(1)).toBe(1);
  });

  it('puts the past before what is known', () => {
    const history = new History();
    history.append([10, 11], [1, 2]);
    history.prepend([0, 5, 10], [7, 8, 9]);
    expect(samplesOf(history).map(({ time, value }) => [time, value])).toEqual([
      [0, 7],
      [5, 8],
      [10, 1],
      [11, 2],
    ]);
  });

  it('forgets the future when the run is rewound, also when only thinned samples are left', () => {
    const history = new History(64, 4);
    fill(history, 2000);
    history.cut(700);
    expect(history.lastTime).toBeLessThan(700);
    history.append([700, 701], [3, 4]);
    expect(history.lastValue).toBe(4);
    const times = samplesOf(history).map(({ time }) => time);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it('gives the value that holds at a time', () => {
    const history = new History();
    history.append([1, 2, 4], [10, 20, 40]);
    expect([0.5, 1, 1.9, 2, 3.9, 4, 100].map((time) => history.at(time))).toEqual([
      NaN,
      10,
      10,
      20,
      20,
      40,
      40,
    ]);
  });

  it('hands over one neighbour on each side of a span', () => {
    const history = new History();
    fill(history, 10, (time) => time);
    expect(samplesOf(history, 3.5, 5.5).map(({ time }) => time)).toEqual([3, 4, 5, 6]);
    expect(samplesOf(history, 20, 30).map(({ time }) => time)).toEqual([9]);
  });
});
