/** Random numbers that come again with the same seed (mulberry32): what a run did can be done again. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 up to, but without, 2^32. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** From 0 up to, but without, `limit`; 0 where that is 0. */
  below(limit: number): number {
    return limit <= 1 ? 0 : Math.floor((this.next() / 2 ** 32) * limit);
  }

  chance(probability: number): boolean {
    return this.next() < probability * 2 ** 32;
  }

  /** One of a list that is not empty. */
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  /** Cuts anywhere: most pieces short, some empty, some long. */
  cuts<T extends string | Buffer>(whole: T): T[] {
    const pieces: T[] = [];
    for (let at = 0; at < whole.length; ) {
      const end = at + (this.chance(0.7) ? this.below(9) : this.below(whole.length - at + 1));
      pieces.push((typeof whole === 'string' ? whole.slice(at, end) : whole.subarray(at, end)) as T);
      at = end;
    }
    return pieces;
  }
}

/** FNV-1a: a seed out of bytes, so that whatever a check draws depends on its input alone. */
export function seedOf(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
