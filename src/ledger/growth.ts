import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ENTRY_BYTES } from '../audit/entry.ts';
import { LineSplitter } from '../audit/lines.ts';
import type { Hash, TreeState } from '../audit/merkle.ts';
import { Frontier } from '../audit/merkle.ts';
import { consistencyRanges, RangeRoots } from '../audit/proof.ts';
import type { Segment } from '../audit/verify.ts';
import { Problem } from '../base/problem.ts';
import { nodeTreeHash } from './hashing.ts';
import { listSegments } from './read.ts';
import { parseState, stateName } from './segments.ts';

/**
 * The hashes that prove that the tree of `first` grew into that of `second` entries (RFC 9162 section 2.1.4). Reads only
 * entries from there on: what is older is in the state. Throws Problem('findings') where entries are missing.
 */
export async function growthPath(
  folder: string,
  first: TreeState,
  second: number,
  archive?: string | undefined,
): Promise<Hash[]> {
  const roots = new RangeRoots(consistencyRanges(first.size, second), nodeTreeHash, first);
  await leavesFrom(await listSegments(folder, archive), first.size, second, (leaf) => roots.push(leaf));
  return roots.roots();
}

/** The tree as it was with its first `size` entries; reads from the nearest state that is kept beside the segments. */
export async function stateAt(
  folder: string,
  size: number,
  archive?: string | undefined,
): Promise<TreeState> {
  const tree = new Frontier(nodeTreeHash);
  const segments = await listSegments(folder, archive);
  const nearest = segments.findLast(({ first }) => first <= size);
  if (nearest !== undefined && nearest.first > 0) {
    const text = await readFile(join(nearest.folder, stateName(nearest.first)), 'utf8').catch(() => '');
    const state = parseState(text);
    if (state?.size === nearest.first) tree.restore(state);
  }
  await leavesFrom(segments, tree.size, size, (leaf) => tree.push(leaf));
  return tree.state();
}

/** Leaf hashes of the entries `from` to `to - 1`, in order. */
async function leavesFrom(
  segments: readonly Segment[],
  from: number,
  to: number,
  take: (leaf: Hash) => void,
): Promise<void> {
  let seq = from;
  for (const [index, { first, chunks }] of segments.entries()) {
    const next = segments[index + 1]?.first ?? Number.POSITIVE_INFINITY;
    if (next <= from || first >= to) continue;
    const splitter = new LineSplitter(ENTRY_BYTES);
    let at = first;
    for await (const chunk of chunks()) {
      for (const line of splitter.push(chunk)) {
        if (at >= from && at < to) {
          if (at !== seq) break;
          take(nodeTreeHash.leaf(line));
          seq += 1;
        }
        at += 1;
      }
      if (at >= to) break;
    }
  }
  if (seq !== to)
    throw new Problem(
      'findings',
      `entry ${seq} of the ledger is missing`,
      'Run "gatehouse audit verify"; what was archived is read where ledger.archive.to names it.',
    );
}
