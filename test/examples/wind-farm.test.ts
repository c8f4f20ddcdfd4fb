/** The wind farm against Jensen's closed form, and its year against a sum over the hours. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { analyse, compile } from '../../compiler/index.ts';
import { libraryFiles } from '../../library/embedded.ts';
import type { Artefact } from '../../runtime/contract/manifest.ts';
import { artefactOf, sharedFile, textsOf, twinOf, valueOf } from './example.ts';

const columns = (text: string): number[][] =>
  text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',').map(Number));
const own = (name: string): string =>
  readFileSync(new URL(`../../examples/wind-farm/${name}`, import.meta.url), 'utf8');

/** On the straight line between the points around x, and the ends' values beyond. */
function between(points: readonly (readonly number[])[], x: number, column: number): number {
  const next = points.findIndex(([at]) => at! > x);
  if (next === 0) return points[0]![column]!;
  if (next < 0) return points.at(-1)![column]!;
  const [a, b] = [points[next - 1]!, points[next]!];
  return a[column]! + ((b[column]! - a[column]!) * (x - a[0]!)) / (b[0]! - a[0]!);
}

describe('wakes', () => {
  const artefact = artefactOf('wind-farm', 'WindFarm');
  it.each([270, 225, 250, 0, 90])('from %i degrees are those of the closed form', (degrees) => {
    const direction = (degrees * Math.PI) / 180;
    const twin = twinOf(artefact, { given: { speed: 9.3, direction } });
    twin.advance(1);
    const thrust = between(columns(own('turbine.csv')), 9.3, 2);
    const [east, north] = [
      [0, 600, 1200, 0, 600, 1200],
      [0, 0, 0, 700, 700, 700],
    ];
    const [toEast, toNorth] = [-Math.sin(direction), -Math.cos(direction)];
    east!.forEach((x, i) => {
      let squares = 0;
      east!.forEach((other, j) => {
        const [dx, dy] = [x - other, north![i]! - north![j]!];
        const along = dx * toEast + dy * toNorth;
        const across = Math.abs(dx * toNorth - dy * toEast);
        const wake = 56 + 0.05 * along;
        if (along > 0 && across < wake) squares += ((1 - Math.sqrt(1 - thrust)) * (56 / wake) ** 2) ** 2;
      });
      expect(valueOf(twin, `loss[${i + 1}]`)).toBeCloseTo(Math.sqrt(squares), 10);
      expect(valueOf(twin, `turbine[${i + 1}].wind`)).toBeCloseTo(9.3 * (1 - Math.sqrt(squares)), 9);
    });
  });
});

/** Simpson's rule over ten pieces of each hour, as both the weather and the curve are taken between their points. */
function yearOf(weather: readonly number[], power: (speed: number) => number): number {
  let sum = 0;
  for (let hour = 0; hour + 1 < weather.length; hour += 1)
    for (let piece = 0; piece < 10; piece += 1) {
      const at = (share: number) => weather[hour]! + (weather[hour + 1]! - weather[hour]!) * share;
      const [a, m, b] = [at(piece / 10), at((piece + 0.5) / 10), at((piece + 1) / 10)];
      sum += ((power(a) + 4 * power(m) + power(b)) / 6) * 360;
    }
  return sum;
}

describe('the search for a layout', () => {
  it('goes by the winds that are in the weather', () => {
    const sectors = new Array<number>(12).fill(0);
    const hours = columns(own('weather.csv'));
    for (const [, , direction] of hours) sectors[Math.round(direction! / 30) % 12]! += 1 / hours.length;
    const rose = /table rose.*?\n\s*points (.*)/s.exec(textsOf('wind-farm')[0]!.text)![1]!;
    const shares = [...rose.split('\n')[0]!.matchAll(/deg: ([\d.]+) %/g)].map(([, share]) => Number(share));
    expect(shares).toHaveLength(13);
    shares.forEach((share, at) => expect(share).toBeCloseTo(100 * sectors[at % 12]!, 1));
  });

  it('leads to the earnings that the page tells of', () => {
    const artefact = artefactOf('wind-farm', 'Siting');
    const earnings = (given: Record<string, number>): number => {
      const twin = twinOf(artefact, { scenario: 'round', given });
      twin.advance(120);
      return valueOf(twin, 'earnings');
    };
    const found = [
      [107, 83],
      [1417, 1977],
      [2, 1631],
      [1623, 159],
      [1872, 1298],
      [707, 985],
    ].flatMap(([east, north], at) => [
      [`farm.east[${at + 1}]`, east!],
      [`farm.north[${at + 1}]`, north!],
    ]);
    const better = earnings(Object.fromEntries(found) as Record<string, number>);
    expect(better / earnings({})).toBeCloseTo(5.983 / 5.867, 3);
  });
});

describe('a year', () => {
  it('without wakes gives six times what one machine gives, hour by hour', () => {
    const twin = twinOf(artefactOf('wind-farm', 'Site'), { scenario: 'year' });
    const weather = columns(own('weather.csv')).map((row) => row[1]!);
    twin.advance(1000 * 3600);
    const curve = columns(own('turbine.csv'));
    const sum = 6 * yearOf(weather.slice(0, 1001), (speed) => between(curve, speed, 1) * 1000);
    // The curve in the model is the smooth one through the same points.
    expect(valueOf(twin, 'farm.possible') / sum).toBeCloseTo(1, 2);
    expect(valueOf(twin, 'farm.energy')).toBeLessThan(valueOf(twin, 'farm.possible'));
  });

  it('of measured weather with the reference machine of NREL gives its energy', (context) => {
    const files = ['data/wind/weather_2010_oderbruch.csv', 'data/wind/NREL_Reference_5MW_126.csv'].map(
      sharedFile,
    );
    if (files.includes(undefined)) context.skip('the shared weather and power curve are not here');
    const [weather, machine] = files.map((file) => readFileSync(file!, 'utf8').replaceAll('\r', ''));
    const hours = weather!.trim().split('\n').slice(2);
    const speeds = hours.map((line) => Number(line.split(',')[6]));
    const text = textsOf('wind-farm')[0]!
      .text.replace(
        'from "turbine.csv" column "power" {\n  between cubic',
        'from "turbine.csv" column "power" {\n  between linear',
      )
      .replace('column "thrust coefficient"', 'column "Ct"');
    const data: Record<string, string> = {
      'turbine.csv': machine!,
      'weather.csv': [
        'time,wind speed [m/s],wind direction [deg]',
        ...hours.map((line) => `${line.split(',')[0]},${line.split(',')[6]},0`),
      ].join('\n'),
    };
    const { model, roots, diagnostics } = analyse(
      [{ uri: 'file:///farm.twin', text }],
      libraryFiles,
      undefined,
      (uri) => data[uri.slice(uri.lastIndexOf('/') + 1)],
    );
    expect(diagnostics).toEqual([]);
    const artefact: Artefact = compile(
      model!,
      roots.find(({ name }) => name.endsWith('.Site'))!,
    ).value!.artefact;
    const twin = twinOf(artefact, { scenario: 'year' });
    twin.advance(500 * 3600);
    const curve = columns(machine!);
    const sum = 6 * yearOf(speeds.slice(0, 501), (speed) => between(curve, speed, 1) * 1000);
    // The tolerance of the scenario is 1e-5.
    expect(valueOf(twin, 'farm.possible') / sum).toBeCloseTo(1, 4);
  });
});
