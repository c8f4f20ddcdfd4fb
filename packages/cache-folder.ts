/** Where a person's machine keeps what can be made or fetched again. */
import { homedir } from 'node:os';
import { join } from 'node:path';

export function cacheFolder(of: 'packages' | 'results'): string {
  const own = process.env['POLLUX_CACHE'];
  const home = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return join(own === undefined || own === '' ? join(home, 'pollux') : own, of);
}
