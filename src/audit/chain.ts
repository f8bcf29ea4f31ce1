import { type Entry, parseEntry } from './entry.ts';
import { Malformed } from './malformed.ts';
import type { Hash, TreeHash, TreeState } from './merkle.ts';
import { Frontier } from './merkle.ts';
import type { Failures, Place } from './report.ts';

/**
 * Follows the entries one by one: numbers without gaps, each holding the hash of the one before. The signed roots say
 * whether anything changed; this says where.
 */
export class Chain {
  readonly #hash: TreeHash;
  readonly #failures: Failures;
  readonly #tree: Frontier;
  /** Hash of the entry before; undefined where it could not be read. */
  #prev: Hash | undefined;
  #last: Place | undefined;
  #next = 0;
  #intact = true;
  /** The link into `at` is broken; the next link tells which side was changed. */
  #suspect: { readonly before: Place; readonly at: Place } | undefined;

  constructor(hash: TreeHash, failures: Failures) {
    this.#hash = hash;
    this.#failures = failures;
    this.#tree = new Frontier(hash);
    this.#prev = hash.leaf(new Uint8Array(0));
  }

  /** Sequence number that the next entry must have: the number of entries, as they count themselves. */
  get next(): number {
    return this.#next;
  }

  /** Everything so far hangs together, so that roots mean something. */
  get intact(): boolean {
    return this.#intact;
  }

  /** Where the last entry is. */
  get last(): Place | undefined {
    return this.#last;
  }

  /** Hash that the next entry must hold. */
  get prev(): Hash {
    return this.#prev ?? this.#hash.empty;
  }

  root(): Hash {
    return this.#tree.root();
  }

  state(): TreeState {
    return this.#tree.state();
  }

  /** Goes on from a tree known by its state alone: the first entry's link is taken as it is, for a root to confirm. */
  resume(state: TreeState): void {
    this.#tree.restore(state);
    this.#next = state.size;
    this.#prev = undefined;
  }

  /** The next line; returns what it says where it is an entry. */
  line(bytes: Uint8Array, file: string, line: number): Entry | undefined {
    const leaf = this.#hash.leaf(bytes);
    let at = { file, line, seq: this.#next };
    let entry: Entry | undefined;
    try {
      entry = parseEntry(bytes);
      const { seq, prev } = entry;
      at = { file, line, seq };
      if (seq === this.#next) this.#link(prev, leaf, at);
      else this.#jump(seq, leaf, at);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      this.end();
      this.#fail(at, error.message);
      this.#prev = undefined;
      this.#next += 1;
    }
    this.#last = at;
    this.#tree.push(leaf);
    return entry;
  }

  /** No more entries, or none that could speak for the one under suspicion. */
  end(): void {
    if (this.#suspect === undefined) return;
    const { before, at } = this.#suspect;
    this.#suspect = undefined;
    this.#fail({ ...at, seq: before.seq ?? 0, toSeq: at.seq ?? 0 }, 'one of these two entries was changed');
  }

  /** Entries `from` to the present place are missing. */
  missing(from: number, to: number, place: Place): void {
    this.end();
    this.#fail({ ...place, seq: from, toSeq: to }, 'these entries are missing');
    this.#prev = undefined;
    this.#next = to + 1;
  }

  #link(prev: Hash, leaf: Hash, at: Place): void {
    const holds = this.#prev === undefined || prev === this.#prev;
    if (this.#suspect !== undefined) {
      // A changed text breaks the link out of an entry only; a changed `prev` breaks those on both sides of it.
      const changed = holds ? this.#suspect.before : this.#suspect.at;
      this.#suspect = undefined;
      this.#fail(changed, 'this entry was changed');
    } else if (!holds) {
      this.#intact = false;
      if (this.#last === undefined)
        this.#fail(at, 'this entry was changed, or it is not the first of a ledger');
      else this.#suspect = { before: this.#last, at };
    }
    this.#prev = leaf;
    this.#next += 1;
  }

  #jump(seq: number, leaf: Hash, at: Place): void {
    this.end();
    if (seq > this.#next)
      this.#fail({ ...at, seq: this.#next, toSeq: seq - 1 }, 'these entries are missing here');
    else this.#fail(at, `this entry stands where entry ${this.#next} belongs`);
    this.#prev = leaf;
    this.#next = seq + 1;
  }

  #fail(place: Place, reason: string): void {
    this.#intact = false;
    this.#failures.add(place, reason);
  }
}
