import { Problem } from '../../../base/problem.ts';

/** Whether rows of scores are at least zero and add up to one. */
export function areProbabilities(scores: Float32Array, classes: number): boolean {
  for (let from = 0; from < scores.length; from += classes) {
    const row = scores.subarray(from, from + classes);
    if (row.some((score) => !(score >= 0 && score <= 1))) return false;
    if (Math.abs(row.reduce((sum, score) => sum + score, 0) - 1) > 1e-2) return false;
  }
  return true;
}

/** Labels as scores: one at the class. Throws Problem('environment') for a number that is no class. */
export function oneHot(labels: Iterable<number>, classes: number): Float32Array {
  const all = [...labels];
  const out = new Float32Array(all.length * classes);
  for (const [row, label] of all.entries()) {
    if (!Number.isInteger(label) || label < 0 || label >= classes)
      throw new Problem('environment', `the model answers with a label that is none of ${classes} classes`);
    out[row * classes + label] = 1;
  }
  return out;
}
