/** The heater board against the exponential of its matrix, and against a recording of the real board. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { artefactOf, sharedFile, twinOf, valueOf } from './example.ts';

const artefact = artefactOf('heater-board', 'Board');

const multiply = (a: number[][], b: number[][]): number[][] =>
  a.map((row) => b[0]!.map((_, j) => row.reduce((sum, value, k) => sum + value * b[k]![j]!, 0)));

/** Scaling and squaring of the Taylor series: enough for a few nodes. */
function exponential(matrix: number[][]): number[][] {
  const norm = Math.max(...matrix.map((row) => row.reduce((sum, value) => sum + Math.abs(value), 0)));
  const halvings = Math.max(0, Math.ceil(Math.log2(norm)) + 4);
  const scaled = matrix.map((row) => row.map((value) => value / 2 ** halvings));
  const identity: number[][] = matrix.map((row, i) => row.map((_, j) => (i === j ? 1 : 0)));
  let sum = identity;
  let term = identity;
  for (let k = 1; k <= 20; k += 1) {
    term = multiply(term, scaled).map((row) => row.map((value) => value / k));
    sum = sum.map((row, i) => row.map((value, j) => value + term[i]![j]!));
  }
  for (let k = 0; k < halvings; k += 1) sum = multiply(sum, sum);
  return sum;
}

describe('without radiation it is linear', () => {
  const ambient = 293.15;
  const [capacity, surface, convection, lag, coupling] = [2, 12e-4, 2.3, 16, 2.9e-3];
  const power = [0.66 * 0.2, 0.335 * 0.5];
  const loss = convection * surface;
  // Excess temperatures of both heaters and both thermistors, and a constant 1 that carries the power.
  const matrix = [
    [-(loss + coupling) / capacity, coupling / capacity, 0, 0, power[0]! / capacity],
    [coupling / capacity, -(loss + coupling) / capacity, 0, 0, power[1]! / capacity],
    [1 / lag, 0, -1 / lag, 0, 0],
    [0, 1 / lag, 0, -1 / lag, 0],
    [0, 0, 0, 0, 0],
  ];
  const names = ['heater1.temperature', 'heater2.temperature', 'heater1.felt', 'heater2.felt'];
  const given = { 'heater1.emissivity': 0, 'heater2.emissivity': 0, duty1: 0.2, duty2: 0.5, ambient };

  it.each([5, 60, 600, 3600])('and follows the matrix exponential: after %d s', (time) => {
    const twin = twinOf(artefact, { given, duration: 7200, method: { name: 'tsit5', tolerance: 1e-10 } });
    twin.advance(time);
    const solution = exponential(matrix.map((row) => row.map((value) => value * time)));
    names.forEach((name, i) => expect(valueOf(twin, name) - ambient, name).toBeCloseTo(solution[i]![4]!, 6));
  });

  it('to fourth order in a fixed step', () => {
    const after = 60;
    // The thermistors' samples end a step each second.
    const errors = [1, 0.5].map((step) => {
      const twin = twinOf(artefact, { given, duration: after, method: { name: 'rk4', step } });
      twin.advance(after);
      const solution = exponential(matrix.map((row) => row.map((value) => value * after)));
      return Math.abs(valueOf(twin, 'heater1.felt') - ambient - solution[2]![4]!);
    });
    // Halving the step divides the error by 16, nearly.
    expect(errors[0]! / errors[1]!).toBeGreaterThan(13);
    expect(errors[0]! / errors[1]!).toBeLessThan(19);
  });
});

const recording = sharedFile('data/tclab/tclab_600s.csv');

it('follows the recording of a real board to within a kelvin', (context) => {
  if (recording === undefined)
    return context.skip('no ../shared/data/tclab beside the repository (or at POLLUX_SHARED)');
  const [, ...lines] = readFileSync(recording, 'utf8').trim().split('\n');
  const rows = lines.map((line) => line.split(',').map(Number) as [number, number, number, number, number]);
  const twin = twinOf(artefact, { given: { ambient: 273.15 + 20.7 }, duration: 600 });
  const squares = [0, 0];
  const worst = [0, 0];
  for (const [time, duty1, duty2, felt1, felt2] of rows) {
    twin.advance(time);
    [felt1, felt2].forEach((measured, i) => {
      const error = valueOf(twin, `heater${i + 1}.felt`) - 273.15 - measured;
      squares[i]! += error ** 2;
      worst[i] = Math.max(worst[i]!, Math.abs(error));
    });
    // What a row says of the heaters holds from then on.
    expect(twin.set('duty1', duty1 / 100)).toBeUndefined();
    expect(twin.set('duty2', duty2 / 100)).toBeUndefined();
  }
  expect(rows.length).toBe(599);
  expect(Math.sqrt(squares[0]! / rows.length)).toBeLessThan(0.7);
  expect(Math.sqrt(squares[1]! / rows.length)).toBeLessThan(0.9);
  expect(Math.max(...worst)).toBeLessThan(2.5);
});
