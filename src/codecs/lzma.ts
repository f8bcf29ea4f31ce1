import type { Feed } from './feed.ts';
import { Decoder } from './lzma-decoder.ts';
import { History } from './lzma-history.ts';

/** `.lzma`, "LZMA alone": properties, dictionary size, size (or all ones: until a mark), and the stream. */
export function* lzmaAlone(feed: Feed): Generator<Uint8Array> {
  const properties = feed.byte();
  const dictionary = feed.u32();
  const size = feed.bytes(8);
  feed.skip(-8);
  const told = feed.u64();
  yield* stream(feed, properties, dictionary, size.every((byte) => byte === 255) ? undefined : told);
}

/**
 * LZMA as ZIP has it (APPNOTE 5.8): a version, the length of the properties, and those.
 *
 * @param size what the directory says it makes; undefined where a mark ends it
 */
export function* lzmaInZip(feed: Feed, size: number | undefined): Generator<Uint8Array> {
  feed.skip(2);
  if (feed.u16() !== 5) throw feed.corrupt('has impossible properties');
  const properties = feed.byte();
  yield* stream(feed, properties, feed.u32(), size);
}

function* stream(
  feed: Feed,
  properties: number,
  dictionary: number,
  size: number | undefined,
): Generator<Uint8Array> {
  const history = new History(feed, dictionary);
  const decoder = new Decoder(feed, history);
  decoder.properties(properties);
  decoder.begin();
  let left = size ?? Number.POSITIVE_INFINITY;
  for (let more = true; more && left > 0; ) {
    try {
      more = decoder.decode(left);
    } catch (error) {
      yield history.made();
      throw error;
    }
    const made = history.made();
    left -= made.length;
    yield made;
    if (!more && size !== undefined && left > 0) throw feed.corrupt('makes less than it says');
    if (!more && !decoder.over) throw feed.corrupt('does not end as LZMA does');
  }
  // A stream of a known size may have the mark nevertheless.
  if (left === 0 && !decoder.over && decoder.decode(1)) throw feed.corrupt('makes more than it says');
}

/** LZMA2: chunks of LZMA and of bytes as they are, with resets between them, up to a chunk that says it is the last. */
export function* lzma2(feed: Feed, dictionary: number): Generator<Uint8Array> {
  const history = new History(feed, dictionary);
  const decoder = new Decoder(feed, history);
  let needs: 'dictionary' | 'properties' | 'state' | undefined = 'dictionary';
  for (;;) {
    const control = feed.byte();
    if (control === 0) return;
    const reset = control >= 0x80 ? (control >> 5) & 3 : control === 1 ? 3 : 0;
    if (control > 2 && control < 0x80) throw feed.corrupt('has a chunk of no known kind');
    if (reset === 3) history.clear();
    else if (needs === 'dictionary') throw feed.corrupt('begins in the middle');
    if (control < 0x80) {
      if (needs === 'dictionary') needs = 'properties';
      let left = 1 + ((feed.byte() << 8) | feed.byte());
      history.room(left);
      for (; left > 0; left--) history.put(feed.byte());
      yield history.made();
      continue;
    }
    let left = 1 + ((control & 31) << 16) + ((feed.byte() << 8) | feed.byte());
    const packed = 1 + ((feed.byte() << 8) | feed.byte());
    if (reset >= 2) decoder.properties(lzma2Properties(feed));
    else if (needs === 'properties' || needs === 'dictionary' || (needs === 'state' && reset === 0))
      throw feed.corrupt('begins in the middle');
    else if (reset === 1) decoder.reset();
    needs = undefined;
    const end = feed.at + packed;
    decoder.begin();
    while (left > 0) {
      try {
        if (!decoder.decode(left)) throw feed.corrupt('ends within a chunk');
      } catch (error) {
        yield history.made();
        throw error;
      }
      const made = history.made();
      left -= made.length;
      yield made;
      if (feed.at > end) break;
    }
    if (feed.at !== end || !decoder.over) throw feed.corrupt('has a chunk of another length than it says');
  }
}

function lzma2Properties(feed: Feed): number {
  const byte = feed.byte();
  if ((byte % 9) + (Math.floor(byte / 9) % 5) > 4) throw feed.corrupt('has impossible properties');
  return byte;
}
