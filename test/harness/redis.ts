/** A redis-server of its own on loopback, without a file, gone when the test is. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { ensureRedis } from '../../tools/setup/redis.mjs';
import { freePort } from './free-port.ts';

export interface RunningRedis {
  port: number;
  url: string;
  stop(): Promise<void>;
}

/** @throws SetupError where there is no redis-server and none can be installed */
export async function startRedis(...settings: string[]): Promise<RunningRedis> {
  const program = await ensureRedis();
  const folder = mkdtempSync(join(tmpdir(), 'pollux-redis-'));
  const port = await freePort();
  const own = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder];
  const where = settings.includes('--tls-port') ? [] : ['--port', String(port)];
  const server = spawn(
    program,
    [...own, ...where, ...settings.map((one) => (one === 'PORT' ? String(port) : one))],
    { stdio: 'ignore' },
  );
  const ended = new Promise((resolve) => server.once('exit', resolve));
  await listening(port, () => server.exitCode !== null);
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    stop: async () => {
      server.kill();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Until something answers there; whether it likes us is another matter. */
async function listening(port: number, failed: () => boolean): Promise<void> {
  for (;;) {
    if (failed()) throw new Error('redis-server does not start');
    const probe = new Redis({ host: '127.0.0.1', port, lazyConnect: true, retryStrategy: () => null });
    let heard = false;
    probe.on('error', () => {});
    probe.on('connect', () => (heard = true));
    await probe.connect().catch(() => {});
    probe.disconnect();
    if (heard) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
