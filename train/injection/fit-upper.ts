import { HEADS } from '../../src/guards/injection/heads.ts';
import { POOLED } from '../../src/guards/injection/lanes.ts';
import { Upper, type UpperWeights } from '../../src/guards/injection/upper.ts';
import type { Random } from '../random.ts';
import type { Sample } from './sample.ts';

const T = HEADS.length;
const SURE = 0.98;

/** What the lanes said of a text that they had not learned from. */
export interface Heard {
  readonly pooled: Float32Array;
  readonly sample: Sample;
}

/** Trains the upper part by Adam, with its inputs left out at random. */
export function fitUpper(
  heard: readonly Heard[],
  hidden: number,
  epochs: number,
  random: Random,
): UpperWeights {
  const { shift, scale } = standards(heard);
  const normal = (size: number, spread: number): Float32Array =>
    Float32Array.from(
      { length: size },
      () => (random.next() + random.next() + random.next() - 1.5) * 2 * spread,
    );
  const weights: UpperWeights = {
    hidden,
    shift,
    scale,
    inner: normal(hidden * POOLED, Math.sqrt(1 / POOLED)),
    innerBias: new Float32Array(hidden),
    outer: normal(T * hidden, Math.sqrt(0.5 / hidden)),
    direct: new Float32Array(T * POOLED),
    outerBias: new Float32Array(T).fill(-2),
  };
  const upper = new Upper(weights);
  const adam = new Adam([weights.inner, weights.innerBias, weights.outer, weights.direct, weights.outerBias]);
  const order = Array.from(heard.keys());
  const input = new Float32Array(POOLED);
  for (let epoch = 0; epoch < epochs; epoch++) {
    random.shuffle(order);
    for (const [step, index] of order.entries()) {
      const { pooled, sample } = heard[index] as Heard;
      for (let k = 0; k < POOLED; k++) {
        input[k] = random.chance(0.1)
          ? (shift[k] as number)
          : (pooled[k] as number) + (random.next() - 0.5) * 0.3;
      }
      learn(upper, adam, input, sample);
      if (step % 64 === 63) adam.step(0.002 * Math.max(0.03, 1 - (epoch + step / order.length) / epochs));
    }
  }
  return weights;
}

function standards(heard: readonly Heard[]): { readonly shift: Float32Array; readonly scale: Float32Array } {
  const shift = new Float32Array(POOLED);
  const scale = new Float32Array(POOLED);
  for (let k = 0; k < POOLED; k++) {
    let [sum, square] = [0, 0];
    for (const { pooled } of heard) {
      sum += pooled[k] as number;
      square += (pooled[k] as number) ** 2;
    }
    const mean = sum / heard.length;
    shift[k] = mean;
    scale[k] = 1 / Math.sqrt(Math.max(1e-4, square / heard.length - mean * mean));
  }
  return { shift, scale };
}

function learn(upper: Upper, adam: Adam, pooled: Float32Array, sample: Heard['sample']): void {
  const { weights, input, hidden } = upper;
  const logits = upper.run(pooled);
  const [inner, innerBias, outer, direct, outerBias] = adam.gradients as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const back = new Float32Array(weights.hidden);
  for (let t = 0; t < T; t++) {
    const target = targetOf(t, sample);
    if (target === undefined) continue;
    const [value, weight] = target;
    const d = weight * (1 / (1 + Math.exp(-(logits[t] as number))) - value);
    outerBias[t] = (outerBias[t] as number) + d;
    for (let j = 0; j < weights.hidden; j++) {
      outer[t * weights.hidden + j] = (outer[t * weights.hidden + j] as number) + d * (hidden[j] as number);
      back[j] = (back[j] as number) + d * (weights.outer[t * weights.hidden + j] as number);
    }
    for (let k = 0; k < POOLED; k++) {
      direct[t * POOLED + k] = (direct[t * POOLED + k] as number) + d * (input[k] as number);
    }
  }
  for (let j = 0; j < weights.hidden; j++) {
    if ((hidden[j] as number) <= 0) continue;
    const d = back[j] as number;
    innerBias[j] = (innerBias[j] as number) + d;
    for (let k = 0; k < POOLED; k++) {
      inner[j * POOLED + k] = (inner[j * POOLED + k] as number) + d * (input[k] as number);
    }
  }
}

function targetOf(
  t: number,
  { attack, technique, harm, weight }: Heard['sample'],
): readonly [number, number] | undefined {
  const head = HEADS[t];
  if (head === 'harm') return harm === undefined ? undefined : [harm ? SURE : 1 - SURE, 0.5 * weight];
  if (attack === undefined) return head === 'attack' && harm === true ? [0.1, 0.15 * weight] : undefined;
  if (head === 'attack') return [attack ? SURE : 1 - SURE, weight];
  if (attack && technique === undefined) return undefined;
  const yes = attack && technique === head;
  return [yes ? SURE : 1 - SURE, weight * (yes || !attack ? 0.5 : 0.15)];
}

class Adam {
  readonly gradients: Float32Array[];
  readonly #values: readonly Float32Array[];
  readonly #mean: Float32Array[];
  readonly #square: Float32Array[];
  #steps = 0;

  constructor(values: readonly Float32Array[]) {
    this.#values = values;
    const zeros = () => values.map(({ length }) => new Float32Array(length));
    this.gradients = zeros();
    this.#mean = zeros();
    this.#square = zeros();
  }

  step(rate: number): void {
    this.#steps++;
    const first = 1 - 0.9 ** this.#steps;
    const second = 1 - 0.999 ** this.#steps;
    for (const [v, values] of this.#values.entries()) {
      const gradient = this.gradients[v] as Float32Array;
      const mean = this.#mean[v] as Float32Array;
      const square = this.#square[v] as Float32Array;
      for (let i = 0; i < values.length; i++) {
        const d = (gradient[i] as number) / 64;
        gradient[i] = 0;
        mean[i] = 0.9 * (mean[i] as number) + 0.1 * d;
        square[i] = 0.999 * (square[i] as number) + 0.001 * d * d;
        const step = (mean[i] as number) / first / (Math.sqrt((square[i] as number) / second) + 1e-7);
        values[i] = (values[i] as number) - rate * (step + 0.02 * (values[i] as number));
      }
    }
  }
}
