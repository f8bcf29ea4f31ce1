import {
  appendFileSync,
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { HashTask, Stamp } from './hash-file.ts';

/** Smaller files are hashed faster than looked up. */
const SMALLEST = 1 << 20;
const MOST_ENTRIES = 100_000;
const MOST_BYTES = 64 << 20;
/** A file that was written to this shortly before might be written to again within one tick of the clock of its disk. */
const SETTLED_MS = 3_000;

/**
 * Digests of files that did not change since: by the number of the file, its size, and when it was written to and
 * changed. Each is kept as soon as it is known, so that hashing that broke off goes on where it was. Whoever can write to
 * this file can make us sign what was not read; so it is taken only where nobody but its owner can, nor can put another in
 * its place.
 */
export class DigestCache {
  readonly #path: string;
  readonly #known = new Map<string, string>();
  /** Where others can put files, one of ours may be put in the place of another. */
  readonly #isOurs: boolean;

  private constructor(path: string) {
    this.#path = path;
    this.#isOurs = isOwn(dirname(path));
  }

  /** A cache that cannot be read or trusted is begun anew: it is never a reason to fail. */
  static open(path: string): DigestCache {
    const cache = new DigestCache(path);
    if (!cache.#isOurs) return cache;
    const text = readOwn(path);
    for (const line of text?.split('\n') ?? []) {
      const [key, digest, more] = line.split(' ');
      if (
        key !== undefined &&
        digest !== undefined &&
        more === undefined &&
        /^[0-9a-f]{64,128}$/.test(digest)
      )
        cache.#known.set(key, digest);
    }
    if (text === undefined || cache.#known.size > MOST_ENTRIES) cache.#begin();
    return cache;
  }

  find(task: HashTask, stamp: Stamp): string | undefined {
    return this.#known.get(keyOf(task, stamp));
  }

  /** @param now milliseconds since 1970 */
  keep(task: HashTask, stamp: Stamp, digest: string, now: number): void {
    if (!this.#isOurs) return;
    const latest = Math.max(Number(stamp.modified), Number(stamp.changed)) / 1e6;
    if (stamp.size < SMALLEST || now - latest < SETTLED_MS) return;
    const key = keyOf(task, stamp);
    if (this.#known.get(key) === digest) return;
    this.#known.set(key, digest);
    try {
      appendFileSync(this.#path, `${key} ${digest}\n`, { mode: 0o600 });
    } catch {
      // A full disk costs the next one time, and nothing else.
    }
  }

  /** Keeps the newest half. */
  #begin(): void {
    const kept = [...this.#known].slice(-MOST_ENTRIES / 2);
    this.#known.clear();
    for (const [key, digest] of kept) this.#known.set(key, digest);
    try {
      const fresh = `${this.#path}.${process.pid}`;
      writeFileSync(fresh, kept.map(([key, digest]) => `${key} ${digest}\n`).join(''), { mode: 0o600 });
      renameSync(fresh, this.#path);
    } catch {
      // Without a place for it there is no cache.
    }
  }
}

/** Makes the folder where there is none. Whether nobody but its owner can put anything into it. */
function isOwn(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return isOnlyOurs(statSync(folder));
  } catch {
    // Without a place for it there is no cache.
    return false;
  }
}

const isOnlyOurs = ({ uid, mode }: Stats): boolean =>
  process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);

const keyOf = ({ hash, range }: HashTask, { id, size, modified, changed }: Stamp): string =>
  [hash, id, size, modified, changed, range === undefined ? 'all' : `${range.start}-${range.end}`].join('/');

/** The text, where the file is ours and only ours. */
function readOwn(path: string): string | undefined {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
  try {
    const found = fstatSync(fd);
    return found.isFile() && isOnlyOurs(found) && found.size <= MOST_BYTES
      ? readFileSync(fd, 'latin1')
      : undefined;
  } catch {
    return undefined;
  } finally {
    closeSync(fd);
  }
}
