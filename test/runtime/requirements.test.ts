import { describe, expect, it } from 'vitest';
import { createMonitor } from '../../runtime/requirements.ts';
import { runTest } from '../../runtime/run-test.ts';
import { createTwin } from '../../runtime/twin.ts';
import { decimate, record, variableSeries } from '../../runtime/recording.ts';
import type { ManifestRequirement } from '../../runtime/contract/studies.ts';
import { build } from './hand-written.ts';
import type { System } from './hand-written.ts';
import { oscillator } from './systems.ts';

const source = { uri: '', start: 0, end: 1, line: 1, column: 1, endLine: 1, endColumn: 1 };
/** Probes: x > −1.5 with its margin, x > 0.5 with its margin, v > 0. */
const system: System = {
  ...oscillator,
  probes: [
    { text: 'x > -1.5', value: (s) => Number(s.x! > -1.5) },
    { text: 'margin', value: (s) => s.x! + 1.5 },
    { text: 'x > 0.5', value: (s) => Number(s.x! > 0.5) },
    { text: 'margin', value: (s) => s.x! - 0.5 },
    { text: 'v > 0', value: (s) => Number(s.v! > 0) },
  ],
};
const check = (requirements: ManifestRequirement[]) => {
  const { manifest, kernel } = build(system);
  return runTest(manifest, kernel, { name: 'test', scenario: 0, requirements, source });
};

describe('requirements on a cosine', () => {
  it('takes the smallest margin of always, the largest of eventually', () => {
    const { requirements, holds } = check([
      { kind: 'always', text: 'always x > -1.5', condition: 0, margin: 1, after: 0, source },
      {
        kind: 'eventually',
        text: 'eventually x > 0.5',
        condition: 2,
        margin: 3,
        after: 2,
        within: 7,
        source,
      },
      {
        kind: 'never',
        text: 'never x > 0.5 from 2 to 4',
        condition: 2,
        margin: 3,
        after: 2,
        within: 4,
        source,
      },
    ]);
    const [always, eventually, never] = requirements as [
      (typeof requirements)[0],
      (typeof requirements)[0],
      (typeof requirements)[0],
    ];
    expect(holds).toBe(true);
    expect(always.margin).toBeCloseTo(0.5, 4);
    expect(always.message).toContain('from failing');
    expect(eventually.margin).toBeCloseTo(0.5, 4);
    expect(eventually.time).toBeCloseTo(2 * Math.PI, 2);
    expect(never.margin).toBeCloseTo(0.5 - Math.cos(2), 9);
    expect(never.time).toBe(2);
  });

  it('says by how much and when one fails', () => {
    const { requirements, holds } = check([
      { kind: 'always', text: 'always x > 0.5', condition: 2, margin: 3, after: 0, source },
      { kind: 'expect', text: 'expect at 1 s: x > 0.5', condition: 2, margin: 3, at: 1, source },
      { kind: 'expect', text: 'expect x > 0.5', condition: 2, margin: 3, source },
    ]);
    expect(holds).toBe(false);
    expect(requirements.map((result) => result.holds)).toEqual([false, true, false]);
    expect(requirements[0]!.margin).toBeCloseTo(-1.5, 4);
    expect(requirements[1]!.margin).toBeCloseTo(Math.cos(1) - 0.5, 8);
    expect(requirements[2]!.margin).toBeCloseTo(Math.cos(20) - 0.5, 7);
  });

  it('asks for an answer within the time given, each time', () => {
    // v > 0 from pi to 2 pi and so on; x > 0.5 comes 2 pi / 3 after it begins.
    const slow = check([
      { kind: 'response', text: 'within 2.2 s', trigger: 4, condition: 2, margin: 3, within: 2.2, source },
    ]);
    expect(slow.holds).toBe(true);
    const fast = check([
      { kind: 'response', text: 'within 2 s', trigger: 4, condition: 2, margin: 3, within: 2, source },
    ]);
    expect(fast.holds).toBe(false);
    expect(fast.requirements[0]!.margin).toBeCloseTo(Math.cos(Math.PI + 2) - 0.5, 2);
  });

  it('can be saved in the middle', () => {
    const { manifest, kernel } = build(system);
    const requirement: ManifestRequirement = {
      kind: 'always',
      text: '',
      condition: 0,
      margin: 1,
      after: 0,
      source,
    };
    const first = createTwin({ manifest, kernel, scenario: 0 });
    const monitor = createMonitor(first, [requirement]);
    first.listen({ accepted: monitor.observe });
    first.advance(4);
    const second = createTwin({ manifest, kernel, scenario: 0 });
    const other = createMonitor(second, [requirement]);
    second.restore(first.save());
    other.restore(JSON.parse(JSON.stringify(monitor.save())));
    second.listen({ accepted: other.observe });
    first.advance(6);
    second.advance(6);
    expect(other.results()).toEqual(monitor.results());
  });
});

describe('recording', () => {
  it('keeps extremes when it is thinned', () => {
    const { manifest, kernel } = build(oscillator);
    const twin = createTwin({ manifest, kernel, scenario: 0, settings: { outputPeriod: 0.01 } });
    const recording = record(
      twin,
      variableSeries(manifest, (variable) => variable === 0),
      { rows: 100 },
    );
    twin.advance(20);
    const x = recording.column('x')!;
    expect(recording.length()).toBeLessThanOrEqual(100);
    expect(Math.max(...x)).toBeCloseTo(1, 4);
    expect(Math.min(...x)).toBeCloseTo(-1, 4);
    expect(recording.times()[0]).toBe(0);
    expect(recording.times().at(-1)).toBe(20);
  });

  it('thins what is shown to the extremes of each span', () => {
    const times = Float64Array.from({ length: 1000 }, (_, i) => i);
    const values = times.map((i) => (i === 337 ? 5 : i % 2));
    const rows = decimate(times, values, 100, 900, 40);
    expect(rows.length).toBeLessThanOrEqual(40);
    expect(rows).toContain(337);
    expect(rows.every((row) => row >= 100 && row <= 900)).toBe(true);
  });
});
