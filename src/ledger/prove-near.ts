import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openCheckpoint } from '../audit/checkpoint.ts';
import { NEWEST } from '../audit/history.ts';
import { Frontier, type Hash } from '../audit/merkle.ts';
import { inclusionRanges, type Range } from '../audit/proof.ts';
import { Problem } from '../base/problem.ts';
import { nodeTreeHash } from './hashing.ts';
import { PUBLIC_KEYS } from './init.ts';
import { verifySignature } from './keys.ts';
import { linesOf } from './lines.ts';
import { checkInclusion, holding, type InclusionProof } from './prove.ts';
import { readPublicKeys } from './verify-files.ts';

/** Roots of perfect subtrees that somebody keeps. */
export interface KnownSubtrees {
  /** Root of `2 ** level` leaves, the `number`th of such subtrees; undefined where it is not known. */
  root(level: number, number: number): Hash | undefined;
}

/** Entries of a ledger, and subtrees of its tree. */
export interface Provable {
  /** The ledger's own folder, and that of its archive. */
  readonly folder: string;
  readonly archive: string | undefined;
  readonly subtrees: KnownSubtrees;
  /** Leaves of the smallest subtrees that are known, as a power of two. */
  readonly least: number;
}

/**
 * That an entry is in the log of the newest checkpoint, by subtrees that are known: about as many hashes as the tree has levels are
 * looked up, and the entries beside this one and at the end are read, whatever the ledger's length. Whether the subtrees are those of the
 * ledger is found out: a proof that does not hold is not given.
 * Undefined where the subtrees do not reach as far yet. Throws Problem('usage') where the entry is not signed, Problem('environment')
 * where it was archived, Problem('findings') where the ledger is not what was signed.
 */
export async function proveNear(ledger: Provable, seq: number): Promise<InclusionProof | undefined> {
  const keys = await readPublicKeys(join(ledger.folder, PUBLIC_KEYS));
  const checkpoint = await newestNote(ledger.folder);
  const { size } = await openCheckpoint(checkpoint, keys, verifySignature);
  if (seq >= size)
    throw new Problem(
      'usage',
      `entry ${seq} is not signed: the newest checkpoint covers ${size} entries`,
      'Wait a second, or name an earlier entry.',
    );
  const block = 2 ** ledger.least;
  const beside = await leavesOf(ledger, Math.floor(seq / block) * block, size, seq);
  const last = Math.floor((size - 1) / block) * block;
  const end = last === beside.from ? beside : await leavesOf(ledger, last, size);
  const path: Hash[] = [];
  for (const range of inclusionRanges(seq, size)) {
    const root = rootOf(range, ledger, [beside, end]);
    if (root === undefined) return undefined;
    path.push(root);
  }
  const proof: InclusionProof = { v: 1, proof: 'inclusion', seq, entry: beside.entry, path, checkpoint };
  return holding(proof, await checkInclusion(proof, keys));
}

async function newestNote(folder: string): Promise<string> {
  try {
    return await readFile(join(folder, NEWEST), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new Problem('usage', 'there is no checkpoint', 'Wait a second.');
  }
}

/** Leaves that were read: those of one of the smallest subtrees, or as many as there are. */
interface Leaves {
  readonly from: number;
  readonly hashes: readonly Hash[];
  /** The line that was asked for. */
  readonly entry: string;
}

async function leavesOf(
  { folder, archive, least }: Provable,
  from: number,
  size: number,
  wanted?: number,
): Promise<Leaves> {
  const hashes: Hash[] = [];
  let entry = '';
  for await (const line of linesOf(folder, from, Math.min(from + 2 ** least, size), archive)) {
    if (from + hashes.length === wanted) entry = Buffer.from(line).toString('utf8');
    hashes.push(nodeTreeHash.leaf(line));
  }
  return { from, hashes, entry };
}

/** A range begins where a perfect subtree does, so it is made of whole ones that get smaller. */
function rootOf({ from, to }: Range, ledger: Provable, read: readonly Leaves[]): Hash | undefined {
  const nodes: Hash[] = [];
  for (let at = from; at < to; ) {
    let level = 0;
    while (2 ** (level + 1) <= to - at) level += 1;
    const node = subtree(level, at, ledger, read);
    if (node === undefined) return undefined;
    nodes.push(node);
    at += 2 ** level;
  }
  const tree = new Frontier(nodeTreeHash);
  tree.restore({ size: to - from, nodes });
  return tree.root();
}

/** As it is known; else of its halves, since those at the end may have become whole just now. */
function subtree(level: number, from: number, ledger: Provable, read: readonly Leaves[]): Hash | undefined {
  const width = 2 ** level;
  if (level <= ledger.least) {
    const root = readRoot(from, width, read);
    if (root !== undefined || level < ledger.least) return root;
  }
  const known = ledger.subtrees.root(level, from / width);
  if (known !== undefined || level === ledger.least) return known;
  const left = subtree(level - 1, from, ledger, read);
  const right = left && subtree(level - 1, from + width / 2, ledger, read);
  return left && right && nodeTreeHash.node(left, right);
}

function readRoot(from: number, width: number, read: readonly Leaves[]): Hash | undefined {
  const leaves = read.find((one) => one.from <= from && from + width <= one.from + one.hashes.length);
  if (leaves === undefined) return undefined;
  const tree = new Frontier(nodeTreeHash);
  for (const leaf of leaves.hashes.slice(from - leaves.from, from - leaves.from + width)) tree.push(leaf);
  return tree.root();
}
