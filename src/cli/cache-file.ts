import { join } from 'node:path';
import type { CliIo } from './io.ts';

/** In the user's own folder for caches (XDG Base Directory). */
export function cacheFile(io: CliIo): string {
  const home = io.env.HOME ?? io.env.USERPROFILE ?? io.cwd;
  return join(io.env.XDG_CACHE_HOME || join(home, '.cache'), 'gatehouse', 'digests');
}
