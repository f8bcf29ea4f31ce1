/** A set of numbers (code points or UTF-16 code units) as ordered ranges, both ends included, that never touch. */
export type CharSet = readonly (readonly [number, number])[];

export const LAST_CODE_POINT = 0x10ffff;

export const setOf = (...ranges: (readonly [number, number])[]): CharSet => union(ranges);

export const single = (value: number): CharSet => [[value, value]];

/** Any number of ranges in any order, overlapping or not. */
export function union(ranges: Iterable<readonly [number, number]>): CharSet {
  const merged: [number, number][] = [];
  for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

/** All code points that are not in the set. */
export function complement(set: CharSet): CharSet {
  const out: [number, number][] = [];
  let next = 0;
  for (const [from, to] of set) {
    if (from > next) out.push([next, from - 1]);
    next = to + 1;
  }
  if (next <= LAST_CODE_POINT) out.push([next, LAST_CODE_POINT]);
  return out;
}

/** What of the set lies in `from`…`to`. */
export function clip(set: CharSet, from: number, to: number): CharSet {
  const out: [number, number][] = [];
  for (const [a, b] of set) if (a <= to && b >= from) out.push([Math.max(a, from), Math.min(b, to)]);
  return out;
}

export function has(set: CharSet, value: number): boolean {
  let low = 0;
  let high = set.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((set[middle]?.[1] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low < set.length && (set[low]?.[0] as number) <= value;
}

export const keyOf = (set: CharSet): string => set.map(([from, to]) => `${from}-${to}`).join();
