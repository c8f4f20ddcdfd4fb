/** What is put aside comes back as it was, and memory stays flat. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Spool, SpooledRows } from '../../live/recording/spool.ts';

describe('what is put aside', () => {
  it('comes back as it was, from any place on', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 700_000 }), { maxLength: 8 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (lengths, share) => {
          const spool = new Spool();
          const parts = lengths.map((length, n) => new Uint8Array(length).map((_, i) => (i * 7 + n) % 251));
          for (const part of parts) spool.append(part);
          const all = Buffer.concat(parts);
          expect(spool.length).toBe(all.length);
          const from = Math.floor(share * all.length);
          const [whole, some] = [spool.read(from, Infinity), Buffer.from(spool.read(from, 1000))];
          expect(Buffer.compare(whole, all.subarray(from))).toBe(0);
          expect(Buffer.compare(some, all.subarray(from, from + 1000))).toBe(0);
          spool.close();
        },
      ),
      { numRuns: 30 },
    );
  });

  it('takes no memory to speak of, and leaves no file', () => {
    const files = (): string[] =>
      readdirSync(tmpdir()).filter((name) => name.startsWith(`pollux-${process.pid}-`));
    const before = process.memoryUsage().arrayBuffers;
    const rows = new SpooledRows(5);
    for (let n = 0; n < 1_000_000; n += 1) rows.take([n, -0, NaN, Infinity, n / 3]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8e6);
    expect(files()).toEqual([]);
    expect(rows.count).toBe(1_000_000);
    expect(rows.block(777_777, 2)).toEqual([
      [777_777, -0, NaN, Infinity, 777_777 / 3],
      [777_778, -0, NaN, Infinity, 777_778 / 3],
    ]);
    expect(rows.block(999_999, 9)).toHaveLength(1);
    rows.close();
  });
});

it.each(['.csv', '.json', '.parquet'])(
  'a recording in %s is written and read by a process that could not hold it',
  (type) => {
    const folder = mkdtempSync(join(tmpdir(), 'pollux-long-'));
    try {
      const file = join(folder, `long${type}`);
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [
          '--max-old-space-size=24',
          '--expose-gc',
          '--no-warnings',
          join(import.meta.dirname, 'long-recording.ts'),
          file,
        ],
        { encoding: 'utf8' },
      );
      expect(stderr).toBe('');
      expect(status).toBe(0);
      const { rows, buffers } = JSON.parse(stdout) as { rows: number; buffers: number };
      expect(rows).toBe(100_000);
      // The bytes of some rows, and not of all.
      expect(buffers).toBeLessThan(12e6);
      expect(statSync(file).size).toBeGreaterThan(15e6);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
