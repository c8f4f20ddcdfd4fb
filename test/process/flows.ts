/** Texts of processes → what they measure, over several seeds. */
import { expect } from 'vitest';
import { generate } from '../../compiler/4-generate/generate.ts';
import { interpret } from '../../compiler/interpret/index.ts';
import type { Artefact } from '../../runtime/contract/manifest.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';
import type { Twin } from '../../runtime/twin.ts';
import { flat } from '../flatten/systems.ts';

export const compiled = (members: string, run: string): Artefact =>
  generate(flat(`asset A {\n${members}\n}\nscenario s for A { ${run} }\n`));

export function started(artefact: Artefact, seed = 1): Twin {
  return createTwin({ manifest: artefact.manifest, kernel: kernelFactory(artefact), scenario: 0, seed });
}

/** Runs to the end and gives the values; a run must not stop before. */
export function finished(artefact: Artefact, names: readonly string[], seed = 1): number[] {
  const twin = started(artefact, seed);
  twin.advance(Infinity);
  expect(twin.trouble()?.message).toBeUndefined();
  return names.map((name) => twin.value(name)!);
}

/** Emitted and interpreted, the same text leaves the same bits. */
export function expectAgreement(members: string, run: string): void {
  const system = flat(`asset A {\n${members}\n}\nscenario s for A { ${run} }\n`);
  const artefact = generate(system);
  const [emitted, interpreted] = [kernelFactory(artefact), () => interpret(system)].map((kernel) => {
    const twin = createTwin({ manifest: artefact.manifest, kernel, scenario: 0 });
    twin.advance(Infinity);
    return { time: twin.time(), hash: twin.hash(), trouble: twin.trouble() };
  });
  expect(interpreted).toEqual(emitted);
}

/**
 * Over independent runs the mean must lie within `sigmas` standard errors of what theory says. With ten runs, 4.3 of them
 * are exceeded by chance once in 500 times; the seeds are fixed, so that a test that passes once passes always.
 */
export function expectNear(
  artefact: Artefact,
  expected: Readonly<Record<string, number>>,
  { runs = 10, sigmas = 4.3 } = {},
): void {
  const names = Object.keys(expected);
  const results = Array.from({ length: runs }, (_, at) => finished(artefact, names, at + 1));
  names.forEach((name, column) => {
    const values = results.map((row) => row[column]!);
    const mean = values.reduce((a, b) => a + b, 0) / runs;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (runs - 1);
    const error = Math.sqrt(variance / runs);
    const off = Math.abs(mean - expected[name]!) / error;
    expect(off, `${name}: ${mean} ± ${error}, expected ${expected[name]}`).toBeLessThan(sigmas);
    // An interval so wide that anything lies in it shows nothing.
    expect(error, `${name}: ${mean} ± ${error}`).toBeLessThan(0.05 * Math.abs(mean) + 1e-12);
  });
}
