import { Malformed, type Source } from './source.ts';

export type JsonScalar = string | number | boolean | null;
export type JsonPath = readonly (string | number)[];

/** What a walk tells of, in the order of the text. The path is good until the next call: copy it to keep it. */
export interface JsonVisitor {
  /** @param start @param end bytes of the value */
  scalar?(path: JsonPath, value: JsonScalar, start: number, end: number): void;
  /** A member of an object whose name stood in it before: parsers differ in which of them counts. */
  twice?(path: JsonPath, start: number): void;
}

export interface JsonWalked {
  /** What it is at the outside. */
  readonly is: 'object' | 'array' | 'scalar';
  /** Strings that were longer than is kept. */
  readonly cut: number;
}

const WINDOW = 1 << 16;
const DEEPEST = 2048;
/** Bytes of one string that are kept; more are read and left out. */
const LONGEST = 1 << 20;
/** Names of one object that are remembered, to find what stands twice. */
const MOST_NAMES = 400_000;
const STEPS = 4096;

const MARK = Buffer.of(0xef, 0xbb, 0xbf);
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const WORDS: Readonly<Record<string, JsonScalar>> = {
  true: true,
  false: false,
  null: null,
  // What Python writes and reads besides.
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * Reads JSON (RFC 8259, and the three numbers of Python's) of any length in little memory: nothing is built of it. Throws
 * `Malformed` where it is none, or is followed by anything.
 */
export async function walkJson(
  source: Source,
  visitor: JsonVisitor,
  pause: () => Promise<void> | undefined = () => undefined,
): Promise<JsonWalked> {
  return new Walk(source, visitor, pause).run();
}

interface Level {
  readonly isObject: boolean;
  readonly names: Set<string> | undefined;
}

class Walk {
  readonly #source: Source;
  readonly #visitor: JsonVisitor;
  readonly #pause: () => Promise<void> | undefined;
  readonly #path: (string | number)[] = [];
  readonly #levels: Level[] = [];
  #window: Uint8Array = new Uint8Array(0);
  #from = 0;
  #at = 0;
  #cut = 0;
  /** The innermost object or array was opened just now. */
  #fresh = false;

  constructor(source: Source, visitor: JsonVisitor, pause: () => Promise<void> | undefined) {
    this.#source = source;
    this.#visitor = visitor;
    this.#pause = pause;
  }

  async run(): Promise<JsonWalked> {
    // A mark of the byte order, which Python's reader of bytes skips.
    if (Buffer.from(this.#source.read(0, 3)).equals(MARK)) this.#at = 3;
    const first = this.#afterSpace();
    const is = first === 0x7b ? 'object' : first === 0x5b ? 'array' : 'scalar';
    this.#value();
    for (let steps = 0; this.#levels.length > 0; steps++) {
      if (steps % STEPS === 0) {
        const rest = this.#pause();
        if (rest) await rest;
      }
      this.#step();
    }
    if (this.#afterSpace() >= 0) throw this.#wrong('something follows the end');
    return { is, cut: this.#cut };
  }

  /** One member or element of the innermost object or array, or its end. */
  #step(): void {
    const { isObject, names } = this.#levels.at(-1) as Level;
    const isFirst = this.#fresh;
    this.#fresh = false;
    let next = this.#afterSpace();
    if (next === (isObject ? 0x7d : 0x5d)) {
      this.#at++;
      this.#levels.pop();
      this.#path.pop();
      return;
    }
    if (!isFirst) {
      if (next !== 0x2c) throw this.#wrong('a comma is missing');
      this.#at++;
      next = this.#afterSpace();
    }
    if (isObject) this.#name(names, next);
    else this.#path[this.#path.length - 1] = (this.#path.at(-1) as number) + 1;
    this.#value();
  }

  #name(names: Set<string> | undefined, next: number): void {
    const start = this.#at;
    if (next !== QUOTE) throw this.#wrong('a name is missing');
    const name = this.#string();
    this.#path[this.#path.length - 1] = name;
    if (names?.has(name) === true) this.#visitor.twice?.(this.#path, start);
    else if (names !== undefined && names.size < MOST_NAMES) names.add(name);
    if (this.#afterSpace() !== 0x3a) throw this.#wrong('a colon is missing');
    this.#at++;
  }

  #value(): void {
    const char = this.#afterSpace();
    const start = this.#at;
    if (char === 0x7b || char === 0x5b) {
      if (this.#levels.length >= DEEPEST) throw this.#wrong('it is nested too deeply');
      this.#at++;
      const isObject = char === 0x7b;
      this.#levels.push({ isObject, names: isObject ? new Set() : undefined });
      this.#path.push(isObject ? '' : -1);
      this.#fresh = true;
      return;
    }
    const value = char === QUOTE ? this.#string() : this.#word();
    this.#visitor.scalar?.(this.#path, value, start, this.#at);
  }

  #word(): JsonScalar {
    let text = '';
    for (
      let char = this.#peek();
      char > 0x20 && char !== 0x2c && char !== 0x5d && char !== 0x7d;
      char = this.#peek()
    ) {
      if (text.length > 400) throw this.#wrong('a number is too long');
      text += String.fromCharCode(char);
      this.#at++;
    }
    if (Object.hasOwn(WORDS, text)) return WORDS[text] as JsonScalar;
    if (!NUMBER.test(text)) throw this.#wrong('there is no value');
    return Number(text);
  }

  /** From the quote before to the quote behind. */
  #string(): string {
    const start = this.#at++;
    const pieces: Uint8Array[] = [];
    let length = 0;
    let hasEscapes = false;
    // Whether the character before was a backslash that stands for nothing itself.
    let escaped = false;
    for (let isOpen = true; isOpen; ) {
      if (this.#peek() < 0) throw this.#wrong('a string has no end');
      const window = this.#window;
      const from = this.#at - this.#from;
      let to = from;
      for (; to < window.length; to++) {
        const char = window[to] as number;
        if (char < 0x20) throw this.#wrong('a string has a control character in it');
        if (char === QUOTE && !escaped) {
          isOpen = false;
          break;
        }
        escaped = char === BACKSLASH && !escaped;
        hasEscapes ||= escaped;
      }
      if (length < LONGEST)
        pieces.push(Uint8Array.from(window.subarray(from, Math.min(to, from + LONGEST - length))));
      length += to - from;
      this.#at = this.#from + to;
    }
    this.#at++;
    const isCut = length > LONGEST;
    if (isCut) this.#cut++;
    return this.#text(Buffer.concat(pieces), hasEscapes, isCut, start);
  }

  #text(bytes: Uint8Array, hasEscapes: boolean, isCut: boolean, start: number): string {
    // A string that was cut may end in half a character or escape.
    if (isCut) return new TextDecoder().decode(bytes).replace(/\\[^\\]{0,5}$/, '');
    try {
      const text = UTF8.decode(bytes);
      return hasEscapes ? (JSON.parse(`"${text}"`) as string) : text;
    } catch {
      throw new Malformed('a string has a wrong escape, or is no UTF-8', start);
    }
  }

  /** The next character that is no blank, -1 at the end. */
  #afterSpace(): number {
    for (;;) {
      const char = this.#peek();
      if (char !== 0x20 && char !== 0x0a && char !== 0x0d && char !== 0x09) return char;
      this.#at++;
    }
  }

  #peek(): number {
    const i = this.#at - this.#from;
    if (i < this.#window.length) return this.#window[i] as number;
    if (this.#at >= this.#source.size) return -1;
    this.#window = this.#source.read(this.#at, WINDOW);
    this.#from = this.#at;
    return this.#window[0] ?? -1;
  }

  #wrong(what: string): Malformed {
    return new Malformed(`as JSON ${what}`, this.#at);
  }
}
