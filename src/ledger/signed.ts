import { join } from 'node:path';
import type { SignedCheckpoint } from '../audit/checkpoint.ts';
import { openCheckpoint, signCheckpoint } from '../audit/checkpoint.ts';
import { decodeText, formatRecord, HISTORY, NEWEST, parseRecord } from '../audit/history.ts';
import { Malformed } from '../audit/malformed.ts';
import type { TreeState } from '../audit/merkle.ts';
import { NOTE_BYTES } from '../audit/note.ts';
import { Problem } from '../base/problem.ts';
import type { Disk } from './disk.ts';
import { copyRange, readWhole, replaceFile } from './disk.ts';
import { DurableFile } from './durable-file.ts';
import type { LedgerKeys } from './keys.ts';
import { publicKeys, verifySignature } from './keys.ts';
import { recordOffsets } from './record-offsets.ts';

/**
 * The signed side of a ledger: every checkpoint in the history, the newest also in a file of its own. The history is
 * durable before that file is replaced, so it is never behind it.
 */
export class SignedFiles {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #keys: LedgerKeys;
  #history: DurableFile;
  #size: number;
  /** Length of the history that is being put in the place of a longer one. */
  #shorter: number | undefined;

  private constructor(disk: Disk, folder: string, keys: LedgerKeys, history: DurableFile, size: number) {
    this.#disk = disk;
    this.#folder = folder;
    this.#keys = keys;
    this.#history = history;
    this.#size = size;
  }

  /** Entries that the newest checkpoint covers. */
  get size(): number {
    return this.#size;
  }

  /** The files of a new ledger: a checkpoint of the tree without entries, so that there is always one. */
  static async create(
    disk: Disk,
    folder: string,
    keys: LedgerKeys,
    root: string,
    time: number,
  ): Promise<void> {
    const history = await DurableFile.open(disk, join(folder, HISTORY), 0);
    try {
      await new SignedFiles(disk, folder, keys, history, -1).sign({ size: 0, nodes: [] }, root, time);
    } finally {
      await history.close();
    }
  }

  /**
   * Reads what was signed last and repairs what a crash may leave: a record cut off, a newest file that lags behind.
   * Throws Problem('environment') for everything that no crash explains.
   */
  static async open(
    disk: Disk,
    folder: string,
    keys: LedgerKeys,
  ): Promise<{ readonly files: SignedFiles; readonly newest: SignedCheckpoint }> {
    const names = await disk.list(folder);
    const path = join(folder, HISTORY);
    const { record, start, end } = names.includes(HISTORY)
      ? await lastRecord(disk, path)
      : { record: undefined, start: 0, end: 0 };
    const note = record && (await reading(folder, HISTORY, () => parseRecord(record)));
    const newest = note === undefined ? undefined : await opened(folder, HISTORY, note, keys);
    const file = names.includes(NEWEST) ? await readWhole(disk, join(folder, NEWEST)) : undefined;
    const named =
      file && (await opened(folder, NEWEST, await reading(folder, NEWEST, () => decodeText(file)), keys));

    if (newest === undefined || note === undefined || (named !== undefined && named.size > newest.size)) {
      throw damaged(folder, HISTORY, 'it is missing or ends before the newest checkpoint');
    }
    if (named?.size === newest.size && named.root !== newest.root) {
      throw damaged(folder, NEWEST, 'it contradicts the history of checkpoints');
    }
    const history = await DurableFile.open(disk, path, end, start);
    if (named?.size !== newest.size) await replaceFile(disk, join(folder, NEWEST), Buffer.from(note));
    return { files: new SignedFiles(disk, folder, keys, history, newest.size), newest };
  }

  /** Signs a tree whose entries are durable; resolves with the signed note. @param time POSIX seconds */
  async sign(state: TreeState, root: string, time: number): Promise<string> {
    const checkpoint = { origin: this.#keys.origin, size: state.size, root };
    const note = signCheckpoint(checkpoint, this.#keys.signers, time);
    await this.#history.append(Buffer.from(formatRecord(note)));
    this.#size = state.size;
    await replaceFile(this.#disk, join(this.#folder, NEWEST), Buffer.from(note));
    return note;
  }

  /**
   * Begins to drop the history's records of trees with fewer than `size` entries: copies those that stay, while more may
   * be signed. Undefined where there is nothing to drop. Rejects with the disk's error, and nothing has changed.
   */
  async shorten(size: number): Promise<Shortened | undefined> {
    const { path, end } = this.#history;
    const [found = 0] = await recordOffsets(this.#disk, path, [size], end);
    const from = Math.min(found, (await lastRecord(this.#disk, path)).start);
    if (from === 0) return undefined;
    const file = await this.#disk.open(temporaryOf(path));
    try {
      await file.truncate(0);
      await copyRange(this.#disk, path, { from, to: end }, file);
      await file.sync();
    } finally {
      await file.close();
    }
    return { from, end };
  }

  /**
   * Puts the shorter history in the place of the old one, with what was signed meanwhile. Nothing may be signed until
   * this resolves. After a failure call {@link recover}.
   */
  async replace({ from, end }: Shortened): Promise<void> {
    const { path, end: now } = this.#history;
    const temporary = temporaryOf(path);
    const file = await this.#disk.open(temporary);
    try {
      await file.truncate(end - from);
      await copyRange(this.#disk, path, { from: end, to: now }, file, end - from);
      await file.sync();
    } finally {
      await file.close();
    }
    this.#shorter = now - from;
    await this.#disk.rename(temporary, path);
    await this.#adopt();
  }

  /** Goes on with the shorter history if it is in place; its name is durable first, so that it stays there. */
  async #adopt(): Promise<void> {
    if (this.#shorter === undefined) return;
    const { path } = this.#history;
    const file = await this.#disk.open(path);
    const size = await file.size().finally(() => file.close());
    if (size === this.#shorter) {
      await this.#disk.syncFolder(this.#folder);
      const shorter = await DurableFile.open(this.#disk, path, size);
      await this.#history.close();
      this.#history = shorter;
    }
    this.#shorter = undefined;
  }

  /** After a failure: takes the history back to what is durable, and the newest file along. */
  async recover(): Promise<void> {
    await this.#adopt();
    await this.#history.recover();
    const { record } = await lastRecord(this.#disk, this.#history.path);
    if (record !== undefined) {
      await replaceFile(this.#disk, join(this.#folder, NEWEST), Buffer.from(parseRecord(record)));
    }
  }

  close(): Promise<void> {
    return this.#history.close();
  }
}

/** A history that is shorter by its first `from` bytes; what stays was copied up to `end`. */
export interface Shortened {
  readonly from: number;
  readonly end: number;
}

const temporaryOf = (path: string): string => `${path}.tmp`;

interface LastRecord {
  /** Without its newline. */
  readonly record: Buffer | undefined;
  readonly start: number;
  readonly end: number;
}

/** The last whole line of the history; reads only the end of the file. */
async function lastRecord(disk: Disk, path: string): Promise<LastRecord> {
  const file = await disk.open(path);
  const size = await file.size().finally(() => file.close());
  // Room for a record cut off, and the whole one before it.
  const from = Math.max(0, size - 4 * NOTE_BYTES);
  const bytes = await readWhole(disk, path, from);
  const end = bytes.lastIndexOf('\n');
  if (end < 0) return { record: undefined, start: 0, end: 0 };
  const start = bytes.lastIndexOf('\n', end - 1) + 1;
  return { record: bytes.subarray(start, end), start: from + start, end: from + end + 1 };
}

async function opened(
  folder: string,
  file: string,
  note: string,
  keys: LedgerKeys,
): Promise<SignedCheckpoint> {
  return reading(folder, file, () => openCheckpoint(note, publicKeys(keys), verifySignature));
}

async function reading<T>(folder: string, file: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Malformed) throw damaged(folder, file, error.message);
    throw error;
  }
}

/** A ledger that does not match what was signed is never opened, because going on would sign over the damage. */
export function damaged(folder: string, place: string, reason: string, advice?: string): Problem {
  return new Problem(
    'environment',
    `the ledger in ${folder} is not as it was signed: ${place}: ${reason}`,
    advice ??
      `Keep a copy as evidence, run "gatehouse audit verify --ledger ${folder}", then restore it from a backup.`,
  );
}
