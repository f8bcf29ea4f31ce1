import type { Hash } from '../audit/merkle.ts';

/**
 * Proof that an entry is durable. Only the ledger calls {@link Receipt.mint}: `test/architecture.test.ts` holds that,
 * and the private constructor holds that nothing else makes one.
 */
export class Receipt {
  readonly seq: number;
  /** Leaf hash of the entry. */
  readonly leaf: Hash;
  #minted = true;

  private constructor(seq: number, leaf: Hash) {
    this.seq = seq;
    this.leaf = leaf;
  }

  /** Called by `ledger.ts` and `remote.ts` only. */
  static mint(seq: number, leaf: Hash): Receipt {
    return new Receipt(seq, leaf);
  }

  /** Holds at run time too: an object that merely looks like a Receipt has no private field. */
  static check(value: Receipt): boolean {
    return #minted in value && value.#minted;
  }
}
