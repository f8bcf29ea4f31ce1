import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { Dead } from './order.ts';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS feeds (
    ledger TEXT NOT NULL,
    name   TEXT NOT NULL,
    next   INTEGER NOT NULL,
    PRIMARY KEY (ledger, name)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS dead (
    name   TEXT NOT NULL,
    seq    INTEGER NOT NULL,
    time   INTEGER NOT NULL,
    answer TEXT NOT NULL,
    PRIMARY KEY (name, seq)
  ) STRICT, WITHOUT ROWID;
`;

/**
 * How far each feed has come, and which entries its receiver refused: by number, since what they say is in the ledger. It is a
 * file of its own, not one of the views: those may be made anew at any time, and this cannot be. What a power cut takes of it is
 * delivered again.
 */
export class FeedBook {
  readonly #database: DatabaseSync;
  readonly #ledger: string;

  /** @param ledger which ledger the numbers are of */
  constructor(file: string, ledger: string) {
    // SQLite would make it readable by all first.
    closeSync(openSync(file, 'a', 0o600));
    this.#database = new DatabaseSync(file, { timeout: 5000 });
    this.#ledger = ledger;
    this.#database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; ${SCHEMA}`);
  }

  /** Number of the entry that a feed looks at next; undefined where it is new. */
  next(name: string): number | undefined {
    const row = this.#database
      .prepare('SELECT next FROM feeds WHERE ledger = ? AND name = ?')
      .get(this.#ledger, name);
    return row === undefined ? undefined : Number(row.next);
  }

  setNext(name: string, next: number): void {
    this.#database
      .prepare('INSERT INTO feeds VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET next = ?3')
      .run(this.#ledger, name, next);
  }

  /** Remembers an entry that was refused; of more than `most` the oldest are forgotten. */
  bury(name: string, { seq, time, answer }: Dead, most: number): void {
    this.#database.prepare('INSERT OR REPLACE INTO dead VALUES (?, ?, ?, ?)').run(name, seq, time, answer);
    this.#database
      .prepare(
        'DELETE FROM dead WHERE name = ?1 AND seq <= (SELECT seq FROM dead WHERE name = ?1 ORDER BY seq DESC LIMIT 1 OFFSET ?2)',
      )
      .run(name, most);
  }

  /** Oldest first. */
  dead(name: string, limit = -1): Dead[] {
    return this.#database
      .prepare('SELECT seq, time, answer FROM dead WHERE name = ? ORDER BY seq LIMIT ?')
      .all(name, limit)
      .map((row) => ({ seq: Number(row.seq), time: Number(row.time), answer: String(row.answer) }));
  }

  deadCount(name: string): number {
    return Number(this.#database.prepare('SELECT count(*) AS n FROM dead WHERE name = ?').get(name)?.n ?? 0);
  }

  revive(name: string, seq: number): void {
    this.#database.prepare('DELETE FROM dead WHERE name = ? AND seq = ?').run(name, seq);
  }

  close(): void {
    this.#database.close();
  }
}
