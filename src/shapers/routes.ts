import type { Draws } from './keyed.ts';
import { top } from './shaper.ts';

/**
 * The place in `weights` of a number that is drawn evenly from 0 up to, not including, 1: each has its part of them.
 *
 * @param weights above or at zero, one of them above. Throws RangeError for others
 */
export function drawnOf(weights: readonly number[], drawn: number): number {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (!(sum > 0 && sum < Number.POSITIVE_INFINITY) || weights.some((weight) => weight < 0))
    throw new RangeError('one weight at least is above zero, and none below');
  let left = drawn * sum;
  const found = weights.findIndex((weight) => {
    left -= weight;
    return left < 0;
  });
  return found >= 0 ? found : weights.findLastIndex((weight) => weight > 0);
}

/**
 * Which of several models answers: a moving target. By the cell of the row, so that asking again does not show the models one
 * by one; another for each `period`, where the owner counts those (hours, say). Who mixes answers of several models learns
 * none of them well, and an adversarial row made on one may not hold for the next (Sengupta, Chakraborti, Kambhampati,
 * MTDeep: boosting the security of deep neural nets against adversarial attacks with moving target defense, 2019).
 *
 * @param weights how often each model answers
 * @returns its place in `weights`. Throws RangeError for weights that are none.
 */
export function switchOf(weights: readonly number[], draws: Draws, period = 0): number {
  const [drawn = 0] = draws.uniforms(`switch/${period}`, 1);
  return drawnOf(weights, drawn);
}

export type VoteRule = 'mean' | 'majority';

export interface Vote {
  readonly probabilities: Float64Array;
  /** 0: all models say the same; towards 1 the less they agree. A row on which good models differ is rarely an innocent one. */
  readonly disagreement: number;
}

/** What puts one of several classes of as many votes ahead. */
const HAIR = 1e-3;

/**
 * What several models say together. `mean`: the average of their probabilities. `majority`: the share of models for each class;
 * of classes with as many votes the one with the higher mean is ahead by a hair. They disagree by the generalised
 * Jensen–Shannon divergence of their probabilities (Lin, Divergence measures based on the Shannon entropy, 1991), over its most.
 *
 * @param answers probabilities of each model, of one length, finite. Throws RangeError for none, or others
 */
export function vote(answers: readonly Float64Array[], rule: VoteRule): Vote {
  const classes = answers[0]?.length ?? 0;
  if (classes < 2 || answers.some((answer) => answer.length !== classes || !answer.every(Number.isFinite)))
    throw new RangeError('models that vote answer for the same classes, in finite numbers');
  const mean = new Float64Array(classes);
  const shares = new Float64Array(classes);
  for (const answer of answers) {
    const best = top(answer);
    shares[best] = (shares[best] as number) + 1 / answers.length;
    for (const [at, value] of answer.entries()) mean[at] = (mean[at] as number) + value / answers.length;
  }
  const inner = answers.reduce((sum, answer) => sum + entropy(answer), 0) / answers.length;
  const limit = Math.log(Math.min(answers.length, classes));
  const apart = limit > 0 ? (entropy(mean) - inner) / limit : 0;
  return {
    probabilities: rule === 'mean' ? mean : majorityOf(shares, mean),
    disagreement: Math.min(1, Math.max(0, apart)),
  };
}

function majorityOf(shares: Float64Array, mean: Float64Array): Float64Array {
  const most = (shares[top(shares)] as number) - HAIR;
  const first = top(mean.map((value, at) => ((shares[at] as number) > most ? value : -1)));
  const isTie = shares.some((share, at) => at !== first && share > most);
  if (!isTie) return shares;
  return shares.map((share, at) => share * (1 - HAIR) + (at === first ? HAIR : 0));
}

const entropy = (probabilities: Float64Array): number =>
  probabilities.reduce((sum, value) => sum - (value > 0 ? value * Math.log(value) : 0), 0);
