import { Cursor, Malformed, type Source } from '../source.ts';

/** Reads the numbers and texts of GGUF, whose widths hang on its version and whose order on whoever wrote it. */
export class GgufCursor {
  readonly version: number;
  readonly #cursor: Cursor;
  readonly #big: boolean;

  constructor(source: Source) {
    this.#cursor = new Cursor(source, 'GGUF file', 4);
    const little = this.#cursor.u32();
    // Version 3 may be big-endian: then the number of the version is as large as none.
    this.#big = little > 0xffff;
    this.version = this.#big ? swapped(little) : little;
    if (this.version < 1 || this.version > 3)
      throw new Malformed('it is of a version of GGUF that nobody knows', 4);
  }

  get at(): number {
    return this.#cursor.at;
  }

  get left(): number {
    return this.#cursor.left;
  }

  skip(bytes: number): void {
    this.#cursor.skip(bytes);
  }

  u32(): number {
    return this.#cursor.u32(this.#big);
  }

  u64(): number {
    return this.#cursor.u64(this.#big);
  }

  /** Counts and lengths had 32 bits at first. */
  count(): number {
    return this.version === 1 ? this.u32() : this.u64();
  }

  /** @param most bytes: what is longer is malformed */
  text(most: number): string {
    return this.#cursor.text(this.count(), most);
  }

  /** One number of a kind, as far as the bill of materials wants to know. */
  number(bytes: number): number {
    if (bytes === 1) return this.#cursor.u8();
    if (bytes === 2) return this.#cursor.u16(this.#big);
    return bytes === 4 ? this.u32() : this.u64();
  }
}

const swapped = (value: number): number =>
  (((value & 0xff) << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)) >>> 0;
