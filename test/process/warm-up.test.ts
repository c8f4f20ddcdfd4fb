/** Statistics begin anew after the warm-up: in scenarios, in experiments on them, and in experiments with a warm-up of their own. */
import { describe, expect, it } from 'vitest';
import { generate } from '../../compiler/4-generate/generate.ts';
import { reportsOf, runOnce } from '../../runtime/experiments/one-run.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { flat } from '../flatten/systems.ts';

/** One a second, each served for half a second; twice as many until 60 s. */
const text = (members: string): string => `asset A {
    ${members}
    resource desk
    process caller {
      arrive every 1 s
      arrive every 1 s until 60 s
      queue line
      use desk for 0.5 s
    }
    kpi served   = rate(caller.left)
    kpi busy     = utilisation(desk)
    kpi longest  = max(line.length)
    kpi waits    = mean(line.wait)
    kpi tail     = quantile(caller.stay, 95 %)
    kpi busiest  = most(utilisation(desk), mean(line.length))
  }
  scenario s for A { run 100 s after warmup 60.2 s }
  experiment onScenario on s { report served, busy, longest, waits, tail, busiest }
  experiment alone on A { run 100 s after warmup 60.2 s  report served, busy, longest, waits, tail, busiest }
  experiment other on s { run 39.8 s  report served, busy, longest, waits, tail, busiest }`;

describe.each([
  ['a flow that runs freely', ''],
  ['a flow that an equation reads', 'state area = 0 s  der(area) = caller.inside'],
])('%s', (_, members) => {
  const artefact = generate(flat(text(members)));
  const { manifest } = artefact;
  const results = (name: string): number[] => {
    const experiment = manifest.experiments!.find((one) => one.name.endsWith(name))!;
    expect(reportsOf(manifest, experiment)).toHaveLength(6);
    return runOnce(manifest, kernelFactory(artefact), experiment, [], 1).values;
  };

  it.each(['onScenario', 'alone'])('counts from the end of the warm-up: %s', (name) => {
    const [served, busy, longest, waits, tail, busiest] = results(name);
    // 0.8 s of the two that came at 60 s, 99 whole ones, and 0.2 s of the last; these leave at 60.5 s, 61 s, 61.5 s and so on.
    expect(served).toBeCloseTo(1.01, 12);
    expect(busy).toBeCloseTo(0.505, 12);
    // One is in line when the statistics begin, as two come together up to 60 s.
    expect(longest).toBeLessThanOrEqual(1);
    expect(waits).toBeLessThan(0.02);
    expect(tail).toBeCloseTo(0.5, 1);
    expect(busiest).toBe(1);
  });

  it('and from the start where the experiment says so', () => {
    const [served, busy, longest] = results('other');
    expect(served).toBeCloseTo(77 / 39.8, 12);
    expect(busy).toBeCloseTo(38.8 / 39.8, 12);
    expect(longest).toBeGreaterThan(0);
  });
});
