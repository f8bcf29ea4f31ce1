import { softmax } from '../shapers/shaper.ts';
import type { ScoresOutput } from './calibration.ts';

/** How scores are laid out. */
type Form = Pick<ScoresOutput, 'form' | 'single'>;

/**
 * Scores as they are served as one for each class: of one number a row two are made, whose probabilities are those that the
 * number stands for.
 */
export function perClass({ form, single }: Form, served: Float32Array): Float32Array {
  if (!single) return served;
  const both = new Float32Array(served.length * 2);
  for (const [at, score] of served.entries()) {
    both[at * 2] = form === 'logits' ? 0 : 1 - score;
    both[at * 2 + 1] = score;
  }
  return both;
}

/** The way back from {@link perClass}: one number a row again, where that is what the model gives. */
export function asServed({ form, single }: Form, scores: ArrayLike<number>): Float32Array {
  if (!single) return Float32Array.from(scores);
  return Float32Array.from({ length: scores.length / 2 }, (_, at) => {
    const [first, second] = [scores[at * 2] as number, scores[at * 2 + 1] as number];
    return form === 'logits' ? second - first : second;
  });
}

/** Probabilities of scores, [rows × classes], as the gate takes them. */
export function classProbabilities(
  form: ScoresOutput['form'],
  scores: Float32Array,
  classes: number,
): Float32Array {
  if (form === 'probabilities') return scores;
  const out = new Float32Array(scores.length);
  for (let from = 0; from < scores.length; from += classes)
    out.set(softmax(scores.subarray(from, from + classes)), from);
  return out;
}
