import { join } from 'node:path';
import { ARCHIVED } from '../audit/archived.ts';
import { openCheckpoint } from '../audit/checkpoint.ts';
import type { EntryBody } from '../audit/entry.ts';
import { ENTRY_BYTES, parseEntry } from '../audit/entry.ts';
import { HISTORY, parseRecord } from '../audit/history.ts';
import type { LedgerPublicKeys } from '../audit/keys.ts';
import { LineSplitter } from '../audit/lines.ts';
import { Malformed } from '../audit/malformed.ts';
import type { Hash, TreeState } from '../audit/merkle.ts';
import { EMPTY, Frontier } from '../audit/merkle.ts';
import { NOTE_BYTES } from '../audit/note.ts';
import { type ArchivedFile, ArchiveFolder } from './archive-folder.ts';
import type { Disk } from './disk.ts';
import { readChunks, readWhole } from './disk.ts';
import { nodeTreeHash } from './hashing.ts';
import { verifySignature } from './keys.ts';
import { recordOffsets } from './record-offsets.ts';
import { parseState, pointsName, segmentFirsts, segmentName, stateName } from './segments.ts';
import { damaged } from './signed.ts';

/** The running ledger, as far as archiving needs it. */
export interface ArchivableLedger {
  readonly signedSize: number;
  append(body: EntryBody): Promise<unknown>;
  checkpoint(): Promise<void>;
  dropHistory(size: number): Promise<void>;
}

export interface ArchiveOptions {
  readonly ledger: ArchivableLedger;
  readonly disk: Disk;
  /** The ledger's folder, and where old segments go. */
  readonly folder: string;
  readonly to: string;
  readonly keys: LedgerPublicKeys;
}

/** What may go: whole segments whose last entry is old enough. */
export interface Archivable {
  /** Milliseconds since 1970: the last entry of a segment is older. */
  readonly before: number;
  /** Entries that are signed, and cosigned where there are witnesses. */
  readonly covered: number;
}

/** A segment: entries `first` to `next - 1`. */
export interface Span {
  readonly first: number;
  readonly next: number;
}

/** The segments that may be archived now, oldest first. @param most so many of them */
export async function archivable(
  disk: Disk,
  folder: string,
  { before, covered }: Archivable,
  most = Number.POSITIVE_INFINITY,
): Promise<Span[]> {
  const firsts = segmentFirsts(await disk.list(folder));
  const spans: Span[] = [];
  for (const [index, first] of firsts.entries()) {
    const next = firsts[index + 1];
    if (next === undefined || next > covered || spans.length >= most) break;
    if ((await lastTime(disk, folder, first)) >= before) break;
    spans.push({ first, next });
  }
  return spans;
}

/** When the last entry of a closed segment was written, in milliseconds since 1970. */
async function lastTime(disk: Disk, folder: string, first: number): Promise<number> {
  const name = segmentName(first);
  const path = join(folder, name);
  const file = await disk.open(path);
  const size = await file.size().finally(() => file.close());
  const bytes = await readWhole(disk, path, Math.max(0, size - ENTRY_BYTES - 1));
  const line = bytes.subarray(bytes.lastIndexOf('\n', bytes.length - 2) + 1, -1);
  try {
    return Date.parse(parseEntry(line).time);
  } catch {
    throw damaged(folder, name, 'its last line is not an entry');
  }
}

/**
 * Moves segments to the archive. At every moment each entry is in the ledger's folder, or in the archive and the ledger
 * says so: the files are copied and read back, what they hold is compared with a signed root, an entry names them, it is
 * signed, and only then the originals go. After a crash in between, the next run does the rest again.
 *
 * Throws Problem('environment') or Problem('findings') where a file is not as it must be; then nothing was removed.
 */
export async function archive(options: ArchiveOptions, spans: readonly Span[]): Promise<Span | undefined> {
  const { ledger, folder } = options;
  const { first } = spans[0] ?? {};
  const { next } = spans.at(-1) ?? {};
  if (first === undefined || next === undefined) return undefined;
  const files = await copy(options, spans);
  const root = await rootOf(options, spans, next);
  await ledger.append({ kind: ARCHIVED, first, next, root, files: files.map((file) => ({ ...file })) });
  await ledger.checkpoint();
  await ledger.dropHistory(next);
  await remove(options.disk, folder, next);
  return { first, next };
}

async function copy({ disk, folder, to }: ArchiveOptions, spans: readonly Span[]): Promise<ArchivedFile[]> {
  const archive = await ArchiveFolder.open(disk, folder, to, (spans[0]?.first ?? 0) > 0);
  const bounds = [...spans.map(({ first }) => first), spans.at(-1)?.next ?? 0];
  const offsets = await recordOffsets(disk, join(folder, HISTORY), bounds, Number.POSITIVE_INFINITY);
  const files: ArchivedFile[] = [];
  for (const [index, { first }] of spans.entries()) {
    files.push(await archive.take(segmentName(first)));
    if (first > 0) files.push(await archive.take(stateName(first)));
    // The first span's records begin where the history does: at the tree of no entries, for the log's first segment.
    const from = offsets[index] ?? 0;
    files.push(await archive.take(pointsName(first), HISTORY, { from, to: offsets[index + 1] ?? from }));
  }
  await archive.sync();
  return files;
}

/**
 * Root of the first `next` entries, from the copies. It is what is signed: going on from there to the next checkpoint
 * gives that one's root. And it is in the `.tree` file that the ledger goes on from. Throws where anything differs.
 */
async function rootOf(
  { disk, folder, to, keys }: ArchiveOptions,
  spans: readonly Span[],
  next: number,
): Promise<Hash> {
  const tree = new Frontier(nodeTreeHash);
  const first = spans[0]?.first ?? 0;
  const base = first === 0 ? EMPTY : await stateIn(disk, folder, first);
  tree.restore(base);
  for (const span of spans) await grow(disk, join(to, segmentName(span.first)), tree, span.next);
  const root = tree.root();
  const kept = await stateIn(disk, folder, next);
  if (tree.size !== next || JSON.stringify(kept) !== JSON.stringify(tree.state()))
    throw damaged(folder, stateName(next), 'it is not the tree of the entries before it');

  const history = join(folder, HISTORY);
  const [from = 0] = await recordOffsets(disk, history, [next], Number.POSITIVE_INFINITY);
  const signed = await openCheckpoint(await noteAt(disk, history, from), keys, verifySignature);
  for (const at of segmentFirsts(await disk.list(folder)))
    if (at >= next && at < signed.size) await grow(disk, join(folder, segmentName(at)), tree, signed.size);
  if (tree.size !== signed.size || tree.root() !== signed.root)
    throw damaged(folder, segmentName(first), 'the entries are not what was signed');
  return root;
}

/** Adds the leaves of a segment, until the tree has so many entries. */
async function grow(disk: Disk, path: string, tree: Frontier, until: number): Promise<void> {
  const file = await disk.open(path);
  const splitter = new LineSplitter(ENTRY_BYTES);
  try {
    for await (const chunk of readChunks(file, 0))
      for (const line of splitter.push(chunk)) if (tree.size < until) tree.push(nodeTreeHash.leaf(line));
  } finally {
    await file.close();
  }
}

async function stateIn(disk: Disk, folder: string, first: number): Promise<TreeState> {
  const name = stateName(first);
  const there = (await disk.list(folder)).includes(name);
  const state = there ? parseState((await readWhole(disk, join(folder, name))).toString('utf8')) : undefined;
  if (state?.size !== first) throw damaged(folder, name, 'it is missing or malformed');
  return state;
}

/** The note of the history's record that begins at a byte. Throws Malformed. */
async function noteAt(disk: Disk, path: string, from: number): Promise<string> {
  const file = await disk.open(path);
  const splitter = new LineSplitter(2 * NOTE_BYTES);
  try {
    for await (const chunk of readChunks(file, from, from + 2 * NOTE_BYTES))
      for (const line of splitter.push(chunk)) return parseRecord(line);
  } finally {
    await file.close();
  }
  throw new Malformed('the history ends too early');
}

/**
 * Removes the segments below `next`, oldest first, each durably before the one after it: so there is never a gap. Their
 * `.tree` files go last, since a segment that is still there needs its own.
 */
async function remove(disk: Disk, folder: string, next: number): Promise<void> {
  const names = await disk.list(folder);
  for (const first of segmentFirsts(names).filter((each) => each < next)) {
    await disk.remove(join(folder, segmentName(first)));
    await disk.syncFolder(folder);
  }
  for (const name of names)
    if (/^\d{16}\.tree$/.test(name) && Number.parseInt(name, 10) < next)
      await disk.remove(join(folder, name));
  await disk.syncFolder(folder);
}
