/** A Chromium for the tests that look at pages: the system's own, installed by apt where we may. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { SetupError, cacheFolder, progress, run, withLock } from './step.mjs';

/** @returns {string | undefined} path of a Chromium or Chrome that is already here */
export function findChromium() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
  const folders = ['/usr/bin', ...(process.env.PATH ?? '').split(delimiter)];
  const candidates = [
    ...folders.flatMap((folder) => names.map((name) => join(folder, name))),
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  ];
  return candidates.find((file) => existsSync(file));
}

/** @returns {Promise<string>} path of a Chromium */
export async function ensureChromium() {
  const found = findChromium();
  if (found !== undefined) {
    if (existsSync(found)) return found;
    throw new SetupError(
      'Chromium is not where CHROMIUM says.',
      `${found} does not exist`,
      'correct or unset CHROMIUM.',
    );
  }
  const mayInstall = process.getuid?.() === 0 && existsSync('/etc/debian_version');
  if (!mayInstall) {
    throw new SetupError(
      'Chromium is needed by the tests and is not here.',
      'neither CHROMIUM nor PATH names one',
      'install it (Debian or Ubuntu: `sudo apt-get install chromium fonts-dejavu-core`; macOS: `brew install --cask chromium`), or set CHROMIUM to its path.',
    );
  }
  return withLock(join(cacheFolder(), 'apt.lock'), async () => {
    const now = findChromium();
    if (now !== undefined) return now;
    progress('chromium', 'apt-get install chromium fonts-dejavu-core');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const update = await run('apt-get', ['update'], { env });
    const args = ['install', '-y', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'];
    const install = await run('apt-get', ['-o', 'DPkg::Lock::Timeout=300', ...args], { env });
    const installed = findChromium();
    if (installed !== undefined) return installed;
    const lines = `${update.output}\n${install.output}`
      .split('\n')
      .filter((line) => /^(E|W|Err):?/.test(line));
    throw new SetupError(
      'Chromium could not be installed with apt-get.',
      lines.slice(0, 6).join('\n') || install.output.slice(-600),
      'install chromium by hand, or set CHROMIUM to the path of one.',
    );
  });
}
