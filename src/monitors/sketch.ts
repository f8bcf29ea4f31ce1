import type { Secret } from './secret.ts';

/** Numbers in a sketch. */
export const WIDTH = 32;
const BLOCKS = 8;
const PER_BLOCK = WIDTH / BLOCKS;

/**
 * A keyed random projection that keeps distances: each feature is added to, or taken from, one number of each of eight
 * blocks. Kane and Nelson: Sparser Johnson–Lindenstrauss transforms, J. ACM 2014. Eight additions for each feature, where a
 * dense projection has 32 multiplications.
 */
export class Projection {
  /** Which sum a feature is added to, eight for each: two for each number of the sketch, of which the second is taken away. */
  readonly #sums: Uint8Array;
  readonly #totals = new Float64Array(2 * WIDTH);

  constructor(secret: Secret, features: number) {
    const bytes = secret.bytes('projection', features * BLOCKS);
    this.#sums = bytes.map(
      (byte, at) => 2 * ((at % BLOCKS) * PER_BLOCK + (byte % PER_BLOCK)) + (byte & 0x80 ? 0 : 1),
    );
  }

  /** The sketch of a row, into `out`. */
  apply(row: Float32Array, out: Float32Array): void {
    const [sums, totals] = [this.#sums, this.#totals];
    totals.fill(0);
    for (let feature = 0, at = 0; feature < row.length; feature++) {
      const value = row[feature] as number;
      for (let block = 0; block < BLOCKS; block++, at++) {
        const sum = sums[at] as number;
        totals[sum] = (totals[sum] as number) + value;
      }
    }
    for (let at = 0; at < WIDTH; at++)
      out[at] = ((totals[2 * at] as number) - (totals[2 * at + 1] as number)) / Math.sqrt(BLOCKS);
  }
}

/** The squared distance of a sketch to the one that begins at `from` in `many`; once beyond `limit`, no more is added. */
export function squaredDistance(sketch: Int8Array, many: Int8Array, from: number, limit: number): number {
  let total = 0;
  for (let at = 0; at < WIDTH && total < limit; at += 8)
    for (let part = at; part < at + 8; part++) {
      const difference = (sketch[part] as number) - (many[from + part] as number);
      total += difference * difference;
    }
  return total;
}

/** Sketches of the latest, `size` of them; the oldest gives way. */
export class Ring {
  readonly sketches: Int8Array;
  /** Sketches ever added. */
  readonly counts = new Uint32Array(1);
  readonly #size: number;

  constructor(size: number) {
    this.#size = size;
    this.sketches = new Int8Array(size * WIDTH);
  }

  get filled(): number {
    return Math.min(this.counts[0] as number, this.#size);
  }

  /** The distance to the nearest; undefined while there is none. */
  nearest(sketch: Int8Array): number | undefined {
    const count = this.filled;
    if (count === 0) return undefined;
    let least = Number.POSITIVE_INFINITY;
    for (let at = 0; at < count; at++)
      least = Math.min(least, squaredDistance(sketch, this.sketches, at * WIDTH, least));
    return Math.sqrt(least);
  }

  add(sketch: Int8Array): void {
    const count = this.counts[0] as number;
    this.sketches.set(sketch, (count % this.#size) * WIDTH);
    this.counts[0] = count + 1;
  }
}

/** Half of what rounding to whole steps adds to a distance: nearer than this cannot be told apart. */
const BLUR = 1;

/** How near, as a score: the chance of a distance below d goes as a power of d, so its logarithm has an exponential tail. */
export const nearness = (distance: number): number => -Math.log(distance + BLUR);
