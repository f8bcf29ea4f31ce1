import { type Feed, Unsupported } from './feed.ts';

/** More of the past is not kept, so that memory is bounded: xz asks for no more at its highest level. */
const MOST = 64 << 20;
/** More than this is taken whole. */
const LARGE = 8 << 20;
/** So much is made before it is handed on. */
export const PIECE = 1 << 17;
/** No match of LZMA is longer. */
export const LONGEST = 273;

/** What was unpacked last: as much as the stream may look back to, and no more than there is. */
export class History {
  /** Bytes since it was last cleared. */
  all = 0;
  readonly #feed: Feed;
  /** As far as the stream may look back. */
  readonly #told: number;
  readonly #kept: number;
  #bytes: Uint8Array = new Uint8Array(1 << 12);
  #at = 0;
  #from = 0;

  constructor(feed: Feed, size: number) {
    this.#feed = feed;
    this.#told = Math.max(4096, size);
    this.#kept = Math.min(MOST, this.#told);
  }

  clear(): void {
    this.all = 0;
  }

  /** What was made since the last time. */
  made(): Uint8Array {
    const made = this.#bytes.subarray(this.#from, this.#at);
    this.#from = this.#at;
    return made;
  }

  /** Makes room for as many bytes. What was made before was taken. */
  room(length: number): void {
    const size = this.#bytes.length;
    if (this.#at + length <= size) return;
    const keep = Math.min(this.all, this.#kept);
    const past = this.#bytes.subarray(this.#at - keep, this.#at);
    // Moved only where much is left behind: so each byte is moved a few times at the most.
    const largest = Math.ceil(1.25 * this.#kept) + PIECE + LONGEST;
    if (keep + length > 0.8 * size && size < largest) {
      const wanted = 4 * Math.max(size, length);
      // From then on at once: memory that is not written to costs nothing, and no more is copied.
      this.#bytes = new Uint8Array(wanted > LARGE ? largest : Math.min(largest, wanted));
    }
    this.#bytes.set(past);
    this.#at = keep;
    this.#from = keep;
  }

  put(byte: number): void {
    this.#bytes[this.#at++] = byte;
    this.all++;
  }

  /** The byte that was made `distance` bytes ago; 1 is the last. */
  back(distance: number): number {
    this.#reach(distance);
    return this.#bytes[this.#at - distance] as number;
  }

  repeat(distance: number, length: number): void {
    this.#reach(distance);
    const bytes = this.#bytes;
    const from = this.#at - distance;
    if (distance >= length) bytes.copyWithin(this.#at, from, from + length);
    else for (let i = 0; i < length; i++) bytes[this.#at + i] = bytes[from + i] as number;
    this.#at += length;
    this.all += length;
  }

  #reach(distance: number): void {
    if (distance > this.all || distance > this.#told)
      throw this.#feed.corrupt('repeats what lies before its beginning');
    if (distance > this.#at)
      throw new Unsupported('repeats what lies too far back to be kept', this.#feed.at);
  }
}
