/** Counters of one caller. With k of them, something seen n times among N is counted at least n − N / k times. */
const COUNTERS = 32;

/**
 * What is seen often, in bounded memory (Misra and Gries, "Finding repeated elements", 1982): never counts more than
 * there was, so nobody is accused of what they did not do.
 */
export class Frequent {
  readonly #counts = new Map<string, number>();

  /** How often it was seen at least, this time included. */
  see(item: string): number {
    const count = this.#counts.get(item);
    if (count !== undefined || this.#counts.size < COUNTERS) {
      this.#counts.set(item, (count ?? 0) + 1);
      return (count ?? 0) + 1;
    }
    for (const [other, seen] of this.#counts) {
      if (seen === 1) this.#counts.delete(other);
      else this.#counts.set(other, seen - 1);
    }
    return 0;
  }
}
