import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { type FileHandle, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Refusal } from '../base/refusal.ts';
import { encodePiece, FRAME_BYTES } from './frame.ts';
import type { Piece } from './record.ts';

export interface ContentLogOptions {
  readonly folder: string;
  readonly now: () => number;
  /** Bytes after which a new segment begins. */
  readonly segmentBytes?: number;
}

const SEGMENT_BYTES = 64 * 1024 * 1024;

/** Bytes that may wait for the disk; beyond, whoever seals is refused. */
const QUEUE_BYTES = 64 * 1024 * 1024;

/** Other processes write too: what is on disk is counted anew after so many milliseconds. */
const COUNT = 60_000;

/** Written at once, at the most. */
const BATCH_BYTES = 4 * 1024 * 1024;

interface Waiting {
  readonly frame: Buffer;
  readonly resolve: () => void;
  readonly reject: (refusal: Refusal) => void;
}

/** `2026-10-03T07-00-00-000Z-1f2e3d.sealed`: when it was begun, so that names sort by time, and who began it. */
const NAME = /^(\d{4}-\d\d-\d\d)T[\d-]+Z-[0-9a-f]{12}\.sealed$/;

export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/**
 * Sealed pieces in append-only segments, durable by group commit: what comes within one write is one sync. Every
 * process, every day and every failure begins a segment of its own, so nothing is ever repaired or written over, and
 * processes need no lock.
 */
export class ContentLog {
  readonly folder: string;
  readonly #now: () => number;
  readonly #segmentBytes: number;
  #file: FileHandle | undefined;
  #day = '';
  #end = 0;
  #queue: Waiting[] = [];
  #queued = 0;
  #running: Promise<void> | undefined;
  #closed = false;
  /** Bytes on disk, other processes' as of the last look. */
  #bytes = 0;
  #counted: Promise<void> | undefined;
  #countedAt = 0;

  constructor({ folder, now, segmentBytes = SEGMENT_BYTES }: ContentLogOptions) {
    this.folder = folder;
    this.#now = now;
    this.#segmentBytes = segmentBytes;
  }

  /** Resolves when the piece is durable. Rejects with Refusal('vault_unavailable') where it cannot be written. */
  append(piece: Piece): Promise<void> {
    return new Promise((resolve, reject) => {
      const frame = encodePiece(piece);
      if (this.#closed || frame.length > FRAME_BYTES || this.#queued + frame.length > QUEUE_BYTES) {
        return reject(new Refusal('vault_unavailable'));
      }
      this.#queued += frame.length;
      this.#queue.push({ frame, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Bytes of sealed content on disk. */
  async bytes(): Promise<number> {
    if (Math.abs(this.#now() - this.#countedAt) > COUNT) this.#counted = undefined;
    this.#counted ??= this.#count().catch((error) => {
      this.#counted = undefined;
      throw error;
    });
    await this.#counted;
    return this.#bytes;
  }

  /** Removes segments that were begun more than `keep` milliseconds and a day ago. Returns how many. */
  async retain(keep: number): Promise<number> {
    const oldest = dayOf(this.#now() - keep - 86_400_000);
    const old = (await segmentsIn(this.folder)).filter(({ day }) => day < oldest);
    for (const { name } of old) await rm(join(this.folder, name), { force: true });
    if (old.length > 0) await syncFolder(this.folder);
    this.#counted = undefined;
    return old.length;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
    await this.#leave();
  }

  async #count(): Promise<void> {
    this.#countedAt = this.#now();
    const sizes = await Promise.all(
      (await segmentsIn(this.folder)).map(({ name }) =>
        stat(join(this.folder, name)).then(
          ({ size }) => size,
          // Removed since: it was too old.
          () => 0,
        ),
      ),
    );
    this.#bytes = sizes.reduce((sum, size) => sum + size, 0);
  }

  async #run(): Promise<void> {
    // What comes in the same round of events is written together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#queue.length > 0) {
      const batch = this.#take();
      try {
        await this.#write(batch.map(({ frame }) => frame));
        for (const { resolve } of batch) resolve();
      } catch (cause) {
        // A write that failed may have left a part, and a sync that failed has left pages that only look clean
        // (https://wiki.postgresql.org/wiki/Fsync_Errors): nothing more goes into this segment.
        await this.#leave().catch(() => {});
        for (const { reject } of batch) reject(new Refusal('vault_unavailable', { cause }));
      }
    }
    this.#running = undefined;
  }

  #take(): Waiting[] {
    let size = 0;
    let count = 0;
    while (count < this.#queue.length) {
      size += (this.#queue[count] as Waiting).frame.length;
      count++;
      if (size >= BATCH_BYTES) break;
    }
    this.#queued -= size;
    return this.#queue.splice(0, count);
  }

  async #write(frames: readonly Buffer[]): Promise<void> {
    const day = dayOf(this.#now());
    if (this.#file === undefined || day !== this.#day || this.#end >= this.#segmentBytes)
      await this.#begin(day);
    const bytes = frames.length === 1 ? (frames[0] as Buffer) : Buffer.concat(frames);
    const file = this.#file as FileHandle;
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await file.write(bytes, done, bytes.length - done, this.#end + done);
      if (bytesWritten <= 0) throw new Error('the disk took no bytes');
      done += bytesWritten;
    }
    await file.datasync();
    this.#end += bytes.length;
    this.#bytes += bytes.length;
  }

  async #begin(day: string): Promise<void> {
    await this.#leave();
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    const stamp = new Date(this.#now()).toISOString().replace(/[:.]/g, '-');
    const name = `${stamp}-${randomBytes(6).toString('hex')}.sealed`;
    this.#file = await open(join(this.folder, name), 'wx', 0o600);
    await syncFolder(this.folder);
    this.#day = day;
    this.#end = 0;
  }

  async #leave(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }
}

export interface SegmentName {
  readonly name: string;
  /** The UTC day on which it was begun; it holds no other. */
  readonly day: string;
}

/** Segments of sealed content, oldest first. */
export async function segmentsIn(folder: string): Promise<SegmentName[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names.sort().flatMap((name) => {
    const day = NAME.exec(name)?.[1];
    return day === undefined ? [] : [{ name, day }];
  });
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
