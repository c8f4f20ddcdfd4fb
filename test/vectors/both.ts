/** A text, run by the interpreter and by the emitted code: both must end with the same bits. */
import { expect } from 'vitest';
import { generate } from '../../compiler/4-generate/generate.ts';
import { interpret } from '../../compiler/interpret/index.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin, type Twin } from '../../runtime/twin.ts';
import { flat } from '../flatten/systems.ts';

export function ran(text: string, seconds: number, scenario?: string, root = 'A'): Twin {
  const system = flat(text, root);
  const artefact = generate(system);
  const [interpreted, emitted] = [() => interpret(system), kernelFactory(artefact)].map((kernel) => {
    const twin = createTwin({
      manifest: artefact.manifest,
      kernel,
      ...(scenario === undefined ? {} : { scenario: `t.${scenario}` }),
    });
    if (seconds > 0) twin.advance(seconds);
    return twin;
  });
  expect(interpreted!.hash()).toBe(emitted!.hash());
  return emitted!;
}

export const vectorOf = (twin: Twin, name: string, size: number): number[] =>
  Array.from({ length: size }, (_, at) => twin.value(`${name}[${at + 1}]`) ?? NaN);

export const matrixOf = (twin: Twin, name: string, rows: number, columns: number): number[][] =>
  Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) => twin.value(`${name}[${row + 1},${column + 1}]`) ?? NaN),
  );

export function expectClose(found: readonly number[], wanted: readonly number[], digits = 9): void {
  expect(found.length).toBe(wanted.length);
  found.forEach((one, at) => expect(one).toBeCloseTo(wanted[at]!, digits));
}
