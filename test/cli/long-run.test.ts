/** A run that answers with more than its process could hold. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { expect, it } from 'vitest';
import { command, temporaryFolder } from './pollux.ts';

const ROWS = 100_000;
const model = join(temporaryFolder(), 'long.twin');
writeFileSync(
  model,
  `package long
asset Long {
  let wave[20]: Number
  for i in 1..20 { wave[i] = sin(time * i / 1 s) }
  alarm high: warning "High" { raise when wave[1] > 0.5 }
}
scenario s for Long { output every 1 s  run ${ROWS} s }
`,
);

it('a run has all its rows and events as JSON, and holds few of them', () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--max-old-space-size=40', command, 'run', model, '--json'],
    { encoding: 'utf8', maxBuffer: 2 ** 28, env: { PATH: process.env['PATH'], HOME: process.env['HOME'] } },
  );
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(stdout.length).toBeGreaterThan(4e7);
  const { time, events, columns, rows } = JSON.parse(stdout) as {
    time: number;
    events: unknown[];
    columns: unknown[];
    rows: number[][];
  };
  expect(time).toBe(ROWS);
  // sin t passes a half twice a turn.
  const passed = (first: number): number => Math.floor((ROWS - first) / (2 * Math.PI)) + 1;
  expect(events.length).toBe(passed(Math.PI / 6) + passed((5 * Math.PI) / 6));
  expect(columns.length).toBe(rows[0]!.length);
  const onGrid = rows.filter(([t]) => Number.isInteger(t));
  expect(new Set(onGrid.map(([t]) => t)).size).toBe(ROWS + 1);
});
