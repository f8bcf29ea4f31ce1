import type { DatabaseSync } from 'node:sqlite';
import type { Entry } from '../audit/entry.ts';
import { Frontier, type Hash, type TreeHash, type TreeState } from '../audit/merkle.ts';

/** Leaves of the smallest subtrees that are kept, as a power of two: of smaller ones the entries are read again. */
export const LEAST_LEVEL = 8;

/**
 * The tree of a ledger as far as proofs need it: roots of its perfect subtrees of 256 leaves and more, a quarter of a byte an
 * entry. Each entry names the leaf of the one before, so the tree is one entry behind.
 */
export class Subtrees {
  readonly #database: DatabaseSync;
  readonly #tree: Frontier;
  readonly #sql;

  constructor(database: DatabaseSync, hash: TreeHash) {
    this.#database = database;
    this.#tree = new Frontier(hash);
    this.#sql = {
      state: database.prepare('SELECT size, nodes FROM tree'),
      forget: database.prepare('DELETE FROM tree'),
      keep: database.prepare('INSERT INTO tree VALUES (?, ?)'),
      insert: database.prepare('INSERT OR REPLACE INTO subtrees VALUES (?, ?, ?)'),
      find: database.prepare('SELECT root FROM subtrees WHERE level = ? AND number = ?'),
    };
    this.#restore();
  }

  /** Leaves of the tree. */
  get size(): number {
    return this.#tree.size;
  }

  /** Number of the entry that it waits for. */
  get next(): number {
    return this.size + 1;
  }

  /** Entries in order; those that it has had are left out. */
  take(entries: readonly Entry[]): void {
    const fresh = entries.filter(({ seq }) => seq >= this.next);
    if (fresh.length === 0) return;
    try {
      this.#database.exec('BEGIN');
      for (const { seq, prev } of fresh) {
        if (seq !== this.next) throw new RangeError(`entry ${seq} came, and ${this.next} is next`);
        this.#tree.push(prev, (level, root) => this.#keep(level, root));
      }
      this.#sql.forget.run();
      this.#sql.keep.run(this.size, JSON.stringify(this.#tree.state().nodes));
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.exec('ROLLBACK');
      this.#restore();
      throw error;
    }
  }

  /** Root of the leaves `number * 2 ** level` and so many on; undefined where it is smaller than those kept, or not whole yet. */
  root(level: number, number: number): Hash | undefined {
    const row = this.#sql.find.get(level, number) as { root: Uint8Array } | undefined;
    return row && Buffer.from(row.root).toString('base64');
  }

  #keep(level: number, root: Hash): void {
    if (level < LEAST_LEVEL) return;
    // The leaf that makes it whole is not counted yet.
    const number = (this.size + 1) / 2 ** level - 1;
    this.#sql.insert.run(level, number, Buffer.from(root, 'base64'));
  }

  #restore(): void {
    const row = this.#sql.state.get() as { size: number; nodes: string } | undefined;
    this.#tree.restore(
      row === undefined
        ? { size: 0, nodes: [] }
        : { size: row.size, nodes: JSON.parse(row.nodes) as TreeState['nodes'] },
    );
  }
}
