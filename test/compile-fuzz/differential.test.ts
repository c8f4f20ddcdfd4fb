/** One made-up model is one run: in code and interpreted, alone and listened to, cut, saved, branched and rewound, by any method. */
import * as fc from 'fast-check';
import { cutAt, gone } from './detours.ts';
import { expect, it } from 'vitest';
import { analyse, compile } from '../../compiler/index.ts';
import { interpret } from '../../compiler/interpret/index.ts';
import { libraryFiles } from '../../library/embedded.ts';
import type { ManifestMethod } from '../../runtime/contract/studies.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';
import type { Twin } from '../../runtime/twin.ts';
import { madeModel, numbers } from './made-model.ts';

const END = 3;
const METHODS: ManifestMethod[] = [
  { name: 'auto', tolerance: 1e-6 },
  { name: 'tsit5', tolerance: 1e-5 },
  { name: 'rodas5p', tolerance: 1e-5 },
  { name: 'bdf', tolerance: 1e-5 },
  { name: 'rk4', step: 0.01 },
  { name: 'euler', step: 0.01 },
  { name: 'implicitEuler', step: 0.02 },
];
/** More than these are left out: the interpreter would take minutes. */
const MOST_STEPS = 8000;

const ended = (twin: Twin): string =>
  twin.advance(END, { steps: MOST_STEPS }).reason === 'steps'
    ? 'many steps'
    : `${twin.time()} ${twin.hash()} ${twin.trouble()?.message ?? ''}`;

it('is the same to the last bit however it is run', () => {
  let ran = 0;
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e9 }), (seed) => {
      const text = madeModel(seed);
      const { model, roots, diagnostics } = analyse([{ uri: 'file:///fuzz.twin', text }], libraryFiles);
      // Two that always write at one instant are refused.
      for (const { severity, code } of diagnostics)
        if (severity === 'error') expect(code, text).toBe('PX5110');
      if (model === undefined) return;
      const { artefact, system } = compile(model, roots[0]!).value!;
      const random = numbers(seed + 1);
      const method = METHODS[Math.floor(random() * METHODS.length)]!;
      const points = Array.from({ length: 3 }, () => random() * END).toSorted((a, b) => a - b);
      const fresh = (interpreted = false): Twin =>
        createTwin({
          manifest: artefact.manifest,
          kernel: interpreted ? () => interpret(system) : kernelFactory(artefact),
          settings: { duration: END, method },
        });
      const alone = ended(fresh());
      if (alone === 'many steps') return;
      ran += 1;
      const heard = fresh();
      heard.listen({ event: () => {}, row: () => {}, accepted: () => {} });
      const cut = cutAt(points, fresh);
      const back = gone(points[2]!, fresh(), points[0]!);
      const branched = fresh();
      branched.advance(points[1]!);
      for (const [how, twin] of Object.entries({
        interpreted: fresh(true),
        heard,
        cut,
        back,
        branched: branched.branch(),
      }))
        if (how !== 'branched' || branched.trouble() === undefined)
          expect(ended(twin), `${how}, ${method.name}, seed ${seed}\n${text}`).toBe(alone);
    }),
    // A delay was once another curve where a run went on from what was saved.
    { numRuns: 10, examples: [[465627224]] },
  );
  expect(ran).toBeGreaterThan(5);
});
