/** What stands in several places is computed once, what does not move is not computed in steps: with the same bits. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printGenerated } from '../../compiler/4-generate/generate.ts';
import { analyse, compile } from '../../compiler/index.ts';
import { interpret } from '../../compiler/interpret/index.ts';
import { readLibraryFiles } from '../../library/from-disk.ts';
import type { ManifestScenario } from '../../runtime/contract/studies.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';

const library = readLibraryFiles();
const compiled = (text: string) => {
  const { model, roots, diagnostics } = analyse([{ uri: 'file:///probe.twin', text }], library);
  return (
    (model && compile(model, roots[0]!).value) ??
    expect.fail(diagnostics.map(({ message }) => message).join('\n'))
  );
};
const body = (code: string, name: string): string =>
  code.split('\n  (func ').find((part) => part.startsWith(`$${name}\n`) || part.startsWith(`$${name} `))!;
const calls = (code: string, callee: string): number => code.split(`(call $${callee} `).length - 1;

const tank = `package probe
asset Tank {
  param d = 2
  param e = 3
  param n[50] = 2
  param rate = 1 1/s
  input grip = 1
  state x = 1
  state y = 1
  state z[50] = 1
  let area = pi * d ^ 2.5 / 4
  let flow = sqrt(abs(x)) * exp(-y)
  let held = exp(grip)
  der(x) = (area * flow * held - exp(-y) * x / (d * e)) * rate
  der(y) = (exp(-y) * 2 - y * exp(-e / d)) * rate
  for i in 1..50 { der(z[i]) = (exp(-z[i]) * (d / e) * (z[i] + area) - n[i] * n[i] * exp(-z[i]) * exp(-d)) * rate }
  at x >= 1.1 rising { set grip = 0.2 }
}
scenario run1 for Tank { run 10 s
  at 0.1 s: set grip = 0.5
  at 0.2 s: set grip = 0.9
}
`;

describe('in what is emitted', () => {
  const code = printGenerated(compiled(tank).system);
  it('a function of the same is called once, and of what all elements share before the loop', () => {
    const derivatives = body(code, 'derivatives');
    // exp(-y), exp(-e / d), held and exp(-d).
    expect(calls(derivatives, 'exp')).toBe(4);
    expect(calls(derivatives, 'exp_of_two')).toBe(1);
    expect(calls(derivatives, 'pow')).toBe(1);
  });
  it('steps do not compute what only a hand or an event changes', () => {
    expect(calls(body(code, 'rk4_in_tiles'), 'pow')).toBe(0);
    expect(calls(body(code, 'goRk4'), 'pow')).toBe(0);
    expect(body(code, 'rk4_in_tiles')).not.toMatch(/;; (area|held)\n/);
  });
});

const methods: ManifestScenario['method'][] = [
  { name: 'rk4', step: 0.01 },
  { name: 'euler', step: 0.01 },
  { name: 'tsit5', tolerance: 1e-6 },
];

function agreement(text: string, method: ManifestScenario['method']) {
  const { artefact, system } = compiled(text);
  const [walked, emitted] = [() => interpret(system), kernelFactory(artefact)].map((kernel) => {
    const twin = createTwin({ manifest: artefact.manifest, kernel, scenario: 0, settings: { method } });
    return [0.05, 0.15].map((time) => [twin.advance(time), twin.hash()]);
  });
  return { walked, emitted };
}

describe('by', () => {
  it.each(methods)('$name, where events change what steps leave alone', (method) => {
    const { walked, emitted } = agreement(tank, method);
    expect(emitted).toEqual(walked);
  });

  it('any of them, whatever stands where', () => {
    const leaf = fc.constantFrom(
      'x',
      'y',
      'a',
      'b',
      'time / 1 s',
      '2',
      'exp(-x)',
      'x / (a + 3)',
      'tanh(a * b)',
    );
    const { value } = fc.letrec<{ value: string }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 2 },
        leaf,
        fc
          .tuple(tie('value'), fc.constantFrom('+', '-', '*'), tie('value'))
          .map(([l, o, r]) => `(${l} ${o} ${r})`),
        tie('value').map((one) => `tanh(${one})`),
        tie('value').map((one) => `sin((${one}) * 1 rad)`),
        fc
          .tuple(tie('value'), tie('value'), tie('value'))
          .map(([c, l, r]) => `smooth(if ${c} > 0.3 then ${l} else ${r})`),
      ),
    }));
    fc.assert(
      fc.property(
        value,
        value,
        value,
        fc.constantFrom(...methods),
        fc.boolean(),
        (p, q, r, method, isArray) => {
          const of = (text: string): string => (isArray ? text.replace(/\b[xy]\b/g, '$&[i]') : text);
          const [dims, begin, end] = isArray ? ['[40]', 'for i in 1..40 { ', ' }'] : ['', '', ''];
          const equation = (name: string, text: string): string =>
            `  ${begin}der(${of(name)}) = tanh(${of(text)}) * rate${end}`;
          const { walked, emitted } = agreement(
            `package probe
asset Any {
  param rate = 1 1/s
  param a = 0.7
  input b = 0.4
  state x${dims} = 0.3
  state y${dims} = 0.2
${equation('x', `${p} + ${q}`)}
${equation('y', `${q} - smooth(if ${r} > 0 then ${p} else ${r}) * ${p}`)}
}
scenario run1 for Any { run 10 s
  at 0.1 s: set b = 0.9
}
`,
            method,
          );
          expect(emitted).toEqual(walked);
        },
      ),
      { numRuns: 8 },
    );
  });
});
