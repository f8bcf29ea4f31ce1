import { writeSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { constants, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { FolderLock } from './lock.ts';
import { lockFolder } from './lock.ts';

/** The file operations that the writer of a ledger uses, so that a test can make each of them fail. */
export interface Disk {
  /** Reading and writing, 0600; made where it is not there. Opening makes no data and no name durable. */
  open(path: string): Promise<DiskFile>;
  /** Names in a folder; none where there is no such folder. */
  list(folder: string): Promise<string[]>;
  rename(from: string, to: string): Promise<void>;
  /** Nothing happens where there is no such file. */
  remove(path: string): Promise<void>;
  /** Makes the names in a folder durable: files made, renamed. */
  syncFolder(folder: string): Promise<void>;
  /** Keeps other processes off a folder. */
  lock(folder: string): FolderLock;
}

export interface DiskFile {
  size(): Promise<number>;
  /** Bytes read, 0 at the end. */
  read(into: Uint8Array, position: number): Promise<number>;
  /** Bytes written, which may be fewer than asked. Not durable yet. */
  write(bytes: Uint8Array, position: number): Promise<number>;
  truncate(size: number): Promise<void>;
  /** Makes content and size durable. After it failed, nothing is known of what was written since the last success. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export const nodeDisk: Disk = {
  open: async (path) => new NodeFile(await open(path, constants.O_RDWR | constants.O_CREAT, 0o600)),
  list: (folder) => readdir(folder).catch(noneWhereMissing),
  rename,
  remove: (path) => rm(path, { force: true }),
  async syncFolder(folder) {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
  lock: lockFolder,
};

function noneWhereMissing(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}

class NodeFile implements DiskFile {
  readonly #handle: FileHandle;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async size(): Promise<number> {
    return (await this.#handle.stat()).size;
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    return (await this.#handle.read(into, 0, into.length, position)).bytesRead;
  }

  /** In place: it only fills the system's memory, and costs a tenth of the way through a thread that syncing takes. */
  async write(bytes: Uint8Array, position: number): Promise<number> {
    return writeSync(this.#handle.fd, bytes, 0, bytes.length, position);
  }

  truncate(size: number): Promise<void> {
    return this.#handle.truncate(size);
  }

  sync(): Promise<void> {
    return this.#handle.datasync();
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** Writes all of the bytes, however often the disk takes only some. */
export async function writeAll(file: DiskFile, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const written = await file.write(bytes.subarray(done), position + done);
    if (written <= 0) throw new Error('the disk took no bytes');
    done += written;
  }
}

/** Puts a file in place whole: after a crash at any moment there is the old one or the new one, never a part. */
export async function replaceFile(disk: Disk, path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.tmp`;
  const file = await disk.open(temporary);
  try {
    await file.truncate(0);
    await writeAll(file, bytes, 0);
    await file.sync();
  } finally {
    await file.close();
  }
  await disk.rename(temporary, path);
  await disk.syncFolder(dirname(path));
}

/** A whole file from `start` on; for files that are small by their nature. */
export async function readWhole(disk: Disk, path: string, start = 0): Promise<Buffer> {
  const file = await disk.open(path);
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of readChunks(file, start)) chunks.push(Buffer.from(chunk));
    return Buffer.concat(chunks);
  } finally {
    await file.close();
  }
}

/** A file's bytes from `start` on, in chunks that share one buffer: use each before asking for the next. */
export async function* readChunks(
  file: DiskFile,
  start: number,
  end = Number.POSITIVE_INFINITY,
): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(256 * 1024);
  for (let at = start; at < end; ) {
    const count = await file.read(buffer.subarray(0, Math.min(buffer.length, end - at)), at);
    if (count === 0) return;
    yield buffer.subarray(0, count);
    at += count;
  }
}

/** Copies a file's bytes `from` to `to` into another one, and shows each chunk on its way. Not durable yet. */
export async function copyRange(
  disk: Disk,
  path: string,
  { from, to }: { readonly from: number; readonly to: number },
  into: DiskFile,
  position = 0,
  onChunk: (chunk: Uint8Array) => void = () => {},
): Promise<number> {
  let at = position;
  const file = await disk.open(path);
  try {
    for await (const chunk of readChunks(file, from, to)) {
      onChunk(chunk);
      await writeAll(into, chunk, at);
      at += chunk.length;
    }
    return at - position;
  } finally {
    await file.close();
  }
}

/**
 * Writes a part of a file over itself and syncs it. What was left by a process that died may come from a write whose
 * sync had failed: then it can be read, but only from memory, and a sync alone would not write it.
 */
export async function rewrite(file: DiskFile, from: number, to: number): Promise<void> {
  if (from === to) return;
  let at = from;
  for await (const chunk of readChunks(file, from, to)) {
    await writeAll(file, chunk, at);
    at += chunk.length;
  }
  await file.sync();
}
