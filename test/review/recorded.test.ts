/** What a recording drives has closed forms too. */
import { describe, expect, it } from 'vitest';
import { samplerOf } from '../../live/recording/index.ts';
import type { Recording } from '../../review/recorded.ts';
import { isSame } from '../../review/review.ts';
import { reviewOf } from './versions.ts';

/** A recording from the text of a CSV file. */
function recording(text: string): Recording {
  const [head, ...lines] = text.trim().split('\n');
  const columns = head!.split(',').map((each) => {
    const [, name = each, unit = ''] = /^(\S+) \[(.*)\]$/.exec(each) ?? [];
    return { name, unit };
  });
  return {
    name: 'june.csv',
    feed: (manifest, names) => {
      const renamed = columns.map((column) => ({ ...column, name: names(column.name) }));
      try {
        const { used, take } = samplerOf(renamed, manifest);
        const samples = lines.flatMap((line, n) =>
          take({ line: n + 2, values: line.split(',').map((each) => (each === '' ? NaN : Number(each))) }),
        );
        return { names: used.map(({ name }) => name), length: samples.at(-1)?.time ?? 0, samples };
      } catch {
        return undefined;
      }
    },
  };
}

/** After a step of u at 0: x = u · (1 - exp(-t / tau)). */
const lag = (tau: string): string => `package p

asset Lag {
  param tau = ${tau}
  input u = 0
  state x = 0
  der(x) = (u - x) / tau
  alarm high: warning "High" {
    raise when x > 1.8
  }
  sensor probe measures x every 1 s
}
`;
const STEP = recording('time [s],u\n0,2\n10,2\n');

describe('a recording drives both versions', () => {
  const { behaviour, causes, changes, findings } = reviewOf(lag('2 s'), lag('3 s'), { recordings: [STEP] });
  const [driven] = behaviour.scenarios;
  it('and what differs is as the closed form says', () => {
    expect(driven).toMatchObject({ driver: 'recording', title: 'recording june.csv', scenario: 'june.csv' });
    const x = driven!.signals.find(({ name }) => name === 'x')!;
    const most = 6 * Math.log(1.5);
    expect(x.at).toBeCloseTo(most, 1);
    expect(x.largest).toBeCloseTo(2 * (Math.exp(-most / 3) - Math.exp(-most / 2)), 4);
    // A thousandth of the span of 2 is left when 2 · t / 6 is: after 6 ms, in the first of a thousand rows.
    expect(x.first).toBeCloseTo(0.01, 2);
  });
  it('and alarms come when they must', () => {
    // 2 (1 - exp(-t / tau)) = 1.8 at tau · ln 10.
    expect(driven!.events[0]!.before[0]).toBeCloseTo(2 * Math.LN10, 3);
    expect(driven!.events[0]!.after[0]).toBeCloseTo(3 * Math.LN10, 3);
    expect(findings.map(({ rule, text }) => `${rule}: ${text}`)).toEqual([
      expect.stringMatching(/^alarm-moved: In recording june\.csv, alarm high is raised at 6\.9/),
    ]);
  });
  it('and the change that does it is named', () => {
    expect(causes.map(({ scenario, changes: those }) => [scenario, changes[those[0]!]!.path])).toEqual([
      ['june.csv', 'Lag.tau'],
    ]);
  });
  it('under names that have changed', () => {
    const renamed = lag('2 s').replaceAll(/\bu\b/g, 'drive').replaceAll(/\bx\b/g, 'answer');
    const review = reviewOf(lag('2 s'), renamed, { recordings: [STEP] });
    expect(review.behaviour.scenarios[0]).toMatchObject({ driver: 'recording', signals: [], events: [] });
    expect(review.problems).toEqual([]);
  });
  it('what it measures is compared with what each version predicts', () => {
    const measured = recording('time [s],u,probe\n0,2,0\n5,2,1.9\n10,2,1.99\n');
    const { behaviour: seen } = reviewOf(lag('2 s'), lag('3 s'), { recordings: [measured] });
    const names = seen.scenarios[0]!.signals.map(({ name }) => name);
    expect(names).toContain('x');
    // What was measured is the same for both.
    expect(names).not.toContain('probe.measured');
  });
  it('says what feeds one version alone, and passes over what feeds none', () => {
    const withInput = lag('2 s').replace('input u = 0', 'input u = 0\n  input v = 0');
    const both = recording('time [s],u,v\n0,2,1\n10,2,1\n');
    expect(reviewOf(lag('2 s'), withInput, { recordings: [both] }).problems).toEqual([
      'recording june.csv feeds v of one of the versions alone',
    ]);
    const other = recording('time [s],nothing\n0,2\n10,2\n');
    expect(reviewOf(lag('2 s'), lag('3 s'), { recordings: [other] }).behaviour.scenarios).toEqual([]);
    expect(isSame(reviewOf(lag('2 s'), lag('2000 ms'), { recordings: [STEP] }))).toBe(true);
  });
});
