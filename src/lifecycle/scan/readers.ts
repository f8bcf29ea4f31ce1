import { Worker } from 'node:worker_threads';
import type { Done, Finished, Task, ThreadData } from './thread.ts';

/** Beyond the time that a file has, this long until its reader is taken for hung: milliseconds. */
const GRACE = 10_000;
/** A disk gives no less: bytes in a millisecond. */
const SLOWEST = 50_000;
/** Timers take no more: milliseconds. Beyond it they would go off at once. */
const LONGEST = 2 ** 31 - 1;
/** Objects that a reader may keep, MiB; buffers and what is unpacked are bounded where they are made. */
export interface Memory {
  readonly old: number;
  /** What a file leaves behind is young. With less, small files wait for collections; more is only kept longer. */
  readonly young: number;
}

/** With one reader, and with two that have this each, the whole process stays below 256 MiB. */
export const ALONE: Memory = { old: 104, young: 12 };
export const SHARED: Memory = { old: 44, young: 12 };

/** Why a file was not read by a reader that had too little memory for it. */
export const TOO_MUCH = 'its reader needed too much memory, and was stopped';

/**
 * One reader in a thread of its own. It is killed where it does not come back, and another takes its place: the file it
 * was at has failed, and all others are read by the other.
 */
export class ReaderThread {
  readonly #data: ThreadData;
  readonly #patience: number;
  #worker: Worker | undefined;
  /** How many files the thread has read; and of how many it has told. */
  #finished = new Int32Array(new SharedArrayBuffer(4));
  #told = 0;
  /** The first are those that are being read. */
  readonly #queue: { readonly task: Task; readonly give: (done: Done) => void }[] = [];
  #watch: NodeJS.Timeout | undefined;

  readonly #memory: Memory;

  /** @param patience how long it may take for a file, beside digesting it, until it is taken for hung: milliseconds */
  constructor(data: ThreadData, memory = ALONE, patience = data.bounds.time + GRACE) {
    this.#data = data;
    this.#memory = memory;
    this.#patience = Math.min(patience, LONGEST);
  }

  /**
   * Reads files one after the other, and tells of each once, soon after; call it again when all are. Never throws: what
   * cannot be read is said to be so.
   */
  read<T extends Task>(tasks: readonly T[], onDone: (task: T, done: Done) => void): Promise<unknown> {
    const each = tasks.map((task) => {
      const { promise, resolve } = Promise.withResolvers<Done>();
      this.#queue.push({
        task: { path: task.path, file: task.file, size: task.size, numbers: task.numbers },
        give: resolve,
      });
      return promise.then((done) => onDone(task, done));
    });
    this.#send();
    return Promise.all(each);
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    this.#watchOver(undefined);
    for (const { give } of this.#queue.splice(0)) give({ failed: 'the scan was stopped' });
    await worker?.terminate();
  }

  /** Gets the thread ready, so that it need not be waited for when there is something to read. */
  start(): void {
    this.#started();
  }

  #started(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const file = import.meta.url.endsWith('.ts') ? './thread.ts' : './thread.js';
    const finished = new Int32Array(new SharedArrayBuffer(4));
    const worker = new Worker(new URL(file, import.meta.url), {
      workerData: { ...this.#data, finished } satisfies ThreadData & Finished,
      stdout: true,
      stderr: true,
      resourceLimits: {
        maxOldGenerationSizeMb: this.#memory.old,
        maxYoungGenerationSizeMb: this.#memory.young,
      },
    });
    worker.on('message', (all: readonly Done[]) => this.#worker === worker && this.#give(all));
    worker.on('error', (error: unknown) =>
      this.#lose(
        worker,
        error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
          ? TOO_MUCH
          : 'its reader failed',
      ),
    );
    worker.on('exit', () => this.#lose(worker, 'its reader ended'));
    this.#worker = worker;
    this.#finished = finished;
    this.#told = 0;
    return worker;
  }

  #give(all: readonly Done[]): void {
    this.#told += all.length;
    this.#queue.splice(0, all.length).forEach(({ give }, i) => {
      give(all[i] ?? { failed: 'its reader ended' });
    });
    this.#watchOver(this.#queue.length > 0 ? this.#worker : undefined);
  }

  /** What was read and not told of is read again. */
  #lose(worker: Worker, failed: string): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#watchOver(undefined);
    void worker.terminate();
    const at = Atomics.load(this.#finished, 0) - this.#told;
    // One is lost in any case: whatever ends the threads, there is an end of it.
    const [lost] = this.#queue.splice(Math.min(at, this.#queue.length - 1), 1);
    lost?.give({ failed });
    if (this.#queue.length > 0) this.#send();
  }

  #send(): void {
    const worker = this.#started();
    worker.postMessage(this.#queue.map(({ task }) => task));
    this.#watchOver(worker);
  }

  /** The time for the first file in the queue begins, or, without a worker, nobody is waited for. */
  #watchOver(worker: Worker | undefined): void {
    clearTimeout(this.#watch);
    // To digest a file takes as long as the disk takes to give it.
    const patience = Math.min(this.#patience + (this.#queue[0]?.task.size ?? 0) / SLOWEST, LONGEST);
    this.#watch =
      worker &&
      setTimeout(() => this.#lose(worker, 'its reader did not come back, and was stopped'), patience);
  }
}
