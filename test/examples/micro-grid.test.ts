/** The micro-grid: energy in closed form, and its conservation whatever the sizes of its parts. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { artefactOf, eventsOf, twinOf, valueOf } from './example.ts';

const artefact = artefactOf('micro-grid', 'Village');
const DAY = 86_400;
const kWh = 3.6e6;

describe('a clear day', () => {
  it('brings 24 h / pi of full sun', () => {
    const twin = twinOf(artefact, { scenario: 'sunny', duration: DAY });
    eventsOf(twin);
    const full = 420 * 0.19 * 850;
    expect(valueOf(twin, 'sun.energy') / ((full * DAY) / Math.PI)).toBeCloseTo(1, 4);
  });

  it('takes the sum of the homes: a base and two bells', () => {
    const twin = twinOf(artefact, { scenario: 'noBattery', duration: DAY });
    eventsOf(twin);
    // Bells of width w bring sqrt(pi) w; what lies beyond midnight is less than a thousandth.
    const home = 0.35 * 24 + Math.sqrt(Math.PI) * (0.9 * 1.2 + 2.1 * 1.8);
    expect(valueOf(twin, 'used') / (30 * home * kWh)).toBeCloseTo(1, 3);
    expect(valueOf(twin, 'battery.lost')).toBe(0);
  });

  it('is cheaper and cleaner with the battery', () => {
    const [stored, direct] = ['sunny', 'noBattery'].map((scenario) => {
      const twin = twinOf(artefact, { scenario });
      eventsOf(twin);
      return { cost: valueOf(twin, 'cost'), emissions: valueOf(twin, 'emissions') };
    });
    expect(stored!.cost).toBeLessThan(0.8 * direct!.cost);
    expect(stored!.emissions).toBeLessThan(0.8 * direct!.emissions);
  });
});

describe('energy', () => {
  it('is conserved, and power sums to zero on the line', () => {
    fc.assert(
      fc.property(
        fc.record({
          area: fc.double({ min: 0, max: 1000, noNaN: true }),
          capacity: fc.double({ min: 1, max: 500, noNaN: true }),
          limit: fc.double({ min: 0, max: 200, noNaN: true }),
          efficiency: fc.double({ min: 0.5, max: 1, noNaN: true }),
          fill: fc.double({ min: 0, max: 1, noNaN: true }),
          clear: fc.double({ min: 0, max: 1, noNaN: true }),
        }),
        ({ area, capacity, limit, efficiency, fill, clear }) => {
          const start = fill * capacity * kWh;
          const twin = twinOf(artefact, {
            scenario: 'sunny',
            given: {
              'sun.area': area,
              'battery.capacity': capacity * kWh,
              'battery.limit': limit * 1000,
              'battery.efficiency': efficiency,
              'battery.energy': start,
              clear,
            },
            duration: DAY,
          });
          const value = (name: string) => valueOf(twin, name);
          for (let hour = 1; hour <= 24; hour += 1) {
            twin.advance(hour * 3600);
            const line = ['sun.feeder', 'battery.feeder', 'utility.feeder']
              .map((port) => value(`${port}.power`))
              .reduce((sum, power) => sum + power, value('load'));
            expect(Math.abs(line)).toBeLessThan(1e-6);
            expect(value('battery.charge')).toBeGreaterThan(-1e-6);
            expect(value('battery.charge')).toBeLessThan(1 + 1e-6);
          }
          expect(twin.trouble()).toBeUndefined();
          const [gone, come] = [
            value('used') + value('utility.sold') + value('battery.lost') + value('battery.energy') - start,
            value('sun.energy') + value('utility.bought'),
          ];
          expect(Math.abs(gone - come)).toBeLessThan(1e-6 * come + 10);
        },
      ),
      { numRuns: 12 },
    );
  });
});

it('a battery that has filled rests there, and time goes on', () => {
  for (const capacity of [50, 120]) {
    const twin = twinOf(artefact, { scenario: 'sunny', given: { 'battery.capacity': capacity * kWh } });
    twin.advance(1.25 * DAY);
    expect(twin.time()).toBe(1.25 * DAY);
  }
});
