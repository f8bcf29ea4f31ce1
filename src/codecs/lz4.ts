import { XxHash32 } from './checksums.ts';
import type { Feed } from './feed.ts';

const FRAME = 0x184d2204;
const LEGACY = 0x184c2102;
const SKIPPED = 0x184d2a50;
const WINDOW = 1 << 16;
const LEGACY_BLOCK = 8 << 20;

/** LZ4 frames (lz4_Frame_format.md 1.6), legacy and skippable ones too, one after the other. */
export function* lz4(feed: Feed): Generator<Uint8Array> {
  const window = new Window();
  do {
    const magic = feed.u32();
    if (magic === FRAME) yield* frame(feed, window);
    else if (magic === LEGACY) yield* legacy(feed, window);
    else if (skippable(magic)) feed.skip(feed.u32());
    else throw feed.corrupt('does not begin as LZ4 does');
    yield NOTHING;
  } while (feed.left >= 4 && known(feed));
}

const NOTHING = new Uint8Array(0);
const skippable = (magic: number) => (magic & ~15) >>> 0 === SKIPPED;

function known(feed: Feed): boolean {
  const magic = feed.u32();
  feed.skip(-4);
  return magic === FRAME || magic === LEGACY || skippable(magic);
}

function* frame(feed: Feed, window: Window): Generator<Uint8Array> {
  const begin = feed.at;
  const flags = feed.byte();
  const sizes = feed.byte();
  if (flags >> 6 !== 1 || (flags & 2) !== 0) throw feed.corrupt('is of no known version');
  const block = (sizes >> 4) & 7;
  if (block < 4 || (sizes & 0x8f) !== 0) throw feed.corrupt('has blocks of no known size');
  const told = (flags & 8) !== 0 ? feed.u64() : undefined;
  if ((flags & 1) !== 0) throw feed.corrupt('needs a dictionary');
  const header = new XxHash32();
  const length = feed.at - begin;
  feed.skip(-length);
  header.update(feed.bytes(length));
  if (feed.byte() !== ((header.value >>> 8) & 255))
    throw feed.corrupt('has the wrong checksum in its header');
  window.begin(1 << (8 + 2 * block));
  const sum = new XxHash32();
  let size = 0;
  for (;;) {
    const word = feed.u32();
    if (word === 0) break;
    const packed = word & 0x7fffffff;
    if (packed > window.block) throw feed.corrupt('has a block longer than it may be');
    const bytes = feed.bytes(packed);
    if ((flags & 16) !== 0) {
      const own = new XxHash32();
      own.update(bytes);
      if (feed.u32() !== own.value) throw feed.corrupt('has a block with the wrong checksum');
    }
    const chunk = word >>> 31 === 1 ? window.copy(bytes) : window.unpack(bytes, (flags & 32) === 0, feed);
    sum.update(chunk);
    size += chunk.length;
    yield chunk;
  }
  if (told !== undefined && told !== size) throw feed.corrupt('says the wrong size');
  if ((flags & 4) !== 0 && feed.u32() !== sum.value) throw feed.corrupt('has the wrong checksum');
}

/** The frame before there were frames: blocks until the file ends, or another frame begins. */
function* legacy(feed: Feed, window: Window): Generator<Uint8Array> {
  window.begin(LEGACY_BLOCK);
  while (feed.left >= 4 && !known(feed)) {
    const packed = feed.u32();
    if (packed > LEGACY_BLOCK + LEGACY_BLOCK / 255 + 16)
      throw feed.corrupt('has a block longer than it may be');
    yield window.unpack(feed.bytes(packed), false, feed);
  }
}

/** The last 64 KiB, and room for a block: for one frame after the other. */
class Window {
  block = 0;
  #bytes = new Uint8Array(0);
  #end = 0;

  /** @param block bytes of the longest */
  begin(block: number): void {
    this.block = block;
    this.#end = 0;
    if (this.#bytes.length < WINDOW + block) this.#bytes = new Uint8Array(WINDOW + block);
  }

  copy(bytes: Uint8Array): Uint8Array {
    const start = this.#slide();
    this.#bytes.set(bytes, start);
    this.#end = start + bytes.length;
    return this.#bytes.subarray(start, this.#end);
  }

  /** @param linked repeats may lie in the blocks before */
  unpack(block: Uint8Array, linked: boolean, feed: Feed): Uint8Array {
    const start = this.#slide();
    const out = this.#bytes;
    const most = start + this.block;
    const first = linked ? 0 : start;
    let at = start;
    let i = 0;
    const long = (length: number) => {
      let sum = length;
      for (let more = 255; more === 255; sum += more) {
        if (i >= block.length) throw feed.corrupt('has a block that ends too early');
        more = block[i++] as number;
      }
      return sum;
    };
    while (i < block.length) {
      const token = block[i++] as number;
      const literals = token >> 4 === 15 ? long(15) : token >> 4;
      if (i + literals > block.length) throw feed.corrupt('has a block that ends too early');
      if (at + literals > most) throw feed.corrupt('has a block longer than it may be');
      out.set(block.subarray(i, i + literals), at);
      i += literals;
      at += literals;
      if (i === block.length) break;
      const distance = (block[i] as number) | ((block[i + 1] as number) << 8);
      i += 2;
      if (i > block.length) throw feed.corrupt('has a block that ends too early');
      const length = 4 + ((token & 15) === 15 ? long(15) : token & 15);
      const from = at - distance;
      if (distance === 0 || from < first) throw feed.corrupt('repeats what lies before its beginning');
      if (at + length > most) throw feed.corrupt('has a block longer than it may be');
      if (distance >= length) out.copyWithin(at, from, from + length);
      else for (let k = 0; k < length; k++) out[at + k] = out[from + k] as number;
      at += length;
    }
    this.#end = at;
    return out.subarray(start, at);
  }

  /** Keeps the last 64 KiB at the front; where the next block begins. */
  #slide(): number {
    if (this.#end > WINDOW) {
      this.#bytes.copyWithin(0, this.#end - WINDOW, this.#end);
      this.#end = WINDOW;
    }
    return this.#end;
  }
}
