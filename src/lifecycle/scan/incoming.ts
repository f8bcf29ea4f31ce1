import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addAbortSignal, Readable } from 'node:stream';
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
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-scan-'));
  const forget = () => rm(folder, { recursive: true, force: true });
  const file = join(folder, 'incoming');
  try {
    const handle = await open(file, 'wx', 0o600);
    let size = 0;
    try {
      for await (const chunk of chunks) {
        await handle.writeFile(chunk);
        size += chunk.length;
      }
    } finally {
      await handle.close();
    }
    return { targets: [{ path: name, file, size }], left: [], forget };
  } catch (error) {
    await forget();
    throw error;
  }
}
