/** Queues before traffic lights against Webster's delay for uniform arrivals (RRTP 39, 1958), and what the lag between lights does. */
import { describe, expect, it } from 'vitest';
import { artefactOf, twinOf, valueOf } from './example.ts';

const artefact = artefactOf('signalised-corridor', 'Corridor');
const hour = 3600;

interface Light {
  /** s */
  cycle: number;
  green: number;
  /** Vehicles an hour. */
  demand: number;
  saturation: number;
}

const run = ({ cycle, green, demand, saturation }: Light, lag: number, cycles: number) => {
  const lights = [1, 2, 3].flatMap((i) => [
    [`signal[${i}].cycle`, cycle] as const,
    [`signal[${i}].green`, green] as const,
    [`main[${i}].saturation`, saturation / hour] as const,
  ]);
  const given = { ...Object.fromEntries(lights), demand: demand / hour, lag, first: cycle - green };
  const twin = twinOf(artefact, { duration: cycles * cycle, given });
  twin.advance(cycles * cycle);
  expect(twin.trouble()).toBeUndefined();
  return twin;
};

describe('the first light', () => {
  it.each<Light>([
    { cycle: 80, green: 36, demand: 600, saturation: 1800 },
    { cycle: 60, green: 30, demand: 300, saturation: 1900 },
    { cycle: 120, green: 70, demand: 760, saturation: 1700 },
  ])('delays by $cycle s with $green s of green and $demand vehicles an hour as Webster says', (light) => {
    const { cycle, green, demand, saturation } = light;
    const expected = (cycle * (1 - green / cycle) ** 2) / (2 * (1 - demand / saturation));
    expect(valueOf(run(light, 36, 10), 'main[1].delay')).toBeCloseTo(expected, 6);
  });
});

describe('the lag between lights', () => {
  const light: Light = { cycle: 80, green: 36, demand: 600, saturation: 1800 };
  const delays = new Map(
    [0, 16, 28, 36, 44, 56, 68].map((lag) => [lag, valueOf(run(light, lag, 20), 'delay')]),
  );

  it('is best at the time that the cars need', () => {
    const [best] = [...delays].toSorted((a, b) => a[1] - b[1])[0]!;
    // Queues of the second light's own make a slightly earlier green better; never a later one than the cars need.
    expect([28, 36]).toContain(best);
  });

  it('costs most of the red when all turn green together', () => {
    expect(delays.get(0)! / 2).toBeGreaterThan(0.7 * (light.cycle - light.green));
    expect(delays.get(36)! / 2).toBeLessThan(0.1 * (light.cycle - light.green));
  });
});
