import { join } from 'node:path';
import { Chain } from '../audit/chain.ts';
import type { SignedCheckpoint } from '../audit/checkpoint.ts';
import { ENTRY_BYTES } from '../audit/entry.ts';
import { LineSplitter } from '../audit/lines.ts';
import type { Hash, TreeState } from '../audit/merkle.ts';
import { describePlace, Failures } from '../audit/report.ts';
import type { Disk, DiskFile } from './disk.ts';
import { readChunks, readWhole, writeAll } from './disk.ts';
import { nodeTreeHash } from './hashing.ts';
import { parseState, segmentFirsts, segmentName, stateName } from './segments.ts';
import { damaged } from './signed.ts';

/** What a start found. */
export interface Opened {
  readonly entries: number;
  /** Entries after the newest checkpoint: kept, and covered by the next one. */
  readonly unsigned: number;
  /** Bytes of a line that a crash cut off; removed. */
  readonly tornBytes: number;
  /** Segments read. More than one or two means that a `.tree` file was missing. */
  readonly segmentsRead: number;
}

/** Where the writer goes on. */
export interface Resumed {
  readonly tree: TreeState;
  /** Leaf hash of the last entry. */
  readonly prev: Hash;
  /** First entry of the last segment, and that segment's length in bytes up to its last whole line. */
  readonly first: number;
  readonly end: number;
  readonly opened: Opened;
}

/**
 * Reads a ledger's end after a stop of any kind, and checks it against the newest checkpoint. Starts at the last
 * segment that begins below that checkpoint, from the tree in its `.tree` file: the signed root then vouches for both.
 * Throws Problem('environment') with the place where anything is not as it was signed.
 */
export async function resume(disk: Disk, folder: string, newest: SignedCheckpoint): Promise<Resumed> {
  const names = await disk.list(folder);
  const firsts = segmentFirsts(names);
  if (firsts.length === 0 && newest.size === 0) firsts.push(0);
  if (firsts[0] !== 0) throw damaged(folder, segmentName(0), 'it is missing');

  const { start, state } = await startingPoint(disk, folder, firsts, names, newest.size);
  const failures = new Failures();
  const chain = new Chain(nodeTreeHash, failures);
  if (state.size > 0) chain.resume(state);
  const todo = firsts.slice(start);
  let end = 0;
  let tornBytes = 0;
  let agrees: boolean | undefined = newest.size === 0 || undefined;
  for (const first of todo) {
    const file = segmentName(first);
    if (tornBytes > 0) throw damaged(folder, segmentName(first), 'the segment before it is cut off');
    if (first !== chain.next) {
      throw damaged(
        folder,
        file,
        `it begins at entry ${first}, but the entries before it end at ${chain.next - 1}`,
      );
    }
    const handle = await disk.open(join(folder, file));
    try {
      const splitter = new LineSplitter(ENTRY_BYTES);
      let line = 0;
      end = 0;
      let unsigned = chain.next >= newest.size ? 0 : undefined;
      for await (const chunk of readChunks(handle, 0)) {
        for (const bytes of splitter.push(chunk)) {
          chain.line(bytes, file, ++line);
          if (!chain.intact) {
            chain.end();
            throw broken(folder, failures, newest.size, join(folder, file), end);
          }
          end += bytes.length + 1;
          if (chain.next === newest.size) {
            agrees = chain.root() === newest.root;
            unsigned = end;
          }
        }
      }
      tornBytes = splitter.rest.length;
      if (agrees === true && unsigned !== undefined) await rewrite(handle, unsigned, end);
    } finally {
      await handle.close();
    }
  }
  if (agrees === undefined) {
    throw damaged(
      folder,
      'the end',
      `entries ${chain.next} to ${newest.size - 1} were signed and are missing`,
    );
  }
  if (!agrees) {
    throw damaged(
      folder,
      segmentName(todo[0] ?? 0),
      `its entries up to ${newest.size - 1} are not those that were signed`,
    );
  }
  return {
    tree: chain.state(),
    prev: chain.prev,
    first: todo.at(-1) ?? 0,
    end,
    opened: { entries: chain.next, unsigned: chain.next - newest.size, tornBytes, segmentsRead: todo.length },
  };
}

/** The last segment that begins below the checkpoint and whose `.tree` file is there; else one further back. */
async function startingPoint(
  disk: Disk,
  folder: string,
  firsts: readonly number[],
  names: readonly string[],
  signed: number,
): Promise<{ readonly start: number; readonly state: TreeState }> {
  for (let start = firsts.findLastIndex((first) => first < signed); start > 0; start -= 1) {
    const first = firsts[start] ?? 0;
    if (!names.includes(stateName(first))) continue;
    const state = parseState((await readWhole(disk, join(folder, stateName(first)))).toString('utf8'));
    if (state?.size === first) return { start, state };
  }
  return { start: 0, state: { size: 0, nodes: [] } };
}

function broken(folder: string, failures: Failures, signed: number, path: string, end: number): Error {
  const [failure] = failures.list;
  const place = failure === undefined ? path : describePlace(failure.place);
  const below = (failure?.place.seq ?? 0) < signed;
  // Above the checkpoint a power cut may leave a write that was never acknowledged half on disk. Dropping it is for a
  // person to decide: from here it looks the same as entries that somebody damaged.
  const advice = below
    ? undefined
    : `No checkpoint covers this yet. If the machine lost power, it is a write that was never finished: keep a copy, ` +
      `then run: truncate -s ${end} ${path}`;
  return damaged(folder, place, failure?.reason ?? 'it is damaged', advice);
}

/**
 * Writes the entries after the newest checkpoint over themselves. They may come from a write whose sync failed before
 * the crash: then they can be read, but only from memory, and a sync would not write them. Written again they are.
 */
async function rewrite(file: DiskFile, from: number, to: number): Promise<void> {
  if (from === to) return;
  let at = from;
  for await (const chunk of readChunks(file, from, to)) {
    await writeAll(file, chunk, at);
    at += chunk.length;
  }
  await file.sync();
}
