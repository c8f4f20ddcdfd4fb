/** Links: assets that know others without owning them. */
import { describe, expect, it } from 'vitest';
import { analysed, flat, running, said } from './systems.ts';

const assets = `
  asset Tank { input inflow: VolumeFlow = 0 m3/h   state level = 2 m   der(level) = inflow / 1 m2 }
  asset Pump {
    link feeds: Tank[0..4]
    link source: Tank
    let total = sum(feeds[*].level)
    let product = product(feeds[*].level / 1 m)
    let lift = source.level
    let full = any(feeds[*].level > 5 m)
    let count = count(feeds[*].level > 1.5 m)
  }
`;

describe('links should be read', () => {
  const twin = running(
    flat(
      `${assets} asset Station {
        part tank[4]: Tank
        part low: Tank(level = 0.5 m)
        part pump[2]: Pump(feeds = [tank[2], tank[3]], source = low)
        part big: Pump(feeds = tank[*], source = tank[4])
        part none: Pump(source = low)
        let second = pump[2].feeds[2].level
        let all = sum(pump[*].total)
      }
      twin S: Station(tank[1].level = 1 m, tank[3].level = 3 m, tank[4].level = 7 m)`,
      'S',
    ),
  );

  it.each([
    ['pump[1].total', 5],
    ['pump[2].total', 5],
    ['pump[2].lift', 0.5],
    ['pump[1].full', 0],
    ['big.total', 13],
    ['big.product', 42],
    ['big.lift', 7],
    ['big.full', 1],
    ['big.count', 3],
    ['none.total', 0],
    ['none.product', 1],
    ['none.full', 0],
    ['second', 3],
    ['all', 10],
  ])('%s is %d', (name, value) => {
    expect(twin.get(name)).toBe(value);
  });

  it('in each instance of what holds them', () => {
    const street = running(
      flat(
        `${assets}
          asset Station { param start = 1 m   part tank[2]: Tank(level = start)   part pump: Pump(feeds = tank[*], source = tank[1]) }
          asset Street { part station[3]: Station   let total = sum(station[*].pump.total) }
          twin S: Street(station[2].start = 4 m)`,
        'S',
      ),
    );
    expect([1, 2, 3].map((i) => street.get(`station[${i}].pump.total`))).toEqual([2, 8, 2]);
    expect(street.get('total')).toBe(12);
  });
});

describe('links should be seen', () => {
  it('in the structure', () => {
    const { structure } = flat(
      `${assets}
        asset Station { part tank[2]: Tank   part pump: Pump(feeds = tank[*], source = tank[1]) }
        asset Street { part station[3]: Station }`,
      'Street',
    );
    const [station] = structure.children;
    expect(station!.children.find(({ name }) => name === 'pump')!.links).toEqual([
      { name: 'feeds', to: ['station[].tank[1]', 'station[].tank[2]'] },
      { name: 'source', to: ['station[].tank[1]'] },
    ]);
  });

  it('and what needs one is no root of its own', () => {
    expect(
      analysed(`${assets} asset Free { link near: Tank[0..1]   let level = sum(near[*].level) }`).roots,
    ).toEqual([
      { kind: 'asset', name: 't.Tank' },
      { kind: 'asset', name: 't.Free' },
    ]);
  });

  it('where their number is known when flattening only', () => {
    expect(
      said(
        `${assets} asset Station { fixed n = 5   part tank[n]: Tank   part pump: Pump(feeds = tank[*], source = tank[1]) }`,
      ),
    ).toEqual(["PX4221 'feeds' leads to 0 to 4 assets, and here are 5."]);
    expect(
      said(`${assets}
        asset Station { part tank: Tank   part pump: Pump(feeds = tank, source = tank)   let level = pump.feeds[3].level }`),
    ).toEqual(["PX4008 'feeds' has elements 1 to 1; there is no 3."]);
  });
});
