import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../base/clock.ts';
import { transaction } from './database.ts';

/** A stand-in and its value, sealed. */
export interface SealedPseudonym {
  /** Rises. */
  readonly id: number;
  /** Id of the key that it is sealed under. */
  readonly key: string;
  readonly sealed: Uint8Array;
  /** Milliseconds since 1970. */
  readonly ends: number;
}

/** What nobody is given back any more is swept this often, in milliseconds. */
const SWEEP = 3_600_000;

/** Values that later requests of a tenant are given back. Every process reads and writes them; none can read what is sealed. */
export class SealedPseudonyms {
  readonly #database: DatabaseSync;
  readonly #clock: Clock;
  readonly #put;
  readonly #after;
  readonly #drop;
  readonly #trim;
  readonly #sweep;
  #swept = 0;

  constructor(database: DatabaseSync, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
    this.#put = database.prepare('INSERT INTO pseudonyms (tenant, key, sealed, ends) VALUES (?, ?, ?, ?)');
    this.#after = database.prepare(
      'SELECT id, key, sealed, ends FROM pseudonyms WHERE tenant = ? AND id > ? AND ends > ? ORDER BY id',
    );
    this.#drop = database.prepare('DELETE FROM pseudonyms WHERE id = ?');
    this.#trim = database.prepare(
      `DELETE FROM pseudonyms WHERE tenant = ?1 AND id <= (
         SELECT id FROM pseudonyms WHERE tenant = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)`,
    );
    this.#sweep = database.prepare('DELETE FROM pseudonyms WHERE ends <= ?');
  }

  /** @param max how many of the tenant's stay; the oldest go first */
  put(tenant: string, rows: readonly Omit<SealedPseudonym, 'id'>[], max: number): void {
    const now = this.#clock.now();
    transaction(this.#database, () => {
      for (const { key, sealed, ends } of rows) this.#put.run(tenant, key, sealed, ends);
      this.#trim.run(tenant, max);
      if (now - this.#swept < SWEEP) return;
      this.#swept = now;
      this.#sweep.run(now);
    });
  }

  /** A tenant's that came after one of them. */
  after(tenant: string, id: number): SealedPseudonym[] {
    return this.#after.all(tenant, id, this.#clock.now()) as unknown as SealedPseudonym[];
  }

  drop(ids: readonly number[]): void {
    if (ids.length === 0) return;
    transaction(this.#database, () => {
      for (const id of ids) this.#drop.run(id);
    });
  }
}
