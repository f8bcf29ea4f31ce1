import type { Asking, Target } from './asking.ts';
import type { Job } from './attack.ts';
import { distance } from './norms.ts';
import { put } from './starts.ts';

// Along the line, or for Linf through the box, from the row to one that the model gets wrong.

/** The place at `share` of the way: for Linf the far row, no farther in any feature than that share of its distance. */
export function between(job: Job, original: Float32Array, far: Float32Array, share: number): Float32Array {
  const { norm, space } = job;
  const reach = norm === 'Linf' ? share * distance(norm, space, far, original) : 0;
  const row = far.map((value, at) => {
    const from = original[at] as number;
    if (norm !== 'Linf') return from + share * (value - from);
    const most = reach * (space.unit[at] as number);
    return from + Math.max(-most, Math.min(most, value - from));
  });
  return put(job, row, original);
}

/**
 * The nearest row towards `far`, which is wrong, that is still wrong, by halving; each that is found is told. What a tie at the
 * boundary makes of the last half is never taken: only rows that were asked about are.
 */
export function* drawNearer(
  target: Target,
  job: Job,
  far: Float32Array,
  halvings: number,
): Asking<Float32Array> {
  let [right, wrong, best] = [0, 1, far];
  for (let turn = 0; turn < halvings; turn++) {
    const middle = (right + wrong) / 2;
    const row = between(job, target.original, far, middle);
    if (target.wrong(yield { rows: row })) {
      [wrong, best] = [middle, row];
      target.found(row);
    } else right = middle;
  }
  return best;
}
