import { createHash, hash } from 'node:crypto';
import { type BigIntStats, closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import type { Range } from '../../findings/finding.ts';
import type { FileRead } from '../../findings/result.ts';
import { FORMATS } from '../../formats/index.ts';
import { weights } from '../../formats/raw.ts';
import { Bytes, type Source } from '../../formats/source.ts';
import type { Bounds } from './bounds.ts';
import { Book } from './calls/book.ts';
import type { CallEntry } from './policy.ts';
import { type Readers, scanFile } from './scanner.ts';
import { FileSource } from './unpacked.ts';

// Runs in a worker thread, so that a reader that hangs or grows takes nobody with it.

export interface ThreadData {
  readonly calls: readonly CallEntry[];
  readonly bounds: Bounds;
}

export interface Finished {
  /** How many files the thread has read, whether it has told of them or not. Shared. */
  readonly finished: Int32Array<SharedArrayBuffer>;
}

export interface Task {
  readonly path: string;
  readonly file: string;
  /** Bytes, where that is known. */
  readonly size?: number | undefined;
  /** Where a graph beside it says that it holds numbers; it is of no format. */
  readonly numbers?: readonly Range[] | undefined;
}

export type Done = { readonly read: FileRead } | { readonly failed: string };

/** Files that are read within so many milliseconds are told of together. */
const TOGETHER = 20;
/** A file up to this size is read once, for its digest and its readers: bytes. */
const SMALL = 1 << 20;
/** One for all files: thousands of new ones would be a garbage collection every few files. */
const CHUNK = new Uint8Array(SMALL);

if (parentPort !== null) {
  const port = parentPort;
  const { calls, bounds, finished } = workerData as ThreadData & Finished;
  const readers = { formats: FORMATS, calls: new Book(calls) };
  // What does not fit a format is thrown by the thousand; where from, nobody is told.
  Error.stackTraceLimit = 0;
  port.on('message', async (tasks: readonly Task[]) => {
    let answers: Done[] = [];
    let last = performance.now();
    for (const task of tasks) {
      answers.push(await scanned(task, readers, bounds));
      // Whoever waits learns at once which file the reader is at; a message for each would cost as much as reading it.
      Atomics.add(finished, 0, 1);
      if (performance.now() - last < TOGETHER) continue;
      port.postMessage(answers);
      answers = [];
      last = performance.now();
    }
    if (answers.length > 0) port.postMessage(answers);
  });
}

async function scanned({ path, file, numbers }: Task, readers: Readers, bounds: Bounds): Promise<Done> {
  let fd: number;
  try {
    // A pipe may stand there by now: to wait for whoever writes to it is the one thing that no thread can be stopped at.
    fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return { failed: 'it cannot be opened' };
  }
  try {
    const before = fstatSync(fd, { bigint: true });
    if (!before.isFile()) return { failed: 'it is no file' };
    const [source, sha256] = opened(fd, Number(before.size));
    const read =
      numbers === undefined
        ? await scanFile(path, source, readers, bounds)
        : await scanFile(
            path,
            source,
            { ...readers, formats: [...FORMATS, weights(numbers)] },
            bounds,
            'weights',
          );
    if (!isSame(before, fstatSync(fd, { bigint: true }))) return { failed: 'it changed while it was read' };
    return { read: { ...read, sha256 } };
  } catch (error) {
    return {
      failed: error instanceof Error && 'syscall' in error ? 'it cannot be read' : 'our reader of it failed',
    };
  } finally {
    closeSync(fd);
  }
}

/** Whoever writes to a file can set back when it was written to, but not when it was changed. */
const isSame = (a: BigIntStats, b: BigIntStats): boolean =>
  a.size === b.size && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs;

/** A file for its readers, and its SHA-256. */
function opened(fd: number, size: number): [Source, string] {
  const file = new FileSource(fd, size);
  if (size > SMALL) return [file, digestOf(fd)];
  const bytes = new Uint8Array(CHUNK.buffer, 0, file.fill(0, CHUNK));
  return [new Bytes(bytes), hash('sha256', bytes)];
}

function digestOf(fd: number): string {
  const digest = createHash('sha256');
  for (let at = 0; ; ) {
    const got = readSync(fd, CHUNK, 0, CHUNK.length, at);
    if (got === 0) return digest.digest('hex');
    digest.update(CHUNK.subarray(0, got));
    at += got;
  }
}
