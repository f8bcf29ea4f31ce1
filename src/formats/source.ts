/**
 * Bytes that are read from anywhere in them: a file, a member of an archive, bytes in memory. Readers ask for what they
 * need and keep little; nobody reads a file whole.
 */
export interface Source {
  readonly size: number;
  /** The bytes from `at` on: `length` of them, or as many as there are. Good until the next read of this source. */
  read(at: number, length: number): Uint8Array;
  /** The same into bytes that whoever reads very much keeps for the next time; how many there are. See `fill`. */
  fill?(at: number, into: Uint8Array): number;
}

/** Fills `into` with the bytes from `at` on, as far as there are any; how many there are. */
export function fill(source: Source, at: number, into: Uint8Array): number {
  if (source.fill !== undefined) return source.fill(at, into);
  const bytes = source.read(at, into.length);
  into.set(bytes);
  return bytes.length;
}

/** A file, or what is in it, is not what it should be: the reader stops here, and what it did not claim was not read. */
export class Malformed extends Error {
  override readonly name = 'Malformed';
  /** Where in the source. */
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

export class Bytes implements Source {
  readonly size: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.size = bytes.length;
  }

  read(at: number, length: number): Uint8Array {
    const from = Math.max(0, Math.min(at, this.size));
    return this.#bytes.subarray(from, Math.min(this.size, from + Math.max(0, length)));
  }
}

/** A part of a source, as a source. */
export class Slice implements Source {
  readonly size: number;
  readonly #whole: Source;
  readonly #start: number;

  constructor(whole: Source, start: number, end: number) {
    this.#whole = whole;
    this.#start = Math.max(0, Math.min(start, whole.size));
    this.size = Math.max(0, Math.min(end, whole.size) - this.#start);
  }

  read(at: number, length: number): Uint8Array {
    const from = Math.max(0, Math.min(at, this.size));
    return this.#whole.read(this.#start + from, Math.max(0, Math.min(length, this.size - from)));
  }

  fill(at: number, into: Uint8Array): number {
    const from = Math.max(0, Math.min(at, this.size));
    return fill(this.#whole, this.#start + from, into.subarray(0, this.size - from));
  }
}

/** Well below what a file is read by at once, or every step would read it anew. */
const WINDOW = 1 << 16;

/**
 * Reads a source from front to back, number by number. Throws `Malformed` where it ends too early. What a file says of
 * its own lengths is compared with what is there before anything is kept.
 */
export class Cursor {
  readonly source: Source;
  readonly #end: number;
  readonly #name: string;
  #window: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(new ArrayBuffer(0));
  /** Where the window begins in the source. */
  #from = 0;
  #at: number;

  /** @param name of what is read, for messages */
  constructor(source: Source, name: string, at = 0, end = source.size) {
    this.source = source;
    this.#name = name;
    this.#at = at;
    this.#end = Math.min(end, source.size);
  }

  get at(): number {
    return this.#at;
  }

  get left(): number {
    return this.#end - this.#at;
  }

  seek(at: number): void {
    if (!(at >= 0 && at <= this.#end))
      throw new Malformed(`the ${this.#name} points outside of itself`, this.#at);
    this.#at = at;
  }

  skip(length: number): void {
    this.#need(length);
    this.#at += length;
  }

  /** A copy. Longer than `most` is malformed: no reader keeps more than it has use for. */
  bytes(length: number, most: number): Uint8Array {
    if (length > most)
      throw new Malformed(
        `the ${this.#name} has a part of ${length} bytes, longer than any in use`,
        this.#at,
      );
    const i = this.#take(length);
    return new Uint8Array(this.#window.subarray(i, i + length));
  }

  /** UTF-8; what is not UTF-8 becomes U+FFFD. */
  text(length: number, most: number): string {
    return UTF8.decode(this.bytes(length, most));
  }

  u8(): number {
    const i = this.#take(1);
    return this.#window[i] as number;
  }

  u16(big = false): number {
    const i = this.#take(2);
    return this.#view.getUint16(i, !big);
  }

  u32(big = false): number {
    const i = this.#take(4);
    return this.#view.getUint32(i, !big);
  }

  i32(big = false): number {
    const i = this.#take(4);
    return this.#view.getInt32(i, !big);
  }

  /** Beyond 2^53 it is no length of anything: Infinity. */
  u64(big = false): number {
    const i = this.#take(8);
    const value = this.#view.getBigUint64(i, !big);
    return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : Number.POSITIVE_INFINITY;
  }

  f32(big = false): number {
    const i = this.#take(4);
    return this.#view.getFloat32(i, !big);
  }

  f64(big = false): number {
    const i = this.#take(8);
    return this.#view.getFloat64(i, !big);
  }

  /** Moves on by `length` and says where in the window it was. */
  #take(length: number): number {
    this.#need(length);
    let i = this.#at - this.#from;
    if (i < 0 || i + length > this.#window.length) {
      this.#window = this.source.read(this.#at, Math.max(length, Math.min(WINDOW, this.left)));
      if (this.#window.length < length) throw new Malformed(`the ${this.#name} could not be read`, this.#at);
      this.#view = new DataView(this.#window.buffer, this.#window.byteOffset, this.#window.byteLength);
      this.#from = this.#at;
      i = 0;
    }
    this.#at += length;
    return i;
  }

  #need(length: number): void {
    if (!(length >= 0 && length <= this.left))
      throw new Malformed(`the ${this.#name} ends too early`, this.#at);
  }
}

const UTF8 = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });
