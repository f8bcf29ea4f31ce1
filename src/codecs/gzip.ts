import { crc32 } from 'node:zlib';
import { Adler32 } from './checksums.ts';
import type { Feed } from './feed.ts';
import { Inflater } from './inflate.ts';

/** gzip (RFC 1952), one member after the other, with zeros between them as Python reads them. Stops before anything else. */
export function* gzip(feed: Feed): Generator<Uint8Array> {
  const inflater = new Inflater(feed);
  do {
    yield* header(feed);
    let sum = 0;
    let size = 0;
    for (const chunk of inflater.stream()) {
      sum = crc32(chunk, sum);
      size = (size + chunk.length) % 2 ** 32;
      yield chunk;
    }
    if (feed.u32() !== sum) throw feed.corrupt('has the wrong checksum');
    if (feed.u32() !== size) throw feed.corrupt('says the wrong size');
  } while (yield* behindZeros(feed));
}

/** Whether a member follows behind zeros. Where none does the feed stays where it is. */
function* behindZeros(feed: Feed): Generator<Uint8Array, boolean> {
  const start = feed.at;
  let byte = feed.next();
  while (byte === 0) {
    if (feed.at % 65_536 === 0) yield NOTHING;
    byte = feed.next();
  }
  if (byte >= 0) feed.skip(-1);
  if (another(feed, [0x1f, 0x8b])) return true;
  feed.skip(start - feed.at);
  return false;
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

/** zlib (RFC 1950), one stream after the other, as joblib reads them. */
export function* zlib(feed: Feed): Generator<Uint8Array> {
  const inflater = new Inflater(feed);
  do yield* zlibStream(feed, inflater);
  while (beginsZlib(feed));
}

function beginsZlib(feed: Feed): boolean {
  if (feed.left < 2) return false;
  const word = (feed.byte() << 8) | feed.byte();
  feed.skip(-2);
  return ((word >> 8) & 15) === 8 && word >> 12 < 8 && word % 31 === 0;
}

function* zlibStream(feed: Feed, inflater: Inflater): Generator<Uint8Array> {
  if (!beginsZlib(feed)) throw feed.corrupt('does not begin as zlib does');
  feed.skip(1);
  // It would have to come from elsewhere.
  if ((feed.byte() & 32) !== 0) throw feed.corrupt('needs a dictionary');
  const sum = new Adler32();
  for (const chunk of inflater.stream()) {
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
