/** A redis-server for the tests of workers: the system's own, installed by apt where we may. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { SetupError, cacheFolder, progress, run, withLock } from './step.mjs';

/** @returns {string | undefined} path of a redis-server or valkey-server that is already here */
export function findRedis() {
  const folders = ['/usr/bin', '/usr/local/bin', ...(process.env.PATH ?? '').split(delimiter)];
  return folders
    .flatMap((folder) => ['redis-server', 'valkey-server'].map((name) => join(folder, name)))
    .find((file) => existsSync(file));
}

/** @returns {Promise<string>} path of a redis-server */
export async function ensureRedis() {
  const found = findRedis();
  if (found !== undefined) return found;
  const remedy = 'install redis-server or valkey-server (Debian: `sudo apt-get install redis-server`).';
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version'))
    throw new SetupError('There is no redis-server here.', 'PATH names none', remedy);
  return withLock(join(cacheFolder(), 'apt.lock'), async () => {
    const now = findRedis();
    if (now !== undefined) return now;
    progress('redis', 'apt-get install redis-server');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update'], { env });
    // Without a service: only the tests start one.
    const args = ['install', '-y', '--no-install-recommends', 'redis-server'];
    const { output } = await run('apt-get', ['-o', 'DPkg::Lock::Timeout=300', ...args], {
      env: { ...env, RUNLEVEL: '1' },
    });
    const installed = findRedis();
    if (installed !== undefined) return installed;
    throw new SetupError('redis-server could not be installed.', output.slice(-600), remedy);
  });
}
