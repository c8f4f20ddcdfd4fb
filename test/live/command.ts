/** `pollux` as it is shipped, in a process of its own. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as esbuild from 'esbuild';
import { execFileSync } from 'node:child_process';
import { WebSocket } from 'ws';
import type { FromPreview, Hello, SessionStatus, ToPreview, TwinEvent } from '../../preview/protocol.ts';
import { createTold } from './told.ts';

export const repository = join(import.meta.dirname, '..', '..');
const out = join(repository, 'dist', 'test', 'live');
export const pollux = join(out, 'pollux.mjs');

/** Bundles the command and the runner from the sources as they are; the preview only when it was never built. */
export async function bundleCommand(): Promise<void> {
  if (
    !existsSync(join(repository, 'dist', 'preview', 'index.html')) ||
    !existsSync(join(repository, 'dist', 'standalone', 'run.mjs'))
  )
    execFileSync(process.execPath, [join(repository, 'esbuild.mjs')]);
  const common: esbuild.BuildOptions = {
    bundle: true,
    format: 'esm',
    logLevel: 'error',
    outExtension: { '.js': '.mjs' },
    outdir: out,
  };
  await esbuild.build({
    ...common,
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
    // As `esbuild.mjs` says.
    external: ['proper-lockfile'],
    splitting: true,
    loader: { '.twin': 'text' },
    entryPoints: { pollux: join(repository, 'cli', 'main.ts') },
    banner: {
      js: `import { createRequire as __pollux_require } from 'node:module'; import { fileURLToPath as __pollux_path } from 'node:url';
const require = __pollux_require(import.meta.url); const __filename = __pollux_path(import.meta.url), __dirname = __pollux_path(new URL('.', import.meta.url));`,
    },
  });
  await esbuild.build({
    ...common,
    platform: 'neutral',
    external: ['node:*'],
    entryPoints: { run: join(repository, 'cli', 'standalone', 'main.ts') },
  });
}

export interface Running {
  child: ChildProcess;
  output(): string;
  /** Exit code, once it has ended. */
  ended: Promise<number | null>;
}

export function start(args: readonly string[], environment: Record<string, string> = {}): Running {
  const child = spawn(process.execPath, [pollux, ...args], {
    cwd: repository,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], NO_COLOR: '1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout!.on('data', (part: Buffer) => (text += part.toString()));
  child.stderr!.on('data', (part: Buffer) => (text += part.toString()));
  return { child, output: () => text, ended: new Promise((resolve) => child.once('close', resolve)) };
}

/** Of its page, once it says so, however long a busy machine takes to start it. */
export async function addressOf({ child, output, ended }: Running): Promise<string> {
  const found = (): string | undefined => /page +(http:\S+)/.exec(output())?.[1];
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (found() !== undefined) resolve();
    };
    child.stdout!.on('data', look);
    void ended.then(() => resolve());
    look();
  });
  const address = found();
  if (address === undefined) throw new Error(`it ended without an address: ${output()}`);
  return address;
}

export interface Viewer {
  hello(): Hello | undefined;
  status(): SessionStatus | undefined;
  events(): readonly TwinEvent[];
  /** Rows of a series, as they came. */
  values(series: string): number[];
  send(message: FromPreview): void;
  close(): void;
}

/** A page, as far as the session can tell. */
export async function view(address: string, series: readonly string[]): Promise<Viewer> {
  const socket = new WebSocket(`${address.replace('http', 'ws')}session`);
  let hello: Hello | undefined;
  let status: SessionStatus | undefined;
  const told = createTold();
  const rows = new Map<string, number[]>(series.map((id) => [id, []]));
  const send = (message: FromPreview): void => socket.send(JSON.stringify(message));
  socket.on('message', (data) => {
    const message = JSON.parse(String(data)) as ToPreview;
    told.hear(message);
    if (message.type === 'hello') {
      hello = message;
      send({ type: 'subscribe', series: [...series] });
    } else if (message.type === 'status') status = message.status;
    else if (message.type === 'frame')
      message.series.forEach((id, i) => {
        for (const value of message.columns[i]!) if (value !== null) rows.get(id)?.push(value);
      });
  });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  send({ type: 'ready' });
  return {
    hello: () => hello,
    status: () => status,
    events: told.events,
    values: (id) => rows.get(id) ?? [],
    send,
    close: () => socket.terminate(),
  };
}
