import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../base/clock.ts';
import { MOST } from '../base/money.ts';
import type { Window } from '../policy/claim.ts';
import { windowAt } from '../policy/window.ts';
import { transaction } from './database.ts';

/** What was used in one window of time. */
export interface Counter {
  readonly name: string;
  /** Milliseconds since 1970. */
  start: number;
  ends: number;
  used: number;
  /** Goes up with every new window, so that what was taken from one is never given back to another. */
  epoch: number;
  /** Reservations at work that took from it: it is not forgotten while there are any. */
  holders: number;
  /** Of `used`: what they hold of this window. */
  held: number;
  /** The alert of so many percent is in the ledger. */
  told: number;
  /** And of so many on its way there. */
  telling: number;
}

const NEW = { used: 0, held: 0, told: 0, telling: 0 } as const;

/** Counters kept in memory; beyond, those that are on disk are forgotten until asked for again. */
const LIVE = 50_000;

/** What nobody waits for (a settlement) is on disk after so many milliseconds. */
const SETTLE = 20;

/** Counters whose window is over are swept this often, in milliseconds. */
const SWEEP = 60_000;

/**
 * Counters in memory, written behind: what changed within a millisecond goes to disk in one transaction. `flushed`
 * tells when; a request is forwarded only after that, so that a killed process forgets nothing it allowed.
 */
export class Counters {
  readonly #database: DatabaseSync;
  readonly #clock: Clock;
  readonly #live = new Map<string, Counter>();
  readonly #dirty = new Set<Counter>();
  readonly #load;
  readonly #save;
  readonly #update;
  readonly #forget;
  #flushing: Promise<void> | undefined;
  #later: NodeJS.Timeout | undefined;
  #swept = 0;
  #epochs = 0;

  constructor(database: DatabaseSync, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
    this.#load = database.prepare(
      'SELECT start, ends, used, told, told AS telling FROM counters WHERE name = ?',
    );
    this.#forget = database.prepare('DELETE FROM counters WHERE ends <= ?');
    // Within its window only the amounts change, and no index has to.
    this.#update = database.prepare('UPDATE counters SET used = ?, told = ? WHERE name = ? AND start = ?');
    this.#save = database.prepare(`
      INSERT INTO counters (name, start, ends, used, told) VALUES (?1, ?2, ?3, ?4, ?5)
      ON CONFLICT (name) DO UPDATE SET start = ?2, ends = ?3, used = ?4, told = ?5`);
  }

  /** The counter of this name in its present window. */
  get(name: string, window: Window): Counter {
    const now = this.#clock.now();
    let counter = this.#live.get(name);
    if (counter === undefined) {
      const row = this.#load.get(name) as Omit<Counter, 'name'> | undefined;
      counter = { name, ...windowAt(window, now), ...NEW, epoch: ++this.#epochs, holders: 0, ...row };
      this.#live.set(name, counter);
    }
    this.#turn(counter, window, now);
    return counter;
  }

  /** Brings a counter that somebody holds into its present window, without looking for it by name. */
  turn(counter: Counter, window: Window): void {
    this.#turn(counter, window, this.#clock.now());
  }

  #turn(counter: Counter, window: Window, now: number): void {
    if (now >= counter.ends) {
      Object.assign(counter, windowAt(window, now), NEW, { epoch: ++this.#epochs });
    }
    // The clock was set back: what was used stays used, for the window of now.
    else if (now < counter.start) Object.assign(counter, windowAt(window, now));
  }

  /** Takes effect at once; on disk with the next flush, a few milliseconds from now. */
  add(counter: Counter, amount: number): void {
    counter.used = Math.min(MOST, Math.max(0, counter.used + amount));
    this.keep(counter);
  }

  /** It changed: it is on disk with the next flush. */
  keep(counter: Counter): void {
    this.#dirty.add(counter);
    this.#later ??= setTimeout(() => this.#tryFlush(), SETTLE).unref();
  }

  /**
   * Resolves when everything added so far is in the database; rejects where it is not, and cannot be now. Those who
   * ask within the same millisecond share one transaction.
   */
  flushed(): Promise<void> {
    this.#flushing ??= new Promise((resolve, reject) => {
      setTimeout(() => {
        this.#flushing = undefined;
        try {
          this.flush();
          resolve();
        } catch (error) {
          reject(error);
        }
      }, 1);
    });
    return this.#flushing;
  }

  /** A failure shows to whoever relies on it, in {@link flushed}. */
  #tryFlush(): void {
    this.#later = undefined;
    try {
      this.flush();
    } catch {
      this.#later ??= setTimeout(() => this.#tryFlush(), 1000).unref();
    }
  }

  /**
   * Writes what changed; throws where it cannot, and then tries again with the next.
   * @param act something else that is written with it, or neither is
   */
  flush(act?: () => void): void {
    if (this.#dirty.size === 0 && act === undefined) return;
    const now = this.#clock.now();
    const sweeping = now - this.#swept >= SWEEP || now < this.#swept;
    transaction(this.#database, () => {
      for (const { name, start, ends, used, told } of this.#dirty) {
        const { changes } = this.#update.run(used, told, name, start);
        if (changes === 0) this.#save.run(name, start, ends, used, told);
      }
      if (sweeping) this.#forget.run(now);
      act?.();
    });
    this.#dirty.clear();
    if (!sweeping && this.#live.size <= LIVE) return;
    this.#swept = now;
    for (const [name, { ends, holders }] of this.#live) {
      if (holders === 0 && (ends <= now || this.#live.size > LIVE)) this.#live.delete(name);
    }
  }

  /** Writes what is left. */
  close(): void {
    clearTimeout(this.#later);
    this.flush();
  }
}
