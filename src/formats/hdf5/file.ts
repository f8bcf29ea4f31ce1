import type { Part } from '../format.ts';
import { Cursor, Malformed } from '../source.ts';

export const SIGNATURE = '\x89HDF\r\n\x1a\n';
const PAUSE = 512;
/** Claims that are kept apart, to find what no structure reaches. */
const MOST = 4_000_000;

/** An HDF5 file as its parts are read: sizes of its numbers, and what has been claimed. */
export class H5 {
  readonly part: Part;
  /** Addresses count from here. */
  base = 0;
  offsets = 8;
  lengths = 8;
  /** Start and end of each stretch that a structure reaches, one after the other. */
  readonly ends: number[] = [];
  #steps = 0;

  constructor(part: Part) {
    this.part = part;
  }

  /** A cursor over at most `length` bytes. Throws `Malformed` where they begin outside of the file. */
  cursor(name: string, at: number, length: number): Cursor {
    const { size } = this.part.source;
    if (!(at >= 0 && at < size)) throw new Malformed(`the ${name} lies outside of the file`, at);
    return new Cursor(this.part.source, name, at, Math.min(size, at + length));
  }

  claim(as: 'parsed' | 'data', start: number, end: number): void {
    const { source, coverage } = this.part;
    if (!(end >= start && start >= 0 && end <= source.size))
      throw new Malformed('a part of the file lies outside of it', start);
    coverage.claim(as, start, end);
    const { ends } = this;
    if (ends.at(-1) === start) ends[ends.length - 1] = end;
    else if (ends.length < MOST) ends.push(start, end);
    else throw new Malformed('it has more parts than any file in use', start);
  }

  /** An address; undefined where it is none (all ones). */
  address(cursor: Cursor): number | undefined {
    const value = number(cursor, this.offsets);
    return value === undefined ? undefined : value + this.base;
  }

  /** A length; all ones is none. */
  length(cursor: Cursor): number {
    return number(cursor, this.lengths) ?? 0;
  }

  /** To be called at every step of anything whose number the file decides. */
  step(): Promise<void> | undefined {
    return ++this.#steps % PAUSE === 0 ? this.part.pause() : undefined;
  }
}

/** A little-endian number of 1 to 8 bytes; undefined where all bits are set. */
export function number(cursor: Cursor, size: number): number | undefined {
  let value = 0;
  let isNone = true;
  for (let i = 0, scale = 1; i < size; i++, scale *= 256) {
    const byte = cursor.u8();
    isNone &&= byte === 0xff;
    value += byte * scale;
  }
  return isNone ? undefined : value;
}

export function expect(cursor: Cursor, signature: string): void {
  const at = cursor.at;
  if (cursor.text(signature.length, 16) !== signature)
    throw new Malformed(`there is no ${signature} where one is named`, at);
}
