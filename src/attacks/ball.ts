import type { Job } from './attack.ts';
import { deltaOf, distance, lengthOf, project } from './norms.ts';
import { clip, isDiscrete, snap } from './space.ts';

// The ball of rows within a budget.

/** A random place within the budget. */
export function randomStart(
  { norm, epsilon, space, random }: Job,
  row: Float32Array,
  original: Float32Array,
): void {
  for (let at = 0; at < row.length; at++) {
    const move = norm === 'Linf' ? random.between(-epsilon, epsilon) : random.normal();
    row[at] = (original[at] as number) + move * (space.unit[at] as number);
  }
  if (norm !== 'Linf') {
    // A direction at random, then a length so that all of the ball is as likely (L2; near enough for L1).
    const radius = epsilon * random.uniform() ** (1 / row.length);
    const delta = deltaOf(space, row, original);
    const stretch = radius / Math.max(lengthOf(norm, delta), 1e-12);
    for (let at = 0; at < row.length; at++)
      row[at] = (original[at] as number) + (delta[at] as number) * stretch * (space.unit[at] as number);
  }
  project(norm, space, row, original, epsilon);
  clip(space, row, original);
}

/** What would be sent: as it is, or whole numbers and categories put right, if that stays within the budget. */
export function sent({ space, norm, epsilon }: Job, row: Float32Array, original: Float32Array): Float32Array {
  if (!isDiscrete(space)) return row;
  const whole = row.slice();
  snap(space, whole, original);
  const within = distance(norm, space, whole, original) <= epsilon * (1 + 1e-6);
  return within ? whole : original.slice();
}

/** Whether a row is within the budget, but for rounding. */
export const within = (
  { space, norm, epsilon }: Omit<Job, 'settings'>,
  row: Float32Array,
  original: Float32Array,
): boolean => distance(norm, space, row, original) <= epsilon * (1 + 1e-4);

/** How far a feature of a row may go: the values that it can have, and the most by which a budget lets it change. */
export function reachOf({ space, norm, epsilon }: Job, at: number, was: number) {
  const lower = Math.min(space.lower[at] as number, was);
  const upper = Math.max(space.upper[at] as number, was);
  const width = upper - lower;
  return {
    lower,
    upper,
    most: norm === 'L0' ? width : Math.min(epsilon * (space.unit[at] as number), width),
  };
}
