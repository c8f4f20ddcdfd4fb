/** Recordings that drive a review are put aside, and say the same to each run. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestOf, digestOfFile, namedFile, readRecordings } from '../../cli/recordings.ts';
import { analyse, compile } from '../../compiler/index.ts';
import { readLibraryFiles } from '../../library/from-disk.ts';

const TEXT = `package p
asset Lag {
  input u = 0
  input v: Length = 0 m
  state x = 0
  der(x) = (u - x) / 1 s
  sensor probe measures x every 1 s
}
`;
const ROWS = 60_000;
const valueAt = (row: number): number => Math.round(1e6 * Math.sin(row)) / 1e6;

describe('a recording that drives a review', () => {
  const { model, roots } = analyse([{ uri: 'file:///lag.twin', text: TEXT }], readLibraryFiles());
  const { manifest } = compile(model!, roots[0]!).value!.artefact;

  it('is not held, and is read from its start by whoever asks', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pollux-aside-'));
    try {
      const path = join(folder, 'long.csv');
      const lines = Array.from(
        { length: ROWS },
        (_, n) => `${n / 10},${valueAt(n)},${n % 5 === 0 ? '' : n},7`,
      );
      lines[100] = '10,no number,1,7';
      lines[200] = '1,2,3,7';
      writeFileSync(path, ['time [s],u,v [cm],else', ...lines, ''].join('\n'));
      const file = namedFile(path);
      const revision = { name: 'as it was.csv', bytes: () => file.bytes() };
      const held = process.memoryUsage().arrayBuffers;
      const { recordings, close } = await readRecordings([file, revision], true);
      expect(process.memoryUsage().arrayBuffers - held).toBeLessThan(5e6 + file.bytes().length);
      const fed = recordings.map((recording) => recording.feed(manifest, (name) => name)!);
      const [one, other] = fed as [(typeof fed)[number], (typeof fed)[number]];
      expect(one.names).toEqual(['u', 'v']);
      expect(one.length).toBe((ROWS - 1) / 10);
      const inputs = manifest.variables.flatMap(({ name, role }, at) =>
        role === 'input' ? [[name, at]] : [],
      );
      const { u, v } = Object.fromEntries(inputs) as { u: number; v: number };
      for (const { samples } of [one, other, one]) {
        let [count, wrong] = [0, 0];
        const iterator = samples[Symbol.iterator]();
        for (let row = 0; row < ROWS; row += 1) {
          // A row with a word in it, and one whose time has passed.
          if (row === 100 || row === 200) continue;
          for (const [target, value] of [
            [u, valueAt(row)],
            ...(row % 5 === 0 ? [] : [[v, row / 100]]),
          ] as const) {
            const sample = iterator.next().value!;
            if (sample.target.kind !== 'input' || sample.target.variable !== target) wrong += 1;
            if (sample.time !== row / 10 || Math.abs(sample.value - value!) > 1e-9) wrong += 1;
            count += 1;
          }
        }
        expect(iterator.next().done).toBe(true);
        expect({ count, wrong }).toEqual({ count: 2 * (ROWS - 2) - (ROWS / 5 - 2), wrong: 0 });
      }
      expect(recordings[0]!.feed(manifest, (name) => `${name}.gone`)).toBeUndefined();
      expect(digestOfFile(file)).toBe(digestOfFile(revision));
      expect(digestOf([revision])).toEqual([`as it was.csv ${digestOfFile(file)}`]);
      close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is refused with its name when it was asked for, and passed over when it was found', async () => {
    const found = { name: 'table.csv', bytes: () => new TextEncoder().encode('a,b\n1,2\n') };
    await expect(readRecordings([found], true)).rejects.toThrow('table.csv has no column of times');
    expect((await readRecordings([found], false)).recordings).toEqual([]);
  });
});
