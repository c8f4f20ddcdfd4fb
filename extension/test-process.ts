/** Tests by the command line, in a process of their own. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as vscode from 'vscode';
import type { TestOutcome } from '../debug-adapter/protocol.ts';
import type { CoveredFile, RunCoverage } from './coverage.ts';
import { commandLine } from './tasks.ts';
import type { TestRunner } from './test-explorer.ts';

export const testProcess: TestRunner = { run, covers: true, reads: ({ scheme }) => scheme === 'file' };

/** `names`: of the only test that is wanted, if it is one. */
async function run(
  uri: vscode.Uri,
  names: readonly string[],
  coverage: RunCoverage | undefined,
  cancellation: vscode.CancellationToken,
): Promise<TestOutcome[]> {
  const filter = names.map((name) => `--filter=${name}`);
  if (coverage === undefined) return outcomesOf([...filter, uri.fsPath], cancellation);
  const folder = await mkdtemp(join(tmpdir(), 'pollux-coverage-'));
  try {
    const asked = ['--coverage-report', 'json', '--coverage-out', folder, ...filter];
    const outcomes = await outcomesOf([...asked, uri.fsPath], cancellation);
    const written = await readFile(join(folder, 'coverage.json'), 'utf8');
    coverage.add((JSON.parse(written) as { files: CoveredFile[] }).files);
    return outcomes;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function outcomesOf(args: readonly string[], cancellation: vscode.CancellationToken): Promise<TestOutcome[]> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      process.execPath,
      [commandLine(), 'test', '--json', ...args],
      { env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' }, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        // 3: some tests failed, which is a result.
        if (error !== null && error.code !== 3) reject(new Error(stderr.trim() || error.message));
        else {
          try {
            resolve((JSON.parse(stdout) as { tests: TestOutcome[] }).tests);
          } catch {
            reject(new Error(stderr.trim() || 'pollux test printed no result'));
          }
        }
      },
    );
    cancellation.onCancellationRequested(() => child.kill());
  });
}
