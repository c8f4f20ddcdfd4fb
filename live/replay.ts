/**
 * A recording as a session's source of time: its samples, offered as the twin passes their times. It is read once and put aside as rows of
 * three numbers, so that one can go back to its start at once.
 */
import type { Manifest } from '../runtime/contract/manifest.ts';
import { openRecording, RecordingError, samplesOf } from './recording/index.ts';
import type { Samples } from './recording/index.ts';
import { SpooledRows } from './recording/spool.ts';
import type { RecordedSample, Replay } from './session/replay.ts';
import type { ReadUnit } from './units.ts';

/** A recording that can be replayed: which of its columns are used, and what of it is not. */
export interface LoadedReplay extends Pick<Samples, 'used' | 'unused' | 'bad'> {
  replay: Replay;
  samples: number;
}

const BLOCK = 4096;

/** Throws a `RecordingError` with words for the user when there is nothing to be replayed. */
export async function loadReplay(
  file: string,
  manifest: Manifest,
  readUnit?: ReadUnit,
): Promise<LoadedReplay> {
  const { used, unused, bad, read } = samplesOf(await openRecording(file), manifest, readUnit);
  const targets = used.map(({ target }) => target);
  const position = new Map(targets.map((target, i) => [target, i]));
  const rows = new SpooledRows(3);
  let duration = 0;
  for await (const samples of read())
    for (const { time, target, value } of samples) {
      rows.take([time, position.get(target)!, value]);
      duration = time;
    }
  if (rows.count === 0) {
    const first = bad.first[0];
    throw new RecordingError(
      `${file} has no sample that can be used${first === undefined ? '' : `; line ${first.line}: ${first.why}`}`,
    );
  }
  let next = 0;
  let block: number[][] = [];
  let first = 0;
  const rowAt = (n: number): number[] | undefined => {
    if (n >= first + block.length || n < first) {
      block = n < rows.count ? rows.block(n, BLOCK) : [];
      first = n;
    }
    return block[n - first];
  };
  return {
    used,
    unused,
    bad,
    samples: rows.count,
    replay: {
      duration,
      take: (until) => {
        const taken: RecordedSample[] = [];
        for (;;) {
          const [time, which, value] = rowAt(next) ?? [Infinity, 0, 0];
          if (!(time! <= until) || next >= rows.count) return taken;
          taken.push({ target: targets[which!]!, time: time!, value: value! });
          next += 1;
        }
      },
      restart: () => {
        next = 0;
      },
    },
  };
}
