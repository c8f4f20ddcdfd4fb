/** Run lengths of the three charts against those of Markov chains (Brook and Evans 1972), and these against published tables. */
import { describe, expect, it } from 'vitest';
import { artefactOf, twinOf, valueOf } from './example.ts';

/** Below z, by Simpson's rule over the density: no code of the project. */
function below(z: number): number {
  const steps = 100;
  const width = Math.abs(z) / steps;
  let sum = 0;
  for (let i = 0; i <= steps; i++) {
    const weight = i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2;
    sum += (weight * Math.exp(-0.5 * (i * width) ** 2)) / Math.sqrt(2 * Math.PI);
  }
  return 0.5 + Math.sign(z) * ((sum * width) / 3);
}

/** Mean number of steps until a chain leaves its states: (I - Q) lengths = 1, by elimination; of the state that it starts in. */
function meanSteps(states: number, start: number, passes: (from: number, to: number) => number): number {
  const rows = Array.from({ length: states }, (_, from) => [
    ...Array.from({ length: states }, (__, to) => (from === to ? 1 : 0) - passes(from, to)),
    1,
  ]);
  for (let column = 0; column < states; column++)
    for (let row = column + 1; row < states; row++) {
      const factor = rows[row]![column]! / rows[column]![column]!;
      for (let k = column; k <= states; k++) rows[row]![k]! -= factor * rows[column]![k]!;
    }
  const lengths: number[] = [];
  for (let row = states - 1; row >= 0; row--) {
    let rest = rows[row]![states]!;
    for (let k = row + 1; k < states; k++) rest -= rows[row]![k]! * lengths[k]!;
    lengths[row] = rest / rows[row]![row]!;
  }
  return lengths[start]!;
}

const states = 71;

const limits = (shift: number) => 1 / (1 - below(3 - shift) + below(-3 - shift));

/** A sum above 0 alone, with Brook and Evans' cells: the first is centred on 0. */
function oneSum(shift: number): number {
  const width = (2 * 5) / (2 * states - 1);
  const upTo = (from: number, to: number) => below((to - from) * width + width / 2 + 0.5 - shift);
  return meanSteps(states, 0, (from, to) => upTo(from, to) - (to === 0 ? 0 : upTo(from, to - 1)));
}
const sums = (shift: number) => 1 / (1 / oneSum(shift) + 1 / oneSum(-shift));

function forgets(shift: number): number {
  const weight = 0.1;
  const limit = 2.814 * Math.sqrt(weight / (2 - weight));
  const width = (2 * limit) / states;
  const middle = (state: number) => -limit + (state + 0.5) * width;
  const edge = (from: number, at: number) => below((at - (1 - weight) * middle(from)) / weight - shift);
  return meanSteps(
    states,
    (states - 1) / 2,
    (from, to) => edge(from, middle(to) + width / 2) - edge(from, middle(to) - width / 2),
  );
}

describe('charts over weights', () => {
  it('have in theory the run lengths of published tables', () => {
    // D. C. Montgomery, Introduction to Statistical Quality Control, tables 9.3 (h = 5, k = 1/2) and 9.11 (0.1, L = 2.814).
    expect(limits(0)).toBeCloseTo(370.4, 1);
    for (const [shift, length] of [
      [0, 465],
      [0.5, 38],
      [1, 10.4],
      [2, 4.01],
    ] as const)
      expect(sums(shift) / length, `sums at ${shift}`).toBeCloseTo(1, 2);
    for (const [shift, length] of [
      [0, 500],
      [0.5, 31.3],
      [1, 10.3],
      [2, 4.36],
    ] as const)
      expect(Math.abs(forgets(shift) / length - 1), `forgets at ${shift}`).toBeLessThan(0.01);
  });

  const artefact = artefactOf('filling-control', 'Machine');
  for (const shift of [0, 1, 2])
    it(`call as often as theory says when off by ${shift} sigma`, () => {
      const twin = twinOf(artefact, { scenario: 'right', given: { start: shift * 2e-3 } });
      twin.advance(shift === 0 ? 20 * 86400 : 86400);
      for (const [chart, theory] of Object.entries({ limits, sums, forgets })) {
        const length = theory(shift);
        const calls = Array.from({ length: 24 }, (_, n) => valueOf(twin, `${chart}[${n + 1}].stops`));
        const all = calls.reduce((sum, more) => sum + more, 0);
        // The length of a run varies by no more than its mean.
        expect(all).toBeGreaterThan(700);
        expect(Math.abs(valueOf(twin, `${chart}Run`) / length - 1), chart).toBeLessThan(3.5 / Math.sqrt(all));
      }
    });
});
