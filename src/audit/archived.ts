import type { Entry } from './entry.ts';
import type { Hash, TreeHash, TreeState } from './merkle.ts';
import { Frontier } from './merkle.ts';
import type { Failures } from './report.ts';

/** The tree before the first segment, where that is not the log's beginning. */
export interface Base {
  readonly file: string;
  /** Undefined where the file is missing, or holds no state of that size. */
  readonly state: TreeState | undefined;
}

/** Kind of the entry that says that everything below `next` was archived, and what the root of that tree was. */
export const ARCHIVED = 'ledger.archived';

/**
 * The beginning of a log that is not here. That is fine only where a signed entry says so: else whoever drops the first
 * segments could say that they were archived.
 */
export class ArchivedFront {
  readonly #base: Base | undefined;
  readonly #failures: Failures;
  readonly #root: Hash | undefined;
  /** The first entry that vouches for the front. */
  #seq: number | undefined;

  constructor(base: Base | undefined, hash: TreeHash, failures: Failures) {
    this.#base = base;
    this.#failures = failures;
    if (base === undefined) return;
    if (base.state === undefined) {
      failures.add({ file: base.file }, 'the tree before the first entry here is missing or malformed');
      return;
    }
    const tree = new Frontier(hash);
    tree.restore(base.state);
    this.#root = tree.root();
  }

  /** Entries that it is made of. */
  get size(): number {
    return this.#base?.state?.size ?? 0;
  }

  read(entry: Entry | undefined): void {
    if (this.#base?.state === undefined || entry?.kind !== ARCHIVED) return;
    const { next, root } = entry.fields;
    if (typeof next !== 'number' || next < this.size) return;
    this.#seq ??= entry.seq;
    if (next === this.size && root !== this.#root)
      this.#failures.add(
        { file: this.#base.file },
        `this is not the tree that was archived: entry ${entry.seq} has another root`,
      );
  }

  /** @param first file of the first segment @param signed entries that are signed */
  end(first: string, signed: number): void {
    if (this.size === 0 || (this.#seq !== undefined && this.#seq < signed)) return;
    this.#failures.add(
      { file: first, seq: 0, toSeq: this.size - 1 },
      'these entries are missing, and no signed entry says that they were archived',
    );
  }
}
