/** What a run takes besides its state. In bytes of layouts and states, which no machine changes; `npm run bench -- memory` measures processes. */
import { describe, expect, it } from 'vitest';
import { generate } from '../../compiler/4-generate/generate.ts';
import { interpret } from '../../compiler/interpret/index.ts';
import { analyse, compile } from '../../compiler/index.ts';
import { readLibraryFiles } from '../../library/from-disk.ts';
import { createCheckpoints } from '../../runtime/checkpoints.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';
import type { TwinSettings } from '../../runtime/twin.ts';
import { large } from '../bench/models.ts';
import { flat } from '../flatten/systems.ts';

const compiled = (text: string) => {
  const { model, roots } = analyse([{ uri: 'file:///many.twin', text }], readLibraryFiles());
  return compile(model!, roots[0]!).value!.artefact;
};
const made = (text: string) => {
  const artefact = compiled(text);
  return { manifest: artefact.manifest, kernel: kernelFactory(artefact) };
};

const MILLION = 1_000_000;
const ARRAY = 8 * MILLION;

describe('a million states', () => {
  const { manifest } = compiled(large(MILLION));
  const { layout, work, used } = manifest;

  it('are saved with a flag each, and next to nothing else', () => {
    expect(layout.savedBytes).toBeLessThanOrEqual(ARRAY + MILLION + 2048);
  });

  it('are worked on in no more than 64 MB besides, by all explicit methods', () => {
    // Of all methods: with it a step begins, ends or goes back without a copy of the runtime's.
    expect(work!.spare + ARRAY).toBeLessThanOrEqual(work!.before + 6 * ARRAY);
    expect(used! - layout.savedBytes).toBeLessThanOrEqual(64e6 + 2 ** 16);
    expect(layout.pages * 65536).toBeLessThanOrEqual(layout.savedBytes + 64e6 + 2 ** 18);
  });

  it('are kept to go back to in their own size', () => {
    const twin = createTwin({
      ...made(large(MILLION)),
      scenario: 0,
      settings: { method: { name: 'tsit5', tolerance: 1e-6 } },
    });
    twin.advance(5);
    expect(twin.save().length).toBeLessThanOrEqual(layout.savedBytes + 256);
  });
});

/** So many that slopes are folded, an odd number of them; each begins elsewhere. */
const many = (method: string): string => `package bench
asset Many {
  param rate = 1 1/s
  state x[65537] = 1
  state hits: Integer = 0
  for i in 1..65536 { der(x[i]) = rate * (x[i + 1] - x[i]) }
  der(x[65537]) = rate * sin(time * 1 1/s)
  at x[65537] >= 1.25 rising { set hits = pre(hits) + 1 }
}
scenario run1 for Many { run 12 s  method ${method} }
`;

describe.each(['tsit5 tolerance 1e-6', 'auto tolerance 1e-4', 'rk4 step 100 ms'])(
  'more states than slopes are kept of, by %s,',
  (method) => {
    const source = made(many(method));
    const make = (settings: TwinSettings = {}) => createTwin({ ...source, scenario: 0, settings });

    it('go on to the last bit when saved, forked, gone back or looked at', () => {
      const plain = make();
      plain.advance(9.7);
      const hash = plain.hash();
      expect(plain.value('hits')).toBe(2);

      const looked = make();
      const rows: number[] = [];
      looked.listen({ row: (time) => rows.push(time) });
      for (let t = 0.13; t < 9.7; t += 0.61) looked.advance(t);
      looked.advance(9.7);
      expect(looked.hash()).toBe(hash);
      expect(rows.length).toBeGreaterThan(100);

      const half = make();
      half.advance(4.321);
      const state = half.save();
      const fork = half.branch();
      const other = make();
      expect(other.restore(state)).toBeUndefined();
      for (const twin of [half, fork, other]) {
        twin.advance(9.7);
        expect(twin.hash()).toBe(hash);
      }

      plain.rewind(2.5);
      plain.advance(9.7);
      expect(plain.hash()).toBe(hash);
    });

    it('are what the equations say', () => {
      const twin = make({ method: { name: 'tsit5', tolerance: 1e-9 } });
      for (const t of [1.234, 5.678, 9.1]) {
        twin.advance(t);
        expect(twin.value('x[65537]')).toBeCloseTo(2 - Math.cos(t), 6);
      }
    });
  },
);

it('what emitted code folds has the bits of the interpreter, at the ends of steps and between them', () => {
  const system = flat(many('tsit5 tolerance 1e-6').replace('package bench', ''), 'Many');
  const artefact = generate(system);
  const [walked, emitted] = [() => interpret(system), kernelFactory(artefact)].map((kernel) => {
    const twin = createTwin({ manifest: artefact.manifest, kernel, scenario: 0 });
    twin.advance(1, { steps: 2 });
    const step = twin.time();
    const values: Float64Array[] = [];
    twin.advance(step * 1.01);
    values.push(twin.machine.states.slice());
    twin.advance(2, { steps: 1 });
    values.push(twin.machine.states.slice());
    return { values, hash: twin.hash(), step };
  });
  expect(emitted!.step).toBe(walked!.step);
  expect(emitted!.hash).toBe(walked!.hash);
  emitted!.values.forEach((values, n) =>
    expect(Buffer.compare(bytesOf(values), bytesOf(walked!.values[n]!))).toBe(0),
  );
});

const bytesOf = ({ buffer }: Float64Array): Uint8Array => new Uint8Array(buffer);

describe('states to go back to', () => {
  const state = (n: number, changed: number): Uint8Array => {
    const bytes = new Uint8Array(160_000).fill(7);
    bytes.fill(n, 0, changed);
    return bytes;
  };
  const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
  const kept = (bytes: number, keep: 'all' | 'recent' = 'all') =>
    createCheckpoints({ interval: 1, limit: 100, bytes, keep });

  it('share what did not change', () => {
    const checkpoints = kept(Infinity);
    for (let n = 0; n < 50; n += 1) checkpoints.add(n, state(n, 1000));
    expect(checkpoints.list().length).toBe(50);
    expect(checkpoints.bytes()).toBeLessThanOrEqual(160_000 + 50 * 16384);
    for (const n of [0, 17, 49]) expect(same(checkpoints.before(n)!.state, state(n, 1000))).toBe(true);
    checkpoints.cut(10);
    expect(checkpoints.bytes()).toBeLessThanOrEqual(160_000 + 11 * 16384);
    checkpoints.clear();
    expect(checkpoints.bytes()).toBe(0);
  });

  it.each(['all', 'recent'] as const)('are bounded in bytes, keeping %s', (keep) => {
    const checkpoints = kept(1_000_000, keep);
    for (let n = 0; n < 200; n += 1)
      if (checkpoints.due(n)) {
        checkpoints.add(n, state(n, 160_000));
        expect(checkpoints.bytes()).toBeLessThanOrEqual(1_000_000);
      }
    expect(checkpoints.list().length).toBeGreaterThan(2);
    expect(checkpoints.first()!.time).toBe(keep === 'all' ? 0 : 194);
    for (const { time } of checkpoints.list())
      expect(same(checkpoints.before(time)!.state, state(time, 160_000))).toBe(true);
  });

  it('are two at least, however large', () => {
    const checkpoints = kept(1000);
    for (let n = 0; n < 20; n += 1) checkpoints.add(n, state(n, 160_000));
    expect(checkpoints.list().length).toBe(2);
    expect(same(checkpoints.first()!.state, state(0, 160_000))).toBe(true);
  });
});
