/** Which change moves what: pairs of versions of which one knows it. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atHand, madeHere } from '../../review/asked-runs.ts';
import { minimise } from '../../review/causes.ts';
import type { Review } from '../../review/review.ts';
import { reviewOf } from './versions.ts';

const PLANT = `package p

asset Plant {
  param a = 0
  param b = 0
  param c = 1
  state x = 1
  der(x) = -x / 2 s
  let product = a * b + x
  let scaled  = c * x
}

scenario long for Plant {
  run 10 s
}
`;
const causesOf = ({ causes, changes }: Review): [string, string[]][] =>
  causes.map((cause) => [
    cause.changes
      .map((at) => changes[at]!.path)
      .toSorted()
      .join(' + '),
    cause.effects.toSorted(),
  ]);
const edited = (...edits: [string, string][]): string =>
  edits.reduce((text, [from, to]) => {
    expect(text).toContain(from);
    return text.replace(from, to);
  }, PLANT);

describe('causes', () => {
  it('are single changes where each moves something of its own', () => {
    const head = edited(['param c = 1', 'param c = 2'], ['x / 2 s', 'x / 3 s']);
    expect(causesOf(reviewOf(PLANT, head))).toEqual([
      ['Plant.c', ['scaled']],
      ['Plant.der(x)', ['product', 'scaled', 'x']],
    ]);
  });

  it('are two changes where neither does it alone', () => {
    const head = edited(['param a = 0', 'param a = 1'], ['param b = 0', 'param b = 1']);
    expect(causesOf(reviewOf(PLANT, head))).toEqual([['Plant.a + Plant.b', ['product']]]);
  });

  it('are two changes where one does not stand without the other', () => {
    const head = edited(
      ['param c = 1', 'param c = 1\n  param offset = 4'],
      ['let scaled  = c * x', 'let scaled  = c * x + offset'],
      ['param a = 0', 'param a = 3'],
    );
    expect(causesOf(reviewOf(PLANT, head))).toEqual([['Plant.offset + Plant.scaled', ['scaled']]]);
  });

  it('are found under new names', () => {
    const head = edited(
      ['param c = 1', 'param c = 1'],
      ['x / 2 s', 'x / 3 s'],
      ['scaled  = c * x', 'scaled  = 2 * c * x'],
    ).replaceAll(/\bx\b/g, 'rest');
    expect(causesOf(reviewOf(PLANT, head))).toEqual([
      ['Plant.der(rest)', ['product', 'rest', 'scaled']],
      ['Plant.scaled', ['scaled']],
    ]);
  });

  it('are changes of the scenario itself', () => {
    const head = edited(['  run 10 s', '  c = 5\n  run 10 s'], ['param a = 0', 'param a = 3']);
    expect(causesOf(reviewOf(PLANT, head))).toEqual([['long', ['scaled']]]);
  });

  it('are not claimed where they cannot be told', () => {
    // The change is made within an asset whose file the version before does not have.
    const { unexplained, causes } = reviewOf(
      { 'a.twin': PLANT, 'b.twin': 'package q\nasset Other { param z = 1 }\n' },
      {
        'a.twin': edited(
          ['package p\n', 'package p\nuse r: Gain\n'],
          ['param a = 0', 'part gain: Gain\n  param a = 1'],
          ['a * b + x', 'gain.value * x'],
        ),
        'c.twin': 'package r\nasset Gain {\n  param value = 5\n}\n',
        'b.twin': 'package q\nasset Other { param z = 1 }\n',
      },
    );
    expect(causes).toEqual([]);
    expect(unexplained).toEqual([
      {
        scenario: 'p.long',
        effects: ['product'],
        why: 'made one by one to the text before, the changes do not bring it about',
      },
    ]);
  });

  it('are smallest: nothing can be left out', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 24 }).chain((count) =>
          fc.record({
            all: fc.constant(Array.from({ length: count }, (_, n) => n)),
            needed: fc.uniqueArray(fc.nat({ max: count - 1 }), { minLength: 1, maxLength: 5 }),
          }),
        ),
        ({ all, needed }) => {
          let trials = 0;
          const found = madeHere(
            minimise(all, (some) => {
              trials += 1;
              return atHand(needed.every((each) => some.includes(each)));
            }),
          );
          expect(found).toEqual(needed.toSorted((a, b) => a - b));
          expect(trials).toBeLessThan(400);
        },
      ),
    );
  });
});
