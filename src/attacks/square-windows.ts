import type { Job } from './attack.ts';
import { deltaOf, lengthOf, project } from './norms.ts';
import type { Random } from './random.ts';
import { clip } from './space.ts';

// Square attack for L2 (Andriushchenko et al., section 3.4) and L1 (Croce and Hein: Mind the box: l1-APGD for sparse adversarial
// attacks on image classifiers, ICML 2021): the whole budget is always spent, so a change takes the length of one window and
// gives it to another, in a shape that is steep in the middle and of opposite signs in its halves.

/** Features of one channel, and what shape a change of them has: of length one in L2. */
interface Window {
  readonly features: Int32Array;
  readonly shape: Float32Array;
}

/** What is added to the budget of a window's own: less than this is nothing. */
const NOTHING = 1e-12;

/** Lengths are sums of parts to this power. */
const POWER = { L1: 1, L2: 2 } as const;
export type WindowNorm = keyof typeof POWER;
/** Times that what the box cuts off is given to what it does not. */
const REFILLED = 4;

/** The next row to try: from the original a first one, else the best with one window changed and one given up. */
export function proposeWindows(
  job: Job,
  norm: WindowNorm,
  random: Random,
  best: Float32Array,
  original: Float32Array,
  share: number,
): Float32Array {
  const { space, epsilon } = job;
  const delta = deltaOf(space, best, original);
  if (lengthOf(norm, delta) === 0) tile(job, random, delta);
  else change(job, norm, random, delta, share);
  for (let at = 0; at < delta.length; at++) if (space.fixed[at] === 1) delta[at] = 0;
  let stretch = epsilon / Math.max(lengthOf(norm, delta), NOTHING);
  for (let turn = 0; ; turn++) {
    const row = original.map(
      (value, at) => value + (delta[at] as number) * stretch * (space.unit[at] as number),
    );
    clip(space, row, original);
    const missing = epsilon / Math.max(lengthOf(norm, deltaOf(space, row, original)), NOTHING);
    if (turn === REFILLED || missing < 1 + 1e-3) {
      project(norm, space, row, original, epsilon);
      return row;
    }
    stretch *= missing;
  }
}

function change(job: Job, norm: WindowNorm, random: Random, delta: Float32Array, share: number): void {
  const { image } = job.space;
  const channels = image?.channels ?? 1;
  const power = POWER[norm];
  const [taken, given] = windowsOf(job, random, share);
  const left = Math.max(job.epsilon ** power - lengthOf(norm, delta) ** power, 0) / channels;
  for (const [channel, window] of taken.entries()) {
    const other = given[channel] as Window;
    const own = Math.max(summed(delta, window.features, power) ** (1 / power), NOTHING);
    const sign = random.sign();
    const steep = Math.max(lengthOf(norm, window.shape), NOTHING);
    // Features of a record are few: there it is a matter of degree, how much is new and how much is given up.
    const [fresh, kept] = image === undefined ? [2 * random.uniform(), random.uniform()] : [1, 0];
    const made = window.shape.map(
      (part, at) => (fresh * sign * part) / steep + (delta[window.features[at] as number] as number) / own,
    );
    // What both windows have had, together: each feature once.
    const had = summed(delta, new Set([...window.features, ...other.features]), power);
    for (const at of other.features) delta[at] = kept * (delta[at] as number);
    const free = left + had - (kept > 0 ? summed(delta, other.features, power) : 0);
    const stretch = free ** (1 / power) / Math.max(lengthOf(norm, made), NOTHING);
    for (const [at, feature] of window.features.entries()) delta[feature] = (made[at] as number) * stretch;
  }
}

function summed(delta: Float32Array, features: Iterable<number>, power: number): number {
  let sum = 0;
  for (const at of features) sum += Math.abs(delta[at] as number) ** power;
  return sum;
}

/** The first perturbation: windows side by side, each up or down. */
function tile(job: Job, random: Random, delta: Float32Array): void {
  const { image } = job.space;
  if (image === undefined) {
    for (const at of delta.keys()) delta[at] = random.sign();
    return;
  }
  const side = Math.max(1, Math.floor(Math.min(image.height, image.width) / 5));
  for (let channel = 0; channel < image.channels; channel++)
    for (let top = 0; top + side <= image.height; top += side)
      for (let left = 0; left + side <= image.width; left += side) {
        const { features, shape } = windowAt(job, channel, [top, left], side, random.uniform() < 0.5);
        const sign = random.sign();
        for (const [at, feature] of features.entries()) delta[feature] = sign * (shape[at] as number);
      }
}

/** Two windows of one size, for each channel. */
function windowsOf(job: Job, random: Random, share: number): [Window[], Window[]] {
  const { image, features } = job.space;
  if (image === undefined) {
    const count = Math.max(1, Math.min(Math.round(share * features), features >> 1));
    const order = random.shuffle(Int32Array.from({ length: features }, (_, at) => at));
    const shape = Float32Array.from({ length: count }, () => random.sign() / Math.sqrt(count));
    return [
      [{ features: order.slice(0, count), shape }],
      [{ features: order.slice(count, 2 * count), shape }],
    ];
  }
  const { channels, height, width } = image;
  // Odd, so that there is a middle; at least three.
  const wished = Math.max(3, Math.round(Math.sqrt(share * height * width)));
  const side = Math.min(wished + ((wished + 1) % 2), height, width);
  const corner = (): [number, number] => [random.below(height - side + 1), random.below(width - side + 1)];
  const turned = random.uniform() < 0.5;
  const [one, other] = [corner(), corner()];
  const all = (at: readonly [number, number]) =>
    Array.from({ length: channels }, (_, channel) => windowAt(job, channel, at, side, turned));
  return [all(one), all(other)];
}

function windowAt(
  { space: { image } }: Job,
  channel: number,
  [top, left]: readonly [number, number],
  side: number,
  turned: boolean,
): Window {
  const { height = 0, width = 0 } = image ?? {};
  const features = new Int32Array(side * side);
  for (let line = 0; line < side; line++)
    for (let column = 0; column < side; column++)
      features[line * side + column] = (channel * height + top + line) * width + left + column;
  return { features, shape: shapeOf(side, turned) };
}

/** Two halves of opposite sign, each the sum of rectangles that grow from its middle by a step, the k-th over (k + 1)². */
export function shapeOf(side: number, turned: boolean): Float32Array {
  const shape = new Float32Array(side * side);
  const half = side >> 1;
  hill(shape, side, [0, half], turned, 1);
  hill(shape, side, [half, side], turned, -1);
  const length = Math.max(lengthOf('L2', shape), NOTHING);
  return shape.map((part) => part / length);
}

/** A hill of length one over the lines from `top` up to, not including, `bottom`. */
function hill(
  shape: Float32Array,
  side: number,
  [top, bottom]: readonly [number, number],
  turned: boolean,
  sign: number,
): void {
  const lines = bottom - top;
  const made = new Float32Array(lines * side);
  const [middle, centre] = [lines >> 1, side >> 1];
  for (let step = 0; step <= Math.max(middle, centre); step++)
    for (let line = Math.max(0, middle - step); line <= Math.min(lines - 1, middle + step); line++)
      for (let column = Math.max(0, centre - step); column <= Math.min(side - 1, centre + step); column++)
        made[line * side + column] = (made[line * side + column] as number) + 1 / (step + 1) ** 2;
  const length = Math.max(lengthOf('L2', made), NOTHING);
  for (let line = 0; line < lines; line++)
    for (let column = 0; column < side; column++)
      shape[turned ? column * side + top + line : (top + line) * side + column] =
        (sign * (made[line * side + column] as number)) / length;
}
