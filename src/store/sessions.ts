import { type KeyObject, timingSafeEqual } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../base/clock.ts';
import { Refusal } from '../base/refusal.ts';
import { hashKey, mintKey } from '../callers/key.ts';
import { durably } from './database.ts';

/** A session as its person and an admin see it. Nothing here is secret. */
export interface SessionView {
  readonly id: string;
  /** Id of the person. */
  readonly person: string;
  /** What they showed when they signed in, in that order (`passphrase`, `totp`). */
  readonly factors: readonly string[];
  readonly created: number;
  /** When it was last used, to the minute. */
  readonly seen: number;
  /** When it ends, however much it is used. */
  readonly expires: number;
  /** Until when the last factor counts as fresh. */
  readonly fresh: number;
  /** The network it was opened from, as a prefix; empty: this machine. */
  readonly network: string;
  /** What the browser said it is, as a keyed digest. */
  readonly agent: string;
  readonly ended: number | null;
}

export interface SessionDraft {
  readonly person: string;
  readonly factors: readonly string[];
  /** Milliseconds until it ends, and for which the factors are fresh. */
  readonly life: number;
  readonly fresh: number;
  readonly network: string;
  readonly agent: string;
  /** When the person signed in, where this takes the place of an older session: its end does not move. */
  readonly since?: number;
}

/** How a session must stand to be used. */
export interface SessionRules {
  /** Milliseconds without a request after which it has ended. */
  readonly idle: number;
  /** From where it is used now. */
  readonly network: string;
  readonly agent: string;
  /** It ends where the network is another one. */
  readonly bindNetwork: boolean;
}

interface Row extends Omit<SessionView, 'factors'> {
  readonly factors: string;
  readonly hash: Uint8Array;
}

const TOKEN = /^ghs_([0-9A-Za-z]{10})_[0-9A-Za-z]{43}$/;
const NOBODY = Buffer.alloc(32);
/** How often it is written that a session was used; more often where it ends soon. */
const SEEN_EVERY = 60_000;
/** How long ended ones are listed. */
const REMEMBERED = 30 * 24 * 3_600_000;
/** Open sessions of one person; the oldest gives way. */
const MOST = 20;

/** Sessions of people. They are read from the file for each use, so one that has ended has ended in every process. */
export class Sessions {
  readonly #database: DatabaseSync;
  readonly #pepper: KeyObject;
  readonly #clock: Clock;

  constructor(database: DatabaseSync, pepper: KeyObject, clock: Clock) {
    this.#database = database;
    this.#pepper = pepper;
    this.#clock = clock;
  }

  /**
   * A new session. @returns its token, which is never shown again
   * @param before the session that it takes the place of, which ends in the same transaction
   */
  open(draft: SessionDraft, before?: string): { readonly session: SessionView; readonly token: string } {
    const { id, key: token, hash } = mintKey('ghs', this.#pepper);
    const now = this.#clock.now();
    const { person, factors, life, fresh, network, agent, since = now } = draft;
    durably(this.#database, () => {
      if (before !== undefined) this.#end('id = ?', before);
      this.#database.prepare('DELETE FROM sessions WHERE expires < ?').run(now - REMEMBERED);
      this.#database
        .prepare(
          `UPDATE sessions SET ended = ? WHERE ended IS NULL AND id IN (
             SELECT id FROM sessions WHERE person = ? AND ended IS NULL ORDER BY created DESC LIMIT -1 OFFSET ?)`,
        )
        .run(now, person, MOST - 1);
      this.#database
        .prepare(
          `INSERT INTO sessions (id, hash, person, factors, created, seen, expires, fresh, network, agent)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        )
        .run(
          id,
          hash,
          person,
          JSON.stringify(factors),
          since,
          now,
          since + life,
          now + fresh,
          network,
          agent,
        );
    });
    return { session: this.get(id), token };
  }

  /**
   * The open session of a token. Unknown ones, and those that are used from elsewhere, are all `credential_invalid`; only
   * who has had one is told that it is over, with `session_ended`.
   */
  find(token: string, rules: SessionRules): SessionView {
    const id = TOKEN.exec(token)?.[1];
    const row = id === undefined ? undefined : this.#row(id);
    const matches = timingSafeEqual(hashKey(token.slice(0, 100), this.#pepper), row?.hash ?? NOBODY);
    const now = this.#clock.now();
    const elsewhere =
      row !== undefined &&
      (row.agent !== rules.agent || (rules.bindNetwork && row.network !== rules.network));
    if (row === undefined || !matches || elsewhere) throw new Refusal('credential_invalid');
    if (!isOpen(row, now, rules.idle)) throw new Refusal('session_ended');
    if (now - row.seen > Math.min(SEEN_EVERY, rules.idle / 10))
      this.#database.prepare('UPDATE sessions SET seen = ? WHERE id = ?').run(now, row.id);
    return view(row);
  }

  /** A session that was found before, as it is now; to look is not to use it. Throws `session_ended`. */
  again(id: string, idle: number): SessionView {
    const row = this.#row(id);
    if (row === undefined || !isOpen(row, this.#clock.now(), idle)) throw new Refusal('session_ended');
    return view(row);
  }

  /** Throws `not_found`. */
  get(id: string): SessionView {
    const row = this.#row(id);
    if (row === undefined) throw new Refusal('not_found', { hint: 'No session has this id.' });
    return view(row);
  }

  /** The person's, newest first. @param idle milliseconds after which one that is not used has ended */
  of(person: string, idle: number): (SessionView & { readonly open: boolean })[] {
    const rows = this.#database
      .prepare('SELECT * FROM sessions WHERE person = ? ORDER BY created DESC, id LIMIT 200')
      .all(person) as unknown as Row[];
    return rows.map((row) => ({ ...view(row), open: isOpen(row, this.#clock.now(), idle) }));
  }

  /** Whether the person has signed in from this network within the last month. */
  knows(person: string, network: string): boolean {
    return (
      this.#database
        .prepare('SELECT 1 FROM sessions WHERE person = ? AND network = ? LIMIT 1')
        .get(person, network) !== undefined
    );
  }

  /** Ends one session of the person, or all of them. Returns the ids of those it ended. */
  end(person: string, id?: string): string[] {
    return durably(this.#database, () =>
      id === undefined ? this.#end('person = ?', person) : this.#end('person = ? AND id = ?', person, id),
    );
  }

  #end(where: string, ...values: readonly string[]): string[] {
    const rows = this.#database
      .prepare(`UPDATE sessions SET ended = ? WHERE ended IS NULL AND ${where} RETURNING id`)
      .all(this.#clock.now(), ...values) as { id: string }[];
    return rows.map(({ id }) => id);
  }

  #row(id: string): Row | undefined {
    return this.#database.prepare('SELECT * FROM sessions WHERE id = ?').get(id) as Row | undefined;
  }
}

const isOpen = ({ ended, expires, seen }: Row, now: number, idle: number): boolean =>
  ended === null && now < expires && now - seen < idle;

const view = ({ hash: _, ...row }: Row): SessionView => ({
  ...row,
  factors: JSON.parse(row.factors) as string[],
});
