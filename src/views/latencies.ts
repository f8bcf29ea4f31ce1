/** Steps of a factor of √2, from half a millisecond to half an hour and beyond. */
const BINS = 44;
const LEAST = 0.5;

/** How long exchanges took: counted in bins whose edges are a factor of √2 apart, so a quantile is right within a fifth. */
export class Latencies {
  readonly counts: Uint32Array<ArrayBuffer>;

  constructor(bytes?: Uint8Array) {
    this.counts = bytes === undefined ? new Uint32Array(BINS) : new Uint32Array(new Uint8Array(bytes).buffer);
  }

  get bytes(): Uint8Array {
    return new Uint8Array(this.counts.buffer);
  }

  /** @param ms milliseconds */
  add(ms: number): void {
    const bin = ms <= LEAST ? 0 : Math.min(BINS - 1, 1 + Math.floor(2 * Math.log2(ms / LEAST)));
    this.counts[bin] = (this.counts[bin] ?? 0) + 1;
  }

  merge({ counts }: Latencies): void {
    for (const [at, count] of counts.entries()) this.counts[at] = (this.counts[at] ?? 0) + count;
  }

  /** Milliseconds below which a share of them stayed, in the middle of its bin; undefined where there were none. */
  quantile(share: number): number | undefined {
    const total = this.counts.reduce((sum, count) => sum + count, 0);
    let left = share * total;
    for (const [at, count] of this.counts.entries()) {
      left -= count;
      if (left <= 0 && count > 0) return at === 0 ? LEAST : LEAST * 2 ** ((at - 0.5) / 2);
    }
    return undefined;
  }
}
