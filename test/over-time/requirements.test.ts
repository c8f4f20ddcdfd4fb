/** Requirements with operators over time, from text to result. */
import { describe, expect, it } from 'vitest';
import { generate } from '../../compiler/4-generate/generate.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createMonitor } from '../../runtime/requirements.ts';
import { runTest } from '../../runtime/run-test.ts';
import type { TestResult } from '../../runtime/run-test.ts';
import { createTwin } from '../../runtime/twin.ts';
import { flat, said } from '../flatten/systems.ts';

/** A wave of 10 K around 50 °C with a period of 2 π s; a switch that is on from 5 s to 8 s and at 15 s for a moment. */
const asset = `
  asset A {
    state x = 0 K  state v = 10 K
    der(x) = v / 1 s
    der(v) = -x / 1 s
    let temperature = 50 degC + x
    state pressed = false
    state flow = 1 m3/h
  }
  scenario s for A {
    at 5 s: set pressed = true
    at 6 s: set flow = 0 m3/h
    at 8 s: set pressed = false
    run 20 s
  }`;

function results(...requirements: string[]): TestResult['requirements'] {
  const system = flat(`${asset} test "t" on s { ${requirements.join('\n')} }`);
  const { manifest, wasm } = generate(system);
  return runTest(manifest, kernelFactory({ manifest, wasm }), manifest.tests[0]!).requirements;
}
const margin = (requirement: string): number => {
  const [result] = results(requirement);
  expect(result!.margin).not.toBeNull();
  expect(result!.holds).toBe(result!.margin! > 0);
  return result!.margin!;
};

describe('requirements over time should', () => {
  it('have the margins of closed forms', () => {
    // The highest of each period is 60 °C: it comes again within any 6.4 s.
    expect(margin('require always eventually(temperature > 55 degC within 6.4 s)')).toBeCloseTo(5, 1);
    // Within 3 s the wave may stay in its lower half; its best is at the ends of the window, sin(3π/2 ± 1.5).
    expect(margin('require always eventually(temperature > 55 degC within 3 s)')).toBeCloseTo(
      10 * Math.sin((3 * Math.PI) / 2 - 1.5) - 5,
      1,
    );
    // For a second it can stay above 10 sin(π/2 - 0.5); the best second lies between the times that were looked at, a tenth apart.
    const best = margin('require eventually always(temperature > 52 degC for 1 s)');
    expect(Math.abs(best - (10 * Math.cos(0.5) - 2))).toBeLessThan(10 * Math.sin(0.5) * 0.05);
    expect(margin('require always once(temperature > 49 degC within 2 s) after 7 s')).toBeCloseTo(
      10 * Math.sin((3 * Math.PI) / 2 - 1) + 1,
      1,
    );
    // The extreme lies between the times that were looked at, a tenth of a second apart.
    const never = margin('require never historically(temperature > 58 degC for 2 s) after 3 s');
    expect(Math.abs(never - (8 - 10 * Math.cos(1)))).toBeLessThan(10 * Math.sin(1) * 0.05);
  });

  it('look into windows that begin later, and at each other', () => {
    expect(
      margin('require eventually eventually(temperature > 59 degC within 7 s..8 s) within 1 s'),
    ).toBeCloseTo(1, 1);
    expect(
      margin('require eventually (temperature > 50 degC and eventually(temperature < 45 degC within 4 s))'),
    ).toBeCloseTo(5, 0);
    expect(
      margin('require always (temperature < 58 degC or eventually(temperature < 50 degC within 3 s))'),
    ).toBeGreaterThan(0);
  });

  it('know until and since', () => {
    const [one, two, three] = results(
      'require eventually until(flow > 0.5 m3/h, pressed within 6 s)',
      'require always since(not pressed, temperature > 0 degC)',
      'require always (not pressed or since(pressed, pressed within 4 s))',
    );
    expect([one!.holds, two!.holds, three!.holds]).toEqual([true, true, true]);
  });

  it('answer each time that something begins', () => {
    const [quick, slow] = results(
      'require when pressed: within 2 s always(flow < 0.5 m3/h for 1 s)',
      'require when pressed: within 0.5 s always(flow < 0.5 m3/h for 1 s)',
    );
    expect([quick!.holds, slow!.holds]).toEqual([true, false]);
    expect(quick!.time).toBeCloseTo(6, 6);
  });

  it('say nothing of margins of different quantities', () => {
    const [mixed] = results(
      'require eventually (temperature > 50 degC and eventually(flow < 0.5 m3/h within 10 s))',
    );
    expect(mixed!.holds).toBe(true);
    expect(mixed!.margin).toBeNull();
  });

  it('have been looked at, or not hold', () => {
    const [long] = results('require always eventually(temperature > 50 degC within 1 min)');
    expect(long!.holds).toBe(false);
    expect(long!.message).toContain('never looked at');
  });

  it('be saved in the middle', () => {
    const system = flat(`${asset} test "t" on s {
      require always eventually(temperature > 55 degC within 6.4 s)
      require when pressed: within 2 s always(flow < 0.5 m3/h for 1 s)
    }`);
    const { manifest, wasm } = generate(system);
    const kernel = kernelFactory({ manifest, wasm });
    const { requirements } = manifest.tests[0]!;
    const start = () => {
      const twin = createTwin({ manifest, kernel, scenario: 0 });
      const monitor = createMonitor(twin, requirements);
      twin.observeAt(monitor.bounds());
      twin.listen({ accepted: monitor.observe });
      return { twin, monitor };
    };
    const [one, other] = [start(), start()];
    one.twin.advance(7);
    other.twin.restore(one.twin.save());
    other.monitor.restore(JSON.parse(JSON.stringify(one.monitor.save())));
    one.twin.advance(20);
    other.twin.advance(20);
    expect(other.monitor.results()).toEqual(one.monitor.results());
  });

  it('be told where they cannot stand', () => {
    const codes = (statement: string) =>
      said(`${asset} test "t" on s { ${statement} }`).map((one) => one.slice(0, 6));
    expect(codes('require always mean(x over 5 s) > 3 K')).toEqual(['PX5301']);
    expect(codes('require always (if once(pressed within 2 s) then x else 0 K) > 3 K')).toEqual(['PX5308']);
    expect(codes('require when once(pressed within 2 s): x > 3 K')).toEqual(['PX5308']);
    expect(codes('expect eventually(pressed within 2 s)')).toEqual(['PX5309']);
    expect(codes('expect once(pressed within 2 s)')).toEqual([]);
    expect(codes('require always eventually(pressed within 5 s..2 s)')).toEqual(['PX5304']);
    expect(codes('require always eventually(pressed)')).toEqual(['PX5304']);
  });
});
