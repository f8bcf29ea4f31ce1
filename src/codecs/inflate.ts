import type { Feed } from './feed.ts';

/**
 * Deflate (RFC 1951) and Deflate64, chunk by chunk. Not `node:zlib`: an error there takes what was unpacked before it
 * along, and a loader that reads as it unpacks has run that by then; nor does it say where a stream ended.
 */
export function* inflate(feed: Feed, wide = false): Generator<Uint8Array> {
  const out = spare ?? new Uint8Array(OUT);
  spare = undefined;
  try {
    yield* new Inflater(feed, wide, out).stream();
  } finally {
    spare = out;
  }
}

/** What the last stream was unpacked into, for the next: an archive has thousands, most of them smaller than this by far. */
let spare: Uint8Array | undefined;

/** As ZIP has it: distances up to 64 KiB, and one length code for up to 65,538. */
export const inflate64 = (feed: Feed): Generator<Uint8Array> => inflate(feed, true);

const OUT = 1 << 18;
const WINDOW = 1 << 16;
/** No match is longer. */
const LONGEST = 65_538;
/** A run ends after so many blocks, too: very many may make nothing. */
const BLOCKS = 256;

const FAST = 10;
const FAST_MASK = (1 << FAST) - 1;

/** A canonical Huffman code: short codes by table, long ones bit by bit. */
class Huffman {
  readonly #counts = new Uint16Array(16);
  readonly #symbols: Uint16Array;
  /** `symbol << 4 | length` by the next bits; 0 where the code is longer. */
  readonly fast = new Uint16Array(1 << FAST);

  constructor(most: number) {
    this.#symbols = new Uint16Array(most);
  }

  /** False where there are more codes than fit, or too few; a lone code of one bit is fine (RFC 1951, 3.2.7). */
  build(lengths: Uint8Array): boolean {
    const counts = this.#counts.fill(0);
    for (const length of lengths) counts[length] = (counts[length] as number) + 1;
    const used = lengths.length - (counts[0] as number);
    counts[0] = 0;
    let left = 1;
    const first = new Uint16Array(17);
    const next = new Uint16Array(17);
    for (let length = 1; length < 16; length++) {
      left = 2 * left - (counts[length] as number);
      if (left < 0) return false;
      first[length + 1] = (first[length] as number) + (counts[length] as number);
      next[length + 1] = ((next[length] as number) + (counts[length] as number)) << 1;
    }
    this.fast.fill(0);
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      const length = lengths[symbol] as number;
      if (length === 0) continue;
      this.#symbols[first[length] as number] = symbol;
      first[length] = (first[length] as number) + 1;
      const code = next[length] as number;
      next[length] = code + 1;
      if (length > FAST) continue;
      for (let i = mirrored(code, length); i < 1 << FAST; i += 1 << length)
        this.fast[i] = (symbol << 4) | length;
    }
    return left === 0 || used === 0 || (used === 1 && counts[1] === 1);
  }

  /** `symbol << 4 | length` of the code that these bits begin with; 0 where there is none. */
  slow(bits: number): number {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length < 16; length++) {
      code |= (bits >>> (length - 1)) & 1;
      const count = this.#counts[length] as number;
      if (code - first < count) return ((this.#symbols[index + code - first] as number) << 4) | length;
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    return 0;
  }
}

function mirrored(code: number, length: number): number {
  let out = 0;
  for (let i = 0; i < length; i++) out |= ((code >>> i) & 1) << (length - 1 - i);
  return out;
}

/** For streams that follow one another: its tables and its window are made once. */
export class Inflater {
  readonly #feed: Feed;
  readonly #wide: boolean;
  readonly #out: Uint8Array;
  readonly #literals = new Huffman(288);
  readonly #distances = new Huffman(32);
  #at = 0;
  #told = 0;
  #all = 0;
  #hold = 0;
  #bits = 0;
  #inside: 'header' | 'stored' | 'codes' = 'header';
  #last = false;
  #stored = 0;

  /** @param out of {@link OUT} bytes, in which nobody else writes meanwhile */
  constructor(feed: Feed, wide = false, out: Uint8Array = new Uint8Array(OUT)) {
    this.#feed = feed;
    this.#wide = wide;
    this.#out = out;
  }

  /** The stream that begins where the feed stands. */
  *stream(): Generator<Uint8Array> {
    this.#at = this.#told = this.#all = this.#hold = this.#bits = 0;
    this.#inside = 'header';
    this.#last = false;
    for (let more = true; more; ) {
      try {
        more = this.#run();
      } catch (error) {
        yield this.#made();
        throw error;
      }
      yield this.#made();
    }
  }

  /** What the last run has made. */
  #made(): Uint8Array {
    const made = this.#out.subarray(this.#told, this.#at);
    this.#told = this.#at;
    return made;
  }

  /** Until there is much, or much was read, or nothing more comes: then false. */
  #run(): boolean {
    this.#slide();
    for (let blocks = 0; blocks < BLOCKS; ) {
      if (this.#inside === 'header') {
        if (this.#last) {
          // What was fetched and not used is not of this stream.
          this.#feed.skip(-(this.#bits >> 3));
          return false;
        }
        this.#header();
        blocks++;
      }
      const done = this.#inside === 'stored' ? this.#copy() : this.#decode();
      if (!done) return true;
      this.#inside = 'header';
    }
    return true;
  }

  #slide(): void {
    if (this.#at < OUT / 2) return;
    this.#out.copyWithin(0, this.#at - WINDOW, this.#at);
    this.#at = WINDOW;
    this.#told = WINDOW;
  }

  #header(): void {
    this.#last = this.#take(1) === 1;
    const type = this.#take(2);
    if (type === 0) {
      this.#take(this.#bits & 7);
      this.#stored = this.#take(16);
      if (this.#take(16) !== (~this.#stored & 0xffff))
        throw this.#feed.corrupt('has a stored block of two lengths');
      this.#inside = 'stored';
    } else if (type === 1) {
      this.#literals.build(FIXED);
      this.#distances.build(new Uint8Array(32).fill(5));
      this.#inside = 'codes';
    } else if (type === 2) {
      this.#tables();
      this.#inside = 'codes';
    } else throw this.#feed.corrupt('has a block of no known kind');
  }

  #tables(): void {
    const literals = this.#take(5) + 257;
    const distances = this.#take(5) + 1;
    const codes = this.#take(4) + 4;
    if (literals > 286 || (distances > 30 && !this.#wide)) throw this.#feed.corrupt('has too many codes');
    const order = new Uint8Array(19);
    for (let i = 0; i < codes; i++) order[ORDER[i] as number] = this.#take(3);
    const lengths = new Uint8Array(literals + distances);
    if (!this.#literals.build(order)) throw this.#feed.corrupt('has an impossible code');
    for (let i = 0; i < lengths.length; ) {
      const symbol = this.#symbol(this.#literals);
      if (symbol < 16) {
        lengths[i++] = symbol;
        continue;
      }
      if (symbol === 16 && i === 0) throw this.#feed.corrupt('repeats a length before the first');
      const value = symbol === 16 ? (lengths[i - 1] as number) : 0;
      const times =
        symbol === 16 ? 3 + this.#take(2) : symbol === 17 ? 3 + this.#take(3) : 11 + this.#take(7);
      if (i + times > lengths.length) throw this.#feed.corrupt('has more lengths than codes');
      lengths.fill(value, i, i + times);
      i += times;
    }
    if (lengths[256] === 0) throw this.#feed.corrupt('has a block without an end');
    if (
      !this.#literals.build(lengths.subarray(0, literals)) ||
      !this.#distances.build(lengths.subarray(literals))
    )
      throw this.#feed.corrupt('has an impossible code');
  }

  /** True where the block is over. */
  #copy(): boolean {
    while (this.#stored > 0 && this.#at < OUT) {
      this.#out[this.#at++] = this.#bits > 0 ? this.#take(8) : this.#feed.byte();
      this.#all++;
      this.#stored--;
    }
    return this.#stored === 0;
  }

  /** True where the block is over. What is used for every symbol is kept in variables: that is twice as quick. */
  #decode(): boolean {
    const out = this.#out;
    const feed = this.#feed;
    const fast = this.#literals.fast;
    let hold = this.#hold;
    let bits = this.#bits;
    let at = this.#at;
    let over = false;
    while (at <= OUT - LONGEST) {
      for (let byte = 0; bits < 15; bits += 8) {
        byte = feed.next();
        if (byte < 0) break;
        hold |= byte << bits;
      }
      const read = (fast[hold & FAST_MASK] as number) || this.#literals.slow(hold);
      const length = read & 15;
      if (length === 0) throw feed.corrupt('has a code that stands for nothing');
      if (length > bits) throw feed.corrupt('ends too early');
      hold >>>= length;
      bits -= length;
      const symbol = read >> 4;
      if (symbol < 256) {
        out[at++] = symbol;
        continue;
      }
      this.#hold = hold;
      this.#bits = bits;
      over = symbol === 256;
      if (over) break;
      this.#all += at - this.#at;
      this.#at = at;
      this.#match(symbol);
      hold = this.#hold;
      bits = this.#bits;
      at = this.#at;
    }
    this.#hold = hold;
    this.#bits = bits;
    this.#all += at - this.#at;
    this.#at = at;
    return over;
  }

  #match(symbol: number): void {
    const out = this.#out;
    const length = this.#length(symbol);
    const code = this.#symbol(this.#distances);
    if (code > 29 && !this.#wide) throw this.#feed.corrupt('has a distance of no known kind');
    const distance = (DISTANCE[code] as number) + this.#take(code < 4 ? 0 : (code >> 1) - 1);
    if (distance > this.#all || distance > this.#at)
      throw this.#feed.corrupt('repeats what lies before its beginning');
    const from = this.#at - distance;
    if (length > 32 && distance >= length) out.copyWithin(this.#at, from, from + length);
    else for (let i = 0; i < length; i++) out[this.#at + i] = out[from + i] as number;
    this.#at += length;
    this.#all += length;
  }

  #length(symbol: number): number {
    const code = symbol - 257;
    if (code > 28) throw this.#feed.corrupt('has a length of no known kind');
    if (code === 28) return this.#wide ? 3 + this.#take(16) : 258;
    return code < 8 ? 3 + code : (LENGTH[code] as number) + this.#take((code >> 2) - 1);
  }

  #symbol(code: Huffman): number {
    while (this.#bits < 15) {
      const byte = this.#feed.next();
      if (byte < 0) break;
      this.#hold |= byte << this.#bits;
      this.#bits += 8;
    }
    const read = (code.fast[this.#hold & FAST_MASK] as number) || code.slow(this.#hold);
    const length = read & 15;
    if (length === 0) throw this.#feed.corrupt('has a code that stands for nothing');
    if (length > this.#bits) throw this.#feed.corrupt('ends too early');
    this.#hold >>>= length;
    this.#bits -= length;
    return read >> 4;
  }

  /** @param count at most 16 */
  #take(count: number): number {
    while (this.#bits < count) {
      this.#hold |= this.#feed.byte() << this.#bits;
      this.#bits += 8;
    }
    const value = this.#hold & ((1 << count) - 1);
    this.#hold >>>= count;
    this.#bits -= count;
    return value;
  }
}

const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const FIXED = new Uint8Array(288).map((_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8));
const LENGTH = Uint16Array.from({ length: 29 }, (_, code) =>
  code < 8 ? 3 + code : 3 + ((4 + (code & 3)) << ((code >> 2) - 1)),
);
const DISTANCE = Uint32Array.from({ length: 32 }, (_, code) =>
  code < 4 ? 1 + code : 1 + ((2 + (code & 1)) << ((code >> 1) - 1)),
);
