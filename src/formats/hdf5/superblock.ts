import type { Source } from '../source.ts';
import { Malformed } from '../source.ts';
import { type H5, number, SIGNATURE } from './file.ts';

const NUMBERS = new Set([2, 4, 8]);
/** Where the signature may stand: behind a block of the user's that is a power of two long. */
const LAST = 1 << 20;

/** Where the file begins; undefined where there is no signature. */
export function beginning(source: Source): number | undefined {
  for (let at = 0; at < source.size && at <= LAST; at = at === 0 ? 512 : at * 2)
    if (Buffer.from(source.read(at, 8)).toString('latin1') === SIGNATURE) return at;
  return undefined;
}

export interface Superblock {
  /** Address of the root group's header. */
  readonly root: number;
  readonly extension: number | undefined;
  /** End of the file as it says. */
  readonly end: number;
}

/** Versions 0 to 3 (HDF5 file format specification 3.0, II.A). */
export function readSuperblock(h5: H5, start: number): Superblock {
  const cursor = h5.cursor('superblock', start, 512);
  cursor.skip(8);
  const version = cursor.u8();
  if (version > 3) throw new Malformed(`its superblock is of version ${version}, which is not known`, start);
  if (version < 2) cursor.skip(4);
  h5.offsets = cursor.u8();
  h5.lengths = cursor.u8();
  if (!NUMBERS.has(h5.offsets) || !NUMBERS.has(h5.lengths))
    throw new Malformed('its addresses have a size that is not in use', cursor.at);
  if (version < 2) cursor.skip(1 + 4 + 4 + (version === 1 ? 4 : 0));
  else cursor.skip(1);
  h5.base = 0;
  const base = h5.address(cursor) ?? 0;
  // Files that have had a block put before them keep the address from before: what counts is where the signature is.
  if (base !== start && base !== 0) throw new Malformed('its addresses count from elsewhere', cursor.at);
  h5.base = start;
  const extension = h5.address(cursor);
  // The end counts from the beginning of the file; where a block was put before it later, from the superblock.
  const end = (number(cursor, h5.offsets) ?? 0) + (base === start ? 0 : start);
  if (version >= 2) {
    const root = h5.address(cursor);
    cursor.skip(4);
    h5.claim('parsed', start, cursor.at);
    return { root: rooted(root, start), extension, end };
  }
  const driver = h5.address(cursor);
  if (driver !== undefined)
    throw new Malformed('it is one of several files (a driver of its own)', cursor.at);
  cursor.skip(h5.offsets);
  const root = h5.address(cursor);
  cursor.skip(24);
  h5.claim('parsed', start, cursor.at);
  return { root: rooted(root, start), extension: undefined, end };
}

function rooted(root: number | undefined, start: number): number {
  if (root === undefined) throw new Malformed('it has no root group', start);
  return root;
}
