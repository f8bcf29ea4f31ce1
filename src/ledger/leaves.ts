import type { Entry } from '../audit/entry.ts';
import type { Hash } from '../audit/merkle.ts';
import { Refusal } from '../base/refusal.ts';
import { LedgerFollower } from './follow.ts';

/** An entry with the hash of its leaf, by which a proof of inclusion knows it. */
export interface Leaf {
  readonly entry: Entry;
  readonly leaf: Hash;
}

/**
 * Entries of a ledger by their numbers. The hash of a leaf is what the entry behind it names as the one before.
 * Throws `not_found` where one is not there, or is the last.
 */
export async function leavesOf(
  folder: string,
  size: number,
  seqs: readonly number[],
  archive?: string | undefined,
): Promise<Leaf[]> {
  const leaves: Leaf[] = [];
  for (const seq of seqs) {
    const follower = new LedgerFollower(folder, seq, archive);
    try {
      const [entry, next] = seq + 1 < size ? await follower.take(size, 2) : [];
      if (entry === undefined || next === undefined)
        throw new Refusal('not_found', { field: '/entries', hint: 'The ledger has no such entry yet.' });
      leaves.push({ entry, leaf: next.prev });
    } finally {
      await follower.close();
    }
  }
  return leaves;
}
