import { createHash } from 'node:crypto';
import { type BigIntStats, closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { Blake3 } from '../../signing/blake3.ts';
import type { HashName } from '../../signing/manifest.ts';

export interface HashTask {
  readonly file: string;
  readonly hash: HashName;
  /** Where it is a link, what it leads to is read. */
  readonly follow: boolean;
  /** Bytes from `start` to before `end`; all of the file where it is absent. */
  readonly range?: { readonly start: number; readonly end: number };
}

/** What a file was like when it was hashed: whoever writes to it changes at least one of these, and cannot set the last back. */
export interface Stamp {
  /** Device and number of the file there. */
  readonly id: string;
  readonly size: number;
  /** Nanoseconds since 1970, as text. */
  readonly modified: string;
  readonly changed: string;
}

export type Hashed = { readonly digest: string; readonly stamp: Stamp } | { readonly failed: string };

/** One for each thread: files are read one after the other. */
const chunk = Buffer.allocUnsafeSlow(1 << 20);

/**
 * Hashes a file or a range of it. Tells where it changed while it was read: what was hashed would be neither state. Reads
 * no pipe and no device, whatever stood there when somebody looked.
 *
 * @param onBytes called with what was read since the last call
 */
export function hashFile({ file, hash, follow, range }: HashTask, onBytes: (bytes: number) => void): Hashed {
  let fd: number;
  try {
    fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK | (follow ? 0 : constants.O_NOFOLLOW));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return {
      failed: code === 'ELOOP' ? 'it is a link' : code === 'ENOENT' ? 'it is gone' : 'it cannot be opened',
    };
  }
  try {
    const before = fstatSync(fd, { bigint: true });
    if (!before.isFile()) return { failed: 'it is no file' };
    const stamp = stampOf(before);
    const { start, end } = range ?? { start: 0, end: stamp.size };
    if (end > stamp.size) return { failed: 'it is shorter than it was' };
    const engine = engineOf(hash);
    for (let at = start; at < end; ) {
      const got = readSync(fd, chunk, 0, Math.min(chunk.length, end - at), at);
      if (got === 0) return { failed: CHANGED };
      engine.update(chunk.subarray(0, got));
      at += got;
      onBytes(got);
    }
    return isSame(stamp, stampOf(fstatSync(fd, { bigint: true })))
      ? { digest: engine.digest('hex'), stamp }
      : { failed: CHANGED };
  } catch {
    return { failed: 'it cannot be read' };
  } finally {
    closeSync(fd);
  }
}

export const CHANGED = 'it changed while it was read';

export interface Engine {
  update(bytes: Uint8Array): unknown;
  digest(encoding: 'hex'): string;
}

export const engineOf = (hash: HashName): Engine =>
  hash === 'blake3' ? new Blake3() : createHash(hash === 'blake2b' ? 'blake2b512' : hash);

export const stampOf = ({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): Stamp => ({
  id: `${dev}:${ino}`,
  size: Number(size),
  modified: String(mtimeNs),
  changed: String(ctimeNs),
});

export const isSame = (a: Stamp, b: Stamp): boolean =>
  a.id === b.id && a.size === b.size && a.modified === b.modified && a.changed === b.changed;
