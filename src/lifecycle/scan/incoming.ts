import { existsSync } from 'node:fs';
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addAbortSignal, Readable } from 'node:stream';
import { Problem } from '../../base/problem.ts';
import type { Walked } from './walk.ts';

/**
 * Keeps what comes in a stream in a file of its own while it is scanned: readers look at any place of it.
 * @param signal whoever waits has given up: a stream is not waited for, and nothing is kept
 */
export async function keepIncoming(
  name: string,
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<Walked & { forget(): Promise<void> }> {
  if (chunks instanceof Readable) addAbortSignal(signal, chunks);
  const { file, handle, forget } = await hiddenFile();
  try {
    let size = 0;
    for await (const chunk of chunks) {
      await handle.writeFile(chunk);
      size += chunk.length;
    }
    return { targets: [{ path: name, file, size }], left: [], forget };
  } catch (error) {
    await forget();
    throw isOfDisk(error) ? noPlace(error) : error;
  }
}

const isOfDisk = (error: unknown): boolean =>
  error instanceof Error &&
  'syscall' in error &&
  ['write', 'open', 'mkdtemp'].includes(String(error.syscall));

const noPlace = (cause: unknown): Problem =>
  new Problem(
    'environment',
    `what comes in cannot be kept in ${tmpdir()} while it is scanned`,
    'Name a folder with more room in TMPDIR, or scan a file.',
    cause,
  );

/** A file that nobody else may read. Where the system allows it has no name, so that nothing is left however we end. */
async function hiddenFile(): Promise<{ file: string; handle: FileHandle; forget(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-scan-')).catch((error: unknown) => {
    throw noPlace(error);
  });
  const file = join(folder, 'incoming');
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const handle = await open(file, 'wx+', 0o600);
    const forget = () => handle.close().finally(remove);
    // The threads that read it are of this process, and find it by its number.
    const nameless = `/proc/self/fd/${handle.fd}`;
    if (process.platform !== 'linux' || !existsSync(nameless)) return { file, handle, forget };
    await remove();
    return { file: nameless, handle, forget };
  } catch (error) {
    await remove();
    throw error;
  }
}
