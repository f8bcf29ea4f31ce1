/** Keys in memory, at the most, and how long each stays, in milliseconds. */
const KEYS = 1000;
const KEEP = 5 * 60_000;

/** After a failure, who asks for the same is told so without asking again, for so many milliseconds. */
const COOL = 1000;

interface Held {
  readonly key: Promise<Buffer>;
  readonly until: number;
}

/**
 * Unwrapped keys: bounded in time and number, each asked for once however many want it at the same time, and
 * overwritten when it goes.
 */
export class KeyCache {
  readonly #now: () => number;
  readonly #held = new Map<string, Held>();
  readonly #sweeping: NodeJS.Timeout;

  /** @param now milliseconds, never going back */
  constructor(now: () => number) {
    this.#now = now;
    this.#sweeping = setInterval(() => this.#sweep(), 30_000).unref();
  }

  get size(): number {
    return this.#held.size;
  }

  /** The key of this id; use it before the present round of events is over. */
  get(id: string, make: () => Promise<Buffer>): Promise<Buffer> {
    const held = this.#held.get(id);
    if (held !== undefined && held.until > this.#now()) return held.key;
    this.drop(id);
    const key = make();
    this.#held.set(id, { key, until: this.#now() + KEEP });
    key.catch(() => {
      if (this.#held.get(id)?.key === key) this.#held.set(id, { key, until: this.#now() + COOL });
    });
    if (this.#held.size > KEYS) this.drop(this.#held.keys().next().value as string);
    return key;
  }

  drop(id: string): void {
    const held = this.#held.get(id);
    this.#held.delete(id);
    // Not before those who were given it in this round of events have used it.
    held?.key.then(
      (key) => setImmediate(() => key.fill(0)),
      () => {},
    );
  }

  clear(): void {
    for (const id of [...this.#held.keys()]) this.drop(id);
  }

  close(): void {
    clearInterval(this.#sweeping);
    this.clear();
  }

  #sweep(): void {
    for (const [id, { until }] of this.#held) if (until <= this.#now()) this.drop(id);
  }
}
