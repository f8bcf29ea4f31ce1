import { parentPort, workerData } from 'node:worker_threads';
import { type Hashed, type HashTask, hashFile } from './hash-file.ts';

// Runs in a worker thread: one file, or one part of a file, after the other.

export interface ThreadData {
  /** Bytes read so far, by all threads. */
  readonly counter: SharedArrayBuffer;
}

export interface Job {
  readonly task: HashTask;
}

export interface JobDone {
  readonly hashed: Hashed;
}

if (parentPort !== null) {
  const port = parentPort;
  const counter = new BigInt64Array((workerData as ThreadData).counter);
  port.on('message', ({ task }: Job) => {
    const hashed = hashFile(task, (bytes) => void Atomics.add(counter, 0, BigInt(bytes)));
    port.postMessage({ hashed } satisfies JobDone);
  });
}
