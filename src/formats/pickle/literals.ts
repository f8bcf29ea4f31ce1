import { shown } from '../../findings/finding.ts';
import type { Source } from '../source.ts';
import { ARGUMENT, KIND, OP, SIZE } from './opcodes.ts';

/** Names and arguments are shorter; what is longer is not read for what it says. */
const LONGEST = 1 << 16;
/** Literals that are read again, so that a file cannot make the reader jump about in it for ever. */
const READS = 300_000;
const REMEMBERED = 4096;

const BYTES = new Set<number>([OP.BINBYTES, OP.SHORT_BINBYTES, OP.BINBYTES8, OP.BYTEARRAY8]);
/** Of Python 2: text there, text in a codec here. */
const STRINGS = new Set<number>([OP.STRING, OP.BINSTRING, OP.SHORT_BINSTRING]);
const UNICODE = new Set<number>([OP.UNICODE, OP.BINUNICODE, OP.SHORT_BINUNICODE, OP.BINUNICODE8]);

/** Where in the source the bytes of a literal are. */
export interface Extent {
  readonly op: number;
  readonly start: number;
  readonly end: number;
}

/** Reads what literals say, each at the offset of its opcode. */
export class Literals {
  readonly #source: Source;
  readonly #known = new Map<number, string>();
  #reads = 0;

  constructor(source: Source) {
    this.#source = source;
  }

  /** Undefined where it has no bytes of its own, or no more are read. */
  extent(at: number): Extent | undefined {
    if (at < 0 || ++this.#reads > READS) return undefined;
    const head = this.#source.read(at, 9);
    const op = head[0];
    if (op === undefined) return undefined;
    const kind = KIND[op];
    const size = SIZE[op] as number;
    if (kind === ARGUMENT.fixed) return { op, start: at + 1, end: at + 1 + size };
    if (kind === ARGUMENT.counted) {
      const start = at + 1 + size;
      return { op, start, end: start + little(head, 1, size) };
    }
    if (kind !== ARGUMENT.line) return { op, start: at + 1, end: at + 1 };
    const line = this.#source.read(at + 1, LONGEST);
    const end = line.indexOf(0x0a);
    return end < 0 ? undefined : { op, start: at + 1, end: at + 1 + end };
  }

  /** Text, or bytes as Latin-1. Undefined where it is neither, or too long to be a name. */
  text(at: number): string | undefined {
    const known = this.#known.get(at);
    if (known !== undefined) return known;
    const extent = this.extent(at);
    if (extent === undefined || extent.end - extent.start > LONGEST) return undefined;
    const text = textOf(
      extent.op,
      Uint8Array.from(this.#source.read(extent.start, extent.end - extent.start)),
    );
    if (text !== undefined && text.length < 256) {
      if (this.#known.size >= REMEMBERED) this.#known.clear();
      this.#known.set(at, text);
    }
    return text;
  }

  bytes(at: number, longest: number): Uint8Array | undefined {
    const extent = this.extent(at);
    if (extent === undefined || extent.end - extent.start > longest) return undefined;
    if (!BYTES.has(extent.op) && !STRINGS.has(extent.op)) return undefined;
    return Uint8Array.from(this.#source.read(extent.start, extent.end - extent.start));
  }

  /** Undefined where it is no whole number, or one beyond 2^53. */
  int(at: number): number | undefined {
    const extent = this.extent(at);
    if (extent === undefined) return undefined;
    const { op, start, end } = extent;
    if (op === OP.NEWTRUE) return 1;
    if (op === OP.NEWFALSE) return 0;
    const bytes = this.#source.read(start, Math.min(end - start, 32));
    if (op === OP.BININT1 || op === OP.BININT2) return little(bytes, 0, SIZE[op] as number);
    if (op === OP.BININT) return little(bytes, 0, 4) | 0;
    if (op === OP.LONG1 || op === OP.LONG4) return signed(bytes, end - start);
    return op === OP.INT || op === OP.LONG ? lineNumber(ascii(bytes)) : undefined;
  }

  /** The name of its type. */
  type(at: number): string {
    const op = this.#source.read(at, 1)[0] ?? OP.NONE;
    if (BYTES.has(op)) return op === OP.BYTEARRAY8 ? 'bytearray' : 'bytes';
    if (UNICODE.has(op) || STRINGS.has(op)) return 'str';
    if (op === OP.FLOAT || op === OP.BINFLOAT) return 'float';
    if (op === OP.NEWTRUE || op === OP.NEWFALSE) return 'bool';
    if (op === OP.EMPTY_TUPLE) return 'tuple';
    return op === OP.NONE ? 'NoneType' : 'int';
  }

  /** As it would stand in Python, cut short. */
  shown(at: number): string {
    const extent = this.extent(at);
    if (extent === undefined) return '…';
    const { op, start, end } = extent;
    if (op === OP.NONE) return 'None';
    if (op === OP.NEWTRUE || op === OP.NEWFALSE) return op === OP.NEWTRUE ? 'True' : 'False';
    if (op === OP.EMPTY_TUPLE) return '()';
    const number = this.int(at);
    if (number !== undefined) return `${number}`;
    const bytes = Uint8Array.from(this.#source.read(start, Math.min(end - start, 400)));
    if (op === OP.BINFLOAT) return `${new DataView(bytes.buffer).getFloat64(0)}`;
    if (op === OP.FLOAT) return shown(bytes, 24);
    const text = textOf(op, bytes);
    if (text === undefined) return '…';
    return `${BYTES.has(op) ? 'b' : ''}'${shown(text, 160)}'`;
  }
}

export const little = (bytes: Uint8Array, at: number, size: number): number => {
  let value = 0;
  for (let i = size - 1; i >= 0; i--) value = value * 256 + (bytes[at + i] ?? 0);
  return value;
};

function signed(bytes: Uint8Array, size: number): number | undefined {
  if (size === 0) return 0;
  if (size > bytes.length) return undefined;
  let value = 0n;
  for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] as number);
  const number = Number(BigInt.asIntN(8 * size, value));
  return Number.isSafeInteger(number) ? number : undefined;
}

/** As int() of Python reads a line: blanks around it, underscores in it, and `L` after it are all right. */
export function lineNumber(line: string): number | undefined {
  const digits = line.trim().replace(/L$/, '');
  if (!/^[+-]?(?:\d+(?:_\d+)*|0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+)$/.test(digits)) return undefined;
  const plain = digits.replaceAll('_', '').replace(/^\+/, '');
  const number = plain.startsWith('-') ? -Number(plain.slice(1)) : Number(plain);
  return Number.isSafeInteger(number) ? number : undefined;
}

/** Byte by byte (Latin-1). */
export const ascii = (bytes: Uint8Array, start = 0, end = bytes.length): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');

const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });
/** Names are short and ASCII, and the decoder is slow to start. */
export const utf8 = (bytes: Uint8Array): string =>
  bytes.length < 64 && bytes.every((byte) => byte < 0x80) ? ascii(bytes) : UTF8.decode(bytes);

function textOf(op: number, bytes: Uint8Array): string | undefined {
  if (op === OP.UNICODE) return unescaped(ascii(bytes), /\\(?:u([\da-fA-F]{4})|U([\da-fA-F]{8}))/g);
  if (UNICODE.has(op)) return utf8(bytes);
  if (op === OP.STRING)
    return unescaped(
      ascii(bytes)
        .trim()
        .replace(/^(['"])(.*)\1$/s, '$2'),
      ESCAPES,
    );
  return BYTES.has(op) || STRINGS.has(op) ? ascii(bytes) : undefined;
}

/** As codecs.escape_decode reads them. */
const ESCAPES = /\\(?:x([\da-fA-F]{2})|([0-7]{1,3})|(\n)|(.))/gs;
const LETTERS: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

function unescaped(text: string, pattern: RegExp): string {
  return text.replace(pattern, (whole, first?: string, second?: string, line?: unknown, letter?: unknown) => {
    if (pattern !== ESCAPES) {
      const code = Number.parseInt(first ?? second ?? '', 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    }
    if (first !== undefined) return String.fromCharCode(Number.parseInt(first, 16));
    if (second !== undefined) return String.fromCharCode(Number.parseInt(second, 8) & 0xff);
    if (line !== undefined) return '';
    return LETTERS[`${letter}`] ?? whole;
  });
}
