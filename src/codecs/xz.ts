import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { Crc64 } from './checksums.ts';
import { Feed, Unsupported } from './feed.ts';
import { another } from './gzip.ts';
import { lzma2 } from './lzma.ts';

const MAGIC = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00];
const LZMA2 = 0x21;
/** Bytes of a check by its kind (xz-file-format.txt, 2.1.1.2). */
const CHECKS = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64];

/** xz (xz-file-format.txt 1.2): streams, one after the other, with padding between them. */
export function* xz(feed: Feed): Generator<Uint8Array> {
  do {
    // Streams may be empty, and very many.
    yield NOTHING;
    const kind = header(feed);
    const sizes = createHash('sha256');
    let blocks = 0;
    for (let length = feed.byte(); length !== 0; length = feed.byte()) {
      feed.skip(-1);
      const [packed, unpacked] = yield* block(feed, 4 * (length + 1), kind);
      sizes.update(`${packed} ${unpacked} `);
      blocks++;
    }
    yield* index(feed, blocks, sizes.digest('hex'), kind);
    yield* padding(feed);
  } while (another(feed, MAGIC));
}

/** @returns the kind of check */
function header(feed: Feed): number {
  const bytes = feed.bytes(12);
  const kind = bytes[7] as number;
  if (!MAGIC.every((byte, i) => bytes[i] === byte)) throw feed.corrupt('does not begin as xz does');
  if (bytes[6] !== 0 || kind > 15) throw feed.corrupt('is of no known version');
  if (word(bytes, 8) !== crc32(bytes.subarray(6, 8)))
    throw feed.corrupt('has the wrong checksum in its header');
  return kind;
}

/** @returns its size without padding, and what it makes */
function* block(feed: Feed, length: number, kind: number): Generator<Uint8Array, readonly [number, number]> {
  const told = blockHeader(feed, length);
  const from = feed.at;
  const check = checking(kind);
  let unpacked = 0;
  for (const chunk of lzma2(feed, told.dictionary)) {
    unpacked += chunk.length;
    check.update(chunk);
    yield chunk;
  }
  const packed = feed.at - from;
  if ((told.packed ?? packed) !== packed || (told.unpacked ?? unpacked) !== unpacked)
    throw feed.corrupt('has a block of another size than it says');
  for (let i = packed; i % 4 !== 0; i++)
    if (feed.byte() !== 0) throw feed.corrupt('has padding that is not empty');
  const sum = feed.bytes(CHECKS[kind] as number);
  if (check.value()?.every((byte, i) => sum[i] === byte) === false)
    throw feed.corrupt('has a block with the wrong checksum');
  return [length + packed + sum.length, unpacked];
}

function blockHeader(feed: Feed, length: number) {
  const bytes = feed.bytes(length);
  if (word(bytes, length - 4) !== crc32(bytes.subarray(0, length - 4)))
    throw feed.corrupt('has a block with the wrong checksum in its header');
  const fields = new Feed({ size: length - 4, read: (at, count) => bytes.subarray(at, at + count) }, 1);
  const flags = fields.byte();
  if ((flags & 0x3c) !== 0) throw feed.corrupt('has reserved flags');
  const packed = (flags & 0x40) !== 0 ? number(fields) : undefined;
  const unpacked = (flags & 0x80) !== 0 ? number(fields) : undefined;
  if ((flags & 3) !== 0 || number(fields) !== LZMA2)
    throw new Unsupported('uses a filter beside LZMA2', feed.at);
  const size = number(fields);
  const bits = fields.byte();
  if (size !== 1 || bits > 40) throw feed.corrupt('has impossible properties');
  const dictionary = bits === 40 ? 2 ** 32 - 1 : (2 | (bits & 1)) * 2 ** ((bits >> 1) + 11);
  return { packed, unpacked, dictionary };
}

/** The sizes of all blocks again, and the end of the stream. Its first byte, a 0, was read. */
function* index(feed: Feed, blocks: number, sizes: string, kind: number): Generator<Uint8Array> {
  const start = feed.at - 1;
  if (number(feed) !== blocks) throw feed.corrupt('has an index that does not fit');
  const told = createHash('sha256');
  for (let i = 0; i < blocks; i++) {
    told.update(`${number(feed)} ${number(feed)} `);
    if (i % 4096 === 0) yield NOTHING;
  }
  if (told.digest('hex') !== sizes) throw feed.corrupt('has an index that does not fit');
  while ((feed.at - start) % 4 !== 0)
    if (feed.byte() !== 0) throw feed.corrupt('has padding that is not empty');
  const length = feed.at - start;
  let sum = 0;
  feed.skip(-length);
  for (let left = length; left > 0; left -= 65_536) sum = crc32(feed.bytes(Math.min(left, 65_536)), sum);
  if (feed.u32() !== sum) throw feed.corrupt('has the wrong checksum in its index');
  const footer = feed.bytes(12);
  if (
    word(footer, 0) !== crc32(footer.subarray(4, 10)) ||
    word(footer, 4) !== length / 4 ||
    footer[8] !== 0 ||
    footer[9] !== kind ||
    footer[10] !== 0x59 ||
    footer[11] !== 0x5a
  )
    throw feed.corrupt('has an end that does not fit its beginning');
}

/** Zeros, in fours, that more streams or nothing follows. */
function* padding(feed: Feed): Generator<Uint8Array> {
  while (another(feed, [0, 0, 0, 0])) {
    feed.skip(4);
    if (feed.at % 65_536 < 4) yield NOTHING;
  }
}

/** At most 63 bits, seven to a byte; beyond 2^53 it is no size of anything. */
function number(feed: Feed): number {
  let value = 0;
  for (let i = 0; i < 8; i++) {
    const byte = feed.byte();
    value += (byte & 127) * 2 ** (7 * i);
    if (byte < 128) return value;
  }
  throw feed.corrupt('has an impossible number');
}

interface Check {
  update(bytes: Uint8Array): void;
  /** As it stands in the file; undefined where it is of a kind that nobody makes. */
  value(): Uint8Array | undefined;
}

function checking(kind: number): Check {
  if (kind === 1) {
    let sum = 0;
    return {
      update: (bytes) => {
        sum = crc32(bytes, sum);
      },
      value: () => words(sum),
    };
  }
  if (kind === 4) {
    const sum = new Crc64();
    return { update: (bytes) => sum.update(bytes), value: () => words(...sum.value) };
  }
  if (kind === 10) {
    const sum = createHash('sha256');
    return { update: (bytes) => void sum.update(bytes), value: () => sum.digest() };
  }
  return { update: () => {}, value: () => undefined };
}

const NOTHING = new Uint8Array(0);

const words = (...values: number[]) =>
  Uint8Array.from(values.flatMap((value) => [0, 8, 16, 24].map((by) => (value >>> by) & 255)));

const word = (bytes: Uint8Array, at: number) =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at, true);
