/**
 * A loss of one row: what an attack raises, and its gradient with respect to the scores, written to `cotangent`. `at` says
 * which of the job's rows it is.
 */
export type Loss = (scores: Float32Array, label: number, cotangent: Float32Array, at: number) => number;

/** Whether a model errs on a row: another class has the highest score. A tie is no error, but no number is one. */
export function errs(scores: Float32Array, label: number): boolean {
  return !(margin(scores, label) >= 0);
}

/** How far the right class is ahead of the next; below zero where the model errs. */
export function margin(scores: Float32Array, label: number): number {
  return (scores[label] as number) - (scores[runnerUp(scores, label)] as number);
}

/** The highest class that is not the right one. */
export function runnerUp(scores: Float32Array, label: number): number {
  let best = label === 0 ? 1 : 0;
  for (let at = 0; at < scores.length; at++)
    if (at !== label && (scores[at] as number) > (scores[best] as number)) best = at;
  return best;
}

/**
 * The logarithm of the odds that the row is of another class, of logits: ln Σ_{k≠y} e^{z_k} − z_y. Cross-entropy is
 * ln(1 + e^odds), so it rises where this rises, and its gradient is this one times 1 − p_y: that factor is lost in float32
 * where a model is sure (Carlini and Wagner, 2017, section 4), and every attack that takes steps takes them of a length of its
 * own. So attacks “on the cross-entropy” climb this.
 */
export const logOdds: Loss = (scores, label, cotangent) => {
  const most = scores[runnerUp(scores, label)] as number;
  let sum = 0;
  for (const [at, score] of scores.entries()) if (at !== label) sum += cotangent[at] = Math.exp(score - most);
  for (const at of cotangent.keys()) cotangent[at] = (cotangent[at] as number) / sum;
  cotangent[label] = -1;
  return Math.log(sum) + most - (scores[label] as number);
};

/** What the next class is ahead by (Carlini and Wagner, 2017): the same for logits and probabilities. */
export const lead: Loss = (scores, label, cotangent) => {
  const other = runnerUp(scores, label);
  cotangent.fill(0);
  cotangent[other] = 1;
  cotangent[label] = -1;
  return (scores[other] as number) - (scores[label] as number);
};

/**
 * The difference of logits ratio (Croce and Hein, 2020): {@link lead} over the distance of the first class from the third, so
 * that it does not change when logits are scaled. Of fewer than four classes it is the lead alone: the third would be the
 * last, and pushing it away looked like progress.
 */
export const dlr: Loss = (scores, label, cotangent, at) => {
  if (scores.length < 4) return lead(scores, label, cotangent, at);
  const order = descending(scores);
  const [first = 0, , third = 0] = order;
  const other = order[0] === label ? (order[1] ?? 0) : first;
  return ratio(
    scores,
    cotangent,
    [label, other],
    [
      [first, 1],
      [third, -1],
    ],
  );
};

/** The same towards the class that is given for each row; the distance is from the first to the mean of the third and fourth. */
export const targetedDlr =
  (target: (at: number) => number): Loss =>
  (scores, label, cotangent, at) => {
    const other = target(at);
    if (scores.length < 4) {
      cotangent.fill(0);
      cotangent[other] = 1;
      cotangent[label] = -1;
      return (scores[other] as number) - (scores[label] as number);
    }
    const [first = 0, , third = 0, fourth = 0] = descending(scores);
    return ratio(
      scores,
      cotangent,
      [label, other],
      [
        [first, 1],
        [third, -0.5],
        [fourth, -0.5],
      ],
    );
  };

const descending = (scores: Float32Array): number[] =>
  [...scores.keys()].sort((a, b) => (scores[b] as number) - (scores[a] as number));

/** (z_other − z_label) / Σ weight · z, and its gradient. */
function ratio(
  scores: Float32Array,
  cotangent: Float32Array,
  [label, other]: readonly [number, number],
  weights: readonly (readonly [number, number])[],
): number {
  const above = (scores[other] as number) - (scores[label] as number);
  const below = weights.reduce((sum, [at, weight]) => sum + weight * (scores[at] as number), 0) + 1e-12;
  cotangent.fill(0);
  for (const [at, weight] of weights)
    cotangent[at] = (cotangent[at] as number) - (above * weight) / below ** 2;
  cotangent[other] = (cotangent[other] as number) + 1 / below;
  cotangent[label] = (cotangent[label] as number) - 1 / below;
  return above / below;
}
