/** A value of TOML, as far as lists of requirements have them: texts, lists and tables of them; anything else as it is written. */
export type TomlValue = string | readonly TomlValue[] | Readonly<{ [key: string]: TomlValue }>;

export interface TomlEntry {
  /** `project.optional-dependencies`. */
  readonly section: string;
  readonly key: string;
  readonly value: TomlValue;
}

const DEEPEST = 8;
const LONGEST = 1 << 20;
const KEY = /[ \t]*(?:"([^"\\\n]{0,200})"|'([^'\n]{0,200})'|([A-Za-z0-9_.-]{1,200}))[ \t]*/y;
const SECTION = /[ \t]*\[{1,2}([^\]\n]{1,300})\]{1,2}[^\n]*/y;
const SPACE = /(?:\s+|#[^\n]*)*/y;
const TEXT = /"((?:[^"\\\n]|\\.)*)"|'([^'\n]*)'/y;
const BARE = /[^\s,\]}#=]{1,1000}/y;

/**
 * The entries of a file in TOML, in their order. Where it is not TOML, the line is passed over: a bill says what can be
 * read, and is no judge of grammar.
 */
export function readToml(text: string): TomlEntry[] {
  const reader = new Reader(text.slice(0, LONGEST));
  return reader.entries();
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  entries(): TomlEntry[] {
    const out: TomlEntry[] = [];
    let section = '';
    while (this.#at < this.#text.length) {
      this.#take(SPACE);
      const header = this.#take(SECTION);
      if (header !== undefined) {
        section = (header[1] ?? '').replace(/["'\s]/g, '');
        continue;
      }
      const key = this.#key();
      const value = key !== undefined && this.#isNext('=') ? this.#value(0) : undefined;
      if (key !== undefined && value !== undefined) out.push({ section, key, value });
      this.#skipLine();
    }
    return out;
  }

  #key(): string | undefined {
    const found = this.#take(KEY);
    return found?.[1] ?? found?.[2] ?? found?.[3];
  }

  #value(depth: number): TomlValue | undefined {
    this.#take(SPACE);
    const long = this.#long('"""') ?? this.#long("'''");
    if (long !== undefined) return long;
    const text = this.#take(TEXT);
    if (text !== undefined) return text[2] ?? unescaped(text[1] ?? '');
    if (depth >= DEEPEST) return undefined;
    if (this.#isNext('[')) return this.#list(depth);
    if (this.#isNext('{')) return this.#table(depth);
    return this.#take(BARE)?.[0];
  }

  #list(depth: number): TomlValue | undefined {
    const items: TomlValue[] = [];
    for (;;) {
      this.#take(SPACE);
      if (this.#isNext(']')) return items;
      const item = this.#value(depth + 1);
      if (item === undefined) return undefined;
      items.push(item);
      this.#take(SPACE);
      this.#isNext(',');
    }
  }

  #table(depth: number): TomlValue | undefined {
    const members: [string, TomlValue][] = [];
    for (;;) {
      this.#take(SPACE);
      if (this.#isNext('}')) return Object.fromEntries(members);
      const key = this.#key();
      const value = key !== undefined && this.#isNext('=') ? this.#value(depth + 1) : undefined;
      if (key === undefined || value === undefined) return undefined;
      members.push([key, value]);
      this.#take(SPACE);
      this.#isNext(',');
    }
  }

  /** A text over several lines, as it is written: no requirement is one. */
  #long(quotes: string): string | undefined {
    if (!this.#text.startsWith(quotes, this.#at)) return undefined;
    const end = this.#text.indexOf(quotes, this.#at + 3);
    if (end < 0) return undefined;
    const inside = this.#text.slice(this.#at + 3, end);
    this.#at = end + 3;
    return inside;
  }

  #isNext(char: string): boolean {
    if (this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) return undefined;
    this.#at += found[0].length;
    return found;
  }

  #skipLine(): void {
    const end = this.#text.indexOf('\n', this.#at);
    this.#at = end < 0 ? this.#text.length : end + 1;
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  '"': '"',
  '\\': '\\',
};

const unescaped = (text: string): string =>
  text.replace(/\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))/g, (all, short, wide, one) => {
    const code = Number.parseInt(short ?? wide ?? '', 16);
    if (Number.isNaN(code)) return ESCAPES[one] ?? all;
    return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
  });
