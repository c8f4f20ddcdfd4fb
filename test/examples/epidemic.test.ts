/** SIR against Kermack & McKendrick (Proc. R. Soc. A 115, 1927, 700–721) and against the influenza of 1978. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { artefactOf, sharedFile, twinOf, valueOf } from './example.ts';

const artefact = artefactOf('epidemic', 'Epidemic');
const day = 86400;

interface Outbreak {
  transmission: number;
  recovery: number;
  population: number;
  firstCases: number;
}

/** Rates per day. */
const runOf = ({ transmission, recovery, population, firstCases }: Outbreak, days: number) =>
  twinOf(artefact, {
    duration: days * day,
    method: { name: 'tsit5', tolerance: 1e-10 },
    given: { transmission: transmission / day, recovery: recovery / day, population, firstCases },
  });

/** Root of a function that changes sign between two places, by bisection. */
function rootBetween(low: number, high: number, f: (x: number) => number): number {
  let [a, b] = [low, high];
  for (let i = 0; i < 200; i += 1) {
    const middle = (a + b) / 2;
    if (f(a) < 0 === f(middle) < 0) a = middle;
    else b = middle;
  }
  return (a + b) / 2;
}

const outbreaks: Outbreak[] = [
  { transmission: 1.7, recovery: 0.447, population: 763, firstCases: 3 },
  { transmission: 0.5, recovery: 0.25, population: 1e5, firstCases: 10 },
  { transmission: 3, recovery: 0.2, population: 5000, firstCases: 1 },
];

describe.each(outbreaks)('R0 = $transmission / $recovery among $population', (outbreak) => {
  const { transmission, recovery, population, firstCases } = outbreak;
  const r0 = transmission / recovery;
  const s0 = population - firstCases;
  /** Infectious people over susceptible ones, from the phase plane. */
  const infectiousAt = (s: number): number => population - s + (population / r0) * Math.log(s / s0);

  it('stays on the curve of the phase plane', () => {
    const twin = runOf(outbreak, 60);
    for (let step = 1; step <= 120; step += 1) {
      twin.advance((step * day) / 2);
      const expected = infectiousAt(valueOf(twin, 'susceptible'));
      expect(Math.abs(valueOf(twin, 'infectious') - expected) / population).toBeLessThan(1e-8);
    }
  });

  it('spares the share that the final-size equation leaves', () => {
    const twin = runOf(outbreak, 400);
    twin.advance(400 * day);
    const left = rootBetween(1e-9 * population, population / r0, infectiousAt);
    expect(Math.abs(valueOf(twin, 'susceptible') - left) / population).toBeLessThan(1e-8);
    expect(valueOf(twin, 'infectious')).toBeLessThan(1e-6 * population);
  });

  it('peaks at N - N / R0 (1 + ln(R0 S0 / N))', () => {
    const peak = population - (population / r0) * (1 + Math.log((r0 * s0) / population));
    const twin = runOf(outbreak, 60);
    let most = 0;
    twin.listen({ row: () => (most = Math.max(most, valueOf(twin, 'infectious'))) });
    for (let time = 0; time <= 60 * day; time += 1800) {
      twin.advance(time);
      most = Math.max(most, valueOf(twin, 'infectious'));
    }
    expect(Math.abs(most - peak) / peak).toBeLessThan(1e-4);
    expect(valueOf(twin, 'peak')).toBeCloseTo(peak, 4);
  });
});

const dataFile = sharedFile('data/outbreaks/influenza_england_1978_school.csv');

describe('the influenza of 1978 (BMJ 1978;1:587)', () => {
  it('fits with the reproduction number that Murray found', (context) => {
    if (dataFile === undefined)
      return context.skip('no ../shared/data/outbreaks beside the repository (or at POLLUX_SHARED)');
    const [, ...lines] = readFileSync(dataFile, 'utf8').trim().split('\n');
    const inBed = lines.map((line) => Number(line.split(',')[1]));
    const squares = (transmission: number, recovery: number): number => {
      const twin = runOf({ transmission, recovery, population: 763, firstCases: 3 }, 14);
      let sum = 0;
      for (const [date, measured] of inBed.entries()) {
        twin.advance(date * day);
        sum += (valueOf(twin, 'infectious') - measured) ** 2;
      }
      return sum;
    };
    // Compass search: the better of the four neighbours, or half the step.
    let [transmission, recovery] = [1.5, 0.5];
    let least = squares(transmission, recovery);
    for (let step = 0.1; step > 1e-4;) {
      const better = [
        [step, 0],
        [-step, 0],
        [0, step],
        [0, -step],
      ].find(([a, b]) => squares(transmission + a!, recovery + b!) < least);
      if (better === undefined) step /= 2;
      else {
        transmission += better[0]!;
        recovery += better[1]!;
        least = squares(transmission, recovery);
      }
    }
    // Fourteen days, up to 298 boys in bed.
    expect(Math.sqrt(least / inBed.length)).toBeLessThan(17);
    // J. D. Murray, Mathematical Biology I (3rd ed., 2002), section 10.2, fits N = 763 and N / R0 = 202 to the same data.
    expect((transmission / recovery) * (202 / 763)).toBeGreaterThan(0.95);
    expect((transmission / recovery) * (202 / 763)).toBeLessThan(1.05);
    // The example's parameters are these, rounded.
    expect(transmission).toBeCloseTo(1.7, 2);
    expect(recovery).toBeCloseTo(0.447, 2);
  });
});
