import { expect, it } from 'vitest';
import { analyse, compile } from '../../compiler/index.ts';
import { libraryFiles } from '../../library/embedded.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';

it('stops a run that only creeps along the edge of where its equation has a value', () => {
  // With L the level in metres, dL/dt = -0.1 sqrt(L (L - 1)) has the solution L = (1 + cosh(c - t / 10)) / 2 with
  // cosh(c) = 3, which reaches 1 at t = 10 arcosh(3) = 17.627 s and has no rate below.
  const text = `package p
asset Tank {
  state level = 2 m
  der(level) = -1 m / 10 s * sqrt(level / 1 m) * sqrt(level / 1 m - 1)
}
`;
  const { model, roots } = analyse([{ uri: 'file:///p.twin', text }], libraryFiles);
  const { artefact } = compile(model!, roots[0]!).value!;
  const twin = createTwin({
    manifest: artefact.manifest,
    kernel: kernelFactory(artefact),
    settings: { duration: 20 },
  });
  twin.advance(20);
  expect(twin.trouble()).toMatchObject({ code: 'PX9005', message: expect.stringContaining('level') });
  expect(twin.time()).toBeGreaterThan(17.5);
  expect(twin.time()).toBeLessThan(10 * Math.acosh(3) + 1e-3);
});
