import { Worker } from 'node:worker_threads';
import type { Done, Task, ThreadData } from './thread.ts';

/** Beyond the time that a file has, this long until its reader is taken for hung: milliseconds. */
const GRACE = 10_000;
/** Objects of one reader, MiB; buffers and what is unpacked are bounded where they are made. */
const HEAP = 160;

/** One reader in a thread of its own. It is killed where it does not come back, and another takes its place. */
export class ReaderThread {
  readonly #data: ThreadData;
  #worker: Worker | undefined;
  #give: ((done: Done) => void) | undefined;

  constructor(data: ThreadData) {
    this.#data = data;
  }

  /** Never throws: what cannot be read is said to be so. */
  read(task: Task): Promise<Done> {
    const { promise, resolve } = Promise.withResolvers<Done>();
    const worker = this.#start();
    const watch = setTimeout(
      () => this.#lose(worker, 'its reader did not come back, and was stopped'),
      this.#data.bounds.time + GRACE,
    );
    this.#give = (done) => {
      clearTimeout(watch);
      this.#give = undefined;
      resolve(done);
    };
    worker.postMessage(task);
    return promise;
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
    this.#give?.({ failed: 'the scan was stopped' });
  }

  #start(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const file = import.meta.url.endsWith('.ts') ? './thread.ts' : './thread.js';
    const worker = new Worker(new URL(file, import.meta.url), {
      workerData: this.#data,
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: HEAP },
    });
    worker.on('message', (done: Done) => this.#give?.(done));
    worker.on('error', (error: unknown) =>
      this.#lose(
        worker,
        error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
          ? 'its reader needed too much memory, and was stopped'
          : 'its reader failed',
      ),
    );
    worker.on('exit', () => this.#lose(worker, 'its reader ended'));
    this.#worker = worker;
    return worker;
  }

  #lose(worker: Worker, failed: string): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    void worker.terminate();
    this.#give?.({ failed });
  }
}
