import type { Norm } from './attack.ts';

// The least changes within a box, exactly: sums of parts that each grow in a straight line until they reach their room.

/** Where a rising function that is straight between `corners` comes to `target`; the last corner where it never does. */
function solve(corners: Float64Array, valueAt: (x: number) => number, target: number): number {
  const sorted = corners.sort();
  let [low, high] = [0, sorted.length - 1];
  if (high < 0) return 0;
  if (valueAt(sorted[high] as number) <= target) return sorted[high] as number;
  if (valueAt(sorted[low] as number) >= target) return sorted[low] as number;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (valueAt(sorted[middle] as number) < target) low = middle;
    else high = middle;
  }
  const [from, to] = [sorted[low] as number, sorted[high] as number];
  const [below, above] = [valueAt(from), valueAt(to)];
  return above > below ? from + ((to - from) * (target - below)) / (above - below) : to;
}

/**
 * The least change δ with slope · δ = gap, where each part may go only as far as its room: `up` if it rises, `down` if it
 * falls (both at least 0). All in units. Where no change is enough, the largest. Croce and Hein: Minimally distorted
 * adversarial examples with a fast adaptive boundary attack, ICML 2020, section 2.3.
 */
export function toPlane(
  norm: Norm,
  slope: Float32Array,
  gap: number,
  up: Float32Array,
  down: Float32Array,
): Float32Array {
  const way = gap < 0 ? -1 : 1;
  const wanted = Math.abs(gap);
  const sizes = slope.map(Math.abs);
  const rooms = slope.map((part, at) => (part === 0 ? 0 : ((part * way > 0 ? up : down)[at] as number)));
  const amounts =
    norm === 'L1' || norm === 'L0' ? fewest(sizes, rooms, wanted) : evenly(norm, sizes, rooms, wanted);
  return slope.map((part, at) => Math.sign(part) * way * (amounts[at] as number));
}

/** L1: the steepest parts first, each as far as it can go. */
function fewest(sizes: Float32Array, rooms: Float32Array, wanted: number): Float32Array {
  const amounts = new Float32Array(sizes.length);
  let left = wanted;
  for (const at of [...sizes.keys()].sort((a, b) => (sizes[b] as number) - (sizes[a] as number))) {
    const size = sizes[at] as number;
    if (left <= 0 || size === 0) break;
    const amount = Math.min(rooms[at] as number, left / size);
    amounts[at] = amount;
    left -= amount * size;
  }
  return amounts;
}

/**
 * Linf: all parts alike; L2: each as it is steep; none beyond its room. How far they come together rises with their reach,
 * ever slower: Newton's steps from nothing never go beyond, and end at the exact place once the last corner is passed.
 */
function evenly(norm: Norm, sizes: Float32Array, rooms: Float32Array, wanted: number): Float32Array {
  const amounts = new Float32Array(sizes.length);
  let reach = 0;
  for (let turn = 0; turn <= sizes.length; turn++) {
    let [sum, slope] = [0, 0];
    for (let at = 0; at < sizes.length; at++) {
      const size = sizes[at] as number;
      if (size === 0) continue;
      const speed = norm === 'Linf' ? 1 : size;
      const room = rooms[at] as number;
      const free = speed * reach < room;
      if (free) slope += size * speed;
      const amount = free ? speed * reach : room;
      amounts[at] = amount;
      sum += size * amount;
    }
    const further = slope > 0 ? (wanted - sum) / slope : 0;
    if (!(further > reach * 1e-9)) break;
    reach += further;
  }
  return amounts;
}

/**
 * The nearest change to `delta` that is within `epsilon` in L1 and within its room: `up` if it rises, `down` if it falls. In
 * place. Croce and Hein: Mind the box: l1-APGD for sparse adversarial attacks on image classifiers, ICML 2021.
 */
export function intoL1Box(delta: Float32Array, epsilon: number, up: Float32Array, down: Float32Array): void {
  const rooms = delta.map((part, at) => (part > 0 ? up : down)[at] as number);
  const sizes = delta.map(Math.abs);
  const kept = (at: number, cut: number) => {
    const left = (sizes[at] as number) - cut;
    const room = rooms[at] as number;
    return left < 0 ? 0 : left > room ? room : left;
  };
  const lengthAt = (cut: number) => {
    let sum = 0;
    for (let at = 0; at < sizes.length; at++) sum += kept(at, cut);
    return sum;
  };
  // Falls as the cut grows: turned round to rise.
  let cut = 0;
  if (lengthAt(0) > epsilon) {
    const corners = new Float64Array(2 * sizes.length + 1);
    for (let at = 0; at < sizes.length; at++) {
      corners[2 * at] = -(sizes[at] as number);
      corners[2 * at + 1] = Math.min(0, (rooms[at] as number) - (sizes[at] as number));
    }
    cut = -solve(corners, (minus) => lengthAt(-minus), epsilon);
  }
  for (let at = 0; at < delta.length; at++) delta[at] = Math.sign(delta[at] as number) * kept(at, cut);
}
