import type { Norm } from './attack.ts';
import type { Space } from './space.ts';

/** The length of a perturbation that is given in units of the space. */
export function lengthOf(norm: Norm, delta: Float32Array): number {
  let total = 0;
  for (const part of delta) {
    const size = Math.abs(part);
    if (norm === 'Linf') total = Math.max(total, size);
    else if (norm === 'L2') total += size * size;
    else if (norm === 'L1') total += size;
    else if (size > 0) total += 1;
  }
  return norm === 'L2' ? Math.sqrt(total) : total;
}

/** What was added to a row, in units of the space. */
export const deltaOf = ({ unit }: Space, row: Float32Array, original: Float32Array): Float32Array =>
  row.map((value, at) => (value - (original[at] as number)) / (unit[at] as number));

/** The distance of two rows, in units of the space. A category that is another one counts once in L0. */
export function distance(norm: Norm, space: Space, row: Float32Array, original: Float32Array): number {
  const length = lengthOf(norm, deltaOf(space, row, original));
  if (norm !== 'L0') return length;
  return space.choices.reduce((left, choice) => {
    const changed = choice.filter((at) => row[at] !== original[at]).length;
    return left - Math.max(0, changed - 1);
  }, length);
}

/** Puts a row back to the nearest place within `epsilon` of its original. In place. */
export function project(
  norm: Norm,
  space: Space,
  row: Float32Array,
  original: Float32Array,
  epsilon: number,
): void {
  const delta = deltaOf(space, row, original);
  if (lengthOf(norm, delta) <= epsilon) return;
  PROJECT[norm](delta, epsilon);
  for (let at = 0; at < row.length; at++)
    row[at] = (original[at] as number) + (delta[at] as number) * (space.unit[at] as number);
}

const PROJECT: Readonly<Record<Norm, (delta: Float32Array, epsilon: number) => void>> = {
  Linf: (delta, epsilon) => {
    for (const [at, part] of delta.entries()) delta[at] = Math.max(-epsilon, Math.min(epsilon, part));
  },
  L2: (delta, epsilon) => {
    const shrink = epsilon / lengthOf('L2', delta);
    for (const [at, part] of delta.entries()) delta[at] = part * shrink;
  },
  // Duchi et al., Efficient projections onto the l1-ball, ICML 2008.
  L1: (delta, epsilon) => {
    const sorted = delta.map(Math.abs).sort();
    let sum = 0;
    let cut = 0;
    for (let count = 1; count <= sorted.length; count++) {
      const size = sorted[sorted.length - count] as number;
      sum += size;
      const threshold = (sum - epsilon) / count;
      if (size <= threshold) break;
      cut = threshold;
    }
    for (const [at, part] of delta.entries()) delta[at] = Math.sign(part) * Math.max(0, Math.abs(part) - cut);
  },
  L0: (delta, epsilon) => {
    const kept = Math.floor(epsilon);
    const order = [...delta.keys()].sort(
      (a, b) => Math.abs(delta[b] as number) - Math.abs(delta[a] as number),
    );
    for (const at of order.slice(kept)) delta[at] = 0;
  },
};

/**
 * The step of length `size` that raises a loss most, given its gradient; in the numbers of the row, not in units. For L1
 * the step is spread over the largest hundredth of the features (SLIDE: Tramèr and Boneh, 2019).
 */
export function steepest(norm: Norm, space: Space, gradient: Float32Array, size: number): Float32Array {
  const slope = gradient.map((part, at) => (space.fixed[at] === 1 ? 0 : part * (space.unit[at] as number)));
  const step = new Float32Array(slope.length);
  if (norm === 'Linf') for (const [at, part] of slope.entries()) step[at] = Math.sign(part) * size;
  else if (norm === 'L2') {
    const length = lengthOf('L2', slope);
    if (length > 0) for (const [at, part] of slope.entries()) step[at] = (part * size) / length;
  } else {
    const count = norm === 'L0' ? 1 : Math.max(1, Math.ceil(slope.length / 100));
    const sizes = slope.map(Math.abs);
    const least = sizes.slice().sort()[sizes.length - count] as number;
    if (least > 0)
      for (const [at, part] of slope.entries())
        if ((sizes[at] as number) >= least) step[at] = (Math.sign(part) * size) / count;
  }
  return step.map((part, at) => part * (space.unit[at] as number));
}
