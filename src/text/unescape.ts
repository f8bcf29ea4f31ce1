import { entityPoint } from './entities.ts';
import { scratch, written } from './scratch.ts';
import { byOrigins, type SpanOf } from './spans.ts';
import type { ViewKind } from './view.ts';

/**
 * Escapes that stand for characters one by one, read in their place in one walk: percent signs of URLs, entities of
 * HTML, escapes of JSON, JavaScript, Python, C and CSS, quoted-printable. What is none stays as it is.
 */
export interface Unescaped {
  readonly text: string;
  readonly spanOf: SpanOf;
  /** The kind that there is most of. */
  readonly kind: ViewKind;
  /** Units of the source that stood for others. */
  readonly encoded: number;
}

const STARTS =
  /%[0-9a-fA-Fu][0-9a-fA-F]|&(?:#[0-9xX]|[A-Za-z]{2,15};)|\\(?:[uUx][0-9a-fA-F{]|[0-9][0-9a-fA-F])|=[0-9A-F]{2}|[uU]\+[0-9a-fA-F]{4}/;
/** One escape of code (`\x41`, `=3D`) is a curiosity; several are a message. */
const FEWEST: Readonly<Partial<Record<ViewKind, number>>> = { escape: 2, 'quoted-printable': 3 };

export function unescaped(text: string): Unescaped | undefined {
  if (!STARTS.test(text)) return;
  const walk = new Walk(text, undefined, undefined);
  const read = walk.run(ALL);
  // Kinds that are too few to be meant are left as they are.
  const kinds = ALL.filter((kind) => (walk.counts.get(kind) ?? 0) >= (FEWEST[kind] ?? 1));
  const [kind] = kinds.toSorted((a, b) => (walk.counts.get(b) ?? 0) - (walk.counts.get(a) ?? 0));
  if (kind === undefined) return;
  const all = kinds.length === walk.counts.size;
  const final = all ? walk : new Walk(text, undefined, undefined);
  const result = all ? read : final.run(kinds);
  const origins = () => {
    const starts = new Int32Array(text.length);
    const ends = new Int32Array(text.length);
    new Walk(text, starts, ends).run(kinds);
    return { starts: starts.subarray(0, result.length), ends: ends.subarray(0, result.length) };
  };
  return {
    text: result,
    spanOf: byOrigins(origins, { start: 0, end: text.length }),
    kind,
    encoded: final.encoded,
  };
}

const ALL: readonly ViewKind[] = ['html', 'url', 'escape', 'quoted-printable'];

/** The value of a hexadecimal digit; 255 for anything else. */
const HEX = Uint8Array.from({ length: 128 }, (_, code) => {
  const digit = '0123456789abcdef'.indexOf(String.fromCharCode(code).toLowerCase());
  return digit < 0 ? 255 : digit;
});
const hexAt = (text: string, at: number): number => HEX[text.charCodeAt(at)] ?? 255;

/** A character, if it is one that text has; escapes of controls and of half characters stay as they are. */
export function isCharacter(point: number): boolean {
  if (point === 9 || point === 10 || point === 13) return true;
  return (
    point >= 32 &&
    !(point >= 0x7f && point < 0xa0) &&
    point <= 0x10ffff &&
    !(point >= 0xd800 && point < 0xe000)
  );
}

const PERCENT = 0x25;
const AMPERSAND = 0x26;
const EQUALS = 0x3d;
const BACKSLASH = 0x5c;

class Walk {
  readonly counts = new Map<ViewKind, number>();
  encoded = 0;
  readonly #text: string;
  readonly #starts: Int32Array | undefined;
  readonly #ends: Int32Array | undefined;
  readonly #out: Uint16Array;
  #length = 0;
  /** What the escape at hand stands for, and where it ends. */
  #point = -1;
  #end = 0;

  constructor(text: string, starts: Int32Array | undefined, ends: Int32Array | undefined) {
    this.#text = text;
    this.#starts = starts;
    this.#ends = ends;
    this.#out = scratch(text.length);
  }

  run(kinds: readonly ViewKind[]): string {
    const text = this.#text;
    const out = this.#out;
    const [html, url, escapes, printable] = ALL.map((kind) => kinds.includes(kind));
    for (let i = 0; i < text.length; ) {
      const code = text.charCodeAt(i);
      let kind: ViewKind | undefined;
      if (code === AMPERSAND) kind = html && this.#entity(i) ? 'html' : undefined;
      else if (code === PERCENT) {
        if (escapes && text.charCodeAt(i + 1) === 117 && this.#digits(i + 2, 4)) kind = 'escape';
        else kind = url && this.#bytes(i, PERCENT) ? 'url' : undefined;
      } else if (code === BACKSLASH) kind = escapes && this.#backslash(i) ? 'escape' : undefined;
      else if (code === EQUALS) kind = printable && this.#printable(i) ? 'quoted-printable' : undefined;
      else if ((code | 32) === 117 && escapes && text.charCodeAt(i + 1) === 43)
        kind = this.#named(i) ? 'escape' : undefined;
      if (kind === undefined) {
        if (this.#starts !== undefined && this.#ends !== undefined) {
          this.#starts[this.#length] = i;
          this.#ends[this.#length] = i + 1;
        }
        out[this.#length++] = code;
        i++;
        continue;
      }
      // The line ends of quoted-printable prove nothing: many a line ends in an equals sign.
      this.counts.set(kind, (this.counts.get(kind) ?? 0) + (this.#point < 0 && code === EQUALS ? 0 : 1));
      this.encoded += this.#end - i;
      this.#put(this.#point, i, this.#end);
      i = this.#end;
    }
    return written(out, this.#length);
  }

  /** @param point -1 for nothing */
  #put(point: number, start: number, end: number): void {
    if (point < 0) return;
    if (point > 0xffff) {
      this.#unit(0xd7c0 + (point >> 10), start, end);
      this.#unit(0xdc00 + (point & 0x3ff), start, end);
    } else this.#unit(point, start, end);
  }

  #unit(unit: number, start: number, end: number): void {
    if (this.#starts !== undefined && this.#ends !== undefined) {
      this.#starts[this.#length] = start;
      this.#ends[this.#length] = end;
    }
    this.#out[this.#length++] = unit;
  }

  #found(point: number, end: number): boolean {
    this.#point = point;
    this.#end = end;
    return isCharacter(point);
  }

  /** So many hexadecimal digits. */
  #digits(at: number, size: number): boolean {
    let value = 0;
    for (let i = at; i < at + size; i++) {
      const digit = hexAt(this.#text, i);
      if (digit > 15) return false;
      value = value * 16 + digit;
    }
    return this.#found(value, at + size);
  }

  /** Up to so many, at least one. */
  #someDigits(at: number, most: number): boolean {
    let value = 0;
    let i = at;
    for (; i < at + most; i++) {
      const digit = hexAt(this.#text, i);
      if (digit > 15) break;
      value = value * 16 + digit;
    }
    return i > at && this.#found(value, i);
  }

  /** A character in UTF-8, each byte as `%41` or `=41`. */
  #bytes(at: number, sign: number): boolean {
    const first = this.#byte(at, sign);
    if (first < 0x80) return this.#found(first, at + 3);
    const more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc2 ? 1 : 0;
    if (more === 0) return false;
    let point = first & (0x3f >> more);
    for (let i = 1; i <= more; i++) {
      const next = this.#byte(at + 3 * i, sign);
      if (next < 0x80 || next > 0xbf) return false;
      point = (point << 6) | (next & 0x3f);
    }
    return this.#found(point, at + 3 * (more + 1));
  }

  #byte(at: number, sign: number): number {
    const high = hexAt(this.#text, at + 1);
    const low = hexAt(this.#text, at + 2);
    return this.#text.charCodeAt(at) !== sign || high > 15 || low > 15 ? -1 : high * 16 + low;
  }

  /** RFC 2045, 6.7: bytes, and line ends that are none. */
  #printable(at: number): boolean {
    const text = this.#text;
    const next = text.charCodeAt(at + 1);
    if (text.charCodeAt(at - 1) === EQUALS) return false;
    if (next === 10 || (next === 13 && text.charCodeAt(at + 2) === 10)) {
      this.#point = -1;
      this.#end = at + (next === 10 ? 2 : 3);
      return true;
    }
    return this.#bytes(at, EQUALS);
  }

  #backslash(at: number): boolean {
    const text = this.#text;
    const next = text.charCodeAt(at + 1);
    if (next === 117 && text.charCodeAt(at + 2) === 123)
      return this.#someDigits(at + 3, 6) && text.charCodeAt(this.#end) === 125 && ++this.#end > 0;
    if (next === 117) return this.#surrogates(at) || this.#digits(at + 2, 4);
    if (next === 120 && text.charCodeAt(at + 2) === 123)
      return this.#someDigits(at + 3, 6) && text.charCodeAt(this.#end) === 125 && ++this.#end > 0;
    if (next === 120) return this.#digits(at + 2, 2);
    if (next === 85) return this.#digits(at + 2, 8);
    if (this.#octal(at + 1)) return true;
    // CSS: up to six digits, and a space that ends them.
    if (!(next >= 48 && next <= 57) || hexAt(text, at + 2) > 15 || !this.#someDigits(at + 1, 6)) return false;
    if (text.charCodeAt(this.#end) === 32) this.#end++;
    return true;
  }

  #octal(at: number): boolean {
    let value = 0;
    for (let i = at; i < at + 3; i++) {
      const digit = this.#text.charCodeAt(i) - 48;
      if (!(digit >= 0 && digit <= 7)) return false;
      value = value * 8 + digit;
    }
    return value < 128 && hexAt(this.#text, at + 3) > 15 && this.#found(value, at + 3);
  }

  /** `\ud83d\ude00` is one character. */
  #surrogates(at: number): boolean {
    const text = this.#text;
    if (text.charCodeAt(at + 6) !== BACKSLASH || (text.charCodeAt(at + 2) | 32) !== 100) return false;
    const pair = Number.parseInt(text.slice(at + 2, at + 6), 16);
    const low = Number.parseInt(text.slice(at + 8, at + 12), 16);
    if (!(pair >= 0xd800 && pair < 0xdc00 && low >= 0xdc00 && low < 0xe000)) return false;
    return this.#found(0x10000 + ((pair - 0xd800) << 10) + (low - 0xdc00), at + 12);
  }

  /** `U+0041`, with the space or comma that sets it apart from the next. */
  #named(at: number): boolean {
    if (hexAt(this.#text, at + 5) > 15 || !this.#someDigits(at + 2, 6)) return false;
    const next = this.#text.charCodeAt(this.#end);
    const again = (this.#text.charCodeAt(this.#end + 1) | 32) === 117;
    if ((next === 32 || next === 44) && again) this.#end++;
    return true;
  }

  #entity(at: number): boolean {
    const text = this.#text;
    if (text.charCodeAt(at + 1) === 35) {
      if ((text.charCodeAt(at + 2) | 32) === 120) return this.#someDigits(at + 3, 6) && this.#semicolon();
      let value = 0;
      let i = at + 2;
      for (; i < at + 9; i++) {
        const digit = text.charCodeAt(i) - 48;
        if (!(digit >= 0 && digit <= 9)) break;
        value = value * 10 + digit;
      }
      return i > at + 2 && this.#found(value, i) && this.#semicolon();
    }
    // Without its semicolon `&copy` may be the parameter of a URL.
    let end = at + 1;
    while (end < at + 16 && (text.charCodeAt(end) | 32) >= 97 && (text.charCodeAt(end) | 32) <= 122) end++;
    if (end === at + 1 || text.charCodeAt(end) !== 59) return false;
    const point = entityPoint(text.slice(at + 1, end));
    if (point === undefined) return false;
    this.#point = point;
    this.#end = end + 1;
    return true;
  }

  #semicolon(): boolean {
    if (this.#text.charCodeAt(this.#end) === 59) this.#end++;
    return true;
  }
}
