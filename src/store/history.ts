import { createHmac, type KeyObject } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../base/clock.ts';
import { Refusal } from '../base/refusal.ts';
import { transaction } from './database.ts';

/** As long as model servers keep an answer: 30 days, in milliseconds. */
const KEPT = 30 * 86_400_000;
/** Ids of one answer: more than any has items. */
const MOST = 2048;
/** What nobody can name any more is swept this often, in milliseconds. */
const SWEEP = 3_600_000;

/**
 * Whose is what model servers keep: each id goes to the caller who was given it, and to nobody else. Ids are secrets
 * of a kind (who has one can have the conversation said again), so only their keyed hashes are written.
 */
export class History {
  readonly #pepper: KeyObject;
  readonly #clock: Clock;
  readonly #database: DatabaseSync;
  readonly #put;
  readonly #get;
  readonly #sweep;
  #swept = 0;

  constructor(database: DatabaseSync, pepper: KeyObject, clock: Clock) {
    this.#pepper = pepper;
    this.#clock = clock;
    this.#database = database;
    // Who was given an id first has it: a model server that says it again gives it to nobody else.
    this.#put = database.prepare(
      'INSERT INTO history (id, caller, ends) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING',
    );
    this.#get = database.prepare('SELECT caller FROM history WHERE id = ? AND ends > ?');
    this.#sweep = database.prepare('DELETE FROM history WHERE ends <= ?');
  }

  /** @param upstream name of the model server that keeps them. Throws `upstream_invalid` where they are too many. */
  give(upstream: string, ids: readonly string[], caller: string): void {
    if (ids.length > MOST)
      throw new Refusal('upstream_invalid', { hint: 'It keeps too much of one answer.' });
    const now = this.#clock.now();
    transaction(this.#database, () => {
      for (const id of ids) this.#put.run(this.#hash(upstream, id), caller, now + KEPT);
    });
    if (now - this.#swept < SWEEP) return;
    this.#swept = now;
    this.#sweep.run(now);
  }

  /** True where the caller was given all of them. */
  belongs(upstream: string, ids: readonly string[], caller: string): boolean {
    const now = this.#clock.now();
    return ids.every((id) => this.#get.get(this.#hash(upstream, id), now)?.caller === caller);
  }

  #hash(upstream: string, id: string): Buffer {
    return createHmac('sha256', this.#pepper)
      .update(JSON.stringify([upstream, id]))
      .digest();
  }
}
