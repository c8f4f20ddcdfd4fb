/** Writes a recording that is larger than its memory, and replays it where that can be read: see spool.test.ts. */
import { openRecording, writeRecording } from '../../live/recording/index.ts';

const [, , file] = process.argv as [string, string, string];
const ROWS = 100_000;
const unit = { text: '', label: '', factor: 1, offset: 0 };
const columns = Array.from({ length: 20 }, (_, n) => ({ name: n === 0 ? 'time' : `v${n}`, unit }));

let buffers = 0;
const look = (n: number): void => {
  if (n % 10_000 !== 0) return;
  globalThis.gc?.();
  buffers = Math.max(buffers, process.memoryUsage().arrayBuffers);
};
function* made(): Generator<number[]> {
  for (let n = 0; n < ROWS; n += 1) {
    look(n);
    yield columns.map((_, i) => (i === 0 ? n : Math.sin(n * (i + 0.3))));
  }
}

let rows = await writeRecording(file, { columns, rows: made() });
if (!file.endsWith('.json')) {
  rows = 0;
  for await (const { values } of (await openRecording(file)).rows()) {
    look(rows);
    if (values[0] !== rows) throw new Error(`row ${rows} is of ${values[0]} s`);
    rows += 1;
  }
}
process.stdout.write(JSON.stringify({ rows, buffers }));
