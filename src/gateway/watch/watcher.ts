import { Worker } from 'node:worker_threads';
import { Refusal } from '../../base/refusal.ts';
import type { Alert } from '../../detect/alert.ts';
import type { Alerted } from '../../incidents/alert.ts';
import { nameOf } from '../log.ts';
import type { Live } from './live.ts';
import type { Question, Questions } from './questions.ts';
import type { WatchedRules } from './rules.ts';
import type { Said, Told, WatchData } from './thread.ts';

/** Milliseconds between two looks at how far the ledger is, and until the first: whoever stops at once needs no thread. */
const LOOK = 200;
const FIRST = 3000;
/** Milliseconds until a thread that ended is started again. */
const AGAIN = 1000;
/** Milliseconds for an answer, and questions that may wait for theirs. */
const PATIENCE = 10_000;
const MOST_WAITING = 200;

export interface WatcherOptions extends Omit<WatchData, 'size'> {
  /** Detections fired that have no entry yet, as far as the thread knows: they come again until they have one. */
  readonly onRaised: (alerts: readonly Alert[]) => void;
  /** Durable entries of the ledger, now. */
  readonly size: () => number;
  /** Something is not as it should be: for the log. */
  readonly onTrouble: (why: string) => void;
}

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (refusal: Refusal) => void;
  readonly late: NodeJS.Timeout;
}

/**
 * Watches the ledger in a thread of its own, and answers what is asked about it. Nothing on the data path waits for it; where it
 * falls behind, it catches up, since all of it is in the ledger.
 */
export class Watcher {
  readonly #options: WatcherOptions;
  #rules: WatchedRules;
  readonly #waiting = new Map<number, Waiting>();
  readonly #onLive = new Set<(live: Live) => void>();
  readonly #onAlerts = new Set<(alerts: readonly Alerted[]) => void>();
  #looking: NodeJS.Timeout;
  /** Started when it is needed first. */
  #worker: Worker | undefined;
  #told = -1;
  #asked = 0;
  #next = 0;
  #closing = false;

  constructor(options: WatcherOptions) {
    this.#options = options;
    this.#rules = options.rules;
    this.#looking = setTimeout(() => {
      this.#looking = setInterval(() => this.#look(), LOOK).unref();
    }, FIRST).unref();
  }

  /** Everything before this entry was seen. */
  get next(): number {
    return this.#next;
  }

  /** Rejects with Refusal('overloaded') where it cannot answer now. */
  ask<Q extends Question>(question: Q, asked: Questions[Q]['asked']): Promise<Questions[Q]['answered']> {
    return new Promise((resolve, reject) => {
      if (this.#closing || this.#waiting.size >= MOST_WAITING) return reject(cannot());
      const id = ++this.#asked;
      const late = setTimeout(() => {
        this.#waiting.delete(id);
        reject(cannot());
      }, PATIENCE).unref();
      this.#waiting.set(id, { resolve, reject, late });
      this.#tell({ id, question, asked, size: this.#options.size() });
    });
  }

  /** Told of exchanges a moment after they ended; returns how to stop. */
  onLive(tell: (live: Live) => void): () => void {
    this.#onLive.add(tell);
    this.#look();
    return () => void this.#onLive.delete(tell);
  }

  /** Told of alerts of the detections, also of old ones where the views are made anew; returns how to stop. */
  onAlerts(tell: (alerts: readonly Alerted[]) => void): () => void {
    this.#onAlerts.add(tell);
    return () => void this.#onAlerts.delete(tell);
  }

  /** What is looked for from now on. */
  useRules(rules: WatchedRules): void {
    this.#rules = rules;
    this.#worker?.postMessage({ rules } satisfies Told);
  }

  async close(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#looking);
    const worker = this.#worker;
    if (worker === undefined) return;
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    worker.postMessage({ close: true } satisfies Told);
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, AGAIN))]);
    await worker.terminate();
  }

  #look(): void {
    const size = this.#options.size();
    if (size === this.#told) return;
    this.#told = size;
    this.#tell({ size });
  }

  #tell(told: Told): void {
    this.#worker ??= this.#start();
    this.#worker.postMessage(told);
  }

  #start(): Worker {
    const { folder, archive, views, size, onTrouble } = this.#options;
    const file = import.meta.url.endsWith('.ts') ? './thread.ts' : './thread.js';
    const workerData: WatchData = { folder, archive, views, size: size(), rules: this.#rules };
    const worker = new Worker(new URL(file, import.meta.url), { workerData });
    worker.on('message', (said: Said) => this.#hear(said));
    worker.on('error', (error) => onTrouble(nameOf(error)));
    worker.on('exit', () => {
      this.#refuseAll();
      if (this.#closing) return;
      setTimeout(() => {
        this.#worker = undefined;
        this.#told = -1;
      }, AGAIN).unref();
    });
    // Last: listening to it would hold the process again.
    worker.unref();
    return worker;
  }

  #hear(said: Said): void {
    if ('trouble' in said) this.#options.onTrouble(said.trouble);
    else if ('raised' in said) this.#options.onRaised(said.raised);
    else if ('alerts' in said) for (const tell of this.#onAlerts) tell(said.alerts);
    else if ('seen' in said) {
      this.#next = said.seen.next;
      for (const tell of this.#onLive) tell(said.seen);
    } else this.#answered(said);
  }

  #answered(said: Extract<Said, { id: number }>): void {
    const waiting = this.#waiting.get(said.id);
    this.#waiting.delete(said.id);
    clearTimeout(waiting?.late);
    if ('failed' in said) waiting?.reject(cannot(new Error(said.failed)));
    else waiting?.resolve(said.answer as never);
  }

  #refuseAll(): void {
    for (const { reject, late } of this.#waiting.values()) {
      clearTimeout(late);
      reject(cannot());
    }
    this.#waiting.clear();
  }
}

const cannot = (cause?: Error): Refusal => new Refusal('overloaded', { retryAfter: 1, cause });
