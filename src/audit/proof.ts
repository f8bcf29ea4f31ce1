import { Malformed } from './malformed.ts';
import type { Hash, TreeHash, TreeState } from './merkle.ts';
import { EMPTY, Frontier } from './merkle.ts';

/** Entries `from` to `to - 1`. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Largest power of two smaller than n; n > 1. */
function split(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/** The subtrees whose roots prove entry `seq` in the tree of `size` entries, leaf first: PATH of RFC 9162 section 2.1.3.1. */
export function inclusionRanges(seq: number, size: number): Range[] {
  if (seq < 0 || seq >= size) throw new RangeError('the entry is not in the tree');
  const path = (from: number, to: number): Range[] => {
    if (to - from === 1) return [];
    const middle = from + split(to - from);
    return seq < middle
      ? [...path(from, middle), { from: middle, to }]
      : [...path(middle, to), { from, to: middle }];
  };
  return path(0, size);
}

/** The subtrees whose roots prove that the tree of `first` entries grew into that of `second`: RFC 9162 section 2.1.4.1. */
export function consistencyRanges(first: number, second: number): Range[] {
  if (first < 0 || first > second) throw new RangeError('the first tree is larger than the second');
  if (first === 0 || first === second) return [];
  const proof = (from: number, to: number, whole: boolean): Range[] => {
    if (first === to) return whole ? [] : [{ from, to }];
    const middle = from + split(to - from);
    return first <= middle
      ? [...proof(from, middle, whole), { from: middle, to }]
      : [...proof(middle, to, false), { from, to: middle }];
  };
  return proof(0, second, true);
}

/** Roots of several disjoint ranges, found in one pass over the leaves with O(log² n) memory. */
export class RangeRoots {
  readonly #trees: { readonly range: Range; readonly tree: Frontier }[];
  readonly #byStart: { readonly range: Range; readonly tree: Frontier }[];
  #seq: number;
  #at = 0;

  /**
   * @param base the tree of the leaves that will not be pushed: those of the log's beginning
   * Throws {@link Malformed} where a range needs more of them than that state says.
   */
  constructor(ranges: readonly Range[], hash: TreeHash, base: TreeState = EMPTY) {
    this.#seq = base.size;
    this.#trees = ranges.map((range) => {
      const tree = new Frontier(hash);
      tree.restore(stateWithin(base, range));
      return { range, tree };
    });
    this.#byStart = this.#trees.toSorted((a, b) => a.range.from - b.range.from);
  }

  /** The next leaf of the log. */
  push(leaf: Hash): void {
    const seq = this.#seq++;
    let current = this.#byStart[this.#at];
    while (current !== undefined && seq >= current.range.to) current = this.#byStart[++this.#at];
    if (current !== undefined && seq >= current.range.from) current.tree.push(leaf);
  }

  /** In the order in which the ranges were given. */
  roots(): Hash[] {
    return this.#trees.map(({ tree }) => tree.root());
  }
}

/** The tree of the leaves that a range and a state have in common, in the perfect subtrees of that state. */
function stateWithin({ size, nodes }: TreeState, { from, to }: Range): TreeState {
  const end = Math.min(to, size);
  if (from >= end) return EMPTY;
  const found: Hash[] = [];
  let at = 0;
  let covered = from;
  for (const node of nodes) {
    let width = 1;
    while (width * 2 <= size - at) width *= 2;
    if (at === covered && at + width <= end) {
      found.push(node);
      covered += width;
    }
    at += width;
  }
  if (covered !== end) throw new Malformed('the proof needs entries that are not here');
  return { size: end - from, nodes: found };
}

/** RFC 9162 section 2.1.3.2. */
export function verifyInclusion(
  hash: TreeHash,
  proof: { readonly leaf: Hash; readonly seq: number; readonly size: number; readonly path: readonly Hash[] },
  root: Hash,
): boolean {
  if (proof.seq < 0 || proof.seq >= proof.size) return false;
  let at = proof.seq;
  let last = proof.size - 1;
  let node = proof.leaf;
  for (const sibling of proof.path) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      node = hash.node(sibling, node);
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)];
    } else {
      node = hash.node(node, sibling);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && node === root;
}

/** RFC 9162 section 2.1.4.2, with the two trees that need no proof: the empty one and the same one. */
export function verifyConsistency(
  hash: TreeHash,
  first: { readonly size: number; readonly root: Hash },
  second: { readonly size: number; readonly root: Hash },
  proof: readonly Hash[],
): boolean {
  if (first.size < 0 || first.size > second.size) return false;
  if (first.size === 0) return proof.length === 0 && first.root === hash.empty;
  if (first.size === second.size) return proof.length === 0 && first.root === second.root;

  // A first tree that is a perfect subtree of the second is itself the start of the path.
  const path = Number.isInteger(Math.log2(first.size)) ? [first.root, ...proof] : [...proof];
  const start = path.shift();
  if (start === undefined) return false;
  let at = first.size - 1;
  let last = second.size - 1;
  while (at % 2 === 1) [at, last] = [half(at), half(last)];
  let older = start;
  let newer = start;
  for (const node of path) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      older = hash.node(node, older);
      newer = hash.node(node, newer);
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)];
    } else {
      newer = hash.node(newer, node);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && older === first.root && newer === second.root;
}

const half = (n: number): number => Math.floor(n / 2);
