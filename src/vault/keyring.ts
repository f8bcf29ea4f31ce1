import { createHmac, randomBytes } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../base/clock.ts';
import { KeyCache } from './key-cache.ts';
import type { Erasable, KeyStore, MonthKeyRow, SubjectKeyRow } from './key-store.ts';
import { unwrapWith, wrapWith } from './master.ts';
import type { Masters } from './masters.ts';
import type { RecordHead } from './record.ts';
import { Unsealable } from './unsealable.ts';

/** A key to seal with. */
export interface ContentKey {
  readonly id: string;
  /** 32 bytes, the caller's own. */
  readonly key: Buffer;
}

/** How a stretch of rotation went. */
export interface Rotated {
  /** Keys wrapped anew. */
  readonly keys: number;
  /** Where to go on; undefined: all is done. */
  readonly next: string | undefined;
}

/** Keys read from the database at a time. */
const BATCH = 64;

/**
 * The hierarchy: a master key wraps the key of each tenant and month, which wraps the keys of its data subjects. Which
 * rows there are is asked of the database every time, so a key that was destroyed is gone at once, in every process; only
 * what they unwrap to is remembered. A service that holds a master key is asked once for each month's key.
 */
export class Keyring {
  readonly #store: KeyStore;
  readonly #clock: Clock;
  readonly #cache: KeyCache;
  readonly #making = new Map<string, Promise<MonthKeyRow>>();
  #masters: Masters;

  constructor(store: KeyStore, masters: Masters, clock: Clock) {
    this.#store = store;
    this.#masters = masters;
    this.#clock = clock;
    this.#cache = new KeyCache(clock.tick);
  }

  /** Keys in memory. */
  get cached(): number {
    return this.#cache.size;
  }

  get masters(): Masters {
    return this.#masters;
  }

  set masters(next: Masters) {
    const before = this.#masters;
    this.#masters = next;
    before.close();
  }

  /** The key for what is said now; made where there is none. Rejects where the master key cannot be asked. */
  async forSealing(tenant: string, month: string, subject: string | null): Promise<ContentKey> {
    const row = this.#store.month(tenant, month) ?? (await this.#makeMonth(tenant, month));
    const monthKey = await this.#unwrapped(row);
    if (subject === null) return { id: row.id, key: derived(monthKey, 'content') };
    const mine = this.#store.subject(row.id, subject) ?? this.#makeSubject(row, monthKey, subject);
    return { id: mine.id, key: subjectKey(mine, row, monthKey) };
  }

  /** The key that a record was sealed under. Rejects with {@link Unsealable} where it was destroyed. */
  async forReading({ key, tenant, month, subject }: RecordHead): Promise<Buffer> {
    const mine = subject === null ? undefined : this.#store.subjectById(key);
    const row = this.#store.monthById(mine?.parent ?? key);
    if (row === undefined || (subject !== null && mine === undefined)) throw new Unsealable('erased');
    if (row.tenant !== tenant || row.month !== month || (mine && mine.subject !== subject)) {
      throw new Unsealable('tampered');
    }
    const monthKey = await this.#unwrapped(row);
    return mine === undefined ? derived(monthKey, 'content') : subjectKey(mine, row, monthKey);
  }

  /** Destroys keys made up to a time (milliseconds since 1970), here and in memory. */
  erase(target: Erasable, until: number): number {
    this.#cache.clear();
    return this.#store.erase(target, until);
  }

  /**
   * Wraps month keys anew under the current master key: those of other master keys, or all (`every`, for a service that
   * has a newer version of the same key). Requests go on meanwhile, and whatever ends it, it can be begun again.
   * @param after where an earlier stretch stopped
   * @param time milliseconds after which it stops
   */
  async rotate(every: boolean, after: string, time: number): Promise<Rotated> {
    const { current } = this.#masters;
    const stop = this.#clock.tick() + time;
    let keys = 0;
    for (let at = after; ; ) {
      const rows = this.#store.monthsAfter(at, BATCH, every ? undefined : current.name);
      if (rows.length === 0) {
        this.#store.scrub();
        return { keys, next: undefined };
      }
      for (const row of rows) {
        this.#store.rewrapped(row, current.name, await this.#rewrap(row));
        keys++;
        at = row.id;
        if (this.#clock.tick() >= stop) return { keys, next: at };
        // Local keys take no time of their own: let the requests have theirs.
        await turn();
      }
    }
  }

  async #rewrap(row: MonthKeyRow): Promise<string> {
    const { current } = this.#masters;
    const about = aboutMonth(row);
    await this.#masters.verified(current, this.#store, this.#clock.now());
    if (row.master === current.name) return current.rewrap(row.wrapped, about);
    const key = await this.#masters.get(row.master).unwrap(row.wrapped, about);
    try {
      return await current.wrap(key, about);
    } finally {
      key.fill(0);
    }
  }

  close(): void {
    this.#cache.close();
    this.#masters.close();
  }

  #unwrapped(row: MonthKeyRow): Promise<Buffer> {
    return this.#cache.get(row.id, () => this.#masters.get(row.master).unwrap(row.wrapped, aboutMonth(row)));
  }

  /** Many who want the first key of a month at once have it made once. */
  #makeMonth(tenant: string, month: string): Promise<MonthKeyRow> {
    const name = JSON.stringify([tenant, month]);
    const making =
      this.#making.get(name) ?? this.#newMonth(tenant, month).finally(() => this.#making.delete(name));
    this.#making.set(name, making);
    return making;
  }

  async #newMonth(tenant: string, month: string): Promise<MonthKeyRow> {
    const { current } = this.#masters;
    await this.#masters.verified(current, this.#store, this.#clock.now());
    const id = `mk_${randomBytes(12).toString('hex')}`;
    const key = randomBytes(32);
    try {
      const wrapped = await current.wrap(key, aboutMonth({ id, tenant, month }));
      const created = this.#clock.now();
      this.#store.addMonth({ id, tenant, month, master: current.name, wrapped, created });
    } finally {
      key.fill(0);
    }
    const row = this.#store.month(tenant, month);
    if (row === undefined) throw new Error('the key was destroyed as it was made');
    return row;
  }

  #makeSubject(row: MonthKeyRow, monthKey: Buffer, subject: string): SubjectKeyRow {
    const id = `sk_${randomBytes(12).toString('hex')}`;
    const key = randomBytes(32);
    const wrapped = wrapWith(
      derived(monthKey, 'subjects'),
      key,
      aboutSubject({ id, parent: row.id, subject }),
    );
    key.fill(0);
    this.#store.addSubject({ id, parent: row.id, subject, wrapped, created: this.#clock.now() });
    const mine = this.#store.subject(row.id, subject);
    if (mine === undefined) throw new Error('the key was destroyed as it was made');
    return mine;
  }
}

/** One key, one use (NIST SP 800-57 part 1, section 5.2): what seals content wraps no keys. */
const derived = (monthKey: Uint8Array, use: 'content' | 'subjects'): Buffer =>
  createHmac('sha256', monthKey).update(`\x01gatehouse month key\0${use}`).digest();

const subjectKey = (mine: SubjectKeyRow, row: MonthKeyRow, monthKey: Uint8Array): Buffer =>
  unwrapWith(derived(monthKey, 'subjects'), mine.wrapped, aboutSubject({ ...mine, parent: row.id }));

const aboutMonth = ({ id, tenant, month }: Pick<MonthKeyRow, 'id' | 'tenant' | 'month'>): string =>
  JSON.stringify(['month key', 1, id, tenant, month]);

const aboutSubject = ({ id, parent, subject }: Pick<SubjectKeyRow, 'id' | 'parent' | 'subject'>): string =>
  JSON.stringify(['subject key', 1, id, parent, subject]);
