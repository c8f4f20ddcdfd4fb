/** Packages as real git repositories in a temporary folder. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll } from 'vitest';

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pollux-packages-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function write(folder: string, files: Record<string, string | object>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
}

const IDENTITY = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org', '-c', 'commit.gpgsign=false'];

export class Repository {
  readonly folder: string;
  /** `file://…` */
  readonly address: string;

  constructor(parent: string, name: string) {
    this.folder = join(parent, name);
    this.address = pathToFileURL(this.folder).href;
    mkdirSync(this.folder);
    this.git('init', '--quiet', '--initial-branch', 'main');
  }

  git(...args: string[]): string {
    return execFileSync('git', [...IDENTITY, ...args], { cwd: this.folder, encoding: 'utf8' }).trim();
  }

  /** Commits files, and tags the commit `v…` when a version is given. */
  commit(files: Record<string, string | object>, version?: string): string {
    write(this.folder, files);
    this.git('add', '--all');
    this.git('commit', '--quiet', '--message', version ?? 'A change');
    if (version !== undefined) this.git('tag', `v${version}`);
    return this.git('rev-parse', 'HEAD');
  }
}
