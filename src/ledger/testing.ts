import assert from 'node:assert/strict';
import { basename, dirname, join } from 'node:path';
import { HISTORY, NEWEST } from '../audit/history.ts';
import type { LedgerSource } from '../audit/verify.ts';
import type { Disk, DiskFile } from './disk.ts';
import { parseState, pointsName, segmentFirsts, segmentName, stateName } from './segments.ts';

/**
 * A disk as POSIX leaves it open: what is written can be read at once, but is durable only after a sync; a sync that
 * fails forgets what was to be written and the next one succeeds without it (fsyncgate); names are durable only after
 * their folder was synced. Any one operation can fail before, after or half-way through its effect, in the manner of
 * sunlight's TestSequenceErrors.
 */
export class MemoryDisk implements Disk {
  names = new Map<string, MemoryFile>();
  durableNames = new Map<string, MemoryFile>();
  /** Operations so far, and which of them wrote: only a write can stop half-way. */
  steps = 0;
  readonly writes = new Set<number>();
  fault: { readonly at: number; readonly how: How } | undefined;
  /** Bytes that still fit. */
  room = Number.POSITIVE_INFINITY;

  open(path: string): Promise<DiskFile> {
    return this.step(() => {
      const file = this.names.get(path) ?? new MemoryFile(this);
      this.names.set(path, file);
      return file;
    });
  }

  async list(folder: string): Promise<string[]> {
    return [...this.names.keys()].filter((path) => dirname(path) === folder).map((path) => basename(path));
  }

  rename(from: string, to: string): Promise<void> {
    return this.step(() => {
      const file = this.names.get(from);
      assert.ok(file !== undefined);
      this.names.delete(from);
      this.names.set(to, file);
    });
  }

  remove(path: string): Promise<void> {
    return this.step(() => void this.names.delete(path));
  }

  syncFolder(folder: string): Promise<void> {
    return this.step(() => {
      for (const path of this.durableNames.keys())
        if (dirname(path) === folder) this.durableNames.delete(path);
      for (const [path, file] of this.names) if (dirname(path) === folder) this.durableNames.set(path, file);
    });
  }

  lock(): { release(): void } {
    return { release: () => {} };
  }

  async step<T>(effect: () => T, without?: () => void, half?: () => void): Promise<T> {
    this.steps += 1;
    await null;
    const how = this.fault?.at === this.steps ? this.fault.how : 'not';
    if (how === 'before') without?.();
    if (how === 'half') (half ?? effect)();
    if (how === 'before' || how === 'half') throw new Error('injected');
    const result = effect();
    if (how === 'after') throw new Error('injected');
    return result;
  }

  /** The disk after the process was killed, or after the power was cut. */
  after(what: 'kill' | 'power cut'): MemoryDisk {
    const disk = new MemoryDisk();
    for (const [path, file] of what === 'kill' ? this.names : this.durableNames) {
      disk.names.set(path, file.on(disk, what));
    }
    disk.durableNames = new Map(
      [...this.durableNames].map(([path, file]) => [path, disk.names.get(path) ?? file.on(disk, what)]),
    );
    return disk;
  }

  text(path: string): string {
    return this.names.get(path)?.bytes.toString('utf8') ?? '';
  }
}

export type How = 'before' | 'after' | 'half';

class MemoryFile implements DiskFile {
  readonly #disk: MemoryDisk;
  bytes: Buffer = Buffer.alloc(0);
  durable: Buffer = Buffer.alloc(0);
  #dirty: { from: number; to: number }[] = [];
  #resized = false;

  constructor(disk: MemoryDisk) {
    this.#disk = disk;
  }

  async size(): Promise<number> {
    return this.bytes.length;
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    return this.bytes.copy(into, 0, position);
  }

  write(bytes: Uint8Array, position: number): Promise<number> {
    // Copied now: the writer may use its buffer again as soon as it was told of a failure.
    const copy = Buffer.from(bytes);
    this.#disk.writes.add(this.#disk.steps + 1);
    return this.#disk.step(
      () => this.#put(copy.subarray(0, Math.ceil(copy.length / 2)), position),
      undefined,
      () => this.#put(copy.subarray(0, Math.ceil(copy.length / 3)), position),
    );
  }

  truncate(size: number): Promise<void> {
    return this.#disk.step(() => {
      this.#disk.room += this.bytes.length - size;
      this.bytes = Buffer.concat([this.bytes.subarray(0, size)]);
      this.#dirty = this.#dirty
        .map(({ from, to }) => ({ from, to: Math.min(to, size) }))
        .filter(({ from, to }) => from < to);
      this.#resized = true;
    });
  }

  sync(): Promise<void> {
    return this.#disk.step(
      () => {
        const length = this.#resized ? this.bytes.length : Math.max(this.durable.length, this.#end());
        const durable = Buffer.alloc(length);
        this.durable.copy(durable);
        for (const { from, to } of this.#dirty) this.bytes.copy(durable, from, from, to);
        this.durable = durable;
        this.#forget();
      },
      () => this.#forget(),
    );
  }

  async close(): Promise<void> {}

  on(disk: MemoryDisk, after: 'kill' | 'power cut'): MemoryFile {
    const file = new MemoryFile(disk);
    file.durable = Buffer.from(this.durable);
    file.bytes = Buffer.from(after === 'kill' ? this.bytes : this.durable);
    if (after === 'kill') {
      file.#dirty = [...this.#dirty];
      file.#resized = this.#resized;
    }
    return file;
  }

  #put(bytes: Buffer, position: number): number {
    const fits = bytes.subarray(0, Math.min(bytes.length, this.#disk.room));
    if (fits.length === 0) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    this.#disk.room -= Math.max(0, position + fits.length - this.bytes.length);
    const grown = Buffer.alloc(Math.max(this.bytes.length, position + fits.length));
    this.bytes.copy(grown);
    fits.copy(grown, position);
    this.bytes = grown;
    this.#dirty.push({ from: position, to: position + fits.length });
    return fits.length;
  }

  #end(): number {
    return Math.max(0, ...this.#dirty.map(({ to }) => to));
  }

  #forget(): void {
    this.#dirty = [];
    this.#resized = false;
  }
}

/** A ledger on a memory disk as auditors read it, behind its archive where one is named. */
export function sourceOn(disk: MemoryDisk, folder: string, archive?: string): LedgerSource {
  const bytes = (path: string): Buffer => disk.names.get(path)?.bytes ?? Buffer.alloc(0);
  async function* chunks(path: string): AsyncGenerator<Uint8Array> {
    yield bytes(path);
  }
  const firstsIn = (at: string): number[] =>
    segmentFirsts(
      [...disk.names.keys()].filter((path) => dirname(path) === at).map((path) => basename(path)),
    );
  const here = firstsIn(folder).map((first) => ({ first, at: folder }));
  const old = archive === undefined ? [] : firstsIn(archive).map((first) => ({ first, at: archive }));
  const front = old.filter(({ first }) => first < (here[0]?.first ?? 0));
  const [first] = [...front, ...here];
  const file = stateName(first?.first ?? 0);
  return {
    newest: disk.names.get(join(folder, NEWEST))?.bytes,
    async *history() {
      for (const { first, at } of front) yield* chunks(join(at, pointsName(first)));
      yield* chunks(join(folder, HISTORY));
    },
    segments: [...front, ...here].map(({ first, at }) => {
      const name = segmentName(first);
      return { file: name, first, chunks: () => chunks(join(at, name)) };
    }),
    base:
      first === undefined || first.first === 0
        ? undefined
        : { file, state: parseState(bytes(join(first.at, file)).toString('utf8')) },
  };
}
