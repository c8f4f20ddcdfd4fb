/** States to keep: a run that has stopped stays so wherever its state goes, and damage is told. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { carry } from '../../runtime/carry.ts';
import { kernelFactory } from '../../runtime/load.ts';
import type { Twin } from '../../runtime/twin.ts';
import { adaptive, compiled, twinOf } from '../solvers/compiled.ts';

const text = (second: string): string => `
asset A {
  state x = 0.0
  state y = 0.0
  state d = 0.0
  der(x) = 1 / 1 s
  der(y) = 1 / 1 s
  when x > 3 -> set d = 1
  when y > ${second} -> set d = 2
}`;
const collides = compiled(text('3'));
const make = (value = collides): Twin => twinOf(value, { method: adaptive('tsit5', 1e-6), end: 10 });

describe('a run that two rules have stopped', () => {
  const stopped = make();
  stopped.advance(10);
  const trouble = stopped.trouble()!;

  it.each<[string, () => Twin]>([
    [
      'restored',
      () => {
        const twin = make();
        expect(twin.restore(stopped.save())).toBeUndefined();
        return twin;
      },
    ],
    ['branched', () => stopped.branch()],
  ])('has stopped when it is %s, and is past nothing', (_, other) => {
    expect(trouble).toMatchObject({ code: 'PX9002', time: expect.closeTo(3, 9) as number });
    const twin = other();
    expect(twin.trouble()).toEqual(trouble);
    expect(twin.advance(10)).toMatchObject({ reason: 'trouble' });
    expect([twin.time(), twin.hash()]).toEqual([stopped.time(), stopped.hash()]);
    expect([...twin.save()]).toEqual([...stopped.save()]);
  });

  it('says so to who listens where it is restored', () => {
    const twin = make();
    const heard: string[] = [];
    twin.listen({ event: ({ kind, text: said }) => heard.push(`${kind} ${said}`) });
    twin.restore(stopped.save());
    expect(heard).toEqual([`trouble ${trouble.message}`]);
    // Another state is that of a run that goes on.
    twin.restore(make().save());
    expect(twin.trouble()).toBeUndefined();
  });

  it('goes on in a version that is mended, which says what is lost', () => {
    const mended = compiled(text('4'));
    const [from, to] = [collides, mended].map(({ artefact }) => ({
      manifest: artefact.manifest,
      kernel: kernelFactory(artefact),
    }));
    const result = carry(from!, to!, stopped.save());
    if ('problem' in result) throw new Error(result.problem);
    expect(result.lost).toEqual([
      { name: 'what was to happen at 3 s', why: `the run had stopped then: ${trouble.message}` },
    ]);
    const twin = make(mended);
    expect(twin.restore(result.state)).toBeUndefined();
    twin.advance(10);
    expect([twin.trouble(), twin.value('d')]).toEqual([undefined, 2]);
  });
});

describe('a saved state', () => {
  const whole = make();
  whole.advance(2);
  const bytes = whole.save();

  it('with one bit that is another is refused, and changes nothing', () => {
    const twin = make();
    const before = twin.hash();
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(7), (at, bit) => {
        const damaged = bytes.slice();
        damaged[at]! ^= 1 << bit;
        expect(twin.restore(damaged)).toMatch(/is damaged|is not a saved state/);
        expect(twin.hash()).toBe(before);
      }),
    );
    expect(twin.restore(bytes)).toBeUndefined();
    expect(twin.hash()).toBe(whole.hash());
  });

  it('that was cut or goes on is refused', () => {
    for (let length = 0; length < bytes.length; length += 1)
      expect(make().restore(bytes.subarray(0, length))).toMatch(/is damaged|is not a saved state/);
    expect(make().restore(Uint8Array.of(...bytes, 0))).toContain('is damaged');
  });
});
