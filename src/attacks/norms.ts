import type { Norm } from './attack.ts';
import { roomOf, type Space } from './space.ts';

/** The length of a perturbation that is given in units of the space. */
export function lengthOf(norm: Norm, delta: Float32Array): number {
  let total = 0;
  for (let at = 0; at < delta.length; at++) {
    const part = delta[at] as number;
    const size = part < 0 ? -part : part;
    if (norm === 'Linf') total = size > total ? size : total;
    else if (norm === 'L2') total += size * size;
    else if (norm === 'L1') total += size;
    else if (size > 0) total += 1;
  }
  return norm === 'L2' ? Math.sqrt(total) : total;
}

/** What was added to a row, in units of the space. */
export function deltaOf({ unit }: Space, row: Float32Array, original: Float32Array): Float32Array {
  const delta = new Float32Array(row.length);
  for (let at = 0; at < row.length; at++)
    delta[at] = ((row[at] as number) - (original[at] as number)) / (unit[at] as number);
  return delta;
}

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

// Plain loops from here on: attacks come through here at every step of every row.

const PROJECT: Readonly<Record<Norm, (delta: Float32Array, epsilon: number) => void>> = {
  Linf: (delta, epsilon) => {
    for (let at = 0; at < delta.length; at++) {
      const part = delta[at] as number;
      delta[at] = part > epsilon ? epsilon : part < -epsilon ? -epsilon : part;
    }
  },
  L2: (delta, epsilon) => scale(delta, epsilon / lengthOf('L2', delta)),
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
    for (let at = 0; at < delta.length; at++) {
      const part = delta[at] as number;
      delta[at] = Math.sign(part) * Math.max(0, Math.abs(part) - cut);
    }
  },
  L0: (delta, epsilon) => {
    const kept = Math.floor(epsilon);
    const order = [...delta.keys()].sort(
      (a, b) => Math.abs(delta[b] as number) - Math.abs(delta[a] as number),
    );
    for (const at of order.slice(kept)) delta[at] = 0;
  },
};

function scale(values: Float32Array, by: number): void {
  for (let at = 0; at < values.length; at++) values[at] = (values[at] as number) * by;
}

/**
 * The step of length `size` from a row that raises a loss most, given its gradient; in the numbers of the row, not in units.
 * In L1 that is along the steepest features, each as far as its bounds allow: one that is at its bound would waste it. L0
 * is along the steepest alone.
 */
export function steepest(
  norm: Norm,
  space: Space,
  gradient: Float32Array,
  size: number,
  row: Float32Array,
): Float32Array {
  const { fixed, unit } = space;
  const step = new Float32Array(gradient.length);
  for (let at = 0; at < step.length; at++)
    step[at] = fixed[at] === 1 ? 0 : (gradient[at] as number) * (unit[at] as number);
  if (norm === 'L1') spend(step, size, space, row);
  else STEP[norm](step, size);
  for (let at = 0; at < step.length; at++) step[at] = (step[at] as number) * (unit[at] as number);
  return step;
}

/** From a slope in units to a step, in place. */
const STEP: Readonly<Record<Exclude<Norm, 'L1'>, (slope: Float32Array, size: number) => void>> = {
  Linf: (slope, size) => {
    for (let at = 0; at < slope.length; at++) {
      const part = slope[at] as number;
      slope[at] = part > 0 ? size : part < 0 ? -size : 0;
    }
  },
  L2: (slope, size) => {
    const length = lengthOf('L2', slope);
    if (length > 0) scale(slope, size / length);
  },
  L0: (slope, size) => onLargest(slope, 1, size),
};

/** A step in L1: `size` is spent on the steepest feature as far as it goes, then on the next. In place. */
function spend(slope: Float32Array, size: number, space: Space, row: Float32Array): void {
  const { up, down } = roomOf(space, row);
  const order = [...slope.keys()].sort((a, b) => Math.abs(slope[b] as number) - Math.abs(slope[a] as number));
  let left = size;
  for (const at of order) {
    const part = slope[at] as number;
    const amount = Math.min(left, (part > 0 ? up : down)[at] as number);
    slope[at] = Math.sign(part) * amount;
    if (part !== 0) left -= amount;
  }
}

/** A step along the signs of the `count` largest parts, `size` shared out among them. In place. */
export function onLargest(slope: Float32Array, count: number, size: number): void {
  const least = slope.map(Math.abs).sort()[slope.length - count] as number;
  let taken = 0;
  for (let at = 0; at < slope.length; at++)
    if (least > 0 && Math.abs(slope[at] as number) >= least) taken += 1;
  for (let at = 0; at < slope.length; at++) {
    const part = slope[at] as number;
    slope[at] = least > 0 && Math.abs(part) >= least ? (Math.sign(part) * size) / taken : 0;
  }
}
