import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import type { CliIo } from './io.ts';

/** In the user's own folder for caches (XDG Base Directory). */
export function cacheFile(io: CliIo): string {
  const home = io.env.HOME ?? io.env.USERPROFILE ?? io.cwd;
  return join(io.env.XDG_CACHE_HOME || join(home, '.cache'), 'gatehouse', 'digests');
}

export function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('Write a number from 1 on.');
  return value;
}
