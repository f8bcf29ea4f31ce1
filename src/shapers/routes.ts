import type { Draws } from './keyed.ts';
import { top } from './shaper.ts';

/**
 * Which of several models answers: a moving target. By the cell of the row, so that asking again does not show the models one
 * by one; another for each `period`, where the owner counts those (hours, say). Who mixes answers of several models learns
 * none of them well, and an adversarial row made on one may not hold for the next.
 *
 * @param weights above or at zero, one of them above: how often each model answers
 * @returns its place in `weights`. Throws RangeError for weights that are none.
 */
export function switchOf(weights: readonly number[], draws: Draws, period = 0): number {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (!(sum > 0 && sum < Number.POSITIVE_INFINITY) || weights.some((weight) => weight < 0))
    throw new RangeError('one weight at least is above zero, and none below');
  const [drawn = 0] = draws.uniforms(`switch/${period}`, 1);
  let left = drawn * sum;
  const found = weights.findIndex((weight) => {
    left -= weight;
    return left < 0;
  });
  return found >= 0 ? found : weights.findLastIndex((weight) => weight > 0);
}

export interface Vote {
  readonly probabilities: Float64Array;
  /** 0: all models say the same; towards 1 the less they agree. A row on which good models differ is rarely an innocent one. */
  readonly disagreement: number;
}

/**
 * What several models say together. `mean`: the average of their probabilities; they disagree by the generalised
 * Jensen–Shannon divergence (Lin, Divergence measures based on the Shannon entropy, 1991), over its most. `majority`: the
 * share of models for each class; they disagree by the share that is not for the first.
 *
 * @param answers probabilities of each model, of one length. Throws RangeError for none, or of several lengths.
 */
export function vote(answers: readonly Float64Array[], rule: 'mean' | 'majority'): Vote {
  const classes = answers[0]?.length ?? 0;
  if (classes < 2 || answers.some(({ length }) => length !== classes))
    throw new RangeError('models that vote answer for the same classes');
  const probabilities = new Float64Array(classes);
  for (const answer of answers) {
    const best = top(answer);
    for (let at = 0; at < classes; at++)
      probabilities[at] =
        (probabilities[at] as number) +
        (rule === 'mean' ? (answer[at] as number) : at === best ? 1 : 0) / answers.length;
  }
  if (rule === 'majority')
    return { probabilities, disagreement: 1 - (probabilities[top(probabilities)] as number) };
  const inner = answers.reduce((sum, answer) => sum + entropy(answer), 0) / answers.length;
  const most = Math.log(Math.min(answers.length, classes));
  const disagreement = most > 0 ? (entropy(probabilities) - inner) / most : 0;
  return { probabilities, disagreement: Math.min(1, Math.max(0, disagreement)) };
}

const entropy = (probabilities: Float64Array): number =>
  probabilities.reduce((sum, value) => sum - (value > 0 ? value * Math.log(value) : 0), 0);
