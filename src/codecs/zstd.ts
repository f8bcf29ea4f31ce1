import { Readable } from 'node:stream';
import { constants, createZstdDecompress } from 'node:zlib';
import type { Feed } from './feed.ts';

const PIECE = 1 << 16;
const SMALL = 1 << 10;
const FRAME = 0xfd2fb528;
const SKIPPED = 0x184d2a50;
/** 2^26 bytes of the past at the most, so that memory is bounded. */
const WINDOW_LOG = 26;
/** Bytes of the identity of a dictionary, and of the size, by their flags (RFC 8878, 3.1.1.1). */
const DICTIONARIES = [0, 1, 2, 4];
const SIZES = [0, 2, 4, 8];

/** Zstandard (RFC 8878): frames, skippable ones too, one after the other. */
export async function* zstd(feed: Feed): AsyncGenerator<Uint8Array> {
  while (atFrame(feed)) {
    const start = feed.at;
    let fault: unknown;
    try {
      // To begin with a frame costs more than to unpack a small one: of those, several are unpacked at once.
      for (let size = 0; size < SMALL && feed.at - start < PIECE && atFrame(feed); ) {
        const from = feed.at;
        yield* walk(feed);
        size = feed.at - from;
      }
    } catch (error) {
      fault = error;
    }
    const length = feed.at - start;
    feed.skip(-length);
    yield* unpack(feed, fault === undefined ? length : feed.left);
    if (fault !== undefined) throw fault;
  }
}

const isSkipped = (magic: number) => (magic & ~15) >>> 0 === SKIPPED;

function atFrame(feed: Feed): boolean {
  if (feed.left < 4) return false;
  const magic = feed.u32();
  feed.skip(-4);
  return magic === FRAME || isSkipped(magic);
}

const NOTHING = new Uint8Array(0);

/** To the end of a frame, from block to block: Node's decoder does not say where it stopped. */
function* walk(feed: Feed): Generator<Uint8Array> {
  if (isSkipped(feed.u32())) return feed.skip(feed.u32());
  const flags = feed.byte();
  const single = (flags & 32) !== 0;
  if ((flags & 8) !== 0) throw feed.corrupt('has reserved flags');
  const dictionary = feed
    .bytes(Number(!single) + (DICTIONARIES[flags & 3] as number))
    .subarray(Number(!single));
  if (dictionary.some((byte) => byte !== 0)) throw feed.corrupt('needs a dictionary');
  feed.skip(flags >> 6 === 0 && single ? 1 : (SIZES[flags >> 6] as number));
  for (let blocks = 1; ; blocks++) {
    const block = feed.u16() | (feed.byte() << 16);
    const kind = (block >> 1) & 3;
    if (kind === 3) throw feed.corrupt('has a block of no known kind');
    feed.skip(kind === 1 ? 1 : block >> 3);
    if ((block & 1) !== 0) break;
    if (blocks % 1024 === 0) yield NOTHING;
  }
  if ((flags & 4) !== 0) feed.skip(4);
}

/** By Node's decoder, which is asked for no more than is taken. */
async function* unpack(feed: Feed, length: number): AsyncGenerator<Uint8Array> {
  const pieces = function* () {
    for (let left = length; left > 0; left -= PIECE) yield feed.bytes(Math.min(left, PIECE));
  };
  const packed = Readable.from(pieces(), { objectMode: false });
  const stream = createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: WINDOW_LOG } });
  // A pipe passes on no errors, and would wait for ever.
  packed.on('error', (error) => stream.destroy(error));
  try {
    for await (const chunk of packed.pipe(stream)) yield chunk;
  } catch {
    throw feed.corrupt('breaks its own rules');
  } finally {
    packed.destroy();
    stream.destroy();
  }
}
