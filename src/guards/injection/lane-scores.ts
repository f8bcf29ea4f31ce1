import { DENSE, type Features } from './features.ts';
import { COUNTS, type LaneSums, laneSums, SET_OF, SUMS } from './lane-sums.ts';
import { ALL_LANES, type Lane, type LaneWeights, PER_LANE, POOLED } from './lanes.ts';

const A = ALL_LANES.length;
/** Where dense features begin in what is pooled. */
const DENSES = A * PER_LANE + A;

/** Scores of all lanes over the segments of a text. Arrays are used again for the next. */
export class LaneScores {
  /** [segments × lanes] */
  scores = new Float32Array(64 * A);
  /** [segments × SUMS]: what the sparse features of each segment come to. */
  sums = new Float64Array(64 * SUMS);
  readonly pooled = new Float32Array(POOLED);
  /** Segment that speaks loudest in each lane. */
  readonly best = new Int32Array(A);
  readonly #table: LaneSums;
  /** By lane. */
  readonly #scale: Float64Array;
  /** [DENSE × lanes]: the other way round than in the weights. */
  readonly #dense = new Float32Array(DENSE * A);
  readonly #sum = new Float64Array(SUMS);
  readonly #all = new Float64Array(A);
  readonly #allNumber = new Int32Array(A);

  constructor(weights: LaneWeights) {
    const { scale, letterScale, dense } = weights;
    this.#table = laneSums(weights);
    this.#scale = Float64Array.from([...scale, ...letterScale]);
    for (let k = 0; k < A; k++)
      for (let d = 0; d < DENSE; d++) this.#dense[d * A + k] = dense[k * DENSE + d] as number;
  }

  /** @param earlier what segments came to that {@link Features.known} says are the same */
  read(features: Features, earlier?: { readonly sums: Float64Array }): void {
    const count = features.segments;
    if (this.sums.length < count * SUMS) {
      this.scores = new Float32Array(count * 2 * A);
      this.sums = new Float64Array(count * 2 * SUMS);
    }
    const { sums } = this;
    const sum = this.#sum;
    for (let s = 0; s < count; s++) {
      const known = features.known[s] as number;
      if (earlier !== undefined && known >= 0) {
        for (let k = 0; k < SUMS; k++) sums[s * SUMS + k] = earlier.sums[known * SUMS + k] as number;
        continue;
      }
      sum.fill(0);
      this.#table.add(features, features.from[s] as number, features.from[s + 1] as number, sum);
      sums.set(sum, s * SUMS);
    }
    this.scoreAgain(features);
  }

  /** What was read comes to another score where dense features have changed since. */
  scoreAgain(features: Features): void {
    this.#all.fill(0);
    this.#allNumber.fill(0);
    for (let s = 0; s < features.segments; s++) this.#score(features, s);
    this.#pool(features);
  }

  #score(features: Features, s: number): void {
    const { scores, sums } = this;
    const scale = this.#scale;
    const dense = this.#dense;
    const at = s * A;
    const from = s * SUMS;
    for (let k = 0; k < A; k++) {
      const value = (sums[from + k] as number) * (scale[k] as number);
      const n = sums[from + COUNTS + (SET_OF[k] as number)] as number;
      this.#all[k] = (this.#all[k] as number) + value;
      this.#allNumber[k] = (this.#allNumber[k] as number) + n;
      scores[at + k] = n === 0 ? 0 : value / Math.sqrt(n);
    }
    for (let d = 0; d < DENSE; d++) {
      const value = features.dense[s * DENSE + d] as number;
      if (value === 0) continue;
      for (let k = 0; k < A; k++)
        scores[at + k] = (scores[at + k] as number) + value * (dense[d * A + k] as number);
    }
  }

  #pool(features: Features): void {
    const { pooled, best, scores } = this;
    const count = features.segments;
    pooled.fill(0);
    if (count === 0) return;
    for (let k = 0; k < A; k++) {
      const lane = ALL_LANES[k] as Lane;
      let most = -Infinity;
      let second = -Infinity;
      let mean = 0;
      for (let s = 0; s < count; s++) {
        const score = scores[s * A + k] as number;
        mean += score;
        if (score > most) {
          second = most;
          most = score;
          best[k] = s;
        } else if (score > second) second = score;
      }
      mean /= count;
      if (second === -Infinity) second = most;
      const whole = (this.#all[k] as number) / Math.sqrt(Math.max(1, this.#allNumber[k] as number));
      const at = k * PER_LANE;
      pooled[at] = lane.pool === 'best' ? most : whole;
      pooled[at + 1] = lane.pool === 'best' ? second : most;
      pooled[at + 2] = mean;
    }
    // By the first lane, which learned from all texts.
    const loudest = best[0] as number;
    for (let k = 0; k < A; k++) pooled[A * PER_LANE + k] = scores[loudest * A + k] as number;
    for (let d = 0; d < DENSE; d++) {
      let most = 0;
      let mean = 0;
      for (let s = 0; s < count; s++) {
        const value = features.dense[s * DENSE + d] as number;
        mean += value;
        if (value > most) most = value;
      }
      pooled[DENSES + d] = most;
      pooled[DENSES + DENSE + d] = mean / count;
      pooled[DENSES + 2 * DENSE + d] = features.dense[loudest * DENSE + d] as number;
    }
    let likely = 0;
    for (let s = 0; s < count; s++) if ((scores[s * A] as number) > 0) likely++;
    pooled[POOLED - 2] = likely / count;
    pooled[POOLED - 1] = Math.log2(1 + likely);
  }
}
