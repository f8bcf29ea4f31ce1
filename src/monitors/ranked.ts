/** Evidence beyond is all the same: powers of ten. */
const RANKS = 12;

/**
 * Records that are kept by how suspicious they are. When one has to go, it is the least suspicious, and of those the one that was
 * put there first: however many fresh ones come, and however many records are worth keeping, none of these is washed out by those.
 */
export class Ranked<T extends { readonly strength: number }> {
  readonly #ranks: readonly Map<string, T>[] = Array.from({ length: RANKS + 1 }, () => new Map<string, T>());
  readonly #rankOf = new Map<string, number>();

  get size(): number {
    return this.#rankOf.size;
  }

  get(name: string): T | undefined {
    return this.#ranks[this.#rankOf.get(name) ?? 0]?.get(name);
  }

  has(name: string): boolean {
    return this.#rankOf.has(name);
  }

  /** Puts a record behind those of its rank. */
  set(name: string, record: T): void {
    this.delete(name);
    const rank = Math.max(0, Math.min(RANKS, Math.floor(record.strength)));
    this.#ranks[rank]?.set(name, record);
    this.#rankOf.set(name, rank);
  }

  delete(name: string): void {
    const rank = this.#rankOf.get(name);
    if (rank !== undefined) this.#ranks[rank]?.delete(name);
    this.#rankOf.delete(name);
  }

  /** Forgets the least suspicious, until there are `most`. */
  shrink(most: number): void {
    for (const rank of this.#ranks)
      for (const name of rank.keys()) {
        if (this.size <= most) return;
        this.delete(name);
      }
  }

  /** The least suspicious first. */
  *[Symbol.iterator](): Generator<[string, T]> {
    for (const rank of this.#ranks) yield* rank;
  }
}
