import { Worker } from 'node:worker_threads';
import { CRASHES } from './crashes.ts';

/** A check is a hang after so long, in milliseconds. */
export const PATIENCE = 30_000;

const ROOM = 1 << 20;

/**
 * Watches from a thread of its own, since whoever hangs cannot say so: a check that is not over in time has its input
 * written down, and the process ends.
 */
export class Watchdog {
  readonly #shared = new SharedArrayBuffer(8 + ROOM);
  readonly #turn = new Int32Array(this.#shared, 0, 2);
  readonly #input = new Uint8Array(this.#shared, 8);
  readonly #worker: Worker;

  constructor(target: string, patience: number) {
    const file = `${CRASHES}/${target}.hang`;
    this.#worker = new Worker(WATCH, { eval: true, workerData: { shared: this.#shared, patience, file } });
    this.#worker.unref();
  }

  feed(input: Buffer): void {
    const kept = input.subarray(0, ROOM);
    this.#input.set(kept);
    Atomics.store(this.#turn, 1, kept.length);
    Atomics.add(this.#turn, 0, 1);
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

const WATCH = `
const { workerData: { shared, patience, file } } = require('node:worker_threads');
const { writeFileSync, writeSync } = require('node:fs');
const turn = new Int32Array(shared, 0, 2);
let [last, since] = [0, Date.now()];
setInterval(() => {
  const now = Atomics.load(turn, 0);
  if (now !== last || now === 0) [last, since] = [now, Date.now()];
  if (Date.now() - since < patience) return;
  writeFileSync(file, new Uint8Array(shared, 8, Atomics.load(turn, 1)));
  writeSync(2, '\\nno end after ' + patience + ' ms; the input is in ' + file + '\\n');
  process.kill(process.pid, 'SIGKILL');
}, 100);
`;
