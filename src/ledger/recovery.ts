import { join } from 'node:path';
import { Chain } from '../audit/chain.ts';
import type { SignedCheckpoint } from '../audit/checkpoint.ts';
import { ENTRY_BYTES } from '../audit/entry.ts';
import { LineSplitter } from '../audit/lines.ts';
import { EMPTY, type Hash, type TreeState } from '../audit/merkle.ts';
import { describePlace, Failures } from '../audit/report.ts';
import type { Problem } from '../base/problem.ts';
import type { Disk } from './disk.ts';
import { readChunks, readWhole, rewrite } from './disk.ts';
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
  if (firsts.length === 0) throw damaged(folder, segmentName(0), 'it is missing');

  const { start, state } = await startingPoint(disk, folder, firsts, names, newest.size);
  const todo = firsts.slice(start);
  const scan = new Scan(disk, folder, newest, state);
  for (const first of todo) await scan.segment(first);
  scan.finish();
  const { chain, end, tornBytes } = scan;
  return {
    tree: chain.state(),
    prev: chain.prev,
    first: todo.at(-1) ?? 0,
    end,
    opened: { entries: chain.next, unsigned: chain.next - newest.size, tornBytes, segmentsRead: todo.length },
  };
}

class Scan {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #newest: SignedCheckpoint;
  readonly #failures = new Failures();
  readonly chain = new Chain(nodeTreeHash, this.#failures);
  /** Whether the tree had the signed root at the signed size; undefined as long as it is smaller. */
  #agrees: boolean | undefined;
  /** The segment read last, up to its last whole line that hangs together with those before it. */
  #path = '';
  end = 0;
  tornBytes = 0;

  constructor(disk: Disk, folder: string, newest: SignedCheckpoint, state: TreeState) {
    this.#disk = disk;
    this.#folder = folder;
    this.#newest = newest;
    if (state.size > 0) this.chain.resume(state);
    if (newest.size === state.size) this.#agrees = newest.root === this.chain.root();
  }

  async segment(first: number): Promise<void> {
    const file = segmentName(first);
    const { next } = this.chain;
    if (this.tornBytes > 0) throw damaged(this.#folder, file, 'the segment before it is cut off');
    if (first !== next) {
      throw damaged(
        this.#folder,
        file,
        `it begins at entry ${first}, but the entries before it end at ${next - 1}`,
      );
    }
    const path = join(this.#folder, file);
    if (this.chain.intact) {
      this.#path = path;
      this.end = 0;
    }
    const handle = await this.#disk.open(path);
    try {
      let unsigned = next >= this.#newest.size ? 0 : undefined;
      const splitter = new LineSplitter(ENTRY_BYTES);
      let line = 0;
      for await (const chunk of readChunks(handle, 0)) {
        for (const bytes of splitter.push(chunk)) {
          this.chain.line(bytes, file, ++line);
          if (this.#failures.list.length > 0) throw this.#broken();
          if (!this.chain.intact) continue; // one more line tells which of two was changed
          this.end += bytes.length + 1;
          if (this.chain.next !== this.#newest.size) continue;
          this.#agrees = this.chain.root() === this.#newest.root;
          unsigned = this.end;
        }
      }
      this.tornBytes = splitter.rest.length;
      if (unsigned !== undefined && this.chain.intact && this.#agrees)
        await rewrite(handle, unsigned, this.end);
    } finally {
      await handle.close();
    }
  }

  /** Throws where the whole is not what was signed. */
  finish(): void {
    const { size } = this.#newest;
    this.chain.end();
    if (this.#failures.list.length > 0) throw this.#broken();
    if (this.#agrees === undefined) {
      throw damaged(
        this.#folder,
        this.#path,
        `entries ${this.chain.next} to ${size - 1} were signed and are missing`,
      );
    }
    if (!this.#agrees) {
      throw damaged(this.#folder, this.#path, `the entries up to ${size - 1} are not those that were signed`);
    }
  }

  #broken(): Problem {
    const [failure] = this.#failures.list;
    const place = failure === undefined ? this.#path : describePlace(failure.place);
    // Above the checkpoint a power cut may leave a write that was never acknowledged half on disk. Dropping it is for
    // a person to decide: from here it looks the same as entries that somebody damaged.
    const advice =
      (failure?.place.seq ?? 0) < this.#newest.size
        ? undefined
        : 'No checkpoint covers this yet. If the machine lost power, it is a write that was never finished: keep a ' +
          `copy, then run: truncate -s ${this.end} ${this.#path}`;
    return damaged(this.#folder, place, failure?.reason ?? 'it is damaged', advice);
  }
}

/**
 * The last segment that begins below the checkpoint and whose `.tree` file is there; else one further back. Older
 * segments may have been archived: then the first one that is here goes on from its `.tree` file, or from nowhere.
 */
async function startingPoint(
  disk: Disk,
  folder: string,
  firsts: readonly number[],
  names: readonly string[],
  signed: number,
): Promise<{ readonly start: number; readonly state: TreeState }> {
  for (
    let start = Math.max(
      0,
      firsts.findLastIndex((first) => first < signed),
    );
    start >= 0;
    start -= 1
  ) {
    const first = firsts[start] ?? 0;
    if (first === 0) return { start, state: EMPTY };
    if (!names.includes(stateName(first))) continue;
    const state = parseState((await readWhole(disk, join(folder, stateName(first)))).toString('utf8'));
    if (state?.size === first) return { start, state };
  }
  const reason = `it is missing or malformed, and there is no segment before ${segmentName(firsts[0] ?? 0)}`;
  throw damaged(folder, stateName(firsts[0] ?? 0), reason);
}
