/** `pollux diff` in a process of its own: a long comparison slows neither the editor nor the language server. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type * as vscode from 'vscode';
import { commandLine } from '../tasks.ts';

/** Differences are what it is for; findings of its own are said on standard error. */
const DONE = new Set([0, 2]);

/** Writes `report/` and `before.json` into a folder. Returns why there are none, in words. */
export function runDiff(
  words: readonly string[],
  folder: string,
  cwd: string,
  cancelled: vscode.CancellationToken,
  progress: (message: string) => void,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const args = [
      'diff',
      ...words,
      '--report',
      join(folder, 'report'),
      '--before',
      join(folder, 'before.json'),
    ];
    const child = spawn(process.execPath, [commandLine(), ...args], {
      cwd,
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', NO_COLOR: '1' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const last = text.trim().split('\n').at(-1)!;
      if (last.startsWith('running ')) progress(last);
    });
    const stop = cancelled.onCancellationRequested(() => child.kill());
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code) => {
      stop.dispose();
      if (cancelled.isCancellationRequested) resolve('cancelled');
      else resolve(DONE.has(code ?? -1) ? undefined : said.trim() || `pollux ended with ${code}`);
    });
  });
}
