/** A neovim, as an editor that is not ours, for the test of the language server: the system's, installed by apt where we may. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { SetupError, cacheFolder, progress, run, withLock } from './step.mjs';

/** @returns {string | undefined} path of an nvim that is already here */
export function findNeovim() {
  const folders = ['/usr/bin', '/usr/local/bin', ...(process.env.PATH ?? '').split(delimiter)];
  return folders.map((folder) => join(folder, 'nvim')).find((file) => existsSync(file));
}

/** @returns {Promise<string>} path of an nvim */
export async function ensureNeovim() {
  const found = findNeovim();
  if (found !== undefined) return found;
  const remedy = 'install neovim (Debian: `sudo apt-get install neovim`).';
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version'))
    throw new SetupError('There is no neovim here.', 'PATH names none', remedy);
  return withLock(join(cacheFolder(), 'apt.lock'), async () => {
    const now = findNeovim();
    if (now !== undefined) return now;
    progress('neovim', 'apt-get install neovim');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update'], { env });
    const args = ['install', '-y', '--no-install-recommends', 'neovim'];
    const { output } = await run('apt-get', ['-o', 'DPkg::Lock::Timeout=300', ...args], { env });
    const installed = findNeovim();
    if (installed !== undefined) return installed;
    throw new SetupError('neovim could not be installed.', output.slice(-600), remedy);
  });
}
