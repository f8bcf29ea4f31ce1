import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { ENTRY_BYTES, type Entry, parseEntry } from '../audit/entry.ts';
import { LineSplitter } from '../audit/lines.ts';
import { Malformed } from '../audit/malformed.ts';
import { Problem } from '../base/problem.ts';
import { listSegments, type SegmentFile } from './read.ts';

const CHUNK_BYTES = 256 * 1024;

/** A segment that is being read. */
interface Reading {
  readonly segment: SegmentFile;
  readonly handle: FileHandle;
  splitter: LineSplitter;
  /** Bytes that were read. */
  at: number;
  /** Where the next entry begins, and its number. */
  line: number;
  next: number;
}

/**
 * Reads a ledger on and on, from an entry to those that are durable, while a gateway writes to it. What is beyond the size that
 * it is told is not read: an entry that could not be confirmed is taken back, and another comes in its place.
 */
export class LedgerFollower {
  readonly #folder: string;
  readonly #archive: string | undefined;
  readonly #buffer = new Uint8Array(CHUNK_BYTES);
  #next: number;
  #reading: Reading | undefined;
  /** Read already, and not yet asked for. */
  #ready: Entry[] = [];

  /**
   * @param folder the ledger's own
   * @param from number of the first entry that is wanted
   */
  constructor(folder: string, from: number, archive?: string | undefined) {
    this.#folder = folder;
    this.#next = from;
    this.#archive = archive;
  }

  /** Number of the entry that comes next. */
  get next(): number {
    return this.#next;
  }

  /**
   * The next entries below `size`, in order; none where there are no more yet. Rejects with Problem('environment') where they
   * cannot be read or are gone, Problem('findings') where one is damaged.
   * @param size durable entries of the ledger
   * @param most entries at once
   */
  async take(size: number, most: number): Promise<Entry[]> {
    const end = Math.min(size, this.#next + most);
    this.#rewind();
    while (this.#next + this.#ready.length < end && (await this.#read(end))) {}
    const taken = this.#ready.splice(0, end - this.#next);
    this.#next += taken.length;
    return taken;
  }

  async close(): Promise<void> {
    await this.#reading?.handle.close();
    this.#reading = undefined;
  }

  /** Reads a piece; false where there is nothing more to read. */
  async #read(end: number): Promise<boolean> {
    this.#reading ??= await this.#open(this.#next + this.#ready.length);
    const reading = this.#reading;
    const { bytesRead } = await reading.handle.read(this.#buffer, 0, CHUNK_BYTES, reading.at);
    if (bytesRead === 0) return this.#turn(reading);
    reading.at += bytesRead;
    for (const line of reading.splitter.push(this.#buffer.subarray(0, bytesRead))) {
      if (reading.next >= end) return false;
      if (reading.next >= this.#next) this.#ready.push(entryOf(line, reading.segment.file, reading.next));
      reading.next += 1;
      reading.line += line.length + 1;
    }
    return true;
  }

  /** What was read beyond may not have been durable, and may be something else by now. */
  #rewind(): void {
    if (this.#reading === undefined) return;
    this.#reading.splitter = new LineSplitter(ENTRY_BYTES);
    this.#reading.at = this.#reading.line;
  }

  /** A segment is at its end: the next begins where it ends. */
  async #turn(reading: Reading): Promise<boolean> {
    const segments = await this.#segments(reading.next);
    if (!segments.some(({ first }) => first === reading.next && first > reading.segment.first)) return false;
    await this.close();
    return true;
  }

  /** Those in which an entry is looked for: the archive's only where it has to be. */
  async #segments(seq: number): Promise<SegmentFile[]> {
    const here = await listSegments(this.#folder);
    return seq < (here[0]?.first ?? 0) ? listSegments(this.#folder, this.#archive) : here;
  }

  async #open(seq: number): Promise<Reading> {
    const segment = (await this.#segments(seq)).findLast(({ first }) => first <= seq);
    if (segment === undefined)
      throw new Problem(
        'environment',
        `entry ${seq} of the ledger is needed, and was archived`,
        'Name the archive in the settings: ledger.archive.to.',
      );
    const handle = await open(join(segment.folder, segment.file), 'r');
    return { segment, handle, splitter: new LineSplitter(ENTRY_BYTES), at: 0, line: 0, next: segment.first };
  }
}

function entryOf(line: Uint8Array, file: string, seq: number): Entry {
  try {
    const entry = parseEntry(line);
    if (entry.seq === seq) return entry;
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
  }
  throw new Problem('findings', `${file} is damaged at entry ${seq}`, 'Run "gatehouse audit verify".');
}
