/** What is compressed: bytes that are read from anywhere in them. A `Source` is one. */
export interface Input {
  readonly size: number;
  read(at: number, length: number): Uint8Array;
}

/** The stream breaks its own rules, or ends too early. What was unpacked before it stands. */
export class Corrupt extends Error {
  override readonly name = 'Corrupt';
  /** Where in the input. */
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

/** The stream may be sound, but uses something that is not read here. */
export class Unsupported extends Corrupt {}

/**
 * Unpacks what comes in from where it stands, and leaves it standing behind the end of the stream. Yields at least once
 * for every few hundred kilobytes that it reads or makes, if need be nothing, so that whoever asks can stop. What is
 * yielded is good until the next is asked for. Throws `Corrupt`. Memory is bounded whatever the stream says.
 */
export type Codec = (feed: Feed) => Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

const CHUNK = 1 << 16;
const NOTHING = new Uint8Array(0);

/** Reads an input byte by byte. */
export class Feed {
  readonly #input: Input;
  readonly #end: number;
  #chunk: Uint8Array = NOTHING;
  #from: number;
  #i = 0;

  constructor(input: Input, at = 0, end = input.size) {
    this.#input = input;
    this.#end = Math.min(end, input.size);
    this.#from = Math.min(at, this.#end);
  }

  /** Where in the input the next byte is. */
  get at(): number {
    return this.#from + this.#i;
  }

  get left(): number {
    return this.#end - this.at;
  }

  /** The next byte, or -1 behind the last. */
  next(): number {
    if (this.#i >= this.#chunk.length && !this.#more()) return -1;
    return this.#chunk[this.#i++] as number;
  }

  byte(): number {
    const byte = this.next();
    if (byte < 0) throw this.corrupt('ends too early');
    return byte;
  }

  /** The next `length` bytes: a copy. `length` is one that the caller has bounded. */
  bytes(length: number): Uint8Array {
    if (length > this.left) throw this.corrupt('ends too early');
    const near = this.#chunk.subarray(this.#i, this.#i + length);
    const out = new Uint8Array(near.length === length ? near : this.#input.read(this.at, length));
    if (out.length < length) throw this.corrupt('cannot be read');
    this.skip(length);
    return out;
  }

  /** Moves on, or back where it is negative. */
  skip(length: number): void {
    const to = this.at + length;
    if (to > this.#end || to < 0) throw this.corrupt('ends too early');
    this.#i = to - this.#from;
    if (this.#i >= 0 && this.#i <= this.#chunk.length) return;
    this.#from = to;
    this.#i = 0;
    this.#chunk = NOTHING;
  }

  /** Little-endian. */
  u16(): number {
    return this.byte() | (this.byte() << 8);
  }

  /** Little-endian. */
  u32(): number {
    return (this.u16() | (this.u16() << 16)) >>> 0;
  }

  /** Little-endian; beyond 2^53 Infinity. */
  u64(): number {
    const low = this.u32();
    const high = this.u32();
    return high < 1 << 21 ? high * 2 ** 32 + low : Number.POSITIVE_INFINITY;
  }

  corrupt(message: string): Corrupt {
    return new Corrupt(message, this.at);
  }

  #more(): boolean {
    const at = this.at;
    if (at >= this.#end) return false;
    // A copy: what a source gives is good until its next read only, and that may be somebody else's.
    this.#chunk = new Uint8Array(this.#input.read(at, Math.min(CHUNK, this.#end - at)));
    this.#from = at;
    this.#i = 0;
    return this.#chunk.length > 0;
  }
}
