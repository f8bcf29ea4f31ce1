import { BzipCrc } from './checksums.ts';
import { type Feed, Unsupported } from './feed.ts';
import { another } from './gzip.ts';

const BLOCK = [0x31, 0x41, 0x59, 0x26, 0x53, 0x59];
const END = [0x17, 0x72, 0x45, 0x38, 0x50, 0x90];
/** Symbols for each choice of a table. */
const GROUP = 50;
const LONGEST = 20;
const OUT = 1 << 16;
/** Of a block, at first. */
const ROOM = 1 << 12;

/** bzip2, one stream after the other; each block is checked before it counts as unpacked to its end. */
export function* bzip2(feed: Feed): Generator<Uint8Array> {
  const block = new Block(feed);
  do {
    // Streams may be empty, and very many.
    yield NOTHING;
    if (feed.byte() !== 0x42 || feed.byte() !== 0x5a || feed.byte() !== 0x68)
      throw feed.corrupt('does not begin as bzip2 does');
    const level = feed.byte() - 0x30;
    if (level < 1 || level > 9) throw feed.corrupt('has blocks of no known size');
    const bits = new Bits(feed);
    let sum = 0;
    for (;;) {
      const kind = Array.from({ length: 6 }, () => bits.take(8));
      const told = ((bits.take(16) << 16) | bits.take(16)) >>> 0;
      if (END.every((byte, i) => kind[i] === byte)) {
        if (told !== sum) throw feed.corrupt('has the wrong checksum');
        break;
      }
      if (!BLOCK.every((byte, i) => kind[i] === byte)) throw feed.corrupt('has a block of no known kind');
      block.read(bits, level * 100_000);
      const own = new BzipCrc();
      for (const chunk of block.unpacked()) {
        own.update(chunk);
        yield chunk;
      }
      if (own.value !== told) throw feed.corrupt('has a block with the wrong checksum');
      sum = (((sum << 1) | (sum >>> 31)) ^ told) >>> 0;
    }
  } while (another(feed, [0x42, 0x5a, 0x68]));
}

/** Bits, the highest of a byte first. */
class Bits {
  readonly feed: Feed;
  #hold = 0;
  #count = 0;

  constructor(feed: Feed) {
    this.feed = feed;
  }

  /** @param count at most 24 */
  take(count: number): number {
    while (this.#count < count) {
      this.#hold = (this.#hold << 8) | this.feed.byte();
      this.#count += 8;
    }
    this.#count -= count;
    return (this.#hold >>> this.#count) & ((1 << count) - 1);
  }

  /** The next `FAST` bits, which stay; zeros where there are no more. */
  peek(): number {
    while (this.#count < FAST) {
      const byte = this.feed.next();
      if (byte < 0) return (this.#hold << (FAST - this.#count)) & ((1 << FAST) - 1);
      this.#hold = (this.#hold << 8) | byte;
      this.#count += 8;
    }
    return (this.#hold >>> (this.#count - FAST)) & ((1 << FAST) - 1);
  }
}

const FAST = 10;

/** A code as bzip2 has it: short ones by table, long ones bit by bit; none is longer than 20. */
class Code {
  /** `symbol << 5 | length` by the next bits; 0 where the code is longer. */
  readonly #fast = new Uint16Array(1 << FAST);
  readonly #limit = new Int32Array(LONGEST + 2);
  readonly #base = new Int32Array(LONGEST + 2);
  readonly #symbols: Uint16Array;
  readonly #least: number;

  constructor(lengths: Uint8Array) {
    const counts = new Uint16Array(LONGEST + 2);
    for (const length of lengths) counts[length] = (counts[length] as number) + 1;
    this.#least = Math.min(...lengths);
    this.#symbols = new Uint16Array(lengths.length);
    let at = 0;
    for (let length = this.#least; length <= LONGEST; length++)
      for (let symbol = 0; symbol < lengths.length; symbol++)
        if (lengths[symbol] === length) this.#symbols[at++] = symbol;
    let code = 0;
    let index = 0;
    for (let length = this.#least; length <= LONGEST; length++) {
      const count = counts[length] as number;
      this.#limit[length] = code + count - 1;
      this.#base[length] = index - code;
      for (let i = 0; i < count && length <= FAST; i++) {
        const from = (code + i) << (FAST - length);
        this.#fast.fill(
          ((this.#symbols[index + i] as number) << 5) | length,
          from,
          from + (1 << (FAST - length)),
        );
      }
      code = (code + count) << 1;
      index += count;
    }
  }

  read(bits: Bits): number {
    const quick = this.#fast[bits.peek()] as number;
    if (quick !== 0) {
      bits.take(quick & 31);
      return quick >> 5;
    }
    let code = bits.take(this.#least);
    for (let length = this.#least; length <= LONGEST; length++) {
      if (code <= (this.#limit[length] as number)) {
        const symbol = this.#symbols[code + (this.#base[length] as number)];
        if (symbol === undefined) break;
        return symbol;
      }
      code = (code << 1) | bits.take(1);
    }
    throw bits.feed.corrupt('has a code that stands for nothing');
  }
}

const NOTHING = new Uint8Array(0);

/** One block after the other, in the same memory. */
class Block {
  #bits: Bits;
  #most = 0;
  /** The low byte is the sorted text; above it, once it is turned round, where the next is. */
  #sorted = new Uint32Array(0);
  readonly #out = new Uint8Array(OUT);
  #size = 0;
  #origin = 0;

  constructor(feed: Feed) {
    this.#bits = new Bits(feed);
  }

  /** @param most bytes of a block before runs are undone */
  read(bits: Bits, most: number): void {
    this.#bits = bits;
    this.#most = most;
    if (bits.take(1) === 1)
      throw new Unsupported('is randomised, as nothing has been since 1997', bits.feed.at);
    this.#origin = bits.take(24);
    const bytes = this.#alphabet();
    const groups = bits.take(3);
    const choices = bits.take(15);
    if (groups < 2 || groups > 6 || choices === 0) throw bits.feed.corrupt('has no codes');
    const chosen = this.#choices(groups, choices);
    const codes = Array.from({ length: groups }, () => this.#code(bytes.length + 2));
    this.#symbols(bytes, codes, chosen);
    if (this.#origin >= this.#size) throw bits.feed.corrupt('begins outside of its block');
    this.#turn();
  }

  #alphabet(): Uint8Array {
    const rows = this.#bits.take(16);
    const bytes: number[] = [];
    for (let row = 0; row < 16; row++) {
      if (((rows >> (15 - row)) & 1) === 0) continue;
      const columns = this.#bits.take(16);
      for (let column = 0; column < 16; column++)
        if (((columns >> (15 - column)) & 1) === 1) bytes.push(16 * row + column);
    }
    if (bytes.length === 0) throw this.#bits.feed.corrupt('has a block of no bytes');
    return Uint8Array.from(bytes);
  }

  #choices(groups: number, count: number): Uint8Array {
    const front = Array.from({ length: groups }, (_, i) => i);
    return new Uint8Array(count).map(() => {
      let place = 0;
      while (this.#bits.take(1) === 1)
        if (++place >= groups) throw this.#bits.feed.corrupt('chooses a code that is not there');
      const [one] = front.splice(place, 1) as [number];
      front.unshift(one);
      return one;
    });
  }

  #code(symbols: number): Code {
    const bits = this.#bits;
    let length = bits.take(5);
    return new Code(
      new Uint8Array(symbols).map(() => {
        for (;;) {
          if (length < 1 || length > LONGEST) throw bits.feed.corrupt('has a code of no possible length');
          if (bits.take(1) === 0) return length;
          length += bits.take(1) === 0 ? 1 : -1;
        }
      }),
    );
  }

  /** Move-to-front and runs undone: the sorted text. */
  #symbols(bytes: Uint8Array, codes: readonly Code[], chosen: Uint8Array): void {
    const { feed } = this.#bits;
    let sorted = this.#sorted;
    const end = bytes.length + 1;
    let size = 0;
    let run = 0;
    let weight = 1;
    for (let i = 0; ; i++) {
      const code = codes[chosen[Math.floor(i / GROUP)] as number];
      if (code === undefined) throw feed.corrupt('has more symbols than codes');
      const symbol = code.read(this.#bits);
      if (symbol <= 1) {
        run += weight << symbol;
        weight <<= 1;
        if (run > this.#most) throw feed.corrupt('has a block longer than it may be');
        continue;
      }
      if (run > 0) {
        if (size + run > this.#most) throw feed.corrupt('has a block longer than it may be');
        if (size + run > sorted.length) sorted = this.#grow(size + run);
        sorted.fill(bytes[0] as number, size, size + run);
        size += run;
        run = 0;
        weight = 1;
      }
      if (symbol === end) break;
      if (size >= this.#most) throw feed.corrupt('has a block longer than it may be');
      const byte = bytes[symbol - 1] as number;
      bytes.copyWithin(1, 0, symbol - 1);
      bytes[0] = byte;
      if (size === sorted.length) sorted = this.#grow(size + 1);
      sorted[size++] = byte;
    }
    this.#size = size;
  }

  /** A header may promise blocks of 900 KB that have ten bytes. */
  #grow(size: number): Uint32Array<ArrayBuffer> {
    const grown = new Uint32Array(Math.min(this.#most, Math.max(size, 2 * this.#sorted.length, ROOM)));
    grown.set(this.#sorted);
    this.#sorted = grown;
    return grown;
  }

  /** The Burrows–Wheeler transform undone: to each byte, which comes next. */
  #turn(): void {
    const sorted = this.#sorted;
    const sums = new Uint32Array(256);
    for (let i = 0; i < this.#size; i++) {
      const byte = (sorted[i] as number) & 255;
      sums[byte] = (sums[byte] as number) + 1;
    }
    let sum = 0;
    for (let byte = 0; byte < 256; byte++) {
      const count = sums[byte] as number;
      sums[byte] = sum;
      sum += count;
    }
    for (let i = 0; i < this.#size; i++) {
      const byte = (sorted[i] as number) & 255;
      const to = sums[byte] as number;
      sums[byte] = to + 1;
      sorted[to] = ((sorted[to] as number) | (i << 8)) >>> 0;
    }
  }

  /** Four bytes that are the same are followed by how many more there are. */
  *unpacked(): Generator<Uint8Array> {
    const sorted = this.#sorted;
    const out = this.#out;
    let next = (sorted[this.#origin] as number) >>> 8;
    let last = -1;
    let same = 0;
    let at = 0;
    for (let i = 0; i < this.#size; i++) {
      const word = sorted[next] as number;
      const byte = word & 255;
      next = word >>> 8;
      if (at > OUT - 256) {
        yield out.subarray(0, at);
        at = 0;
      }
      if (same === 4) {
        out.fill(last, at, at + byte);
        at += byte;
        same = 0;
        last = -1;
        continue;
      }
      same = byte === last ? same + 1 : 1;
      last = byte;
      out[at++] = byte;
    }
    yield out.subarray(0, at);
  }
}
