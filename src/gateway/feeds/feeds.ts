import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Refusal } from '../../base/refusal.ts';
import type { LedgerDesk } from '../../ledger/desk.ts';
import { ledgerPaths } from '../../ledger/init.ts';
import type { Settings } from '../../settings/settings.ts';
import { type Log, nameOf } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { type Dead, type FeedOrder, type FeedStatus, orderOf, type Tried } from './order.ts';
import type { Asked, FeedsData, Said, Told } from './thread.ts';

/** Milliseconds between two looks at how far the ledger is, until a thread that ended is started again, and for an answer. */
const [LOOK, AGAIN, PATIENCE] = [200, 1000, 60_000];
/** A feed that cannot deliver is in the ledger once in so many milliseconds, and after so many attempts. */
const [HOURLY, ATTEMPTS] = [3_600_000, 5];
/** Milliseconds between two lines in the log about the thread itself. */
const MINUTELY = 60_000;

export interface FeedsParts {
  readonly settings: Settings;
  readonly ledger: LedgerDesk;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Monotonic milliseconds. */
  readonly tick: () => number;
  readonly version: string;
  /** False: nothing is delivered, only tried. */
  readonly deliver: boolean;
}

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (refusal: Refusal) => void;
  readonly late: NodeJS.Timeout;
}

/**
 * Hands alerts and entries on to the receivers of the settings, in a thread of its own. Nothing waits for it; what it has not
 * delivered is in the ledger, and is delivered when it can be.
 */
export class Feeds {
  readonly #parts: FeedsParts;
  readonly #waiting = new Map<number, Waiting>();
  readonly #looking: NodeJS.Timeout;
  /** When a feed's trouble was written down last. */
  readonly #written = new Map<string, number>();
  #orders: readonly FeedOrder[];
  #worker: Worker | undefined;
  #status: readonly FeedStatus[] = [];
  #told = -1;
  #asked = 0;
  #troubled = Number.NEGATIVE_INFINITY;
  #closing = false;
  /** What is held by a review, where the policy lets a feed have it. */
  reveal: (feed: string, review: string) => Promise<string | undefined> = async () => undefined;

  constructor(parts: FeedsParts) {
    this.#parts = parts;
    this.#orders = ordersOf(parts.settings);
    this.#looking = setInterval(() => this.#look(), LOOK).unref();
    parts.metrics.feedLags = () =>
      this.#status.map(({ name, next }) => [name, Math.max(0, parts.ledger.size - next)] as const);
    if (this.#orders.length > 0 && parts.deliver) this.#worker = this.#start();
  }

  /** A new configuration: feeds that did not change go on. */
  follow(settings: Settings): void {
    this.#orders = ordersOf(settings);
    if (this.#worker !== undefined) this.#tell({ orders: this.#orders });
    else if (this.#orders.length > 0 && this.#parts.deliver) this.#worker = this.#start();
  }

  /** Those of the settings, each with how it stands where that is known. */
  list(): readonly { readonly order: FeedOrder; readonly status: FeedStatus | undefined }[] {
    return this.#orders.map((order) => ({
      order,
      status: this.#status.find(({ name }) => name === order.name),
    }));
  }

  /** Sends an entry of the ledger to one feed, now. Rejects with Refusal('overloaded') where that cannot be tried. */
  try(feed: string, seq: number): Promise<Tried> {
    return this.#ask(feed, { ask: 'try', seq });
  }

  dead(feed: string): Promise<readonly Dead[]> {
    return this.#ask(feed, { ask: 'dead' });
  }

  replay(feed: string): Promise<{ readonly delivered: number; readonly answer: string }> {
    return this.#ask(feed, { ask: 'replay' });
  }

  async close(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#looking);
    const worker = this.#worker;
    if (worker === undefined) return;
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    worker.postMessage({ close: true } satisfies Told);
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, AGAIN).unref())]);
    await worker.terminate();
  }

  #ask<Answer>(feed: string, asked: Asked): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#closing) return reject(cannot());
      const id = ++this.#asked;
      const late = setTimeout(() => {
        this.#waiting.delete(id);
        reject(cannot());
      }, PATIENCE).unref();
      this.#waiting.set(id, { resolve, reject, late });
      this.#tell({ id, feed, size: this.#parts.ledger.size, ...asked });
    });
  }

  #look(): void {
    const { size } = this.#parts.ledger;
    if (size === this.#told || this.#worker === undefined) return;
    this.#told = size;
    this.#tell({ size });
  }

  #tell(told: Told): void {
    this.#worker ??= this.#start();
    this.#worker.postMessage(told);
  }

  #start(): Worker {
    const { settings, ledger, version, deliver } = this.#parts;
    const { folder } = ledgerPaths(settings.data);
    const file = import.meta.url.endsWith('.ts') ? './thread.ts' : './thread.js';
    const workerData: FeedsData = {
      folder,
      archive: settings.ledger.archive?.to,
      book: join(settings.data, 'feeds.sqlite'),
      version,
      size: ledger.size,
      orders: this.#orders,
      deliver,
    };
    const worker = new Worker(new URL(file, import.meta.url), { workerData });
    worker.unref();
    worker.on('message', (said: Said) => this.#hear(said));
    worker.on('error', (error) => this.#trouble(nameOf(error)));
    worker.on('exit', () => {
      this.#refuseAll();
      if (this.#closing) return;
      setTimeout(() => {
        this.#worker = this.#orders.length > 0 && deliver ? this.#start() : undefined;
        this.#told = -1;
      }, AGAIN).unref();
    });
    return worker;
  }

  #hear(said: Said): void {
    if ('trouble' in said) this.#trouble(said.trouble);
    else if ('reveal' in said) this.#reveal(said);
    else if ('status' in said) this.#heed(said.status);
    else {
      const waiting = this.#waiting.get(said.id);
      this.#waiting.delete(said.id);
      clearTimeout(waiting?.late);
      if ('failed' in said) waiting?.reject(cannot(new Error(said.failed)));
      else waiting?.resolve(said.answer as never);
    }
  }

  #reveal({ reveal: revealed, feed, review }: Extract<Said, { reveal: number }>): void {
    const worker = this.#worker;
    this.reveal(feed, review)
      .catch((error) => {
        this.#parts.log('warn', 'held text does not go out', { feed, error: nameOf(error) });
        return undefined;
      })
      .then((text) => worker?.postMessage({ revealed, text } satisfies Told));
  }

  /** Counts, and writes down what does not go well. */
  #heed(status: readonly FeedStatus[]): void {
    const before = new Map(this.#status.map((one) => [one.name, one]));
    this.#status = status;
    for (const now of status) {
      const { delivered = 0, refused = 0 } = before.get(now.name) ?? {};
      // A feed that was begun anew counts from 0.
      this.#parts.metrics.fed(now.name, newOf(now.delivered, delivered), newOf(now.refused, refused));
      if (now.failures >= ATTEMPTS || newOf(now.refused, refused) > 0) this.#writeDown(now);
    }
  }

  #writeDown({ name, answer, failures, dead }: FeedStatus): void {
    const { ledger, log, tick } = this.#parts;
    const now = tick();
    if (now - (this.#written.get(name) ?? Number.NEGATIVE_INFINITY) < HOURLY) return;
    this.#written.set(name, now);
    log('warn', 'a feed cannot deliver all that it should', { feed: name, error: answer, count: failures });
    ledger
      .append({ kind: 'feed.failed', feed: name, answer, failures, dead })
      .catch((error) => log('error', "a feed's trouble could not be recorded", { error: nameOf(error) }));
  }

  #trouble(error: string): void {
    const now = this.#parts.tick();
    if (now - this.#troubled < MINUTELY) return;
    this.#troubled = now;
    this.#parts.log('warn', 'feeds are not followed; they are tried again', { error });
  }

  #refuseAll(): void {
    for (const { reject, late } of this.#waiting.values()) {
      clearTimeout(late);
      reject(cannot());
    }
    this.#waiting.clear();
  }
}

const ordersOf = ({ feeds }: Settings): FeedOrder[] => Object.values(feeds).map(orderOf);
const newOf = (now: number, before: number): number => (now >= before ? now - before : now);
const cannot = (cause?: Error): Refusal => new Refusal('overloaded', { retryAfter: 1, cause });
