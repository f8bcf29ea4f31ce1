import { type CharSet, complement, LAST_CODE_POINT, single, union } from './char-set.ts';
import type { Node } from './syntax.ts';
import { ANY, DIGIT, ignoreCase, NOT_LINE_END, property, SPACE, WORD } from './unicode.ts';

/** A pattern that cannot be used: what is wrong and at which character (from 0). */
export class PatternError extends Error {
  override readonly name = 'PatternError';
  readonly position: number;

  constructor(position: number, message: string) {
    super(message);
    this.position = position;
  }
}

/** Groups within groups; keeps the parser's own stack small. */
const MAX_DEPTH = 100;
const MAX_REPEAT = 10_000;
const MAX_SOURCE = 1_000_000;

const CONTROLS: Readonly<Record<string, number>> = { n: 0x0a, r: 0x0d, t: 0x09, f: 0x0c, v: 0x0b, 0: 0 };
const CLASSES: Readonly<Record<string, CharSet>> = {
  d: DIGIT,
  D: complement(DIGIT),
  w: WORD,
  W: complement(WORD),
  s: SPACE,
  S: complement(SPACE),
};

const GROUPS: readonly (readonly [string, string])[] = [
  ['(?=', 'lookahead is not supported: it has no bound in a stream'],
  ['(?!', 'lookahead is not supported: it has no bound in a stream'],
  ['(?<=', 'lookbehind is not supported'],
  ['(?<!', 'lookbehind is not supported'],
  ['(?<', 'named groups are not supported: nothing can refer to them, use (…)'],
  ['(?>', 'atomic groups are not supported'],
  ['(?', 'flags inside a pattern are not supported: set them beside it'],
];

interface Flags {
  readonly ignoreCase: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
}

/**
 * Reads the regular part of ECMAScript's syntax as under the flag `u`: text is code points. `flags` are any of
 * `i`, `m`, `s`. Throws {@link PatternError}.
 */
export function parse(source: string, flags = ''): Node {
  if (source.length > MAX_SOURCE) throw new PatternError(0, `is longer than ${MAX_SOURCE} characters`);
  const unknown = /[^ims]|(.).*\1/.exec(flags);
  if (unknown !== null) throw new PatternError(0, `flags are i, m and s, each once`);
  return new Parser(source, {
    ignoreCase: flags.includes('i'),
    multiline: flags.includes('m'),
    dotAll: flags.includes('s'),
  }).parse();
}

/** Reads what may stand between the brackets of a class, as a set of code points. Throws {@link PatternError}. */
export function parseClass(source: string): CharSet {
  const node = parse(`[${source}]`);
  if (node.kind !== 'set') throw new PatternError(0, 'is not one class of characters');
  return node.set;
}

class Parser {
  readonly #source: string;
  readonly #flags: Flags;
  #at = 0;
  #depth = 0;

  constructor(source: string, flags: Flags) {
    this.#source = source;
    this.#flags = flags;
  }

  parse(): Node {
    const node = this.#choice();
    if (this.#at < this.#source.length) this.#fail('this ) closes nothing: write \\)');
    return node;
  }

  #choice(): Node {
    const items = [this.#sequence()];
    while (this.#take('|')) items.push(this.#sequence());
    return items.length === 1 ? (items[0] as Node) : { kind: 'choice', items };
  }

  #sequence(): Node {
    const items: Node[] = [];
    while (this.#at < this.#source.length && !this.#sees('|') && !this.#sees(')')) items.push(this.#term());
    return items.length === 1 ? (items[0] as Node) : { kind: 'sequence', items };
  }

  #term(): Node {
    const start = this.#at;
    const item = this.#atom();
    const range = this.#quantifier();
    if (range === undefined) return item;
    if (item.kind === 'assert' && this.#source[start] !== '(')
      this.#fail('there is nothing here to repeat', start);
    if (this.#sees('?')) {
      this.#fail(
        'lazy quantifiers are not supported, the longest match counts: end it with a class such as [^"]*',
      );
    }
    if (this.#sees('+')) this.#fail('possessive quantifiers are not supported: this engine never goes back');
    if (this.#sees('*') || this.#sees('{')) this.#fail('there is nothing here to repeat');
    return { kind: 'repeat', item, ...range };
  }

  #quantifier(): { min: number; max: number } | undefined {
    if (this.#take('*')) return { min: 0, max: Number.POSITIVE_INFINITY };
    if (this.#take('+')) return { min: 1, max: Number.POSITIVE_INFINITY };
    if (this.#take('?')) return { min: 0, max: 1 };
    if (!this.#sees('{')) return undefined;
    const found = this.#match(/\{(\d{1,9})(,(\d{0,9}))?\}/y);
    if (found === undefined)
      return this.#fail('a quantifier is {n}, {n,} or {n,m}; write \\{ for the character');
    const min = Number(found[1]);
    const max = found[2] === undefined ? min : found[3] ? Number(found[3]) : Number.POSITIVE_INFINITY;
    if (min > max) this.#fail('the quantifier’s numbers are the wrong way round');
    if (min > MAX_REPEAT || (max > MAX_REPEAT && max !== Number.POSITIVE_INFINITY)) {
      this.#fail(`nothing can be repeated more than ${MAX_REPEAT} times`);
    }
    return { min, max };
  }

  #atom(): Node {
    if (this.#sees('(')) return this.#group();
    if (this.#sees('[')) return { kind: 'set', set: this.#class() };
    const { multiline, dotAll } = this.#flags;
    if (this.#take('.')) return { kind: 'set', set: dotAll ? ANY : NOT_LINE_END };
    if (this.#take('^')) return { kind: 'assert', assertion: multiline ? 'line-start' : 'text-start' };
    if (this.#take('$')) return { kind: 'assert', assertion: multiline ? 'line-end' : 'text-end' };
    if (this.#take('\\b')) return { kind: 'assert', assertion: 'boundary' };
    if (this.#take('\\B')) return { kind: 'assert', assertion: 'not-boundary' };
    if (this.#match(/[*+?{]/y)) this.#fail('there is nothing here to repeat', this.#at - 1);
    if (this.#match(/[\]}]/y))
      this.#fail('a closing bracket that closes nothing: write \\ before it', this.#at - 1);
    return { kind: 'set', set: this.#fold(this.#sees('\\') ? this.#escape() : single(this.#point())) };
  }

  #group(): Node {
    const open = this.#at;
    if (++this.#depth > MAX_DEPTH) this.#fail(`groups are nested more than ${MAX_DEPTH} deep`);
    if (!this.#take('(?:')) {
      for (const [start, why] of GROUPS) if (this.#sees(start)) this.#fail(why);
      this.#take('(');
    }
    const node = this.#choice();
    if (!this.#take(')')) this.#fail('this group is not closed', open);
    this.#depth--;
    return node;
  }

  #class(): CharSet {
    const open = this.#at;
    this.#take('[');
    const negated = this.#take('^');
    if (this.#sees(']')) this.#fail('an empty class');
    const parts: (readonly [number, number])[] = [];
    while (!this.#take(']')) {
      if (this.#at >= this.#source.length) this.#fail('this class is not closed', open);
      if (this.#match(/\[[:.=]/y))
        this.#fail('POSIX classes are not supported: use \\d, \\w or \\p{…}', this.#at - 2);
      parts.push(...this.#classRange());
    }
    const set = this.#fold(union(parts));
    return negated ? complement(set) : set;
  }

  #classRange(): CharSet {
    const start = this.#at;
    const first = this.#classAtom();
    if (!this.#sees('-') || this.#source.startsWith('-]', this.#at)) return first;
    this.#take('-');
    if (this.#at >= this.#source.length) return first;
    const last = this.#classAtom();
    const from = first[0]?.[0] ?? 0;
    const to = last[0]?.[0] ?? 0;
    const points = isSingle(first) && isSingle(last);
    if (!points) this.#fail('a range needs one character on each side: write \\- for the character', start);
    if (from > to) this.#fail('the range is the wrong way round', start);
    return [[from, to]];
  }

  #classAtom(): CharSet {
    if (this.#take('\\b')) return single(0x08);
    return this.#sees('\\') ? this.#escape() : single(this.#point());
  }

  #escape(): CharSet {
    const start = this.#at++;
    const letter = this.#source[this.#at];
    if (letter === undefined) return this.#fail('a \\ at the end', start);
    const known = CLASSES[letter];
    if (known !== undefined) {
      this.#at++;
      return known;
    }
    if (letter === 'p' || letter === 'P') return this.#property(start);
    if (letter === 'x' || letter === 'u') return single(this.#number(start));
    if (letter !== '0' && /[1-9k]/.test(letter)) this.#fail('backreferences are not supported', start);
    const control = CONTROLS[letter];
    if (control !== undefined && !this.#match(/0\d/y)) {
      this.#at++;
      return single(control);
    }
    if (/[A-Za-z0-9]/.test(letter)) this.#fail(`\\${letter} is not an escape known here`, start);
    return single(this.#point());
  }

  #property(start: number): CharSet {
    const found = this.#match(/([pP])\{([^}]*)\}/y);
    if (found === undefined) return this.#fail('a property is written \\p{…}', start);
    const set = property(found[2] as string);
    if (set === undefined) return this.#fail('no Unicode property of that name', start);
    return found[1] === 'p' ? set : complement(set);
  }

  #number(start: number): number {
    const found = this.#match(/x([0-9a-f]{2})|u([0-9a-f]{4})|u\{([0-9a-f]{1,6})\}/iy);
    if (found === undefined) return this.#fail('write \\xHH, \\uHHHH or \\u{…}', start);
    const value = Number.parseInt((found[1] ?? found[2] ?? found[3]) as string, 16);
    if (value > LAST_CODE_POINT) this.#fail('there is no such code point', start);
    if (found[2] === undefined || value < 0xd800 || value > 0xdbff) return value;
    const low = this.#match(/\\u(d[c-f][0-9a-f]{2})/iy);
    return low === undefined ? value : pairOf(value, Number.parseInt(low[1] as string, 16));
  }

  #fold(set: CharSet): CharSet {
    return this.#flags.ignoreCase ? ignoreCase(set) : set;
  }

  #point(): number {
    const point = this.#source.codePointAt(this.#at) as number;
    this.#at += point > 0xffff ? 2 : 1;
    return point;
  }

  #sees(text: string): boolean {
    return this.#source.startsWith(text, this.#at);
  }

  #take(text: string): boolean {
    if (!this.#sees(text)) return false;
    this.#at += text.length;
    return true;
  }

  #match(sticky: RegExp): RegExpExecArray | undefined {
    sticky.lastIndex = this.#at;
    const found = sticky.exec(this.#source);
    if (found === null) return undefined;
    this.#at += found[0].length;
    return found;
  }

  #fail(message: string, position = this.#at): never {
    throw new PatternError(position, message);
  }
}

const isSingle = (set: CharSet): boolean => set.length === 1 && set[0]?.[0] === set[0]?.[1];

const pairOf = (high: number, low: number): number => (high - 0xd800) * 0x400 + (low - 0xdc00) + 0x10000;
