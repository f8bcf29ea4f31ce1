import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '../../base/problem.ts';
import { type Disk, nodeDisk, replaceFile } from '../../ledger/disk.ts';
import { type FolderLock, lockFolder } from '../../ledger/lock.ts';
import type { ModelState } from '../../store/model-steps.ts';
import { WrongKey } from '../../vault/master.ts';
import type { Masters } from '../../vault/masters.ts';
import { ModelDraft } from './draft.ts';
import { aboutKey, HEAD, Head, labelOf, parsed, type SealedAs, tampered, textOf } from './form.ts';
import { READ, SealedModel } from './sealed-model.ts';

/** Bytes that a head has at most, with a key that a service has wrapped. */
const MOST_HEAD = 65_536;

/** Before the id, for as long as a model is being added. */
const INCOMING = 'incoming-';

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
    const text = await headIn(folder).catch((cause: unknown) => {
      throw new Problem(
        'findings',
        `the sealed files of ${labelOf(about)} are not there`,
        `Put its folder ${about.id} back into models/ of the data folder, or add the model again.`,
        cause,
      );
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
    const model = new SealedModel(folder, about, key);
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
    for (const head of await this.#heads()) {
      if (head.master === current.name && !every) continue;
      const path = join(this.#folder, head.id, HEAD);
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

  /** How many keys each master key wraps. */
  async keys(): Promise<ReadonlyMap<string, number>> {
    const count = new Map<string, number>();
    for (const { master } of await this.#heads()) count.set(master, (count.get(master) ?? 0) + 1);
    return count;
  }

  /**
   * Destroys the key of a model, durably, and then takes its bytes away, which nobody can open any more. May be begun again.
   */
  async destroy(id: string): Promise<void> {
    const folder = join(this.#folder, id);
    // Written over first: a file that is only unlinked stays on disk until something else is written there.
    const file = await open(
      join(folder, HEAD),
      constants.O_WRONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
    ).catch(() => undefined);
    if (file !== undefined) {
      try {
        await file.write(Buffer.alloc(Math.min(MOST_HEAD, (await file.stat()).size)), 0, null, 0);
        await file.sync();
      } finally {
        await file.close();
      }
    }
    await rm(folder, { recursive: true, force: true });
    if (file !== undefined) await this.#disk.syncFolder(this.#folder);
  }

  /**
   * A folder for a model in clear, for as long as `act` takes; {@link sweep} takes it away where this process dies.
   */
  async inClear<T>(act: (folder: string) => Promise<T>): Promise<T> {
    const folder = join(this.#folder, `${INCOMING}clear-${randomBytes(8).toString('hex')}`);
    const lock = lockFolder(folder);
    try {
      return await act(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
      lock.release();
    }
  }

  async #heads(): Promise<Head[]> {
    const heads: Head[] = [];
    for (const id of await readdir(this.#folder).catch(() => [])) {
      const head = parsed(Head, await headIn(join(this.#folder, id)).catch(() => ''));
      if (head?.id === id) heads.push(head);
    }
    return heads;
  }

  /**
   * Removes what processes that died have left of models that were never added whole, or not removed whole.
   * @param stateOf what the registry says of an id
   */
  async sweep(stateOf: (id: string) => ModelState | 'unfinished'): Promise<void> {
    for (const name of await readdir(this.#folder).catch(() => [])) {
      if (!name.startsWith(INCOMING)) {
        if (stateOf(name) === 'removed') await this.destroy(name);
        continue;
      }
      const id = name.slice(INCOMING.length);
      const lock = tryLock(join(this.#folder, name));
      if (lock === undefined) continue;
      try {
        // Asked under the lock: whoever had it has come to an end.
        if (stateOf(id) === 'unfinished') await rm(join(this.#folder, id), { recursive: true, force: true });
        await rm(join(this.#folder, name), { recursive: true, force: true });
      } finally {
        lock.release();
      }
    }
  }
}

async function headIn(folder: string): Promise<string> {
  const file = await open(join(folder, HEAD), READ);
  try {
    const found = await file.stat();
    return found.isFile() && found.size <= MOST_HEAD ? await file.readFile('utf8') : '';
  } finally {
    await file.close();
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
