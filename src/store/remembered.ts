import type { DatabaseSync } from 'node:sqlite';

/** What is remembered of one table, in rows. */
const MOST = 10_000;

/**
 * Rows that were read, remembered for as long as nobody, in any process, has changed who is asking and who may: so that a
 * revocation takes effect at once. Whoever writes in this process calls {@link clear}.
 */
export class Remembered<Row> {
  readonly #rows = new Map<string, Row>();
  readonly #version;
  readonly #changes;
  #seen = -1;
  #standing = -1;
  #fresh = false;

  constructor(database: DatabaseSync) {
    // Changes with every commit of another connection.
    this.#version = database.prepare('PRAGMA data_version');
    // Counted by triggers on callers, keys, identities and models: counters are written many times a second, and change
    // nothing here.
    this.#changes = database.prepare('SELECT changes FROM standing');
  }

  /** A row by its key, read where it is not known. That there is none is not remembered: anybody can ask for that. */
  get(key: string, read: (key: string) => Row | undefined): Row | undefined {
    if (!this.#fresh) this.#refresh();
    const known = this.#rows.get(key) ?? read(key);
    if (known !== undefined) this.#rows.set(key, known);
    return known;
  }

  clear(): void {
    this.#rows.clear();
  }

  /** Asks, once in each round of events, whether another process has written. */
  #refresh(): void {
    const { data_version: version } = this.#version.get() as { data_version: number };
    if (version !== this.#seen) {
      const { changes } = this.#changes.get() as { changes: number };
      if (changes !== this.#standing) this.#rows.clear();
      this.#standing = changes;
      this.#seen = version;
    }
    if (this.#rows.size >= MOST) this.#rows.clear();
    this.#fresh = true;
    setImmediate(() => {
      this.#fresh = false;
    });
  }
}
