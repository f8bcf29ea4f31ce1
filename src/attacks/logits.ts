import type { Victim } from './attack.ts';

// Losses of attacks are those of logits. A model that ends in a softmax answers with probabilities, and where one of them is
// nearly one, a loss of probabilities has no slope left: Carlini and Wagner, Towards evaluating the robustness of neural
// networks, S&P 2017, section 6. The logarithms of probabilities are logits up to a constant that no loss here sees.

/** Nothing is less likely; above what float32 can still hold. */
const LEAST = 1e-30;

/** A probability as it counts; what is no number stays none. */
const held = (probability: number): number => (probability < LEAST ? LEAST : probability);

/** Scores as logits. One query for each row. */
export async function scoresOf(victim: Victim, rows: Float32Array): Promise<Float32Array> {
  const scores = await victim.scores(rows);
  return victim.answers === 'probabilities' ? scores.map((score) => Math.log(held(score))) : scores;
}

/** Scores as logits, and the gradient of Σ cotangent · logits. Refused before by the flow where the model gives none. */
export async function gradientsOf(
  victim: Victim,
  rows: Float32Array,
  cotangentOf: (logits: Float32Array) => Float32Array,
): Promise<{ readonly scores: Float32Array; readonly gradient: Float32Array }> {
  if (victim.gradients === undefined) throw new TypeError('the model gives no gradients');
  if (victim.answers !== 'probabilities') return victim.gradients(rows, cotangentOf);
  let logits = new Float32Array();
  const { gradient } = await victim.gradients(rows, (scores) => {
    logits = scores.map((score) => Math.log(held(score)));
    // d log p = dp / p: a softmax multiplies by p again, and nothing is lost on the way.
    return cotangentOf(logits).map((part, at) => part / held(scores[at] as number));
  });
  return { scores: logits, gradient };
}
