import { DENSE, type Features, GROUPS } from '../../src/guards/injection/features.ts';
import {
  ALL_LANES,
  LANES,
  type Lane,
  type LaneWeights,
  LETTER_LANES,
  learnsFrom,
} from '../../src/guards/injection/lanes.ts';
import type { Random } from '../random.ts';
import type { Reader } from './reader.ts';
import type { Sample } from './sample.ts';

const L = LANES.length;
const R = LETTER_LANES.length;

/** Longer texts are shown in part. */
export const LONGEST = 6000;

/** Targets are a little less than sure, so that weights stay small. */
const SURE = 0.92;
/** Features left out at random, so that none is leaned on alone. */
const DROPPED = 0.25;
/**
 * A text that quotes an attack has it in its loudest segment: what makes it innocent stands around it, which lanes over
 * the whole and the upper part see.
 */
const QUOTED = 0.1;
const DENSE_RATE = 0.05;

/** What a lane should say of a text: 1, 0, or undefined where it is not to learn from it; with the weight. */
function targetOf(lane: Lane, sample: Sample): readonly [number, number] | undefined {
  const { attack, technique, harm, hard } = sample;
  const weight = sample.weight * (hard && lane.pool === 'best' ? QUOTED : 1);
  if (lane.head === 'harm') return harm === undefined ? undefined : [harm ? 1 : 0, weight];
  if (attack === undefined) return harm === true && lane.head === 'attack' ? [0, 0.15 * weight] : undefined;
  if (lane.head === 'attack') return [attack ? 1 : 0, weight];
  if (!attack) return [0, weight];
  if (technique === undefined) return undefined;
  // An attack may be of several kinds: not to be named is a weak no.
  return technique === lane.head ? [1, weight] : [0, 0.2 * weight];
}

/** A text as it is shown to the lanes: read once, learned from by all. */
export interface Shown {
  readonly sample: Sample;
  readonly text: string;
  /** Where the part that is shown begins. */
  readonly offset: number;
}

/** Trains all lanes: logistic regression by Adagrad, over the segment that speaks loudest or over the whole. */
export class LaneLearner {
  readonly weights: LaneWeights;
  readonly #tables: readonly [Float32Array, Float32Array];
  readonly #seen: readonly [Float32Array, Float32Array];
  readonly #denseSeen: Float32Array;
  readonly #random: Random;
  #kept = new Uint8Array(8192);
  rate = 1;

  constructor(buckets: number, random: Random) {
    const table = new Float32Array(buckets * L);
    const letters = new Float32Array(buckets * R);
    this.#tables = [table, letters];
    this.#seen = [new Float32Array(buckets * L).fill(0.01), new Float32Array(buckets * R).fill(0.01)];
    this.weights = {
      buckets,
      table,
      letters,
      scale: new Float32Array(L).fill(1),
      letterScale: new Float32Array(R).fill(1),
      dense: new Float32Array(ALL_LANES.length * DENSE),
    };
    this.#denseSeen = new Float32Array(ALL_LANES.length * DENSE).fill(0.01);
    this.#random = random;
  }

  learn({ sample, text, offset }: Shown, reader: Reader): void {
    const features = reader.read(text, sample.speaker, sample.decoded);
    if (features.segments === 0) return;
    if (this.#kept.length < features.count) this.#kept = new Uint8Array(features.count * 2);
    for (let f = 0; f < features.count; f++) this.#kept[f] = this.#random.chance(DROPPED) ? 0 : 1;
    for (let k = 0; k < ALL_LANES.length; k++) {
      const lane = ALL_LANES[k] as Lane;
      if (!learnsFrom(lane, sample.speaker)) continue;
      const target = targetOf(lane, sample);
      if (target === undefined) continue;
      if (lane.pool === 'all') this.#update(features, k, 0, features.segments, ...target);
      else this.#best(features, k, sample, offset, ...target);
    }
  }

  /** The loudest segment stands for the text; where it is known which segments are the attack, for its part. */
  #best(
    features: Features,
    k: number,
    { span }: Sample,
    offset: number,
    value: number,
    weight: number,
  ): void {
    const among = [-1, -1];
    const most = [-Infinity, -Infinity];
    for (let s = 0; s < features.segments; s++) {
      const outside =
        value === 1 &&
        span !== undefined &&
        ((features.end[s] as number) <= span.start - offset ||
          (features.start[s] as number) >= span.end - offset);
      const side = outside ? 1 : 0;
      const score = this.#score(features, k, s, s + 1)[0];
      if (score > (most[side] as number)) {
        most[side] = score;
        among[side] = s;
      }
    }
    const [inside = -1, outside = -1] = among;
    if (inside >= 0) this.#update(features, k, inside, inside + 1, value, weight);
    if (outside >= 0) this.#update(features, k, outside, outside + 1, 0, 0.5 * weight);
  }

  #score(features: Features, k: number, first: number, end: number): readonly [number, number] {
    const [own, width] = k < L ? [k, L] : [k - L, R];
    const table = this.#tables[k < L ? 0 : 1];
    const groups = LOOKS[k] as Uint8Array;
    let sum = 0;
    let n = 0;
    for (let f = features.from[first] as number; f < (features.from[end] as number); f++) {
      if (this.#kept[f] === 0 || groups[features.group[f] as number] === 0) continue;
      sum += table[(features.bucket[f] as number) * width + own] as number;
      n++;
    }
    const share = 1 / Math.sqrt(Math.max(1, n));
    let score = sum * share;
    if (end === first + 1) {
      for (let d = 0; d < DENSE; d++) {
        score +=
          (this.weights.dense[k * DENSE + d] as number) * (features.dense[first * DENSE + d] as number);
      }
    }
    return [score, share];
  }

  #update(features: Features, k: number, first: number, end: number, value: number, weight: number): void {
    const [score, share] = this.#score(features, k, first, end);
    const goal = value === 1 ? SURE : 1 - SURE;
    const d = (1 / (1 + Math.exp(-score)) - goal) * weight;
    const [own, width] = k < L ? [k, L] : [k - L, R];
    const table = this.#tables[k < L ? 0 : 1];
    const seen = this.#seen[k < L ? 0 : 1];
    const groups = LOOKS[k] as Uint8Array;
    const rate = 0.3 * this.rate;
    const gradient = d * share;
    for (let f = features.from[first] as number; f < (features.from[end] as number); f++) {
      if (this.#kept[f] === 0 || groups[features.group[f] as number] === 0) continue;
      const at = (features.bucket[f] as number) * width + own;
      const g = gradient + 1e-5 * (table[at] as number);
      seen[at] = (seen[at] as number) + g * g;
      table[at] = (table[at] as number) - (rate * g) / Math.sqrt(seen[at] as number);
    }
    if (end !== first + 1) return;
    for (let i = 0; i < DENSE; i++) {
      const g = d * (features.dense[first * DENSE + i] as number);
      const at = k * DENSE + i;
      this.#denseSeen[at] = (this.#denseSeen[at] as number) + g * g;
      this.weights.dense[at] =
        (this.weights.dense[at] as number) -
        (DENSE_RATE * this.rate * g) / Math.sqrt(this.#denseSeen[at] as number);
    }
  }
}

const LOOKS: readonly Uint8Array[] = ALL_LANES.map(({ groups }) =>
  Uint8Array.from({ length: GROUPS }, (_, g) => (groups.includes(g) ? 1 : 0)),
);
