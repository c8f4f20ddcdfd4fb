/** Crossings of small systems, whose steps are looked into with all numbers in locals: found where one step after the other finds them, to the last bit. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ManifestMethod } from '../../runtime/contract/studies.ts';
import { adaptive, compiled, twinOf } from '../solvers/compiled.ts';

/** A mass on a spring, which stops and springs bounce off; `amplitude` is how far it swings where nothing stops it. */
const amplitude = Math.hypot(1, 2);
const swing = (members: readonly string[]): string => `asset Swing {
  param stiffness = 1 1/s2
  state x = 1
  state v = 2 1/s
  state hits: Integer = 0
  state warm: Boolean = false
  state far = 0
  let energy = 0.5 * v * v + 0.5 * stiffness * x * x
  der(x) = v
  der(v) = -stiffness * x - (if warm then 0.01 1/s else 0 1/s) * v
  ${members.join('\n  ')}
}\n`;

const level = fc.oneof(
  fc.double({ min: -2.4, max: 2.4, noNaN: true }),
  // What it only just touches, or does not.
  fc
    .tuple(fc.constantFrom(-1, 1), fc.integer({ min: -14, max: -2 }), fc.constantFrom(-1, 0, 1))
    .map(([side, power, beyond]) => side * amplitude * (1 + beyond * 10 ** power)),
  fc.constantFrom(0, 1, -1),
);
const text = (value: number): string => (value < 0 ? `(-${-value})` : `${value}`);
const member = fc.oneof(
  fc
    .tuple(
      level,
      fc.constantFrom('>= rising', '<= falling', '> rising', '< falling'),
      fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1e-15, 1e-9, 1e-4)),
    )
    .map(([c, how, e]) => {
      const [operator, edge] = how.split(' ');
      return `at x ${operator} ${text(c)} ${edge} { set v = -${e} * pre(v)  set hits = pre(hits) + 1 }`;
    }),
  level.map((c) => `at x >= ${text(c)} rising { set hits = pre(hits) + 1 }`),
  // Set back, or stopped, by another rule than the one that pulls.
  level.map((c) => `at x >= ${text(c)} rising { set v = 0 1/s  set x = ${c}  set hits = pre(hits) + 1 }`),
  level.map((c) => `when x > ${text(c)} and v < 0.5 1/s { set warm = not pre(warm) }`),
  fc
    .double({ min: 0.1, max: 4, noNaN: true })
    .map((c) => `at energy < ${c} 1/s2 { set far = pre(far) + v * 1 s }`),
  fc
    .double({ min: -1.2, max: 1.2, noNaN: true })
    .map((c) => `at sin(time * 3 rad/s) >= ${text(c)} rising { set v = pre(v) * 1.01  set far = x }`),
);
const method: fc.Arbitrary<ManifestMethod> = fc.oneof(
  fc
    .double({ min: -2.5, max: -0.3, noNaN: true })
    .map((x): ManifestMethod => ({ name: 'rk4', step: 10 ** x })),
  fc.integer({ min: -10, max: -2 }).map((x) => adaptive('tsit5', 10 ** x)),
  fc.integer({ min: -8, max: -3 }).map((x) => adaptive('auto', 10 ** x)),
);

const members = fc.uniqueArray(member, {
  minLength: 1,
  maxLength: 4,
  // Two that set the same at the same condition are a mistake.
  selector: (one) => one.split(' {')[0],
});

it('is the same to the last bit with and without listeners, and interpreted', () => {
  let hits = 0;
  fc.assert(
    fc.property(members, fc.array(method, { minLength: 3, maxLength: 3 }), (made, methods) => {
      const model = compiled(swing(made));
      for (const by of methods) {
        const [alone, heard, walked] = (['alone', 'heard', 'walked'] as const).map((how) => {
          const interpreted = how === 'walked';
          const twin = twinOf(model, { method: by, end: 12, interpreted });
          if (how === 'heard') twin.listen({ event: () => {} });
          twin.advance(12);
          if (how === 'alone') hits += twin.value('hits')!;
          return `${twin.hash()} ${twin.time} ${twin.trouble()?.message}`;
        });
        expect(heard).toBe(alone);
        expect(walked).toBe(alone);
      }
    }),
    { numRuns: 25 },
  );
  expect(hits).toBeGreaterThan(50);
});
