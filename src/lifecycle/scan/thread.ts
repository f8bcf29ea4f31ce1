import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import type { FileRead } from '../../findings/result.ts';
import { FORMATS } from '../../formats/index.ts';
import { Book } from './calls/book.ts';
import type { CallEntry } from './policy.ts';
import { type Bounds, scanFile } from './scanner.ts';
import { FileSource } from './unpacked.ts';

// Runs in a worker thread, so that a reader that hangs or grows takes nobody with it.

export interface ThreadData {
  readonly calls: readonly CallEntry[];
  readonly bounds: Bounds;
}

export interface Task {
  readonly path: string;
  readonly file: string;
}

export type Done = { readonly read: FileRead } | { readonly failed: string };

const CHUNK = 1 << 20;

if (parentPort !== null) {
  const port = parentPort;
  const { calls, bounds } = workerData as ThreadData;
  const readers = { formats: FORMATS, calls: new Book(calls) };
  port.on('message', async ({ path, file }: Task) => {
    port.postMessage(await scanned(path, file, readers, bounds));
  });
}

async function scanned(
  path: string,
  file: string,
  readers: Parameters<typeof scanFile>[2],
  bounds: Bounds,
): Promise<Done> {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch {
    return { failed: 'it cannot be opened' };
  }
  try {
    const before = fstatSync(fd);
    const sha256 = digestOf(fd);
    const read = await scanFile(path, new FileSource(fd, before.size), readers, bounds);
    const after = fstatSync(fd);
    if (before.size !== after.size || before.mtimeMs !== after.mtimeMs)
      return { failed: 'it changed while it was read' };
    return { read: { ...read, sha256 } };
  } catch (error) {
    return {
      failed: error instanceof Error && 'syscall' in error ? 'it cannot be read' : 'our reader of it failed',
    };
  } finally {
    closeSync(fd);
  }
}

function digestOf(fd: number): string {
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafe(CHUNK);
  for (let at = 0; ; ) {
    const got = readSync(fd, chunk, 0, CHUNK, at);
    if (got === 0) return hash.digest('hex');
    hash.update(chunk.subarray(0, got));
    at += got;
  }
}
