import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Problem } from '../../base/problem.ts';
import { type Disk, replaceFile } from '../../ledger/disk.ts';
import type { FolderLock } from '../../ledger/lock.ts';
import { StreamSealer } from '../../sealing/stream.ts';
import {
  HEAD,
  type Head,
  LISTING,
  MOST_LISTING,
  rootOf,
  type SealedEntry,
  streamOf,
  textOf,
} from './form.ts';
import { type Source, sealFile } from './sealed-file.ts';

/** A model that is being sealed. */
export class ModelDraft {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #place: string;
  readonly #head: Head;
  readonly #key: Buffer;
  readonly #lock: FolderLock;
  readonly #files: SealedEntry[] = [];

  constructor(disk: Disk, folder: string, place: string, head: Head, key: Buffer, lock: FolderLock) {
    this.#disk = disk;
    this.#folder = folder;
    this.#place = place;
    this.#head = head;
    this.#key = key;
    this.#lock = lock;
  }

  /** @param onText each piece of it, as it is sealed */
  async seal(
    name: string,
    as: SealedEntry['as'],
    source: Source,
    onText?: (text: Uint8Array) => void,
  ): Promise<SealedEntry> {
    const at = String(this.#files.length);
    const entry = { name, as, ...(await this.#write(at, source, onText)) };
    this.#files.push(entry);
    return entry;
  }

  /** Puts the model in its place, durable. Returns the digest that stands for all of it. */
  async finish(): Promise<{ readonly root: string; readonly files: readonly SealedEntry[] }> {
    const text = Buffer.from(JSON.stringify({ v: 1, files: this.#files }));
    if (text.length > MOST_LISTING) throw new Problem('usage', 'the model has too many files to be sealed');
    const read = async (into: Uint8Array, at: number) => text.copy(into, 0, at);
    await this.#write(LISTING, { size: text.length, read });
    const sealed = join(this.#folder, 'sealed');
    await replaceFile(this.#disk, join(sealed, HEAD), textOf(this.#head));
    await this.#disk.rename(sealed, this.#place);
    const models = dirname(this.#place);
    await this.#disk.syncFolder(models);
    await this.#disk.syncFolder(dirname(models));
    return { root: rootOf(text), files: this.#files };
  }

  /** Everything is gone, also where it had its place already. */
  async discard(): Promise<void> {
    await rm(this.#place, { recursive: true, force: true });
    await this.release();
  }

  /** The model is in its place, and the registry has it. */
  async release(): Promise<void> {
    this.#key.fill(0);
    await rm(this.#folder, { recursive: true, force: true });
    this.#lock.release();
  }

  #write(at: string, source: Source, onText?: (text: Uint8Array) => void) {
    const sealer = new StreamSealer(...streamOf(this.#key, this.#head, at));
    return sealFile(this.#disk, join(this.#folder, 'sealed', at), source, sealer, onText);
  }
}
