import { Cursor, Malformed, type Source } from '../source.ts';

/** Numbers and texts as one of the three ways to write R's objects has them (R Internals, 1.8). */
export interface Wire {
  readonly at: number;
  int(): number;
  /** Passes over so many integers, doubles or bytes. */
  skip(kind: 'int' | 'double' | 'raw', count: number): void;
  /** UTF-8; what is longer than `most` bytes is cut. */
  text(length: number, most: number): string;
}

/** XDR, or the order of whoever wrote it. */
export class BinaryWire implements Wire {
  readonly #cursor: Cursor;
  readonly #big: boolean;

  constructor(source: Source, at: number, big: boolean) {
    this.#cursor = new Cursor(source, 'R file', at);
    this.#big = big;
  }

  get at(): number {
    return this.#cursor.at;
  }

  int(): number {
    return this.#cursor.i32(this.#big);
  }

  skip(kind: 'int' | 'double' | 'raw', count: number): void {
    this.#cursor.skip(count * (kind === 'int' ? 4 : kind === 'double' ? 8 : 1));
  }

  text(length: number, most: number): string {
    if (length < 0 || length > this.#cursor.left)
      throw new Malformed('a text is longer than the file', this.at);
    const text = this.#cursor.text(Math.min(length, most), most);
    this.#cursor.skip(Math.max(0, length - most));
    return text;
  }
}

const LONGEST_WORD = 128;
const ESCAPES: Readonly<Record<string, number>> = { n: 10, t: 9, v: 11, b: 8, r: 13, f: 12, a: 7 };

/** Words between blanks; texts with escapes. */
export class AsciiWire implements Wire {
  readonly #cursor: Cursor;

  constructor(source: Source, at: number) {
    this.#cursor = new Cursor(source, 'R file', at);
  }

  get at(): number {
    return this.#cursor.at;
  }

  int(): number {
    const word = this.#word();
    if (word === 'NA') return -(2 ** 31);
    if (!/^-?\d{1,10}$/.test(word)) throw new Malformed('a number is none', this.at);
    return Number(word);
  }

  skip(kind: 'int' | 'double' | 'raw', count: number): void {
    if (!(count <= this.#cursor.left)) throw new Malformed('a vector is longer than the file', this.at);
    for (let i = 0; i < count; i++) {
      const word = this.#word();
      if (
        kind === 'raw'
          ? !/^[0-9a-f]{2}$/.test(word)
          : !/^(?:NA|NaN|-?Inf|-?[\d.]+(?:e[+-]?\d+)?|-?0x[\da-f.]+(?:p[+-]?\d+)?)$/i.test(word)
      )
        throw new Malformed('a number is none', this.at);
    }
  }

  text(length: number, most: number): string {
    if (length < 0 || length > this.#cursor.left)
      throw new Malformed('a text is longer than the file', this.at);
    const bytes: number[] = [];
    let first = length === 0 ? 0 : this.#afterBlanks();
    for (let i = 0; i < length; i++) {
      const byte = i === 0 ? first : this.#cursor.u8();
      first = byte;
      const value = byte === 0x5c ? this.#escape() : byte;
      if (bytes.length < most) bytes.push(value);
    }
    return Buffer.from(bytes).toString('utf8');
  }

  #escape(): number {
    const char = String.fromCharCode(this.#cursor.u8());
    if (!/[0-7]/.test(char)) return ESCAPES[char] ?? char.charCodeAt(0);
    let digits = char;
    while (digits.length < 3 && this.#cursor.left > 0) {
      const next = String.fromCharCode(this.#cursor.u8());
      if (!/[0-7]/.test(next)) {
        this.#cursor.seek(this.#cursor.at - 1);
        break;
      }
      digits += next;
    }
    return Number.parseInt(digits, 8) & 0xff;
  }

  #afterBlanks(): number {
    let byte = this.#cursor.u8();
    while (byte <= 0x20) byte = this.#cursor.u8();
    return byte;
  }

  #word(): string {
    let word = '';
    for (let byte = this.#afterBlanks(); byte > 0x20; byte = this.#cursor.u8()) {
      word += String.fromCharCode(byte);
      if (word.length > LONGEST_WORD) throw new Malformed('a number is too long', this.at);
      if (this.#cursor.left === 0) break;
    }
    return word;
  }
}
