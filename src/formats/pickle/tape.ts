import { Bytes, fill, type Source } from '../source.ts';

/** More than any opcode with a fixed argument or a length needs. */
export const HEAD = 16;

/** A window on the source that moves on as it is read: the machine's own, since others read the source meanwhile. */
export class Tape {
  readonly source: Source;
  readonly buffer: Uint8Array;
  readonly #isWhole: boolean;
  /** Where the window begins in the source. */
  base = 0;
  /** Bytes in the window. */
  limit = 0;
  /** Where in the window the next byte is. */
  i = 0;

  constructor(source: Source, window: number) {
    this.source = source;
    // What is in memory as a whole is its own window, and never moves.
    this.#isWhole = source instanceof Bytes;
    this.buffer = this.#isWhole
      ? source.read(0, source.size)
      : new Uint8Array(Math.min(window, Math.max(HEAD, source.size)));
    if (this.#isWhole) this.limit = source.size;
  }

  get at(): number {
    return this.base + this.i;
  }

  /** The window begins at `at`. */
  move(at: number): void {
    if (this.#isWhole) {
      this.i = Math.min(at, this.limit);
      return;
    }
    this.base = Math.min(at, this.source.size);
    this.i = 0;
    this.limit = fill(this.source, this.base, this.buffer);
  }

  seek(at: number): void {
    if (at >= this.base && at + HEAD <= this.base + this.limit) this.i = at - this.base;
    else this.move(at);
  }

  /** Whether the window holds what lies between two places. */
  holds(from: number, to: number): boolean {
    return from >= this.base && to <= this.base + this.limit;
  }

  /** A whole number in decimal digits and nothing else; undefined where it is written in any other way, or long. */
  digits(from: number, to: number): number | undefined {
    if (to - from > 15 || to === from || !this.holds(from, to)) return undefined;
    let value = 0;
    for (let i = from - this.base; i < to - this.base; i++) {
      const digit = (this.buffer[i] as number) - 0x30;
      if (digit < 0 || digit > 9) return undefined;
      value = value * 10 + digit;
    }
    return value;
  }

  /** A copy of what lies between two places, where the window holds them; else as much as the source gives. */
  slice(from: number, to: number): Uint8Array {
    if (this.holds(from, to)) return this.buffer.slice(from - this.base, to - this.base);
    return Uint8Array.from(this.source.read(from, to - from));
  }

  /** Where the newline at or after `from` is; -1 where there is none. */
  newline(from: number): number {
    let at = from;
    for (;;) {
      this.seek(at);
      const found = this.buffer.indexOf(0x0a, this.i);
      if (found >= 0 && found < this.limit) return this.base + found;
      if (this.base + this.limit >= this.source.size) return -1;
      at = this.base + this.limit;
    }
  }
}
