import { fromBase64, toBase64 } from './base64.ts';
import { Malformed } from './malformed.ts';

/** SHA-256 of some bytes: 32 bytes. An argument everywhere in this folder. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

/** A SHA-256 value as standard base64: 44 characters, comparable with `===`. */
export type Hash = string;

/** Base64 of exactly 32 bytes, with no spare bit set. */
export const HASH = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;

/** Hashing of RFC 6962 section 2.1: leaves and nodes are told apart by their first byte. */
export interface TreeHash {
  /** Root of the tree without entries. */
  readonly empty: Hash;
  leaf(entry: Uint8Array): Hash;
  node(left: Hash, right: Hash): Hash;
}

export function treeHash(sha256: Sha256): TreeHash {
  const hash = (prefix: number, ...parts: Uint8Array[]): Hash => {
    const bytes = new Uint8Array(1 + parts.reduce((sum, part) => sum + part.length, 0));
    bytes[0] = prefix;
    let at = 1;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return toBase64(sha256(bytes));
  };
  return {
    empty: toBase64(sha256(new Uint8Array(0))),
    leaf: (entry) => hash(0, entry),
    node: (left, right) => hash(1, fromBase64(left), fromBase64(right)),
  };
}

/** All that is needed to go on with a tree: the roots of its perfect subtrees, largest first. */
export interface TreeState {
  readonly size: number;
  readonly nodes: readonly Hash[];
}

/** The tree without entries. */
export const EMPTY: TreeState = { size: 0, nodes: [] };

/** A Merkle tree that only grows, kept as its frontier: O(log n) memory, one hash an entry on average. */
export class Frontier {
  readonly #hash: TreeHash;
  #size = 0;
  #nodes: Hash[] = [];

  constructor(hash: TreeHash) {
    this.#hash = hash;
  }

  get size(): number {
    return this.#size;
  }

  /** @param onSubtree told of the perfect subtrees that the leaf makes whole: the leaf itself is of level 0 */
  push(leaf: Hash, onSubtree?: (level: number, root: Hash) => void): void {
    let node = leaf;
    let level = 0;
    onSubtree?.(level, node);
    // Sizes go beyond 32 bits, so no bit operators.
    for (let size = this.#size; size % 2 === 1; size = (size - 1) / 2) {
      node = this.#hash.node(this.#nodes.pop() ?? this.#hash.empty, node);
      level += 1;
      onSubtree?.(level, node);
    }
    this.#nodes.push(node);
    this.#size += 1;
  }

  root(): Hash {
    return (
      this.#nodes.reduceRight<Hash | undefined>(
        (right, left) => (right === undefined ? left : this.#hash.node(left, right)),
        undefined,
      ) ?? this.#hash.empty
    );
  }

  state(): TreeState {
    return { size: this.#size, nodes: this.#nodes.slice() };
  }

  /** Throws {@link Malformed} where the nodes cannot be those of a tree of that size. */
  restore(state: TreeState): void {
    if (!Number.isSafeInteger(state.size) || state.size < 0 || state.nodes.length !== ones(state.size)) {
      throw new Malformed('not the state of a tree');
    }
    this.#size = state.size;
    this.#nodes = state.nodes.slice();
  }
}

/** Number of set bits: how many perfect subtrees a tree of this size is made of. */
function ones(size: number): number {
  let count = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) count += rest % 2;
  return count;
}
