import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Problem } from '../base/problem.ts';
import type { Disk } from './disk.ts';
import { copyRange, readChunks, readWhole, replaceFile } from './disk.ts';
import { PUBLIC_KEYS } from './init.ts';

/** A file of the archive, as the ledger names it. */
export interface ArchivedFile {
  readonly name: string;
  readonly bytes: number;
  /** Hex, as `sha256sum` prints it. */
  readonly sha256: string;
}

type Content = Omit<ArchivedFile, 'name'>;

/** The folder that old files of one ledger are copied to. What is there is never written over. */
export class ArchiveFolder {
  readonly #disk: Disk;
  readonly #from: string;
  readonly #to: string;
  readonly #names: Set<string>;

  private constructor(disk: Disk, from: string, to: string, names: readonly string[]) {
    this.#disk = disk;
    this.#from = from;
    this.#to = to;
    this.#names = new Set(names);
  }

  /**
   * @param begun the ledger has archived something before, so the folder must show it
   * Throws Problem('environment') where it is not this ledger's archive.
   */
  static async open(disk: Disk, from: string, to: string, begun: boolean): Promise<ArchiveFolder> {
    const names = await disk.list(to);
    const own = await readWhole(disk, join(from, PUBLIC_KEYS));
    if (names.includes(PUBLIC_KEYS)) {
      if (!own.equals(await readWhole(disk, join(to, PUBLIC_KEYS))))
        throw new Problem('environment', `the archive in ${to} is of another ledger`, 'Name another folder.');
      await requireApart(disk, from, to);
    } else if (begun) {
      throw new Problem(
        'environment',
        `there is no archive in ${to}, but this ledger has one`,
        'Is it mounted? To go on in another folder, copy the archive there first.',
      );
    } else {
      await replaceFile(disk, join(to, PUBLIC_KEYS), own);
    }
    return new ArchiveFolder(disk, from, to, names);
  }

  /**
   * Copies a file of the ledger, or a range of one; what is there already must be the same. Reads the copy back. Throws
   * Problem('findings') where it is not what was copied.
   */
  async take(name: string, source = name, range = WHOLE): Promise<ArchivedFile> {
    const path = join(this.#to, name);
    const there = this.#names.has(name) ? await contentOf(this.#disk, path) : undefined;
    // A run that was cut off had already dropped these records from the history: they are in the archive alone.
    if (there !== undefined && range.from === range.to) return { name, ...there };
    const wanted =
      there === undefined
        ? await this.#copy(join(this.#from, source), path, range)
        : await contentOf(this.#disk, join(this.#from, source), range);
    const copied = there ?? (await contentOf(this.#disk, path));
    if (copied.sha256 !== wanted.sha256)
      throw new Problem(
        'findings',
        `${path} is not what the ledger has of it`,
        'Compare both, and keep what "gatehouse audit verify" agrees with.',
      );
    return { name, ...copied };
  }

  async #copy(from: string, to: string, range: typeof WHOLE): Promise<Content> {
    const temporary = `${to}.tmp`;
    const hash = createHash('sha256');
    const file = await this.#disk.open(temporary);
    let bytes: number;
    try {
      await file.truncate(0);
      bytes = await copyRange(this.#disk, from, range, file, 0, (chunk) => void hash.update(chunk));
      await file.sync();
    } finally {
      await file.close();
    }
    await this.#disk.rename(temporary, to);
    return { bytes, sha256: hash.digest('hex') };
  }

  /** Makes the names durable. */
  sync(): Promise<void> {
    return this.#disk.syncFolder(this.#to);
  }
}

/**
 * Throws where both are one folder, however it came to have two names (a link, a mount, a name in other letters): every
 * file would be found in the archive already, and then removed from the ledger. Only a file can tell.
 */
async function requireApart(disk: Disk, from: string, to: string): Promise<void> {
  const name = `probe-${randomBytes(8).toString('hex')}.tmp`;
  const probe = join(to, name);
  try {
    await (await disk.open(probe)).close();
    if (!(await disk.list(from)).includes(name)) return;
  } finally {
    await disk.remove(probe);
  }
  throw new Problem('environment', `the archive in ${to} is the ledger's own folder`, 'Name another folder.');
}

const WHOLE = { from: 0, to: Number.POSITIVE_INFINITY };

async function contentOf(disk: Disk, path: string, { from, to } = WHOLE): Promise<Content> {
  const hash = createHash('sha256');
  let bytes = 0;
  const file = await disk.open(path);
  try {
    for await (const chunk of readChunks(file, from, to)) {
      hash.update(chunk);
      bytes += chunk.length;
    }
  } finally {
    await file.close();
  }
  return { bytes, sha256: hash.digest('hex') };
}
