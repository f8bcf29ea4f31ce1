import { Cursor, Malformed, type Source } from '../source.ts';

/** Signatures (APPNOTE 6.3.10, 4.3). */
export const LOCAL = 0x04034b50;
export const CENTRAL = 0x02014b50;
export const END = 0x06054b50;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;
const DESCRIPTOR = 0x08074b50;

const FULL16 = 0xffff;
const FULL32 = 0xffffffff;

/** What a header says of a member. Either one says it, and they ought to say the same. */
export interface Header {
  /** Byte by byte. */
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  /** Bytes, packed and unpacked. */
  readonly packed: number;
  readonly size: number;
  /** By a field for names in Unicode, which some programs prefer. */
  readonly otherName: string | undefined;
  /** The extra fields do not fit into their place. */
  readonly badExtra: boolean;
  /** Where the header ends in the source. */
  readonly end: number;
}

export interface Entry extends Header {
  /** Of the header before the member, as the directory says. */
  readonly offset: number;
  readonly disk: number;
  /** Unix mode; 0 where it was made elsewhere. */
  readonly mode: number;
}

/** The header before a member; undefined where there is none. */
export function readLocal(source: Source, at: number): Header | undefined {
  if (at < 0 || at + 30 > source.size) return;
  // No more than its own bytes: there are thousands, far from each other.
  const cursor = new Cursor(source, 'header of a member', at, at + 30);
  if (cursor.u32() !== LOCAL) return;
  cursor.skip(2);
  const head = common(cursor);
  const end = at + 30 + head.nameLength + head.extraLength;
  if (end > source.size) return;
  const rest = new Uint8Array(source.read(at + 30, end - at - 30));
  const extra = readExtra(rest.subarray(head.nameLength), head);
  return { name: latin1(rest.subarray(0, head.nameLength)), ...fields(head, extra), end };
}

/** The next entry of a directory; undefined where there is none. */
export function readEntry(cursor: Cursor): Entry | undefined {
  if (cursor.left < 46 || cursor.u32() !== CENTRAL) return;
  const madeBy = cursor.u16();
  cursor.skip(2);
  const head = common(cursor);
  const commentLength = cursor.u16();
  const disk = cursor.u16();
  cursor.skip(2);
  const attributes = cursor.u32();
  const offset = cursor.u32();
  if (head.nameLength + head.extraLength + commentLength > cursor.left)
    throw new Malformed('an entry of the directory ends behind it', cursor.at);
  const name = latin1(cursor.bytes(head.nameLength, FULL16));
  const extra = readExtra(cursor.bytes(head.extraLength, FULL16), { ...head, offset, disk });
  cursor.skip(commentLength);
  return {
    name,
    ...fields(head, extra),
    offset: extra.offset ?? offset,
    disk: extra.disk ?? disk,
    mode: madeBy >> 8 === 3 ? attributes >>> 16 : 0,
    end: cursor.at,
  };
}

interface Head {
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly nameLength: number;
  readonly extraLength: number;
  readonly offset?: number;
  readonly disk?: number;
}

function common(cursor: Cursor): Head {
  const flags = cursor.u16();
  const method = cursor.u16();
  cursor.skip(4);
  return {
    flags,
    method,
    crc: cursor.u32(),
    packed: cursor.u32(),
    size: cursor.u32(),
    nameLength: cursor.u16(),
    extraLength: cursor.u16(),
  };
}

const fields = (head: Head, extra: Extra) => ({
  flags: head.flags,
  method: head.method,
  crc: head.crc,
  packed: extra.packed ?? head.packed,
  size: extra.size ?? head.size,
  otherName: extra.name,
  badExtra: extra.bad,
});

interface Extra {
  readonly bad: boolean;
  readonly size?: number | undefined;
  readonly packed?: number | undefined;
  readonly offset?: number | undefined;
  readonly disk?: number | undefined;
  readonly name?: string | undefined;
}

/** Sizes and offsets of 64 bits (4.5.3), for those that say so in 32; a name in Unicode (4.6.9). */
function readExtra(bytes: Uint8Array, head: Head): Extra {
  let extra: Extra = { bad: false };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  for (; at + 4 <= bytes.length; ) {
    const id = view.getUint16(at, true);
    const length = view.getUint16(at + 2, true);
    // Zeros at the end are padding.
    if (id === 0 && bytes.subarray(at).every((byte) => byte === 0)) return extra;
    at += 4;
    if (at + length > bytes.length) return { ...extra, bad: true };
    if (id === 1) extra = { ...extra, ...wide(view, at, at + length, head) };
    if (id === 0x7075 && length > 5) extra = { ...extra, name: latin1(bytes.subarray(at + 5, at + length)) };
    at += length;
  }
  return extra;
}

function wide(view: DataView, from: number, end: number, head: Head): Partial<Extra> {
  let at = from;
  let bad = false;
  const next = (field: number | undefined, full: number, length: number) => {
    if (field !== full) return;
    if (at + length > end) {
      bad = true;
      return;
    }
    const value = length === 8 ? Number(view.getBigUint64(at, true)) : view.getUint32(at, true);
    at += length;
    return value;
  };
  const size = next(head.size, FULL32, 8);
  const packed = next(head.packed, FULL32, 8);
  const offset = next(head.offset, FULL32, 8);
  const disk = next(head.disk, FULL16, 4);
  return { size, packed, offset, disk, ...(bad ? { bad } : {}) };
}

/** The record at the end, and what it says of the directory. */
export interface End {
  readonly at: number;
  /** Behind the comment, as far as there is one. */
  readonly end: number;
  readonly comment: number;
  readonly disks: boolean;
  /** What is said of the directory: by the record itself, and by its 64-bit form. */
  readonly says: readonly Directory[];
  /** The bytes of the records, to be claimed. */
  readonly start: number;
  /** That the two forms do not fit together. */
  readonly torn: boolean;
}

export interface Directory {
  readonly count: number;
  readonly size: number;
  readonly offset: number;
  /** Where it would end if it stood right before its record. */
  readonly before: number;
}

export function readEnd(source: Source, at: number): End | undefined {
  if (at + 22 > source.size) return;
  const cursor = new Cursor(source, 'end record', at);
  if (cursor.u32() !== END) return;
  const disk = cursor.u16();
  const first = cursor.u16();
  const here = cursor.u16();
  const count = cursor.u16();
  const size = cursor.u32();
  const offset = cursor.u32();
  const comment = cursor.u16();
  const wide = readEnd64(source, at);
  const full = count === FULL16 || size === FULL32 || offset === FULL32;
  const plain: Directory = { count, size, offset, before: wide?.start ?? at };
  const fits = ({ count: n, size: s, offset: o }: Directory) =>
    (count === FULL16 || count === n) &&
    (size === FULL32 || size === s) &&
    (offset === FULL32 || offset === o);
  const same = wide === undefined || fits(wide.directory);
  return {
    at,
    end: Math.min(source.size, at + 22 + comment),
    comment,
    disks: wide?.disks === true || (disk !== FULL16 && (disk !== 0 || first !== 0)) || here !== count,
    start: wide?.start ?? at,
    says: wide === undefined ? [plain] : same ? [wide.directory] : [wide.directory, plain],
    torn: !same || (wide?.torn ?? full),
  };
}

/** By where the locator points, or, as Python reads it, right before the locator. */
function readEnd64(source: Source, end: number) {
  if (end < 20 + 56) return;
  const locator = new Cursor(source, 'locator', end - 20);
  if (locator.u32() !== LOCATOR64) return;
  const disk = locator.u32();
  const told = locator.u64();
  const disks = locator.u32();
  const near = end - 20 - 56;
  const places = [near, told].filter((at) => at >= 0 && at + 56 <= end - 20);
  const found = places.filter((at) => new Cursor(source, 'end record', at).u32() === END64);
  const [start] = found;
  if (start === undefined) return;
  const cursor = new Cursor(source, 'end record', start + 24);
  const here = cursor.u64();
  const count = cursor.u64();
  const size = cursor.u64();
  const offset = cursor.u64();
  return {
    start,
    torn: told !== start || new Set(found).size > 1,
    disks: disk !== 0 || disks > 1 || here !== count,
    directory: { count, size, offset, before: start },
  };
}

/**
 * The descriptor behind a member whose header was written first (4.3.9): with or without a signature, with sizes of 32 or
 * 64 bits. Where it ends; undefined where there is none that fits.
 */
export function descriptorEnd(
  source: Source,
  at: number,
  { crc, packed, size }: Pick<Header, 'crc' | 'packed' | 'size'>,
): number | undefined {
  const bytes = new Uint8Array(source.read(at, 24));
  const view = new DataView(bytes.buffer);
  const fits = (from: number, width: 4 | 8) => {
    if (from + 4 + 2 * width > bytes.length) return false;
    const number = (i: number) =>
      width === 4 ? view.getUint32(i, true) : Number(view.getBigUint64(i, true));
    return (
      view.getUint32(from, true) === crc && number(from + 4) === packed && number(from + 4 + width) === size
    );
  };
  const from = bytes.length >= 4 && view.getUint32(0, true) === DESCRIPTOR ? [4, 0] : [0];
  for (const i of from)
    for (const width of [8, 4] as const) if (fits(i, width)) return at + i + 4 + 2 * width;
}

const latin1 = (bytes: Uint8Array) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');

/** A name as it is shown: UTF-8 where it is that, byte by byte where not. */
export function textOf(name: string): string {
  const bytes = Buffer.from(name, 'latin1');
  const text = bytes.toString('utf8');
  return text.includes('\ufffd') ? name : text;
}
