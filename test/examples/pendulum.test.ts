/** The pendulum in Cartesian coordinates against complete elliptic integrals, and against what its equations conserve. */
import { describe, expect, it } from 'vitest';
import { artefactOf, eventsOf, twinOf, valueOf } from './example.ts';

const artefact = artefactOf('pendulum', 'Pendulum');
const g = 9.80665;
const method = { name: 'tsit5', tolerance: 1e-10 } as const;

/** Complete elliptic integral of the first kind, by the arithmetic-geometric mean (Abramowitz & Stegun 17.6). */
function completeElliptic(k: number): number {
  let [a, b] = [1, Math.sqrt(1 - k * k)];
  for (let round = 0; round < 12; round += 1) [a, b] = [(a + b) / 2, Math.sqrt(a * b)];
  return Math.PI / (2 * a);
}

/** Time of a swing, or of a round over the top. */
function period(length: number, push: number): number {
  const k = push / (2 * Math.sqrt(g * length));
  const root = Math.sqrt(length / g);
  return k < 1 ? 4 * root * completeElliptic(k) : (2 * root * completeElliptic(1 / k)) / k;
}

const cases = [
  { length: 1, push: 0.1 },
  { length: 1, push: 4.5 },
  { length: 0.3, push: 3.4 },
  { length: 1, push: 6.2632 },
  { length: 2.5, push: 9.91 },
  { length: 1, push: 12 },
];

describe.each(cases)('a rod of $length m, pushed with $push m/s', ({ length, push }) => {
  const swing = period(length, push);

  it('takes the time of the elliptic integral', () => {
    const events = eventsOf(
      twinOf(artefact, { given: { length, push }, method, duration: 10 * swing + 1e-3 }),
    );
    const passes = events.filter(({ text }) => text.includes('passes'));
    expect(passes.length).toBeGreaterThanOrEqual(10);
    for (let k = 1; k <= 10; k += 1)
      expect(Math.abs(passes[k - 1]!.time / (k * swing) - 1), `swing ${k}`).toBeLessThan(1e-6);
  });

  it('keeps its length to rounding and its energy to the tolerance, wherever one looks', () => {
    const twin = twinOf(artefact, { given: { length, push }, method, duration: Infinity });
    for (let i = 1; i <= 300; i += 1) {
      twin.advance((3 * swing * i) / 100);
      const [x, y, vx, vy] = ['x', 'y', 'vx', 'vy'].map((name) => valueOf(twin, name)) as [
        number,
        number,
        number,
        number,
      ];
      expect(Math.abs(Math.hypot(x, y) / length - 1)).toBeLessThan(1e-14);
      expect(Math.abs(x * vx + y * vy) / (length * push)).toBeLessThan(1e-13);
      expect(Math.abs(valueOf(twin, 'energy') / (push * push) - 1)).toBeLessThan(1e-7);
    }
  });
});

it('pulls with the force that the free pendulum has at each angle', () => {
  const twin = twinOf(artefact, { method });
  for (const time of [0.1, 0.5, 0.9, 1.7, 2.2]) {
    twin.advance(time);
    const [angle, vx, vy] = ['angle', 'vx', 'vy'].map((name) => valueOf(twin, name)) as [
      number,
      number,
      number,
    ];
    expect(valueOf(twin, 'force')).toBeCloseTo(2 * (g * Math.cos(angle) + vx * vx + vy * vy), 6);
  }
});

it('moves to its circle when the start does not fit, or the rod becomes longer', () => {
  const twin = twinOf(artefact, { given: { x: 0.6, y: -0.9, vx: 1, vy: 1 } });
  const events: string[] = [];
  twin.listen({ event: ({ name, text }) => events.push(`${name} ${text}`) });
  twin.advance(0);
  const shrunk = Math.hypot(0.6, 0.9);
  expect(valueOf(twin, 'x')).toBeCloseTo(0.6 / shrunk, 2);
  expect(Math.hypot(valueOf(twin, 'x'), valueOf(twin, 'y'))).toBeCloseTo(1, 14);
  expect(valueOf(twin, 'x') * valueOf(twin, 'vx') + valueOf(twin, 'y') * valueOf(twin, 'vy')).toBeCloseTo(
    0,
    14,
  );
  expect(events.filter((text) => text.includes('instead of')).length).toBe(4);
  twin.set('length', 2);
  twin.advance(1);
  expect(Math.hypot(valueOf(twin, 'x'), valueOf(twin, 'y'))).toBeCloseTo(2, 14);
});

it('goes on to the same bits after saving, and when looked at', () => {
  const [twin, other] = [
    twinOf(artefact, { scenario: 'highSwing' }),
    twinOf(artefact, { scenario: 'highSwing' }),
  ];
  twin.advance(7.3);
  other.restore(twin.save());
  for (let time = 0.01; time < 9; time += 0.37) twin.advance(Math.max(7.3, time));
  twin.advance(12);
  other.advance(12);
  expect(other.hash()).toBe(twin.hash());
  twin.rewind(8);
  twin.advance(12);
  expect(other.hash()).toBe(twin.hash());
});
