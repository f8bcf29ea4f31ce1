import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../base/clock.ts';
import { Refusal } from '../base/refusal.ts';
import type { PolicySource } from '../policy/policy.ts';
import { durably } from './database.ts';

/** How a policy came into force: written by hand and loaded, applied as a draft, or an earlier one brought back. */
export type Origin = 'file' | 'applied' | 'restored';

/** What is known of a version before it is in force. */
export interface VersionDraft {
  readonly hash: string;
  readonly source: PolicySource;
  readonly origin: Origin;
  /** Id of whoever applied it; empty: of whoever wrote the file nothing is known. */
  readonly person: string;
  readonly reason: string;
  /** Number of the version that was brought back. */
  readonly restored: number | null;
}

/** A policy that is or was in force. */
export interface PolicyVersion extends Omit<VersionDraft, 'source'> {
  /** From 1, rising. */
  readonly number: number;
  /** Since when, in milliseconds since 1970. */
  readonly time: number;
  /** SHA-256 of the text. */
  readonly digest: string;
  /** Whether its text is still kept. */
  readonly kept: boolean;
}

interface Row extends Omit<PolicyVersion, 'kept'> {
  readonly kept: number;
}

/** Versions of which the text is kept; of older ones, only what they were, from when, by whom and why. */
export const MOST_TEXTS = 1000;
const COLUMNS = 'number, time, hash, digest, origin, person, reason, restored, text IS NOT NULL AS kept';

/**
 * The policies that were in force, one after the other; only ever appended to. A version is staged before the file is written, so
 * that whoever finds another file after this process died knows whose it is.
 */
export class PolicyVersions {
  readonly #database: DatabaseSync;
  readonly #clock: Clock;

  constructor(database: DatabaseSync, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  /** Durable when it returns. There is at most one: what another left is dropped. @returns its number to be */
  stage({ hash, source, origin, person, reason, restored }: VersionDraft): number {
    return durably(this.#database, () => {
      this.#drop();
      const { lastInsertRowid } = this.#database
        .prepare(
          `INSERT INTO policy_versions (time, hash, digest, text, files, origin, person, reason, restored, staged)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1)`,
        )
        .run(
          this.#clock.now(),
          hash,
          source.digest,
          source.text,
          JSON.stringify(Object.fromEntries(source.files)),
          origin,
          person,
          reason,
          restored,
        );
      return Number(lastInsertRowid);
    });
  }

  /** It did not come into force. */
  unstage(): void {
    durably(this.#database, () => this.#drop());
  }

  /**
   * This policy is about to come into force: it is the staged one, or the one before, or was written by hand and is staged now.
   * @returns its version, and whether it is a new one
   */
  expect({ hash, source }: Pick<VersionDraft, 'hash' | 'source'>): {
    readonly version: PolicyVersion;
    readonly fresh: boolean;
  } {
    const isIt = (one: PolicyVersion | undefined): one is PolicyVersion =>
      one?.hash === hash && one.digest === source.digest;
    const staged = this.#staged();
    if (isIt(staged)) return { version: staged, fresh: true };
    const newest = this.newest();
    if (isIt(newest)) return { version: newest, fresh: false };
    this.stage({ hash, source, origin: 'file', person: '', reason: '', restored: null });
    const version = this.#staged();
    if (version === undefined) throw new Refusal('internal');
    return { version, fresh: true };
  }

  /** It is in force; any other that is staged never will be. */
  settle({ number }: PolicyVersion): void {
    durably(this.#database, () => {
      this.#database.prepare('UPDATE policy_versions SET staged = 0 WHERE number = ?').run(number);
      this.#drop();
      this.#forget();
    });
  }

  newest(): PolicyVersion | undefined {
    return this.#one('staged = 0 ORDER BY number DESC');
  }

  /** Newest first. @param before below this number */
  list(limit: number, before = Number.MAX_SAFE_INTEGER): PolicyVersion[] {
    const rows = this.#database
      .prepare(
        `SELECT ${COLUMNS} FROM policy_versions WHERE staged = 0 AND number < ? ORDER BY number DESC LIMIT ?`,
      )
      .all(before, limit);
    return (rows as unknown as Row[]).map(view);
  }

  /** Throws `not_found`. */
  get(number: number): PolicyVersion {
    const found = this.#one('staged = 0 AND number = ?', number);
    if (found === undefined) throw new Refusal('not_found', { hint: 'No version has this number.' });
    return found;
  }

  /** The newest version of this hash, as entries name policies; undefined: none is known. */
  byHash(hash: string): PolicyVersion | undefined {
    return this.#one('staged = 0 AND hash = ? ORDER BY number DESC', hash);
  }

  /** What it was read from. Throws `not_found`, also where its text is not kept any more. */
  source(number: number): { readonly text: string; readonly files: ReadonlyMap<string, string> } {
    this.get(number);
    const row = this.#database
      .prepare('SELECT text, files FROM policy_versions WHERE number = ?')
      .get(number);
    if (typeof row?.text !== 'string')
      throw new Refusal('not_found', { hint: `The text is kept of the newest ${MOST_TEXTS} versions.` });
    return {
      text: row.text,
      files: new Map(Object.entries(JSON.parse(String(row.files)) as Record<string, string>)),
    };
  }

  #staged(): PolicyVersion | undefined {
    return this.#one('staged = 1 ORDER BY number DESC');
  }

  #drop(): void {
    this.#database.exec('DELETE FROM policy_versions WHERE staged = 1');
  }

  #forget(): void {
    this.#database
      .prepare(
        `UPDATE policy_versions SET text = NULL, files = NULL WHERE text IS NOT NULL AND number <=
           (SELECT number FROM policy_versions WHERE staged = 0 ORDER BY number DESC LIMIT 1 OFFSET ?)`,
      )
      .run(MOST_TEXTS);
  }

  #one(where: string, ...values: (string | number)[]): PolicyVersion | undefined {
    const row = this.#database
      .prepare(`SELECT ${COLUMNS} FROM policy_versions WHERE ${where} LIMIT 1`)
      .get(...values);
    return row === undefined ? undefined : view(row as unknown as Row);
  }
}

const view = (row: Row): PolicyVersion => ({ ...row, kept: row.kept === 1 });
