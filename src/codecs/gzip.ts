import { crc32 } from 'node:zlib';
import { Adler32 } from './checksums.ts';
import type { Feed } from './feed.ts';
import { inflate } from './inflate.ts';

/** gzip (RFC 1952), one member after the other. Stops before what is not another member. */
export function* gzip(feed: Feed): Generator<Uint8Array> {
  do {
    yield* header(feed);
    let sum = 0;
    let size = 0;
    for (const chunk of inflate(feed)) {
      sum = crc32(chunk, sum);
      size = (size + chunk.length) % 2 ** 32;
      yield chunk;
    }
    if (feed.u32() !== sum) throw feed.corrupt('has the wrong checksum');
    if (feed.u32() !== size) throw feed.corrupt('says the wrong size');
  } while (another(feed, [0x1f, 0x8b]));
}

function* header(feed: Feed): Generator<Uint8Array> {
  if (feed.byte() !== 0x1f || feed.byte() !== 0x8b) throw feed.corrupt('does not begin as gzip does');
  if (feed.byte() !== 8) throw feed.corrupt('is packed in no known way');
  const flags = feed.byte();
  if ((flags & 0xe0) !== 0) throw feed.corrupt('has reserved flags');
  feed.skip(6);
  if ((flags & 4) !== 0) feed.skip(feed.u16());
  for (const flag of [8, 16]) {
    if ((flags & flag) === 0) continue;
    for (let length = 1; feed.byte() !== 0; length++) if (length % 65_536 === 0) yield NOTHING;
  }
  if ((flags & 2) !== 0) feed.skip(2);
}

/** zlib (RFC 1950): one stream. A dictionary would have to come from elsewhere, so there is none to read it with. */
export function* zlib(feed: Feed): Generator<Uint8Array> {
  const method = feed.byte();
  const flags = feed.byte();
  if ((method & 15) !== 8 || method >> 4 > 7 || ((method << 8) | flags) % 31 !== 0)
    throw feed.corrupt('does not begin as zlib does');
  if ((flags & 32) !== 0) throw feed.corrupt('needs a dictionary');
  const sum = new Adler32();
  for (const chunk of inflate(feed)) {
    sum.update(chunk);
    yield chunk;
  }
  const told = ((feed.byte() << 24) | (feed.byte() << 16) | (feed.byte() << 8) | feed.byte()) >>> 0;
  if (told !== sum.value) throw feed.corrupt('has the wrong checksum');
}

/** Whether another stream follows at once, as `magic` says; the feed stays where it is. */
export function another(feed: Feed, magic: readonly number[]): boolean {
  if (feed.left < magic.length) return false;
  const bytes = feed.bytes(magic.length);
  feed.skip(-magic.length);
  return magic.every((byte, i) => bytes[i] === byte);
}

const NOTHING = new Uint8Array(0);
