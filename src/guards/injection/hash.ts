/** 32-bit FNV-1a over UTF-16 units: words, and the parts of words that n-grams are made of. */
export const HASH_START = 0x811c9dc5 | 0;

export const hashUnit = (hash: number, unit: number): number => Math.imul(hash ^ unit, 0x01000193);

/** Two hashes, or a hash and a number, as one; order counts. */
export const hashPair = (a: number, b: number): number =>
  Math.imul(Math.imul(a, 0x9e3779b1) ^ (b + 0x7f4a7c15), 0x85ebca6b);

/** Spreads a hash over all bits, so that its low ones can number a bucket. */
export function mixed(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x7feb352d);
  h ^= h >>> 15;
  h = Math.imul(h, 0x846ca68b);
  return h ^ (h >>> 16);
}

export function hashText(text: string): number {
  let hash = HASH_START;
  for (let i = 0; i < text.length; i++) hash = hashUnit(hash, text.charCodeAt(i));
  return hash;
}
