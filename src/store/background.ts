import { createHmac, type KeyObject } from 'node:crypto';
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { Clock } from '../base/clock.ts';
import type { JsonObject } from '../base/json.ts';
import { Refusal } from '../base/refusal.ts';
import type { CountClaim } from '../policy/claim.ts';

/** An answer that a model server makes in the background: whose it is, and where it is. */
export interface BackgroundAnswer {
  /** From {@link Background.key}. */
  readonly key: string;
  /** Id of the caller. */
  readonly caller: string;
  readonly upstream: string;
  /** As the caller names the model, and as the upstream does. */
  readonly model: string;
  readonly as: string;
}

/** What is counted of a request when its use is known. */
export interface Used {
  readonly tokens: number;
  /** Nano-dollars. */
  readonly dollars: number;
}

/** What was charged by an estimate, until somebody hears what was used. Plain data. */
export interface Owed {
  /** The request that asked for the answer, as accounts are kept: its id, time, caller, model… */
  readonly account: JsonObject;
  /** As its closing entry says it. */
  readonly charge: JsonObject;
  readonly charged: Used;
}

/** Who settles it, and to what. */
export interface Taken {
  /** Id of the request, and the number of its first entry. */
  readonly request: string;
  readonly begin: number;
  readonly used: Used;
}

/** A claim, with the window from which it was taken. */
export interface LateClaim extends CountClaim {
  readonly start: number;
}

/** What a settlement that was taken has to change. */
export interface LateSettlement {
  readonly claims: readonly LateClaim[];
  readonly charged: Used;
  readonly used: Used;
}

/** As long as model servers keep an answer: 30 days, in milliseconds. */
const KEPT = 30 * 86_400_000;
/** What nobody can name any more is swept this often, in milliseconds. */
const SWEEP = 3_600_000;

/**
 * Answers in the background. Every process may look one up; the one that counts writes. A settlement has three steps,
 * so that it is made once however processes die: it is taken, it is written in the ledger, and it is finished together
 * with the counters. At a start the ledger tells which of those that were taken are to be finished.
 */
export class Background {
  readonly #pepper: KeyObject;
  readonly #clock: Clock;
  readonly #put;
  readonly #find;
  readonly #take;
  readonly #taken;
  readonly #open;
  readonly #finish;
  readonly #release;
  readonly #sweep;
  #swept = 0;

  constructor(database: DatabaseSync, pepper: KeyObject, clock: Clock) {
    this.#pepper = pepper;
    this.#clock = clock;
    this.#put = database.prepare(
      'INSERT INTO background (id, caller, upstream, model, served, owed, claims, ends) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING',
    );
    this.#find = database.prepare(
      'SELECT caller, upstream, model, served FROM background WHERE id = ? AND ends > ?',
    );
    this.#take = database.prepare(
      'UPDATE background SET taken = ? WHERE id = ? AND owed IS NOT NULL AND taken IS NULL RETURNING owed',
    );
    this.#taken = database.prepare(
      'SELECT owed, claims, taken FROM background WHERE id = ? AND taken IS NOT NULL',
    );
    this.#open = database.prepare('SELECT id, taken FROM background WHERE taken IS NOT NULL');
    this.#finish = database.prepare(
      'UPDATE background SET owed = NULL, claims = NULL, taken = NULL WHERE id = ?',
    );
    this.#release = database.prepare('UPDATE background SET taken = NULL WHERE id = ?');
    this.#sweep = database.prepare('DELETE FROM background WHERE ends <= ?');
  }

  /** Ids are secrets of a kind (who has one can have the answer), so only their keyed hashes are written. */
  key(id: string): string {
    return createHmac('sha256', this.#pepper)
      .update(JSON.stringify(['background', id]))
      .digest('hex');
  }

  /** Throws `upstream_invalid` where the id was given before: it cannot be two answers. */
  put(
    { key, caller, upstream, model, as }: BackgroundAnswer,
    owed: Owed | undefined,
    claims: readonly LateClaim[],
  ): void {
    const now = this.#clock.now();
    const late = owed === undefined ? [null, null] : [JSON.stringify(owed), JSON.stringify(claims)];
    const { changes } = this.#put.run(key, caller, upstream, model, as, ...late, now + KEPT);
    if (changes === 0) throw new Refusal('upstream_invalid', { hint: 'It gave an id for the second time.' });
    if (now - this.#swept < SWEEP) return;
    this.#swept = now;
    this.#sweep.run(now);
  }

  find(key: string): BackgroundAnswer | undefined {
    const row = this.#find.get(key, this.#clock.now());
    if (row === undefined) return undefined;
    const { caller, upstream, model, served } = row as Record<string, string>;
    return { key, caller, upstream, model, as: served } as BackgroundAnswer;
  }

  /** Once; whoever asks later gets undefined. */
  take(key: string, by: Taken): Owed | undefined {
    const row = this.#take.get(JSON.stringify(by), key);
    return row && parse<Owed>(row.owed);
  }

  /** What {@link take} has taken; undefined where nothing is. */
  late(key: string): LateSettlement | undefined {
    const row = this.#taken.get(key);
    if (row === undefined) return undefined;
    const { charged } = parse<Owed>(row.owed);
    const { used } = parse<Taken>(row.taken);
    return { claims: parse<LateClaim[]>(row.claims), charged, used };
  }

  /** Every settlement that was taken and not finished. */
  open(): { readonly key: string; readonly taken: Taken }[] {
    return this.#open.all().map(({ id, taken }) => ({ key: String(id), taken: parse<Taken>(taken) }));
  }

  finish(key: string): void {
    this.#finish.run(key);
  }

  /** It did not come to an entry: the next one may take it. */
  release(key: string): void {
    this.#release.run(key);
  }
}

const parse = <T>(text: SQLOutputValue | undefined): T => JSON.parse(String(text)) as T;
