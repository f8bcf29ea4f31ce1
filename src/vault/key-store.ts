import { closeSync, openSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { Problem } from '../base/problem.ts';

/** The key of a tenant and a month, wrapped by a master key. */
export interface MonthKeyRow {
  readonly id: string;
  readonly tenant: string;
  /** UTC, `2026-10`. */
  readonly month: string;
  /** Name of the master key. */
  readonly master: string;
  readonly wrapped: string;
  /** Milliseconds since 1970. */
  readonly created: number;
}

/** The key of a data subject, wrapped by the key of a month. */
export interface SubjectKeyRow {
  readonly id: string;
  /** Id of the month's key. */
  readonly parent: string;
  /** Keyed digest. */
  readonly subject: string;
  readonly wrapped: string;
  readonly created: number;
}

/** What is erased: everything of one person, or of a tenant in a month. */
export type Erasable = { readonly subject: string } | { readonly tenant: string; readonly month: string };

/** Each takes the schema one version further; none is ever changed once released. */
const MIGRATIONS = [
  `
  CREATE TABLE masters (
    name    TEXT PRIMARY KEY,
    kind    TEXT NOT NULL,
    checked TEXT NOT NULL,
    created INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE month_keys (
    id      TEXT PRIMARY KEY,
    tenant  TEXT NOT NULL,
    month   TEXT NOT NULL,
    master  TEXT NOT NULL,
    wrapped TEXT NOT NULL,
    created INTEGER NOT NULL,
    UNIQUE (tenant, month)
  ) STRICT;
  CREATE INDEX month_keys_by_master ON month_keys (master);

  CREATE TABLE subject_keys (
    id      TEXT PRIMARY KEY,
    parent  TEXT NOT NULL REFERENCES month_keys (id) ON DELETE CASCADE,
    subject TEXT NOT NULL,
    wrapped TEXT NOT NULL,
    created INTEGER NOT NULL,
    UNIQUE (parent, subject)
  ) STRICT;
  CREATE INDEX subject_keys_by_subject ON subject_keys (subject);

  CREATE TABLE progress (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
  `,
];

/** The newest schema that this version knows. */
export const KEY_SCHEMA = MIGRATIONS.length;

/**
 * Wrapped keys in a database of their own, so that destroying them touches nothing else. Each change is on disk when it
 * returns, and what is deleted is overwritten (`secure_delete`) and taken out of the journal: then no file of the data
 * folder holds it. What a disk or file system keeps of old blocks is beyond any program.
 */
export class KeyStore {
  readonly #database: DatabaseSync;
  readonly #month;
  readonly #monthById;
  readonly #subject;
  readonly #subjectById;

  constructor(file: string) {
    this.#database = openKeys(file);
    const prepare = (sql: string) => this.#database.prepare(sql);
    this.#month = prepare('SELECT * FROM month_keys WHERE tenant = ? AND month = ?');
    this.#monthById = prepare('SELECT * FROM month_keys WHERE id = ?');
    this.#subject = prepare('SELECT * FROM subject_keys WHERE parent = ? AND subject = ?');
    this.#subjectById = prepare('SELECT * FROM subject_keys WHERE id = ?');
  }

  month(tenant: string, month: string): MonthKeyRow | undefined {
    return this.#month.get(tenant, month) as MonthKeyRow | undefined;
  }

  monthById(id: string): MonthKeyRow | undefined {
    return this.#monthById.get(id) as MonthKeyRow | undefined;
  }

  subject(parent: string, subject: string): SubjectKeyRow | undefined {
    return this.#subject.get(parent, subject) as SubjectKeyRow | undefined;
  }

  subjectById(id: string): SubjectKeyRow | undefined {
    return this.#subjectById.get(id) as SubjectKeyRow | undefined;
  }

  /** Keeps the key, unless another process was first. */
  addMonth({ id, tenant, month, master, wrapped, created }: MonthKeyRow): void {
    this.#run(
      'INSERT OR IGNORE INTO month_keys (id, tenant, month, master, wrapped, created) VALUES (?, ?, ?, ?, ?, ?)',
      [id, tenant, month, master, wrapped, created],
    );
  }

  /** The same. Throws where the month's key is gone. */
  addSubject({ id, parent, subject, wrapped, created }: SubjectKeyRow): void {
    this.#run(
      'INSERT OR IGNORE INTO subject_keys (id, parent, subject, wrapped, created) VALUES (?, ?, ?, ?, ?)',
      [id, parent, subject, wrapped, created],
    );
  }

  /** The check value of a master key: what it gives back tells whether it is the same one. */
  check(master: string): string | undefined {
    const row = this.#database.prepare('SELECT checked FROM masters WHERE name = ?').get(master);
    return (row as { checked: string } | undefined)?.checked;
  }

  addMaster(name: string, kind: string, checked: string, created: number): void {
    this.#run('INSERT OR IGNORE INTO masters (name, kind, checked, created) VALUES (?, ?, ?, ?)', [
      name,
      kind,
      checked,
      created,
    ]);
  }

  /** Forgets master keys that wrap nothing and are not in the settings any more. */
  dropMasters(known: readonly string[]): void {
    this.#run(
      `DELETE FROM masters WHERE name NOT IN (SELECT value FROM json_each(?))
       AND name NOT IN (SELECT master FROM month_keys)`,
      [JSON.stringify(known)],
    );
  }

  /** How many keys each master key wraps. */
  byMaster(): ReadonlyMap<string, number> {
    const rows = this.#database
      .prepare('SELECT master, count(*) AS keys FROM month_keys GROUP BY master')
      .all() as unknown as { master: string; keys: number }[];
    return new Map(rows.map(({ master, keys }) => [master, keys]));
  }

  counts(): { readonly months: number; readonly subjects: number } {
    const row = this.#database
      .prepare(
        'SELECT (SELECT count(*) FROM month_keys) AS months, (SELECT count(*) FROM subject_keys) AS subjects',
      )
      .get() as { months: number; subjects: number };
    return { months: row.months, subjects: row.subjects };
  }

  /** Some keys, in the order of their ids, after one. @param but those of this master key left out */
  monthsAfter(id: string, limit: number, but?: string): MonthKeyRow[] {
    return this.#database
      .prepare('SELECT * FROM month_keys WHERE id > ?1 AND master IS NOT ?2 ORDER BY id LIMIT ?3')
      .all(id, but ?? null, limit) as unknown as MonthKeyRow[];
  }

  /** Puts a new wrapping in the place of the one that was read, unless the key was erased or wrapped anew meanwhile. */
  rewrapped(row: MonthKeyRow, master: string, wrapped: string): void {
    this.#run('UPDATE month_keys SET master = ?, wrapped = ? WHERE id = ? AND wrapped = ?', [
      master,
      wrapped,
      row.id,
      row.wrapped,
    ]);
  }

  /** How many keys an erasure would destroy, and when the newest of them was made. */
  erasable(target: Erasable): { readonly keys: number; readonly newest: number } {
    const { from, values } = selection(target);
    const row = this.#database
      .prepare(`SELECT count(*) AS keys, coalesce(max(created), 0) AS newest FROM ${from}`)
      .get(...values) as { keys: number; newest: number };
    return { keys: row.keys, newest: row.newest };
  }

  /** Destroys keys made up to a time, with all that they wrap. Returns how many, those that they wrap not counted. */
  erase(target: Erasable, until: number): number {
    const { from, values } = selection(target);
    const destroyed = this.#run(`DELETE FROM ${from} AND created <= ?`, [...values, until]);
    this.scrub();
    return destroyed;
  }

  /** Destroys the keys of months before this one. */
  eraseBefore(month: string): number {
    const destroyed = this.#run('DELETE FROM month_keys WHERE month < ?', [month]);
    if (destroyed > 0) this.scrub();
    return destroyed;
  }

  /**
   * Takes what was overwritten or deleted out of the write-ahead log too. Throws where another process keeps it busy:
   * then an old page may still lie there.
   */
  scrub(): void {
    const { busy } = this.#database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as { busy: number };
    if (busy !== 0) throw new Error('the key database is busy');
  }

  /** How far the ledger has been read for erasures. */
  get applied(): number {
    const row = this.#database.prepare("SELECT value FROM progress WHERE name = 'erasures'").get();
    return (row as { value: number } | undefined)?.value ?? 0;
  }

  set applied(size: number) {
    this.#run("INSERT OR REPLACE INTO progress (name, value) VALUES ('erasures', ?)", [size]);
  }

  close(): void {
    this.#database.close();
  }

  #run(sql: string, values: readonly SQLInputValue[]): number {
    return Number(this.#database.prepare(sql).run(...values).changes);
  }
}

function selection(target: Erasable): { readonly from: string; readonly values: string[] } {
  if ('subject' in target) return { from: 'subject_keys WHERE subject = ?', values: [target.subject] };
  return { from: 'month_keys WHERE tenant = ? AND month = ?', values: [target.tenant, target.month] };
}

/** Throws Problem('environment'). */
function openKeys(file: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    // SQLite would make it readable by all first; its journal takes the mode of the file.
    closeSync(openSync(file, 'a', 0o600));
    database = new DatabaseSync(file, { timeout: 2000 });
    database.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; ' +
        'PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF',
    );
    const { user_version: version } = database.prepare('PRAGMA user_version').get() as {
      user_version: number;
    };
    if (version > MIGRATIONS.length) {
      throw new Problem(
        'environment',
        `${file} was written by a newer version of Gatehouse`,
        'Run that version, or restore an older backup.',
      );
    }
    for (const [index, sql] of MIGRATIONS.entries()) {
      if (index >= version)
        database.exec(`BEGIN IMMEDIATE; ${sql} PRAGMA user_version = ${index + 1}; COMMIT`);
    }
    return database;
  } catch (error) {
    database?.close();
    if (error instanceof Problem) throw error;
    throw new Problem(
      'environment',
      `cannot open the keys of sealed content in ${file}`,
      'Check its owner and mode; if it is damaged, restore it from a backup.',
      error,
    );
  }
}
