/** Made-up rules over arrays whose instances tick together: in columns and pairs as one by one and interpreted, wherever a run is cut. */
import * as fc from 'fast-check';
import { cutAt, gone } from './detours.ts';
import { expect, it } from 'vitest';
import { analyse, compile } from '../../compiler/index.ts';
import { interpret } from '../../compiler/interpret/index.ts';
import { libraryFiles } from '../../library/embedded.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';
import type { Twin } from '../../runtime/twin.ts';
import { numbers } from './made-model.ts';

const END = 12;

/** Truths `t`, counts `n`, numbers `x`, each set by choices over all of them as they were. */
function madeRules(seed: number): string {
  const random = numbers(seed);
  const below = (n: number): number => Math.floor(random() * n);
  const pick = <T>(from: readonly T[]): T => from[below(from.length)]!;
  const [truths, counts, reals] = [1 + below(3), 1 + below(3), 1 + below(3)];
  const truthNames = Array.from({ length: truths }, (_, n) => `pre(t${n})`);
  const values = [
    'v',
    'gain',
    'w * time / 1 s',
    ...Array.from({ length: reals }, (_, n) => `pre(x${n})`),
    ...Array.from({ length: counts }, (_, n) => `pre(n${n})`),
  ];
  const constant = (): string => pick(['0', '1', '-1', '0.05', '2.5', '60', '-7', '1e4']);
  const value = (depth: number): string =>
    depth === 0
      ? pick([...values, constant()])
      : pick([
          () => `(${value(depth - 1)} ${pick(['+', '-', '*'])} ${value(0)})`,
          () => `(${constant()} * ${value(depth - 1)})`,
          () => `(if ${truth(depth - 1)} then ${value(depth - 1)} else ${value(0)})`,
          () => `${pick(['min', 'max'])}(${value(depth - 1)}, ${value(0)})`,
          () => `abs(${value(depth - 1)})`,
          () => value(0),
        ])();
  const truth = (depth: number): string =>
    depth === 0
      ? pick([...truthNames, `${pick(values)} ${pick(['>', '<', '>=', '<='])} ${constant()}`])
      : pick([
          () => `(${truth(depth - 1)} ${pick(['and', 'or'])} ${truth(0)})`,
          () => `not (${truth(depth - 1)})`,
          () => `(if ${truth(0)} then ${truth(depth - 1)} else ${truth(0)})`,
          () => truth(0),
        ])();
  const count = (n: number): string =>
    `if ${truth(2)} then pre(n${n}) ${pick(['+ 1', '- 2'])} else pre(n${n})`;
  const settings = [
    ...Array.from({ length: truths }, (_, n) => `set t${n} = ${truth(2)}`),
    ...Array.from({ length: counts }, (_, n) => `set n${n} = ${count(n)}`),
    ...Array.from(
      { length: reals },
      (_, n) =>
        `set x${n} = ${pick([value(2), `pre(x${n}) + 0.05 * (v - pre(x${n}))`, `1.5 * pre(x${n}) + gain`])}`,
    ),
  ].toSorted(() => random() - 0.5);
  const cut = random() < 0.4 ? 1 + below(settings.length) : settings.length;
  const every = (period: string, own: readonly string[]): string =>
    own.length === 0 ? '' : `  every ${period} {\n    ${own.join('\n    ')}\n  }`;
  const size = pick([5, 32, 33, 40, 41]);
  return `package fuzz
asset Part {
  param gain = 0.5
  param w = 2
  input v = 3
${settings
  .map((one) => /set (\w+)/.exec(one)![1]!)
  .map(
    (name) =>
      `  state ${name}${name.startsWith('t') ? ': Boolean = false' : name.startsWith('n') ? ': Integer = 0' : ' = 1'}`,
  )
  .join('\n')}
${every(pick(['50 ms', '70 ms after 200 ms']), settings.slice(0, cut))}
${every('90 ms', settings.slice(cut))}
}
asset Plant {
  part part_[${size}]: Part
${random() < 0.2 ? '  let total = sum(part_[*].x0)\n' : ''}}
scenario run1 for Plant {
  run ${END} s
  at 1 s: set part_[3].v = 70
  at 2 s: set part_[2].v = -0.25
  at 4 s: set part_[5].v = ${pick(['61', '-0', '1e120'])}
  at 6 s: set part_[5].v = 2
}
`;
}

it('is the same to the last bit in columns, one by one and interpreted', () => {
  let columns = 0;
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e9 }), (seed) => {
      const text = madeRules(seed);
      const { model, roots, diagnostics } = analyse([{ uri: 'file:///fuzz.twin', text }], libraryFiles);
      expect(
        diagnostics.filter(({ severity }) => severity === 'error'),
        text,
      ).toEqual([]);
      const { artefact, system } = compile(
        model!,
        roots.find(({ name }) => name.endsWith('Plant'))!,
      ).value!;
      if (artefact.manifest.trusted !== undefined) columns += 1;
      const random = numbers(seed + 1);
      const points = Array.from({ length: 3 }, () => random() * END).toSorted((a, b) => a - b);
      const fresh = (interpreted = false): Twin =>
        createTwin({
          manifest: artefact.manifest,
          kernel: interpreted ? () => interpret(system) : kernelFactory(artefact),
          scenario: 0,
        });
      const ended = (twin: Twin): string => {
        twin.advance(END);
        return `${twin.time()} ${twin.hash()} ${twin.trouble()?.message ?? ''}`;
      };
      const alone = ended(fresh());
      const heard = fresh();
      heard.listen({ event: () => {}, row: () => {} });
      const cut = cutAt(points, fresh);
      const back = gone(points[2]!, fresh(), points[0]!);
      for (const [how, twin] of Object.entries({ interpreted: fresh(true), heard, cut, back }))
        expect(ended(twin), `${how}, seed ${seed}\n${text}`).toBe(alone);
    }),
    // Of this one ticks were once left out that read nothing from outside.
    { numRuns: 12, examples: [[984374974]] },
  );
  expect(columns).toBeGreaterThan(0);
});
