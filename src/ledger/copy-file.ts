import { createReadStream, createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

/**
 * Copies a file, or its first `bytes`, into a new one of mode 0600 that is durable when this resolves. Rejects where
 * the new one is there already, and with the error of the file system.
 */
export async function copyFile(from: string, to: string, bytes = Number.POSITIVE_INFINITY): Promise<void> {
  const fresh = { mode: 0o600, flags: 'wx', flush: true } as const;
  if (bytes === 0) return writeFile(to, '', { mode: 0o600, flag: 'wx', flush: true });
  await pipeline(createReadStream(from, { end: bytes - 1 }), createWriteStream(to, fresh));
}
