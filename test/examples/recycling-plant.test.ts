/** The sorting line against its separators in series, and the plant against what its hours must add up to. */
import { expect, it } from 'vitest';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';
import type { Twin } from '../../runtime/twin.ts';
import { artefactOf, twinOf, valueOf } from './example.ts';

const hour = 3600;
const tonne = 1000;

/** Share of material m that separator s takes, in the order of the line; materials are paper, PET, aluminium, steel and dirt. */
const takes = [
  [0.02, 0.01, 0.01, 0.01, 0.6],
  [0.001, 0.001, 0, 0.96, 0.005],
  [0.001, 0.003, 0.92, 0.01, 0.005],
  [0.005, 0.93, 0.02, 0.01, 0.03],
  [0.94, 0.03, 0.02, 0.02, 0.12],
];
const names = ['drum', 'magnet', 'eddy', 'bottles', 'paper'];

it('gives each separator what those before it have left, of each material', () => {
  const line = twinOf(artefactOf('recycling-plant', 'SortingLine'), { scenario: 'steady' });
  line.advance(hour);
  let left = [7.2, 1.2, 0.24, 0.6, 2.76].map((flow) => (flow * tonne) / hour);
  names.forEach((name, s) => {
    left.forEach((flow, m) =>
      expect(valueOf(line, `${name}.taken[${m + 1}]`), `${name}, ${m + 1}`).toBeCloseTo(
        takes[s]![m]! * flow,
        9,
      ),
    );
    left = left.map((flow, m) => flow * (1 - takes[s]![m]!));
  });
  const out = names.slice(1).reduce((all, name) => all + sum(line, `${name}.taken`, 5), 0);
  expect(out + valueOf(line, 'residue')).toBeCloseTo((12 * tonne) / hour, 9);
});

const plant = artefactOf('recycling-plant', 'Plant');
const weekOf = (seed: number): Twin => {
  const scenario = plant.manifest.scenarios.findIndex(({ name }) => name.endsWith('.week'));
  return createTwin({ manifest: plant.manifest, kernel: kernelFactory(plant), scenario, seed });
};
const sum = (twin: Twin, name: string, n: number): number =>
  Array.from({ length: n }, (_, i) => valueOf(twin, `${name}[${i + 1}]`)).reduce((a, b) => a + b, 0);

it('keeps each tonne that was brought: in the hall, in a bunker, in a bale or in the residue', () => {
  for (const seed of [1, 2, 3]) {
    const twin = weekOf(seed);
    for (let day = 1; day <= 7; day++) {
      twin.advance(day * 24 * hour);
      const found =
        sum(twin, 'stored', 5) + sum(twin, 'waiting', 4) + sum(twin, 'baled', 4) + valueOf(twin, 'residue');
      expect(found / valueOf(twin, 'brought')).toBeCloseTo(1, 9);
    }
  }
});

it('is as available as jams and repairs say, by the renewal theorem', () => {
  const shares = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => {
    const twin = weekOf(seed);
    twin.advance(twin.duration);
    return valueOf(twin, 'available');
  });
  const mean = shares.reduce((a, b) => a + b, 0) / shares.length;
  expect(new Set(shares).size).toBe(shares.length);
  // 90 min of running, 10 min of clearing. Some 70 jams a week spread a share by 1 %, and the mean of eight weeks by 0.4 %.
  expect(Math.abs(mean - 90 / 100)).toBeLessThan(0.015);
});
