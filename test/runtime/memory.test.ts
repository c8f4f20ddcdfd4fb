/** What a run takes besides its state. In bytes of layouts and states, which no machine changes; `npm run bench -- memory` measures processes. */
import { describe, expect, it } from 'vitest';
import { FOLDED_FROM } from '../../compiler/4-generate/integrate/tsitouras-folded.ts';
import { analyse, compile } from '../../compiler/index.ts';
import { readLibraryFiles } from '../../library/from-disk.ts';
import { createCheckpoints, UNBEGUN } from '../../runtime/checkpoints.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';
import type { TwinSettings } from '../../runtime/twin.ts';
import { large } from '../bench/models.ts';

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

/** So many that slopes are folded, an odd number of them. */
const MANY = FOLDED_FROM + 1;
const many = (method: string): string => `package bench
asset Many {
  param rate = 1 1/s
  state x[${MANY}] = 1
  state hits: Integer = 0
  for i in 1..${MANY - 1} { der(x[i]) = rate * (x[i + 1] - x[i]) }
  der(x[${MANY}]) = rate * sin(time * 1 1/s)
  at x[${MANY}] >= 1.02 rising { set hits = pre(hits) + 1 }
}
scenario run1 for Many { run 12 s  method ${method} }
`;

/** s */
const END = 0.5;

describe.each(['tsit5 tolerance 1e-6', 'auto tolerance 1e-4', 'rk4 step 100 ms'])(
  'more states than slopes are kept of, by %s,',
  (method) => {
    const source = made(many(method));
    const make = (settings: TwinSettings = {}) => createTwin({ ...source, scenario: 0, settings });

    it('go on to the last bit when saved, forked, gone back or looked at', () => {
      const plain = make();
      plain.advance(END);
      const hash = plain.hash();
      expect(plain.value('hits')).toBe(1);

      const looked = make();
      const rows: number[] = [];
      looked.listen({ row: (time) => rows.push(time) });
      for (const t of [0.113, 0.2, 0.347]) looked.advance(t);
      looked.advance(END);
      expect(looked.hash()).toBe(hash);
      expect(rows.length).toBeGreaterThan(8);

      const half = make();
      half.advance(0.321);
      const state = half.save();
      const fork = half.branch();
      const other = make();
      expect(other.restore(state)).toBeUndefined();
      for (const twin of [half, fork, other]) {
        twin.advance(END);
        expect(twin.hash()).toBe(hash);
      }

      plain.rewind(0.25);
      plain.advance(END);
      expect(plain.hash()).toBe(hash);
    });

    it('are what the equations say', () => {
      const twin = make({ method: { name: 'tsit5', tolerance: 1e-9 } });
      for (const t of [0.0613, 0.4]) {
        twin.advance(t);
        expect(twin.value(`x[${MANY}]`)).toBeCloseTo(2 - Math.cos(t), 6);
      }
    });
  },
);

describe('states to go back to', () => {
  const state = (n: number, changed: number): Uint8Array => {
    const bytes = new Uint8Array(160_000).fill(7);
    bytes.fill(n, 0, changed);
    // No page is like another.
    for (let page = 0; page < bytes.length; page += 16384) bytes[page] = page / 16384;
    return bytes;
  };
  const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
  const kept = (bytes: number, keep: 'all' | 'recent' = 'all') =>
    createCheckpoints({ interval: 1, limit: 100, bytes, keep });

  it('share what did not change', () => {
    const checkpoints = kept(Infinity);
    for (let n = 0; n < 50; n += 1) checkpoints.add(n, [state(n, 1000)]);
    expect(checkpoints.list().length).toBe(50);
    expect(checkpoints.bytes()).toBeLessThanOrEqual(160_000 + 50 * 16384);
    for (const n of [0, 17, 49]) expect(same(checkpoints.before(n)!.state, state(n, 1000))).toBe(true);
    checkpoints.cut(10);
    expect(checkpoints.bytes()).toBeLessThanOrEqual(160_000 + 11 * 16384);
    checkpoints.clear();
    expect(checkpoints.bytes()).toBe(0);
  });

  it('are due once at the start, and never again where none is asked for', () => {
    const checkpoints = createCheckpoints({ interval: Infinity, limit: 2, bytes: Infinity, keep: 'recent' });
    expect(checkpoints.due(0)).toBe(true);
    checkpoints.add(UNBEGUN, [state(0, 1000)]);
    expect(checkpoints.due(0)).toBe(true);
    checkpoints.add(0, [state(1, 1000)]);
    expect(checkpoints.next()).toBe(Infinity);
  });

  it('keep a page once that stands at many places', () => {
    const checkpoints = kept(Infinity);
    const even = new Uint8Array(160_000).fill(7);
    checkpoints.add(0, [even]);
    expect(checkpoints.bytes()).toBeLessThanOrEqual(2 * 16384);
    checkpoints.add(1, [state(1, 160_000)]);
    checkpoints.add(2, [even]);
    expect(checkpoints.bytes()).toBeLessThanOrEqual(160_000 + 4 * 16384);
    for (const n of [0, 2]) expect(same(checkpoints.before(n)!.state, even)).toBe(true);
    checkpoints.cut(0);
    checkpoints.add(3, [state(3, 160_000)]);
    expect(same(checkpoints.first()!.state, even)).toBe(true);
    expect(same(checkpoints.before(3)!.state, state(3, 160_000))).toBe(true);
  });

  it.each([2, 3, 4, 7, 8])(
    'are every other one when %d are too few, and the interval is doubled',
    (limit) => {
      const checkpoints = createCheckpoints({ interval: 1, limit, bytes: Infinity, keep: 'all' });
      let [interval, times] = [1, [] as number[]];
      for (let n = 0; n < 100; n += 1) {
        const due = times.length === 0 || n >= times.at(-1)! + interval;
        expect(checkpoints.due(n)).toBe(due);
        if (!due) continue;
        checkpoints.add(n, [state(n, 160_000)]);
        times.push(n);
        if (times.length > limit) {
          times = times.filter((_, at) => at % 2 === 0);
          interval *= 2;
        }
        expect(checkpoints.list().map(({ time }) => time)).toEqual(times);
      }
      for (const time of times)
        expect(same(checkpoints.before(time)!.state, state(time, 160_000))).toBe(true);
    },
  );

  it.each(['all', 'recent'] as const)('are bounded in bytes, keeping %s', (keep) => {
    const checkpoints = kept(1_000_000, keep);
    for (let n = 0; n < 200; n += 1)
      if (checkpoints.due(n)) {
        checkpoints.add(n, [state(n, 160_000)]);
        expect(checkpoints.bytes()).toBeLessThanOrEqual(1_000_000);
      }
    expect(checkpoints.list().length).toBeGreaterThan(2);
    expect(checkpoints.first()!.time).toBe(keep === 'all' ? 0 : 194);
    for (const { time } of checkpoints.list())
      expect(same(checkpoints.before(time)!.state, state(time, 160_000))).toBe(true);
  });

  it('are two at least, however large', () => {
    const checkpoints = kept(1000);
    for (let n = 0; n < 20; n += 1) checkpoints.add(n, [state(n, 160_000)]);
    expect(checkpoints.list().length).toBe(2);
    expect(same(checkpoints.first()!.state, state(0, 160_000))).toBe(true);
  });
});
