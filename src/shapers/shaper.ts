import type { TObject } from 'typebox';
import type { Draws } from './keyed.ts';

/** What is known of the row that an answer is to. */
export interface Context {
  /** Numbers that look random to everybody but the owner, and are the same whenever the row is. */
  readonly draws: Draws;
  /** The share of the owner's own rows that are less unusual, 0..1; undefined: there is no gate to say so. */
  readonly outlier: number | undefined;
  /** The caller is of another organisation. */
  readonly external: boolean;
}

/**
 * A way to make answers less useful to who copies the model. A pure function of one row's probabilities and the context:
 * whoever repeats a question gets the same answer, so averaging strips nothing.
 */
export interface Shaper<Settings> {
  /** As the policy calls it. */
  readonly name: string;
  readonly title: string;
  /** The paper that it is from. */
  readonly source: string;
  /** Schema of the settings, each with its default and bounds. */
  readonly settings: TObject;
  /** It draws by the row, so it needs a key, and to know the row. */
  readonly keyed: boolean;
  /**
   * It changes the form of every answer, so it comes behind those that give other answers: an answer that is not as round as
   * all the others would tell that it is a wrong one.
   */
  readonly last: boolean;
  /** Whether it cannot do without a gate that says how unusual a row is. */
  needsGate(settings: Settings): boolean;
  /**
   * @param probabilities at least two, ≥ 0, that add up to one; never written to
   * @returns as many, ≥ 0, that add up to one
   */
  shape(probabilities: Float64Array, settings: Settings, context: Context): Float64Array;
}

/** The class of the highest probability; the first of several. */
export function top(probabilities: Float64Array): number {
  let best = 0;
  for (let at = 1; at < probabilities.length; at++)
    if ((probabilities[at] as number) > (probabilities[best] as number)) best = at;
  return best;
}

/** Classes from the most to the least probable; of equals the first comes first. */
export const ranked = (probabilities: Float64Array): number[] =>
  Array.from(probabilities.keys()).sort(
    (a, b) => (probabilities[b] as number) - (probabilities[a] as number) || a - b,
  );

/** With the probabilities of two classes exchanged. */
export function exchanged(probabilities: Float64Array, one: number, other: number): Float64Array {
  const out = probabilities.slice();
  out[one] = probabilities[other] as number;
  out[other] = probabilities[one] as number;
  return out;
}

/** Probabilities that add up to one, of weights ≥ 0 of which one is above. */
export function normalized(weights: Float64Array): Float64Array {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** Probabilities of logits, of any size. */
export function softmax(logits: ArrayLike<number>): Float64Array {
  const values = Float64Array.from(logits);
  const highest = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  return normalized(values.map((value) => Math.exp(value - highest)));
}
