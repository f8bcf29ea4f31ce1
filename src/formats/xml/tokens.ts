import { Malformed, type Source } from '../source.ts';

/** What a document is made of, in its order. Entities are never unfolded, but for characters by number and the five of XML. */
export type Token =
  | {
      readonly kind: 'open';
      readonly name: string;
      readonly attributes: ReadonlyMap<string, string>;
      readonly closed: boolean;
    }
  | { readonly kind: 'close'; readonly name: string }
  /** Of long texts a piece. */
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'instruction'; readonly text: string }
  | { readonly kind: 'doctype'; readonly text: string };

const WINDOW = 1 << 16;
/** UTF-16 units of one tag or declaration; texts may be longer. */
const LONGEST = 1 << 20;
const NAME = /^[\p{L}_:][\p{L}\p{N}\p{M}_:.·-]*/u;
const ATTRIBUTE = /\s*([\p{L}_:][\p{L}\p{N}\p{M}_:.·-]*)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/uy;

/** Reads a document piece by piece. Throws `Malformed` where it is not well-formed as far as tags go. */
export class XmlTokens {
  readonly #source: Source;
  readonly #decoder: TextDecoder;
  #at: number;
  #text = '';
  #from = 0;
  /** Bytes of all that was read before the window. */
  #before: number;

  constructor(source: Source, label: string, mark: number) {
    this.#source = source;
    this.#decoder = new TextDecoder(label, { ignoreBOM: true });
    this.#at = mark;
    this.#before = mark;
  }

  /** Byte that is read next, in UTF-8; otherwise about there. */
  get at(): number {
    return Math.min(this.#source.size, this.#before + Buffer.byteLength(this.#text.slice(0, this.#from)));
  }

  *tokens(): Generator<Token> {
    while (this.#has(1)) {
      if (this.#text[this.#from] !== '<') yield this.#plain();
      else if (this.#starts('<!--')) this.#until('-->', true);
      else if (this.#starts('<![CDATA[')) yield* this.#data();
      else if (this.#starts('<!DOCTYPE')) yield { kind: 'doctype', text: this.#doctype() };
      else if (this.#starts('<?')) yield { kind: 'instruction', text: this.#until('?>').slice(2, -2) };
      else if (this.#starts('</')) yield { kind: 'close', name: this.#until('>').slice(2, -1).trim() };
      else yield this.#open();
    }
  }

  #plain(): Token {
    const end = this.#text.indexOf('<', this.#from);
    const to = end < 0 ? this.#text.length : end;
    const text = this.#text.slice(this.#from, to);
    this.#from = to;
    return { kind: 'text', text: unescaped(text) };
  }

  *#data(): Generator<Token> {
    this.#from += 9;
    for (;;) {
      this.#has(3);
      const end = this.#text.indexOf(']]>', this.#from);
      const to = end < 0 ? Math.max(this.#from, this.#text.length - 2) : end;
      if (to > this.#from) yield { kind: 'text', text: this.#text.slice(this.#from, to) };
      this.#from = end < 0 ? to : end + 3;
      if (end >= 0) return;
      if (!this.#has(3)) throw this.#wrong('a section has no end');
    }
  }

  #open(): Token {
    // A `>` may stand in a value.
    let quote = '';
    let i = 1;
    for (; ; i++) {
      if (this.#from + i >= this.#text.length && !this.#more(i)) throw this.#wrong('a tag has no end');
      const char = this.#text[this.#from + i] as string;
      if (quote !== '') quote = char === quote ? '' : quote;
      else if (char === '"' || char === "'") quote = char;
      else if (char === '>') break;
      else if (char === '<') throw this.#wrong('a tag has no end');
    }
    const tag = this.#text.slice(this.#from + 1, this.#from + i);
    const name = NAME.exec(tag)?.[0];
    if (name === undefined) throw this.#wrong('a tag has no name');
    const attributes = new Map<string, string>();
    let end = name.length;
    for (;;) {
      ATTRIBUTE.lastIndex = end;
      const found = ATTRIBUTE.exec(tag);
      if (found === null) break;
      const [all, key = '', double, single] = found;
      if (attributes.has(key)) throw this.#wrong('an attribute stands twice');
      attributes.set(key, unescaped(double ?? single ?? ''));
      end += all.length;
    }
    const rest = tag.slice(end).trim();
    if (rest !== '' && rest !== '/') throw this.#wrong('a tag has something in it that is no attribute');
    this.#from += i + 1;
    return { kind: 'open', name, attributes, closed: rest === '/' };
  }

  /** To the `>` that is neither in quotes, nor in brackets, nor in a comment. */
  #doctype(): string {
    let until = '';
    let depth = 0;
    for (let i = 9; ; i++) {
      // A comment is told by four characters.
      while (this.#from + i + 3 >= this.#text.length && this.#more(i));
      if (this.#from + i >= this.#text.length) throw this.#wrong('a document type has no end');
      const at = this.#from + i;
      const char = this.#text[at] as string;
      if (until !== '') {
        if (this.#text.startsWith(until, at)) until = '';
      } else if (char === '"' || char === "'") until = char;
      else if (this.#text.startsWith('<!--', at)) until = '-->';
      else if (char === '[') depth++;
      else if (char === ']') depth--;
      else if (char === '>' && depth <= 0) {
        const text = this.#text.slice(this.#from, at + 1);
        this.#from = at + 1;
        return text;
      }
    }
  }

  /** @param drop nothing of it is kept, however long it is */
  #until(end: string, drop = false): string {
    let found = this.#text.indexOf(end, this.#from);
    while (found < 0) {
      const length = this.#text.length - this.#from;
      if (drop) this.#from = Math.max(this.#from, this.#text.length - end.length);
      if (!this.#more(drop ? 0 : length)) throw this.#wrong(`${end} is missing`);
      found = this.#text.indexOf(end, this.#from);
    }
    const text = this.#text.slice(this.#from, found + end.length);
    this.#from = found + end.length;
    return text;
  }

  #starts(text: string): boolean {
    return this.#has(text.length) && this.#text.startsWith(text, this.#from);
  }

  #has(length: number): boolean {
    while (this.#text.length - this.#from < length)
      if (!this.#more(0)) return this.#text.length > this.#from && length <= 1;
    return true;
  }

  /** Reads on. False at the end. @param kept units that are waited for: there is a longest */
  #more(kept: number): boolean {
    if (kept > LONGEST) throw this.#wrong('a tag is longer than any in use');
    if (this.#at >= this.#source.size) return false;
    const bytes = this.#source.read(this.#at, WINDOW);
    this.#before += Buffer.byteLength(this.#text.slice(0, this.#from));
    this.#at += bytes.length;
    const more = this.#decoder.decode(bytes, { stream: this.#at < this.#source.size });
    this.#text = this.#text.slice(this.#from) + more;
    this.#from = 0;
    return true;
  }

  #wrong(what: string): Malformed {
    return new Malformed(what, this.at);
  }
}

const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

export const unescaped = (text: string): string =>
  text.includes('&')
    ? text.replace(
        /&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|([a-z]{2,4}));/g,
        (all, hex?: string, decimal?: string, name?: string) => {
          if (name !== undefined) return NAMED[name] ?? all;
          const code = Number.parseInt(hex ?? decimal ?? '', hex === undefined ? 10 : 16);
          return code <= 0x10ffff ? String.fromCodePoint(code) : all;
        },
      )
    : text;
