import { Worker } from 'node:worker_threads';
import { type Hashed, type HashTask, hashFile } from './hash-file.ts';
import type { Job, JobDone, ThreadData } from './thread.ts';

/** Less than this is hashed before a thread has started. */
const LITTLE = 16 << 20;

export interface HashOptions {
  /** Threads at most. */
  readonly jobs: number;
  /** Called with all bytes read so far, some times a second. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
  /** Called as each task ends, in whatever order they do. */
  readonly onDone?: ((index: number, hashed: Hashed) => void) | undefined;
}

/**
 * Hashes files and parts of files, as many at once as there are threads, the largest first, so that none of them is
 * left alone with a large one at the end. Results are in the order of the tasks.
 *
 * @param sizes of the tasks, in bytes
 */
export async function hashFiles(
  tasks: readonly HashTask[],
  sizes: readonly number[],
  { jobs, onBytes, onDone }: HashOptions,
): Promise<Hashed[]> {
  const results = new Array<Hashed>(tasks.length);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const done = (index: number, hashed: Hashed): void => {
    results[index] = hashed;
    onDone?.(index, hashed);
  };
  if (total <= LITTLE || tasks.length === 0) {
    let bytes = 0;
    for (const [index, task] of tasks.entries()) {
      done(
        index,
        hashFile(task, (more) => {
          bytes += more;
        }),
      );
      onBytes?.(bytes);
    }
    return results;
  }
  const order = tasks.map((_, index) => index).sort((a, b) => (sizes[b] ?? 0) - (sizes[a] ?? 0));
  const counter = new BigInt64Array(new SharedArrayBuffer(8));
  const watch = setInterval(() => onBytes?.(Number(Atomics.load(counter, 0))), 100);
  const threads = Array.from({ length: Math.max(1, Math.min(jobs, tasks.length)) }, () =>
    startThread(counter.buffer),
  );
  try {
    await Promise.all(threads.map((thread) => feed(thread, order, tasks, done)));
  } finally {
    clearInterval(watch);
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
  onBytes?.(Number(Atomics.load(counter, 0)));
  return results;
}

function startThread(counter: SharedArrayBuffer): Worker {
  const file = import.meta.url.endsWith('.ts') ? './thread.ts' : './thread.js';
  return new Worker(new URL(file, import.meta.url), { workerData: { counter } satisfies ThreadData });
}

/** Gives a thread one task after the other, until there are none. */
function feed(
  thread: Worker,
  order: number[],
  tasks: readonly HashTask[],
  done: (index: number, hashed: Hashed) => void,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const next = (): void => {
    const index = order.shift();
    if (index === undefined) resolve();
    else thread.postMessage({ index, task: tasks[index] as HashTask } satisfies Job);
  };
  thread.on('message', ({ index, hashed }: JobDone) => {
    done(index, hashed);
    next();
  });
  thread.on('error', reject);
  thread.on('exit', () => reject(new Error('a thread that hashes files ended')));
  next();
  return promise;
}
