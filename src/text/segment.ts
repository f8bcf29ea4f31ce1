import { EDGE, symbolAt } from './natural.ts';
import { WORDS } from './words.ts';

/** A tree of the words, a row of 27 for each node: where each letter leads, and at 26 whether a word ends here. */
const WIDTH = 27;
let tree: Uint16Array | undefined;

function grown(): Uint16Array {
  const letters = [...WORDS].reduce((sum, word) => sum + word.length, 1);
  const nodes = new Uint16Array((letters + 1) * WIDTH);
  let count = 1;
  for (const word of WORDS) {
    let node = 0;
    for (let i = 0; i < word.length; i++) {
      const edge = node * WIDTH + symbolAt(word, i);
      if (symbolAt(word, i) === EDGE) break;
      if (nodes[edge] === 0) nodes[edge] = count++;
      node = nodes[edge] ?? 0;
    }
    nodes[node * WIDTH + EDGE] = 1;
  }
  return nodes;
}

/** What a word costs, and a letter that is in none; short words must earn their place. */
const WORD_COST = 2;
const SHORT_COST = 3;
const STRAY_COST = 3;

export interface Segments {
  /** Where words begin, from the first (0) on. */
  readonly starts: readonly number[];
  /** The share of letters in words of two letters and more. */
  readonly known: number;
}

/** Sets letters without spaces apart into words: the way of least cost, in linear time. */
export function segment(letters: string): Segments {
  tree ??= grown();
  const length = letters.length;
  const cost = new Float32Array(length + 1).fill(Number.POSITIVE_INFINITY);
  const from = new Int32Array(length + 1);
  cost[0] = 0;
  for (let start = 0; start < length; start++) {
    const base = cost[start] ?? 0;
    let node = 0;
    for (let end = start; end < length; end++) {
      const symbol = symbolAt(letters, end);
      node = symbol === EDGE ? 0 : (tree[node * WIDTH + symbol] ?? 0);
      if (node === 0) break;
      if (tree[node * WIDTH + EDGE] === 0) continue;
      const next = base + (end - start < 2 ? SHORT_COST : WORD_COST);
      if (next >= (cost[end + 1] ?? 0)) continue;
      cost[end + 1] = next;
      from[end + 1] = start;
    }
    if (base + STRAY_COST < (cost[start + 1] ?? 0)) {
      cost[start + 1] = base + STRAY_COST;
      from[start + 1] = start;
    }
  }
  const starts: number[] = [];
  let known = 0;
  for (let end = length; end > 0; end = from[end] ?? 0) {
    const start = from[end] ?? 0;
    if (end - start > 1) known += end - start;
    // Letters in no word (the s of a plural) stay with what is before them.
    if (end - start > 1 || start === 0 || letters[start] === 'a' || letters[start] === 'i')
      starts.push(start);
  }
  return { starts: starts.reverse(), known: length === 0 ? 0 : known / length };
}
