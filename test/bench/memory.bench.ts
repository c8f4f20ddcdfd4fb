/** What a process grows by when it runs a million states, each method in a process of its own. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from './harness.ts';

const BESIDES = 64;

interface Grown {
  state: number;
  memory: number;
  grew: number;
  most: number;
}

export default async function bench(report: Report): Promise<void> {
  if (!existsSync('/proc/self/status')) {
    report.missing('a million states', 'only Linux tells what a process has at the most');
    return;
  }
  const grown = (...wanted: string[]): Grown => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--expose-gc', '--no-warnings', join(import.meta.dirname, 'million-states.ts'), ...wanted],
      { encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout) as Grown;
  };
  for (const method of ['euler', 'rk4', 'tsit5', 'auto']) {
    const { state, memory, grew, most } = grown(method);
    if (method === 'euler') {
      report.value('a million states', state, 'MiB');
      report.value('the memory of their kernel, touched or not', memory, 'MiB');
    }
    report.value(`${method}: what the process has more at the end`, grew, 'MiB');
    report.goal(`memory of a million states, ${method}`, 'state and 64 MB', state + BESIDES, most, 'MiB');
  }
  for (const [method, kept] of [
    ['rk4', '2'],
    ['tsit5', '2'],
    ['tsit5', '8'],
  ] as const)
    report.value(
      `${method}, with ${kept} states to go back to, at the most`,
      grown(method, kept).most,
      'MiB',
    );
}
