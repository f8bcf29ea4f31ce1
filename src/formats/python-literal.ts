import { Malformed } from './source.ts';

/** What `ast.literal_eval` makes of plain text: no more of Python than libraries write into their headers. */
export type Literal =
  | string
  | number
  | boolean
  | undefined
  | { readonly tuple: readonly Literal[] }
  | { readonly list: readonly Literal[] }
  | { readonly dict: ReadonlyMap<string, Literal> };

const DEEPEST = 32;
const TOKEN =
  /\s*(?:(?<mark>[()[\]{},:])|(?<number>-?\d{1,19})L?(?![\w.])|(?<word>True|False|None)\b|'(?<single>(?:[^'\\\n]|\\.)*)'|"(?<double>(?:[^"\\\n]|\\.)*)")/uy;
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

interface Token {
  readonly mark?: string;
  readonly number?: string;
  readonly word?: string;
  readonly single?: string;
  readonly double?: string;
}

/**
 * A dictionary with strings for keys, of strings, whole numbers, truth values, tuples, lists and dictionaries. Anything
 * else that Python would take (strings side by side, sums, bytes, comments) is malformed: nobody writes it.
 *
 * @param at where it stands in its source, for messages
 */
export function readLiteral(text: string, at: number): Literal {
  const parser = new Parser(text, at);
  const value = parser.value(0);
  parser.end();
  return value;
}

class Parser {
  readonly #text: string;
  readonly #start: number;
  #at = 0;
  #next: Token | undefined;

  constructor(text: string, start: number) {
    this.#text = text;
    this.#start = start;
    this.#step();
  }

  value(depth: number): Literal {
    if (depth > DEEPEST) throw this.#malformed();
    const { mark, number, word } = this.#next ?? {};
    if (mark === '(') return this.#tuple(depth);
    if (mark === '[') return { list: this.#items(']', depth).items };
    if (mark === '{') return this.#dict(depth);
    if (number !== undefined) {
      this.#step();
      return Number(number);
    }
    if (word !== undefined) {
      this.#step();
      return word === 'None' ? undefined : word === 'True';
    }
    return this.#string();
  }

  end(): void {
    if (this.#next !== undefined || this.#text.slice(this.#at).trim() !== '') throw this.#malformed();
  }

  /** One thing in brackets is that thing; with a comma it is a tuple. */
  #tuple(depth: number): Literal {
    const { items, comma } = this.#items(')', depth);
    return items.length === 1 && !comma ? items[0] : { tuple: items };
  }

  /** @returns also whether the last has a comma behind it */
  #items(close: string, depth: number): { items: readonly Literal[]; comma: boolean } {
    const items: Literal[] = [];
    let comma = false;
    this.#step();
    while (!this.#closes(close)) {
      items.push(this.value(depth + 1));
      comma = this.#closes(',');
      if (this.#closes(close)) break;
      this.#take(',');
    }
    this.#step();
    return { items, comma };
  }

  #dict(depth: number): Literal {
    const dict = new Map<string, Literal>();
    this.#step();
    while (!this.#closes('}')) {
      const key = this.#string();
      // The last would win, in Python. Nobody writes two.
      if (dict.has(key)) throw this.#malformed();
      this.#take(':');
      dict.set(key, this.value(depth + 1));
      if (this.#closes('}')) break;
      this.#take(',');
    }
    this.#step();
    return { dict };
  }

  #string(): string {
    const { single, double } = this.#next ?? {};
    const text = single ?? double;
    if (text === undefined) throw this.#malformed();
    this.#step();
    return text.replace(
      /\\(?:x([\da-f]{2})|u([\da-f]{4})|(.))/giu,
      (_, x?: string, u?: string, c?: string) => {
        const code = x ?? u;
        const plain = code === undefined ? ESCAPES[c ?? ''] : String.fromCharCode(Number.parseInt(code, 16));
        if (plain === undefined) throw this.#malformed();
        return plain;
      },
    );
  }

  #closes(mark: string): boolean {
    return this.#next?.mark === mark;
  }

  #take(mark: string): void {
    if (this.#next?.mark !== mark) throw this.#malformed();
    this.#step();
  }

  #step(): void {
    TOKEN.lastIndex = this.#at;
    const found = TOKEN.exec(this.#text);
    this.#next = found?.groups;
    if (found !== null) this.#at = TOKEN.lastIndex;
  }

  #malformed(): Malformed {
    return new Malformed('the header is not a plain dictionary of Python', this.#start + this.#at);
  }
}
