import { Worker } from 'node:worker_threads';
import { type Hashed, type HashTask, hashFile } from './hash-file.ts';
import type { Job, JobDone, ThreadData } from './thread.ts';

/** Less than this is hashed before a thread has started. */
const LITTLE = 16 << 20;

/** A file, or a part of one, that is to be hashed. */
export interface Piece {
  readonly task: HashTask;
  /** Bytes. */
  readonly size: number;
  /** What came of it; undefined until then. */
  hashed: Hashed | undefined;
}

export interface HashOptions {
  /** Threads at most. */
  readonly jobs: number;
  /** Called with all bytes read so far, some times a second. */
  readonly onBytes: (bytes: number) => void;
  /** Called as each piece is done, in whatever order. */
  readonly onDone: (piece: Piece, hashed: Hashed) => void;
  /** Whoever waits has given up: the reason is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Hashes files and parts of files, as many at once as there are threads, the largest first, so that none of them is
 * left alone with a large one at the end.
 */
export async function hashFiles(pieces: readonly Piece[], options: HashOptions): Promise<void> {
  options.signal?.throwIfAborted();
  const total = pieces.reduce((sum, { size }) => sum + size, 0);
  if (total <= LITTLE) hashHere(pieces, options);
  else await hashInThreads(pieces, options);
}

function hashHere(pieces: readonly Piece[], { onBytes, onDone }: HashOptions): void {
  let bytes = 0;
  for (const piece of pieces) {
    piece.hashed = hashFile(piece.task, (more) => {
      bytes += more;
    });
    onDone(piece, piece.hashed);
    onBytes(bytes);
  }
}

async function hashInThreads(pieces: readonly Piece[], options: HashOptions): Promise<void> {
  const counter = new BigInt64Array(new SharedArrayBuffer(8));
  const read = () => Number(Atomics.load(counter, 0));
  const watch = setInterval(() => options.onBytes(read()), 100);
  const waiting = [...pieces].sort((a, b) => b.size - a.size).values();
  const count = Math.max(1, Math.min(options.jobs, pieces.length));
  const threads = Array.from({ length: count }, () => startThread(counter.buffer));
  const stop = (): void => threads.forEach((thread) => void thread.terminate());
  options.signal?.addEventListener('abort', stop, { once: true });
  try {
    await Promise.all(threads.map((thread) => feed(thread, waiting, options)));
  } finally {
    options.signal?.removeEventListener('abort', stop);
    clearInterval(watch);
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
  options.onBytes(read());
}

function startThread(counter: SharedArrayBuffer): Worker {
  const file = import.meta.url.endsWith('.ts') ? './thread.ts' : './thread.js';
  return new Worker(new URL(file, import.meta.url), { workerData: { counter } satisfies ThreadData });
}

/** Gives a thread one piece after the other, until there are none. */
function feed(thread: Worker, waiting: Iterator<Piece>, { onDone }: HashOptions): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let piece: Piece | undefined;
  const next = (): void => {
    const step = waiting.next();
    piece = step.done === true ? undefined : step.value;
    if (piece === undefined) resolve();
    else thread.postMessage({ task: piece.task } satisfies Job);
  };
  thread.on('message', ({ hashed }: JobDone) => {
    if (piece === undefined) return;
    piece.hashed = hashed;
    onDone(piece, hashed);
    next();
  });
  thread.on('error', reject);
  thread.on('exit', () => reject(new Error('a thread that hashes files ended')));
  next();
  return promise;
}
