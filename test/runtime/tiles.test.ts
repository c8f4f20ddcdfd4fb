/** Stages that follow each other tile by tile give what steps one after the other give, and what the interpreter gives. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printGenerated } from '../../compiler/4-generate/generate.ts';
import { analyse, compile } from '../../compiler/index.ts';
import { interpret } from '../../compiler/interpret/index.ts';
import { readLibraryFiles } from '../../library/from-disk.ts';
import type { Kernel } from '../../runtime/contract/kernel.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';

const library = readLibraryFiles();

function runs(text: string, stops: readonly number[], events = false) {
  const { model, roots, diagnostics } = analyse([{ uri: 'file:///probe.twin', text }], library);
  const { artefact, system } =
    (model && compile(model, roots.find(({ name }) => name.endsWith('Plant')) ?? roots[0]!).value) ??
    expect.fail(diagnostics.map(({ message }) => message).join('\n'));
  const whole = kernelFactory(artefact);
  const kernels: (() => Kernel)[] = [
    whole,
    () => ({ ...whole(), goRk4: undefined }),
    ...(events ? [] : [() => interpret(system)]),
  ];
  const told = kernels.map((kernel) => {
    const twin = createTwin({
      manifest: artefact.manifest,
      kernel,
      scenario: 0,
      settings: { method: { name: 'rk4', step: 0.01 }, checkpoints: { interval: 0.05 } },
    });
    const said: unknown[] = [];
    for (const stop of stops) said.push(twin.advance(stop), twin.hash(), twin.trouble()?.message);
    said.push(twin.rewind(stops[0]!), twin.hash(), twin.branch().hash(), [...twin.save()].length);
    return said;
  });
  for (const other of told.slice(1)) expect(told[0]).toEqual(other);
  return { told: told[0]!, tiled: /\$end_of_tile/.test(printGenerated(system)) };
}

const chain = (n: number, more = ''): string => `package probe
asset Chain {
  param k[${n + 1}] = 1
  param rate = 3 1/s
  param warm[${n}] = 0.5
  state T[${n}] = 20
  let drive = 5 * sin(time * 40 rad/s)
  let q[${n - 1}]: Number
  ${more}
  for i in 1..${n - 1} { q[i] = k[i] * (T[i] - T[i + 1]) }
  der(T[1]) = (drive - T[1] - q[1]) * rate
  for i in 2..${n - 1} { der(T[i]) = (q[i - 1] - q[i] + warm[i] * i / 100) * rate }
  der(T[${n}]) = (q[${n - 1}] - k[${n}] * T[${n}]) * rate
}
scenario run1 for Chain { run 10 s }
`;

const far = (n: number, reach: number): string => `package probe
asset Line {
  param rate = 2 1/s
  state x[${n}] = 1
  state v[${n}] = 0
  for i in 1..${n} {
    der(x[i]) = v[i] * rate
    der(v[i]) = -(if x[i] > 0.2 then x[i] else 0.1 + tanh(x[i])) * (i / ${n}) * rate + (if i > ${reach} then 0 else 0.01) * rate
  }
}
scenario run1 for Line { run 10 s }
`;

describe('a step goes tile by tile', () => {
  it.each([
    ['along a chain with fluxes, a drive and ends of its own', chain(601), true],
    ['over parts that know nothing of each other', far(700, 3), true],
    [
      'with neighbours far away, others nearer',
      `package probe
asset Line {
  param rate = 2 1/s
  state x[900] = 1
  state y[900] = 2
  for i in 1..40 { der(x[i]) = -x[i] * i / 40 * rate }
  for i in 41..897 { der(x[i]) = (x[i - 40] - x[i] + 0.1 * y[i + 3]) * rate }
  for i in 898..900 { der(x[i]) = (y[i - 5] - x[i]) * rate }
  for i in 1..899 { der(y[i]) = (x[i] - x[i + 1] - 0.3 * y[i]) * rate }
  der(y[900]) = -y[900] * rate
}
scenario run1 for Line { run 10 s }
`,
      true,
    ],
    [
      'not where each waits for all',
      `package probe
asset Bath {
  param rate = 2 1/s
  state x[600] = 1
  state stir = 0
  let mean = sum(x[*]) / 600
  der(stir) = (mean - stir) * rate
  for i in 1..600 { der(x[i]) = (mean - x[i] + 0.1 * stir + i / 600) * rate }
}
scenario run1 for Bath { run 10 s }
`,
      false,
    ],
    [
      'not where all read one of them',
      `package probe
asset Bath {
  param rate = 2 1/s
  state x[600] = 1
  for i in 1..600 { der(x[i]) = (x[300] - x[i] + i / 600) * rate }
}
scenario run1 for Bath { run 10 s }
`,
      false,
    ],
  ])('%s', (_name, text, tiled) => {
    expect(runs(text, [0.03, 0.12])).toMatchObject({ tiled, told: { 0: { reason: 'reached' } } });
  });

  it('until something is no number, which is said as by steps one after the other', () => {
    const failing = chain(601, 'let root = sqrt(0.11 - time / 1 s)').replace('(drive -', '(drive + root -');
    const { told, tiled } = runs(failing, [0.05, 0.2]);
    expect(tiled).toBe(true);
    expect(told[0]).toMatchObject({ reason: 'reached' });
    expect(told[3]).not.toMatchObject({ reason: 'reached' });
  });

  it('between events that set what equations read, and with values that nobody integrates', () => {
    const text = `package probe
asset Part {
  param rate = 2 1/s
  input push = 1
  state x = 0
  state mean = 0
  state driven: Boolean = true
  state trips: Integer = 0
  let shown = x * x + sqrt(x + 1)
  der(x) = ((if driven then push else -1) - 0.2 * x) * rate
  every 30 ms { set mean = pre(mean) + 0.1 * (x - pre(mean))  set driven = if pre(driven) then x < 0.4 else x < 0.1 }
  when x > 0.35 { set trips = pre(trips) + 1 }
}
asset Plant {
  part part_[520]: Part
}
scenario run1 for Plant { run 10 s
  at 0.1 s: set part_[7].x = 2
  at 0.2 s: set part_[500].push = 4
}
`;
    const { told, tiled } = runs(text, [0.15, 0.4, 0.71], true);
    expect(tiled).toBe(true);
    expect(told[0]).toMatchObject({ reason: 'reached' });
  });

  it('whatever the sizes and reaches are', () => {
    const reach = fc.integer({ min: -6, max: 6 });
    fc.assert(
      fc.property(fc.integer({ min: 260, max: 700 }), reach, reach, reach, (n, a, b, c) => {
        const [low, high] = [1 + Math.max(0, -a, -b, -c), n - Math.max(0, a, b, c)];
        const at = (k: number): string => (k < 0 ? `i - ${-k}` : `i + ${k}`);
        const text = `package probe
asset Line {
  param rate = 2 1/s
  param gain[${n}] = 0.5
  state x[${n}] = 1
  state y[${n}] = 1
  let z[${n}]: Number
  for i in 1..${n} { z[i] = x[i] * gain[i] - y[i] * i / ${n} }
  for i in 1..${low - 1} { der(x[i]) = -x[i] * rate  der(y[i]) = z[i] * rate }
  for i in ${low}..${high} { der(x[i]) = (z[${at(a)}] - x[${at(b)}]) * rate  der(y[i]) = (exp(-x[${at(c)}]) - y[i]) * rate }
  for i in ${high + 1}..${n} { der(x[i]) = z[i] * rate  der(y[i]) = -y[i] * x[i] * rate }
}
scenario run1 for Line { run 10 s }
`;
        const empty = text.replace(/ {2}for i in (\d+)\.\.(\d+) \{[^\n]*\n/g, (line, from, to) =>
          Number(from) > Number(to) ? '' : line,
        );
        expect(runs(empty, [0.03, 0.08]).tiled).toBe(true);
      }),
      { numRuns: 6 },
    );
  });
});
