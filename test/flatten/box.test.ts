/** What is left of a box: looked up where boxes are single elements, and the same as by subtracting one after the other. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { subtractAll, Taken, type Box } from '../../compiler/3-flatten/box.ts';

const SIZE = 4;
const range = fc
  .tuple(fc.nat(SIZE - 1), fc.nat(SIZE))
  .map(([from, length]) => [from, Math.min(SIZE, from + length)] as const);
const element = fc.nat(SIZE - 1).map((at) => [at, at + 1] as const);

it('boxes that are taken leave the same as boxes that are subtracted in turn', () => {
  const boxes = fc.nat(2).chain((dims) =>
    fc.array(fc.array(fc.oneof(element, range), { minLength: dims, maxLength: dims }), {
      minLength: 1,
      maxLength: 12,
    }),
  );
  fc.assert(
    fc.property(boxes, (all) => {
      const taken = new Taken();
      const before: Box[] = [];
      for (const box of all) {
        expect(taken.leave(box)).toEqual(subtractAll(box, before));
        taken.add(box);
        before.push(box);
      }
      expect(taken.all()).toEqual(before);
    }),
    { numRuns: 500 },
  );
});
