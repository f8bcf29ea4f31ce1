import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { NotAuthentic, StreamOpener } from '../../sealing/stream.ts';
import {
  LISTING,
  Listing,
  MOST_LISTING,
  parsed,
  rootOf,
  type SealedAs,
  type SealedEntry,
  streamOf,
  tampered,
} from './form.ts';
import { openFile, textSize } from './sealed-file.ts';

/** No link, and no pipe or device, whatever stands there. */
export const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** A sealed model, opened. */
export class SealedModel {
  readonly #folder: string;
  readonly #about: SealedAs;
  readonly #key: Buffer;
  #files: readonly SealedEntry[] = [];
  /** What each is called in the folder. */
  #places: ReadonlyMap<SealedEntry, string> = new Map();
  #closed = false;

  constructor(folder: string, about: SealedAs, key: Buffer) {
    this.#folder = folder;
    this.#about = about;
    this.#key = key;
  }

  get files(): readonly SealedEntry[] {
    return this.#files;
  }

  async readListing(root: string): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of this.#text(LISTING, MOST_LISTING)) parts.push(part);
    const text = Buffer.concat(parts);
    const listing = parsed(Listing, text.toString('utf8'));
    if (listing === undefined || rootOf(text) !== root) throw tampered(this.#about);
    this.#files = listing.files;
    this.#places = new Map(listing.files.map((entry, at) => [entry, String(at)]));
  }

  /**
   * The bytes of a file, piece by piece. Each piece is authentic; that the whole is what the list says is known at the end.
   * Throws Problem('findings').
   */
  async *read(entry: SealedEntry): AsyncGenerator<Buffer> {
    const at = this.#places.get(entry);
    if (at === undefined) throw new Error('it is no file of this model');
    const hash = createHash('sha256');
    for await (const text of this.#text(at, entry.size)) {
      hash.update(text);
      yield text;
    }
    if (hash.digest('hex') !== entry.sha256) throw tampered(this.#about);
  }

  close(): void {
    this.#closed = true;
    this.#key.fill(0);
  }

  async *#text(at: string, most: number): AsyncGenerator<Buffer> {
    // All zeros would be a key too.
    if (this.#closed) throw new Error('the model is closed');
    const handle = await open(join(this.#folder, at), READ).catch((cause: unknown) => {
      throw tampered(this.#about, cause);
    });
    try {
      const found = await handle.stat();
      if (!found.isFile() || textSize(found.size) > most) throw tampered(this.#about);
      const read = async (into: Uint8Array, position: number) =>
        (await handle.read(into, 0, into.length, position)).bytesRead;
      yield* openFile({ size: found.size, read }, new StreamOpener(...streamOf(this.#key, this.#about, at)));
    } catch (error) {
      throw error instanceof NotAuthentic ? tampered(this.#about, error) : error;
    } finally {
      await handle.close();
    }
  }
}
