import { randomBytes } from 'node:crypto';
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { Clock } from '../base/clock.ts';
import { Refusal } from '../base/refusal.ts';
import type { Action } from '../exchange/exchange.ts';
import type { Spot } from '../exchange/verdict.ts';
import { durably, transaction } from './database.ts';

/** What was found, without the text. */
export interface HeldFinding {
  readonly guard: string;
  readonly reason: string;
  /** Keyed, of who asked and of the text that was found: the same finding again has the same. */
  readonly digest: string;
  readonly at?: Spot;
}

/**
 * What waits: a text in which a guard found something, a version of a sealed model that is to be approved, or a measure that the
 * gateway has taken by itself.
 */
export const REVIEW_KINDS = ['prompt', 'reply', 'deployment', 'containment'] as const;
export type ReviewKind = (typeof REVIEW_KINDS)[number];

/** Something that waits for a person. */
export interface ReviewDraft {
  /** The request that it came with. */
  readonly request: string;
  readonly kind: ReviewKind;
  readonly caller: string;
  readonly owner: string;
  readonly team: string;
  /** What the caller wanted to do. */
  readonly action: Action;
  /** Null where the name is not one of the settings'. */
  readonly model: string | null;
  /** Keyed, of the request. */
  readonly digest: string;
  readonly findings: readonly HeldFinding[];
  /** Content type of the text. */
  readonly media: string;
  readonly sealed: Uint8Array;
  readonly deadline: number;
  readonly expires: number;
  /** Process that holds the connection. */
  readonly holder: number;
  /** Id of the sealed model, or `inc_…/1`; undefined: it is about a text. */
  readonly subject?: string;
}

/**
 * What has become of the connection: it waits; the caller was told to come back; they left; the process that held it is gone;
 * what was held went on.
 */
export const CONNECTIONS = ['held', 'told', 'gone', 'lost', 'delivered'] as const;
export type Connection = (typeof CONNECTIONS)[number];

export const REVIEW_STATES = ['open', 'passed', 'blocked'] as const;
export type ReviewState = (typeof REVIEW_STATES)[number];

export interface Review extends Omit<ReviewDraft, 'subject'> {
  readonly subject: string | null;
  /** `rev_…`. */
  readonly id: string;
  readonly state: ReviewState;
  readonly created: number;
  readonly connection: Connection;
  /** Who works on it, and until when nobody else may. */
  readonly claimant: string | null;
  readonly claimed: number;
  readonly decided: number | null;
  readonly decider: string | null;
  /** Sealed. */
  readonly reason: Uint8Array | null;
}

export interface Decision {
  readonly state: 'passed' | 'blocked';
  /** Id of who decided. */
  readonly by: string;
  readonly reason: Uint8Array | null;
  /** The same findings of the same caller pass until then. */
  readonly until?: number | undefined;
}

export interface ReviewFilter {
  readonly kind?: ReviewKind | undefined;
  readonly state?: ReviewState | undefined;
  /** Only those that are older than this one. */
  readonly before?: string | undefined;
  readonly limit: number;
}

type Row = Omit<Review, 'findings'> & { readonly findings: string };

/** How long nobody else may decide on what somebody has claimed. */
const CLAIM = 15 * 60_000;
interface Room {
  readonly reviews: number;
  readonly bytes: number;
}

/** Open ones, in all and of one caller. */
const MOST: Room = { reviews: 10_000, bytes: 1024 ** 3 };
const MOST_OF_CALLER: Room = { reviews: 100, bytes: 64 * 1024 ** 2 };
/** Findings that pass; the one that would end first gives way. */
const MOST_PASSES = 100_000;

/** The queue of what guards held for people. Every process writes what it holds; the primary decides. */
export class Reviews {
  readonly #database: DatabaseSync;
  readonly #clock: Clock;

  constructor(database: DatabaseSync, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  /** There is room for one more of this caller's. @param bytes of its text */
  hasRoom(caller: string, bytes: number): boolean {
    const open = (where: string, ...values: SQLInputValue[]) =>
      this.#database
        .prepare(
          `SELECT count(*) AS reviews, coalesce(sum(length(sealed)), 0) AS bytes FROM reviews WHERE state = 'open'${where}`,
        )
        .get(...values) as unknown as Room;
    const fits = (there: Room, most: Room) =>
      there.reviews < most.reviews && there.bytes + bytes <= most.bytes;
    return fits(open(''), MOST) && fits(open(' AND caller = ?', caller), MOST_OF_CALLER);
  }

  newId(): string {
    return `rev_${randomBytes(12).toString('hex')}`;
  }

  /** Durable when it returns. */
  hold(id: string, draft: ReviewDraft): void {
    const row: Record<string, SQLInputValue> = {
      ...draft,
      findings: JSON.stringify(draft.findings),
      id,
      state: 'open',
      created: this.#clock.now(),
      connection: draft.subject === undefined ? 'held' : 'told',
      claimed: 0,
    };
    const names = Object.keys(row);
    const values = names.map((name) => `:${name}`);
    durably(this.#database, () =>
      this.#database
        .prepare(`INSERT INTO reviews (${names.join(', ')}) VALUES (${values.join(', ')})`)
        .run(row),
    );
  }

  /** Throws `not_found`. */
  get(id: string): Review {
    const [found] = this.#select('id = ?', id);
    if (found === undefined) throw new Refusal('not_found', { hint: 'No review has this id.' });
    return found;
  }

  /** The newest on this very prompt of this caller. */
  ofPrompt(caller: string, digest: string): Review | undefined {
    return this.#select(
      "caller = ? AND digest = ? AND kind = 'prompt' ORDER BY created DESC, id LIMIT 1",
      caller,
      digest,
    )[0];
  }

  /** The newest first. Throws `not_found` where `before` names none. */
  list({ state, kind, before, limit }: ReviewFilter): Review[] {
    const where = [
      ...(state === undefined ? [] : ['state = :state']),
      ...(kind === undefined ? [] : ['kind = :kind']),
      ...(before === undefined ? [] : ['(created, id) < (:created, :before)']),
      '1',
    ];
    const values: Record<string, SQLInputValue> = { limit };
    if (state !== undefined) values.state = state;
    if (kind !== undefined) values.kind = kind;
    if (before !== undefined) Object.assign(values, { before, created: this.get(before).created });
    const rows = this.#database
      .prepare(
        `SELECT * FROM reviews WHERE ${where.join(' AND ')} ORDER BY created DESC, id DESC LIMIT :limit`,
      )
      .all(values);
    return (rows as unknown as Row[]).map(view);
  }

  /** The open ones that are due first. */
  open(limit: number): Review[] {
    return this.#select("state = 'open' ORDER BY deadline, id LIMIT ?", limit);
  }

  /** How those stand of which somebody waits to hear. */
  states(ids: readonly string[]): Map<string, ReviewState> {
    const rows = this.#database
      .prepare('SELECT id, state FROM reviews WHERE id IN (SELECT value FROM json_each(?))')
      .all(JSON.stringify(ids)) as { id: string; state: ReviewState }[];
    return new Map(rows.map(({ id, state }) => [id, state]));
  }

  /** The newest about this. */
  ofSubject(subject: string): Review | undefined {
    return this.#select('subject = ? ORDER BY created DESC, id LIMIT 1', subject)[0];
  }

  /** Those about models and measures on which nobody has decided. */
  openSubjects(): Review[] {
    return this.#select("subject IS NOT NULL AND state = 'open'");
  }

  /** Those on which nobody has decided in time, the oldest first. */
  due(limit: number): Review[] {
    return this.#select(
      "state = 'open' AND deadline <= ? ORDER BY deadline LIMIT ?",
      this.#clock.now(),
      limit,
    );
  }

  connected(id: string, connection: Exclude<Connection, 'delivered' | 'lost'>): void {
    this.#database
      .prepare("UPDATE reviews SET connection = ? WHERE id = ? AND connection <> 'delivered'")
      .run(connection, id);
  }

  /** Processes that held connections are gone. @param holder undefined: all of them */
  lost(holder?: number): void {
    const one = holder === undefined ? '' : ' AND holder = ?';
    this.#database
      .prepare(`UPDATE reviews SET connection = 'lost' WHERE connection = 'held'${one}`)
      .run(...(holder === undefined ? [] : [holder]));
  }

  /** What was decided to pass goes to its caller, once: of two at the same time, one has it. */
  deliver(id: string): boolean {
    return durably(
      this.#database,
      () =>
        this.#database
          .prepare(
            "UPDATE reviews SET connection = 'delivered' WHERE id = ? AND state = 'passed' AND connection <> 'delivered'",
          )
          .run(id).changes === 1,
    );
  }

  /** Throws `not_found`; `conflict` where somebody else has it, or it is decided. */
  claim(id: string, by: string): Review {
    return transaction(this.#database, () => {
      this.checkOpen(id, by);
      this.#database
        .prepare('UPDATE reviews SET claimant = ?, claimed = ? WHERE id = ?')
        .run(by, this.#clock.now() + CLAIM, id);
      return this.get(id);
    });
  }

  /** Throws as {@link claim} does. */
  release(id: string, by: string): Review {
    return transaction(this.#database, () => {
      this.checkOpen(id, by);
      this.#database.prepare('UPDATE reviews SET claimant = NULL, claimed = 0 WHERE id = ?').run(id);
      return this.get(id);
    });
  }

  /** May be decided on by them. Throws as {@link claim} does. */
  checkOpen(id: string, by: string): Review {
    const review = this.get(id);
    const { state, claimant, claimed } = review;
    if (state !== 'open') throw new Refusal('conflict', { hint: 'It is decided already.' });
    if (claimant !== null && claimant !== by && claimed > this.#clock.now())
      throw new Refusal('conflict', { hint: 'Somebody else is working on it.' });
    return review;
  }

  /** Durable when it returns. Does nothing to what is decided already. */
  decide(id: string, { state, by, reason, until }: Decision): Review {
    return durably(this.#database, () => {
      const { findings } = this.get(id);
      const { changes } = this.#database
        .prepare(
          "UPDATE reviews SET state = ?, decider = ?, reason = ?, decided = ? WHERE id = ? AND state = 'open'",
        )
        .run(state, by, reason, this.#clock.now(), id);
      if (changes === 1 && until !== undefined)
        for (const { digest } of findings) this.#letPass(digest, id, until);
      return this.get(id);
    });
  }

  #letPass(digest: string, review: string, until: number): void {
    this.#database
      .prepare(
        `DELETE FROM review_passes WHERE digest IN (
           SELECT digest FROM review_passes ORDER BY expires DESC LIMIT -1 OFFSET ?)`,
      )
      .run(MOST_PASSES - 1);
    this.#database
      .prepare('INSERT OR REPLACE INTO review_passes VALUES (?, ?, ?)')
      .run(digest, review, until);
  }

  /** The review in which it was decided that such a finding passes from now on. */
  passedBy(digest: string): string | undefined {
    const row = this.#database
      .prepare('SELECT review FROM review_passes WHERE digest = ? AND expires > ?')
      .get(digest, this.#clock.now()) as { review: string } | undefined;
    return row?.review;
  }

  /** Removes what has been kept for long enough; says how many. */
  expire(): number {
    const now = this.#clock.now();
    return transaction(this.#database, () => {
      this.#database.prepare('DELETE FROM review_passes WHERE expires <= ?').run(now);
      return Number(this.#database.prepare('DELETE FROM reviews WHERE expires <= ?').run(now).changes);
    });
  }

  #select(where: string, ...values: SQLInputValue[]): Review[] {
    const rows = this.#database.prepare(`SELECT * FROM reviews WHERE ${where}`).all(...values);
    return (rows as unknown as Row[]).map(view);
  }
}

const view = (row: Row): Review => ({ ...row, findings: JSON.parse(row.findings) as HeldFinding[] });
