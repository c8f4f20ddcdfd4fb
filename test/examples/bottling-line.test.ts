/** The bottling line's what-if: places in the buffer, a third filler, and the bottleneck by name. */
import { expect, it } from 'vitest';
import { kernelFactory } from '../../runtime/load.ts';
import { reportsOf, reusing, runOnce } from '../../runtime/experiments/one-run.ts';
import { artefactOf } from './example.ts';

const artefact = artefactOf('bottling-line', 'BottlingLine');
const experiment = artefact.manifest.experiments!.find(({ name }) => name.endsWith('bufferSize'))!;
const reports = reportsOf(artefact.manifest, experiment);
const kernel = reusing(kernelFactory(artefact));
const run = (places: number, seed: number): number[] =>
  runOnce(artefact.manifest, kernel, experiment, [2, places], seed).values;

it('more places let more bottles through with each seed, and keep the fillers from being blocked', () => {
  for (const seed of [1, 2, 3]) {
    const results = [0, 10, 80].map((places) => run(places, seed));
    const throughputs = results.map(([throughput]) => throughput!);
    expect(throughputs.toSorted((a, b) => a - b)).toEqual(throughputs);
    const blocked = results.map((values) => values[2]!);
    expect(blocked.toSorted((a, b) => b - a)).toEqual(blocked);
  }
});

it('names the bottleneck', () => {
  expect(reports[1]!.labels).toEqual(['', 'filler', 'capper']);
  expect(reports[1]!.labels![run(10, 1)[1]!]).toBe('filler');
});

it('lies between what the capper could do alone and what both could one after the other', () => {
  const [throughput] = run(80, 1);
  expect(throughput!).toBeLessThan(1 / 1.9);
  expect(throughput!).toBeGreaterThan(1 / (1.9 + 13 / 6));
});
