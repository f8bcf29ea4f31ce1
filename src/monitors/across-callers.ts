import type { Secret } from './secret.ts';
import { squaredDistance, WIDTH } from './sketch.ts';

/** Queries of all callers that are remembered. */
export const ACROSS_HISTORY = 16_384;
/** How often a benign query may be called near to one of another caller. */
export const ACROSS_LEVEL = 0.005;

const TABLES = 6;
const BITS = 10;
const SLOTS = 16;
const BUCKETS = 2 ** BITS;
const EMPTY = -1;
/** Slots of a bucket, and queries in all, that one caller may hold: nobody fills the memory of what others asked. */
const MOST_SLOTS = 4;
const MOST_HELD = ACROSS_HISTORY / 16;
/** Beyond, one query in so many is remembered. Callers are counted by the end of their tag. */
const ONE_IN = 16;
const COUNTERS = 4096;

/** Another caller's query that is near. */
export interface Neighbour {
  readonly distance: number;
  /** The tag of its caller. */
  readonly caller: number;
  /** How many queries it is the nearest of. */
  readonly among: number;
}

export interface Met {
  readonly neighbour: Neighbour | undefined;
  /** Another caller asked about the very same row. */
  readonly known: boolean;
}

/**
 * The queries of all callers, by keyed locality-sensitive hashing (Charikar, 2002): an attack that is split over many callers
 * asks about rows that are near to each other all the same. Sketches that fall into one bucket of a table are compared; which
 * do, only the key tells. Bounded: the oldest give way. About 1.1 MB.
 */
export class AcrossCallers {
  readonly #sketches = new Int8Array(ACROSS_HISTORY * WIDTH);
  readonly #callers = new Int32Array(ACROSS_HISTORY);
  readonly #digests = new Int32Array(ACROSS_HISTORY);
  readonly #buckets = new Int32Array(TABLES * BUCKETS * SLOTS).fill(EMPTY);
  readonly #turns = new Uint8Array(TABLES * BUCKETS);
  readonly #count = new Float64Array(1);
  readonly #held = new Int32Array(COUNTERS);
  /** For each bit of each table, three numbers of the sketch and a sign for each: the side of a hyperplane. */
  readonly #picks: Uint8Array;
  readonly #places = new Int32Array(TABLES);

  constructor(secret: Secret) {
    this.#picks = secret.bytes('across callers', TABLES * BITS * 3);
  }

  /** Everything that it remembers. */
  get memory(): readonly (Int8Array | Int32Array | Uint8Array | Float64Array)[] {
    return [
      this.#sketches,
      this.#callers,
      this.#digests,
      this.#buckets,
      this.#turns,
      this.#count,
      this.#held,
    ];
  }

  /**
   * The nearest query of another caller, of those that fall into one bucket; then remembers this one. The same row of another
   * caller is no neighbour: popular rows are asked about by many.
   */
  take(sketch: Int8Array, caller: number, digest: number): Met {
    this.#locate(sketch);
    const among = Math.min(this.#count[0] as number, ACROSS_HISTORY);
    let [least, nearest, known] = [Number.POSITIVE_INFINITY, EMPTY, false];
    for (const place of this.#places)
      for (let slot = place * SLOTS; slot < (place + 1) * SLOTS; slot++) {
        const entry = this.#buckets[slot] as number;
        if (entry === EMPTY) break;
        if (this.#callers[entry] === caller) continue;
        if (this.#digests[entry] === digest) {
          known = true;
          continue;
        }
        const distance = squaredDistance(sketch, this.#sketches, entry * WIDTH, least);
        if (distance < least) [least, nearest] = [distance, entry];
      }
    this.#add(sketch, caller, digest);
    const neighbour =
      nearest === EMPTY
        ? undefined
        : { distance: Math.sqrt(least), caller: this.#callers[nearest] as number, among };
    return { neighbour, known };
  }

  #add(sketch: Int8Array, caller: number, digest: number): void {
    if (this.#heldBy(caller) >= MOST_HELD && digest % ONE_IN !== 0) return;
    const count = this.#count[0] as number;
    const entry = count % ACROSS_HISTORY;
    this.#count[0] = count + 1;
    if (count >= ACROSS_HISTORY) this.#hold(this.#callers[entry] as number, -1);
    this.#hold(caller, 1);
    this.#sketches.set(sketch, entry * WIDTH);
    this.#callers[entry] = caller;
    this.#digests[entry] = digest;
    for (const place of this.#places) {
      const own = this.#ownSlot(place, caller);
      if (own !== undefined) {
        this.#buckets[own] = entry;
        continue;
      }
      const turn = this.#turns[place] as number;
      this.#buckets[place * SLOTS + turn] = entry;
      this.#turns[place] = (turn + 1) % SLOTS;
    }
  }

  /** The slot that gives way where the caller has its share of a bucket. */
  #ownSlot(place: number, caller: number): number | undefined {
    let [slots, oldest] = [0, 0];
    for (let step = 0; step < SLOTS; step++) {
      const slot = place * SLOTS + (((this.#turns[place] as number) + step) % SLOTS);
      const entry = this.#buckets[slot] as number;
      if (entry === EMPTY || this.#callers[entry] !== caller) continue;
      if (slots === 0) oldest = slot;
      slots += 1;
    }
    return slots >= MOST_SLOTS ? oldest : undefined;
  }

  #heldBy(caller: number): number {
    return this.#held[caller & (COUNTERS - 1)] as number;
  }

  #hold(caller: number, change: number): void {
    this.#held[caller & (COUNTERS - 1)] = this.#heldBy(caller) + change;
  }

  #locate(sketch: Int8Array): void {
    const picks = this.#picks;
    for (let table = 0, at = 0; table < TABLES; table++) {
      let bucket = 0;
      for (let bit = 0; bit < BITS; bit++) {
        let side = 0;
        for (let part = 0; part < 3; part++, at++) {
          const pick = picks[at] as number;
          const value = sketch[pick % WIDTH] as number;
          side += pick & 0x80 ? value : -value;
        }
        bucket = bucket * 2 + (side > 0 ? 1 : 0);
      }
      this.#places[table] = table * BUCKETS + bucket;
    }
  }
}
