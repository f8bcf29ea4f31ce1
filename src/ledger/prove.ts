import { openCheckpoint } from '../audit/checkpoint.ts';
import { ENTRY_BYTES } from '../audit/entry.ts';
import { HISTORY, parseRecord } from '../audit/history.ts';
import type { LedgerPublicKeys } from '../audit/keys.ts';
import { LineSplitter } from '../audit/lines.ts';
import { Malformed } from '../audit/malformed.ts';
import type { Hash } from '../audit/merkle.ts';
import { HASH } from '../audit/merkle.ts';
import { NOTE_BYTES } from '../audit/note.ts';
import type { Range } from '../audit/proof.ts';
import {
  consistencyRanges,
  inclusionRanges,
  RangeRoots,
  verifyConsistency,
  verifyInclusion,
} from '../audit/proof.ts';
import type { LedgerSource } from '../audit/verify.ts';
import { isObject } from '../base/json.ts';
import { Problem } from '../base/problem.ts';
import { nodeTreeHash } from './hashing.ts';
import { verifySignature } from './keys.ts';

/** That an entry is in the log of a checkpoint. Holds the entry itself. */
export interface InclusionProof {
  readonly v: 1;
  readonly proof: 'inclusion';
  readonly seq: number;
  /** The line, without its newline. */
  readonly entry: string;
  /** Sibling hashes, leaf first (RFC 9162 section 2.1.3). */
  readonly path: readonly Hash[];
  /** Signed note. */
  readonly checkpoint: string;
}

/** That one checkpoint's log is the beginning of another's. */
export interface ConsistencyProof {
  readonly v: 1;
  readonly proof: 'consistency';
  /** RFC 9162 section 2.1.4. */
  readonly path: readonly Hash[];
  /** Signed notes. */
  readonly from: string;
  readonly to: string;
}

export type Proof = InclusionProof | ConsistencyProof;

/** Throws Problem('usage') where no checkpoint covers the entry, or it was archived. */
export async function proveInclusion(
  source: LedgerSource,
  keys: LedgerPublicKeys,
  seq: number,
): Promise<InclusionProof> {
  const { note, size } = await checkpointOf(source, keys, undefined);
  if (seq >= size) {
    throw new Problem(
      'usage',
      `entry ${seq} is not signed: the newest checkpoint covers ${size} entries`,
      'Wait a second, or name an earlier entry.',
    );
  }
  if (seq < (source.segments[0]?.first ?? 0)) throw archivedBefore(source, `entry ${seq}`);
  let entry = '';
  const path = await rangeRoots(source, inclusionRanges(seq, size), size, (line, at) => {
    if (at === seq) entry = Buffer.from(line).toString('utf8');
  });
  const proof: InclusionProof = { v: 1, proof: 'inclusion', seq, entry, path, checkpoint: note };
  return holding(proof, await checkInclusion(proof, keys));
}

/** From the checkpoint of `first` entries to that of `second`, by default the newest. Throws Problem('usage'). */
export async function proveConsistency(
  source: LedgerSource,
  keys: LedgerPublicKeys,
  first: number,
  second: number | undefined,
): Promise<ConsistencyProof> {
  const to = await checkpointOf(source, keys, second);
  const from = await checkpointOf(source, keys, first);
  if (from.size > to.size)
    throw new Problem(
      'usage',
      `${from.size} entries cannot grow into ${to.size}`,
      'Name the smaller size first.',
    );
  const path = await rangeRoots(source, consistencyRanges(from.size, to.size), to.size);
  const proof: ConsistencyProof = { v: 1, proof: 'consistency', path, from: from.note, to: to.note };
  return holding(proof, await checkConsistency(proof, keys));
}

/** A ledger that was changed gives proofs that prove nothing: said here, not found out by whoever gets one. */
export function holding<T extends Proof>(proof: T, { holds }: Checked): T {
  if (holds) return proof;
  throw new Problem(
    'findings',
    'the entries are not what the checkpoint signed',
    'Run "gatehouse audit verify".',
  );
}

/** The signed checkpoint of so many entries; without a number the newest. */
async function checkpointOf(
  source: LedgerSource,
  keys: LedgerPublicKeys,
  size: number | undefined,
): Promise<{ readonly note: string; readonly size: number }> {
  const splitter = new LineSplitter(2 * NOTE_BYTES);
  let note: string | undefined;
  let below = 0;
  for await (const chunk of source.history()) {
    for (const line of splitter.push(chunk)) {
      const candidate = await within(HISTORY, () => parseRecord(line));
      // Only the one that is used has its signatures checked; the second line of a note is its size.
      const found = Number(candidate.split('\n', 2)[1]);
      if (size === undefined || found === size) note = candidate;
      else if (found < size) below = found;
    }
  }
  if (note === undefined) {
    if (size !== undefined && size < (source.segments[0]?.first ?? 0))
      throw archivedBefore(source, `the checkpoint of ${size} entries`);
    const advice =
      size === undefined ? 'Run "gatehouse audit verify".' : `The nearest one below is of ${below} entries.`;
    throw new Problem(
      'usage',
      `there is no checkpoint${size === undefined ? '' : ` of ${size} entries`}`,
      advice,
    );
  }
  const signed = note;
  const checkpoint = await within(HISTORY, () => openCheckpoint(signed, keys, verifySignature));
  return { note, size: checkpoint.size };
}

const archivedBefore = ({ segments }: LedgerSource, what: string): Problem =>
  new Problem(
    'usage',
    `${what} was archived: the first entry here is ${segments[0]?.first}`,
    'Name the archive with --archive.',
  );

/** One pass over the first `size` entries, as far as they are here: what was archived is in the state before them. */
async function rangeRoots(
  source: LedgerSource,
  ranges: readonly Range[],
  size: number,
  onLine?: (line: Uint8Array, seq: number) => void,
): Promise<Hash[]> {
  const { state } = source.base ?? {};
  if (source.base !== undefined && state === undefined)
    throw new Problem(
      'findings',
      `${source.base.file} is missing or malformed`,
      'Run "gatehouse audit verify".',
    );
  const roots = new RangeRoots(ranges, nodeTreeHash, state);
  let seq = state?.size ?? 0;
  for (const segment of source.segments) {
    const splitter = new LineSplitter(ENTRY_BYTES);
    for await (const chunk of segment.chunks()) {
      for (const line of splitter.push(chunk)) {
        if (seq === size) return roots.roots();
        roots.push(nodeTreeHash.leaf(line));
        onLine?.(line, seq);
        seq += 1;
      }
    }
  }
  if (seq < size)
    throw new Problem(
      'findings',
      `the ledger has ${seq} entries, but ${size} were signed`,
      'Run "gatehouse audit verify".',
    );
  return roots.roots();
}

/** What a proof proves, or why it does not. */
export interface Checked {
  readonly holds: boolean;
  readonly says: string;
}

/** Checks a proof with nothing but itself and the public keys. Throws Problem('undecided') where it is no proof. */
export async function checkProof(text: string, keys: LedgerPublicKeys): Promise<Checked> {
  const proof = parseProof(text);
  try {
    return proof.proof === 'inclusion'
      ? await checkInclusion(proof, keys)
      : await checkConsistency(proof, keys);
  } catch (error) {
    if (error instanceof Malformed) return { holds: false, says: error.message };
    throw error;
  }
}

export async function checkInclusion(proof: InclusionProof, keys: LedgerPublicKeys): Promise<Checked> {
  const { size, root, origin } = await openCheckpoint(proof.checkpoint, keys, verifySignature);
  const leaf = nodeTreeHash.leaf(Buffer.from(proof.entry));
  const holds = verifyInclusion(nodeTreeHash, { leaf, seq: proof.seq, size, path: proof.path }, root);
  return {
    holds,
    says: `entry ${proof.seq} is ${holds ? '' : 'not shown to be '}in the log of ${size} entries signed by ${origin}`,
  };
}

async function checkConsistency(proof: ConsistencyProof, keys: LedgerPublicKeys): Promise<Checked> {
  const from = await openCheckpoint(proof.from, keys, verifySignature);
  const to = await openCheckpoint(proof.to, keys, verifySignature);
  const holds = verifyConsistency(nodeTreeHash, from, to, proof.path);
  return {
    holds,
    says: `the log of ${from.size} entries is ${holds ? '' : 'not shown to be '}the beginning of that of ${to.size}, both signed by ${to.origin}`,
  };
}

function parseProof(text: string): Proof {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (isObject(value) && value.v === 1 && isPath(value.path)) {
    const { proof, path, seq, entry, checkpoint, from, to } = value;
    if (
      proof === 'inclusion' &&
      isIndex(seq) &&
      typeof entry === 'string' &&
      typeof checkpoint === 'string'
    ) {
      return { v: 1, proof, seq, entry, path, checkpoint };
    }
    if (proof === 'consistency' && typeof from === 'string' && typeof to === 'string') {
      return { v: 1, proof, path, from, to };
    }
  }
  throw new Problem('undecided', 'the file is not a proof', 'Use a file written by "gatehouse audit prove".');
}

/** A path has at most two hashes a level, and a tree 53 levels: more belong to no tree. */
const isPath = (value: unknown): value is Hash[] =>
  Array.isArray(value) &&
  value.length <= 2 * 64 &&
  value.every((hash) => typeof hash === 'string' && HASH.test(hash));

const isIndex = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

async function within<T>(file: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw new Problem('findings', `${file} is damaged: ${error.message}`, 'Run "gatehouse audit verify".');
  }
}
