/** The digester against the steady states of AM2 in closed form, and against its own balances. */
import { describe, expect, it } from 'vitest';
import { artefactOf, twinOf, valueOf } from './example.ts';

const day = 86400;
const digester = artefactOf('biogas-plant', 'Digester');

/** Bernard et al. (2001), equations of the equilibrium in which both kinds live. g/L, mmol/L and days. */
function equilibrium(feed: number, load: number, sour: number) {
  const rate = (0.5 * feed) / 500;
  const cod = (7.1 * rate) / (1.2 - rate);
  const [a, b, c] = [rate / 256, rate - 0.74, rate * 9.28];
  const apart = Math.sqrt(b * b - 4 * a * c);
  const [acids, tooSour] = [(-b - apart) / (2 * a), (-b + apart) / (2 * a)];
  return {
    cod,
    acids,
    tooSour,
    souring: (load - cod) / (0.5 * 42.14),
    methanes: (sour - acids + (116.5 / 42.14) * (load - cod)) / (0.5 * 268),
  };
}

describe('the digester', () => {
  for (const [feed, load, sour] of [
    [100, 10, 80],
    [300, 6, 40],
    [400, 15, 120],
    [500, 10, 80],
  ] as const)
    it(`comes to rest at the equilibrium of ${feed} m3/d of ${load} g/L`, () => {
      const twin = twinOf(digester, { scenario: 'steady', given: { feed: feed / day, load, sour } });
      twin.advance(200 * day);
      const wanted = equilibrium(feed, load, sour);
      for (const [name, value] of Object.entries(wanted))
        expect(valueOf(twin, name) / value, name).toBeCloseTo(1, 3);
    });

  it('stays lost once it is, where more acids come than methane makers can bear, and lives on where it lives', () => {
    const { methanes, souring, cod, acids, tooSour } = equilibrium(500, 10, 120);
    // All that there would be without a methane maker.
    const supply = 120 + (116.5 / 42.14) * (10 - cod);
    expect(supply).toBeGreaterThan(tooSour);
    const end = (start: { methanes: number; acids: number }): number => {
      const given = { feed: 500 / day, sour: 120, cod, souring, ...start };
      const twin = twinOf(digester, { scenario: 'steady', given });
      twin.advance(200 * day);
      return valueOf(twin, 'methanes');
    };
    expect(end({ methanes: 0.8 * methanes, acids: 1.5 * acids }) / methanes).toBeCloseTo(1, 3);
    expect(end({ methanes: 0.02 * methanes, acids: supply })).toBeLessThan(0.02 * methanes);
  });

  it('makes 453/268 mol of methane of each mol of acids that is gone', () => {
    const plant = artefactOf('biogas-plant', 'Plant');
    const twin = twinOf(plant, { scenario: 'harvestUnguarded' });
    // All that came and left, by the trapezoidal rule over the hours.
    const names = ['cod', 'acids', 'feed', 'load', 'sour'] as const;
    const look = () => names.map((name) => valueOf(twin, `digester.${name}`));
    const flows = ([cod, acids, feed, load, sour]: number[]): number[] => [
      feed! * (load! - cod!),
      feed! * (sour! - acids!),
    ];
    twin.advance(0);
    const first = look();
    let before = flows(first);
    const net = [0, 0];
    const step = 900;
    for (let time = step; time <= 60 * day; time += step) {
      twin.advance(time);
      const now = flows(look());
      net.forEach((_, n) => (net[n]! += ((before[n]! + now[n]!) / 2) * step));
      before = now;
    }
    const last = look();
    const codGone = net[0]! - 500 * (last[0]! - first[0]!);
    const acidsGone = net[1]! - 500 * (last[1]! - first[1]!) + (116.5 / 42.14) * codGone;
    expect(valueOf(twin, 'made') / 802.3e3 / ((453 / 268) * acidsGone)).toBeCloseTo(1, 3);
  });
});
