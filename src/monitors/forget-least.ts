/** Of those that have been quiet longest, so many are looked at, and half of all at the most: never the latest. */
const LOOKED_AT = 16;

/**
 * Forgets one: of some that have been quiet longest, the least suspicious. The others go to the end, so that records that are worth
 * keeping do not stand before those that are not, and many of them are kept as well as one is.
 */
export function forgetLeast<T extends { readonly strength: number }>(kept: Map<string, T>): void {
  const looked: [string, T][] = [];
  const most = Math.min(LOOKED_AT, Math.ceil(kept.size / 2));
  for (const entry of kept) {
    looked.push(entry);
    if (looked.length >= most) break;
  }
  const [least] = looked.reduce((one, other) => (other[1].strength < one[1].strength ? other : one));
  for (const [name, value] of looked) {
    kept.delete(name);
    if (name !== least) kept.set(name, value);
  }
}
