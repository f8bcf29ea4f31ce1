import { createHash, randomBytes } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import { Problem } from '../../base/problem.ts';
import { type Disk, nodeDisk, replaceFile } from '../../ledger/disk.ts';
import { type FolderLock, lockFolder } from '../../ledger/lock.ts';
import { NotAuthentic, StreamOpener, StreamSealer, textKey } from '../../sealing/stream.ts';
import { WrongKey } from '../../vault/master.ts';
import type { Masters } from '../../vault/masters.ts';
import { openFile, type Source, sealFile, textSize } from './sealed-file.ts';

/** A file of a sealed model: the model's own, the signature on it, or the signed result of its scan. */
const Entry = Type.Object(
  {
    name: Type.String(),
    as: Type.Union([Type.Literal('model'), Type.Literal('signature'), Type.Literal('scan')]),
    size: Type.Integer({ minimum: 0 }),
    sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  },
  { additionalProperties: false },
);
export type SealedEntry = Static<typeof Entry>;

const Listing = Type.Object(
  { v: Type.Literal(1), files: Type.Array(Entry) },
  { additionalProperties: false },
);

const Head = Type.Object(
  {
    v: Type.Literal(1),
    id: Type.String({ pattern: '^mdl_[0-9a-f]{32}$' }),
    name: Type.String(),
    version: Type.Integer({ minimum: 1 }),
    /** Name of the master key that wraps the key of the model. */
    master: Type.String(),
    key: Type.String(),
  },
  { additionalProperties: false },
);

/** Which model it is: authenticated with its key and with every piece of it. */
export interface SealedAs {
  readonly id: string;
  readonly name: string;
  readonly version: number;
}

const HEAD = 'model.json';
const LISTING = 'listing';
const INCOMING = 'incoming-';
const MOST_LISTING = 1 << 27;

/**
 * Sealed models in a folder, each in a folder of its own by its id: one file sealed beside the other, a list of them, sealed
 * too, and the key of it all, wrapped by a master key. A model that is being added lies in a folder `incoming-…` that
 * its process holds locked, and is given its place by one rename; {@link sweep} takes away what a process that died left.
 */
export class SealedModels {
  readonly #folder: string;
  readonly #disk: Disk;

  constructor(folder: string, disk: Disk = nodeDisk) {
    this.#folder = folder;
    this.#disk = disk;
  }

  /** Begins a model. Rejects where the master key cannot be asked, or the folder not be written. */
  async begin(about: SealedAs, masters: Masters): Promise<ModelDraft> {
    const key = randomBytes(32);
    const wrapped = await masters.current.wrap(key, aboutKey(about));
    const draft = join(this.#folder, `${INCOMING}${about.id}`);
    const lock = lockFolder(draft);
    await mkdir(join(draft, 'sealed'), { mode: 0o700 });
    const { id, name, version } = about;
    const head = { v: 1 as const, id, name, version, master: masters.current.name, key: wrapped };
    return new ModelDraft(this.#disk, draft, join(this.#folder, about.id), head, key, lock);
  }

  /** Opens one to be read. Throws Problem: `findings` where it is not what was sealed, or not there. */
  async open(about: SealedAs, root: string, masters: Masters): Promise<SealedModel> {
    const folder = join(this.#folder, about.id);
    const text = await readFile(join(folder, HEAD), 'utf8').catch((cause: unknown) => {
      throw new Problem('findings', `the sealed files of ${labelOf(about)} are not there`, undefined, cause);
    });
    const head = parsed(Head, text);
    if (
      head === undefined ||
      head.id !== about.id ||
      head.name !== about.name ||
      head.version !== about.version
    )
      throw tampered(about);
    let key: Buffer;
    try {
      key = await masters.get(head.master).unwrap(head.key, aboutKey(about));
    } catch (cause) {
      throw cause instanceof WrongKey ? tampered(about, cause) : cause;
    }
    const model = new SealedModel(this.#disk, folder, about, key);
    try {
      await model.readListing(root);
      return model;
    } catch (error) {
      model.close();
      throw error;
    }
  }

  /**
   * Wraps the keys of models anew under the current master key: those of other master keys, or all (`every`). The sealed
   * bytes stay as they are, and whatever ends it, it can be begun again. Returns how many.
   */
  async rewrap(masters: Masters, every: boolean): Promise<number> {
    const { current } = masters;
    let count = 0;
    for (const id of await readdir(this.#folder).catch(() => [])) {
      if (id.startsWith(INCOMING)) continue;
      const path = join(this.#folder, id, HEAD);
      const head = parsed(Head, await readFile(path, 'utf8').catch(() => ''));
      if (head === undefined || head.id !== id || (head.master === current.name && !every)) continue;
      const key = await masters
        .get(head.master)
        .unwrap(head.key, aboutKey(head))
        .catch((cause: unknown) => {
          throw cause instanceof WrongKey ? tampered(head, cause) : cause;
        });
      try {
        const anew = { ...head, master: current.name, key: await current.wrap(key, aboutKey(head)) };
        await replaceFile(this.#disk, path, textOf(anew));
        count += 1;
      } finally {
        key.fill(0);
      }
    }
    return count;
  }

  /**
   * Removes what processes that died have left of models that were never added whole.
   * @param counts whether the registry has the model of an id as added
   */
  async sweep(counts: (id: string) => boolean): Promise<void> {
    for (const name of await readdir(this.#folder).catch(() => [])) {
      if (!name.startsWith(INCOMING)) continue;
      const id = name.slice(INCOMING.length);
      const lock = tryLock(join(this.#folder, name));
      if (lock === undefined) continue;
      try {
        // Asked under the lock: whoever had it has come to an end.
        if (!counts(id)) await rm(join(this.#folder, id), { recursive: true, force: true });
        await rm(join(this.#folder, name), { recursive: true, force: true });
      } finally {
        lock.release();
      }
    }
  }
}

/** Undefined where somebody is at work in it. */
function tryLock(folder: string): FolderLock | undefined {
  try {
    return lockFolder(folder);
  } catch {
    return undefined;
  }
}

/** A model that is being sealed. */
export class ModelDraft {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #place: string;
  readonly #head: Static<typeof Head>;
  readonly #key: Buffer;
  readonly #lock: FolderLock;
  readonly #files: SealedEntry[] = [];

  constructor(
    disk: Disk,
    folder: string,
    place: string,
    head: Static<typeof Head>,
    key: Buffer,
    lock: FolderLock,
  ) {
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

/** A sealed model, opened. */
export class SealedModel {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #about: SealedAs;
  readonly #key: Buffer;
  #files: readonly SealedEntry[] = [];
  #closed = false;

  constructor(disk: Disk, folder: string, about: SealedAs, key: Buffer) {
    this.#disk = disk;
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
  }

  /**
   * The bytes of a file, piece by piece. Each piece is authentic; that the whole is what the list says is known at the end.
   * Throws Problem('findings').
   */
  async *read(entry: SealedEntry): AsyncGenerator<Buffer> {
    const at = this.#files.indexOf(entry);
    const hash = createHash('sha256');
    for await (const text of this.#text(String(at), entry.size)) {
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
    const path = join(this.#folder, at);
    // A disk makes files that are not there, and follows links.
    const found = await lstat(path).catch(() => undefined);
    if (found?.isFile() !== true || textSize(found.size) > most) throw tampered(this.#about);
    // All zeros would be a key too.
    if (this.#closed) throw new Error('the model is closed');
    const opener = new StreamOpener(...streamOf(this.#key, this.#about, at));
    const file = await this.#disk.open(path);
    try {
      yield* openFile(file, opener);
    } catch (error) {
      throw error instanceof NotAuthentic ? tampered(this.#about, error) : error;
    } finally {
      await file.close();
    }
  }
}

/** For each file a key of its own, so that no piece fits into another file, and what each piece is said to be. */
const streamOf = (key: Uint8Array, { id, name, version }: SealedAs, at: string): [Buffer, Buffer] => [
  textKey(key, 'gatehouse sealed model', `${id} ${at}`),
  Buffer.from(JSON.stringify([1, id, name, version, at])),
];

const aboutKey = ({ id, name, version }: SealedAs): string =>
  `gatehouse/sealed-model/v1 ${id} ${name} ${version}`;

const textOf = (head: Static<typeof Head>): Buffer => Buffer.from(`${JSON.stringify(head, null, 2)}\n`);

const rootOf = (listing: Uint8Array): string => createHash('sha256').update(listing).digest('hex');

export const labelOf = ({ name, version }: Omit<SealedAs, 'id'>): string => `${name}@${version}`;

const tampered = (about: SealedAs, cause?: unknown) =>
  new Problem(
    'findings',
    `${labelOf(about)} is not what was sealed: a file was changed, or the master key is another`,
    undefined,
    cause,
  );

function parsed<T extends typeof Head | typeof Listing>(schema: T, text: string): Static<T> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Check(schema, value) ? value : undefined;
  } catch {
    return undefined;
  }
}
