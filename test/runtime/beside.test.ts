/** Pages of a state that the kernel holds against those that were kept: one bit more or less is seen, and nothing else is changed. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { alikeIn, isAlike } from '../../runtime/alike.ts';
import { besideOf, STATE_PAGE } from '../../runtime/contract/beside.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';
import type { Twin } from '../../runtime/twin.ts';
import { compiled } from '../solvers/compiled.ts';

const COUNT = 3000;
const { artefact } = compiled(`asset Tank {
  input raw = 1 m
  sensor level measures raw
  state mean = 0 m
  state highest = 0 m
  every 1 s {
    set mean = pre(mean) + 0.25 * (level - pre(mean))
    set highest = max(pre(highest), level)
  }
}
asset Plant { part tank[${COUNT}]: Tank }\n`);
const { layout } = artefact.manifest;
const make = kernelFactory(artefact);
/** The same, where numbers are looked at one by one. */
const without = (): ReturnType<typeof make> => {
  const { alike: _, ...kernel } = make();
  return kernel;
};

const twinOf = (kernel: typeof make): Twin =>
  createTwin({
    manifest: artefact.manifest,
    kernel,
    settings: { duration: 1e6, offered: 'all', checkpoints: { keep: 'recent', limit: 50, interval: 5 } },
  });

it('sees any bit that differs, in pages of any length', () => {
  const { machine } = twinOf(make);
  const { bytes } = machine;
  const alike = alikeIn(machine);
  expect(machine.kernel.alike).toBeTypeOf('function');
  // Nothing that a state or a program has lies there.
  expect(besideOf(layout)).toBeGreaterThanOrEqual(machine.kernel.used!);
  fc.assert(
    fc.property(
      fc.nat(Math.floor(layout.savedBytes / STATE_PAGE)),
      fc.integer({ min: 1, max: STATE_PAGE / 8 }),
      fc.nat(),
      fc.nat(7),
      (which, eights, where, bit) => {
        const from = which * STATE_PAGE;
        const page = bytes.subarray(from, Math.min(from + 8 * eights, layout.savedBytes));
        const kept = page.slice();
        expect(alike(page, kept)).toBe(true);
        kept[where % kept.length]! ^= 1 << bit;
        expect(alike(page, kept)).toBe(false);
        expect(alike(page, kept.subarray(8))).toBe(false);
      },
    ),
  );
});

it('tells 0 from -0, and NaN from another NaN, as it does page by page', () => {
  const twin = twinOf(make);
  const alike = alikeIn(twin.machine);
  const page = twin.machine.bytes.subarray(layout.sampleTimes.address, layout.sampleTimes.address + 8 * 100);
  const numbers = new Float64Array(page.buffer, page.byteOffset, 100);
  expect(numbers[7]).toBeNaN();
  const kept = page.slice();
  expect(alike(page, kept)).toBe(true);
  new DataView(kept.buffer).setUint8(8 * 7, 1);
  expect(new Float64Array(kept.buffer)[7]).toBeNaN();
  expect(alike(page, kept)).toBe(false);
  numbers.fill(0);
  kept.fill(0);
  new DataView(kept.buffer).setFloat64(8 * 99, -0, true);
  expect(alike(page, kept)).toBe(false);
  expect(isAlike(page, kept)).toBe(false);
});

it('goes back to the same states as where numbers are looked at one by one', () => {
  const [quick, slow] = [make, without].map((kernel) => {
    const twin = twinOf(kernel);
    const hashes: string[] = [];
    for (let time = 0; time < 30; time += 1) {
      // Every other one measures the same again; those that are late are gone over again.
      const values = Float64Array.from({ length: COUNT }, (_, i) =>
        i % 2 === 0 ? i : i + Math.sin(time * i),
      );
      twin.offerColumns({ sensor: 0, time: time % 7 === 6 ? time - 3.5 : time, values });
      twin.advance(time + 0.5);
      hashes.push(twin.hash());
    }
    for (const time of [27.5, 11, 3, 19.25]) {
      twin.rewind(time);
      hashes.push(twin.hash());
    }
    const saved = twin.save();
    const other = twin.branch();
    other.advance(25);
    hashes.push(other.hash());
    expect(twin.restore(saved)).toBeUndefined();
    hashes.push(twin.hash());
    return hashes;
  }) as [string[], string[]];
  expect(quick).toEqual(slow);
  expect(new Set(quick).size).toBeGreaterThan(25);
});
