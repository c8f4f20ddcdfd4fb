/** Debian's docker-registry on loopback, with a user; installed by apt where we may. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock, cacheFolder } from '../../tools/setup/step.mjs';
import { freePort } from '../harness/free-port.ts';

export const USER = { username: 'ada', password: 'open sesame' };
/** bcrypt of the password, by crypt(3). */
const HASH = '$2y$05$abcdefghijklmnopqrstuupx2xBUC4954936wVIjyyPHmUBFu0wCW';
const PROGRAM = '/usr/bin/docker-registry';

/** Why it cannot be had; undefined when it is here. */
export async function whyNoRegistry(): Promise<string | undefined> {
  if (existsSync(PROGRAM)) return undefined;
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version'))
    return 'docker-registry is not here, and only root on Debian may install it';
  await withLock(join(cacheFolder(), 'apt.lock'), async () => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const apt = (...args: string[]) =>
      spawnSync('apt-get', ['-o', 'DPkg::Lock::Timeout=300', ...args], { env, stdio: 'ignore' });
    const install = ['install', '-y', '--no-install-recommends', 'docker-registry'];
    if (!existsSync(PROGRAM) && apt(...install).status !== 0) {
      apt('update');
      apt(...install);
    }
  });
  return existsSync(PROGRAM) ? undefined : 'apt-get could not install docker-registry';
}

export async function startDockerRegistry(folder: string): Promise<{ host: string; stop(): void }> {
  mkdirSync(join(folder, 'data'), { recursive: true });
  writeFileSync(join(folder, 'users'), `${USER.username}:${HASH}\n`);
  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  writeFileSync(
    join(folder, 'config.yml'),
    [
      'version: 0.1',
      'log: { level: error, accesslog: { disabled: true } }',
      `storage: { filesystem: { rootdirectory: ${join(folder, 'data')} } }`,
      `http: { addr: '${host}' }`,
      `auth: { htpasswd: { realm: test, path: ${join(folder, 'users')} } }`,
      '',
    ].join('\n'),
  );
  const child = spawn(PROGRAM, ['serve', join(folder, 'config.yml')], { stdio: 'ignore' });
  for (let tries = 0; tries < 200; tries += 1) {
    const answer = await fetch(`http://${host}/v2/`).catch(() => undefined);
    if (answer?.status === 401) return { host, stop: () => void child.kill() };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill();
  throw new Error('docker-registry did not come up');
}
