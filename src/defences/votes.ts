import { type VoteRule, vote } from '../shapers/routes.ts';
import type { ScoresOutput } from './calibration.ts';
import { classProbabilities } from './scores.ts';

/** What one of several models says of some rows: scores, one for each class. */
export interface Ballot {
  readonly form: ScoresOutput['form'];
  readonly classes: number;
  /** [rows × classes] */
  readonly scores: Float32Array;
}

/** A probability of zero has no logit, so it gets that of the least. */
const LEAST = 1e-9;

export interface Votes {
  /** One for each class, in the form of the first model. */
  readonly scores: Float32Array;
  /** How far the models differ on each row, 0..1. */
  readonly disagreement: Float32Array;
}

/**
 * One answer of several models for each row. Throws RangeError for models that do not answer for the same classes, or in numbers that
 * are not finite.
 */
export function votesOf(ballots: readonly Ballot[], rule: VoteRule): Votes {
  const [first] = ballots;
  if (first === undefined) throw new RangeError('nobody votes');
  const { classes, form } = first;
  const said = ballots.map((one) => ({
    classes: one.classes,
    values: classProbabilities(one.form, one.scores, one.classes),
  }));
  const scores = new Float32Array(first.scores.length);
  const disagreement = new Float32Array(first.scores.length / classes);
  for (let row = 0; row < disagreement.length; row++) {
    const answers = said.map(({ classes, values }) =>
      Float64Array.from(values.subarray(row * classes, (row + 1) * classes)),
    );
    const made = vote(answers, rule);
    disagreement[row] = made.disagreement;
    scores.set(
      form === 'logits'
        ? made.probabilities.map((value) => Math.log(Math.max(value, LEAST)))
        : made.probabilities,
      row * classes,
    );
  }
  return { scores, disagreement };
}
