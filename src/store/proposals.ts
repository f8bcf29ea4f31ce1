import { type KeyObject, randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../base/clock.ts';
import type { JsonObject } from '../base/json.ts';
import { Refusal } from '../base/refusal.ts';
import { hashKey } from '../callers/key.ts';
import type { Action } from '../exchange/exchange.ts';
import { durably } from './database.ts';

/** An act that somebody wants to do, and that another one is to approve. */
export interface ProposalDraft {
  /** Id of the person who wants to. */
  readonly person: string;
  /** What the endpoint is called in the ledger, and its action. */
  readonly operation: string;
  readonly action: Action;
  /** Whose the objects are: whoever approves must be allowed the action on each. */
  readonly about: readonly JsonObject[];
  /** The act as it was asked for, for whoever is to approve it: method, path, query, body. */
  readonly request: string;
}

export interface Proposal extends ProposalDraft {
  /** `pro_…`. */
  readonly id: string;
  readonly created: number;
  readonly expires: number;
  /** Id of the person who has approved. */
  readonly approver: string | null;
}

interface Row extends Omit<Proposal, 'about'> {
  readonly about: string;
}

/** How long a proposal is good, approved or not. */
const LIFE = 60 * 60_000;
/** Proposals of one person; the oldest gives way. */
const MOST = 20;
const COLUMNS = 'id, person, operation, action, about, request, created, expires, approver';

/** Acts that wait for a second person. One that was approved can be done once, exactly as it was proposed. */
export class Proposals {
  readonly #database: DatabaseSync;
  readonly #pepper: KeyObject;
  readonly #clock: Clock;

  constructor(database: DatabaseSync, pepper: KeyObject, clock: Clock) {
    this.#database = database;
    this.#pepper = pepper;
    this.#clock = clock;
  }

  /** @returns the proposal, and whether it was made just now: the same act of the same person is one proposal */
  make(draft: ProposalDraft): { readonly proposal: Proposal; readonly made: boolean } {
    const { person, operation, action, about, request } = draft;
    const now = this.#clock.now();
    const digest = this.#digestOf(draft);
    return durably(this.#database, () => {
      const there = this.#one('person = ? AND digest = ? AND expires > ?', person, digest, now);
      if (there !== undefined) return { proposal: there, made: false };
      this.#database.prepare('DELETE FROM proposals WHERE expires <= ?').run(now);
      this.#database
        .prepare(
          `DELETE FROM proposals WHERE id IN (
             SELECT id FROM proposals WHERE person = ? ORDER BY created DESC LIMIT -1 OFFSET ?)`,
        )
        .run(person, MOST - 1);
      const id = `pro_${randomBytes(9).toString('hex')}`;
      this.#database
        .prepare(
          `INSERT INTO proposals (id, person, digest, operation, action, about, request, created, expires)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        )
        .run(id, person, digest, operation, action, JSON.stringify(about), request, now, now + LIFE);
      return { proposal: this.get(id), made: true };
    });
  }

  /** Those that are open or approved, oldest first. */
  list(): Proposal[] {
    const rows = this.#database
      .prepare(`SELECT ${COLUMNS} FROM proposals WHERE expires > ? ORDER BY created, id`)
      .all(this.#clock.now());
    return (rows as unknown as Row[]).map(view);
  }

  /** Throws `not_found`. */
  get(id: string): Proposal {
    const found = this.#one('id = ? AND expires > ?', id, this.#clock.now());
    if (found === undefined) throw new Refusal('not_found', { hint: 'No open proposal has this id.' });
    return found;
  }

  /** Throws `not_found`; `conflict` where it is their own, or approved already. */
  approve(id: string, approver: string): Proposal {
    return durably(this.#database, () => {
      const { person, approver: before } = this.get(id);
      if (person === approver) throw new Refusal('conflict', { hint: 'Somebody else has to approve it.' });
      if (before !== null) throw new Refusal('conflict', { hint: 'It is approved already.' });
      this.#database.prepare('UPDATE proposals SET approver = ? WHERE id = ?').run(approver, id);
      return this.get(id);
    });
  }

  /** It is not to be done, or it was. */
  close(id: string): void {
    durably(this.#database, () => this.#database.prepare('DELETE FROM proposals WHERE id = ?').run(id));
  }

  /** Uses up the approval of this very act; undefined: there is none. Of two at once, one has it. */
  take(draft: ProposalDraft): Proposal | undefined {
    return durably(this.#database, () => {
      const found = this.#one(
        'person = ? AND digest = ? AND expires > ? AND approver IS NOT NULL',
        draft.person,
        this.#digestOf(draft),
        this.#clock.now(),
      );
      if (found !== undefined) this.#database.prepare('DELETE FROM proposals WHERE id = ?').run(found.id);
      return found;
    });
  }

  #digestOf({ operation, request }: ProposalDraft): Uint8Array {
    return hashKey(`proposal ${operation} ${request}`, this.#pepper);
  }

  #one(where: string, ...values: (string | number | Uint8Array)[]): Proposal | undefined {
    const row = this.#database.prepare(`SELECT ${COLUMNS} FROM proposals WHERE ${where}`).get(...values);
    return row === undefined ? undefined : view(row as unknown as Row);
  }
}

const view = (row: Row): Proposal => ({ ...row, about: JSON.parse(row.about) as JsonObject[] });
