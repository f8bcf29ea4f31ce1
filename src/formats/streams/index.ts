import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { bzip2 } from '../../codecs/bzip2.ts';
import type { Feed } from '../../codecs/feed.ts';
import { another, gzip, zlib } from '../../codecs/gzip.ts';
import { lz4 } from '../../codecs/lz4.ts';
import { lzmaAlone } from '../../codecs/lzma.ts';
import { xz } from '../../codecs/xz.ts';
import { zstd } from '../../codecs/zstd.ts';
import type { Format, Likeness } from '../format.ts';
import type { Source } from '../source.ts';
import { STREAM_RULES } from './rules.ts';
import { BZIP2, LZ4, LZMA, XZ } from './samples.ts';
import { begins, stream, tried } from './stream.ts';

const EMPTY_PICKLE = Uint8Array.of(0x80, 2, 0x7d, 0x2e);
/** Of joblib before 0.10: `ZF`, the length in hexadecimal in 19 places (20 in Python 2), and a zlib stream. */
const OLD_JOBLIB = /^ZF0x[0-9a-f]{1,16}L? *$/;
const BZIP2_BLOCKS = [
  [0x31, 0x41, 0x59, 0x26, 0x53, 0x59],
  [0x17, 0x72, 0x45, 0x38, 0x50, 0x90],
];
const XZ_MAGIC = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00];

const trailing = (name: string, packed: Uint8Array) => ({
  name: `${name} with a pickle behind it`,
  bytes: () => Buffer.concat([packed, EMPTY_PICKLE]),
  rules: [STREAM_RULES.trailing.id],
});
const truncated = (name: string, packed: Uint8Array) => ({
  name: `${name} cut off`,
  bytes: () => packed.subarray(0, packed.length - 3),
  rules: [STREAM_RULES.corrupt.id],
});
const proof = (name: string, packed: Uint8Array) => ({
  catches: [trailing(name, packed), truncated(name, packed)],
  passes: [{ name: `${name} of an empty dictionary`, bytes: () => packed }],
});

/** Where the stream begins: 0 where there is no such header. */
function oldJoblib(source: Source): number {
  const head = Buffer.from(source.read(0, 22)).toString('latin1');
  if (!OLD_JOBLIB.test(head.slice(0, 21))) return 0;
  return head[21] === ' ' ? 22 : 21;
}

function looksZlib(source: Source): Likeness {
  const at = oldJoblib(source);
  return begins(source, [0x78], at) || at > 0 || shortWindow(source) ? tried(zlib, source, at) : false;
}

/** Another window than the largest is rare, and Python reads it. */
function shortWindow(source: Source): boolean {
  const [method, flags] = source.read(0, 2);
  if (method === undefined || flags === undefined) return false;
  return (method & 15) === 8 && method < 0x78 && ((method << 8) | flags) % 31 === 0;
}

/** As liblzma tells it: a dictionary of 2^n or 3 × 2^n bytes, a size that something can have, and the coder's first byte. */
function beginsLzma(bytes: Uint8Array): boolean {
  if (bytes.length < 14 || (bytes[0] as number) >= 225 || bytes[13] !== 0) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const dictionary = view.getUint32(1, true);
  const odd = dictionary / ((dictionary & -dictionary) >>> 0);
  if (dictionary < 4096 || (odd !== 1 && odd !== 3 && dictionary !== 0xffffffff)) return false;
  const size = view.getBigUint64(5, true);
  return size === 2n ** 64n - 1n || (size > 0n && size < 2n ** 38n);
}

/** Python's `lzma` reads either, and either behind either. */
function* xzOrLzma(feed: Feed): Generator<Uint8Array> {
  for (;;) {
    yield* another(feed, XZ_MAGIC) ? xz(feed) : lzmaAlone(feed);
    if (feed.left < 14) return;
    const next = feed.bytes(14);
    feed.skip(-14);
    if (!beginsLzma(next) && !another(feed, XZ_MAGIC)) return;
  }
}

/** Each is one stream around something else: a joblib file of any codec, a pickle, a tar. */
export const streams: readonly Format[] = [
  stream({
    name: 'gzip',
    title: 'gzip',
    codec: gzip,
    firstBytes: '\x1f',
    looks: (source) => begins(source, [0x1f, 0x8b, 8]) && 'sure',
    endings: ['.gz', '.gzip'],
    proof: proof('gzip', gzipSync(EMPTY_PICKLE)),
  }),
  stream({
    name: 'zlib',
    title: 'a zlib stream',
    codec: zlib,
    header: oldJoblib,
    firstBytes: '\x08\x18(8HXhxZ',
    looks: looksZlib,
    endings: ['.z', '.zlib'],
    proof: proof('zlib', deflateSync(EMPTY_PICKLE)),
  }),
  stream({
    name: 'bzip2',
    title: 'bzip2',
    codec: bzip2,
    firstBytes: 'B',
    looks: (source) =>
      BZIP2_BLOCKS.some((magic) => begins(source, magic, 4)) && begins(source, [0x42, 0x5a, 0x68]) && 'sure',
    endings: ['.bz2', '.bzip2'],
    proof: proof('bzip2', BZIP2),
  }),
  stream({
    name: 'xz',
    title: 'xz',
    codec: xzOrLzma,
    firstBytes: '\xfd',
    looks: (source) => begins(source, XZ_MAGIC) && 'sure',
    endings: ['.xz'],
    proof: proof('xz', XZ),
  }),
  stream({
    name: 'lzma',
    title: 'LZMA',
    codec: xzOrLzma,
    looks: (source) => beginsLzma(source.read(0, 14)) && tried(lzmaAlone, source),
    endings: ['.lzma'],
    proof: proof('LZMA', LZMA),
  }),
  stream({
    name: 'lz4',
    title: 'LZ4',
    codec: lz4,
    firstBytes: '\x04\x02',
    looks: (source) =>
      (begins(source, [0x04, 0x22, 0x4d, 0x18]) || begins(source, [0x02, 0x21, 0x4c, 0x18])) && 'sure',
    endings: ['.lz4'],
    proof: proof('LZ4', LZ4),
  }),
  stream({
    name: 'zstd',
    title: 'Zstandard',
    codec: zstd,
    firstBytes: '(',
    looks: (source) => begins(source, [0x28, 0xb5, 0x2f, 0xfd]) && 'sure',
    endings: ['.zst', '.zstd'],
    proof: proof('Zstandard', zstdCompressSync(EMPTY_PICKLE)),
  }),
];
