/**
 * A recording as a session's source of time: its samples, offered as the twin passes their times. Held as three columns of
 * numbers, 20 bytes a sample, so that one can go back to any time.
 */
import type { Manifest } from '../runtime/contract/manifest.ts';
import { openRecording, RecordingError, samplesOf } from './recording/index.ts';
import type { Samples } from './recording/index.ts';
import type { RecordedSample, Replay } from './session/replay.ts';
import type { ReadUnit } from './units.ts';

export interface LoadedReplay extends Pick<Samples, 'used' | 'unused' | 'bad'> {
  replay: Replay;
  samples: number;
}

/** Two gigabytes of memory. */
const MOST_SAMPLES = 100_000_000;

/** Throws a `RecordingError` with words for the user when there is nothing to be replayed. */
export async function loadReplay(
  file: string,
  manifest: Manifest,
  readUnit?: ReadUnit,
): Promise<LoadedReplay> {
  const { used, unused, bad, read } = samplesOf(await openRecording(file), manifest, readUnit);
  const targets = used.map(({ target }) => target);
  const position = new Map(targets.map((target, i) => [target, i]));
  let times = new Float64Array(4096);
  let values = new Float64Array(4096);
  let which = new Uint32Array(4096);
  let count = 0;
  for await (const samples of read())
    for (const { time, target, value } of samples) {
      if (count === times.length) {
        if (count >= MOST_SAMPLES)
          throw new RecordingError(`${file} has more than ${MOST_SAMPLES} samples: replay a part of it`);
        times = grown(times, new Float64Array(2 * count));
        values = grown(values, new Float64Array(2 * count));
        which = grown(which, new Uint32Array(2 * count));
      }
      times[count] = time;
      values[count] = value;
      which[count] = position.get(target)!;
      count += 1;
    }
  if (count === 0) {
    const first = bad.first[0];
    throw new RecordingError(
      `${file} has no sample that can be used${first === undefined ? '' : `; line ${first.line}: ${first.why}`}`,
    );
  }
  let next = 0;
  return {
    used,
    unused,
    bad,
    samples: count,
    replay: {
      duration: times[count - 1]!,
      take: (time) => {
        const taken: RecordedSample[] = [];
        for (; next < count && times[next]! <= time; next += 1)
          taken.push({ target: targets[which[next]!]!, time: times[next]!, value: values[next]! });
        return taken;
      },
      restart: () => {
        next = 0;
      },
    },
  };
}

function grown<Column extends Float64Array | Uint32Array>(from: Column, to: Column): Column {
  to.set(from);
  return to;
}
